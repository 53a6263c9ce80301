// SPDX-License-Identifier: MIT

package smtp

// Only its position says which command a reply belongs to. The session detects an
// extra or a missing reply by a reply that no command waits for, or by a reply
// that its command cannot get. See verdicts for what that means for the mails.

// waiting reports whether there are octets from the server to read. It checks what
// has been received; if kernel is set it also asks the operating system, which
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

// probe reads what has arrived, without waiting. Unless kernel is set it reads only
// what crypto/tls has already received.
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
