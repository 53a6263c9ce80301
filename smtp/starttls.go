// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
)

// upgrade starts TLS by STARTTLS (RFC 3207) and sends EHLO again. If the server does not offer
// STARTTLS, upgrade returns an error or, with STARTTLSIfOffered, leaves the session without TLS.
func (s *Session) upgrade() *Error {
	if _, ok := s.ext["STARTTLS"]; !ok {
		if s.security == STARTTLSIfOffered {
			if line := s.masked(); line != "" {
				s.event("no TLS: the server does not offer STARTTLS, but lines of its reply to EHLO were overwritten: %s", line)
				return nil
			}
			s.event("no TLS: the server does not offer STARTTLS")
			return nil
		}
		e := &Error{Op: OpSTARTTLS, Kind: KindUnsupported, Err: errors.New("the server does not offer STARTTLS")}
		if line := s.masked(); line != "" {
			e.Err = errors.New("the server does not offer STARTTLS, but lines of its reply to EHLO were overwritten: " + line)
		}
		e.Hint = hint(e, s)
		return e
	}
	if e := s.timed(&s.watch.took.EHLO, func() *Error { return s.exchange(&stepSTARTTLS, []byte("STARTTLS")) }); e != nil {
		return e
	}
	// Unencrypted octets after the reply 220 may come from an attacker. The client would
	// take them for the reply to a command that it sends over TLS.
	if s.rd.Buffered() > 0 {
		s.kill()
		return &Error{Op: OpSTARTTLS, Kind: KindTLS,
			Err: errors.New("plain text followed the reply to STARTTLS: the server is faulty, or someone on the network path inserted it")}
	}
	s.ext, s.pipelining, s.limits = nil, false, limits{}
	if e := s.startTLS(); e != nil {
		return e
	}
	return s.timed(&s.watch.took.EHLO, s.hello)
}

// masked returns a line of the reply to EHLO that a firewall or virus scanner has
// overwritten, such as XXXXXXXA, or "" if there is none. The overwritten line is
// usually STARTTLS.
func (s *Session) masked() string {
	var line string
	for keyword := range s.ext {
		if rest := strings.TrimLeft(keyword, "X"); len(rest) <= 1 && len(keyword) >= 4 && (line == "" || keyword < line) {
			line = keyword
		}
	}
	return line
}

// startTLS does the TLS handshake.
func (s *Session) startTLS() *Error {
	e := s.timed(&s.watch.took.TLS, s.secure)
	if e == nil {
		s.measured(TLSStarted, nil)
	}
	return e
}

func (s *Session) secure() *Error {
	end := s.deadline(s.timeouts.TLS)
	ctx, cancel := context.WithDeadline(s.ctx, end)
	defer cancel()
	conn, err := s.cfg.handshake(ctx, s.link, s.server.Host)
	if err != nil {
		s.kill()
		// If s.ctx is canceled, the handshake may fail before ctx, which is derived from
		// s.ctx, has ended. The error of the handshake then does not say that s.ctx was
		// canceled.
		if errors.Is(s.ctx.Err(), context.Canceled) {
			return &Error{Op: OpTLS, Kind: KindCanceled, Err: context.Cause(s.ctx)}
		}
		return asError(err, OpTLS, KindTLS)
	}
	s.tls = conn
	s.rd.Reset(conn)
	state := conn.ConnectionState()
	s.event("%s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	return nil
}
