// SPDX-License-Identifier: MIT

package message

import (
	"encoding/binary"
	"math/bits"
)

// highBits is a mask for the highest bits of eight octets. In ASCII, these bits are 0.
const highBits = 0x8080808080808080

// countHigh returns the number of octets above 127.
func countHigh(b []byte) (n int) {
	for ; len(b) >= 8; b = b[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b) & highBits)
	}
	for _, c := range b {
		n += int(c >> 7)
	}
	return n
}

// printable returns n such that the first n octets of b are all printable ASCII. n is not
// always the largest such number, because printable checks eight octets at once.
func printable(b []byte) int {
	const each = 0x0101010101010101
	n := 0
	for ; len(b) >= 8; b = b[8:] {
		// The subtraction sets the highest bit of every octet below 0x20, and the addition
		// sets the highest bit of every octet 0x7f.
		x := binary.LittleEndian.Uint64(b)
		if (x|(x-' '*each)|(x+each))&highBits != 0 {
			break
		}
		n += 8
	}
	return n
}

// controlAt returns the index of the first control character of s other than TAB, or -1 if
// there is none. Control characters are not allowed in a header (RFC 5322, section 2.2),
// because with them a text could add a field or a command.
func controlAt(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return i
		}
	}
	return -1
}

// isToken reports whether c is allowed in a token (RFC 2045, section 5.1).
func isToken(c byte) bool {
	if c <= ' ' || c >= 0x7f {
		return false
	}
	switch c {
	case '(', ')', '<', '>', '@', ',', ';', ':', '\\', '"', '/', '[', ']', '?', '=':
		return false
	}
	return true
}

func allOf[S string | []byte](s S, ok func(byte) bool) bool {
	for i := 0; i < len(s); i++ {
		if !ok(s[i]) {
			return false
		}
	}
	return len(s) > 0
}

func isWSP(c byte) bool { return c == ' ' || c == '\t' }
