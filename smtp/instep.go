// SPDX-License-Identifier: MIT

package smtp

import "errors"

// Only its position says which command a reply belongs to. An extra or a missing
// reply shifts all later ones, so that a refusal may be read as a success. The
// session detects this by a reply that no command waits for, or a reply that its
// command cannot get.

var errOutOfStep = errors.New("the server's replies are out of step with the commands")

// waiting reports whether there are octets from the server to read. It checks what
// has been received; with kernel set it also asks the operating system, which
// takes a system call. It returns an error if the connection has ended.
func (s *Session) waiting(kernel bool) (bool, error) {
	if s.rd.Buffered() > 0 {
		return true, nil
	}
	if !kernel && s.tls == nil {
		return false, nil
	}
	err := s.probe(kernel)
	return s.rd.Buffered() > 0, err
}

// probe reads what has arrived, without waiting. Without kernel it reads only
// what crypto/tls holds already.
func (s *Session) probe(kernel bool) error {
	return s.link.Probe(kernel, s.rd.Fill)
}

// unasked reads a reply that answers no command and ends the session. It
// reports whether the server announces that it closes the connection, which it may
// do at any time (RFC 5321, section 3.8); any other reply is out of step.
func (s *Session) unasked() (leaves bool) {
	_ = s.link.SetDeadline(s.deadline(unsolicitedTime))
	err := readReply(s.rd, &s.raw, s.onLine)
	s.kill()
	return err == nil && endsSession(s.raw.code)
}

// confirm is called with the verdict on a message: e is nil or the refusal. If
// something is left over although every command has its reply, the verdict
// may have been the reply to an earlier command.
func (s *Session) confirm(e *Error, kernel bool) *Error {
	switch {
	case s.tx.doubt:
		return e
	case s.dead:
		if s.only421Or221() {
			return e
		}
	case s.batch.began || s.quitSent:
		return e // more replies are due
	default:
		if left, _ := s.waiting(kernel); !left || s.unasked() {
			return e
		}
	}
	s.takeBackVerdicts()
	return s.misread()
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

// nothingLeft takes back the verdicts on the mails of a batch if something is
// left over although every command has its reply.
func (s *Session) nothingLeft() {
	if s.dead {
		return
	}
	if left, _ := s.waiting(true); left && !s.unasked() {
		s.takeBackVerdicts()
	}
}

// misread returns the error for a message whose reply may belong to another
// command.
func (s *Session) misread() *Error {
	t := &s.tx
	t.open, t.doubt, t.reply = false, true, nil
	for i := range t.rows {
		t.rows[i].Accepted = false
	}
	return outOfStep()
}

func outOfStep() *Error {
	return &Error{Op: OpEndOfData, Kind: KindProtocol, Err: &doubt{errOutOfStep, true}}
}

// awaitConfirmation notes that the verdict on a mail of a batch waits for a sign that
// the session is in step behind it.
func (b *batch) awaitConfirmation(d *Delivery) {
	if d.Outcome != InDoubt {
		b.unconfirmed = append(b.unconfirmed, d)
	}
}

// nextMails is called when every command so far has its reply and nothing is
// left over. What is left over may still arrive while the next mails are sent.
func (b *batch) nextMails() { b.before, b.unconfirmed = b.unconfirmed, b.before[:0] }

// inStep is called when a reply is one that only its command can have.
func (b *batch) inStep() { b.before, b.unconfirmed = b.before[:0], b.unconfirmed[:0] }

// takeBackVerdicts takes back the verdicts that nothing has confirmed: the replies to
// them may have been those to other commands.
func (s *Session) takeBackVerdicts() {
	takeBack(s.batch.before)
	s.missing()
	s.batch.before = nil
}

// missing is takeBackVerdicts where a reply does not come. One that was missing among
// the replies to earlier mails has been missed there.
func (s *Session) missing() {
	takeBack(s.batch.unconfirmed)
	s.batch.unconfirmed = nil
}

func takeBack(mails []*Delivery) {
	for _, d := range mails {
		d.Outcome, d.Reply, d.QueueID = InDoubt, nil, ""
		for i := range d.Recipients {
			d.Recipients[i].Accepted = false
		}
		d.Err = outOfStep()
	}
}

// farewell ends the session of a mail whose verdict is e.
func (s *Session) farewell(e *Error) *Error {
	if s.quitInStep() {
		return e
	}
	return s.misread()
}

// quitInStep says QUIT, unless it has left with the final dot, and reports
// whether the replies were in step up to there. It keeps what Quit returns.
func (s *Session) quitInStep() bool {
	e := s.sayQuit()
	s.quitSaid, s.quitFailed = true, e
	switch {
	case e == nil, e.Reply == nil && e.Err != errUnasked, e.Reply.EndsSession():
		return true // no failure at QUIT changes what was said of the mail
	case e.Reply == nil || e.Reply.Code/10 != 50 || s.dead:
		s.kill()
		return false
	}
	// The server may refuse QUIT. Then it says nothing more.
	_ = s.link.SetReadDeadline(s.deadline(min(s.timeouts.Quit, lastReplyTime)))
	if readReply(s.rd, &s.raw, s.onLine) != nil {
		return true
	}
	s.kill()
	return false
}

// endUnreset ends a session whose server refused RSET. That may have been the
// reply to another command: QUIT's shows it. It reports whether the replies
// were in step.
func (s *Session) endUnreset() bool {
	inStep := s.quitInStep()
	s.kill()
	if !inStep {
		s.takeBackVerdicts()
	}
	return inStep
}

// sayQuit does the QUIT command.
func (s *Session) sayQuit() *Error {
	if s.quitSent {
		s.arm(&stepQUIT)
		return s.await(&stepQUIT)
	}
	return s.exchange(&stepQUIT, []byte("QUIT"))
}
