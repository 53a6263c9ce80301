// SPDX-License-Identifier: MIT

package smtp

// SendBatch sends the mails in order, and returns for each mail what Send would return.
// Envelope.Partial and the outcomes have the same meaning as with Send. If one mail is
// refused, the next is still sent.
//
// With PIPELINING (RFC 2920), the envelope of a mail is sent with the final dot of the
// previous mail, so that each mail costs one round trip. If the server also offers
// CHUNKING, up to 32 small mails whose Envelope.Chunking is set are sent together in one
// round trip. Without PIPELINING, SendBatch calls Send in a loop. Each of
// Config.Timeouts, including Total, applies to each mail separately.
//
// If the session ends early, the mails that were not begun are NotSent. Their error says
// what ended the session; the Reply of the error is nil, since the server sent no reply
// for these mails. A mail is InDoubt if its last octet was sent and no reply arrived.
// This can happen to one mail with DATA, and to up to 32 mails with BDAT. The mails for
// which AnotherSession reports true may be sent over a new session, and those for which
// AnotherServer reports true over a session with another server.
//
// A reply that only one command can have, such as the 354 to DATA, confirms that the
// earlier replies belong to their commands. If it turns out that the replies do not match
// the commands, the mails whose replies were not yet confirmed are InDoubt too.
//
// If a message that is sent by DATA cannot be read to its end, the session ends, because
// there is no other way to cancel the message. With BDAT, the other mails are not affected.
//
// If the server crashes or closes the connection because commands followed a message to
// which it had not yet replied, later sessions with the same Config.Known wait for the
// reply to each message. The caller may send the rest of the batch over such a session.
// The mail to which the server had not replied is InDoubt and must not be sent again.
func (s *Session) SendBatch(mails []Mail) []Delivery { return s.sendBatch(mails, false) }

// SendBatchLast sends the last mails of the session, as SendBatch does. Afterwards, only
// Quit or Close may be called. SendBatchLast sends QUIT at the end of the batch. As with
// SendLast, the reply to QUIT confirms the replies to the last mails.
func (s *Session) SendBatchLast(mails []Mail) []Delivery { return s.sendBatch(mails, true) }

func (s *Session) sendBatch(mails []Mail, last bool) []Delivery {
	out := newDeliveries(mails)
	g := &group{s: s}
	returned := false
	defer func() { s.endUnless(returned) }()
	s.verdicts = verdicts{}
	for i := 0; i < len(mails); {
		n, why := g.sendWhole(mails[i:], out[i:])
		if n == 0 {
			n = 1
			why = g.sendNext(mails[i:], &out[i])
		}
		i += n
		if why != nil || s.dead || s.ctx.Err() != nil {
			s.giveUp(why, out[i:])
			break
		}
	}
	g.more = false
	s.checkNothingLeft()
	if g.rsetOwed && !s.dead {
		s.arm(&stepRSET)
		if s.bw.Flush() != nil || g.rsetReply(false) != nil {
			s.kill()
		}
	}
	if !s.dead && last {
		s.startClock()
		if !s.quitInStep() {
			s.verdicts.takeBack()
		}
	}
	s.verdicts = verdicts{}
	returned = true
	return out
}

// newDeliveries returns a Delivery for each mail, with a result for each of its
// recipients.
func newDeliveries(mails []Mail) []Delivery {
	out := make([]Delivery, len(mails))
	rows := 0
	for i := range mails {
		rows += len(mails[i].Envelope.Recipients)
	}
	all := make([]RecipientResult, rows)
	for i := range mails {
		n := len(mails[i].Envelope.Recipients)
		mails[i].Envelope.prepare(&out[i].Result, all[:n:n])
		all = all[n:]
	}
	return out
}

// sendNext sends mails[0], and may send the envelope of mails[1] with it. It returns an
// error only if the error ends the batch.
func (g *group) sendNext(mails []Mail, d *Delivery) *Error {
	s := g.s
	g.offerNext(mails)
	ahead := g.begun != nil
	answered, e := g.send(&mails[0], &d.Result)
	g.noteAhead(e, ahead, d.Outcome)
	if answered {
		s.verdicts.add(d)
	}
	if e == nil {
		return nil
	}
	d.Err = e
	if s.dead || e.Kind == KindCanceled || e.again {
		return e
	}
	return nil
}

// giveUp sets the errors of the deliveries in 'rest'. Their mails were not tried, because an
// earlier error ended the session or the batch. 'why' is this error.
func (s *Session) giveUp(why *Error, rest []Delivery) {
	if len(rest) == 0 {
		return
	}
	e := s.notTried(why)
	for i := range rest {
		rest[i].Err = &e
	}
}
