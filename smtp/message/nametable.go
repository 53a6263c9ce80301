// SPDX-License-Identifier: MIT

package message

import "strings"

// nameTable is a table of values and their names. Each line contains a value, and then the
// names for which find returns this value, separated by spaces. A value can have several lines.
// Unlike a map, the table costs nothing when the program starts.
type nameTable string

// find returns the value for a name, or "" if the table does not contain the name.
func (t nameTable) find(name string) string {
	if name == "" || strings.ContainsAny(name, " \n") {
		return ""
	}
	for from := 0; ; {
		at := strings.Index(string(t[from:]), " "+name)
		if at < 0 {
			return ""
		}
		at += from
		from = at + 1 + len(name)
		if end := t[from]; end == ' ' || end == '\n' {
			line := string(t[strings.LastIndexByte(string(t[:at]), '\n')+1:])
			return line[:strings.IndexByte(line, ' ')]
		}
	}
}
