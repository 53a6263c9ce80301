// SPDX-License-Identifier: MIT

package smtp

import (
	"fmt"

	"csmtp/smtp/internal/wire"
)

// chunkWindow is the maximum number of chunks that have no reply yet, if the server offers
// PIPELINING.
const chunkWindow = 4

// chunks sends the message of a transaction in BDAT commands (RFC 3030).
type chunks struct {
	t      *transaction
	owed   int // the number of chunks that were sent and have no reply yet
	failed *Error
}

// sendChunks sends the message by BDAT. If replies to the envelope are still due, they
// arrive before the replies to the chunks.
func (t *transaction) sendChunks() *Error {
	s := t.s
	c := &chunks{t: t}
	s.chunkSent = c.sent
	defer func() { s.chunkSent = nil }()
	if s.chunks == nil {
		s.chunks = wire.NewChunkWriter(s.bw, func(last bool, size int) error { return s.chunkSent(last, size) })
	} else {
		s.chunks.Reset(s.bw)
	}
	if t.env.Body == BodyBinaryMIME {
		s.chunks.Binary()
	}
	b := &s.body
	b.hold()
	_, err := t.msg.WriteTo(b.begin(s.chunks, t.size, t.env.Progress, false))
	if err == nil {
		err = b.finished()
	}
	if err == nil && c.failed == nil {
		err = s.chunks.Close()
	}
	b.end()
	switch {
	case c.failed != nil:
		return c.failed
	case b.err != nil:
		// A write failed before c.sent was called, because the chunk is larger than the
		// write buffer.
		return c.broken(b.err)
	case err != nil:
		if c.owed == 0 && t.answered == 0 {
			s.discard() // nothing was sent
			return sourceFailed(err)
		}
		// Reading the message failed. No chunk was marked as the last, so the caller can
		// end the transaction with RSET.
		if e := c.drain(0); e != nil && s.dead {
			return e
		}
		return sourceFailed(err)
	}
	return nil
}

// sent is called when a chunk is in the write buffer. It traces and counts the chunk,
// flushes the buffer, and reads replies if too many chunks have no reply yet. After the last
// chunk, it reads all replies.
func (c *chunks) sent(last bool, size int) error {
	s := c.t.s
	c.owed++
	if s.cfg.Trace != nil {
		line := fmt.Appendf(nil, "BDAT %d", size)
		if last {
			line = append(line, " LAST"...)
		}
		s.traceCommand(line, false)
	}
	_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataBlock))
	err := s.bw.Flush()
	if e := s.body.release(); err == nil {
		err = e
	}
	if err != nil {
		c.failed = c.broken(err)
		return c.failed
	}
	c.t.whole = last
	if last {
		c.t.wrote = s.now()
	}
	keep := 0
	if s.pipelining && !last {
		keep = chunkWindow
	}
	if c.owed > keep || last {
		if e := c.drain(keep); e != nil {
			c.failed = e
			return e
		}
	}
	return nil
}

// drain reads the replies to the envelope that are still due, and then replies to chunks until
// at most 'keep' chunks have no reply.
func (c *chunks) drain(keep int) *Error {
	t, s := c.t, c.t.s
	if t.answered < 1+len(t.rcpts) {
		if e := t.collect(1 + len(t.rcpts)); e != nil {
			if t.whole && t.mayBeTaken(e) {
				return t.confirm(t.inDoubt(e), true)
			}
			return t.kept(e)
		}
		if e := t.settled(); e != nil {
			return c.skip(e)
		}
	}
	for c.owed > keep {
		if t.whole && c.owed == 1 {
			c.owed = 0
			return t.endOfData()
		}
		_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataBlock))
		c.owed--
		if e := s.await(&stepBody); e != nil {
			if t.whole && e.Kind != KindRefused {
				return t.inDoubt(e)
			}
			return c.skip(e)
		}
	}
	if c.owed == 0 && s.rd.Buffered() > 0 {
		return s.begin(OpBody) // an extra reply
	}
	return nil
}

// skip is called after the server has refused a command or a chunk; e is the error for this
// refusal. skip reads the replies to the later chunks that were already sent. It returns e,
// or another error if the message may have been delivered after all.
func (c *chunks) skip(e *Error) *Error {
	t, s := c.t, c.t.s
	for ; c.owed > 0 && !s.dead; c.owed-- {
		if t.whole && c.owed == 1 {
			c.owed = 0
			e = t.refusedBefore(e)
			if t.phase == phaseInDoubt {
				s.kill()
			}
			if s.cfg.LMTP && t.accepted > 0 {
				return t.refusedBeforeLMTP(e)
			}
			if !s.dead {
				e = t.confirm(e, true)
			}
			return e
		}
		_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataBlock))
		_ = s.receive(OpBody)
	}
	return e
}

// refusedBefore reads the reply to the end of a message after the server has refused an
// earlier command; e is the error for this refusal. The server should refuse the message
// too; refusedBefore then returns e. If the server accepts the message, either it has
// delivered the message, or its replies do not match the commands. The server may also have
// delivered the message if it refused MAIL, accepted a recipient, and does not reply to the
// message in time. In all these cases, the transaction is in doubt, and the session ends.
func (t *transaction) refusedBefore(e *Error) *Error {
	s := t.s
	_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataEnd))
	lost := s.receive(OpEndOfData)
	if lost == nil && stepEndOfData.wants(s.raw.code) || lost != nil && t.rcptWithoutMAIL() && lost.Kind != KindClosed {
		t.group.rsetRefused = true
		return t.misread()
	}
	return e
}

// With LMTP, the server replies to the end of the message once for each recipient.
// refusedBeforeLMTP is called after refusedBefore, which has read the first of these
// replies, and reads the others. If the server has accepted the message for one of these
// recipients, the transaction is in doubt. RFC 2033 does not say how many replies come
// after a refusal, so the session ends.
func (t *transaction) refusedBeforeLMTP(e *Error) *Error {
	s := t.s
	_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
	for range len(t.rcpts) - 1 {
		if s.dead || s.receive(OpEndOfData) != nil {
			break
		}
		if stepEndOfData.wants(s.raw.code) {
			e = t.misread()
		}
	}
	s.kill()
	return e
}

// broken returns the error for a chunk that could not be written: the server's
// refusal, if it has sent one, else err.
func (c *chunks) broken(err error) *Error {
	t, s := c.t, c.t.s
	if s.ctx.Err() == nil && !s.dead {
		_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
		if e := t.collectInTime(1 + len(t.rcpts)); e != nil {
			if e = t.kept(e); e.Reply != nil {
				return e
			}
		}
		if e := t.settled(); e != nil && e.Reply != nil {
			s.kill()
			return e
		}
		for !s.dead {
			if e := s.await(&stepBody); e != nil && e.Reply != nil {
				s.kill()
				return e
			}
		}
	}
	if s.dead {
		return &Error{Op: OpBody, Kind: KindClosed, Err: err}
	}
	return s.lost(OpBody, err)
}
