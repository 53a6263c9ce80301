// SPDX-License-Identifier: MIT

package smtp

import (
	"csmtp/smtp/internal/wire"
)

// chunkWindow is how many chunks may be unanswered with PIPELINING.
const chunkWindow = 4

// chunks is the state of a message in BDAT commands (RFC 3030).
type chunks struct {
	w      *wire.ChunkWriter
	s      *Session
	owed   int  // chunks sent and not answered
	last   bool // the last one has left
	failed *Error
}

// sendChunks sends the message with BDAT. Replies to the envelope may still be
// owed; they come first.
func (s *Session) sendChunks() *Error {
	c := &s.chunks
	c.s, c.owed, c.last, c.failed = s, 0, false, nil
	if c.w == nil {
		c.w = wire.NewChunkWriter(s.bw, c.sent)
	} else {
		c.w.Reset(s.bw)
	}
	if s.tx.env.Body == BodyBinaryMIME {
		c.w.Binary()
	}
	b := &s.body
	_, err := s.tx.msg.WriteTo(b.begin(c.w))
	if err == nil {
		err = b.finished()
	}
	if err == nil && c.failed == nil {
		err = c.w.Close()
	}
	b.end()
	switch {
	case c.failed != nil:
		return c.failed
	case b.err != nil: // within a chunk larger than the write buffer
		return c.broken(b.err)
	case err != nil:
		if c.owed == 0 && s.tx.answered == 0 {
			s.bw.Reset(b) // nothing has left
			return sourceFailed(err)
		}
		// The source failed. No chunk was marked as the last: RSET undoes all.
		if e := c.drain(0); e != nil && s.dead {
			return e
		}
		return sourceFailed(err)
	}
	return nil
}

// sent is called with a chunk in the write buffer.
func (c *chunks) sent(last bool, _ int) error {
	s := c.s
	c.last = last
	c.owed++
	_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataBlock))
	if err := s.bw.Flush(); err != nil {
		c.last = false // part of it did not leave
		c.failed = c.broken(err)
		return c.failed
	}
	s.tx.whole = last
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

// drain reads replies until no more than keep chunks are unanswered.
func (c *chunks) drain(keep int) *Error {
	s := c.s
	t := &s.tx
	if t.answered < 1+len(t.rcpts) {
		if e := s.collect(1 + len(t.rcpts)); e != nil {
			if c.last && t.taken(e) {
				return s.confirm(s.inDoubt(e), true)
			}
			return s.kept(e)
		}
		if e := s.settled(); e != nil {
			return c.skip(e)
		}
	}
	for c.owed > keep {
		if c.last && c.owed == 1 {
			c.owed = 0
			return s.endOfData()
		}
		_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataBlock))
		c.owed--
		if e := s.await(&stepBody); e != nil {
			if c.last && e.Kind != KindRefused {
				return s.inDoubt(e)
			}
			return c.skip(e)
		}
	}
	if c.owed == 0 && s.rd.Buffered() > 0 {
		return s.begin(OpBody) // a reply too many
	}
	return nil
}

// skip reads the replies to chunks sent for nothing, since the server refused
// something before them: e says what.
func (c *chunks) skip(e *Error) *Error {
	s := c.s
	for ; c.owed > 0 && !s.dead; c.owed-- {
		if c.last && c.owed == 1 {
			c.owed = 0
			e = s.forNothing(e)
			if s.cfg.LMTP && (s.tx.accepted > 0 || s.tx.rcptAllTheSame) {
				return s.moreForNothing(e)
			}
			if !s.dead {
				e = s.confirm(e, true)
			}
			return e
		}
		_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataBlock))
		_ = s.receive(OpBody)
	}
	return e
}

// forNothing reads the reply to the end of a message that the server cannot
// take, since it refused something before it: e says what. A server that
// accepts it has taken it all the same, or is out of step; so may be one that
// accepted a recipient behind a refused MAIL and does not answer. The rest of a
// group is read all the same.
func (s *Session) forNothing(e *Error) *Error {
	_ = s.link.SetReadDeadline(s.deadline(s.timeouts.DataEnd))
	lost := s.receive(OpEndOfData)
	if lost == nil && stepEndOfData.wants(s.raw.code) || lost != nil && s.tx.rcptAllTheSame && lost.Kind != KindClosed {
		if !s.tx.grouped {
			s.kill()
		}
		s.batch.unreset = true
		return s.misread()
	}
	return e
}

// moreForNothing is forNothing for the other recipients of LMTP. How many
// replies come after a refusal is not defined, so the session ends with them.
func (s *Session) moreForNothing(e *Error) *Error {
	_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
	for range len(s.tx.rcpts) - 1 {
		if s.dead || s.receive(OpEndOfData) != nil {
			break
		}
		if stepEndOfData.wants(s.raw.code) {
			e = s.misread()
		}
	}
	s.kill()
	return e
}

// broken is the error of a chunk that could not be written.
func (c *chunks) broken(err error) *Error {
	s := c.s
	if s.ctx.Err() == nil && !s.dead {
		_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
		if e := s.collectArmed(1 + len(s.tx.rcpts)); e != nil {
			if e = s.kept(e); e.Reply != nil {
				return e
			}
		}
		if e := s.settled(); e != nil && e.Reply != nil {
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
