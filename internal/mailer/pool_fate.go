// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"

	"csmtp/internal/pool"
	"csmtp/smtp"
)

// stage is the stage that an attempt has reached.
type stage int

const (
	connecting stage = iota // if an error occurs in this stage, the relay is the cause
	preparing               // if an error occurs in this stage, the mail is the cause
	sending
)

// fate returns what happens to a mail whose attempt has ended with err, and what the attempt
// has shown about the relay. 'used' says whether the session had already been used for
// another mail. The rules are in docs/pool.md ("When another relay gets a mail").
func (c *pooled) fate(err error, at stage, used bool) (pool.Move, pool.Health) {
	move, health := c.verdict(err, at, used)
	c.fresh = move == pool.Same && health != pool.Crowded
	if move == pool.Other {
		c.twice = 0
	}
	return move, health
}

func (c *pooled) verdict(err error, at stage, used bool) (pool.Move, pool.Health) {
	var e *smtp.Error
	known := errors.As(err, &e)
	outcome := c.end.result.Outcome
	switch {
	case err == nil:
		return pool.End, pool.Good
	case known && e.Kind == smtp.KindCanceled, at == preparing:
		return pool.End, pool.Unknown
	case outcome == smtp.NotSent && c.call.op.wasCanceled(): // whatever error the canceled step returned
		return pool.End, pool.Unknown
	case at == connecting:
		return connectFate(e, err)
	case !known:
		return pool.End, pool.Unknown
	case errors.Is(err, smtp.ErrInDoubt) || outcome == smtp.InDoubt:
		return pool.End, pool.Failed
	case e.Kind == smtp.KindRefused && e.Op == smtp.OpAUTH: // over HTTPS, each mail contains the login
		return pool.Other, pool.Rejected
	case acceptedRows(&c.end.result) > 0 || outcome == smtp.RejectedPermanent:
		return pool.End, pool.Good
	case outcome != smtp.NotSent && outcome != smtp.RejectedTemporary:
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
		return c.refused(err, e, used)
	case smtp.KindTimeout:
		if e.Op == smtp.OpBody && !smtp.AnotherServer(err) {
			return pool.End, pool.Unknown // the total timeout is too short for the message
		}
	}
	return pool.Other, pool.Failed
}

// refused returns what fate returns for a temporary refusal.
func (c *pooled) refused(err error, e *smtp.Error, used bool) (pool.Move, pool.Health) {
	switch {
	case e.Op == smtp.OpMAIL && !smtp.AnotherServer(err):
		return pool.End, pool.Good // a recipient was accepted, perhaps in another transaction
	case e.Reply.EndsSession() && used:
		return pool.Same, pool.Unknown
	case e.Reply.EndsSession() && e.Op == smtp.OpMAIL && c.twice < mostCrowded:
		c.twice++
		return pool.Same, pool.Crowded
	case e.Reply.EndsSession() || relayIsReason(e):
		return pool.Other, pool.Trouble
	}
	return pool.End, pool.Good
}

// If a relay replies 421 to MAIL in a new session, the relay gets the same mail again over
// another new session, but at most mostCrowded times. Such a reply can mean that the relay
// has too many sessions, or that it does not accept the mail.
const mostCrowded = 1

// connectFate returns what fate returns for an error that occurred before the session was
// open. e is nil if err does not come from a session: the settings of the relay are not
// valid, or this host lacks a resource.
func connectFate(e *smtp.Error, err error) (pool.Move, pool.Health) {
	switch {
	case e == nil && faultOf(err).Temporary():
		return pool.Other, pool.Failed
	case e == nil:
		return pool.Other, pool.Rejected
	case e.Kind == smtp.KindRefused && e.Reply.Temporary() && (e.Op == smtp.OpGreeting || e.Op == smtp.OpEHLO):
		return pool.Same, pool.Crowded
	case e.Op == smtp.OpAUTH && (e.Reply.Permanent() || e.Kind == smtp.KindLocal || e.Kind == smtp.KindUnsupported):
		return pool.Other, pool.Rejected
	}
	return pool.Other, pool.Failed
}

// relayIsReason reports whether a temporary refusal was caused by the state of the relay,
// and not by the mail or a recipient.
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
