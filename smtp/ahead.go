// SPDX-License-Identifier: MIT

package smtp

// offerAhead tells the transaction of mails[0] that mails[1] may be begun
// behind its final dot: where its whole envelope fits into one transaction, and
// leaves by DATA.
func (s *Session) offerAhead(mails []Mail) {
	s.batch.more = len(mails) > 1
	s.batch.next = nil
	if len(mails) < 2 || !s.pipelining || s.waits {
		return
	}
	next := &mails[1]
	if s.alone(mails[0].Envelope) && s.alone(next.Envelope) && !s.inChunks(next.Envelope) {
		s.batch.next = next
	}
}

// alone tells that all recipients fit into one transaction.
func (s *Session) alone(env *Envelope) bool {
	n := len(env.Recipients)
	return n > 0 && s.limit.batch(env.Recipients, 0) == n
}

// inChunks tells that the content goes by BDAT.
func (s *Session) inChunks(env *Envelope) bool {
	return (env.Chunking || env.Body == BodyBinaryMIME) && s.offers("CHUNKING")
}

// lookAhead puts the next mail's envelope behind the final dot in the write
// buffer, as much of it as the kernels can hold for a peer that is busy
// answering (quietOctets), or QUIT behind the last dot of all. DATA and QUIT are
// the last commands of a group (RFC 2920, section 3.1), so that nothing is ever
// behind them.
func (s *Session) lookAhead() {
	if s.parts() {
		s.quitSent = s.put(OpQUIT, []byte("QUIT"), false) == nil
		return
	}
	next := s.batch.next
	s.batch.next = nil
	if next == nil || s.limit.usedUp(s.mails) {
		return
	}
	present := s.tx
	defer func() { s.tx = present }()
	s.tx = transaction{}
	if s.plan(next.Envelope, next.Message) != nil {
		return // its own turn says so
	}
	t := &s.tx
	t.env, t.msg, t.rcpts = next.Envelope, next.Message, next.Envelope.Recipients
	octets := 0
	for t.written < t.commands() {
		s.line = s.appendEnvelope(s.line[:0], t.written)
		if octets += len(s.line) + 2; octets > quietOctets {
			break
		}
		if s.put(s.envelopeStep(t.written).op, s.line, false) != nil {
			break // its own turn says so
		}
		t.written++
	}
	s.batch.ahead, s.batch.began = *t, t.written > 0
}

// parts tells that QUIT may follow the dot of the present transaction.
func (s *Session) parts() bool {
	return s.quitAllowed && s.tx.final && s.pipelining && !s.cfg.LMTP && !s.waits
}

// takeAhead makes the transaction that was begun ahead the present one.
func (s *Session) takeAhead() bool {
	if !s.batch.began {
		return false
	}
	s.batch.began = false
	s.tx = s.batch.ahead
	return true
}
