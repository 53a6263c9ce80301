// SPDX-License-Identifier: MIT

package message

import "io"

// Rendered is a message that is ready to be sent. Its header is in memory; attached files are
// read when the message is written. WriteTo can be called again for a retry.
type Rendered struct {
	header    []byte // including the empty line at its end
	body      content
	size      int64
	eightBit  bool
	binary    bool
	smtpUTF8  bool
	messageID string
	from      string
	rcpt      []string
	addresses Addresses
	notes     []Note
	memory    *messageMemory // which contains this Rendered; nil if the message is a raw one
}

// Addresses are the addresses in the header of a message.
type Addresses struct {
	Senders []string // in From and Sender
	Shown   []string // in To and Cc
	Blind   []string // the addresses in Bcc, a field that WriteTo does not write
	Resent  bool     // whether there are Resent-* fields; if so, the lists above come from these fields
}

// Size returns the number of octets that WriteTo will write, as RFC 1870 counts them,
// or -1 if an attachment has a reader of unknown size.
func (r *Rendered) Size() int64 { return r.size }

// EightBit reports whether the message needs 8BITMIME.
func (r *Rendered) EightBit() bool { return r.eightBit }

// Binary reports whether the message needs BINARYMIME.
func (r *Rendered) Binary() bool { return r.binary }

// NeedsSMTPUTF8 reports whether the message needs SMTPUTF8 (RFC 6531), because the local
// part of an address, or the header of a Raw, is not ASCII.
func (r *Rendered) NeedsSMTPUTF8() bool { return r.smtpUTF8 }

// MessageID returns the Message-ID with its angle brackets, or "" if there is none.
func (r *Rendered) MessageID() string { return r.messageID }

// EnvelopeFrom returns the address for MAIL, or "" for the null reverse-path.
func (r *Rendered) EnvelopeFrom() string { return r.from }

// Recipients returns the addresses for RCPT: those in To, then in Cc, then in Bcc. They
// include the members of groups. Duplicates are not removed.
func (r *Rendered) Recipients() []string { return r.rcpt }

// Addresses returns the addresses in the header. For a Raw with HaveFrom or HaveRecipients,
// they do not include those in the fields that were not parsed.
func (r *Rendered) Addresses() Addresses { return r.addresses }

// Notes returns a note for each text whose charset was guessed: the text is not UTF-8, and the
// program has set no charset.
func (r *Rendered) Notes() []Note { return r.notes }

// WriteTo writes the message. If a file or a reader fails, the error is an *Error. The
// message is then incomplete, and the caller must not send the final dot or the last chunk.
// Every other error comes from w.
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

// content is a body, or one part of a multipart body, including the part's header.
type content interface {
	size() int64     // returns the number of octets that writeTo writes; -1: unknown
	lineStart() bool // reports whether the content ends with a line end
	writeTo(w io.Writer) error
}

// writeClean writes p, which contains no dot, and contains CR and LF only as CRLF. A writer for
// DATA or BDAT therefore need not check p.
func writeClean(w io.Writer, p []byte) (int, error) {
	if c, ok := w.(interface {
		WriteClean(p []byte) (int, error)
	}); ok {
		return c.WriteClean(p)
	}
	return w.Write(p)
}

// countWriter counts octets and remembers the last two.
type countWriter struct {
	w    io.Writer
	n    int64
	last [2]byte
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.count(p, n)
	return n, err
}

func (c *countWriter) WriteClean(p []byte) (int, error) {
	n, err := writeClean(c.w, p)
	c.count(p, n)
	return n, err
}

// The method count records that the first n octets of p were written.
func (c *countWriter) count(p []byte, n int) {
	c.n += int64(n)
	switch {
	case n >= 2:
		c.last = [2]byte{p[n-2], p[n-1]}
	case n == 1:
		c.last = [2]byte{c.last[1], p[0]}
	}
}

func (c *countWriter) lineStart() bool { return c.n == 0 || c.last == [2]byte{'\r', '\n'} }

// fixSize computes Size from the header and the body.
func (r *Rendered) fixSize() {
	if r.size = r.body.size(); r.size < 0 {
		return
	}
	r.size += int64(len(r.header))
	if !r.body.lineStart() {
		r.size += int64(len(crlf))
	}
}
