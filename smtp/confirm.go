// SPDX-License-Identifier: MIT

package smtp

import "errors"

// inDoubt returns e, the error from waiting for the reply to a completely sent message.
// Unless e is the server's refusal, inDoubt marks the transaction as in doubt, and makes e
// wrap ErrInDoubt.
func (t *transaction) inDoubt(e *Error) *Error {
	if e.Kind == KindRefused {
		return e
	}
	t.phase = phaseInDoubt
	cause := e.Err
	if cause == nil {
		cause = errors.New(e.Kind.String())
	}
	e.Err = &doubt{cause, e.Kind == KindProtocol}
	return e
}

// mayBeTaken reports whether the server may have accepted a message that was sent,
// although e ended the session before the reply to the message arrived.
func (t *transaction) mayBeTaken(e *Error) bool {
	return e.Kind == KindTimeout || e.Kind == KindProtocol || t.wanted()
}

// confirm checks that the last reply belongs to the end of the message, and not to an
// earlier command. e is the refusal of the message, or nil if the message was accepted. If
// more octets have arrived although every command has its reply, the replies do not match
// the commands, and confirm returns an error other than e. However, a 421 may arrive at any
// time. 'kernel' is passed to Session.waiting.
func (t *transaction) confirm(e *Error, kernel bool) *Error {
	s := t.s
	switch {
	case t.phase == phaseInDoubt:
		return e
	case s.dead:
		if s.only421Or221() {
			return e
		}
	case t.group.begun != nil || s.quitSent:
		return e // more replies are due
	default:
		if left, _ := s.waiting(kernel); !left || s.unasked() {
			return e
		}
	}
	s.verdicts.takeBack()
	return t.misread()
}

// misread marks the transaction as in doubt because the reply to the message may belong to
// another command. It returns the error for this case.
func (t *transaction) misread() *Error {
	t.phase, t.reply = phaseInDoubt, nil
	for i := range t.rows {
		t.rows[i].Accepted = false
	}
	return outOfStep()
}

// farewell ends the session after the last transaction, whose error is e. It returns e,
// or another error if the reply to QUIT shows that the replies do not match the commands.
func (t *transaction) farewell(e *Error) *Error {
	if t.s.quitInStep() {
		return e
	}
	return t.misread()
}

// only421Or221 is called after a 421. It reports whether each further reply that has
// arrived is another 421, or the reply to a QUIT that was sent.
func (s *Session) only421Or221() bool {
	for s.rd.HasLine() {
		if readReply(s.rd, &s.raw, s.onLine) != nil || !endsSession(s.raw.code) && s.raw.code != 221 {
			return false
		}
	}
	return true
}

// checkNothingLeft makes the unconfirmed deliveries InDoubt if more octets have arrived
// although every command has its reply.
func (s *Session) checkNothingLeft() {
	if s.dead {
		return
	}
	if left, _ := s.waiting(true); left && !s.unasked() {
		s.verdicts.takeBack()
	}
}
