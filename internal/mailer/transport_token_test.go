// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tokensUntil returns the URL of a token endpoint that issues httpsToken in reply to the
// first n requests, and does not reply to later ones.
func tokensUntil(t *testing.T, n int64) string {
	t.Helper()
	done := make(chan struct{})
	var count atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) > n {
			<-done
		}
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, httpsToken)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(done) })
	return server.URL
}

// useTokensOf makes h request its tokens from the token endpoint at url.
func useTokensOf(t *testing.T, h uintptr, url string) {
	t.Helper()
	mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2ClientCredentials(url, "id", "client-secret", "") })
}

// The total timeout of a call includes the requests for a token.
func TestTotalTimeoutLimitsTheTokenRequest(t *testing.T) {
	for name, issued := range map[string]int64{"first token": 0, "token after a refused one": 1} {
		for _, over := range []string{"SMTP", "HTTPS"} {
			t.Run(over+", "+name, func(t *testing.T) {
				service := https(t, smtptest.HTTPFault{Status: 401})
				server := serve(t, smtptest.MailOptions{Users: map[string]string{"alice@test.example": "another"}, Mechanisms: []string{"XOAUTH2"}})
				h := handle(t, server)
				if over == "HTTPS" {
					overHTTPS(t, h, httpmail.GmailAPI, service)
				}
				mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
				useTokensOf(t, h, tokensUntil(t, issued))
				mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutTotal, 500) })
				begun := time.Now()
				text := mustFail(t, h, noToken, (*Mailer).Send)
				assert.Less(t, time.Since(begun), 15*time.Second) // without the total timeout: 30 s
				assert.Contains(t, text, "timed out")
				assert.Equal(t, ending{noToken, smtp.NotSent, true, false}, endingOf(h))
			})
		}
	}
}

// If the service refuses the token of the first mail in an open session, the client gets
// another token, although the call that requested the first one has ended.
func TestHTTPSTokenOfAnEarlierCallIsReplaced(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t, smtptest.HTTPFault{Nth: 1, Status: 401})
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		var count atomic.Int64
		tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token := httpsToken
			if count.Add(1) == 1 {
				token = "an-old-token-of-the-test"
			}
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, token)
		}))
		t.Cleanup(tokens.Close)
		useTokensOf(t, h, tokens.URL)
		mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutTotal, 60000) })
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("mail.test.example", 25, doNotSet, true, "", "")
		})
		mustCall(t, h, (*Mailer).Send)
		assert.EqualValues(t, 2, count.Load())
		assert.Len(t, service.Requests(), 2)
		assert.Len(t, service.Mails(), 1)
	})
}

// The service has refused a token, and the client requests another one. If the call is
// canceled meanwhile, the mail is not sent.
func TestHTTPSCancelWhileTheTokenIsRenewed(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t)
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		mustCall(t, h, func(m *Mailer) error {
			return m.SetTokenCallback(func(refused bool) (string, error) {
				if refused {
					Cancel(h)
					return "", errors.New("no token")
				}
				return "an-old-token-of-the-test", nil
			})
		})
		mustFail(t, h, canceled, (*Mailer).Send)
		assert.Equal(t, ending{canceled, smtp.NotSent, false, false}, endingOf(h))
		assert.NotContains(t, Told(h, false).GetResultReply(0), "401")
	})
}

// The first mail of an open session uses the token that is set when the mail is sent, and
// not the token that opened the session.
func TestHTTPSTokenIsChangedBeforeTheFirstMail(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t)
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("an-old-token-of-the-test") })
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("mail.test.example", 25, doNotSet, true, "", "")
		})
		mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken(httpsToken) })
		mustCall(t, h, (*Mailer).Send)
		require.Len(t, service.Requests(), 1)
		assert.Equal(t, "Bearer "+httpsToken, service.Requests()[0].Header.Get("Authorization"))
		assert.Equal(t, 1, service.Connections())
	})
}
