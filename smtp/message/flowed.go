// SPDX-License-Identifier: MIT

package message

import "bytes"

// flowedLine is the usual length of a line (RFC 3676, section 4.2).
const flowedLine = 72

// flow converts text with CRLF line ends to format=flowed. It breaks long lines after a
// space, which tells the reader that the paragraph continues, and repeats quote marks.
// It inserts a space at the beginning of a line that would be misread.
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
	if string(line) == "-- " { // the signature separator keeps its space
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

// flowBreak returns where to break a line: after the last space that fits, otherwise
// after the first space. Both parts contain more than spaces.
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
