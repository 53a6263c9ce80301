// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"net"
	"time"
)

// sendData sends the message after the 354, ends it with a dot, and reads the reply.
// Before the dot is sent, nothing can have been delivered.
func (t *transaction) sendData() *Error {
	s := t.s
	if left, _ := s.waiting(false); left {
		return s.bodyFailed(errEarly)
	}
	b := &s.body
	d := &s.dots
	d.Reset(s.bw)
	b.hold()
	_, err := t.msg.WriteTo(b.begin(d, t.size, t.env.Progress, true))
	if err == nil {
		err = b.finished()
	}
	if err != nil && b.err == nil {
		// Closing the connection is the only way to tell the server that the message is
		// not complete.
		b.end()
		s.kill()
		return sourceFailed(err)
	}
	if b.err == nil {
		listening := b.written+int64(s.bw.Buffered()) >= listenAfter
		if (t.group.next != nil || t.mayQuit()) && listening && s.bw.Available() < quietOctets+64 {
			// The dot and the commands after it must be sent in one write. Otherwise, the
			// reply to the dot could arrive while the session watches for an early reply,
			// and would stop the commands. This flush makes room for the dot and the
			// commands in the buffer.
			_ = s.bw.Flush()
		}
		// No reply can be expected if no part of the message was sent and the last step began
		// a moment ago. This is determined before release, which begins another step.
		ask := b.written > 0 || time.Since(s.stepAt) >= askAfter
		failed := b.release()
		b.holds = false
		if failed != nil {
			b.end()
			return s.bodyFailed(b.err)
		}
		_ = d.Close() // bufio keeps the error
		if e := s.quiet(ask); e != nil {
			b.end()
			return e
		}
		end := b.written + int64(s.bw.Buffered())
		if s.onLine != nil {
			s.event("end of message, %d octets", end)
		}
		t.writeNext()
		if err = s.bw.Flush(); b.written >= end {
			b.err, err = nil, nil // a failure after the dot belongs to the next mail
		}
	}
	b.end()
	if b.err != nil || err != nil {
		return s.bodyFailed(err)
	}
	t.wrote = s.now()
	return t.endOfData()
}

// quiet returns an error if a reply has arrived before the dot was sent, since the client
// would take that reply for the reply to the dot. If ask is false, quiet
// does not ask the operating system, which saves a system call.
func (s *Session) quiet(ask bool) *Error {
	if s.body.watch != nil {
		if s.body.hears() {
			return s.bodyFailed(errEarly)
		}
		return nil
	}
	left, err := s.waiting(ask)
	switch {
	case err != nil:
		return s.lost(OpBody, err)
	case left:
		return s.bodyFailed(errEarly)
	}
	return nil
}

// bodyFailed returns the error for a message whose last octet was not sent.
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
			err = heard // this error is the reason why the write was stopped
		}
	}
	return s.lost(OpBody, err)
}

// endOfData reads the reply, or with LMTP the replies, to the end of the message.
func (t *transaction) endOfData() *Error {
	s := t.s
	s.arm(&stepEndOfData)
	if err := s.body.settle(); err != nil {
		return t.inDoubt(s.lost(OpEndOfData, err))
	}
	if s.cfg.LMTP {
		return t.lmtpReplies()
	}
	return t.confirm(t.answer(s.await(&stepEndOfData)), t.byBDAT())
}

// answer records the reply to the end of the message: the reply in s.raw or, if e is not
// nil, the reply in e.
func (t *transaction) answer(e *Error) *Error {
	t.phase = phaseAnswered
	if e != nil {
		t.reply = e.Reply
		return t.inDoubt(e)
	}
	t.reply = t.s.raw.reply()
	t.queueID = t.s.raw.queueID(t.reply)
	return nil
}
