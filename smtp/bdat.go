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
	_ = s.link.SetReadDeadline(s.deadline(s.limits.DataBlock))
	if err := s.bw.Flush(); err != nil {
		c.last = false // part of it did not leave
		c.failed = c.broken(err)
		return c.failed
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

// drain reads replies until no more than keep chunks are unanswered.
func (c *chunks) drain(keep int) *Error {
	s := c.s
	t := &s.tx
	if t.answered < 1+len(t.rcpts) {
		if e := s.collect(1 + len(t.rcpts)); e != nil {
			if c.last && t.wanted() {
				return s.inDoubt(e)
			}
			return e
		}
		if e := s.settled(); e != nil {
			c.skip()
			return e
		}
	}
	for c.owed > keep {
		if c.last && c.owed == 1 {
			c.owed = 0
			return s.endOfData()
		}
		_ = s.link.SetReadDeadline(s.deadline(s.limits.DataBlock))
		c.owed--
		if e := s.await(&stepBody); e != nil {
			if c.last && e.Kind != KindRefused {
				return s.inDoubt(e)
			}
			c.skip()
			return e
		}
	}
	return nil
}

// skip reads the replies to chunks sent for nothing.
func (c *chunks) skip() {
	for ; c.owed > 0 && !c.s.dead; c.owed-- {
		if c.last && c.owed == 1 && c.s.cfg.LMTP && c.s.tx.accepted > 0 {
			c.s.kill() // how many replies come now is not defined
			return
		}
		_ = c.s.link.SetReadDeadline(c.s.deadline(c.s.limits.DataBlock))
		_ = c.s.receive(OpBody)
	}
}

// broken is the error of a chunk that could not be written.
func (c *chunks) broken(err error) *Error {
	s := c.s
	if s.ctx.Err() == nil {
		_ = s.link.SetReadDeadline(s.deadline(lastWordsTime))
		if e := s.collectArmed(1 + len(s.tx.rcpts)); e != nil && e.Reply != nil {
			return e
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
