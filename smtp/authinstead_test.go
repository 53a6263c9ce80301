// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	alicePlain   = "AUTH PLAIN " + b64("\x00alice\x00s3cret pass")
	cramRefused  = [][2]string{{"AUTH CRAM-MD5", "334 PDFAYT4="}, {"", "535 5.7.8 no secret"}}
	plainWorks   = [2]string{"AUTH PLAIN", "235 ok"}
	plainRefused = [2]string{"AUTH PLAIN", "535 5.7.8 wrong password"}
)

// verbs returns the mechanisms of the AUTH commands.
func verbs(commands []string) (auth []string) {
	for _, line := range commands {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "AUTH" {
			auth = append(auth, words[1])
		}
	}
	return auth
}

// sessionsServer starts a server that answers each session with the next list of answers.
// It returns a function that opens a session, logs in and quits, and returns the commands
// that the server received.
func sessionsServer(t *testing.T, mechanisms string, sessions ...[][2]string) func(*Config) ([]string, error) {
	r, next := &recorder{}, 0
	server := serve(t, func(c net.Conn) {
		r.mu.Lock()
		r.lines = nil
		answers := sessions[next]
		next++
		r.mu.Unlock()
		r.answer(c, mechanisms, answers)
	})
	return func(cfg *Config) ([]string, error) {
		cfg.Servers, cfg.Timeouts.Total = []Server{server}, 20*time.Second
		s, err := Dial(context.Background(), cfg)
		if err == nil {
			s.Quit()
		}
		return r.commands(), err
	}
}

// If the server refuses a mechanism with 535, the client tries PLAIN or LOGIN once.
func TestOtherMechanismAfterARefusal(t *testing.T) {
	server, commands := dialogueServer(t, "LOGIN PLAIN CRAM-MD5", append(cramRefused, plainWorks)...)
	require.NoError(t, loginTo(server, &Auth{Credentials: alice}))
	assert.Equal(t, alicePlain, commands()[2])

	server, commands = dialogueServer(t, "LOGIN CRAM-MD5 DIGEST-MD5", append(cramRefused, [2]string{"AUTH LOGIN", "334 "}, [2]string{"", "334 "}, [2]string{"", "235 ok"})...)
	require.NoError(t, loginTo(server, &Auth{Credentials: alice}))
	assert.Equal(t, []string{"CRAM-MD5", "LOGIN"}, verbs(commands()))

	server, commands = dialogueServer(t, "LOGIN PLAIN DIGEST-MD5", [2]string{"AUTH DIGEST-MD5", "535 no"}, plainRefused)
	err := loginTo(server, &Auth{Credentials: alice})
	require.ErrorContains(t, err, "AUTH PLAIN: server said 535 5.7.8 wrong password: earlier, the server refused DIGEST-MD5: 535 no")
	assert.Equal(t, []string{"DIGEST-MD5", "PLAIN"}, verbs(commands()), "LOGIN is not tried after PLAIN")
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, "wrong password", strings.TrimPrefix(e.Reply.Text(), "5.7.8 "))
}

// TestNoOtherMechanismAfterARefusal checks the cases in which no other mechanism is tried.
func TestNoOtherMechanismAfterARefusal(t *testing.T) {
	token := func(bool) (string, error) { return "a-token", nil }
	everything := strings.Join(sasl.Names(), " ")
	withToken := alice
	withToken.Token = token
	for name, c := range map[string]struct {
		offer   string
		auth    Auth
		answers [][2]string
		want    []string
	}{
		"clear login forbidden": {"CRAM-MD5 PLAIN LOGIN", Auth{Credentials: alice, NoCleartext: true}, cramRefused, []string{"CRAM-MD5"}},
		"chosen":                {"CRAM-MD5 PLAIN LOGIN", Auth{Credentials: alice, Mechanisms: []string{"CRAM-MD5 PLAIN"}}, cramRefused, []string{"CRAM-MD5"}},
		"not offered":           {"CRAM-MD5 DIGEST-MD5 XOAUTH2", Auth{Credentials: alice}, cramRefused, []string{"CRAM-MD5"}},
		"PLAIN refused":         {"PLAIN LOGIN", Auth{Credentials: alice}, [][2]string{plainRefused}, []string{"PLAIN"}},
		"LOGIN refused":         {"LOGIN", Auth{Credentials: alice}, [][2]string{{"AUTH LOGIN", "535 no"}}, []string{"LOGIN"}},
		"a token":               {everything, Auth{Credentials: withToken, TokenInClear: true}, [][2]string{{"AUTH XOAUTH2", "535 no"}, {"AUTH XOAUTH2", "535 no"}}, []string{"XOAUTH2", "XOAUTH2"}},
		"454":                   {"CRAM-MD5 PLAIN", Auth{Credentials: alice}, [][2]string{{"AUTH CRAM-MD5", "454 4.7.0 later"}}, []string{"CRAM-MD5"}},
		"432":                   {"CRAM-MD5 PLAIN", Auth{Credentials: alice}, [][2]string{{"AUTH CRAM-MD5", "432 4.7.12 transition"}}, []string{"CRAM-MD5"}},
		"530":                   {"CRAM-MD5 PLAIN", Auth{Credentials: alice}, [][2]string{{"AUTH CRAM-MD5", "530 5.7.0 STARTTLS first"}}, []string{"CRAM-MD5"}},
		"538":                   {"CRAM-MD5 PLAIN", Auth{Credentials: alice}, [][2]string{{"AUTH CRAM-MD5", "538 5.7.11 encrypt"}}, []string{"CRAM-MD5"}},
		"550 of Exchange":       {"CRAM-MD5 PLAIN", Auth{Credentials: alice}, [][2]string{{"AUTH CRAM-MD5", "550 5.7.30 off"}}, []string{"CRAM-MD5"}},
		"policy":                {"CRAM-MD5 PLAIN", Auth{Credentials: alice}, [][2]string{{"AUTH CRAM-MD5", "535 5.7.139 policy"}}, []string{"CRAM-MD5"}},
		"bad challenge":         {"CRAM-MD5 PLAIN", Auth{Credentials: alice}, [][2]string{{"AUTH CRAM-MD5", "334 "}, {"*", "535 canceled"}}, []string{"CRAM-MD5"}},
		"wrong server proof": {"DIGEST-MD5 PLAIN", Auth{Credentials: alice},
			[][2]string{{"AUTH DIGEST-MD5", "334 " + b64(`nonce="n",qop="auth",algorithm=md5-sess`)}, {"", "334 " + b64("rspauth=00000000000000000000000000000000")}, {"*", "535 canceled"}}, []string{"DIGEST-MD5"}},
		"other identity": {"DIGEST-MD5 LOGIN", Auth{Credentials: sasl.Credentials{Login: "alice", Password: "p", AuthzID: "sales"}}, [][2]string{{"AUTH DIGEST-MD5", "535 no"}}, []string{"DIGEST-MD5"}},
		"235 too soon":   {"CRAM-MD5 PLAIN", Auth{Credentials: alice}, [][2]string{{"AUTH CRAM-MD5", "235 ok"}}, []string{"CRAM-MD5"}},
	} {
		server, commands := dialogueServer(t, c.offer, c.answers...)
		require.Error(t, loginTo(server, &c.auth), name)
		assert.Equal(t, c.want, verbs(commands()), "%s: %q", name, commands())
		for _, line := range commands() {
			assert.NotContains(t, line, b64("s3cret pass"), name)
		}
	}
}

// A wrong password causes two failed logins only in the first session. If the server accepts
// PLAIN after it has refused CRAM-MD5, later sessions begin with PLAIN.
func TestLoginsAreRemembered(t *testing.T) {
	later := [2]string{"AUTH PLAIN", "454 4.7.0 later"}
	type sessions = [][][2]string
	cram, plain, both := []string{"CRAM-MD5"}, []string{"PLAIN"}, []string{"CRAM-MD5", "PLAIN"}
	with := func(answers ...[2]string) [][2]string {
		return append(append([][2]string{}, cramRefused...), answers...)
	}
	for name, c := range map[string]struct {
		sessions sessions
		want     [][]string
	}{
		"PLAIN works":                    {sessions{with(plainWorks), {plainWorks}, {plainWorks}}, [][]string{both, plain, plain}},
		"wrong password":                 {sessions{with(plainRefused), cramRefused, cramRefused}, [][]string{both, cram, cram}},
		"works, then refused":            {sessions{with(plainWorks), {plainRefused}, {plainRefused}}, [][]string{both, plain, plain}},
		"no verdict, then refused":       {sessions{with(later), {later}, {plainRefused}, cramRefused}, [][]string{both, plain, plain, cram}},
		"no verdict, then works":         {sessions{with(later), {plainWorks}, {plainRefused}, {plainWorks}}, [][]string{both, plain, plain, plain}},
		"PLAIN is not known later":       {sessions{with(plainWorks), append([][2]string{{"AUTH PLAIN", "504 no"}}, cramRefused...)}, [][]string{both, {"PLAIN", "CRAM-MD5"}}},
		"CRAM-MD5 works later":           {sessions{with(plainRefused), {{"AUTH CRAM-MD5", "334 PDFAYT4="}, {"", "235 ok"}}}, [][]string{both, cram}},
		"the account was only unlocked ": {sessions{{{"AUTH CRAM-MD5", "454 4.7.0 later"}}, with(plainWorks)}, [][]string{cram, both}},
	} {
		dial := sessionsServer(t, "CRAM-MD5 PLAIN LOGIN", c.sessions...)
		var logins Logins
		for i, want := range c.want {
			commands, _ := dial(&Config{Auth: &Auth{Credentials: alice}, Logins: &logins})
			assert.Equal(t, want, verbs(commands), "%s, session %d", name, i)
		}
	}
	dial := sessionsServer(t, "CRAM-MD5 PLAIN", with(plainRefused), with(plainRefused))
	for range 2 {
		commands, _ := dial(&Config{Auth: &Auth{Credentials: alice}})
		assert.Equal(t, both, verbs(commands), "without Logins")
	}
}

// An entry of Logins applies only to one server, and only while that server offers the
// same mechanisms. Clone copies the entries.
func TestLoginsCountForOneServer(t *testing.T) {
	var l Logins
	l.set("a", triedLogin{first: "CRAM-MD5", instead: "PLAIN"})
	assert.Equal(t, triedLogin{}, l.get("b"))
	copied := l.Clone()
	copied.set("a", triedLogin{})
	assert.Equal(t, "PLAIN", l.get("a").instead)

	for _, c := range []struct {
		names, want []string
		known       bool
	}{
		{[]string{"CRAM-MD5", "PLAIN", "LOGIN"}, []string{"PLAIN", "CRAM-MD5", "LOGIN"}, true},
		{[]string{"SCRAM-SHA-256-PLUS", "CRAM-MD5", "PLAIN"}, nil, false},
		{[]string{"CRAM-MD5", "LOGIN"}, nil, false},
		{[]string{"PLAIN"}, nil, false},
	} {
		got, known := l.get("a").order(c.names)
		assert.Equal(t, c.known, known, "%q", c.names)
		if c.want == nil {
			c.want = c.names
		}
		assert.Equal(t, c.want, got)
	}
	var none *Logins
	none.set("a", triedLogin{first: "x"})
	assert.Equal(t, triedLogin{}, none.get("a"))
}

// If the connection ends before the server accepts or refuses the second mechanism, the
// error is the refusal of the first one, and the next session begins with the second.
func TestConnectionEndsBeforeTheOtherMechanism(t *testing.T) {
	for name, c := range map[string]struct {
		replies []string
		text    string
	}{
		"closed":      {[]string{"535 5.7.8 no\r\n"}, "then the connection ended before the login with PLAIN"},
		"421, closed": {[]string{"535 5.7.8 no\r\n421 4.7.0 bye\r\n"}, "then the connection ended before the login with PLAIN: the server said 421 4.7.0 bye"},
		"cut reply":   {[]string{"535 5.7.8 no\r\n", "23"}, "then the connection ended before the login with PLAIN"},
	} {
		t.Run(name, func(t *testing.T) {
			server, _ := answering(t, append([]string{"220 a\r\n", "250-a\r\n250 AUTH CRAM-MD5 PLAIN\r\n"}, c.replies...)...)
			var l Logins
			_, err := Dial(context.Background(), &Config{Servers: []Server{server}, Auth: &Auth{Credentials: alice}, Logins: &l,
				Timeouts: Timeouts{Command: 300 * time.Millisecond}})
			var e *Error
			require.True(t, errors.As(err, &e), "%v", err)
			require.NotNil(t, e.Reply, "%v", e)
			assert.Equal(t, 535, e.Reply.Code)
			assert.Equal(t, "CRAM-MD5", e.Mechanism)
			assert.Contains(t, e.Error(), c.text)
			assert.Equal(t, HintUsePlain, e.Hint)
			for _, tried := range l.tried {
				assert.Equal(t, triedLogin{first: "CRAM-MD5", instead: "PLAIN"}, tried)
			}
		})
	}
}

// Logins drops the oldest servers, so that its size is limited.
func TestLoginsAreBounded(t *testing.T) {
	var l Logins
	name := func(i int) string { return fmt.Sprintf("server %d", i) }
	for i := range mostKnown {
		l.set(name(i), triedLogin{first: "CRAM-MD5"})
	}
	l.set(name(0), triedLogin{first: "PLAIN"}) // now the latest
	copied := l.Clone()
	for i := range 10 * mostKnown {
		copied.set(fmt.Sprintf("further %d", i), triedLogin{first: "CRAM-MD5"})
		assert.Len(t, copied.tried, mostKnown)
		assert.Len(t, copied.servers, mostKnown)
	}
	assert.Len(t, l.tried, mostKnown)
	l.set("one more", triedLogin{first: "LOGIN"})
	assert.Len(t, l.tried, mostKnown)
	assert.Equal(t, triedLogin{}, l.get(name(1)))
	for server, first := range map[string]string{name(0): "PLAIN", name(2): "CRAM-MD5", "one more": "LOGIN"} {
		assert.Equal(t, first, l.get(server).first, server)
	}
}
