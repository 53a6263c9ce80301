// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dialogueServer starts a server that chooses each reply by the beginning of the client's
// line. The returned function returns the client's lines.
func dialogueServer(t testing.TB, mechanisms string, answers ...[2]string) (Server, func() []string) {
	r := &recorder{}
	server := serve(t, func(c net.Conn) { r.answer(c, mechanisms, answers) })
	return server, r.commands
}

func (r *recorder) answer(c net.Conn, mechanisms string, left [][2]string) {
	in := bufio.NewReader(c)
	answer := "220 a\r\n"
	for {
		io.WriteString(c, answer)
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		r.mu.Lock()
		r.lines = append(r.lines, line)
		r.mu.Unlock()
		answer = "500 what?\r\n"
		switch {
		case strings.HasPrefix(line, "EHLO"):
			answer = "250-a\r\n250 AUTH " + mechanisms + "\r\n"
		case line == "QUIT":
			answer = "221 bye\r\n"
		case len(left) > 0 && strings.HasPrefix(line, left[0][0]):
			answer = left[0][1] + "\r\n"
			left = left[1:]
		}
	}
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func loginTo(server Server, auth *Auth) error {
	s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Auth: auth, Timeouts: Timeouts{Total: 20 * time.Second}})
	if err == nil {
		s.Quit()
	}
	return err
}

var alice = sasl.Credentials{Login: "alice", Password: "s3cret pass"}

func TestMechanism(t *testing.T) {
	for _, auth := range []*Auth{{Credentials: alice}, nil} {
		server, _ := dialogueServer(t, "PLAIN", [2]string{"AUTH PLAIN", "235 ok"})
		s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Auth: auth})
		require.NoError(t, err)
		want := ""
		if auth != nil {
			want = "PLAIN"
		}
		assert.Equal(t, want, s.Mechanism())
		require.NoError(t, s.Quit())
	}
}

// TestNextMechanism checks which mechanisms are tried after a refusal.
func TestNextMechanism(t *testing.T) {
	plain := b64("\x00alice\x00s3cret pass")
	for name, c := range map[string]struct {
		answers [][2]string
		err     string
		rounds  int
	}{
		"504, then the next":      {[][2]string{{"AUTH CRAM-MD5", "504 5.5.4 no"}, {"AUTH PLAIN", "235 ok"}}, "", 0},
		"534, then the next":      {[][2]string{{"AUTH CRAM-MD5", "534 5.7.9 too weak"}, {"AUTH PLAIN", "235 ok"}}, "", 0},
		"535 5.7.4, the next":     {[][2]string{{"AUTH CRAM-MD5", "535 5.7.4 no"}, {"AUTH PLAIN", "235 ok"}}, "", 0},
		"502 at once, the next":   {[][2]string{{"AUTH CRAM-MD5", "502 no"}, {"AUTH PLAIN", "235 ok"}}, "", 0},
		"501 to the response":     {[][2]string{{"AUTH CRAM-MD5", "334 PDFAYT4="}, {"", "501 no"}}, "AUTH CRAM-MD5: server said 501 no", 1},
		"535 5.7.11 ends it":      {[][2]string{{"AUTH CRAM-MD5", "535 5.7.11 encrypt"}}, "AUTH CRAM-MD5: server said 535 5.7.11 encrypt", 0},
		"550 ends it":             {[][2]string{{"AUTH CRAM-MD5", "550 5.7.1 no"}}, "AUTH CRAM-MD5: server said 550 5.7.1 no", 0},
		"454 ends it":             {[][2]string{{"AUTH CRAM-MD5", "454 4.7.0 later"}}, "AUTH CRAM-MD5: server said 454 4.7.0 later", 0},
		"530 ends it":             {[][2]string{{"AUTH CRAM-MD5", "530 5.7.0 STARTTLS first"}}, "use STARTTLS", 0},
		"none left: the first":    {[][2]string{{"AUTH CRAM-MD5", "504 a"}, {"AUTH PLAIN", "504 b"}, {"AUTH LOGIN", "504 c"}}, "AUTH CRAM-MD5: server said 504 a", 0},
		"235 without a challenge": {[][2]string{{"AUTH CRAM-MD5", "235 ok"}}, "235 before the login was complete", 0},
		"challenge not base64":    {[][2]string{{"AUTH CRAM-MD5", "334 <1@a>"}, {"*", "501 ok"}}, "not base64", 0},
		"challenge of two lines":  {[][2]string{{"AUTH CRAM-MD5", "334-PDFAYT4=\r\n334 PDFAYT4="}, {"*", "501 ok"}}, "several lines", 0},
	} {
		server, commands := dialogueServer(t, "LOGIN PLAIN CRAM-MD5", c.answers...)
		err := loginTo(server, &Auth{Credentials: alice})
		if c.err == "" {
			require.NoError(t, err, "%s: %q", name, commands())
			assert.Equal(t, []string{"AUTH CRAM-MD5", "AUTH PLAIN " + plain, "QUIT"}, commands(), name)
			continue
		}
		var e *Error
		require.True(t, errors.As(err, &e), "%s: %v", name, err)
		assert.Equal(t, OpAUTH, e.Op)
		assert.Equal(t, "CRAM-MD5", e.Mechanism)
		assert.Equal(t, c.rounds, e.Rounds, name)
		assert.Contains(t, e.Error(), c.err, name)
		for _, l := range commands() {
			if name != "none left: the first" {
				assert.NotRegexp(t, `^AUTH PLAIN`, l, name)
			}
		}
	}
}

// An initial response that would make the AUTH command too long is sent after a
// challenge (RFC 4954, section 4). A response that is too long for a line is never
// sent.
func TestLongResponses(t *testing.T) {
	for size, split := range map[int]bool{100: false, 347: false, 348: true, 8900: true} {
		token := strings.Repeat("t", size)
		auth := &Auth{TokenInClear: true, Credentials: sasl.Credentials{Login: "alice", Token: func(bool) (string, error) { return token, nil }}}
		ir := b64("user=alice\x01auth=Bearer " + token + "\x01\x01")
		answers := [][2]string{{"AUTH XOAUTH2 " + ir, "235 ok"}}
		if split {
			answers = [][2]string{{"AUTH XOAUTH2", "334 "}, {ir, "235 ok"}}
		}
		server, commands := dialogueServer(t, "XOAUTH2", answers...)
		require.NoError(t, loginTo(server, auth), "%d: %.100q", size, commands())
		require.Equal(t, split, commands()[0] == "AUTH XOAUTH2")
		for _, l := range commands()[:1] {
			require.LessOrEqual(t, len(l)+2, 512)
		}
	}
	server, commands := dialogueServer(t, "TALKS", [2]string{"AUTH TALKS", "334 "}, [2]string{"*", "501 ok"})
	s, err := Dial(context.Background(), &Config{Servers: []Server{server}})
	require.NoError(t, err)
	_, e := s.authExchange(talks{}, make([]byte, 9300))
	require.ErrorContains(t, e, "longer than RFC 4954 allows")
	require.NoError(t, s.Quit())
	require.Equal(t, []string{"AUTH TALKS", "*", "QUIT"}, commands())
}

// talks is a mechanism that answers each challenge with an empty response.
type talks struct{}

func (talks) Name() string                { return "TALKS" }
func (talks) Start() ([]byte, error)      { return nil, nil }
func (talks) Next([]byte) ([]byte, error) { return nil, nil }
func (talks) Done() bool                  { return true }

// The client ends the login if the server sends too many challenges.
func TestEndlessChallenges(t *testing.T) {
	answers := [][2]string{{"AUTH", "334 VXNlcm5hbWU6"}}
	for range 100 {
		answers = append(answers, [2]string{"", "334 "})
	}
	server, commands := dialogueServer(t, "LOGIN", answers...)
	err := loginTo(server, &Auth{Credentials: alice})
	var e *Error
	require.True(t, errors.As(err, &e), "%v", err)
	assert.Equal(t, KindProtocol, e.Kind)
	assert.Less(t, len(commands()), maxAuthRounds+5)
	assert.NotContains(t, err.Error(), "s3cret")
}

// If the server refuses the token, Auth.Token is called exactly once more, and is told
// that the token was refused.
func TestTokenRefused(t *testing.T) {
	var asked []bool
	auth := &Auth{TokenInClear: true, Credentials: sasl.Credentials{Login: "alice@test.example", Token: func(refused bool) (string, error) {
		asked = append(asked, refused)
		if refused {
			return "good-token", nil
		}
		return "stale-token", nil
	}}}
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		asked = nil
		server := mailServer(t, smtptest.MailOptions{Mechanisms: []string{mechanism}})
		require.NoError(t, loginTo(Server{Host: "127.0.0.1", Port: server.Port()}, auth), mechanism)
		assert.Equal(t, []bool{false, true}, asked)
	}
	auth.Token = func(refused bool) (string, error) { asked = append(asked, refused); return "bad-token", nil }
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		asked = nil
		server := mailServer(t, smtptest.MailOptions{Mechanisms: []string{mechanism}})
		err := loginTo(Server{Host: "127.0.0.1", Port: server.Port()}, auth)
		var e *Error
		require.True(t, errors.As(err, &e), "%v", err)
		assert.Equal(t, KindRefused, e.Kind)
		assert.Equal(t, 535, e.Reply.Code)
		assert.Equal(t, []bool{false, true}, asked)
		var said *sasl.TokenRefused
		assert.True(t, errors.As(err, &said), "the server's JSON: %v", err)
		assert.NotContains(t, err.Error(), "bad-token")
	}
}

// TestNoLogin checks that the client does not send AUTH if it cannot log in. Dial then
// returns an error, unless the server does not offer AUTH and the login is not required.
func TestNoLogin(t *testing.T) {
	none := record(t)
	require.NoError(t, loginTo(none.Server, &Auth{Credentials: alice}), "a relay that requires no login")
	for name, c := range map[string]struct {
		extension string
		auth      Auth
		security  Security
		text      string
	}{
		"required":         {"HELP", Auth{Credentials: alice, Required: true}, NoSecurity, "does not offer AUTH"},
		"none known":       {"AUTH GSSAPI NTLM", Auth{Credentials: alice}, NoSecurity, "GSSAPI NTLM"},
		"none wanted":      {"AUTH PLAIN", Auth{Credentials: alice, Mechanisms: []string{"CRAM-MD5"}}, NoSecurity, `offers "PLAIN"`},
		"no clear text":    {"AUTH PLAIN LOGIN", Auth{Credentials: alice, NoCleartext: true}, NoSecurity, "without TLS"},
		"TLS not offered":  {"AUTH PLAIN LOGIN", Auth{Credentials: alice}, STARTTLSIfOffered, "did not offer STARTTLS"},
		"token, no bearer": {"AUTH PLAIN", Auth{TokenInClear: true, Credentials: sasl.Credentials{Login: "a", Token: func(bool) (string, error) { return "t", nil }}}, NoSecurity, "no usable mechanism"},
	} {
		server := record(t, c.extension)
		_, err := Dial(context.Background(), &Config{Servers: []Server{server.Server}, Auth: &c.auth, Security: c.security})
		var e *Error
		require.True(t, errors.As(err, &e), "%s: %v", name, err)
		assert.Equal(t, OpAUTH, e.Op, name)
		assert.Equal(t, KindUnsupported, e.Kind, name)
		assert.Contains(t, e.Error(), c.text, name)
		for _, l := range server.commands() {
			assert.NotRegexp(t, `^AUTH`, l, name)
		}
	}
}

// Missing credentials are reported before AUTH.
func TestMissingCredentials(t *testing.T) {
	for wrong, c := range map[error]sasl.Credentials{sasl.ErrNoLogin: {Password: "x"}, sasl.ErrNoPassword: {Login: "x"}} {
		server := record(t, "AUTH PLAIN LOGIN")
		err := loginTo(server.Server, &Auth{Credentials: c})
		require.ErrorIs(t, err, wrong)
		var e *Error
		require.True(t, errors.As(err, &e))
		assert.Equal(t, KindLocal, e.Kind)
		assert.Equal(t, []string{"QUIT"}, server.commands())
	}
}

// If a login with EXTERNAL is refused, the error mentions the authorization identity, which
// many servers require.
func TestExternalRefused(t *testing.T) {
	for id, c := range map[string]struct {
		reply string
		hint  Hint
	}{
		"":      {"535 5.7.8 no", HintAuthorizationID},
		"sales": {"535 5.7.8 no", HintOtherAuthzID},
		"x":     {"501 5.5.2 no", HintOtherAuthzID},
	} {
		server, _ := dialogueServer(t, "EXTERNAL", [2]string{"AUTH EXTERNAL", c.reply})
		err := loginTo(server, &Auth{Credentials: sasl.Credentials{AuthzID: id}, Mechanisms: []string{"EXTERNAL"}})
		require.ErrorContains(t, err, c.reply)
		require.ErrorContains(t, err, string(c.hint))
	}
	server, _ := dialogueServer(t, "EXTERNAL", [2]string{"AUTH EXTERNAL", "454 4.7.0 later"})
	err := loginTo(server, &Auth{Mechanisms: []string{"EXTERNAL"}})
	assert.NotContains(t, err.Error(), "AuthzID")
}
