// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"net"
)

// sendData sends the message behind a 354, ends it with a dot, and reads what
// came of it. Until the dot has left nothing can have been delivered.
func (s *Session) sendData() *Error {
	if left, _ := s.waiting(false); left {
		return s.bodyFailed(errEarly)
	}
	b := &s.body
	d := &s.dots
	d.Reset(s.bw)
	_, err := s.tx.msg.WriteTo(b.begin(d))
	if err == nil {
		err = b.finished()
	}
	if err != nil && b.err == nil {
		// Closing is the only way to tell the server that this was not all.
		b.end()
		s.kill()
		return sourceFailed(err)
	}
	if b.err == nil {
		listening := b.written+int64(s.bw.Buffered()) >= listenAfter
		if (s.batch.next != nil || s.parts()) && listening && s.bw.Available() < quietOctets+64 {
			// The reply to the dot ends what is written once somebody
			// listens, or comes to with the next write: the dot and what
			// follows must leave at once.
			_ = s.bw.Flush()
		}
		_ = d.Close() // bufio keeps the error
		if e := s.quiet(); e != nil {
			b.end()
			return e
		}
		end := b.written + int64(s.bw.Buffered())
		if s.onLine != nil {
			s.event("the message ends, %d octets", end)
		}
		s.lookAhead()
		if err = s.bw.Flush(); b.written >= end {
			b.err, err = nil, nil // a failure after the dot is the next mail's
		}
	}
	b.end()
	if b.err != nil || err != nil {
		return s.bodyFailed(err)
	}
	return s.endOfData()
}

// quiet makes sure that the reply taken for the one to the dot was not there
// before it.
func (s *Session) quiet() *Error {
	if s.body.watch != nil {
		if s.body.hears() {
			return s.bodyFailed(errEarly)
		}
		return nil
	}
	left, err := s.waiting(true)
	switch {
	case err != nil:
		return s.lost(OpBody, err)
	case left:
		return s.bodyFailed(errEarly)
	}
	return nil
}

// bodyFailed is the error of a message whose last octet did not leave.
func (s *Session) bodyFailed(err error) *Error {
	if s.body.err != nil {
		err = s.body.err
	}
	if s.ctx.Err() == nil {
		_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
		heard := s.body.settle()
		if heard == nil {
			heard = readReply(s.rd, &s.raw, s.onLine)
		}
		if heard == nil {
			e := s.refused(OpBody)
			if s.raw.code < 400 {
				e.Err = errEarly
			}
			s.kill()
			return e
		}
		var ne net.Error
		if !errors.As(heard, &ne) || !ne.Timeout() {
			err = heard // why the write was stopped
		}
	}
	return s.lost(OpBody, err)
}

// endOfData reads the reply, or with LMTP the replies, to a whole message.
func (s *Session) endOfData() *Error {
	s.arm(&stepEndOfData)
	if err := s.body.settle(); err != nil {
		return s.inDoubt(s.lost(OpEndOfData, err))
	}
	if s.cfg.LMTP {
		return s.lmtpReplies()
	}
	return s.confirm(s.delivered(s.await(&stepEndOfData)), s.tx.bdat)
}

// delivered settles the transaction with the reply in s.raw, or with e. A
// refused BDAT leaves the transaction open (RFC 3030, section 2).
func (s *Session) delivered(e *Error) *Error {
	t := &s.tx
	t.open = t.bdat && e != nil
	if e != nil {
		t.reply = e.Reply
		e = s.inDoubt(e)
	} else {
		t.reply = s.raw.reply()
		t.queueID = s.raw.queueID(t.reply)
	}
	t.judged = !t.doubt
	return e
}
