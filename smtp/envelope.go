// SPDX-License-Identifier: MIT

package smtp

import (
	"io"
	"time"
)

// Envelope of one mail transaction (RFC 5321, section 2.3.1).
type Envelope struct {
	From       string // reverse-path; "" is the null reverse-path <>
	Recipients []Recipient

	Partial bool // send to the accepted recipients although others were refused

	Body       BodyType // what the message holds
	SMTPUTF8   bool     // the message's header needs RFC 6531 (addresses are looked at by Send itself)
	RequireTLS bool     // RFC 8689
	Chunking   bool     // BDAT instead of DATA where offered; BodyBinary implies it

	DSNReturn     string        // RFC 3461 RET: "", "FULL" or "HDRS"
	EnvelopeID    string        // RFC 3461 ENVID, plain text
	Priority      *int          // RFC 6710, -9 to 9
	DeliverBy     time.Duration // RFC 2852; 0: not asked
	DeliverByMode string        // "N" or "R"
	HoldFor       time.Duration // RFC 4865
	HoldUntil     time.Time     // RFC 4865

	// Progress, if not nil, is told octets sent and the total (-1: unknown).
	// Returning false cancels.
	Progress func(sent, total int64) bool
}

// BodyType is the BODY parameter of MAIL (RFC 6152, 3030).
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

// Message is what Send carries. A message that also has Size() int64 lets
// SIZE be announced to the octet (RFC 1870); -1 is unknown.
type Message interface{ io.WriterTo }

// sizeOf returns the octets of a message, or -1 if they are not known.
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
