// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// checkBlock makes the last check of every header that this package composes: the header of the
// message, the header of each part, and the fields that signatures add. The block must have the
// fields in the list 'names', in this order, and no others. The only control characters that
// the block may contain are TAB, and the CR and LF that end each line. When decoded, encoded
// words must contain no control characters. A line must not have more than 998 octets. Text
// that is not ASCII must be UTF-8 (RFC 6532). The error is an *Error that names the field.
func checkBlock(block []byte, names []string) error {
	for _, name := range names {
		rest, why := oneField(block, name)
		if why != "" {
			return invalid(headerField(name), "", "the complete field would have "+why+"; the mail was not sent", nil)
		}
		block = rest
	}
	if len(block) > 0 {
		name := ""
		if len(names) > 0 {
			name = names[len(names)-1]
		}
		return invalid(headerField(name), "", "an extra field would follow this one; the mail was not sent", nil)
	}
	return nil
}

// oneField checks that the first field of the block has the given name and is valid. It
// returns the rest of the block, or a text that says what is wrong with the field.
func oneField(block []byte, name string) (rest []byte, why string) {
	if len(block) <= len(name) || string(block[:len(name)]) != name || block[len(name)] != ':' {
		return nil, "another name"
	}
	whole := block
	for line := 1; ; line++ {
		end := simpleLine(block)
		if end < 0 {
			if end = bytes.Index(block, crlf); end < 0 {
				return nil, "no line end"
			}
			if why := badLine(block[:end]); why != "" {
				return nil, fmt.Sprintf("%s in line %d", why, line)
			}
		}
		if line > 1 && len(bytes.Trim(block[:end], " \t")) == 0 {
			return nil, "a folded line that is blank"
		}
		block = block[end+len(crlf):]
		if len(block) == 0 || !isWSP(block[0]) {
			break
		}
	}
	if field := whole[:len(whole)-len(block)]; bytes.Contains(field, []byte("=?")) {
		if c := hiddenControl(unfold(field), true); c >= 0 {
			return nil, fmt.Sprintf("the control character 0x%02x in its encoded words", c)
		}
	}
	return block, ""
}

// simpleLine returns the length of the first line of block, without its CRLF, if the line
// is valid and consists of printable ASCII. Otherwise, it returns -1.
func simpleLine(block []byte) int {
	end := printable(block)
	for end < len(block) && ' ' <= block[end] && block[end] < 0x7f {
		end++
	}
	if end > longest || end+1 >= len(block) || block[end] != '\r' || block[end+1] != '\n' {
		return -1
	}
	return end
}

// badLine returns a text that says what is wrong with a line of a header, or "" if the line
// is valid.
func badLine(line []byte) string {
	if len(line) > longest {
		return fmt.Sprintf("%d octets", len(line))
	}
	for i := printable(line); i < len(line); {
		c := line[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' || c == 0x7f {
				return fmt.Sprintf("the control character 0x%02x", c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(line[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return fmt.Sprintf("the octet 0x%02x, which is not UTF-8,", c)
		case unicode.IsControl(r), r == 0x2028, r == 0x2029:
			return fmt.Sprintf("the character %U", r)
		}
		i += n
	}
	return ""
}
