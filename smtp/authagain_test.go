// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A server that does not read the initial response in the AUTH line asks for it with a
// challenge. The client then sends the response once more. If the responses of the
// mechanism do not depend on the challenges, the client does this whatever the challenge
// contains; with other mechanisms, only if the challenge is empty or not base64. curl's tests
// 903, 908, 942, 943, 946, 953 and 992 check the same.
func TestInitialResponseIsSentAgain(t *testing.T) {
	token := func(bool) (string, error) { return "mF_9.B5f-4.1JqM", nil }
	words := []string{"334 supported by this server", "334 <>", "334", "334 ", "334 =", "334-PLAIN\r\n334 supported", "334 \xe4"}
	prompts := append([]string{"334 " + b64("Password:"), "334 Password", "334 dGVzdA=="}, words...)
	for _, c := range []struct {
		mechanism   string
		credentials sasl.Credentials
		challenges  []string
	}{
		{"PLAIN", alice, prompts},
		{"PLAIN", sasl.Credentials{Login: "kurt", Password: "xipj3plmq", AuthzID: "ursel"}, prompts},
		{"EXTERNAL", sasl.Credentials{AuthzID: "user"}, prompts},
		{"ANONYMOUS", sasl.Credentials{Login: "trace@test.example"}, prompts},
		{"XOAUTH2", sasl.Credentials{Login: "user", Token: token}, words},
		{"OAUTHBEARER", sasl.Credentials{Login: "user", Token: token}, words},
		{"SCRAM-SHA-256", alice, words},
	} {
		for _, challenge := range c.challenges {
			auth := &Auth{Credentials: c.credentials, Mechanisms: []string{c.mechanism}, TokenInClear: true}
			server, commands := dialogueServer(t, c.mechanism, [2]string{"AUTH", challenge}, [2]string{"", "535 5.7.8 no"}, [2]string{"AUTH", "535 5.7.8 no"})
			err := loginTo(server, auth)
			require.ErrorContains(t, err, "535 5.7.8 no", "%s %q: %q", c.mechanism, challenge, commands())
			said := commands()
			first, _ := strings.CutPrefix(said[0], "AUTH "+c.mechanism+" ")
			assert.Equal(t, first, said[1], "%s %q", c.mechanism, challenge)
			assert.NotContains(t, said, "*")

			// The client sends the initial response at most twice.
			server, commands = dialogueServer(t, c.mechanism, [2]string{"AUTH", challenge}, [2]string{"", challenge}, [2]string{"*", "501 ok"})
			require.Error(t, loginTo(server, auth))
			said = commands()
			require.Len(t, said, 4, "%s %q: %q", c.mechanism, challenge, said)
			assert.Equal(t, "AUTH "+c.mechanism+" "+said[1], said[0], "%s %q", c.mechanism, challenge)
			assert.Equal(t, []string{"*", "QUIT"}, said[2:], "%s %q", c.mechanism, challenge)
		}
	}
}

// An empty initial response is sent as "=". If the server then sends an empty challenge,
// it expects an empty line (RFC 4954, section 4); if the challenge contains words, the
// server expects "=" again.
func TestEmptyInitialResponseAgain(t *testing.T) {
	for challenge, want := range map[string]string{"334 EXTERNAL supported": "=", "334 ": "", "334": "", "334 " + b64("who?"): ""} {
		server, commands := dialogueServer(t, "EXTERNAL", [2]string{"AUTH EXTERNAL =", challenge}, [2]string{want, "235 ok"})
		require.NoError(t, loginTo(server, &Auth{Mechanisms: []string{"EXTERNAL"}}), "%q: %q", challenge, commands())
		assert.Equal(t, []string{"AUTH EXTERNAL =", want, "QUIT"}, commands(), challenge)
	}
}

// The prompts of LOGIN may contain any octets (draft-murchison-sasl-login-00, section
// 2.1).
func TestLoginIgnoresPrompts(t *testing.T) {
	for _, prompt := range []string{"334 Username:", "334", "334 User Name\x00", "334 VXNlcm5hbWU6", "334 VXNlcm5hbWU", "334-a\r\n334-b\r\n334 c", "334 \xff\xfe"} {
		for _, second := range []string{"334 Password:", "334 ", "334 UGFzc3dvcmQ6", "334 Passwort f\xfcr Sie?"} {
			server, commands := dialogueServer(t, "LOGIN", [2]string{"AUTH LOGIN", prompt}, [2]string{b64("alice"), second}, [2]string{b64("s3cret pass"), "235 ok"})
			require.NoError(t, loginTo(server, &Auth{Credentials: alice}), "%q %q", prompt, second)
			assert.Equal(t, []string{"AUTH LOGIN", b64("alice"), b64("s3cret pass"), "QUIT"}, commands())
		}
	}
}

// Some mechanisms compute a response from the challenge, and some send no response after
// the initial one. With both kinds of mechanism, the client cancels the login if the server
// sends a prompt instead of a challenge.
func TestPromptsAskForNoMore(t *testing.T) {
	for _, c := range []struct{ mechanism, challenge string }{
		{"CRAM-MD5", "334 <1@a>"}, {"CRAM-MD5", "334 Username:"}, {"DIGEST-MD5", `334 nonce="n"`},
		{"SCRAM-SHA-256", "334 " + b64("Password:")}, {"XOAUTH2", "334 " + b64("Password:")}, {"OAUTHBEARER", "334 " + b64("null")},
	} {
		auth := &Auth{Credentials: alice, Mechanisms: []string{c.mechanism}, TokenInClear: true}
		if sasl.NeedsToken(c.mechanism) {
			auth.Token = func(bool) (string, error) { return "a-token", nil }
		}
		server, commands := dialogueServer(t, c.mechanism, [2]string{"AUTH", c.challenge}, [2]string{"*", "501 ok"})
		var e *Error
		require.ErrorAs(t, loginTo(server, auth), &e)
		assert.Equal(t, KindProtocol, e.Kind, "%s: %v", c.mechanism, e)
		require.Len(t, commands(), 3, c.mechanism)
		assert.Equal(t, []string{"*", "QUIT"}, commands()[1:], c.mechanism)
	}
}

// Neither the log nor the error shows a response that was sent again.
func TestResponseSentAgainIsHidden(t *testing.T) {
	server, _ := dialogueServer(t, "PLAIN", [2]string{"AUTH", "334 again, please"}, [2]string{"", "535 was it " + b64("\x00alice\x00s3cret pass") + "?"})
	var trace strings.Builder
	_, err := Dial(context.Background(), &Config{Servers: []Server{server}, Auth: &Auth{Credentials: alice}, Timeouts: Timeouts{Total: 20 * time.Second},
		Trace: func(_ Direction, line string) { trace.WriteString(line + "\n") }})
	require.Error(t, err)
	for _, text := range []string{trace.String(), err.Error()} {
		assert.NotContains(t, text, b64("\x00alice\x00s3cret pass"))
		assert.NotContains(t, text, "s3cret")
	}
	assert.Contains(t, trace.String(), "sending it again")
}
