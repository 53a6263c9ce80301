// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"errors"
)

// upgrade starts TLS by STARTTLS (RFC 3207) and sends EHLO again.
func (s *Session) upgrade() *Error {
	if _, ok := s.ext["STARTTLS"]; !ok {
		if s.security == STARTTLSIfOffered {
			s.event("no TLS: the server does not offer STARTTLS")
			return nil
		}
		e := &Error{Op: OpSTARTTLS, Kind: KindUnsupported, Err: errors.New("the server does not offer STARTTLS")}
		e.Hint = hint(e, s)
		return e
	}
	if e := s.exchange(&stepSTARTTLS, []byte("STARTTLS")); e != nil {
		return e
	}
	// Octets after the 220 in clear may come from an attacker who hopes that they
	// are taken for the reply to a command under TLS.
	if s.rd.Buffered() > 0 {
		s.kill()
		return &Error{Op: OpSTARTTLS, Kind: KindTLS,
			Err: errors.New("plain text followed the reply to STARTTLS: the server is faulty, or someone on the network path inserted it")}
	}
	s.ext, s.pipelining, s.limits = nil, false, limits{}
	if e := s.startTLS(); e != nil {
		return e
	}
	return s.hello()
}

// startTLS does the TLS handshake.
func (s *Session) startTLS() *Error {
	end := s.deadline(s.timeouts.TLS)
	ctx, cancel := context.WithDeadline(s.ctx, end)
	defer cancel()
	conn, err := s.cfg.handshake(ctx, s.link, s.server.Host)
	if err != nil {
		s.kill()
		return asError(err, OpTLS, KindTLS)
	}
	s.tls = conn
	s.rd.Reset(conn)
	state := conn.ConnectionState()
	s.event("%s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	return nil
}
