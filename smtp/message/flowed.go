// SPDX-License-Identifier: MIT

package message

import "bytes"

// flowedLine is the length to which flow limits lines if possible (RFC 3676, section 4.2).
const flowedLine = 72

// separator is the line before a signature. It ends in a space, but it does not continue on
// the next line (RFC 3676, section 4.3).
const separator = "-- "

// flowing is a line of the text, divided into its quote marks and the rest. The space that
// usually follows the quote marks belongs to neither part.
type flowing struct{ quote, rest []byte }

func readFlowing(line []byte) flowing {
	rest := bytes.TrimLeft(line, ">")
	quote := line[:len(line)-len(rest)]
	if len(quote) > 0 {
		rest = bytes.TrimPrefix(rest, []byte(" "))
	}
	return flowing{quote, rest}
}

// flow converts text with CRLF line ends to format=flowed. In this format, a line that ends
// in a space continues on the next line. flow keeps such a space if the next line has the
// same quote marks, and otherwise removes it. flow breaks long lines after a space, keeps
// this space (DelSp=no), and repeats the quote marks on the next line. It inserts a space after
// quote marks, and before a line that begins with a space, ">" or "From " (RFC 3676, section
// 4.4).
func flow(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/16)
	for line, more := nextFlowing(&text); more; {
		next, found := nextFlowing(&text)
		if !(found && line.continuesOn(next)) && string(line.rest) != separator {
			line.rest = bytes.TrimRight(line.rest, " ")
		}
		out = line.write(out)
		line, more = next, found
	}
	return out
}

// nextFlowing removes the first line of the text and returns it.
func nextFlowing(text *[]byte) (flowing, bool) {
	if len(*text) == 0 {
		return flowing{}, false
	}
	line, rest, _ := bytes.Cut(*text, crlf)
	*text = rest
	return readFlowing(line), true
}

// continuesOn reports whether a mail program is allowed to join the line with the next
// one. An empty line and a signature separator end a paragraph (RFC 3676, sections 4.2
// and 4.3).
func (f flowing) continuesOn(next flowing) bool {
	return bytes.HasSuffix(f.rest, []byte(" ")) && f.hasText() && bytes.Equal(f.quote, next.quote) && next.hasText()
}

// hasText reports whether the line is neither blank nor a signature separator.
func (f flowing) hasText() bool {
	return string(f.rest) != separator && len(bytes.Trim(f.rest, " \t")) > 0
}

// write appends one line of the text to 'out', and breaks it where necessary.
func (f flowing) write(out []byte) []byte {
	for line := f.rest; ; {
		n := len(line)
		if len(f.quote) < flowedLine/2 {
			n = flowBreak(line, flowedLine-len(f.quote)-1)
		}
		out = append(out, f.quote...)
		if n > 0 && (len(f.quote) > 0 || line[0] == ' ' || line[0] == '>' || startsFrom(line[:n])) {
			out = append(out, ' ')
		}
		out = append(append(out, line[:n]...), crlf...)
		if n == len(line) {
			return out
		}
		line = line[n:]
	}
}

// flowBreak returns the index at which to break a line: after the last space within the first
// 'room' octets or, if there is none, after the first space. It chooses a later index, or the
// end of the line, if a part of the line would otherwise consist only of blanks or be a
// signature separator.
func flowBreak(line []byte, room int) int {
	words := bytes.TrimRight(line, " \t")
	if len(words) <= room {
		return len(line)
	}
	n := bytes.LastIndexByte(words[:room], ' ') + 1
	if first := bytes.TrimLeft(words[:n], " \t"); len(first) == 0 || string(words[:n]) == separator {
		// Break after the next word.
		start := len(words) - len(bytes.TrimLeft(words[n:], " \t"))
		i := bytes.IndexByte(words[start:], ' ')
		if i < 0 {
			return len(line)
		}
		n = start + i + 1
	}
	if string(line[n:]) == separator {
		return len(line)
	}
	return n
}
