// SPDX-License-Identifier: MIT

package message

import (
	"encoding/binary"
	"math/bits"
)

// highBits are those that ASCII leaves clear in eight octets.
const highBits = 0x8080808080808080

// allASCII is for whole texts.
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

// countHigh counts the octets above 127.
func countHigh(b []byte) (n int) {
	for ; len(b) >= 8; b = b[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b) & highBits)
	}
	for _, c := range b {
		n += int(c >> 7)
	}
	return n
}
