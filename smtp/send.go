// SPDX-License-Identifier: MIT

package smtp

import (
	"fmt"
	"sync"
)

// Send sends one mail. The Result is valid even if there is an error: it says what
// happened to the mail for each recipient, and whether the mail may be sent again
// (SafeToRetry). Send calls msg.WriteTo once per transaction. Several transactions are
// needed only if Envelope.Partial is set and the server limits the number of recipients
// per transaction: it announces a limit (LIMITS, RFC 9422), or refuses some recipients
// because there are too many (RFC 5321, section 4.5.3.1.10).
//
// Unless Envelope.Partial is set, the mail is not sent if a recipient is refused. If
// Envelope.Partial is set, the mail is sent to the recipients that the server accepts. The
// error is then nil if at least one recipient was accepted, unless the session ended before
// RCPT was sent for all recipients. If there are several refusals, the outcome and the
// error come from the first permanent one, else from the first temporary one. A refusal
// takes precedence over a later end of the connection. Every error is an *Error.
func (s *Session) Send(env *Envelope, msg Message) (Result, error) {
	return s.sendAlone(&Mail{env, msg}, false)
}

// SendLast sends the last mail of the session, as Send does. Afterwards, only Quit or
// Close may be called. If the server offers PIPELINING and the mail is sent over SMTP
// (not LMTP) with DATA, QUIT is sent with the final dot; otherwise SendLast sends QUIT
// after the server has accepted the mail. The reply to QUIT shows whether the replies
// match the commands. If they do not, the mail is InDoubt, because the reply that seemed
// to accept it may belong to another command. SendLast ignores any other failure of QUIT;
// Quit returns it.
func (s *Session) SendLast(env *Envelope, msg Message) (Result, error) {
	return s.sendAlone(&Mail{env, msg}, true)
}

// groups is the pool of the groups that sendAlone uses.
var groups = sync.Pool{New: func() any { return new(group) }}

// sendAlone sends a mail that is not part of a batch.
func (s *Session) sendAlone(m *Mail, last bool) (Result, error) {
	var res Result
	m.Envelope.prepare(&res, make([]RecipientResult, len(m.Envelope.Recipients)))
	g := groups.Get().(*group)
	g.s, g.quit = s, last
	returned := false
	defer func() {
		s.endUnless(returned)
		*g = group{}
		groups.Put(g)
	}()
	_, e := g.send(m, &res)
	returned = true
	if e != nil {
		return res, e
	}
	return res, nil
}

// endUnless closes the connection if 'returned' is false. The message or a callback has then
// panicked: the session is in the middle of a message, and goroutines may still use its
// buffers. So Quit must not send anything, and must not release the buffers.
func (s *Session) endUnless(returned bool) {
	if !returned {
		s.kill()
	}
}

// send sends a mail in as many transactions as necessary. res has an element for each
// recipient. The result 'answered' reports whether the server replied to the end of the message.
func (g *group) send(m *Mail, res *Result) (answered bool, e *Error) {
	s := g.s
	s.startClock()
	t := g.begun
	g.begun = nil
	if t == nil {
		s.verdicts.nextMails()
		t = g.transaction(m)
		if e := t.plan(); e != nil {
			return false, e
		}
	}
	return g.transactions(t, m.Envelope.pending(res), res)
}

// transactions sends a mail to the recipients of p, in as many transactions as
// necessary. t is the first one.
func (g *group) transactions(t *transaction, p portion, res *Result) (answered bool, e *Error) {
	s, m := g.s, Mail{t.env, t.msg}
	size, utf8 := t.size, t.utf8
	var worst, stopped *Error
	var earlier unconfirmed
	inDoubt, accepted, weight := false, false, 0
	for t != nil && len(p.rcpts) > 0 {
		var further []int // indices in the envelope
		for from := 0; from < len(p.rcpts) && stopped == nil; {
			to := from + s.fit(m.Envelope, p.rcpts[from:])
			if t.written > 0 {
				to = len(p.rcpts)
			}
			p.clear(from, to)
			t.rcpts, t.rows, t.later = p.rcpts[from:to], p.rows[from:to], p.rcpts[to:]
			t.final = to == len(p.rcpts) && len(further) == 0
			t.last = g.quit && t.final
			e := t.run()
			t.measure(res)
			if e != nil {
				t.setNext(e)
				e.stale = e.stale && !t.open() && t.phase != phaseInDoubt && !accepted
				e = t.standing(e)
				if n := t.severity(e); n > weight {
					worst, weight = e, n
				}
				if s.dead || e.Kind != KindRefused || !m.Envelope.Partial || e.again {
					stopped = e
				}
			}
			t.conclude(res)
			p.store(res, from, to)
			answered = answered || t.phase == phaseAnswered
			inDoubt = inDoubt || t.phase == phaseInDoubt
			accepted = accepted || t.delivered()
			if e != nil && e.Kind == KindProtocol && earlier.takeBack(t, res) {
				inDoubt, stopped = true, outOfStep()
			}
			if rest := t.remaining(); len(rest) > 0 {
				s.lowerLimit(t)
				for _, i := range rest {
					further = append(further, p.at(from+i))
				}
			}
			if to < len(p.rcpts) || len(further) > 0 {
				earlier.add(t, &p, from)
			}
			from = to
			t = nil
			if from < len(p.rcpts) {
				t = g.furtherTransaction(&m, size, utf8)
			}
		}
		if len(further) == 0 || stopped != nil {
			break
		}
		p = m.Envelope.portion(res, further)
		t = g.furtherTransaction(&m, size, utf8)
	}
	if inDoubt && s.quitSent && stopped.Reply == nil && stopped.ended() {
		s.diedAhead()
	}
	return answered, res.settle(inDoubt, worst, stopped)
}

func (g *group) furtherTransaction(m *Mail, size int64, utf8 bool) *transaction {
	t := g.transaction(m)
	t.size, t.utf8 = size, utf8
	return t
}

// run performs the transaction, unless the server's limits forbid it. Afterwards, the
// session has either ended or is ready for the next transaction.
func (t *transaction) run() *Error {
	s := t.s
	if n := len(t.rcpts); len(t.later) > 0 && !t.env.Partial {
		return &Error{Op: OpRCPT, Kind: KindUnsupported, Recipient: t.later[0].Address,
			Err: fmt.Errorf("the server accepts only %d recipients per mail (LIMITS), and the mail has %d: allow partial delivery, or send several mails",
				n, n+len(t.later))}
	}
	if s.limits.usedUp(s.mails) && !s.dead {
		return &Error{Op: OpMAIL, Kind: KindClosed, stale: true,
			Err: fmt.Errorf("the server accepts only %d mails per session (LIMITS)", s.limits.mails)}
	}
	if t.written == 0 {
		t.began = s.now()
	}
	e := t.envelope()
	if e == nil {
		e = t.content()
	}
	t.ended = s.now()
	if t.group.rsetRefused && !s.dead && !s.quitAfterRSET() {
		e = t.misread()
	}
	if t.phase == phaseAnswered && t.last && !s.dead && (s.quitSent || e == nil && len(t.remaining()) == 0) {
		e = t.farewell(e)
	}
	if e == nil || s.cfg.LMTP && t.phase == phaseAnswered {
		s.sent++
	}
	if e != nil && t.open() && !s.dead {
		t.group.reset()
	}
	return e
}

// content sends the message after the envelope.
func (t *transaction) content() *Error {
	s := t.s
	if t.byBDAT() {
		if t.answered > 0 {
			if e := s.begin(OpBody); e != nil {
				return e
			}
		}
		t.writing = s.now()
		return t.sendChunks()
	}
	if t.phase != phaseDATA {
		if e := s.exchange(&stepDATA, []byte("DATA")); e != nil {
			return t.kept(e)
		}
		t.goAhead()
	}
	t.writing = s.now()
	return t.sendData()
}

// goAhead records the reply 354. Only DATA can have this reply, so it confirms the replies to
// the earlier mails.
func (t *transaction) goAhead() {
	t.phase, t.wentAhead = phaseDATA, true
	t.s.verdicts.confirm()
}

// conclude copies the result of the transaction to the result of the mail. If the
// message was not accepted, it clears Accepted for the recipients that RCPT accepted.
func (t *transaction) conclude(res *Result) {
	if !t.delivered() {
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
