// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tokenServer returns the URL of a token endpoint. It answers every request with status and
// body.
func tokenServer(t *testing.T, status int, body string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// If the library cannot get a token, the error is NO_TOKEN. If the failure is temporary,
// the call is safe to retry. Otherwise IsLoginError returns true.
func TestNoToken(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	endpoint := func(url string) func(*Mailer) error {
		return func(m *Mailer) error { return m.SetOAuth2ClientCredentials(url, "id", "client-secret", "") }
	}
	callback := func(token string, err error) func(*Mailer) error {
		return func(m *Mailer) error {
			return m.SetTokenCallback(func(bool) (string, error) { return token, err })
		}
	}
	for name, c := range map[string]struct {
		set   func(*Mailer) error
		retry bool
		text  string
	}{
		"endpoint refused":      {endpoint(fmt.Sprintf("http://127.0.0.1:%d/token", deadPort(t))), true, "connection refused"},
		"no such endpoint":      {endpoint("https://no-such-host.invalid/token"), true, "no-such-host.invalid"},
		"endpoint without TLS":  {endpoint("https" + strings.TrimPrefix(tokenServer(t, 200, ""), "http")), false, "HTTP response to HTTPS"},
		"status 400":            {endpoint(tokenServer(t, 400, `{"error":"invalid_grant","error_description":"expired"}`)), false, "invalid_grant"},
		"status 401":            {endpoint(tokenServer(t, 401, `{"error":"invalid_client"}`)), false, "HTTP status 401"},
		"status 403, HTML":      {endpoint(tokenServer(t, 403, `<html>no</html>`)), false, "HTTP status 403"},
		"status 503":            {endpoint(tokenServer(t, 503, "busy")), true, "HTTP status 503"},
		"status 429":            {endpoint(tokenServer(t, 429, `{"error":"slow_down"}`)), true, "HTTP status 429"},
		"redirect":              {endpoint(tokenServer(t, 302, "")), false, "redirects"},
		"no token in the reply": {endpoint(tokenServer(t, 200, `{}`)), false, "access_token"},
		"not JSON":              {endpoint(tokenServer(t, 200, `hello`)), false, "not JSON"},
		"callback fails":        {callback("", errors.New("no token today")), false, "no token today"},
		"callback: empty":       {callback("", nil), false, "empty"},
		"callback: a line end":  {callback("good-token\n", nil), false, "a control character"},
		"callback: too long":    {callback(strings.Repeat("x", 1<<20), nil), false, "octets, too many"},
		"token with a space":    {func(m *Mailer) error { return m.SetAccessToken("Bearer good-token") }, false, "a space"},
	} {
		for _, security := range []int{noSecurity, useTLS} {
			h := handle(t, server)
			mustCall(t, h, func(m *Mailer) error { return m.SetPassword("") })
			mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
			mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(security) })
			mustCall(t, h, func(m *Mailer) error { return m.SetVerifyPeer(false) })
			mustCall(t, h, c.set)
			text := mustFail(t, h, noToken, (*Mailer).Send)
			assert.Contains(t, text, c.text, name)
			assert.NotContains(t, text, "client-secret", name)
			assert.Equal(t, int(phaseAUTH), Value(h, (*Mailer).GetPhase), name)
			assert.Equal(t, int(smtp.KindToken), Value(h, (*Mailer).GetErrorKind), name)
			assert.Equal(t, c.retry, Value(h, (*Mailer).IsSafeToRetry), name)
			assert.Equal(t, !c.retry, Value(h, (*Mailer).IsLoginError), name)
		}
	}
	assert.Empty(t, server.Mails())
}

// If the server refuses the token and the library cannot get another one, the error text
// contains both reasons.
func TestNoSecondToken(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
	mustCall(t, h, func(m *Mailer) error {
		return m.SetTokenCallback(func(refused bool) (string, error) {
			if refused {
				return "", errors.New("there is no other token")
			}
			return "stale-token", nil
		})
	})
	text := mustFail(t, h, noToken, (*Mailer).Send)
	assert.Contains(t, text, "there is no other token")
	assert.Contains(t, text, "535")
	assert.NotContains(t, text, "stale-token")
}

// If Cancel is called during the request for a token, the call ends with CANCELED.
func TestCancelWhileWaitingForAToken(t *testing.T) {
	asked, done := make(chan struct{}), make(chan struct{})
	endpoint := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-done
	}))
	defer endpoint.Close()
	defer close(done)
	h := handle(t, serve(t, smtptest.MailOptions{}))
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
	mustCall(t, h, func(m *Mailer) error {
		return m.SetOAuth2ClientCredentials(endpoint.URL, "id", "client-secret", "")
	})
	go func() {
		<-asked
		Cancel(h)
	}()
	require.Equal(t, canceled, Call(h, (*Mailer).Send), "%s", Value(h, (*Mailer).GetLastErrorText))
	assert.Equal(t, int(smtp.KindCanceled), Value(h, (*Mailer).GetErrorKind))
	assert.False(t, Value(h, (*Mailer).IsSafeToRetry))
	assert.False(t, Value(h, (*Mailer).IsLoginError))
}
