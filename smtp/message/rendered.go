// SPDX-License-Identifier: MIT

package message

import "io"

// Rendered is a message that is ready to be sent. Its header is in memory,
// its attachments are not. WriteTo may be called again for a retry.
type Rendered struct {
	header    []byte // with the empty line that ends it
	body      content
	size      int64
	eightBit  bool
	binary    bool
	smtpUTF8  bool
	messageID string
	from      string
	rcpt      []string
}

// Size is the number of octets that WriteTo will write, -1 when a reader of
// unknown size is attached (RFC 1870 counts them in the same way).
func (r *Rendered) Size() int64 { return r.size }

// EightBit says that the message needs 8BITMIME.
func (r *Rendered) EightBit() bool { return r.eightBit }

// Binary says that the message needs BINARYMIME.
func (r *Rendered) Binary() bool { return r.binary }

// NeedsSMTPUTF8 says that an address in the message has a local part outside
// ASCII, so that only RFC 6531 can carry it.
func (r *Rendered) NeedsSMTPUTF8() bool { return r.smtpUTF8 }

// MessageID is the Message-ID with its angle brackets, "" if it has none.
func (r *Rendered) MessageID() string { return r.messageID }

// EnvelopeFrom is the address for MAIL, "" for the null reverse-path.
func (r *Rendered) EnvelopeFrom() string { return r.from }

// Recipients are the addresses for RCPT: To, Cc, then Bcc, duplicates kept.
// Members of groups, which a Raw message may have, are in their places.
func (r *Rendered) Recipients() []string { return r.rcpt }

// WriteTo writes the message. An *Error means that a source failed: what was
// written must not be ended as if it were whole. Other errors are w's.
func (r *Rendered) WriteTo(w io.Writer) (int64, error) {
	cw := &countWriter{w: w}
	if _, err := cw.Write(r.header); err != nil {
		return cw.n, err
	}
	if err := r.body.writeTo(cw); err != nil {
		return cw.n, err
	}
	if !cw.lineStart() {
		if _, err := cw.Write(crlf); err != nil {
			return cw.n, err
		}
	}
	return cw.n, nil
}

// content is a body, or the part of a multipart with its header.
type content interface {
	size() int64     // octets that writeTo writes; -1: unknown
	lineStart() bool // whether it leaves off at the start of a line
	writeTo(w io.Writer) error
}

// countWriter counts octets and remembers the last two.
type countWriter struct {
	w    io.Writer
	n    int64
	last [2]byte
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	switch {
	case n >= 2:
		c.last = [2]byte{p[n-2], p[n-1]}
	case n == 1:
		c.last = [2]byte{c.last[1], p[0]}
	}
	return n, err
}

func (c *countWriter) lineStart() bool { return c.n == 0 || c.last == [2]byte{'\r', '\n'} }

// fixSize computes Size once header and body stand.
func (r *Rendered) fixSize() {
	if r.size = r.body.size(); r.size < 0 {
		return
	}
	r.size += int64(len(r.header))
	if !r.body.lineStart() {
		r.size += int64(len(crlf))
	}
}
