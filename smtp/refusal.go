// SPDX-License-Identifier: MIT

package smtp

import "errors"

// If a mail is refused for several recipients, the error, the outcome, the code and the
// text all come from one refusal: the first permanent one (5yz) in the order of the
// recipients, else the first temporary one (4yz).

// refusal returns the error for recipients that were refused, or nil if none
// was.
func (t *transaction) refusal() *Error {
	var first *RecipientResult
	for i := range t.rows {
		row := &t.rows[i]
		if row.Accepted || row.Reply == nil {
			continue
		}
		if first == nil || row.Reply.Permanent() && !first.Reply.Permanent() {
			first = row
		}
	}
	if first == nil {
		return nil
	}
	e := &Error{Op: OpRCPT, Kind: KindRefused, Recipient: first.Address, Reply: first.Reply}
	e.Hint = hint(e, t.s)
	return e
}

// kept returns the error for a transaction that was ended by the error e before any content
// was sent. If e ended the connection and an earlier refusal decides the outcome of the
// mail, kept returns that refusal; otherwise it returns e. A server that rejects a client
// often gives the reason in its reply to the first command, and then closes the connection.
func (t *transaction) kept(e *Error) *Error {
	if !e.ended() {
		return e
	}
	var refused *Error
	switch {
	case t.refusedMAIL != nil:
		return t.refusedMAIL
	case t.accepted == 0 || !t.env.Partial || t.lastRefused():
		refused = t.refusal()
	}
	if refused == nil {
		refused = t.refusedDATA
	}
	if refused == nil {
		return e
	}
	return refused
}

// standing returns the error for a transaction that failed with e: the earlier
// refusal of a recipient if it is more severe, else e.
func (t *transaction) standing(e *Error) *Error {
	if e.Kind != KindRefused || t.refusedMAIL != nil || t.phase == phaseInDoubt {
		return e
	}
	var first *RecipientResult
	var reply *Reply
	for i := range t.rows {
		row := &t.rows[i]
		r := row.Reply
		if row.Accepted {
			if t.delivered() {
				continue // delivered to this recipient by LMTP
			}
			r = e.Reply
		}
		if r != nil && (reply == nil || r.Permanent() && !reply.Permanent()) {
			first, reply = row, r
		}
	}
	if reply == nil || reply == e.Reply {
		return e
	}
	refused := &Error{Op: OpRCPT, Kind: KindRefused, Recipient: first.Address, Reply: reply}
	refused.Hint = hint(refused, t.s)
	return refused
}

// severity returns the severity of an error of a transaction. The first of the most severe
// errors becomes the error of the mail. In descending order of severity, the errors are: an
// error in the client, or a connection lost after a recipient was accepted; a permanent
// refusal; a temporary refusal; a connection lost before any recipient was accepted.
func (t *transaction) severity(e *Error) int {
	switch {
	case e.Kind == KindRefused && e.Reply.Permanent():
		return 3
	case e.Kind == KindRefused:
		return 2
	case e.ended() && (t.accepted == 0 || t.refusedMAIL != nil):
		return 1
	}
	return 4
}

// setNext sets e.again and e.elsewhere: whether the mail may be sent over a new session,
// and whether it may be sent to another server. e is the error that ended the
// transaction. If the transaction is in doubt, the mail must not be sent again at all.
func (t *transaction) setNext(e *Error) {
	s := t.s
	switch {
	case t.phase == phaseInDoubt || t.rcptWithoutMAIL():
		e.again, e.elsewhere = false, false
		return
	case errors.Is(e.Err, ErrPipelining), e == t.refusedMAIL && tooManyMails(e.Reply):
		e.again = true
	default:
		e.again = e.stale && !t.open()
	}
	switch {
	case t.phase == phaseAnswered, s.ctx.Err() != nil, s.timeIsUp():
		e.elsewhere = false
	case e.Kind == KindRefused:
		e.elsewhere = e.Reply.Temporary() && (e == t.refusedMAIL || s.dead)
	default:
		e.elsewhere = s.dead && (e.Kind == KindClosed || e.Kind == KindTimeout)
	}
}
