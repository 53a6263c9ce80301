// SPDX-License-Identifier: MIT

package smtptest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Script is a parsed transcript. The package comment describes the header and the steps.
type Script struct {
	Name        string // file name without folder and ".txt"
	Header      Header
	Connections [][]Step
}

// Load reads the transcript at path.
func Load(path string) (*Script, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	s.Name = strings.TrimSuffix(filepath.Base(path), ".txt")
	return s, nil
}

// Parse parses the text of a transcript. Errors begin with the line number.
func Parse(text string) (*Script, error) {
	text = strings.TrimPrefix(text, "\ufeff") // some editors write a byte order mark
	s := &Script{Header: Header{}, Connections: [][]Step{nil}}
	inHeader := !startsWithDialogue(text)
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		var err error
		switch {
		case strings.HasPrefix(line, "#"):
		case inHeader && line == "":
			inHeader = len(s.Header) == 0
		case inHeader:
			err = s.Header.add(line)
		case line == "":
		case strings.HasPrefix(line, "==="):
			err = s.addConnection(line)
		default:
			var step Step
			if step, err = parseStep(line); err == nil {
				step.Line = i + 1
				last := len(s.Connections) - 1
				s.Connections[last] = append(s.Connections[last], step)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
	}
	if err := s.Header.check(); err != nil {
		return nil, fmt.Errorf("1: %w", err)
	}
	return s, s.check()
}

// addConnection begins the steps of the next connection. The line "=== connection 1" is
// optional and has no effect.
func (s *Script) addConnection(line string) error {
	n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(line, "===")), "connection "))
	switch last := len(s.Connections); {
	case err != nil:
		return fmt.Errorf("%q: want \"=== connection N\"", line)
	case n == 1 && last == 1 && len(s.Connections[0]) == 0:
	case n == last+1 && len(s.Connections[last-1]) > 0:
		s.Connections = append(s.Connections, nil)
	default:
		return fmt.Errorf("connection %d follows connection %d, which has %d steps", n, last, len(s.Connections[last-1]))
	}
	return nil
}

// check checks the rules that concern more than one line.
func (s *Script) check() error {
	for n, steps := range s.Connections {
		if len(steps) == 0 && len(s.Connections) == 1 {
			return errors.New("1: the script has no steps")
		}
		if len(steps) == 0 {
			return fmt.Errorf("1: connection %d has no steps", n+1)
		}
		for i, step := range steps {
			last := i == len(steps)-1
			switch {
			case step.Verb == "tls" && i != 0:
				return fmt.Errorf("%d: * tls opens a connection; use * starttls later", step.Line)
			case step.Verb == "starttls" && i == 0:
				return fmt.Errorf("%d: * starttls follows a 220; use * tls at the beginning", step.Line)
			case step.Verb == "reset" && (i == 0 || !quiet[steps[i-1].Verb]):
				return fmt.Errorf("%d: * reset may reach the client before the output above it; put a \"C: \" line or * wait before it", step.Line)
			case step.Verb == "serve" && !last && step.until != nil && steps[i+1].Verb == "serve":
				return fmt.Errorf("%d: * serve follows * serve until; put a \"C: \" line before it", steps[i+1].Line)
			case step.ends() && !last:
				return fmt.Errorf("%d: * %s ends the connection, but steps follow", step.Line, step.Verb)
			}
		}
	}
	return nil
}

// startsWithDialogue reports whether a script has no header: the first line that is neither blank
// nor a comment is then a step.
func startsWithDialogue(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		verb, _, _ := strings.Cut(line, " ")
		return slices.Contains([]string{"S:", "C:", "C...", "*", "==="}, verb)
	}
	return false
}

// ends reports whether the step must be the last one of a connection.
func (s Step) ends() bool { return ends[s.Verb] || s.Verb == "serve" && s.until == nil }

var ends = map[string]bool{
	"close": true, "cut": true, "reset": true, "stall": true,
	"drip": true, "leave": true, "expect-close": true, "expect-tls-failure": true,
}

// quiet contains the steps that end only after the client has had time to read all output.
var quiet = map[string]bool{"C": true, "C...": true, "bdat": true, "wait": true}
