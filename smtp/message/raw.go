// SPDX-License-Identifier: MIT

package message

import "io"

// Raw is a message that exists already, sent as it is but for its Bcc fields,
// which are left out, and its line ends, which become CRLF.
type Raw struct {
	source io.ReaderAt
	length int64
	path   string
}

// NewRaw takes a message of size octets from r, which must not change until
// it is sent.
func NewRaw(r io.ReaderAt, size int64) *Raw { return &Raw{source: r, length: size} }

// OpenRaw takes a message from a regular file.
func OpenRaw(path string) *Raw { return &Raw{path: path} }
