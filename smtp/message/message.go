// SPDX-License-Identifier: MIT

package message

import (
	"io"
	"slices"
	"time"
)

// Message is a mail as a program describes it. Every string holds bytes in
// Charset unless its comment says otherwise. Nothing is checked before Render.
type Message struct {
	// Charset is the IANA name of the program's charset. With "" or
	// "US-ASCII", text that has octets above 127 is taken for UTF-8 when it is
	// valid UTF-8 and is an error otherwise.
	Charset string

	From    []Address // RFC 5322, section 3.6.2; the first is the envelope's sender unless Sender is set
	Sender  Address   // written when set, or when there are several From
	ReplyTo string    // "a@example.org", "Name <a@example.org>", or a list of them

	To, Cc, Bcc []Address // Bcc is in the envelope only

	Subject  string // one that is already RFC 2047 encoded words is left as it is
	XMailer  string
	Priority int // 0: no field; 2: high; 4: low; anything else: normal

	// ReadReceipt asks for a message disposition notification (RFC 8098) to
	// the first reply-to address, or else to the first From.
	ReadReceipt bool

	Lines        []string // body lines; each may hold CR, LF or CRLF
	LinesAreHTML bool     // Lines are one HTML document
	HTML         string   // with Lines as its text version: multipart/alternative
	Flowed       bool     // RFC 3676, for the text version

	Attachments []Attachment
	Headers     []Field

	Date       time.Time // zero: the time of Render
	MessageID  string    // with or without angle brackets; Render fills it in when empty
	InReplyTo  string    // one or more message identifiers
	References string    // likewise

	AutoSubmitted string // RFC 3834: "auto-generated", "auto-replied" ...

	// ListUnsubscribe holds one or more URIs, mailto: or https:, with or
	// without angle brackets (RFC 2369). OneClick adds RFC 8058's field and
	// needs an https: URI.
	ListUnsubscribe         string
	ListUnsubscribeOneClick bool

	Calendar *Calendar

	DKIM  []*DKIMKey // one signature each, in this order
	SMIME *SMIMEKey
}

// Address is one mailbox: a display name, which may be empty, and an addr-spec
// (RFC 5322, section 3.4). Groups and lists are refused. Mail is UTF-8 in every
// charset; what cannot be UTF-8 is read in the message's charset.
type Address struct{ Name, Mail string }

// Field is one further header field, written in the order given.
type Field struct{ Name, Value string }

// Attachment is a file, bytes in memory, or a reader.
type Attachment struct {
	Path string // regular file, read while the message is written

	Name        string // file name shown; "" takes Path's last element
	ContentType string // "" goes by Name's extension
	ContentID   string // for cid: links from HTML, with or without angle brackets
	Inline      bool   // shown in place: multipart/related when there is HTML

	Data []byte // used when Path and Reader are empty; must not change until the message is sent

	// Reader gives the content from its beginning, each time it is called;
	// signing and a retry call it again. Size is its number of octets, or -1.
	Reader func() (io.ReadCloser, error)
	Size   int64
}

// Calendar is an iTIP message for RFC 6047: it becomes an alternative of the
// body and a file.
type Calendar struct {
	Method string // "" is taken from Data; otherwise it must be equal to Data's METHOD
	Data   string // iCalendar text in the message's charset
}

// Options say what the way to the server can carry, and pin down for tests
// what is otherwise random.
type Options struct {
	EightBit bool // 8BITMIME (RFC 6152) is offered
	Binary   bool // BINARYMIME (RFC 3030) is offered and wanted
	UTF8     bool // SMTPUTF8 (RFC 6531) is offered

	Boundary func() string    // nil: 128 random bits
	Now      func() time.Time // nil: time.Now
}

func (o *Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// Clone returns a message that shares nothing changeable with m but the
// octets of Attachment.Data, the Readers and the keys.
func (m *Message) Clone() *Message {
	c := *m
	c.From = slices.Clone(m.From)
	c.To = slices.Clone(m.To)
	c.Cc = slices.Clone(m.Cc)
	c.Bcc = slices.Clone(m.Bcc)
	c.Lines = slices.Clone(m.Lines)
	c.Attachments = slices.Clone(m.Attachments)
	c.Headers = slices.Clone(m.Headers)
	c.DKIM = slices.Clone(m.DKIM)
	if m.Calendar != nil {
		cal := *m.Calendar
		c.Calendar = &cal
	}
	return &c
}
