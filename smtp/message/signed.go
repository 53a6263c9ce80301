// SPDX-License-Identifier: MIT

package message

import (
	"crypto/sha256"
	"hash"
	"io"
)

// checked is a body that was read to compute a signature. writeTo returns an error if the
// body has changed since then.
type checked struct {
	content
	sum [sha256.Size]byte
}

// readOnce writes c to the writers in the list 'further', and returns c as a checked body.
func readOnce(c content, further ...io.Writer) (*checked, error) {
	h := sha256.New()
	if err := c.writeTo(io.MultiWriter(append(further, h)...)); err != nil {
		return nil, err
	}
	return &checked{content: c, sum: sum(h)}, nil
}

func (c *checked) writeTo(w io.Writer) error {
	h := sha256.New()
	if err := c.content.writeTo(io.MultiWriter(w, h)); err != nil {
		return err
	}
	if sum(h) != c.sum {
		return invalid(FieldAttachments, "", "an attachment changed after it was signed; the mail was not sent", ErrChanged)
	}
	return nil
}

func sum(h hash.Hash) (s [sha256.Size]byte) {
	h.Sum(s[:0])
	return s
}
