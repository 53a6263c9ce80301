// SPDX-License-Identifier: MIT

package message

import "bytes"

// flowedLine is the length to aim at (RFC 3676, section 4.2).
const flowedLine = 72

// flow makes format=flowed of text with CRLF line ends: long lines are broken
// behind a space, which tells the reader that the line goes on; quote marks
// are repeated; what would be taken for either is stuffed with a space.
func flow(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/16)
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, crlf)
		text = rest
		quoted := len(line) - len(bytes.TrimLeft(line, ">"))
		out = flowLine(out, line[:quoted], line[quoted:])
	}
	return out
}

// flowLine writes one line of the text as a paragraph.
func flowLine(out, quote, line []byte) []byte {
	if string(line) == "-- " { // a signature's mark is a line of its own
		return append(append(append(out, quote...), line...), crlf...)
	}
	if len(quote) > 0 {
		line = bytes.TrimPrefix(line, []byte(" "))
	}
	line = bytes.TrimRight(line, " ")
	for {
		out = append(out, quote...)
		if len(quote) > 0 || len(line) > 0 && (line[0] == ' ' || line[0] == '>') || startsFrom(line) {
			out = append(out, ' ')
		}
		n := flowBreak(line, flowedLine-len(quote)-1)
		out = append(append(out, line[:n]...), crlf...)
		if n == len(line) {
			return out
		}
		line = line[n:]
	}
}

// flowBreak finds where to break: behind the last space that fits, or behind
// the first one of all; never where nothing but spaces would be left.
func flowBreak(line []byte, room int) int {
	if len(line) <= room {
		return len(line)
	}
	n := 0
	if room > 0 {
		n = bytes.LastIndexByte(line[:room], ' ') + 1
	}
	if len(bytes.TrimLeft(line[:n], " ")) == 0 {
		// A line of spaces alone would end the paragraph for some readers.
		word := len(line) - len(bytes.TrimLeft(line, " "))
		i := bytes.IndexByte(line[word:], ' ')
		if i < 0 {
			return len(line)
		}
		n = word + i + 1
	}
	return n
}
