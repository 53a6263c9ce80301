// SPDX-License-Identifier: MIT

package smtp

// Bounds of what is written before replies are read. Up to quietOctets a peer
// that does not read cannot make us wait: the kernels hold as much. Up to
// window commands are answered before more are written.
const (
	quietOctets = 4 << 10
	window      = 512
	// bdatWindow is how many recipients may have their commands in one flush
	// with message content behind them.
	bdatWindow = 32
)

// oneFlush tells whether what follows the envelope may be sent with it. A
// server answers DATA with 354 as soon as one recipient is good; then the mail
// goes to the good ones. That may only be where it is wanted.
func (t *transaction) oneFlush() bool { return len(t.rcpts) == 1 || t.env.Partial }

// commands is how many commands of the envelope may go without a stop between
// them: MAIL, RCPT, and DATA where it may be.
func (t *transaction) commands() int {
	n := 1 + len(t.rcpts)
	if !t.bdat && t.oneFlush() {
		n++
	}
	return n
}

// envelope sends MAIL and RCPT. Nil means that the message may follow; with
// BDAT some replies may then still be owed.
func (s *Session) envelope() *Error {
	e := s.commandsOfEnvelope()
	if e != nil && s.dead {
		return s.kept(e)
	}
	return e
}

func (s *Session) commandsOfEnvelope() *Error {
	t := &s.tx
	written, commands := t.written, t.commands()
	if written > 0 {
		if e := s.flushEnvelope(written); e != nil {
			return e
		}
	} else if e := s.begin(OpMAIL); e != nil {
		return e
	}
	if !s.pipelining {
		return s.envelopeStepwise()
	}
	follow := t.bdat && t.oneFlush() && len(t.rcpts) <= bdatWindow
	for t.answered < commands {
		for written < commands && written-t.answered < window {
			s.line = s.appendEnvelope(s.line[:0], written)
			if s.bw.Available() < len(s.line)+2 && written > t.answered {
				break
			}
			if e := s.put(s.envelopeStep(written).op, s.line, false); e != nil {
				s.kill() // half a transaction is in the buffer
				return e
			}
			written++
		}
		if follow && written == commands {
			return nil
		}
		if e := s.flushEnvelope(written); e != nil {
			return e
		}
	}
	return s.settled()
}

// envelopeStep is the step of the i-th command of the envelope.
func (s *Session) envelopeStep(i int) *step {
	switch {
	case i == 0:
		return &stepMAIL
	case i <= len(s.tx.rcpts):
		return &stepRCPT
	}
	return &stepDATA
}

func (s *Session) appendEnvelope(line []byte, i int) []byte {
	switch {
	case i == 0:
		return s.appendMAIL(line)
	case i <= len(s.tx.rcpts):
		return s.appendRCPT(line, &s.tx.rcpts[i-1])
	}
	return append(line, "DATA"...)
}

// flushEnvelope writes what is buffered and reads the replies up to the
// command written. A large flush and the reading go on at once, so that
// neither side can wait for the other (RFC 2920, section 3.1).
func (s *Session) flushEnvelope(written int) *Error {
	t := &s.tx
	st := s.envelopeStep(t.answered)
	s.arm(st)
	if s.bw.Buffered() <= quietOctets {
		if err := s.bw.Flush(); err != nil {
			return s.lostEnvelope(err, written)
		}
		return s.collect(written)
	}
	done := make(chan error, 1)
	go func() {
		err := s.bw.Flush()
		if err != nil {
			// No need to wait for replies to what never went out.
			_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
		}
		done <- err
	}()
	e := s.collect(written)
	if e != nil {
		_ = s.link.SetWriteDeadline(past)
		s.kill()
	}
	if err := <-done; err != nil && e == nil {
		e = s.lost(st.op, err)
	}
	return e
}

// lostEnvelope reads the replies that came before a write failed.
func (s *Session) lostEnvelope(err error, written int) *Error {
	if s.ctx.Err() == nil {
		_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
		if e := s.collectArmed(written); e != nil && e.Reply != nil {
			s.kill()
			return e
		}
	}
	st := s.envelopeStep(min(s.tx.answered, written-1))
	if s.dead {
		e := &Error{Op: st.op, Kind: KindClosed, Err: errHungUp}
		return s.markStale(e)
	}
	return s.markStale(s.lost(st.op, err))
}

// collect reads replies until the first upTo commands of the envelope are
// answered, each within its own time. Refusals are noted; what it returns ends
// the session.
func (s *Session) collect(upTo int) *Error {
	for s.tx.answered < upTo {
		if !s.rd.HasLine() {
			_ = s.link.SetReadDeadline(s.deadline(s.envelopeStep(s.tx.answered).limit(&s.timeouts)))
		}
		if e := s.collectOne(); e != nil {
			return e
		}
	}
	return nil
}

// collectArmed is collect within a time that has been set.
func (s *Session) collectArmed(upTo int) *Error {
	for s.tx.answered < upTo {
		if e := s.collectOne(); e != nil {
			return e
		}
	}
	return nil
}

// collectOne takes the reply to the next command of the envelope.
func (s *Session) collectOne() *Error {
	t := &s.tx
	i := t.answered
	st := s.envelopeStep(i)
	if e := s.resetReply(); e != nil {
		return s.markStale(e)
	}
	e := s.receive(st.op)
	if e == nil {
		t.answered++
		if endsSession(s.raw.code) || !st.wants(s.raw.code) {
			e = s.refused(st.op)
		}
		t.refusedLast = e != nil
	}
	switch {
	case st == &stepMAIL:
		if e == nil {
			t.open = true
			s.mails++
		} else if s.dead {
			return s.markStale(e)
		} else {
			t.noMAIL = e
		}
	case st == &stepRCPT:
		if e != nil && s.dead {
			e.Recipient = t.rcpts[i-1].Address
			t.rows[i-1].Reply = e.Reply
			return e
		}
		if t.noMAIL == nil {
			s.noteRCPT(i - 1)
		} else if e == nil {
			t.rcptAllTheSame, t.open = true, true // in which transaction is not known
		}
	default:
		if e != nil && s.dead {
			return e
		}
		t.noDATA, t.ready = e, e == nil
		if t.ready {
			s.batch.inStep()
		}
	}
	return nil
}

// markStale notes that nothing of this transaction was accepted when the
// connection ended.
func (s *Session) markStale(e *Error) *Error {
	e.stale = !s.tx.open && (e.Kind == KindClosed || e.Reply.EndsSession())
	return e
}

// envelopeStepwise is the envelope for a server without PIPELINING. One
// refusal ends it where one refusal is enough.
func (s *Session) envelopeStepwise() *Error {
	t := &s.tx
	for i := range 1 + len(t.rcpts) {
		s.line = s.appendEnvelope(s.line[:0], i)
		st := s.envelopeStep(i)
		if i > 0 {
			if e := s.begin(st.op); e != nil {
				return e
			}
		}
		if e := s.say(st, s.line, false); e != nil {
			return s.markStale(e)
		}
		if e := s.collect(i + 1); e != nil {
			return e
		}
		if t.noMAIL != nil || i > 0 && !t.env.Partial && !t.rows[i-1].Accepted {
			break
		}
	}
	return s.settled()
}

// settled decides, with the envelope answered, whether the message follows.
func (s *Session) settled() *Error {
	t := &s.tx
	e := t.noMAIL
	if e == nil && (t.accepted == 0 || t.accepted < len(t.rcpts) && !t.env.Partial) {
		e = s.refusal()
	}
	if e == nil {
		e = t.noDATA
	}
	if e != nil && t.ready {
		s.emptyMail()
	}
	return e
}

// emptyMail answers a 354 that came although there is nobody to deliver to:
// with a lone dot (RFC 2920, section 3.1). Whatever the server says to it,
// nothing was sent. Where the server has accepted a recipient behind a refused
// MAIL, the dot could deliver an empty message: only the end of the connection
// is safe.
func (s *Session) emptyMail() {
	s.tx.open = false
	if s.cfg.LMTP || s.tx.rcptAllTheSame {
		s.kill() // LMTP has a reply for each accepted recipient: none
		return
	}
	s.bw.WriteString(".\r\n")
	s.arm(&stepEndOfData)
	if s.bw.Flush() != nil || s.receive(OpEndOfData) != nil {
		s.kill()
	}
}
