// SPDX-License-Identifier: MIT

package smtp

import (
	"io"
	"time"
)

// Envelope is the envelope of a mail (RFC 5321, section 2.3.1).
type Envelope struct {
	From       string // reverse-path; "" is the null reverse-path <>
	Recipients []Recipient

	Partial bool // whether the mail is sent to the accepted recipients if others are refused

	// Before is the result of an earlier attempt to send the same mail to the same
	// recipients, or nil for the first attempt. The mail is sent only to the recipients
	// that were neither accepted nor refused permanently. The new result includes the
	// earlier one.
	Before *Result

	Body       BodyType // what the message contains
	SMTPUTF8   bool     // whether the header needs RFC 6531; Send itself recognizes addresses that need it
	RequireTLS bool     // RFC 8689
	Chunking   bool     // whether BDAT is used if the server offers CHUNKING; BodyBinaryMIME implies Chunking

	DSNReturn     string        // RFC 3461 RET: "", "FULL" or "HDRS"
	EnvelopeID    string        // RFC 3461 ENVID, plain text
	Priority      *int          // RFC 6710, -9 to 9
	DeliverBy     time.Duration // RFC 2852; 0: no limit
	DeliverByMode string        // "N" or "R"
	HoldFor       time.Duration // RFC 4865
	HoldUntil     time.Time     // RFC 4865

	// Progress, if not nil, is called with the number of octets sent and the total number
	// (-1 if unknown). If it returns false, the mail is canceled.
	Progress func(sent, total int64) bool
}

// BodyType is the BODY parameter of MAIL (RFC 6152, RFC 3030).
type BodyType int

const (
	Body7Bit BodyType = iota
	Body8BitMIME
	BodyBinaryMIME
)

// Recipient is one forward-path.
type Recipient struct {
	Address      string
	Notify       string // RFC 3461 NOTIFY: "", "NEVER", or a list of SUCCESS,FAILURE,DELAY
	OriginalRcpt string // RFC 3461 ORCPT, "rfc822;..." or a bare address
}

// Message is the message that Send sends. If it also has a method Size() int64, Send uses
// the result for the SIZE parameter of MAIL (RFC 1870). Size returns the number of
// octets, or -1 if the number is not known.
type Message interface{ io.WriterTo }

// sizeOf returns the number of octets of a message, or -1 if the number is not known.
func sizeOf(msg Message) int64 {
	if sized, ok := msg.(interface{ Size() int64 }); ok {
		return sized.Size()
	}
	return -1
}

// Mail is one mail of a batch.
type Mail struct {
	Envelope *Envelope
	Message  Message
}

// prepare sets res.Recipients to rows, which has an element for each recipient. If
// env.Before is set, prepare copies the earlier results to rows; otherwise it sets only the
// addresses.
func (env *Envelope) prepare(res *Result, rows []RecipientResult) {
	res.Recipients = rows
	if b := env.Before; b != nil && len(b.Recipients) == len(rows) {
		copy(rows, b.Recipients)
		res.Outcome = b.Outcome
		if b.Reply.positive() {
			res.Reply, res.QueueID = b.Reply, b.QueueID
		}
		return
	}
	for i := range rows {
		rows[i].Address = env.Recipients[i].Address
	}
}
