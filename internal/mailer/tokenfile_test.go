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

// rotating returns the URL of a token endpoint that accepts each refresh token only once:
// the one in 'first', and then those that it has issued. It always issues the access
// token good-token. n counts the requests.
func rotating(t *testing.T, first string) (url string, n *atomic.Int64) {
	current := atomic.Value{}
	current.Store(first)
	n = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next := fmt.Sprintf("rotated-%d", n.Add(1))
		if !current.CompareAndSwap(r.FormValue("refresh_token"), next) {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
			return
		}
		fmt.Fprintf(w, `{"access_token":"good-token","expires_in":3600,"refresh_token":"%s"}`, next)
	}))
	t.Cleanup(server.Close)
	return server.URL, n
}

// loginFile writes a token file as csmtp-login does.
func loginFile(t *testing.T, url, refresh string) string {
	path := filepath.Join(t.TempDir(), "alice.token")
	text := fmt.Sprintf(`{"csmtp_token_file":1,"token_url":"%s","grant":"refresh_token","client_id":"app","refresh_token":"%s"}`, url, refresh)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// bearer returns a handle for a server that accepts only the token good-token. Its sessions
// do not use TLS.
func bearer(t *testing.T, server *smtptest.MailServer) uintptr {
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
	mustCall(t, h, func(m *Mailer) error { return m.SetAuthMechanism("XOAUTH2") })
	return h
}

// Two handles use the same token file. For the second handle, no request is sent to the token
// endpoint.
func TestTokenFile(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, n := rotating(t, "first")
	path := loginFile(t, url, "first")
	for range 2 {
		h := bearer(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2TokenFile(path) })
		mustCall(t, h, (*Mailer).Send)
		assert.Empty(t, Value(h, (*Mailer).GetOAuth2TokenFileError))
		assert.Empty(t, Value(h, (*Mailer).GetOAuth2RefreshToken), "the file holds it")
	}
	assert.Equal(t, int64(1), n.Load())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(content), "rotated-1")
}

// If a refresh token is set, the token file need not exist.
func TestTokenFileOfARefreshToken(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, n := rotating(t, "refresh")
	path := filepath.Join(t.TempDir(), "token")
	refresh := func(m *Mailer) error { return m.SetOAuth2RefreshToken(url, "client", "", "refresh", "") }
	file := func(m *Mailer) error { return m.SetOAuth2TokenFile(path) }
	for _, order := range [][]func(*Mailer) error{{refresh, file}, {file, refresh}, {file, refresh, file}} {
		h := bearer(t, server)
		for _, set := range order {
			mustCall(t, h, set)
		}
		mustCall(t, h, (*Mailer).Send)
		clone, number := Clone(h)
		require.Equal(t, NoError, number)
		defer Free(clone)
		mustCall(t, clone, func(m *Mailer) error { return m.SetLogin("alice@test.example") })
		mustCall(t, clone, (*Mailer).Send)
	}
	assert.Equal(t, int64(1), n.Load())
}

// If several functions set where the token comes from, the last call takes effect.
func TestLastTokenSetterWins(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, _ := rotating(t, "first")
	path := loginFile(t, url, "first")
	for name, c := range map[string]struct {
		last func(*Mailer) error
		want Number
	}{
		"access token": {func(m *Mailer) error { return m.SetAccessToken("stale-token") }, badLoginPass},
		"callback": {func(m *Mailer) error {
			return m.SetTokenCallback(func(bool) (string, error) { return "stale-token", nil })
		}, badLoginPass},
		"cleared": {func(m *Mailer) error { return m.SetOAuth2TokenFile("") }, noToken},
		"password": {func(m *Mailer) error {
			m.SetAuthMechanism("")
			return m.SetOAuth2TokenFile("")
		}, NoError},
		"file": {func(m *Mailer) error { return m.SetOAuth2TokenFile(path) }, NoError},
	} {
		h := bearer(t, server)
		if name == "file" {
			mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("stale-token") })
		} else {
			mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2TokenFile(path) })
		}
		mustCall(t, h, c.last)
		assert.Equal(t, c.want, Call(h, (*Mailer).Send), "%s: %s", name, Value(h, (*Mailer).GetLastErrorText))
	}
	h := bearer(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("good-token") })
	mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2TokenFile("") }) // does nothing, because no file is set
	mustCall(t, h, (*Mailer).Send)
}

// If the token file cannot be used, the error is NO_TOKEN. The error text says what to do,
// and contains no token.
func TestUnusableTokenFile(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, _ := rotating(t, "first")
	for name, c := range map[string]struct {
		change func(path string) error
		want   string
	}{
		"missing":  {os.Remove, "it does not exist (run csmtp-login to log in again)"},
		"empty":    {func(path string) error { return os.Truncate(path, 0) }, "it is empty (run csmtp-login to log in again)"},
		"cut":      {func(path string) error { return os.Truncate(path, 100) }, "it is damaged (run csmtp-login to log in again)"},
		"used":     {func(path string) error { return rewrite(path, `"first"`, `"used-up"`) }, "run csmtp-login to log in again"},
		"readable": {func(path string) error { return os.Chmod(path, 0o644) }, "chmod 600"},
		"another":  {func(path string) error { return os.WriteFile(path, []byte("my diary, first"), 0o600) }, "it is not a token file"},
	} {
		h := bearer(t, server)
		path := loginFile(t, url, "first")
		mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2TokenFile(path) })
		require.NoError(t, c.change(path), name)
		text := mustFail(t, h, noToken, (*Mailer).Send)
		assert.Contains(t, text, c.want, name)
		if name != "used" {
			assert.Contains(t, text, path, name)
		}
		assert.NotContains(t, text, "first", name)
		assert.False(t, Value(h, (*Mailer).IsSafeToRetry), name)
		assert.True(t, Value(h, (*Mailer).IsLoginError), name)
	}
}

func rewrite(path, old, new string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, new)), 0o600)
}

// If the token file cannot be written, the mail is sent anyway. The log and
// GetOAuth2TokenFileError report the failure. GetOAuth2RefreshToken returns the new refresh
// token, as it does without a file.
func TestTokenFileThatCannotBeWritten(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, _ := rotating(t, "refresh")
	folder := t.TempDir()
	path := filepath.Join(folder, "missing", "token")
	var log strings.Builder
	h := bearer(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.SetLogCallback(func(_ int, line string) { log.WriteString(line + "\n") })
	})
	mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2RefreshToken(url, "client", "", "refresh", "") })
	mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2TokenFile(path) })
	mustCall(t, h, (*Mailer).Send)
	problem := Value(h, (*Mailer).GetOAuth2TokenFileError)
	assert.Contains(t, problem, path)
	assert.Contains(t, problem, "cannot be written")
	assert.Contains(t, log.String(), "warning: "+problem)
	assert.Equal(t, "rotated-1", Value(h, (*Mailer).GetOAuth2RefreshToken))

	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
	mustCall(t, h, (*Mailer).Send)
	assert.Empty(t, Value(h, (*Mailer).GetOAuth2TokenFileError))
	assert.Empty(t, Value(h, (*Mailer).GetOAuth2RefreshToken))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(content), "rotated-1")
	assert.NotContains(t, log.String(), "rotated-1")
	assert.NotContains(t, log.String(), "good-token")
}

// A single line in the configuration file makes an unchanged program log in with a token.
func TestTokenFileOfTheConfiguration(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, n := rotating(t, "first")
	path := loginFile(t, url, "first")
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useTLS) })
	configureBy(t, "[127.0.0.1]\nca-file = "+caFile(t)+"\noauth2-token-file = "+path+"\n")
	mustCall(t, h, (*Mailer).Send)
	sessions := waitIdle(t, server, 1)
	assert.Contains(t, []string{"XOAUTH2", "OAUTHBEARER"}, sessions[0].Mechanism)
	assert.Equal(t, int64(1), n.Load())

	mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(noSecurity) })
	assert.Contains(t, mustFail(t, h, loginNotSupported, (*Mailer).Send), "oauth2-token-file: an access token needs TLS")
	for text, want := range map[string]string{
		"oauth2-token-file = alice.token\n":                                     "must be an absolute path",
		"oauth2-token-file = /no/such/folder/token\n":                           "no such file or directory",
		"oauth2-token-url = google\noauth2-token-file = " + path + "\n":         "",
		"oauth2-client-id = other\noauth2-token-file = " + path + "\n":          "another client id",
		"oauth2-grant = client-credentials\noauth2-token-file = " + path + "\n": "oauth2-token-url is missing",
		"oauth2-token-file = " + path + "\noauth2-client-id = app\n":            "",
		"oauth2-grant = refresh-token\noauth2-token-file = " + path + "\n":      "",
	} {
		mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useTLS) })
		configureBy(t, "[127.0.0.1]\nca-file = "+caFile(t)+"\n"+text)
		number := Call(h, (*Mailer).Send)
		got := Value(h, (*Mailer).GetLastErrorText)
		switch {
		case strings.Contains(text, "google"):
			assert.Equal(t, noToken, number)
			assert.Contains(t, got, "another token URL")
		case want == "":
			assert.Equal(t, NoError, number, "%s: %s", text, got)
		default:
			assert.Contains(t, []Number{badConfig, noToken}, number, text)
			assert.Contains(t, got, want, text)
		}
	}
}
