// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MostFromReader is the size of the largest attachment that Snapshot reads into memory.
const MostFromReader = 1 << 30

// Snapshot returns a copy of m for a mail that is sent later. It opens the attached files
// to check that they can be read, and records their size, modification time and identity. If
// a file changes after this, sending the copy fails with ErrChanged. Snapshot reads the
// content from each Reader into memory, and the copy does not use the Reader.
func (m *Message) Snapshot() (*Message, error) {
	c := m.Clone()
	for i := range c.Attachments {
		a := &c.Attachments[i]
		switch {
		case a.Path != "" && a.opened == nil:
			f, err := statFile(FieldAttachments, a.Path)
			if err != nil {
				return nil, err
			}
			a.opened = f
		case a.Reader != nil:
			source := attached{label: a.Name, reader: a.Reader, rawSize: max(a.Size, -1)}
			var b bytes.Buffer
			err := source.copyReader(func(r io.Reader) (int64, error) {
				n, err := b.ReadFrom(io.LimitReader(r, MostFromReader+1))
				if err != nil {
					err = &sourceError{err}
				}
				return n, err
			})
			if err != nil {
				return nil, err
			}
			if b.Len() > MostFromReader {
				return nil, invalid(FieldAttachments, a.Name, fmt.Sprintf("has more than %d octets, too many to keep in memory; use a file", MostFromReader), errors.New("too large"))
			}
			a.Data, a.Reader, a.Size, a.Tag = b.Bytes(), nil, 0, [3]uintptr{}
			if a.Data == nil {
				a.Data = []byte{}
			}
		}
	}
	return c, nil
}
