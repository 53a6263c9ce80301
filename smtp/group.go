// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
	"time"
)

// group is the state of a batch. With PIPELINING, the end of one mail and the start of
// the next are sent in one command group (RFC 2920, section 3.1). With DATA, the
// envelope of the next mail follows the final dot (group_next.go). With BDAT, whole
// mails are sent together (group_bdat.go). Send uses a batch of one mail.
type group struct {
	s     *Session
	more  bool         // whether another mail follows
	next  *Mail        // the mail whose envelope may be sent after the final dot
	begun *transaction // the transaction of the mail that was in 'next', once its first command has been written
	quit  bool         // whether QUIT may be sent after the final dot; only SendLast sets it

	rsetOwed    bool // whether a reply to RSET is still to be read; the RSET may still be in the write buffer
	rsetRefused bool // whether the session must end: RSET was refused, or replies do not match the commands

	memory [2]transaction // the transaction of the current mail, and the one to which 'begun' points
	latest int            // the index in 'memory' of the transaction that was used last
}

// transaction returns a new transaction for m. It reuses the memory of the transaction
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
	// The caller returns the error of the mail, not an error of RSET.
	if s.exchange(&stepRSET, []byte("RSET")) != nil {
		s.kill()
	}
}

// rsetReply reads the reply to RSET, if one is due. If the server refuses RSET, a
// transaction may still be open, so the session ends. If 'sent' is true, all of the next
// mail was already sent, and the session ends only after the replies to that mail.
// Otherwise the session ends at once.
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

// diedAhead records that the session was lost after commands had been sent between a
// message and its reply. Some servers that offer PIPELINING cannot handle commands there:
// the submission service of Dovecot 2.3 and 2.4 crashes. Later sessions wait for the reply
// to each message.
func (s *Session) diedAhead() {
	s.overran = true
	s.cfg.Known.noteWait(s.cfg.knownAs(s.server), time.Now())
	s.event("the connection was lost while several mails were being sent; later mails are sent one at a time")
}

// noteAhead records whether the server accepts commands that are sent between a message and
// its reply. e and outcome are the result of one mail of a batch. ahead is set if the
// envelope of that mail was sent before the reply to the previous message. The end of a
// session with a 421 does not count as a failure to handle these commands.
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

// notTried returns the error for a mail that was not tried, because an earlier mail failed
// and ended the session, or because Progress canceled the batch. 'why' is the error of the
// earlier mail, if any.
func (s *Session) notTried(why *Error) Error {
	if s.ctx.Err() != nil {
		return *s.lost(OpMAIL, s.ctx.Err())
	}
	e := Error{Op: OpMAIL, Kind: KindClosed, Err: errBatchEnded, stale: true}
	switch {
	case why == nil, s.overran, why.Kind == KindLocal, why.Kind == KindRefused && !why.leaves():
		// The error concerns only the earlier mail, or too many mails were sent
		// together, or the server accepts no more mails in the session. So this mail
		// may be sent over another session.
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
