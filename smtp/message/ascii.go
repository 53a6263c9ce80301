// SPDX-License-Identifier: MIT

package message

import (
	"encoding/binary"
	"math/bits"
)

// highBits are the bits that are 0 in eight octets of ASCII.
const highBits = 0x8080808080808080

// allASCII reports whether b is ASCII. It is fast for long texts.
func allASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&highBits != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

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
