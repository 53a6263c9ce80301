// SPDX-License-Identifier: MIT

package smtptest

import (
	"fmt"
	"strconv"
	"strings"
)

// Dialogue records the lines of one or more sessions. A line of the server has the prefix "S: ",
// a line of the client "C: ", and another event "* ". Lines that may contain a secret are
// masked.
type Dialogue struct {
	lines  []string
	octets int
	most   int // the maximum number of octets; 0 means no limit
}

// add appends a line. If the line does not fit, add appends a last line that says that the rest
// is not recorded.
func (d *Dialogue) add(line string) {
	switch {
	case d.most == 0 || d.octets+len(line) <= d.most:
		d.lines = append(d.lines, line)
	case d.octets <= d.most:
		d.lines = append(d.lines, "* the rest of the dialogue is not recorded")
		d.octets = d.most
	default:
		return
	}
	d.octets += len(line)
}

func (d *Dialogue) String() string {
	if len(d.lines) == 0 {
		return ""
	}
	return strings.Join(d.lines, "\n") + "\n"
}

// Lines returns the lines without their line ends.
func (d *Dialogue) Lines() []string { return append([]string(nil), d.lines...) }

func (d *Dialogue) server(line string)               { d.add("S: " + visible(line)) }
func (d *Dialogue) client(line string)               { d.add("C: " + visible(line)) }
func (d *Dialogue) event(format string, args ...any) { d.add("* " + fmt.Sprintf(format, args...)) }

// visible returns a line in a form that is safe for a terminal: it escapes control characters and
// invalid UTF-8, and shortens a long line.
func visible(line string) string {
	const most = 400
	if len(line) > most {
		line = fmt.Sprintf("%s... (%d octets)", line[:most], len(line))
	}
	quoted := strconv.QuoteToGraphic(line)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
