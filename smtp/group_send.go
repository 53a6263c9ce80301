// SPDX-License-Identifier: MIT

package smtp

import "time"

// sendGroup sends as many of the first mails as may go as one group, and gives
// their number and the error that ended the session or the batch. The number is
// 0 when mails[0] may not go so.
func (s *Session) sendGroup(mails []Mail, out []Delivery) (int, *Error) {
	if s.waits || !s.groupable(&mails[0]) || s.limit.usedUp(s.mails) {
		return 0, nil
	}
	s.begun()
	s.batch.nextMails()
	why := s.gather(mails, out)
	g := &s.group
	n := len(g.grouped)
	s.batch.more = n < len(mails)
	s.body.written, s.body.err = 0, nil
	var failed *Error // before anything left: the first mail's
	if why == nil && len(g.out) > 0 {
		failed = s.writeAll()
		why = failed
	}
	open, doubts := false, 0
	for i := range g.grouped {
		f := &g.grouped[i]
		s.tx = f.tx
		e, untried := f.err, false
		switch {
		case e != nil:
		case failed != nil:
			e, failed = failed, nil
		case why != nil:
			e, untried = s.notAnswered(f, why), true
		default:
			e = s.readGroupMail(f)
			open = s.tx.open
			if s.dead {
				why = e
			}
		}
		if e != nil && !untried {
			e = s.standing(e)
		}
		s.conclude(&out[i].Result, e)
		if s.tx.doubt {
			doubts++
		}
		e = out[i].settle(s.tx.doubt, e, e)
		if e != nil {
			e.stale = e.stale && !s.tx.doubt
			out[i].Err = e
		} else {
			s.sent++
		}
		if f.err == nil && f.end <= s.left() {
			s.batch.awaitConfirmation(&out[i])
		}
	}
	s.left()
	if doubts > 0 && n > 1 && why != nil && why.Reply == nil && why.ended() {
		s.diedAhead()
	}
	s.endGroup(open)
	s.tx = transaction{}
	clear(g.grouped)
	return n, why
}

// endGroup makes sure that nothing is left over behind a group. Then the verdicts
// on it stand. Where the server refused RSET a transaction may be open.
func (s *Session) endGroup(open bool) {
	s.nothingLeft()
	switch {
	case s.dead:
	case s.batch.unreset:
		s.endUnreset()
	case open:
		s.resetLater()
	}
}

// writeAll writes the group. A large one is written while replies are read, so
// that neither side can wait for the other (RFC 2920, section 3.1).
func (s *Session) writeAll() *Error {
	g := &s.group
	if e := s.begin(OpMAIL); e != nil {
		return e
	}
	_ = s.link.SetDeadline(s.deadline(s.timeouts.DataBlock))
	// The RSET of an earlier mail may stand in the write buffer.
	s.body.written = -int64(s.bw.Buffered())
	if s.bw.Buffered()+len(g.out) <= quietOctets {
		s.writeGroup()
		return nil
	}
	if g.written == nil {
		g.written = make(chan struct{}, 1)
	}
	g.writing = true
	go func() {
		s.writeGroup()
		g.written <- struct{}{}
	}()
	return nil
}

// writeGroup leaves a failure to the reader, who learns more of it.
func (s *Session) writeGroup() {
	_, err := s.bw.Write(s.group.out)
	if err == nil {
		err = s.bw.Flush()
	}
	if err != nil {
		// No need to wait for replies to what never went out.
		_ = s.link.SetReadDeadline(time.Now().Add(lastReplyTime))
	}
}

// left waits until nobody writes, and gives how many octets of the group have
// left.
func (s *Session) left() int64 {
	if g := &s.group; g.writing {
		if s.dead {
			_ = s.link.SetWriteDeadline(past)
		}
		<-g.written
		g.writing = false
	}
	return s.body.written
}

// readGroupMail reads the replies to one mail of the group.
func (s *Session) readGroupMail(f *groupedMail) *Error {
	t := &s.tx
	s.begun()
	s.batch.resetting = s.batch.resetting || f.reset
	if e := s.collect(1 + len(t.rcpts)); e != nil {
		if t.taken(e) && f.end <= s.left() {
			return s.confirm(s.inDoubt(e), true)
		}
		return s.kept(e)
	}
	if e := s.settled(); e != nil {
		return s.forNothing(e)
	}
	_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataEnd))
	e := s.await(&stepEndOfData)
	if e != nil && s.dead && f.end > s.left() {
		return e // not all of it left
	}
	if e = s.delivered(e); s.dead {
		return s.confirm(e, true)
	}
	return e
}

// notAnswered is the error of a mail of the group whose replies never came. After
// a 421 the server reads no more; otherwise it may have read all that left.
func (s *Session) notAnswered(f *groupedMail, why *Error) *Error {
	e := s.notTried(why)
	if !s.dead || why.leaves() || f.end > s.left() {
		return &e
	}
	e.stale = false
	return s.inDoubt(&e)
}

// leaves tells a 421, after which the server takes no command.
func (e *Error) leaves() bool {
	return e.Kind == KindRefused && e.Reply.EndsSession()
}

// taken reports whether the server may have taken a message that has left as a
// whole although e ended the session before its reply.
func (t *transaction) taken(e *Error) bool {
	return e.Kind == KindTimeout || e.Kind == KindProtocol || t.wanted()
}

// wanted tells that a server, for all that it has said, may have taken the
// message for somebody.
func (t *transaction) wanted() bool {
	if t.noMAIL != nil {
		return false
	}
	for i := range t.rows {
		if t.rows[i].Accepted || t.rows[i].Reply == nil {
			return true
		}
	}
	return false
}
