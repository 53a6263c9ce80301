// SPDX-License-Identifier: MIT

package smtptest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// stop is the command at which a step "* serve until" ends.
type stop struct {
	verb string
	left int // how many commands with this verb are still expected, including the last one
}

// errStop is returned when "* serve until" has read the command at which it ends.
var errStop = errors.New("the script goes on")

// The method at reports whether the step ends at the given line. It counts the lines with the
// verb of s.
func (s *stop) at(line string) bool {
	verb, _, _ := strings.Cut(line, " ")
	if s == nil || !strings.EqualFold(verb, s.verb) {
		return false
	}
	s.left--
	return s.left == 0
}

func (s *stop) String() string {
	if s.left == 1 {
		return s.verb
	}
	return fmt.Sprintf("%s %d times", s.verb, s.left)
}

// parseServe parses what follows "* serve": nothing, or "until VERB [N]".
func parseServe(text string) (*stop, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil, nil
	}
	s := &stop{left: 1}
	if len(words) == 3 {
		n, err := strconv.Atoi(words[2])
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q: want a number of at least 1", words[2])
		}
		s.left = n
	}
	if len(words) < 2 || len(words) > 3 || words[0] != "until" {
		return nil, errors.New(`want "* serve" or "* serve until VERB [N]"`)
	}
	s.verb = strings.ToUpper(words[1])
	if _, known := commands[s.verb]; !known {
		return nil, fmt.Errorf("%q is not an SMTP command", words[1])
	}
	return s, nil
}

// serve answers like a MailServer until the session ends or, for "* serve until", until it reads
// the command at which the step ends. It does not answer that command.
func (p *play) serve(step Step) error {
	x := p.session
	x.stop = nil
	if step.until != nil {
		until := *step.until
		x.stop = &until
	}
	var err error
	if !x.welcomed {
		err = x.greet(false)
	}
	for err == nil {
		err = x.next()
	}
	x.flush()
	p.conn.SetDeadline(p.limit)
	if err == errStop {
		x.stop = nil
		return nil
	}
	x.drop()
	if err != errEnd {
		x.event("%s", ending(err))
	}
	switch {
	case x.stop != nil:
		got := ending(err)
		if err == errEnd {
			got = x.verb + ", which ended the session"
		}
		return mismatch("a client that sends "+x.stop.String(), got)
	case isTimeout(err):
		return mismatch("a client that leaves", reason(err))
	}
	p.conn.Close()
	return nil
}
