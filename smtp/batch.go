// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
)

// Mail is one of a batch.
type Mail struct {
	Envelope *Envelope
	Message  Message
}

// Delivery is what became of one mail of a batch: what Send gives for one.
type Delivery struct {
	Result
	Err error // nil, or an *Error
}

// SendBatch carries many mails, in their order, and tells of each what Send
// would: the rules of Envelope.Partial and of outcomes are the same, and one
// mail refused does not keep back the next.
//
// With PIPELINING (RFC 2920) the envelope of the next mail leaves with the
// final dot of the one before, so that a mail costs one round trip. With
// CHUNKING too, small mails whose Envelope.Chunking is set leave by up to 32 at
// a time, and a group costs one round trip. Without PIPELINING it is Send in a
// loop. Config's Timeouts, Total too, count for each mail by itself.
//
// When the session ends, the mails not begun are NotSent, with an error whose
// text says what ended it: its Reply is nil, since none was given to them. A
// mail is InDoubt when its last octet had left and no reply came: one at most
// with DATA, up to a group of 32 with BDAT. So are mails whose replies nothing
// had confirmed when the server turns out to be out of step. A message that fails on its way ends
// the session, as with Send, unless it was one of such a group. IsStale of the
// first error that has it tells that this mail and all after it may be sent
// over a new session.
//
// A server that crashes or leaves when something follows a message that it has
// not answered yet is sent the rest of the batch over a new session, one mail
// after the other, where Config.Known is the same: only the mail at work stays
// InDoubt, and is never sent again.
func (s *Session) SendBatch(mails []Mail) []Delivery { return s.sendBatch(mails, false) }

// SendBatchLast is SendBatch for the last mails of the session, which only Quit
// or Close may follow. It says QUIT as SendLast does where QUIT has a round trip
// of its own, and as with SendLast the reply shows that those to the last mails
// were in their places.
func (s *Session) SendBatchLast(mails []Mail) []Delivery { return s.sendBatch(mails, true) }

func (s *Session) sendBatch(mails []Mail, last bool) []Delivery {
	out := make([]Delivery, len(mails))
	rows := 0
	for i := range mails {
		rows += len(mails[i].Envelope.Recipients)
	}
	all := make([]RecipientResult, rows)
	for i := range mails {
		n := len(mails[i].Envelope.Recipients)
		out[i].Recipients, all = all[:n:n], all[n:]
		for j := range out[i].Recipients {
			out[i].Recipients[j].Address = mails[i].Envelope.Recipients[j].Address
		}
	}
	s.batch = batch{}
	for i := 0; i < len(mails); {
		n, why := s.sendGroup(mails[i:], out[i:])
		if n == 0 {
			n = 1
			s.offerAhead(mails[i:])
			ahead := s.batch.began
			e := s.send(mails[i].Envelope, mails[i].Message, &out[i].Result)
			s.noteAhead(e, ahead, out[i].Outcome)
			if s.judged {
				s.batch.awaitConfirmation(&out[i])
			}
			if e != nil {
				out[i].Err = e
				if s.dead || e.Kind == KindCanceled {
					why = e
				}
			}
		}
		i += n
		if why != nil || s.dead || s.ctx.Err() != nil {
			s.giveUp(why, out[i:])
			break
		}
	}
	s.batch.more = false
	s.nothingLeft()
	if s.batch.resetting && !s.dead {
		s.arm(&stepRSET)
		if s.bw.Flush() != nil || s.resetReply() != nil {
			s.kill()
		}
	}
	if !s.dead && last {
		s.begun()
		if !s.quitInStep() {
			s.takeBackVerdicts()
		}
	}
	s.batch = batch{}
	return out
}

// batch is what one mail of a batch leaves to the next.
type batch struct {
	more      bool // another mail follows
	resetting bool // RSET is in the write buffer or has left; its reply is owed
	unreset   bool // it was refused, or the session is out of step: no further mail goes over it

	next  *Mail       // may be begun behind the present one's final dot
	ahead transaction // of next, once begun
	began bool

	// Mails whose replies may yet turn out to be others': those at work, and
	// those before them.
	unconfirmed, before []*Delivery
}

// giveUp fills in the mails that were not tried because of why.
func (s *Session) giveUp(why *Error, rest []Delivery) {
	if len(rest) == 0 {
		return
	}
	e := s.notTried(why)
	for i := range rest {
		rest[i].Err = &e
	}
}

// notTried is the error of a mail that was not tried, since an earlier one
// ended the session, or Progress the batch.
func (s *Session) notTried(why *Error) Error {
	switch {
	case s.ctx.Err() != nil:
		return *s.lost(OpMAIL, s.ctx.Err())
	case why == nil, s.overran, why.Kind == KindLocal, why.Kind == KindRefused && !why.leaves():
		// That mail's affair, or too much at once: another session will do for
		// the others.
		return Error{Op: OpMAIL, Kind: KindClosed, Err: errBatchEnded, stale: true}
	case why.Reply != nil:
		return Error{Op: why.Op, Kind: KindClosed, Hint: why.Hint,
			Err: fmt.Errorf("%w: the server said %v", errBatchEnded, why.Reply), stale: why.stale}
	}
	return Error{Op: why.Op, Kind: why.Kind, Hint: why.Hint, Err: errBatchEnded, stale: why.stale}
}

var errBatchEnded = errors.New("not sent: the session ended at an earlier mail of the batch")

// resetLater undoes an open transaction: within a batch RSET leaves with the
// next envelope, elsewhere at once.
func (s *Session) resetLater() {
	if s.batch.more && s.pipelining {
		if s.put(OpRSET, []byte("RSET"), false) == nil {
			s.batch.resetting = true
			return
		}
	}
	// What RSET comes to does not matter to whom the error is for.
	if s.exchange(&stepRSET, []byte("RSET")) != nil {
		s.kill()
	}
}

// resetReply reads the reply to RSET, if one is owed. A server that refuses it
// may have a transaction open: nothing more can be said to it. A mail that has
// left by then is answered all the same.
func (s *Session) resetReply() *Error {
	if !s.batch.resetting {
		return nil
	}
	s.batch.resetting = false
	e := s.await(&stepRSET)
	if e != nil && !s.dead && s.tx.whole {
		s.batch.unreset = true
		return nil
	}
	if e != nil && !s.dead {
		s.kill()
		e = &Error{Op: OpRSET, Kind: KindProtocol, Err: errors.New("RSET was refused: " + e.Reply.String())}
	}
	return e
}
