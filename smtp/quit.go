// SPDX-License-Identifier: MIT

package smtp

// Quit says QUIT, waits for the 221 no longer than Timeouts.Quit, and closes.
// On a session that has already ended it does nothing. Its error never speaks
// of a mail: what was accepted stays so.
func (s *Session) Quit() error {
	if s.dead && !s.quitSaid {
		return nil
	}
	s.begun()
	if e := s.quit(); e != nil {
		return e
	}
	return nil
}

// quit is Quit within the time of the present call.
func (s *Session) quit() (e *Error) {
	if s.quitSaid {
		e = s.quitFailed
		s.quitSaid, s.quitFailed = false, nil
	} else {
		e = s.sayQuit()
	}
	if !s.dead && s.tls != nil {
		// Say goodbye in TLS too; the peer's window has room for an alert.
		_ = s.tls.Close()
	}
	s.kill()
	return e
}

// Close ends the connection without QUIT.
func (s *Session) Close() error {
	s.kill()
	return nil
}
