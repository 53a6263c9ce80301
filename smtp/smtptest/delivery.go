// SPDX-License-Identifier: MIT

package smtptest

import (
	"bytes"
	"fmt"
	"io"
)

// Mode determines how the server splits its output into writes. On loopback, each write
// becomes a TCP segment or a TLS record of its own. A client must behave the same in all
// modes.
type Mode int

const (
	Whole  Mode = iota // one write for everything between two lines from the client
	ByLine             // one write per line
	ByByte             // one write per octet
)

var modeNames = [...]string{Whole: "whole", ByLine: "line", ByByte: "byte"}

// Modes lists all modes.
var Modes = []Mode{Whole, ByLine, ByByte}

func (m Mode) String() string { return modeNames[m] }

// ParseMode returns the Mode for a name that String returns.
func ParseMode(name string) (Mode, error) {
	for m, n := range modeNames {
		if n == name {
			return Mode(m), nil
		}
	}
	return Whole, fmt.Errorf("delivery mode %q: want whole, line or byte", name)
}

// Modes returns the modes in which the script can be played. If the header of the script names
// a mode, the script can be played in this mode only.
func (s *Script) Modes() []Mode {
	if only, err := ParseMode(s.Header.Get("delivery")); err == nil {
		return []Mode{only}
	}
	return Modes
}

// write writes text in the pieces that the mode requires: lines, octets, or the whole
// text.
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
