// SPDX-License-Identifier: MIT

package smtptest

import (
	"bytes"
	"fmt"
	"io"
)

// Mode says how what the server says is cut into writes, and so, on loopback,
// into TCP segments or TLS records. A client must not notice.
type Mode int

const (
	Whole  Mode = iota // all that is said between two lines of the client in one write
	ByLine             // one write a line
	ByByte             // one write an octet
)

var modeNames = [...]string{Whole: "whole", ByLine: "line", ByByte: "byte"}

// Modes is every Mode, for tests to range over.
var Modes = []Mode{Whole, ByLine, ByByte}

func (m Mode) String() string { return modeNames[m] }

// ParseMode is the opposite of String.
func ParseMode(name string) (Mode, error) {
	for m, n := range modeNames {
		if n == name {
			return Mode(m), nil
		}
	}
	return Whole, fmt.Errorf("delivery mode %q: want whole, line or byte", name)
}

// Modes gives the modes to play a script in: every one, unless its header
// names one.
func (s *Script) Modes() []Mode {
	if only, err := ParseMode(s.Header.Get("delivery")); err == nil {
		return []Mode{only}
	}
	return Modes
}

// write sends text in the pieces of the mode.
func (m Mode) write(w io.Writer, text []byte) error {
	for len(text) > 0 {
		n := len(text)
		switch m {
		case ByLine:
			if i := bytes.IndexByte(text, '\n'); i >= 0 {
				n = i + 1
			}
		case ByByte:
			n = 1
		}
		if _, err := w.Write(text[:n]); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}
