// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// Limits on what is written before replies are read. Writing quietOctets does not block
// even if the server does not read, because the socket buffers of all operating systems
// hold at least as many octets. The constant window is the maximum number of commands that
// have no reply yet.
const (
	quietOctets = 4 << 10
	window      = 512
	// bdatWindow is the maximum number of recipients of a mail whose message is sent
	// before the replies to the envelope.
	bdatWindow = 32
)

// oneFlush reports whether DATA or BDAT may be sent with the envelope. The server then
// delivers the mail to the recipients that it accepts, even if it refuses others. For
// this reason, the mail must have a single recipient, or Envelope.Partial must be set.
func (t *transaction) oneFlush() bool { return len(t.rcpts) == 1 || t.env.Partial }

// commands returns how many commands may be sent in one command group: MAIL, RCPT and, unless
// the message is sent with BDAT or oneFlush reports false, DATA.
func (t *transaction) commands() int {
	n := 1 + len(t.rcpts)
	if !t.byBDAT() && t.oneFlush() {
		n++
	}
	return n
}

// step returns the step of the i-th command.
func (t *transaction) step(i int) *step {
	switch {
	case i == 0:
		return &stepMAIL
	case i <= len(t.rcpts):
		return &stepRCPT
	}
	return &stepDATA
}

// appendCommand appends the i-th command to line.
func (t *transaction) appendCommand(line []byte, i int) []byte {
	switch {
	case i == 0:
		return t.appendMAIL(line)
	case i <= len(t.rcpts):
		return t.s.appendRCPT(line, &t.rcpts[i-1])
	}
	return append(line, "DATA"...)
}

// envelope sends MAIL and RCPT. If the server offers PIPELINING, it also sends DATA if the
// method commands counts DATA. It returns nil if the message can be sent next. With BDAT, it
// is possible that some replies to the envelope have not arrived yet.
func (t *transaction) envelope() *Error {
	e := t.commandsOfEnvelope()
	if e != nil && t.s.dead {
		return t.kept(e)
	}
	return e
}

// If at least askAfter has passed since the last step, a transaction with DATA first asks
// the operating system whether the server has closed the session. In a shorter time, a
// server rarely closes the session. If it does, nothing is lost, because the client sends
// no content before the reply to DATA. With BDAT, the content follows at once, so the
// client asks unless it has just asked after the last mail. See also the method sendData.
const (
	askAfter     = time.Millisecond
	askAfterBDAT = 100 * time.Microsecond // shorter than the round trip to most servers
)

// asks reports whether the transaction first asks the operating system whether the server
// has closed the session.
func (t *transaction) asks() bool {
	if t.byBDAT() {
		return time.Since(t.s.askedAt) >= askAfterBDAT
	}
	return time.Since(t.s.stepAt) >= askAfter
}

func (t *transaction) commandsOfEnvelope() *Error {
	s := t.s
	commands := t.commands()
	if t.written > 0 {
		if e := t.flush(); e != nil {
			return e
		}
	} else if e := s.beginIf(OpMAIL, t.asks()); e != nil {
		return e
	}
	if !s.pipelining {
		return t.stepwise()
	}
	bodyFollows := t.byBDAT() && t.oneFlush() && len(t.rcpts) <= bdatWindow
	if wait := s.cfg.PipeliningWait; wait > 0 && !bodyFollows && !s.pipelined {
		t.patience = time.Now().Add(wait)
	}
	for t.answered < commands {
		for t.written < commands && t.written-t.answered < window {
			s.line = t.appendCommand(s.line[:0], t.written)
			if s.bw.Available() < len(s.line)+2 && t.written > t.answered {
				break
			}
			if e := s.put(t.step(t.written).op, s.line, false); e != nil {
				s.kill() // the buffer contains part of a transaction
				return e
			}
			t.written++
		}
		if bodyFollows && t.written == commands {
			return nil
		}
		if e := t.flush(); e != nil {
			return e
		}
	}
	return t.settled()
}

// flush flushes the commands in the write buffer and reads the replies to them. If there
// are many commands, it reads while it writes, so that neither side waits for the other
// (RFC 2920, section 3.1).
func (t *transaction) flush() *Error {
	s := t.s
	st := t.step(t.answered)
	s.arm(st)
	if s.bw.Buffered() <= quietOctets {
		if err := s.bw.Flush(); err != nil {
			return t.notFlushed(err)
		}
		return t.collect(t.written)
	}
	done := make(chan error, 1)
	s.link.Go(func() {
		err := s.bw.Flush()
		if err != nil {
			// Commands that were not sent have no replies, so do not wait long for
			// replies. This goroutine must not begin a step: collect does so.
			_ = s.link.SetReadDeadline(s.limited(time.Now().Add(lastReplyTime)))
		}
		done <- err
	})
	e := t.collect(t.written)
	if e != nil {
		_ = s.link.SetWriteDeadline(past)
		s.kill()
	}
	if err := <-done; err != nil && e == nil {
		e = s.lost(st.op, err)
	}
	return e
}

// notFlushed returns the error for a flush that failed with err. It first reads the
// replies that arrived before the failure.
func (t *transaction) notFlushed(err error) *Error {
	s := t.s
	if s.ctx.Err() == nil {
		_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
		if e := t.collectInTime(t.written); e != nil && e.Reply != nil {
			s.kill()
			return e
		}
	}
	st := t.step(min(t.answered, t.written-1))
	if s.dead {
		return t.markStale(&Error{Op: st.op, Kind: KindClosed, Err: errHungUp})
	}
	return t.markStale(s.lost(st.op, err))
}

// collect reads replies until the first upTo commands have replies, each within the
// timeout of its step. It records refusals, and returns an error only if the session
// ends.
func (t *transaction) collect(upTo int) *Error {
	s := t.s
	for t.answered < upTo {
		if !s.rd.HasLine() {
			d := s.deadline(t.step(t.answered).timeout(&s.timeouts))
			if t.testing() && t.patience.Before(d) {
				d = t.patience
			}
			_ = s.link.SetReadDeadline(d)
		}
		if e := t.collectOne(); e != nil {
			return t.notPipelined(e)
		}
	}
	return nil
}

// testing reports whether Config.PipeliningWait still applies: the server has not replied
// to a RCPT yet, so it may be unable to handle commands that are sent together.
func (t *transaction) testing() bool { return !t.patience.IsZero() && t.answered <= 1 }

// notPipelined returns the error for a transaction that ended with e. It wraps
// ErrPipelining if Config.PipeliningWait has passed.
func (t *transaction) notPipelined(e *Error) *Error {
	s := t.s
	if !t.testing() || e.Kind != KindTimeout || s.ctx.Err() != nil || s.timeIsUp() || time.Now().Before(t.patience) {
		return e
	}
	e.Err = fmt.Errorf("%w within %v", ErrPipelining, s.cfg.PipeliningWait)
	return e
}

// collectInTime reads replies as collect does, but with the deadline that is already set
// for all of them.
func (t *transaction) collectInTime(upTo int) *Error {
	for t.answered < upTo {
		if e := t.collectOne(); e != nil {
			return e
		}
	}
	return nil
}

// collectOne reads the reply to the next command.
func (t *transaction) collectOne() *Error {
	s := t.s
	i := t.answered
	st := t.step(i)
	if e := t.group.rsetReply(t.whole); e != nil {
		return t.markStale(e)
	}
	e := s.receive(st.op)
	if e == nil {
		t.answered++
		if endsSession(s.raw.code) || !st.wants(s.raw.code) {
			e = s.refused(st.op)
		}
	}
	switch {
	case st == &stepMAIL:
		if e != nil && s.dead {
			return t.markStale(e)
		}
		if t.refusedMAIL = e; e == nil {
			t.phase = phaseMAIL
			s.mails++
		}
	case st == &stepRCPT:
		s.pipelined = s.pipelined || e == nil || !s.dead
		if e != nil && s.dead {
			e.Recipient = t.rcpts[i-1].Address
			t.rows[i-1].Reply = e.Reply
			return e
		}
		if e == nil {
			t.phase = phaseMAIL
			t.accepted++
		}
		if t.refusedMAIL == nil {
			t.noteRCPT(i - 1)
		}
	default:
		if e != nil && s.dead {
			return e
		}
		if t.refusedDATA = e; e == nil {
			t.goAhead()
		}
	}
	return nil
}

// noteRCPT stores the reply in s.raw as the result of the i-th recipient.
func (t *transaction) noteRCPT(i int) {
	s := t.s
	row := &t.rows[i]
	row.Accepted = stepRCPT.wants(s.raw.code)
	// Servers often send the same reply for every recipient. If so, the recipients share
	// one Reply.
	last := &s.lastRCPT
	if last.reply == nil || last.code != s.raw.code || !bytes.Equal(last.raw, s.raw.text) {
		last.reply, last.code = s.raw.reply(), s.raw.code
		last.raw = append(last.raw[:0], s.raw.text...)
	}
	row.Reply = last.reply
	switch {
	case !row.Accepted && tooManyRecipients(row.Reply):
		t.over++
		t.byDomain = strings.Contains(words(row.Reply), "domain")
	case row.Accepted && t.over > 0 && !t.byDomain:
		t.recovered = true
	}
}

// markStale marks e, which ended the connection, as stale if the server had not yet
// accepted any command of the transaction.
func (t *transaction) markStale(e *Error) *Error {
	e.stale = !t.open() && (e.Kind == KindClosed || e.Reply.EndsSession())
	return e
}

// stepwise sends the envelope to a server without PIPELINING. It stops at the first
// refusal after which the mail cannot be sent.
func (t *transaction) stepwise() *Error {
	s := t.s
	for i := range 1 + len(t.rcpts) {
		s.line = t.appendCommand(s.line[:0], i)
		st := t.step(i)
		if i > 0 {
			if e := s.begin(st.op); e != nil {
				return e
			}
		}
		if e := s.say(st, s.line, false); e != nil {
			return t.markStale(e)
		}
		t.written++
		if e := t.collect(t.written); e != nil {
			return e
		}
		if t.refusedMAIL != nil || i > 0 && !t.env.Partial && !t.rows[i-1].Accepted {
			break
		}
	}
	return t.settled()
}

// settled is called after the replies to the envelope. It returns nil if the message can be
// sent next, and otherwise the refusal.
func (t *transaction) settled() *Error {
	e := t.refusedMAIL
	if e == nil && (t.accepted == 0 || t.accepted < len(t.rcpts) && !t.env.Partial) {
		e = t.refusal()
	}
	if e == nil {
		e = t.refusedDATA
	}
	if e != nil && t.phase == phaseDATA {
		t.emptyMail()
	}
	return e
}

// emptyMail is called if the server has replied 354 although it has refused MAIL or the
// recipients. If the server has accepted no recipient, emptyMail sends a line with a single
// dot (RFC 2920, section 3.1), and ignores the reply. If the server has accepted a
// recipient but refused MAIL, it could deliver an empty message, so emptyMail closes the
// connection instead. With LMTP, it always closes the connection, because the server does
// not reply to the dot if it accepted no recipient.
func (t *transaction) emptyMail() {
	s := t.s
	t.phase = phaseNone
	if s.cfg.LMTP || t.rcptWithoutMAIL() {
		s.kill()
		return
	}
	s.bw.WriteString(".\r\n")
	s.arm(&stepEndOfData)
	if s.bw.Flush() != nil || s.receive(OpEndOfData) != nil {
		s.kill()
	}
}
