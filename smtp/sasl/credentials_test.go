// SPDX-License-Identifier: MIT

package sasl

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// passwordMechanisms are the mechanisms that use a password and work without TLS.
var passwordMechanisms = []string{"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"}

func TestMissingCredentials(t *testing.T) {
	for _, name := range passwordMechanisms {
		_, err := New(name, Credentials{Password: "p"}, Channel{Host: "h"})
		require.ErrorIs(t, err, ErrNoLogin, name)
		assertReason(t, err, MissingCredential)
		_, err = New(name, Credentials{Login: "u"}, Channel{Host: "h"})
		require.ErrorIs(t, err, ErrNoPassword, name)
		assertReason(t, err, MissingCredential)
		assert.False(t, err.(*Error).TryNext(), name)
		assert.Equal(t, name+": no password is set", err.Error())
	}
	_, err := New("DIGEST-MD5", Credentials{Login: "u", Password: "p"}, Channel{})
	assertReason(t, err, NotEncodable)
}

func TestInvalidCredentials(t *testing.T) {
	huge := strings.Repeat("verysecret", 100_000) // 1 MB
	for _, name := range append(passwordMechanisms, "EXTERNAL", "ANONYMOUS") {
		for what, c := range map[string]Credentials{
			"the login name contains a NUL":             {Login: "u\x00x", Password: "verysecret"},
			"the password contains a NUL":               {Login: "u", Password: "very\x00secret"},
			"the authorization identity contains a NUL": {Login: "u", Password: "verysecret", AuthzID: "\x00"},
			"the login name has 1000000 octets":         {Login: huge, Password: "verysecret"},
			"the password has 1000000 octets":           {Login: "u", Password: huge},
		} {
			_, err := New(name, c, Channel{Host: "h"})
			assertReason(t, err, NotEncodable, name, what)
			assert.ErrorContains(t, err, what, name)
			assert.NotContains(t, err.Error(), "secret")
			assert.True(t, err.(*Error).TryNext())
		}
	}
	// Each part is short enough, but the whole response is too long.
	m := mustNew(t, "PLAIN", Credentials{Login: huge[:5000], Password: huge[:5000]}, Channel{})
	got, err := m.Start()
	assert.Nil(t, got)
	assertReason(t, err, NotEncodable)
}

// A password that looks like protocol syntax is sent unchanged.
func TestPasswordsAreNotChanged(t *testing.T) {
	for _, password := range []string{"a^b", `"quoted"`, `back\slash`, " spaces ", "a,b=c", "\t", "pässwörd", "日本語", "🔑",
		"latin1\xe4", strings.Repeat("x", 4000)} {
		m := mustNew(t, "PLAIN", Credentials{Login: "u", Password: password}, Channel{})
		got, err := m.Start()
		require.NoError(t, err)
		assert.Equal(t, "\x00u\x00"+password, string(got))
		m = mustNew(t, "SCRAM-SHA-256", Credentials{Login: "u", Password: password, MinIterations: 1}, Channel{})
		s := scramVerifier{name: "SCRAM-SHA-256", login: "u", password: password, iterations: 5}
		assert.NoError(t, s.run(m), "%q", password)
	}
}

func TestAuthorizationIdentity(t *testing.T) {
	c := Credentials{Login: "joe", Password: "p", AuthzID: "sales"}
	for _, name := range []string{"LOGIN", "CRAM-MD5", "ANONYMOUS"} {
		_, err := New(name, c, Channel{})
		assertReason(t, err, NoIdentity, name)
		assert.ErrorContains(t, err, "cannot send an authorization identity")
	}
	c.AuthzID = "joe"
	for _, name := range []string{"LOGIN", "CRAM-MD5", "ANONYMOUS"} {
		mustNew(t, name, c, Channel{})
	}
}

func TestExternal(t *testing.T) {
	for _, authzid := range []string{"", "sales@example.org"} {
		m := mustNew(t, "EXTERNAL", Credentials{Login: "not sent", AuthzID: authzid}, Channel{})
		got, err := m.Start()
		require.NoError(t, err)
		require.NotNil(t, got, `an empty initial response is "=", not none`)
		assert.Equal(t, authzid, string(got))
		assert.True(t, m.Done())
		_, err = m.Next([]byte{})
		assertReason(t, err, BadChallenge)
		assert.False(t, m.Done())
	}
}

func TestAnonymous(t *testing.T) {
	for _, trace := range []string{"", "sirhc", "joe@example.org", strings.Repeat("ä", 255)} {
		m := mustNew(t, "ANONYMOUS", Credentials{Login: trace}, Channel{})
		got, err := m.Start()
		require.NoError(t, err)
		require.NotNil(t, got)
		assert.Equal(t, trace, string(got))
		assert.True(t, m.Done())
		_, err = m.Next([]byte{})
		assertReason(t, err, BadChallenge)
		assert.False(t, m.Done())
	}
	for _, trace := range []string{strings.Repeat("x", 256), "\xff"} {
		_, err := New("ANONYMOUS", Credentials{Login: trace}, Channel{})
		assertReason(t, err, NotEncodable)
	}
}

// Printing Credentials or a Mechanism, in whatever way, shows no secret in any form.
func TestSecretsAreNotPrinted(t *testing.T) {
	const secret = "Tr0ub4dor&3 pass/word"
	const token = "ya29.s3cr3t-tok~en"
	c := Credentials{Login: "joe", AuthzID: "sales", Password: secret, Token: fixedToken(token)}
	e := pipeTLS(t, 0)
	ch := Channel{Host: "mail.example.org", Port: 587, TLS: e.client}
	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&printed, verb+verb+"\n", c, &c)
		for _, name := range Names() {
			m, err := New(name, c, ch)
			if err != nil {
				fmt.Fprintf(&printed, verb+"\n", err)
				continue
			}
			fmt.Fprintf(&printed, verb+"\n", m)
			_, err = m.Start()
			fmt.Fprintf(&printed, verb+verb+"\n", m, err)
			_, err = m.Next([]byte(`nonce="a",algorithm=md5-sess`))
			fmt.Fprintf(&printed, verb+verb+"\n", m, err)
			_, err = m.Next([]byte("x"))
			fmt.Fprintf(&printed, verb+verb+"\n", m, err)
		}
	}
	assert.Contains(t, printed.String(), `sasl.Credentials{Login:"joe" AuthzID:"sales" Password:*** Token:***}`)
	for _, s := range []string{secret, token} {
		for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s)), hex.EncodeToString([]byte(s)),
			url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte("\x00joe\x00" + s))} {
			assert.False(t, strings.Contains(printed.String(), form), form)
			assert.False(t, strings.Contains(printed.String(), strings.ToUpper(form)), form)
		}
	}
}

func TestWipe(t *testing.T) {
	b := []byte("secret")
	Wipe(b)
	assert.Equal(t, make([]byte, 6), b)
	Wipe(nil)
}
