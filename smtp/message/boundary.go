// SPDX-License-Identifier: MIT

package message

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
)

// boundaryMark begins every boundary. Base64 and quoted-printable cannot contain it (RFC
// 2045, section 6.7), and a text that contains it is sent in one of these two encodings.
const boundaryMark = "=_"

// boundaries creates the boundaries of one message. All of them contain the same random
// string, and each ends with a different number.
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
