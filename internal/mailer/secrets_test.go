// SPDX-License-Identifier: MIT

package mailer

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forms returns the encodings in which a secret could appear in a text. There are three for
// base64, which encodes three octets together: the secret can begin at the first, second or
// third octet.
func forms(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	octets := func(format string) string {
		var b strings.Builder
		for i := range len(secret) {
			fmt.Fprintf(&b, format, secret[i])
		}
		return b.String()
	}
	found := map[string]string{
		"raw":            secret,
		"upper case":     strings.ToUpper(secret),
		"hex":            hex.EncodeToString([]byte(secret)),
		"HEX":            octets("%02X"),
		"hex with marks": strings.TrimSuffix(octets("%02x:"), ":"),
		"URL":            url.QueryEscape(secret),
		"path":           url.PathEscape(secret),
		"percent":        octets("%%%02x"),
		"quoted":         strings.Trim(fmt.Sprintf("%q", secret), `"`),
		"JSON":           strings.ReplaceAll(string(quoted[1:len(quoted)-1]), "/", `\/`),
		"JSON numbers":   octets(`\u%04x`),
		"HTML":           html.EscapeString(secret),
		"base64":         base64.RawStdEncoding.EncodeToString([]byte(secret)),
		"base64 URL":     base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"BASE64":         strings.ToUpper(base64.RawStdEncoding.EncodeToString([]byte(secret))),
		"bytes":          strings.Trim(fmt.Sprint([]byte(secret)), "[]"),
	}
	for at := 1; at < 3; at++ {
		// The first and the last characters are left out, because they also depend on the
		// octets before and after the secret.
		code := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", at) + secret))
		found[fmt.Sprintf("base64 at %d", at)] = code[4 : len(code)-2]
	}
	return found
}

// TestForms checks that the forms of a secret differ from each other.
func TestForms(t *testing.T) {
	const secret = "<s3 cret>?/p\\a\"ss?>>~"
	found := forms(secret)
	decoded, err := base64.RawStdEncoding.DecodeString(found["base64"])
	require.NoError(t, err)
	assert.Equal(t, secret, string(decoded))
	assert.NotEqual(t, found["hex"], found["base64"])
	texts := map[string]string{}
	for name, text := range found {
		if same, twice := texts[text]; twice && text != secret {
			t.Errorf("%s and %s are the same form: %s", name, same, text)
		}
		texts[text] = name
	}
}

func TestFormsFindSecretInAUTH(t *testing.T) {
	sent := base64.StdEncoding.EncodeToString([]byte("\x00alice@test.example\x00s3cret pass"))
	hit := false
	for _, form := range forms("s3cret pass") {
		hit = hit || strings.Contains(sent, form)
	}
	assert.True(t, hit)
}

// TestNoSecretInAnyOutput logs in with every mechanism, once with the right and once with a
// wrong secret. It checks that no text of the library contains the secret.
func TestNoSecretInAnyOutput(t *testing.T) {
	const (
		right, wrong = "s3cret pass", "wr0ng/pass+word?"
		good, stale  = "good-token.of~the/test", "stale-token.of~the/test"
		client       = "client-secret:of the/test"
		refresh      = "refresh-token/of+the test"
	)
	server := serve(t, smtptest.MailOptions{Tokens: map[string]string{"alice@test.example": good}})
	give := good
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if give == "" { // quotes the request
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"invalid_grant","error_description":"%s %s"}`, r.FormValue("client_secret"), r.FormValue("refresh_token"))
			return
		}
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":%q}`, give, refresh)
	}))
	defer tokens.Close()
	log := filepath.Join(t.TempDir(), "log")
	var said strings.Builder
	try := func(name string, set func(*Mailer) error, security, port int) Number {
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(port), true) })
		mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(security) })
		mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
		mustCall(t, h, func(m *Mailer) error { return m.SetLogFile(log) })
		mustCall(t, h, func(m *Mailer) error {
			return m.SetLogCallback(func(d int, line string) { fmt.Fprintln(&said, name, d, line) })
		})
		mustCall(t, h, set)
		n := Call(h, (*Mailer).Send)
		Call(h, func(m *Mailer) error {
			fmt.Fprintln(&said, name, m.GetLastErrorText(), m.GetLastReply(), m.GetTLSInfo())
			fmt.Fprintf(&said, "%v %+v %v\n", m.settings.login, m.settings.login, m.last)
			return nil
		})
		return n
	}
	for _, way := range []struct{ security, port int }{{noSecurity, server.Port()}, {useTLS, server.Port()}, {useSSL, server.TLSPort()}} {
		for _, name := range sasl.Names() {
			if strings.HasSuffix(name, "-PLUS") && way.security == noSecurity || name == "EXTERNAL" || name == "ANONYMOUS" {
				continue
			}
			for _, secret := range []string{right, wrong} {
				n := try(name, func(m *Mailer) error {
					m.SetAuthMechanism(name)
					if strings.Contains(name, "OAUTH") {
						m.SetClearLogin(true)
						return m.SetAccessToken(map[string]string{right: good, wrong: stale}[secret])
					}
					return m.SetPassword(secret)
				}, way.security, way.port)
				if !strings.HasPrefix(name, "SCRAM-SHA-512") { // the server lacks these mechanisms
					assert.Equal(t, secret == right, n == NoError, "%s by %q: %d", name, secret, n)
				}
			}
		}
		for _, give = range []string{good, stale, ""} {
			secret := client + fmt.Sprint(way.security) + give // different each time, so that a token is requested each time
			n := try("refresh", func(m *Mailer) error {
				m.SetClearLogin(true)
				return m.SetOAuth2RefreshToken(tokens.URL, "client", secret, refresh, "")
			}, way.security, way.port)
			assert.Equal(t, give == good, n == NoError, "%q: %d", give, n)
		}
	}
	file, err := os.ReadFile(log)
	require.NoError(t, err)
	require.Contains(t, string(file), "AUTH XOAUTH2")
	all := said.String() + string(file)
	require.Greater(t, len(all), 20_000)
	for _, secret := range []string{right, wrong, good, stale, client, refresh} {
		for form, text := range forms(secret) {
			if at := strings.Index(all, text); at >= 0 {
				t.Errorf("%q as %s in: %s", secret, form, all[max(0, at-200):min(len(all), at+200)])
			}
		}
	}
}

// If a program sets a server whose name contains a login and a password, as a URL can, no
// error shows the login or the password.
func TestNoPasswordOfAServerInAnError(t *testing.T) {
	h := New()
	defer Free(h)
	for _, server := range []string{"alice:hunter2pw@mail.example", "smtp://alice:hunter2pw@mail.example:587", "a.example, b:hunter2pw@[::1]:25"} {
		Call(h, func(m *Mailer) error {
			m.AddRecipient("bob@test.example", "")
			m.SetSenderMail("alice@test.example")
			return m.SetSMTPServer(server, 0, false)
		})
		for _, f := range []func(*Mailer) error{
			(*Mailer).Send,
			func(m *Mailer) error { return m.ConnectRemoteServer(server, 0, noSecurity, false, "", "") },
		} {
			text := mustFail(t, h, BadArgument, f)
			assert.Contains(t, text, "use SetLogin and SetPassword")
			assert.NotContains(t, text, "hunter2", server)
		}
	}
}
