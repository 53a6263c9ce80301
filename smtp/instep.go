// SPDX-License-Identifier: MIT

package smtp

import "errors"

// A reply belongs to a command by its place alone. A reply too many or too few
// moves all that follow, so that a refusal may be read as a success. What shows
// it is a reply that no command waits for, or one that its command cannot have.

var errOutOfStep = errors.New("the server's replies are out of step with the commands")

// waiting reports whether octets of the server wait to be read. It looks at
// what has been received; with kernel set it also asks the operating system,
// which costs a system call. The error is that of a connection that has ended.
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
	if kernel && s.link.waits == nil {
		// The runtime's poller gives nothing after the deadline of the last step.
		_ = s.link.SetReadDeadline(noDeadline)
	}
	s.link.probing, s.link.dry = true, !kernel
	err := s.rd.Fill()
	s.link.probing, s.link.dry = false, false
	if err == errNothingYet {
		return nil
	}
	return err
}

// unasked reads a reply that answers no command and ends the session. It
// reports whether the server announces that it leaves, which it may do at any
// time (RFC 5321, section 3.8); anything else is out of step.
func (s *Session) unasked() (leaves bool) {
	_ = s.link.SetDeadline(s.deadline(unsolicitedTime))
	err := readReply(s.rd, &s.raw, s.onLine)
	s.kill()
	return err == nil && s.raw.code == 421
}

// confirm is called with the verdict on a message: e is nil or the refusal. If
// something is left over although every command has its reply, the verdict
// may have been the reply to an earlier command.
func (s *Session) confirm(e *Error, kernel bool) *Error {
	switch {
	case s.tx.doubt:
		return e
	case s.dead:
		if s.saidGoodbye() {
			return e
		}
	case s.batch.began || s.parted:
		return e // more replies are due
	default:
		if left, _ := s.waiting(kernel); !left || s.unasked() {
			return e
		}
	}
	s.astray()
	return s.misread()
}

// saidGoodbye reports whether what was received behind a 421 is no more than
// the same again, or the reply to a QUIT that has left.
func (s *Session) saidGoodbye() bool {
	for s.rd.HasLine() {
		if readReply(s.rd, &s.raw, s.onLine) != nil || s.raw.code != 421 && s.raw.code != 221 {
			return false
		}
	}
	return true
}

// misread is the error of a message whose verdict may belong to another command.
func (s *Session) misread() *Error {
	t := &s.tx
	t.open, t.doubt, t.reply = false, true, nil
	for i := range t.rows {
		t.rows[i].Accepted = false
	}
	return outOfStep()
}

func outOfStep() *Error {
	return &Error{Op: OpEndOfData, Kind: KindProtocol, Err: &doubt{errOutOfStep}}
}

// unsureOf notes that the verdict on a mail of a batch waits for a sign that
// the session is in step behind it.
func (b *batch) unsureOf(d *Delivery) {
	if d.Outcome != InDoubt {
		b.unsure = append(b.unsure, d)
	}
}

// inStep notes that the replies so far were in their places.
func (b *batch) inStep() { b.unsure = b.unsure[:0] }

// astray takes back the verdicts that nothing has confirmed.
func (s *Session) astray() {
	for _, d := range s.batch.unsure {
		d.Outcome, d.Reply, d.QueueID = InDoubt, nil, ""
		for i := range d.Recipients {
			d.Recipients[i].Accepted = false
		}
		d.Err = outOfStep()
	}
	s.batch.unsure = nil
}

// farewell says QUIT, unless it has left with the final dot, and reads the
// reply, which also shows whether the verdict e was in its place. No other
// failure changes it.
func (s *Session) farewell(e *Error) *Error {
	failed := s.sayQuit()
	s.quitSaid, s.quitFailed = true, failed
	if failed == nil || failed.Reply == nil && failed.Err != errUnasked || failed.Reply != nil && failed.Reply.Code == 421 {
		return e
	}
	if r := failed.Reply; r != nil && r.Code/10 == 50 && !s.dead {
		// The server may refuse QUIT; then it says nothing more.
		_ = s.link.SetReadDeadline(s.deadline(min(s.limits.Quit, lastWordsTime)))
		if readReply(s.rd, &s.raw, s.onLine) != nil {
			return e
		}
	}
	s.kill()
	return s.misread()
}

// sayQuit does the QUIT command.
func (s *Session) sayQuit() *Error {
	if s.parted {
		s.arm(&stepQUIT)
		return s.await(&stepQUIT)
	}
	return s.exchange(&stepQUIT, []byte("QUIT"))
}
