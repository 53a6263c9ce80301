// SPDX-License-Identifier: MIT

package smtp

import "time"

// transaction is one mail transaction: MAIL, RCPT, and DATA or BDAT (RFC 5321,
// section 3.3).
type transaction struct {
	s     *Session
	group *group
	env   *Envelope
	msg   Message
	size  int64             // octets of the message; -1 if unknown
	utf8  bool              // whether the transaction needs SMTPUTF8
	rcpts []Recipient       // the recipients of env in this transaction
	rows  []RecipientResult // the results of rcpts
	later []Recipient       // the recipients for further transactions of the mail
	final bool              // whether no further transaction of the mail is planned after this one
	last  bool              // whether this is the last mail, so that QUIT may follow the message

	phase       phase
	refusedMAIL *Error    // the reply to MAIL, if it was a refusal
	refusedDATA *Error    // the reply to DATA, if it was a refusal
	patience    time.Time // when the first reply to RCPT is due, if it is unknown whether PIPELINING works
	written     int       // the number of commands of the envelope that were written
	answered    int       // the number of commands of the envelope that have replies
	accepted    int       // the number of recipients that were accepted, even if MAIL was refused
	over        int       // the number of recipients that were refused because the transaction has too many
	byDomain    bool      // whether the limit is on domains, so that later recipients may still be accepted
	recovered   bool      // whether a recipient was accepted after others had been refused as too many
	wentAhead   bool      // whether the server replied 354
	whole       bool      // whether all octets were sent by BDAT, possibly before the replies to the envelope
	reply       *Reply    // the reply to the end of the message; with LMTP, the latest 2yz reply
	queueID     string    // from 'reply'

	// The times below are zero if nothing is measured.
	began   time.Time // when the first command was written
	writing time.Time // when the message began to be written
	wrote   time.Time // when the last octet of the message was written
	ended   time.Time
}

// phase says how far a transaction has come. It advances with the server's replies, and
// decides the outcome of the message:
//
//   - Before phaseAnswered the message counts as not sent, even if all of it was sent by
//     BDAT: the server has not accepted responsibility for the message (RFC 5321, section
//     4.2.5).
//   - In phaseAnswered the reply to the end of the message decides: accepted or rejected.
//     With LMTP there is one reply per accepted recipient (RFC 2033, section 4.2), and
//     the mail may be accepted for some of them.
//   - In phaseInDoubt all of the message was sent, and either no reply came or the reply
//     may belong to another command. The message may have been delivered (RFC 1047). A
//     transaction does not leave this phase.
//
// In a batch, a reply to a message counts only provisionally: later replies confirm it,
// or the mail becomes InDoubt after all (see verdicts).
type phase int

const (
	phaseNone     phase = iota // no transaction is open
	phaseMAIL                  // the server has accepted MAIL or, in violation of RFC 5321, only RCPT
	phaseDATA                  // the server has replied 354 to DATA
	phaseAnswered              // the server has replied to the end of the message
	phaseInDoubt               // the whole message was sent, and its reply is missing or uncertain
)

func newTransaction(g *group, m *Mail) transaction {
	return transaction{s: g.s, group: g, env: m.Envelope, msg: m.Message}
}

// open reports whether the transaction is still open on the server, so that RSET is
// needed to end it. After the server has refused BDAT, the transaction is still open (RFC
// 3030, section 2).
func (t *transaction) open() bool {
	switch t.phase {
	case phaseMAIL, phaseDATA:
		return true
	case phaseAnswered:
		return t.byBDAT() && !t.reply.positive()
	}
	return false
}

// rcptWithoutMAIL reports whether the server refused MAIL and then accepted a
// recipient. It is unknown to which transaction the server added the recipient.
func (t *transaction) rcptWithoutMAIL() bool { return t.refusedMAIL != nil && t.accepted > 0 }

// byBDAT reports whether the message is sent by BDAT rather than DATA.
func (t *transaction) byBDAT() bool { return t.s.byBDAT(t.env) }

func (s *Session) byBDAT(env *Envelope) bool {
	return (env.Chunking || env.Body == BodyBinaryMIME) && s.offers("CHUNKING")
}

// delivered reports whether the server accepted the message (with LMTP, for at least
// one recipient).
func (t *transaction) delivered() bool {
	return t.reply.positive() && (t.phase == phaseAnswered || t.s.cfg.LMTP)
}

// lastRefused reports whether the latest reply to RCPT or DATA was a refusal.
func (t *transaction) lastRefused() bool {
	switch i := t.answered - 1; {
	case i <= 0:
		return false
	case i <= len(t.rcpts):
		return !t.rows[i-1].Accepted
	}
	return t.phase != phaseDATA
}

// wanted reports whether the server may still accept the message for at least one
// recipient, according to the replies so far.
func (t *transaction) wanted() bool {
	if t.refusedMAIL != nil {
		return false
	}
	for i := range t.rows {
		if t.rows[i].Accepted || t.rows[i].Reply == nil {
			return true
		}
	}
	return false
}
