// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// closedServer returns an address of 127.0.0.1 at which nobody listens.
func closedServer(t *testing.T) Server {
	return Server{Host: "127.0.0.1", Port: hosttest.ClosedPort(t)}
}

// An error from Dial contains the step, and the server's address if it is known.
func TestDialErrorHasStepAndAddress(t *testing.T) {
	refuses := say(t, "554 no service\r\n")
	closed := closedServer(t)
	for name, c := range map[string]struct {
		server    Server
		localAddr string
		op        Op
		kind      Kind
		addr      bool
	}{
		"unknown name":       {Server{Host: "no-such-host.invalid", Port: 25}, "", OpResolve, KindResolve, false},
		"no IPv6 address":    {closed, "::1", OpResolve, KindDial, false},
		"refused connection": {closed, "", OpConnect, KindDial, false},
		"greeting 554":       {refuses, "", OpGreeting, KindRefused, true},
	} {
		_, err := Dial(context.Background(), &Config{Servers: []Server{c.server}, LocalAddr: c.localAddr})
		var e *Error
		require.True(t, errors.As(err, &e), "%s: %v", name, err)
		assert.Equal(t, c.op, e.Op, name)
		assert.Equal(t, c.kind, e.Kind, name)
		if c.addr {
			require.NotNil(t, e.Addr, name)
			assert.Equal(t, c.server.String(), e.Addr.String(), name)
		} else {
			assert.Nil(t, e.Addr, name)
		}
	}
}

// Dial tries the next server only if another server may be able to avoid the error.
func TestNextServer(t *testing.T) {
	greets := func(text string) Server { return say(t, text) }
	for name, c := range map[string]struct {
		first Server
		next  bool
	}{
		"refused connection": {closedServer(t), true},
		"unknown name":       {Server{Host: "no-such-host.invalid", Port: 25}, true},
		"greeting 421":       {greets("421 4.3.2 later\r\n"), true},
		"greeting 450":       {greets("450 later\r\n"), true},
		"greeting 554":       {greets("554 no service\r\n"), true},
		"no SMTP":            {greets("HTTP/1.1 400 Bad Request\r\n"), true},
		"hangs up":           {serve(t, func(c net.Conn) {}), true},
		"silent":             {serve(t, func(c net.Conn) { io.Copy(io.Discard, c) }), true},
		"EHLO 421":           {say(t, "220 a\r\n", "421 later\r\n"), true},
		"EHLO 550":           {say(t, "220 a\r\n", "550 no\r\n"), false},
		"AUTH 535":           {say(t, "220 a\r\n", "250 AUTH\r\n"), false},
		"AUTH 454":           {say(t, "220 a\r\n", "250-a\r\n250 AUTH PLAIN\r\n", "454 later\r\n", "221 bye\r\n"), true},
		"AUTH 421":           {say(t, "220 a\r\n", "250-a\r\n250 AUTH PLAIN\r\n", "421 later\r\n"), true},
		"AUTH 432":           {say(t, "220 a\r\n", "250-a\r\n250 AUTH PLAIN\r\n", "432 new password\r\n", "221 bye\r\n"), false},
		"hangs up at AUTH":   {say(t, "220 a\r\n", "250-a\r\n250 AUTH PLAIN\r\n"), true},
		"bad host":           {Server{Host: "bad host\r\n", Port: 25}, false},
	} {
		if name == "AUTH 535" {
			c.first = say(t, "220 a\r\n", "250-a\r\n250 AUTH PLAIN\r\n", "535 no\r\n", "221 bye\r\n")
		}
		good := record(t, "AUTH PLAIN")
		cfg := &Config{Servers: []Server{c.first, good.Server}, Timeouts: Timeouts{Greeting: 300 * time.Millisecond},
			Auth: &Auth{Credentials: alice}}
		_, err := Dial(context.Background(), cfg)
		// The recorder replies 250 to AUTH, which is not a valid reply. The error shows that
		// the client has sent AUTH.
		var e *Error
		require.True(t, errors.As(err, &e), "%s: %v", name, err)
		assert.Equal(t, c.next, len(good.commands()) > 0, "%s: %v", name, err)
	}
}

func TestAllServersFail(t *testing.T) {
	first, second := closedServer(t), say(t, "554 5.3.2 No service here\r\n")
	_, err := Dial(context.Background(), &Config{Servers: []Server{first, second}})
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, OpGreeting, e.Op)
	assert.Contains(t, err.Error(), "No service here")
	assert.Contains(t, err.Error(), first.String())
	_, err = Dial(context.Background(), &Config{})
	require.True(t, errors.As(err, &e))
	assert.Equal(t, KindLocal, e.Kind)
}

// The client uses HELO with an old server, unless the settings require something that
// needs EHLO.
func TestHELO(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		answer string
		helo   bool
	}{
		"old server":  {func(*Config) {}, "500 what?\r\n", true},
		"502":         {func(*Config) {}, "502 not implemented\r\n", true},
		"if offered":  {func(c *Config) { c.Security = STARTTLSIfOffered }, "500 what?\r\n", true},
		"login":       {func(c *Config) { c.Auth = &Auth{Credentials: alice} }, "500 what?\r\n", false},
		"STARTTLS":    {func(c *Config) { c.Security = STARTTLS }, "500 what?\r\n", false},
		"LMTP":        {func(c *Config) { c.LMTP = true }, "500 what?\r\n", false},
		"for now":     {func(*Config) {}, "450 later\r\n", false},
		"421":         {func(*Config) {}, "421 bye\r\n", false},
		"not a reply": {func(*Config) {}, "what?\r\n", false},
	} {
		cfg := &Config{Servers: []Server{say(t, "220 a\r\n", c.answer, "250 hello\r\n", "221 bye\r\n")}, LocalName: "me.example"}
		var mu sync.Mutex
		var lines []string
		cfg.Trace = func(d Direction, line string) {
			mu.Lock()
			defer mu.Unlock()
			if d == ClientLine {
				lines = append(lines, line)
			}
		}
		c.change(cfg)
		s, err := Dial(context.Background(), cfg)
		assert.Equal(t, c.helo, err == nil, "%s: %v", name, err)
		if err == nil {
			assert.Empty(t, s.Extensions())
			s.Close()
		}
		assert.Equal(t, c.helo, strings.Contains(strings.Join(lines, "|"), "HELO me.example"), name)
	}
}

func TestExtensions(t *testing.T) {
	s := record(t, "size 1000", "AUTH PLAIN", "AUTH=LOGIN CRAM-MD5", "", "LIMITS RCPTMAX=5 MAILMAX=7", "X-ODD \x1b", "Pipelining").session(t)
	params, ok := s.Extension("Size")
	assert.True(t, ok)
	assert.Equal(t, "1000", params)
	params, _ = s.Extension("AUTH")
	assert.Equal(t, "PLAIN LOGIN CRAM-MD5", params)
	_, ok = s.Extension("STARTTLS")
	assert.False(t, ok)
	assert.True(t, s.pipelining)
	assert.Equal(t, limits{size: 1000, mails: 7, rcpts: 5}, s.limits)
	s.Extensions()["SIZE"] = "changed"
	params, _ = s.Extension("SIZE")
	assert.Equal(t, "1000", params)
	assert.Equal(t, `\x1b`, s.Extensions()["X-ODD"])
	assert.NotNil(t, s.LocalAddr())
	assert.NotNil(t, s.RemoteAddr())
	assert.Nil(t, s.TLSState())
	require.NoError(t, s.Noop())
	require.NoError(t, s.Quit())
	require.NoError(t, s.Quit(), "twice does no harm")
	require.False(t, s.Usable())
	require.NoError(t, s.Close())
}

// Before MAIL, the client detects that the server has closed an idle session, and reports
// the server's last reply.
func TestIdleSession(t *testing.T) {
	for _, security := range []Security{NoSecurity, ImplicitTLS} {
		for _, last := range []string{"close after 1", "421 after 1"} {
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Do: last}}})
			s, err := Dial(context.Background(), configFor(server, security))
			require.NoError(t, err)
			defer s.Close()
			_, err = s.Send(envelopeTo("a@test.example"), hello)
			require.NoError(t, err)
			res, err := s.Send(envelopeTo("a@test.example"), hello)
			require.True(t, IsStale(err), "%v", err)
			var e *Error
			require.ErrorAs(t, err, &e)
			// The text of the error is not compared: it contains the port, which may contain 421.
			assert.Equal(t, last == "421 after 1", e.Reply != nil && e.Reply.Code == 421, "%v", err)
			assert.True(t, res.SafeToRetry(err))
			require.Len(t, server.Mails(), 1)
		}
	}
}

// Neither Trace nor an error shows the secret in any form.
func TestNoSecretInTrace(t *testing.T) {
	const password, token = "s3cret pass", "good-token"
	for _, mechanism := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"} {
		for _, wrong := range []string{"", "not it"} {
			server := mailServer(t, smtptest.MailOptions{})
			cfg := configFor(server, NoSecurity)
			cfg.Auth = &Auth{Credentials: sasl.Credentials{Login: "alice@test.example", Password: password + wrong}, Mechanisms: []string{mechanism}}
			if strings.HasPrefix(mechanism, "XO") || strings.HasPrefix(mechanism, "OA") {
				cfg.Auth.Token = func(bool) (string, error) { return token + wrong, nil }
				cfg.Auth.TokenInClear = true
			}
			var seen strings.Builder
			cfg.Trace = func(_ Direction, line string) { seen.WriteString(line + "\n") }
			s, err := Dial(context.Background(), cfg)
			assert.Equal(t, wrong != "", err != nil, mechanism)
			if err != nil {
				seen.WriteString(err.Error())
			} else {
				s.Quit()
			}
			require.Contains(t, seen.String(), "AUTH "+mechanism)
			for _, secret := range []string{password, token} {
				for _, form := range []string{secret, b64(secret), b64("\x00alice@test.example\x00" + secret)[:20], b64("x" + secret)[4:12], b64("xx" + secret)[4:12]} {
					assert.NotContains(t, seen.String(), form, mechanism)
				}
			}
		}
	}
}
