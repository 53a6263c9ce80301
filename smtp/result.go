// SPDX-License-Identifier: MIT

package smtp

import "strconv"

// Outcome is what happened to a mail.
type Outcome int

const (
	NotSent           Outcome = iota // nothing can have been delivered
	Accepted                         // for every recipient
	Partial                          // for some recipients
	RejectedTemporary                // 4yz: try again later
	RejectedPermanent                // 5yz
	InDoubt                          // the mail may have been delivered: see ErrInDoubt
)

// Result is the result of sending a mail. It is also valid if there is an error.
type Result struct {
	Outcome    Outcome
	Reply      *Reply // the reply that accepted the mail or, if it was not accepted, the reply in the error
	QueueID    string // if the reply contains one
	Recipients []RecipientResult
	Times      Times // of this attempt
}

// RecipientResult is the reply to one RCPT, or, with LMTP, to the end of data.
type RecipientResult struct {
	Address  string
	Accepted bool   // whether the server has accepted the mail for this recipient
	Reply    *Reply // nil if there was none; 2yz, with Accepted false, if RCPT was accepted but the mail was not
}

// Delivery is the result of one mail of a batch.
type Delivery struct {
	Result
	Err error // nil, or an *Error
}

// String returns the outcome in words.
func (o Outcome) String() string {
	switch o {
	case NotSent:
		return "not sent"
	case Accepted:
		return "accepted"
	case Partial:
		return "accepted for some recipients"
	case RejectedTemporary:
		return "rejected for now"
	case RejectedPermanent:
		return "rejected"
	case InDoubt:
		return "in doubt"
	}
	return "outcome " + strconv.Itoa(int(o))
}

// SafeToRetry reports whether it makes sense to send the same mail again later: nothing
// was delivered to any recipient, and err, the error that came with the result, is
// temporary (see Error.Temporary). It returns false for InDoubt, for Partial (the mail
// should then be sent only to the recipients for which it was not accepted), and if err
// is nil. After an error from Dial, call SafeToRetry on the zero Result.
func (r *Result) SafeToRetry(err error) bool {
	return (r.Outcome == NotSent || r.Outcome == RejectedTemporary) && temporary(err)
}

// SafeToRetry calls Result.SafeToRetry with the error of this mail.
func (d *Delivery) SafeToRetry() bool { return d.Result.SafeToRetry(d.Err) }

// settle sets the outcome of the whole mail from the results for its recipients, and
// returns the error of the mail. inDoubt is set if one of its transactions is in doubt. The
// parameter 'worst' is the most severe error of its transactions, and 'stopped' is the error
// after which no further transaction was tried.
func (res *Result) settle(inDoubt bool, worst, stopped *Error) *Error {
	good := 0
	for i := range res.Recipients {
		if res.Recipients[i].Accepted {
			good++
		}
	}
	switch {
	case inDoubt:
		res.Outcome = InDoubt
		return stopped
	case good == 0:
		res.Outcome = NotSent
		if worst != nil {
			res.Outcome = rejected(worst.Reply)
			if worst.Op == OpEndOfData {
				res.Reply = worst.Reply
			}
		}
		return worst
	case good < len(res.Recipients):
		res.Outcome = Partial
	default:
		res.Outcome = Accepted
	}
	return stopped
}

// rejected returns the outcome of a mail whose error has the reply r.
func rejected(r *Reply) Outcome {
	switch {
	case r.Permanent():
		return RejectedPermanent
	case r.Temporary():
		return RejectedTemporary
	}
	return NotSent
}
