// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"csmtp/smtp/sasl"
)

const (
	// maxAuthCommand is the maximum length of an AUTH command, including its initial
	// response and its line end. A response that does not fit is sent after the server's
	// empty challenge (RFC 4954, section 4).
	maxAuthCommand = 512
	// maxAuthLine is the maximum length of a line of the exchange (RFC 4954, section
	// 4.4).
	maxAuthLine = 12288
	// maxAuthRounds is the maximum number of challenges. No mechanism needs that many.
	maxAuthRounds = 20
)

// login logs in with Config.Auth. If the server does not offer AUTH, login returns an
// error if Auth.Required is set, and otherwise does nothing.
func (s *Session) login() *Error {
	auth := s.cfg.Auth
	params, offered := s.ext["AUTH"]
	if !offered {
		if !auth.Required {
			s.event("no login: the server does not offer AUTH, so mails are sent without one")
			s.loginSkipped = true
			return nil
		}
		e := &Error{Op: OpAUTH, Kind: KindUnsupported, Err: errors.New("the server does not offer AUTH")}
		e.Hint = hint(e, s)
		return e
	}
	mechanisms := strings.Fields(params)
	names, e := s.mechanisms(mechanisms)
	if e != nil {
		return e
	}
	e = s.timed(&s.watch.took.Login, func() *Error { return s.loginWithOne(mechanisms, names) })
	if e == nil {
		s.measured(LoggedIn, nil)
	} else {
		s.measured(LoginFailed, e)
	}
	return e
}

// loginWithOne tries the mechanisms in 'names' until the server accepts a login, or no
// other mechanism may be tried. If Config.Logins contains a mechanism for the server,
// loginWithOne tries that mechanism first.
func (s *Session) loginWithOne(mechanisms, names []string) (e *Error) {
	auth := s.cfg.Auth
	ch := sasl.Channel{Host: s.server.Host, Port: s.server.Port, TLS: s.TLSState(), Offered: mechanisms}
	server := s.cfg.knownAs(s.server)
	tried := s.cfg.Logins.get(server)
	order, known := tried.order(names)
	if known && tried.instead != "" {
		s.event("trying %s first: in an earlier session, the server refused another mechanism", tried.instead)
	}
	var first *Error
	var refused []string
	for _, name := range order {
		var more bool
		e, more = s.loginWith(name, auth.Credentials, ch)
		if e == nil {
			if known && name == tried.instead {
				tried.worked = true
				s.cfg.Logins.set(server, tried)
			}
			return nil
		}
		if first == nil {
			first = e
		}
		if e.Reply != nil {
			refused = append(refused, name)
		}
		switch {
		case s.dead && e.Reply == nil && e.ended():
			return first // the refusal of a mechanism, if the server sent one before the connection ended
		case more && !s.dead:
			continue
		case !known:
			return s.loginInstead(names, refused, e, ch)
		case name == tried.instead && !tried.worked && e.Reply.Permanent():
			s.cfg.Logins.set(server, triedLogin{first: tried.first})
		}
		return e
	}
	return first
}

var errWork = errors.New("computing the response to the server's challenge took too long")

// mechanisms returns the mechanisms to try, in order.
func (s *Session) mechanisms(offered []string) ([]string, *Error) {
	auth := s.cfg.Auth
	if s.tls == nil && s.security == STARTTLSIfOffered {
		// The server may have offered STARTTLS, and an attacker may have removed the
		// offer. Such an attacker could use even the response to a challenge, either to
		// log in elsewhere or to guess the password.
		return nil, errNotStripped()
	}
	names := sasl.Order(offered, &auth.Credentials, s.tls != nil, auth.Mechanisms)
	fail := func(text string) ([]string, *Error) {
		e := &Error{Op: OpAUTH, Kind: KindUnsupported, Err: errors.New(text)}
		e.Hint = hint(e, s)
		return nil, e
	}
	if len(names) == 0 {
		_, e := fail(fmt.Sprintf("no usable mechanism: the server offers %q", s.cfg.Secrets.Hide(strings.Join(offered, " "))))
		e.Hint = noMechanism(offered, auth)
		return nil, e
	}
	if s.tls != nil {
		return names, nil
	}
	names = slices.DeleteFunc(names, func(n string) bool {
		if sasl.NeedsToken(n) {
			return !auth.TokenInClear
		}
		return auth.NoCleartext && sasl.SendsPassword(n)
	})
	if len(names) == 0 {
		return fail("the login would be sent without TLS")
	}
	return names, nil
}

// noMechanism returns the hint for a server that offers none of the mechanisms that the
// credentials can use.
func noMechanism(offered []string, auth *Auth) Hint {
	token := false // whether the server accepts access tokens
	password := false
	for _, name := range offered {
		token = token || sasl.NeedsToken(name)
		password = password || !sasl.NeedsToken(name) && slices.Contains(sasl.Names(), strings.ToUpper(name))
	}
	switch {
	case len(auth.Mechanisms) > 0:
		return HintOtherMechanism
	case token && auth.Token == nil:
		return HintSetToken
	case password && auth.Token != nil:
		return HintSetPassword
	}
	return "the server's operator must enable a mechanism such as PLAIN"
}

// loginWith tries one mechanism. 'more' reports whether another one may be tried.
func (s *Session) loginWith(name string, c sasl.Credentials, ch sasl.Channel) (e *Error, more bool) {
	// A server may demand a long computation, such as many SCRAM iterations. The
	// computation is stopped when the timeout for a reply has passed.
	ctx, over := context.WithDeadline(s.ctx, s.deadline(s.timeouts.Command))
	defer over()
	ch.Canceled = ctx.Done()
	m, err := sasl.New(name, c, ch)
	if err != nil {
		return s.mechanismError(name, 0, err)
	}
	ir, err := m.Start()
	if err != nil {
		return s.mechanismError(name, 0, err)
	}
	s.inAuth = true
	rounds, e := s.authExchange(m, ir)
	s.inAuth = false
	if e == nil {
		s.mechanism = m.Name()
		s.event("logged in with %s", s.mechanism)
		return nil, false
	}
	e.Mechanism, e.Rounds = name, rounds
	if name == "EXTERNAL" && e.Reply.Permanent() {
		e.Hint = HintAuthorizationID
		if c.AuthzID != "" {
			e.Hint = HintOtherAuthzID
		}
	}
	bearer := sasl.NeedsToken(name)
	if bearer && e.Reply != nil && (e.Reply.Code == 535 || sasl.Refusal(m) != nil) {
		e.Hint = tokenHint(e)
	}
	if e.Reply == nil {
		var se *sasl.Error
		return e, errors.As(e.Err, &se) && se.TryNext()
	}
	if e.Reply.Code == 535 && bearer && !c.Fresh && !s.dead {
		// The token may have expired: try once more with a fresh one.
		c.Fresh = true
		again, more := s.loginWith(name, c, ch)
		switch {
		case again == nil:
		case again.Kind == KindToken:
			again.Err = fmt.Errorf("%w; the server refused the previous token: %s", again.Err, e.Reply)
		case again.Reply == nil && again.ended():
			return e, false // the server refused the token, and then closed the connection
		}
		return again, more
	}
	return e, anotherMechanism(e.Reply, rounds)
}

// anotherMechanism reports whether the server refused the mechanism rather than
// the credentials (RFC 4954, sections 4 and 6).
func anotherMechanism(r *Reply, rounds int) bool {
	switch r.Code {
	case 504, 534:
		return true
	case 500, 501, 502, 503:
		return rounds == 0
	case 535:
		return r.Enhanced == EnhancedCode{5, 7, 4}
	}
	return false
}

// mechanismError returns the *Error for err, an error of package sasl, and reports
// whether another mechanism may be tried.
func (s *Session) mechanismError(name string, rounds int, err error) (*Error, bool) {
	e := &Error{Op: OpAUTH, Kind: KindLocal, Mechanism: name, Rounds: rounds, Err: err}
	var se *sasl.Error
	more := false
	if errors.As(err, &se) {
		more = se.TryNext()
		switch se.Reason {
		case sasl.BadChallenge, sasl.BadServerProof:
			e.Kind = KindProtocol
		case sasl.ServerError:
			e.Kind = KindRefused
		case sasl.NoBinding, sasl.NoIdentity, sasl.UnknownMechanism, sasl.Forbidden:
			e.Kind = KindUnsupported
		case sasl.NoToken:
			e.Kind, e.Err = KindToken, se.Err
			if s.ctx.Err() != nil {
				e.Kind = KindCanceled
			}
		case sasl.Stopped:
			e.Kind = KindCanceled
			if !errors.Is(s.ctx.Err(), context.Canceled) {
				e.Kind, e.Err = KindTimeout, errWork
			}
		}
	}
	e.Hint = hint(e, s)
	return e, more
}

// authExchange sends AUTH and responds to challenges until the server accepts or refuses.
// 'rounds' is the number of challenges answered.
func (s *Session) authExchange(m sasl.Mechanism, ir []byte) (rounds int, e *Error) {
	if e = s.begin(OpAUTH); e != nil {
		return 0, e
	}
	defer sasl.Wipe(ir)
	line := append([]byte("AUTH "), m.Name()...)
	held := ir != nil // whether there is an initial response that has not been sent
	again := false    // whether the initial response was sent with AUTH and may be sent once more
	if size := base64.StdEncoding.EncodedLen(len(ir)); held && len(line)+1+max(size, 1)+2 <= maxAuthCommand {
		line = append(line, ' ')
		line = appendResponse(line, ir)
		s.keepResponse(m.Name(), ir, line)
		held, again = false, true
	}
	secret := false
	for {
		if e = s.say(&stepAUTH, line, secret); e == nil {
			e = s.receive(OpAUTH)
		}
		clear(line)
		switch {
		case e != nil:
			return rounds, s.leftInLogin(m, e)
		case s.raw.code == 235:
			if held || !m.Done() {
				s.kill()
				return rounds, &Error{Op: OpAUTH, Kind: KindProtocol, Err: ErrIncompleteLogin}
			}
			return rounds, nil
		case s.raw.code != 334:
			return rounds, s.withRefusal(m, s.refused(OpAUTH))
		}
		if rounds == maxAuthRounds {
			return rounds, s.cancelAuth(&Error{Op: OpAUTH, Kind: KindProtocol,
				Err: fmt.Errorf("the server sends too many challenges: %d were answered", rounds)})
		}
		challenge, wrong := decodeChallenge(s.raw.text)
		response := ir
		switch {
		case held:
		case again && asksAgain(m, challenge, wrong):
			s.event("the server ignored the initial response: sending it again")
		default:
			var err error
			if wrong == nil || sasl.IgnoresChallenges(m.Name()) {
				response, err = m.Next(challenge)
			} else {
				err = &sasl.Error{Mechanism: m.Name(), Reason: sasl.BadChallenge, Detail: wrong.Error()}
			}
			if err != nil {
				failure, _ := s.mechanismError(m.Name(), rounds, err)
				return rounds, s.cancelAuth(failure)
			}
			rounds++
		}
		line = line[:0]
		// Normally, an empty response is sent as an empty line. But if the server has
		// ignored the initial response in the AUTH line, and sends words instead of
		// base64, it expects the initial response once more; an empty one is then sent as
		// "=".
		if len(response) > 0 || again && wrong != nil {
			line = appendResponse(line, response)
			s.keepResponse(m.Name(), response, line)
		}
		sasl.Wipe(response)
		held, again, secret = false, false, true
		if len(line)+2 > maxAuthLine {
			return rounds, s.cancelAuth(&Error{Op: OpAUTH, Kind: KindLocal,
				Err: fmt.Errorf("a response of %d octets is longer than RFC 4954 allows", len(line))})
		}
	}
}

// asksAgain reports whether the first challenge after an AUTH line with an initial response
// asks for that response once more: some servers do not read it in the AUTH line. 'wrong' is
// the error from decoding the challenge, or nil.
func asksAgain(m sasl.Mechanism, challenge []byte, wrong error) bool {
	return wrong != nil || len(challenge) == 0 || sasl.IgnoresChallenges(m.Name())
}

// withRefusal returns e, the refusal of a login. If the server gave the reason in an
// earlier challenge, withRefusal first adds this reason to e. OAuth servers send the reason
// as JSON.
func (s *Session) withRefusal(m sasl.Mechanism, e *Error) *Error {
	if r := sasl.Refusal(m); r != nil && e.Err == nil {
		e.Err = r
	}
	return e
}

// leftInLogin returns the error for a connection that ended with e during a login. If an
// earlier challenge contained the server's reason for refusing the login, the error is a
// refusal with this reason; otherwise it is e.
func (s *Session) leftInLogin(m sasl.Mechanism, e *Error) *Error {
	if r := sasl.Refusal(m); r != nil && e.Reply == nil && e.ended() {
		return &Error{Op: OpAUTH, Kind: KindRefused, Err: r}
	}
	return e
}

// cancelAuth cancels the exchange (RFC 4954, section 4) because of e, and returns e.
func (s *Session) cancelAuth(e *Error) *Error {
	if s.dead {
		return e
	}
	r := s.converse(&stepAUTH, []byte("*"), false)
	if r == nil {
		s.kill() // the server replied 235 although the login was canceled
	}
	return e
}

// appendResponse appends a response in base64. It appends an empty response as "=", which
// RFC 4954 requires for an initial response.
func appendResponse(line, response []byte) []byte {
	if len(response) == 0 {
		return append(line, '=')
	}
	return base64.StdEncoding.AppendEncode(line, response)
}

// decodeChallenge decodes the base64 of a challenge.
func decodeChallenge(text []byte) ([]byte, error) {
	if slices.Contains(text, '\n') {
		return nil, errors.New("it has several lines")
	}
	t := strings.TrimSpace(string(text))
	if t == "=" { // some servers send "=" for an empty challenge
		t = ""
	}
	b, err := base64.StdEncoding.DecodeString(t)
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	return b, nil
}
