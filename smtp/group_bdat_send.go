// SPDX-License-Identifier: MIT

package smtp

import "time"

// sendWhole sends as many of the first mails as may be sent together. It returns their
// number, and the error that ended the session or the batch. The number is 0 if mails[0]
// must not be sent in this way.
func (g *group) sendWhole(mails []Mail, out []Delivery) (int, *Error) {
	s := g.s
	if s.waits || !s.mayGoWhole(&mails[0]) || s.limits.usedUp(s.mails) {
		return 0, nil
	}
	s.startClock()
	s.verdicts.nextMails()
	began := s.now()
	w := &wholeMails{g: g, out: s.spare[:0], mails: make([]wholeMail, 0, min(len(mails), s.together))}
	why := w.gather(mails, out)
	s.spare = w.out
	n := len(w.mails)
	g.more = n < len(mails)
	s.body.written, s.body.err = 0, nil
	var failed *Error // the error of the first mail, if nothing was sent
	if why == nil && len(w.out) > 0 {
		failed = w.writeAll()
		why = failed
	}
	var full *Error // the first refusal that says that the session has had too many mails
	wrote := s.now()
	open, doubts := false, 0
	for i := range w.mails {
		f := &w.mails[i]
		t := &f.tx
		e, untried := f.err, false
		switch {
		case e != nil:
		case failed != nil:
			e, failed = failed, nil
		case why != nil:
			e, untried = w.notAnswered(f, why), true
		default:
			e = w.replies(f)
			t.began, t.writing, t.wrote, t.ended = began, began, wrote, s.now()
			open = t.open()
			if s.dead {
				why = e
			}
		}
		if e != nil && !untried {
			t.setNext(e)
			if e.again && full == nil {
				full = e
			}
			e = t.standing(e)
		}
		t.measure(&out[i].Result)
		t.conclude(&out[i].Result)
		inDoubt := t.phase == phaseInDoubt
		if inDoubt {
			doubts++
		}
		e = out[i].settle(inDoubt, e, e)
		if e != nil {
			e.stale = e.stale && !inDoubt
			out[i].Err = e
		} else {
			s.sent++
		}
		if f.err == nil && f.end <= w.left() {
			s.verdicts.add(&out[i])
		}
	}
	w.left()
	switch {
	case why != nil || doubts > 0:
		s.together = 1
	case n >= s.together: // a smaller group shows nothing about larger ones
		s.together = min(2*n, groupMails)
	}
	if doubts > 0 && n > 1 && why != nil && why.Reply == nil && why.ended() {
		s.diedAhead()
	}
	g.endWhole(open)
	if why == nil {
		why = full
	}
	for i := range w.mails {
		if e := g.rest(&w.mails[i].tx, &mails[i], &out[i], why); e != nil && why == nil && (s.dead || e.Kind == KindCanceled || e.again) {
			why = e
		}
	}
	g.more = n < len(mails)
	return n, why
}

// endWhole ends a group of mails that were sent together, after the replies to all of them.
// Their results remain valid if no further octets have arrived. If the parameter open is
// true, the transaction of the last mail is still open, and endWhole ends it with RSET.
func (g *group) endWhole(open bool) {
	s := g.s
	s.checkNothingLeft()
	switch {
	case s.dead:
	case g.rsetRefused:
		s.quitAfterRSET()
	case open:
		g.reset()
	}
}

// writeAll writes the mails in w.out. If there are many octets, a goroutine writes them
// and writeAll returns at once, so that neither side waits for the other (RFC 2920,
// section 3.1).
func (w *wholeMails) writeAll() *Error {
	s := w.g.s
	if e := s.begin(OpMAIL); e != nil {
		return e
	}
	_ = s.link.SetDeadline(s.deadline(s.timeouts.DataBlock))
	// The RSET of an earlier mail may be in the write buffer.
	s.body.written = -int64(s.bw.Buffered())
	if s.bw.Buffered()+len(w.out) <= quietOctets {
		w.write()
		return nil
	}
	w.written = make(chan struct{}, 1)
	w.writing = true
	s.link.Go(func() {
		w.write()
		w.written <- struct{}{}
	})
	return nil
}

// write writes the octets of the mails. It does not return an error. The caller reads the
// replies, and may find one that explains the error.
func (w *wholeMails) write() {
	s := w.g.s
	_, err := s.bw.Write(w.out)
	if err == nil {
		err = s.bw.Flush()
	}
	if err != nil {
		// Octets that were not sent have no replies, so do not wait long for replies.
		_ = s.link.SetReadDeadline(time.Now().Add(lastReplyTime))
	}
}

// left waits until the writing has ended, and returns how many octets were sent.
func (w *wholeMails) left() int64 {
	s := w.g.s
	if w.writing {
		if s.dead {
			_ = s.link.SetWriteDeadline(past)
		}
		<-w.written
		w.writing = false
	}
	return s.body.written
}

// replies reads the replies to one mail.
func (w *wholeMails) replies(f *wholeMail) *Error {
	s, t := w.g.s, &f.tx
	s.startClock()
	w.g.rsetOwed = w.g.rsetOwed || f.reset
	if e := t.collect(1 + len(t.rcpts)); e != nil {
		if t.mayBeTaken(e) && f.end <= w.left() {
			return t.confirm(t.inDoubt(e), true)
		}
		return t.kept(e)
	}
	if e := t.settled(); e != nil {
		return t.refusedBefore(e)
	}
	_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataEnd))
	e := s.await(&stepEndOfData)
	if e != nil && s.dead && f.end > w.left() {
		return e // the mail was not sent completely
	}
	if e = t.answer(e); s.dead {
		return t.confirm(e, true)
	}
	return e
}

// notAnswered returns the error for a mail whose replies did not arrive because of an
// earlier error, 'why'. If this error is a 421, the server has read nothing more. After any
// other error, the server may have read everything that was sent.
func (w *wholeMails) notAnswered(f *wholeMail, why *Error) *Error {
	s := w.g.s
	e := s.notTried(why)
	if !s.dead || why.leaves() || f.end > w.left() {
		return &e
	}
	e.stale = false
	return f.tx.inDoubt(&e)
}
