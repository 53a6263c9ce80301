// SPDX-License-Identifier: MIT

package smtp

// SendBatch sends the mails in their order, and returns for each what Send would
// return. The rules of Envelope.Partial and of outcomes are the same. If one mail
// is refused, the next is still sent.
//
// With PIPELINING (RFC 2920) the envelope of the next mail leaves with the final
// dot of the one before, so that a mail costs one round trip. With CHUNKING too,
// up to 32 small mails whose Envelope.Chunking is set leave together, at the cost
// of one round trip. Without PIPELINING, SendBatch is Send in a loop. The times of
// Config.Timeouts, and Total too, apply to each mail by itself.
//
// When the session ends, the mails not begun are NotSent. Their error names what
// ended the session; its Reply is nil, since the server did not reply to them. A
// mail is InDoubt if its last octet had left and no reply came: at most one with
// DATA, up to 32 with BDAT. So are mails whose replies nothing had confirmed when
// the replies turn out to be out of step. If a message cannot be read to its end,
// the session ends, as with Send, unless the mail was to leave together with others.
// The first mail whose error IsStale reports true for, and all mails after it, may
// be sent over a new session.
//
// If the server crashes or closes the connection because something followed a
// message that it had not answered, later sessions with the same Config.Known send
// one mail after the other. The caller may send the rest of the batch over such a
// session; the mail at work stays InDoubt and must not be sent again.
func (s *Session) SendBatch(mails []Mail) []Delivery { return s.sendBatch(mails, false) }

// SendBatchLast is SendBatch for the last mails of the session, which only Quit
// or Close may follow. It sends QUIT at the end of the batch. As with SendLast, the
// reply to QUIT confirms the replies to the last mails.
func (s *Session) SendBatchLast(mails []Mail) []Delivery { return s.sendBatch(mails, true) }

func (s *Session) sendBatch(mails []Mail, last bool) []Delivery {
	out := newDeliveries(mails)
	g := &group{s: s}
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
	return out
}

// newDeliveries returns a delivery for each mail, with a row for each recipient.
func newDeliveries(mails []Mail) []Delivery {
	out := make([]Delivery, len(mails))
	rows := 0
	for i := range mails {
		rows += len(mails[i].Envelope.Recipients)
	}
	all := make([]RecipientResult, rows)
	for i := range mails {
		rcpts := mails[i].Envelope.Recipients
		n := len(rcpts)
		out[i].Recipients, all = all[:n:n], all[n:]
		for j := range rcpts {
			out[i].Recipients[j].Address = rcpts[j].Address
		}
	}
	return out
}

// sendNext sends mails[0]; the envelope of mails[1] may leave with it. It returns
// the error if that ends the batch.
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
	if s.dead || e.Kind == KindCanceled {
		return e
	}
	return nil
}

// giveUp sets the error of the mails that were not tried because of why.
func (s *Session) giveUp(why *Error, rest []Delivery) {
	if len(rest) == 0 {
		return
	}
	e := s.notTried(why)
	for i := range rest {
		rest[i].Err = &e
	}
}
