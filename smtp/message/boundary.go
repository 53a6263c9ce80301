// SPDX-License-Identifier: MIT

package message

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
)

// boundaryMark begins every boundary. Neither base64 nor quoted-printable can
// hold it (RFC 2045, section 6.7), and text that has it is encoded so.
const boundaryMark = "=_"

// boundaries makes the boundaries of one message: one random string and a
// digit, so that none is the beginning of another.
type boundaries struct {
	given  func() string
	random string
	n      int
}

func (b *boundaries) next() string {
	if b.n == 0 {
		if b.given != nil {
			b.random = b.given()
		} else {
			b.random = string(appendRandom(nil))
		}
	}
	b.n++
	return boundaryMark + b.random + "_" + strconv.Itoa(b.n)
}

// appendRandom appends 128 bits as hexadecimal digits.
func appendRandom(b []byte) []byte {
	var r [16]byte
	rand.Read(r[:]) // never fails
	return hex.AppendEncode(b, r[:])
}
