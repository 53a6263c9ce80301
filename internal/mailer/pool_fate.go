// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"

	"csmtp/internal/pool"
	"csmtp/smtp"
)

// stage says how far an attempt has come.
type stage int

const (
	connecting stage = iota // an error in this stage is the fault of the relay
	preparing               // an error in this stage is the fault of the mail
	sending
)

// fate returns what happens to a mail whose attempt ended with err, and what the attempt
// shows about the relay. used reports whether another mail was sent over the session
// before.
//
// A mail goes to another relay only if the first relay has certainly not accepted it for
// any recipient, and if the failure was caused by the relay, and not by the mail or a
// recipient. These failures are:
//
//   - There was no session: no address, no connection, no TLS, no login.
//   - The session ended before the end of the message was sent.
//   - The relay lacks an extension that the mail needs, or its SIZE is too small.
//   - A reply 421.
//   - A reply 4yz to MAIL, unless its enhanced status code is 4.1.z (the address).
//   - A reply 4yz to RCPT with the enhanced status code 4.3.z (the state of the relay).
//   - A reply 4yz to DATA or to the message with 4.3.z or 4.4.5 (congestion), or without
//     an enhanced status code if it is 451, 452 or 454. The codes 450 and 4.2.z concern
//     the mailbox; 4.7.z concerns the sender or the recipient (greylisting).
//
// A mail does not go to another relay if it is in doubt, if it was accepted for some
// recipients, or if it was refused with 5yz.
func fate(err error, at stage, result *smtp.Result, used bool) (pool.Move, pool.Health) {
	var e *smtp.Error
	known := errors.As(err, &e)
	switch {
	case err == nil:
		return pool.End, pool.Good
	case known && e.Kind == smtp.KindCanceled, at == preparing:
		return pool.End, pool.Unknown
	case at == connecting:
		return connectFate(e)
	case !known:
		return pool.End, pool.Unknown
	case errors.Is(err, smtp.ErrInDoubt) || result.Outcome == smtp.InDoubt:
		return pool.End, pool.Failed
	case e.Kind == smtp.KindRefused && e.Op == smtp.OpAUTH: // over HTTPS, each mail contains the login
		return pool.Other, pool.Rejected
	case acceptedRows(result) > 0 || result.Outcome == smtp.RejectedPermanent:
		return pool.End, pool.Good
	case result.Outcome != smtp.NotSent && result.Outcome != smtp.RejectedTemporary:
		return pool.End, pool.Good
	case smtp.AnotherSession(err) && used, errors.Is(err, smtp.ErrPipelining):
		return pool.Same, pool.Unknown
	}
	switch e.Kind {
	case smtp.KindLocal:
		if errors.Is(err, smtp.ErrTooBig) {
			return pool.Other, pool.Unknown
		}
		return pool.End, pool.Unknown
	case smtp.KindUnsupported:
		return pool.Other, pool.Unknown
	case smtp.KindRefused:
		switch {
		case e.Reply.EndsSession() && used:
			return pool.Same, pool.Unknown
		case e.Reply.EndsSession():
			return pool.Same, pool.Crowded
		case relayIsReason(e):
			return pool.Other, pool.Trouble
		}
		return pool.End, pool.Good
	}
	return pool.Other, pool.Failed
}

// connectFate is like fate, for an error that occurred before there was a session. e is nil
// if the settings of the relay are not valid.
func connectFate(e *smtp.Error) (pool.Move, pool.Health) {
	switch {
	case e == nil:
		return pool.Other, pool.Rejected
	case e.Kind == smtp.KindRefused && e.Reply.Temporary() && (e.Op == smtp.OpGreeting || e.Op == smtp.OpEHLO):
		return pool.Same, pool.Crowded
	case e.Op == smtp.OpAUTH && (e.Reply.Permanent() || e.Kind == smtp.KindLocal || e.Kind == smtp.KindUnsupported):
		return pool.Other, pool.Rejected
	}
	return pool.Other, pool.Failed
}

// relayIsReason reports whether the server sent a reply 4yz because of its own state, and
// not because of the mail or a recipient.
func relayIsReason(e *smtp.Error) bool {
	code := e.Reply.Enhanced
	if e.Op == smtp.OpMAIL {
		return code[1] != 1
	}
	switch {
	case code[1] == 3 && !code.IsZero():
		return true
	case e.Op == smtp.OpRCPT:
		return false
	case code == smtp.EnhancedCode{4, 4, 5}:
		return true
	case code.IsZero():
		return e.Reply.Code == 451 || e.Reply.Code == 452 || e.Reply.Code == 454
	}
	return false
}
