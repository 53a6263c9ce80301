// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"errors"
	"strings"
)

// hello sends EHLO or, with LMTP, LHLO (RFC 2033), and learns what the server offers. If
// the server permanently refuses EHLO and neither TLS nor a login is required, hello tries
// HELO (RFC 5321, section 3.2). Unless a login is set, hello also tries HELO if the server
// replies 503 after STARTTLS: some servers think that the second EHLO is a duplicate.
func (s *Session) hello() *Error {
	name, err := s.cfg.ehloName(s.tcpConn())
	if err != nil {
		return asError(err, OpEHLO, KindLocal)
	}
	verb := "EHLO "
	if s.cfg.LMTP {
		verb = "LHLO "
	}
	e := s.exchange(&stepEHLO, []byte(verb+name))
	if e == nil {
		s.learn(s.raw.text)
		return nil
	}
	mayDo := !s.cfg.LMTP && s.tls == nil && s.cfg.Auth == nil &&
		(s.security == NoSecurity || s.security == STARTTLSIfOffered)
	if !s.dead && e.Reply.Permanent() && e.Reply.Code == 503 && s.upgraded() && !s.cfg.LMTP {
		if s.cfg.Auth.set() {
			e = &Error{Op: OpAUTH, Kind: KindUnsupported, Reply: e.Reply,
				Err: errors.New("after STARTTLS, the server refused EHLO, so it does not offer AUTH")}
			e.Hint = "nothing was sent; use implicit TLS (port 465) if the server has it, or no login if the server accepts mail without one"
			return e
		}
		mayDo = true
	}
	if s.dead || !e.Reply.Permanent() || !mayDo {
		return e
	}
	s.ext, s.pipelining, s.limits = nil, false, limits{}
	helo := s.exchange(&stepEHLO, []byte("HELO "+name))
	if helo != nil && helo.Reply == nil && helo.ended() {
		return e // the server refused EHLO, and then closed the connection
	}
	return helo
}

// learn sets the service extensions from the text of the reply to EHLO. It discards the
// extensions of an earlier reply (RFC 3207, section 4.2).
func (s *Session) learn(text []byte) {
	s.ext = make(map[string]string)
	_, rest, _ := bytes.Cut(text, []byte{'\n'})
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		keyword, params, _ := strings.Cut(strings.TrimSpace(Visible(s.raw.utf8(string(line)))), " ")
		keyword = strings.ToUpper(keyword)
		params = strings.TrimSpace(params)
		if keyword == "" {
			continue
		}
		// Old servers write "AUTH=LOGIN PLAIN".
		if first, ok := strings.CutPrefix(keyword, "AUTH="); ok {
			keyword, params = "AUTH", strings.TrimSpace(first+" "+params)
		}
		if old, twice := s.ext[keyword]; twice && keyword == "AUTH" {
			params = strings.TrimSpace(old + " " + params)
		}
		s.ext[keyword] = params
	}
	for _, off := range s.cfg.ExtensionsOff {
		delete(s.ext, strings.ToUpper(off))
	}
	_, s.pipelining = s.ext["PIPELINING"]
	s.limits = parseLimits(s.ext["LIMITS"])
	s.limits.size = parseSize(s.ext["SIZE"])
}

// upgraded reports whether TLS was started by STARTTLS.
func (s *Session) upgraded() bool { return s.tls != nil && s.security != ImplicitTLS }

// set reports whether a login is configured or required.
func (a *Auth) set() bool {
	return a != nil && (a.Required || a.Login != "" || a.Password != "" || a.Token != nil || len(a.Mechanisms) > 0)
}
