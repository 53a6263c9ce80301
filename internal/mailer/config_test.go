// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// configureBy writes text to a new file, sets CSMTP_CONFIG to its path, and returns the
// path.
func configureBy(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "csmtp.conf")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	t.Setenv(configVariable, path)
	return path
}

// tokens starts a token server on loopback. It returns the server's URL, and the number of
// requests that the server has received.
func tokens(t *testing.T, token string) (url string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, token)
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func TestConfigSwitchesToOAuth(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, requests := tokens(t, "good-token")
	h := handle(t, server)
	mustCall(t, h, (*Mailer).Send)
	configureBy(t, `# for the test
[127.0.0.1]
security = starttls
ca-file = `+caFile(t)+`
tls-server-name = localhost
auth-mechanism = XOAUTH2
oauth2-grant = client-credentials
oauth2-token-url = `+url+`
oauth2-client-id = the-client
oauth2-client-secret = the-secret
`)
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
	records := waitIdle(t, server, 3)
	assert.NotEqual(t, "XOAUTH2", records[0].Mechanism)
	assert.Equal(t, "XOAUTH2", records[1].Mechanism)
	assert.Equal(t, "XOAUTH2", records[2].Mechanism)
	assert.EqualValues(t, 1, requests.Load(), "the token is kept")
}

func TestSectionAppliesToItsServer(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	log := filepath.Join(t.TempDir(), "log")
	configureBy(t, "[other.example]\nport = 1\n[*]\nlog-file = "+log+"\n[LOCALHOST]\nport = "+fmt.Sprint(server.Port())+"\n")
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", 9, true) })
	mustCall(t, h, (*Mailer).Send)
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Contains(t, string(text), " C: MAIL FROM:<alice@test.example>")
	assert.NotContains(t, string(text), "s3cret")
	info, err := os.Stat(log)
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o077)
}

func TestErrorNamesLineOfBadFile(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	for text, want := range map[string]string{
		"port = 25\n":                        "line 1",
		"[a]\nport = many\n":                 "line 2",
		"[a\n":                               "line 1",
		"[a]\n\nmagic = yes\n":               "line 3: unknown key: use one of server, port",
		"[a]\nverify = perhaps\n":            "yes or no",
		"[a]\nauth-mechanism = MAGIC\n":      "line 2: auth-mechanism: SetAuthMechanism: unknown mechanism \"****\"",
		"[*]\noauth2-client-id = x\n":        "oauth2-token-url is missing",
		"[*]\noauth2-token-url = ftp://x/\n": "csmtp.conf",
		"[*]\nsecurity = strong\n":           "starttls",
		"[*]\ntls-min-version = 2\n":         "1.3",
		"[*]\npinned-public-key = none\n":    "sha256//",
		"[*]\noauth2-grant = magic\noauth2-token-url = google\noauth2-client-id = x\n": "client-credentials",
	} {
		configureBy(t, text)
		assert.Contains(t, mustFail(t, h, badConfig, (*Mailer).Send), want)
	}
	path := configureBy(t, "[*]\nverify = yes\n")
	require.NoError(t, os.Chmod(path, 0o622))
	assert.Contains(t, mustFail(t, h, badConfig, (*Mailer).Send), "other users can write")
	t.Setenv(configVariable, path+".missing")
	mustFail(t, h, badConfig, (*Mailer).Send)
	t.Setenv(configVariable, filepath.Dir(path))
	mustFail(t, h, badConfig, (*Mailer).Send)
	assert.Empty(t, server.Sessions())
}

func TestLogins(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, _ := tokens(t, "good-token")
	for name, login := range map[string]func(*Mailer) error{
		"SCRAM-SHA-256": func(m *Mailer) error { return m.SetAuthMechanism("scram-sha-256") },
		"CRAM-MD5":      func(m *Mailer) error { return m.SetAuthMechanism("CRAM-MD5") },
		"PLAIN":         func(m *Mailer) error { return m.SetAuthMechanism("PLAIN, LOGIN") },
		"LOGIN":         func(m *Mailer) error { return m.SetAuthMechanism("LOGIN PLAIN") },
		"DIGEST-MD5":    func(m *Mailer) error { return m.SetAuthMechanism("DIGEST-MD5") },
		"XOAUTH2": func(m *Mailer) error {
			m.SetClearLogin(true)
			m.SetAuthMechanism("XOAUTH2")
			return m.SetAccessToken("good-token")
		},
		"OAUTHBEARER": func(m *Mailer) error {
			m.SetClearLogin(true)
			m.SetAuthMechanism("OAUTHBEARER")
			return m.SetOAuth2RefreshToken(url, "client", "", "refresh", "")
		},
	} {
		h := handle(t, server)
		mustCall(t, h, login)
		mustCall(t, h, (*Mailer).Send)
		sessions := server.Sessions()
		assert.Equal(t, name, sessions[len(sessions)-1].Mechanism)
		mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("") })
		mustCall(t, h, func(m *Mailer) error { return m.SetPassword("wrong") })
		if strings.Contains(name, "OAUTH") {
			mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("stale-token") })
		}
		n := Call(h, (*Mailer).Send)
		want := badLoginPass
		if name == "PLAIN" {
			want = commandAuthPlain
		}
		assert.Equal(t, want, n, "%s: %s", name, Value(h, (*Mailer).GetLastErrorText))
	}
}

func TestSetClearLogin(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Mechanisms: []string{"PLAIN", "LOGIN"}})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(false) })
	mustFail(t, h, loginNotSupported, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
	mustCall(t, h, (*Mailer).Send)
}

func TestTokenCallbackIsCalledAgainAfterRefusal(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	var asked []bool
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
	mustCall(t, h, func(m *Mailer) error {
		return m.SetTokenCallback(func(refused bool) (string, error) {
			asked = append(asked, refused)
			if refused {
				return "good-token", nil
			}
			return "expired-token", nil
		})
	})
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, []bool{false, true}, asked)
}
