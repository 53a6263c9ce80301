// SPDX-License-Identifier: MIT

package smtp

// Quit sends QUIT, waits at most Timeouts.Quit for the reply, and closes the
// connection. It does nothing if the session has already ended. Its error does not
// affect any mail: a mail that was accepted stays accepted.
func (s *Session) Quit() error {
	if s.dead && !s.quitSaid {
		return nil
	}
	s.startClock()
	if e := s.quit(); e != nil {
		return e
	}
	return nil
}

// quit ends the session as Quit does, but within the time limit of the current call.
func (s *Session) quit() (e *Error) {
	if s.quitSaid {
		e = s.quitFailed
		s.quitSaid, s.quitFailed = false, nil
	} else {
		e = s.sayQuit()
	}
	if !s.dead && s.tls != nil {
		// Send close_notify. An alert is small, so writing it does not block.
		_ = s.tls.Close()
	}
	s.kill()
	s.buffers.release(s.body.longest)
	return e
}

// Close ends the connection without QUIT.
func (s *Session) Close() error {
	s.kill()
	return nil
}

// quitInStep sends QUIT, unless QUIT was already sent together with the final dot, and
// reports whether the replies matched the commands. If QUIT fails, quitInStep stores the error,
// which the method Quit then returns.
func (s *Session) quitInStep() bool {
	e := s.sayQuit()
	s.quitSaid, s.quitFailed = true, e
	switch {
	case e == nil, e.Reply == nil && e.Err != errUnasked, e.Reply.EndsSession():
		return true // a failure of QUIT itself does not affect the mail
	case e.Reply == nil || e.Reply.Code/10 != 50 || s.dead:
		s.kill()
		return false
	}
	// The server may refuse QUIT, but must not send another reply after that.
	_ = s.link.SetReadDeadline(s.deadline(min(s.timeouts.Quit, lastReplyTime)))
	if readReply(s.rd, &s.raw, s.onLine) != nil {
		return true
	}
	s.kill()
	return false
}

// quitAfterRSET ends a session whose server refused RSET. The refusal may have been the
// reply to another command; the reply to QUIT shows whether it was. quitAfterRSET
// reports whether the replies matched the commands.
func (s *Session) quitAfterRSET() bool {
	inStep := s.quitInStep()
	s.kill()
	if !inStep {
		s.verdicts.takeBack()
	}
	return inStep
}

// sayQuit sends QUIT, unless it was already sent, and reads the reply.
func (s *Session) sayQuit() (e *Error) {
	if s.quitSent {
		s.arm(&stepQUIT)
		e = s.await(&stepQUIT)
	} else {
		e = s.exchange(&stepQUIT, []byte("QUIT"))
	}
	if e == nil {
		s.link.PeerCloses()
	}
	return e
}
