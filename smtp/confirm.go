// SPDX-License-Identifier: MIT

package smtp

import "errors"

// inDoubt puts the transaction in doubt if e, in place of the reply to a message
// that was sent, is not a refusal. It returns e, which then wraps ErrInDoubt.
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

// mayBeTaken reports whether the server may have accepted a message that was sent
// although e ended the session before its reply.
func (t *transaction) mayBeTaken(e *Error) bool {
	return e.Kind == KindTimeout || e.Kind == KindProtocol || t.wanted()
}

// confirm checks that the verdict on the message is the reply to the message. e is
// the refusal, or nil if the message was accepted. If octets are left although every
// command has its reply, the verdict may have been the reply to an earlier command.
// kernel is the argument of waiting.
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

// misread puts the transaction in doubt because its reply may belong to another
// command. It returns the error for that.
func (t *transaction) misread() *Error {
	t.phase, t.reply = phaseInDoubt, nil
	for i := range t.rows {
		t.rows[i].Accepted = false
	}
	return outOfStep()
}

// farewell ends the session after the last transaction, whose error is e. It
// returns e, or another error if the reply to QUIT is out of step.
func (t *transaction) farewell(e *Error) *Error {
	if t.s.quitInStep() {
		return e
	}
	return t.misread()
}

// only421Or221 reports whether only more 421 replies, or the reply to a QUIT that
// was sent, have been received after a 421.
func (s *Session) only421Or221() bool {
	for s.rd.HasLine() {
		if readReply(s.rd, &s.raw, s.onLine) != nil || !endsSession(s.raw.code) && s.raw.code != 221 {
			return false
		}
	}
	return true
}

// checkNothingLeft takes back the unconfirmed verdicts if octets are left although
// every command has its reply.
func (s *Session) checkNothingLeft() {
	if s.dead {
		return
	}
	if left, _ := s.waiting(true); left && !s.unasked() {
		s.verdicts.takeBack()
	}
}
