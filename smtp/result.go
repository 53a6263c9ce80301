// SPDX-License-Identifier: MIT

package smtp

// Outcome of a mail transaction.
type Outcome int

const (
	NotSent           Outcome = iota // nothing can have been delivered
	Accepted                         // for every recipient
	Partial                          // for some recipients
	RejectedTemporary                // 4yz: try again later
	RejectedPermanent                // 5yz
	InDoubt                          // connection lost between last octet and reply: may have been delivered (RFC 1047)
)

// Result of a mail transaction, also returned beside an error.
type Result struct {
	Outcome    Outcome
	Reply      *Reply // to the end of data
	QueueID    string // when the reply names one
	Recipients []RecipientResult
}

// RecipientResult is the reply to one RCPT, or, with LMTP, to the end of data.
type RecipientResult struct {
	Address  string
	Accepted bool
	Reply    *Reply // nil: never asked
}
