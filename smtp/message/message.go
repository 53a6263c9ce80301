// SPDX-License-Identifier: MIT

package message

import (
	"io"
	"slices"
	"time"
)

// Message is a mail as the program sets it. All strings are in Charset unless their
// comment says otherwise. Render checks all fields.
type Message struct {
	// Charset is the IANA name of the program's charset. With "" or "US-ASCII", text that
	// has octets above 127 is read as UTF-8 if it is valid UTF-8. If it is not,
	// Options.Locale and Options.Strict determine what happens.
	Charset string

	From    []Address // RFC 5322, section 3.6.2; the first one is the reverse-path, unless Sender is set
	Sender  Address   // if From has several addresses, the first of them is the default
	ReplyTo string    // "a@example.org", "Name <a@example.org>", or a list of these

	To, Cc, Bcc []Address // Bcc is in the envelope only

	Subject  string // sent unchanged if it consists of encoded words (RFC 2047)
	XMailer  string
	Priority int // 2: high; 4: low; anything else: normal, without a field

	// ReadReceipt requests a message disposition notification (RFC 8098). It is sent to
	// the first address in ReplyTo that is not in a group or, if there is none, to the
	// first address in From.
	ReadReceipt bool

	Lines        []string // body lines; each may contain CR, LF or CRLF
	LinesAreHTML bool     // whether Lines are one HTML document
	HTML         string   // an HTML body; Lines are then its plain text form (multipart/alternative)
	Flowed       bool     // whether the plain text is written as format=flowed (RFC 3676)

	Attachments []Attachment
	Headers     []Field

	Date       time.Time // zero: the time of Render
	MessageID  string    // with or without angle brackets; Render sets it if it is empty
	InReplyTo  string    // message identifiers, or the value of a received field
	References string    // like InReplyTo; if there are more than 20 identifiers, only the first and the newest are written

	AutoSubmitted string // RFC 3834: "auto-generated", "auto-replied" ...

	// ListUnsubscribe is one or more mailto:, https: or http: URIs, with or without angle
	// brackets (RFC 2369). ListUnsubscribeOneClick adds the field List-Unsubscribe-Post
	// of RFC 8058, and requires an https: URI.
	ListUnsubscribe         string
	ListUnsubscribeOneClick bool

	Calendar *Calendar

	DKIM  []*DKIMKey // one signature per key, in this order
	SMIME *SMIMEKey
}

// Address is one mailbox: a display name, which may be empty, and an addr-spec (RFC 5322,
// section 3.4). Groups and lists are refused. The field Mail should be UTF-8; if it is
// not valid UTF-8, it is read in the message's charset.
type Address struct{ Name, Mail string }

// Field is a further header field. Fields are written in the given order.
type Field struct{ Name, Value string }

// Attachment is an attached file. Its content comes from a file, from memory or from a reader.
type Attachment struct {
	Path string // regular file; read for a signature, and each time the message is written

	Name        string // displayed file name; "": the last element of Path
	ContentType string // "": the type for the extension of Name
	ContentID   string // for cid: links from HTML, with or without angle brackets
	Inline      bool   // whether the attachment is displayed within the HTML body (multipart/related)

	Data []byte // the content if Path and Reader are empty; it must not change until the message is sent

	// Reader returns a new reader that reads the content from its beginning. It is
	// called each time the content is needed: for a signature, and for each attempt to
	// send. Size is the number of octets, or -1 if it is not known.
	Reader func() (io.ReadCloser, error) `fork:"restored"`
	Size   int64

	// Tag lets the caller set Reader again in a forked child. This package does not use it.
	Tag [3]uintptr

	opened *file `fork:"restored"` // set by Snapshot
}

// Calendar is an iTIP message (RFC 6047). It is sent twice: as an alternative to the text
// and HTML bodies, and as an attached file.
type Calendar struct {
	Method string // "" or the METHOD of Data
	Data   string // iCalendar text in the message's charset
}

// Options says which extensions the server offers, and how the texts of the message are
// decoded. Tests also set values that are otherwise random or depend on the time.
type Options struct {
	EightBit bool // whether 8BITMIME (RFC 6152) is offered
	Binary   bool // whether BINARYMIME (RFC 3030) is offered and may be used
	UTF8     bool // whether SMTPUTF8 (RFC 6531) is offered

	Charset string // if not "", replaces Message.Charset
	Locale  string // charset of text that is not UTF-8, if the message has no charset; "": unknown-8bit (RFC 1428)
	Strict  bool   // whether text in an unknown charset, and control characters in free text, are refused

	KeepID bool // whether Render leaves an empty Message.MessageID empty

	Boundary func() string    // nil: 128 random bits
	Now      func() time.Time // nil: time.Now
}

func (o *Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// Clone returns a copy of m. The copy shares with m only the octets of Attachment.Data,
// the Readers and the keys.
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
