// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
	"time"
)

// group is the state of a batch whose command groups (RFC 2920, section 3.1) contain
// the end of one mail and the start of the next. With DATA, the envelope of the next
// mail follows the final dot (group_next.go). With BDAT, whole mails are sent
// together (group_bdat.go). Send is a batch of one mail.
type group struct {
	s     *Session
	more  bool         // another mail follows
	next  *Mail        // the mail whose envelope may be sent after the final dot
	begun *transaction // the transaction of next, once its first command is written
	quit  bool         // QUIT may be sent after the final dot: only SendLast sets it

	rsetOwed    bool // RSET is in the write buffer or was sent, without its reply
	rsetRefused bool // RSET was refused, or the session is out of step: it ends after this mail

	memory [2]transaction // for the current mail and for begun
	latest int            // which of them was used last
}

// transaction returns a new transaction for m. It uses the memory of the one
// before the latest.
func (g *group) transaction(m *Mail) *transaction {
	g.latest = 1 - g.latest
	t := &g.memory[g.latest]
	*t = newTransaction(g, m)
	return t
}

// reset ends an open transaction with RSET. If another mail of the batch follows,
// RSET is sent with its envelope.
func (g *group) reset() {
	s := g.s
	if g.more && s.pipelining {
		if s.put(OpRSET, []byte("RSET"), false) == nil {
			g.rsetOwed = true
			return
		}
	}
	// The caller gets the error that led here, not one of RSET.
	if s.exchange(&stepRSET, []byte("RSET")) != nil {
		s.kill()
	}
}

// rsetReply reads the reply to RSET, if it is owed. If the server refuses RSET, a
// transaction may be open, so the session ends. It ends at once, unless sent is set:
// all of the next mail was then sent, and the replies to that mail are read first.
func (g *group) rsetReply(sent bool) *Error {
	if !g.rsetOwed {
		return nil
	}
	g.rsetOwed = false
	s := g.s
	e := s.await(&stepRSET)
	switch {
	case e == nil || s.dead:
		return e
	case sent:
		g.rsetRefused = true
		return nil
	}
	s.kill()
	return &Error{Op: OpRSET, Kind: KindProtocol, Err: errors.New("RSET was refused: " + e.Reply.String())}
}

// diedAhead is called when the session was lost while commands behind a message
// waited for their replies. Some servers that offer PIPELINING fail then: the
// submission service of Dovecot 2.3 and 2.4 crashes. Later sessions wait for the
// reply to each message.
func (s *Session) diedAhead() {
	s.overran = true
	s.cfg.Known.noteWait(s.cfg.knownAs(s.server), time.Now())
	s.event("the connection was lost while several mails were being sent; later mails are sent one at a time")
}

// noteAhead records whether the server accepts commands behind a message. e and
// outcome are the result of a mail of a batch. ahead says that the envelope of that
// mail was sent behind the previous message. A server that closes the session with a
// 421 counts as one that accepts such commands.
func (g *group) noteAhead(e *Error, ahead bool, outcome Outcome) {
	s := g.s
	lost := e != nil && s.dead && e.Reply == nil && e.ended()
	switch {
	case lost && outcome == InDoubt && g.begun != nil,
		lost && ahead && e.stale && !s.takesAhead:
		s.diedAhead()
	case ahead:
		s.takesAhead = true
	}
}

// notTried returns the error for a mail that was not tried because an earlier one
// ended the session with why, or Progress canceled the batch.
func (s *Session) notTried(why *Error) Error {
	if s.ctx.Err() != nil {
		return *s.lost(OpMAIL, s.ctx.Err())
	}
	e := Error{Op: OpMAIL, Kind: KindClosed, Err: errBatchEnded, stale: true}
	switch {
	case why == nil, s.overran, why.Kind == KindLocal, why.Kind == KindRefused && !why.leaves():
		// The error concerns that mail alone, too many mails were in flight, or the
		// server accepts no more mails in the session: the others may be sent over
		// another session.
	case why.Reply != nil:
		e.Op, e.Hint, e.stale = why.Op, why.Hint, why.stale
		e.Err = fmt.Errorf("%w: the server said %v", errBatchEnded, why.Reply)
	default:
		e.Op, e.Kind, e.Hint, e.stale = why.Op, why.Kind, why.Hint, why.stale
	}
	e.again = e.stale || why.again
	e.elsewhere = e.Kind == KindClosed || e.Kind == KindTimeout
	return e
}

var errBatchEnded = errors.New("an earlier mail of the batch ended the session")
