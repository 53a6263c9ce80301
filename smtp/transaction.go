// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
	"strings"
)

// transaction is the state of one MAIL, RCPT, DATA (RFC 5321, section 3.3).
type transaction struct {
	env   *Envelope
	msg   Message
	size  int64 // octets of the message, -1: unknown
	utf8  bool  // SMTPUTF8 is needed
	rcpts []Recipient
	rows  []RecipientResult

	bdat           bool
	whole          bool // all of the message has left, by BDAT, maybe before the envelope was answered
	grouped        bool // it is one of a group
	final          bool // the last of the mail
	accepted       int  // recipients
	written        int  // envelope commands written ahead of their turn
	answered       int  // envelope commands answered
	open           bool
	ready          bool   // the 354 has come
	noMAIL         *Error // MAIL was refused
	rcptAllTheSame bool   // and a recipient behind it accepted
	noDATA         *Error // DATA was refused

	refusedLast bool // the envelope's latest reply was a refusal

	each    bool // LMTP: the end of data was answered for each recipient
	doubt   bool // the whole message went out, and no answer came, or none that can be trusted
	judged  bool // the whole message was answered
	queueID string
	reply   *Reply
}

// Send carries one mail. The Result is always filled: it says what became of
// each recipient, and, whatever the error, whether the mail may be sent again
// (SafeToRetry). msg is written once for each transaction; more than one is
// needed only where the server takes fewer recipients at a time than the
// envelope has (LIMITS, RFC 9422) and Envelope.Partial allows it.
//
// Unless Envelope.Partial is set one refused recipient keeps the mail from
// all. With Partial the mail goes to those accepted, and the error is nil as
// soon as there was one, unless the session ended before all were asked. Of
// several refusals the first for good stands for the mail, else the first for
// now: outcome and error come from its reply. A refusal counts before the end of
// the connection behind it. Every error is an *Error.
func (s *Session) Send(env *Envelope, msg Message) (Result, error) {
	res := Result{Recipients: make([]RecipientResult, len(env.Recipients))}
	for i := range res.Recipients {
		res.Recipients[i].Address = env.Recipients[i].Address
	}
	if e := s.send(env, msg, &res); e != nil {
		return res, e
	}
	return res, nil
}

// SendLast is Send for the last mail of the session, which only Quit or Close
// may follow: where the server offers PIPELINING, and the mail goes by SMTP and
// DATA, QUIT leaves with the final dot; elsewhere SendLast says it once the mail
// is accepted. The reply to QUIT shows that the reply to the mail was in its
// place; a failure at QUIT changes nothing else, and is what Quit returns.
func (s *Session) SendLast(env *Envelope, msg Message) (Result, error) {
	s.quitAllowed = true
	defer func() { s.quitAllowed = false }()
	return s.Send(env, msg)
}

// send is Send with a Result that has its rows.
func (s *Session) send(env *Envelope, msg Message, res *Result) *Error {
	s.begun()
	if !s.takeAhead() {
		s.batch.nextMails()
		if e := s.plan(env, msg); e != nil {
			return e
		}
	}
	written := s.tx.written
	s.judged = false
	var worst, stopped *Error
	doubt, weight := false, 0
	for from := 0; from < len(env.Recipients); {
		to := s.limit.batch(env.Recipients, from)
		t := &s.tx
		*t = transaction{env: env, msg: msg, size: t.size, utf8: t.utf8,
			rcpts: env.Recipients[from:to], rows: res.Recipients[from:to], written: written,
			final: to == len(env.Recipients)}
		written = 0
		var e *Error
		switch {
		case to-from < len(env.Recipients) && !env.Partial:
			e = &Error{Op: OpRCPT, Kind: KindUnsupported, Recipient: env.Recipients[to].Address,
				Err: fmt.Errorf("the server takes %d recipients a mail (LIMITS), and the mail is for all or none of %d",
					to, len(env.Recipients))}
		case s.limit.usedUp(s.mails) && !s.dead:
			e = &Error{Op: OpMAIL, Kind: KindClosed, stale: true,
				Err: fmt.Errorf("the server takes %d mails a session (LIMITS)", s.limit.mails)}
		default:
			e = s.transact()
		}
		if e != nil {
			e.stale = e.stale && !t.open && !t.doubt && from == 0
			e = s.standing(e)
			if n := e.severity(t.accepted > 0); n > weight {
				worst, weight = e, n
			}
		}
		s.conclude(res, e)
		doubt = doubt || t.doubt
		from = to
		if e != nil && (s.dead || e.Kind != KindRefused || !env.Partial) {
			stopped = e
			break
		}
	}
	s.tx = transaction{}
	if doubt && s.quitSent && stopped.Reply == nil && stopped.ended() {
		s.diedAhead()
	}
	return res.settle(doubt, worst, stopped)
}

// settle works out what became of the whole mail, and returns its error. worst
// stands for its transactions that failed; stopped is the one after which no
// other was tried.
func (res *Result) settle(doubt bool, worst, stopped *Error) *Error {
	good := 0
	for i := range res.Recipients {
		if res.Recipients[i].Accepted {
			good++
		}
	}
	switch {
	case doubt:
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

// batch gives the end of the recipients, from from, that one transaction may
// have.
func (l *limits) batch(rcpts []Recipient, from int) int {
	to := len(rcpts)
	if l.rcpts > 0 {
		to = min(to, from+l.rcpts)
	}
	if l.rcptDomains == 0 {
		return to
	}
	seen := make(map[string]bool)
	for i := from; i < to; i++ {
		a := rcpts[i].Address
		seen[strings.ToLower(a[strings.LastIndexByte(a, '@')+1:])] = true
		if len(seen) > l.rcptDomains {
			return i
		}
	}
	return to
}

// transact does one transaction, and leaves the session in step or dead.
func (s *Session) transact() *Error {
	t := &s.tx
	t.bdat = s.inChunks(t.env)
	e := s.envelope()
	if e == nil {
		e = s.content()
	}
	s.judged = s.judged || t.judged
	if s.batch.unreset && !s.dead && !s.endUnreset() {
		e = s.misread()
	}
	if t.judged && t.final && s.quitAllowed && !s.dead && (s.quitSent || e == nil) {
		e = s.farewell(e)
	}
	if e == nil || t.each && !t.doubt {
		s.sent++
	}
	if e == nil {
		return nil
	}
	if t.open && !s.dead {
		s.resetLater() // the server waits for more of this transaction
	}
	return e
}

// content sends the message once the envelope is settled.
func (s *Session) content() *Error {
	t := &s.tx
	if t.bdat {
		if t.answered > 0 {
			if e := s.begin(OpBody); e != nil {
				return e
			}
		}
		return s.sendChunks()
	}
	if !t.ready {
		if e := s.exchange(&stepDATA, []byte("DATA")); e != nil {
			return s.kept(e)
		}
		t.ready = true
	}
	return s.sendData()
}

// conclude notes what came of the recipients of one transaction.
func (s *Session) conclude(res *Result, e *Error) {
	t := &s.tx
	if e != nil && !t.each {
		// What RCPT accepted was not delivered, or nobody knows.
		for i := range t.rows {
			t.rows[i].Accepted = false
		}
	}
	if t.reply.positive() {
		res.Reply = t.reply
		if t.queueID != "" {
			res.QueueID = t.queueID
		}
	}
}

func rejected(r *Reply) Outcome {
	switch {
	case r.Permanent():
		return RejectedPermanent
	case r.Temporary():
		return RejectedTemporary
	}
	return NotSent
}

// inDoubt marks an error after which nobody knows what the server did.
func (s *Session) inDoubt(e *Error) *Error {
	if e.Kind == KindRefused {
		return e
	}
	s.tx.doubt = true
	cause := e.Err
	if cause == nil {
		cause = errors.New(e.Kind.String())
	}
	e.Err = &doubt{cause, e.Kind == KindProtocol}
	return e
}

// doubt is ErrInDoubt with its cause.
type doubt struct {
	cause    error
	answered bool // the connection was not lost: what came is no reply to the message
}

func (d *doubt) Error() string {
	if d.answered {
		return "the message may have been delivered: " + d.cause.Error()
	}
	return ErrInDoubt.Error() + ": " + d.cause.Error()
}
func (d *doubt) Unwrap() []error { return []error{ErrInDoubt, d.cause} }
