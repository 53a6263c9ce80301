// SPDX-License-Identifier: MIT

package smtp

// offerNext sets g.next to mails[1] if the envelope of mails[1] may be sent with the final
// dot of mails[0], and otherwise to nil. For this, the server must support PIPELINING and
// must not have failed because of commands between a message and its reply, each of the two
// mails must fit in one transaction, and mails[1] must be sent by DATA.
func (g *group) offerNext(mails []Mail) {
	s := g.s
	g.more = len(mails) > 1
	g.next = nil
	if len(mails) < 2 || !s.pipelining || s.waits {
		return
	}
	next := &mails[1]
	if s.fitsInOne(mails[0].Envelope) && s.fitsInOne(next.Envelope) && !s.byBDAT(next.Envelope) {
		g.next = next
	}
}

// fitsInOne reports whether this is the first attempt to send a mail, and all its recipients
// fit in one transaction.
func (s *Session) fitsInOne(env *Envelope) bool {
	n := len(env.Recipients)
	return n > 0 && env.Before == nil && s.fit(env, env.Recipients) == n
}

// writeNext writes to the write buffer the commands that may be sent with the final dot:
// QUIT, or at most quietOctets of the envelope of the next mail. A command group must end
// after DATA or QUIT (RFC 2920, section 3.1).
func (t *transaction) writeNext() {
	s, g := t.s, t.group
	if t.mayQuit() {
		s.quitSent = s.put(OpQUIT, []byte("QUIT"), false) == nil
		return
	}
	if !t.final || t.overLimit() {
		return
	}
	m := g.next
	g.next = nil
	if m == nil || s.limits.usedUp(s.mails) {
		return
	}
	next := g.transaction(m)
	if next.plan() != nil {
		return // the error is returned when the next mail is sent
	}
	next.rcpts = m.Envelope.Recipients
	octets := 0
	for next.written < next.commands() {
		s.line = next.appendCommand(s.line[:0], next.written)
		if octets += len(s.line) + 2; octets > quietOctets {
			break
		}
		if s.put(next.step(next.written).op, s.line, false) != nil {
			break // the error is returned when the next mail is sent
		}
		next.written++
	}
	if next.written > 0 {
		next.began = s.now()
		g.begun = next
	}
}

// mayQuit reports whether QUIT may be sent with the final dot.
func (t *transaction) mayQuit() bool {
	s := t.s
	return t.last && !t.overLimit() && s.pipelining && !s.cfg.LMTP && !s.waits
}
