// SPDX-License-Identifier: MIT

package smtptest

import (
	"fmt"
	"strconv"
	"strings"
)

// Dialogue is what was said in one or more sessions, one line a line, as "S: ",
// "C: " and, for what happened beside it, "* ". What could hold a secret is
// masked before it comes in.
type Dialogue struct{ lines []string }

func (d *Dialogue) String() string {
	if len(d.lines) == 0 {
		return ""
	}
	return strings.Join(d.lines, "\n") + "\n"
}

// Lines gives the lines without their ends.
func (d *Dialogue) Lines() []string { return append([]string(nil), d.lines...) }

func (d *Dialogue) server(line string) { d.lines = append(d.lines, "S: "+visible(line)) }
func (d *Dialogue) client(line string) { d.lines = append(d.lines, "C: "+visible(line)) }
func (d *Dialogue) event(format string, args ...any) {
	d.lines = append(d.lines, "* "+fmt.Sprintf(format, args...))
}

// visible makes controls and invalid UTF-8 visible and long lines short, so
// that nothing from the wire reaches a terminal as it is.
func visible(line string) string {
	const most = 400
	if len(line) > most {
		line = fmt.Sprintf("%s... (%d octets)", line[:most], len(line))
	}
	quoted := strconv.QuoteToGraphic(line)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// masked hides the secrets of a client's line: the initial response of AUTH,
// and the whole of a line that answers a challenge.
func masked(line string, answersChallenge bool) string {
	if answersChallenge {
		switch line {
		case "", "*", "=":
			return line
		}
		return "****"
	}
	words := strings.SplitN(line, " ", 3)
	if len(words) == 3 && strings.EqualFold(words[0], "AUTH") && words[2] != "=" {
		return words[0] + " " + words[1] + " ****"
	}
	return line
}
