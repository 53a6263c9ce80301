// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If the header of a message cannot express its envelope, the mail is refused before
// anything is sent.
func TestHTTPSEnvelopeThatTheHeaderCannotExpress(t *testing.T) {
	raw := "From: alice@test.example\r\nSender: office@test.example\r\nTo: Bob <bob@test.example>, carol@TEST.example\r\nBcc: dan@test.example\r\nSubject: x\r\n\r\nHello\r\n"
	sendRaw := func(message string, from, to *string) func(*Mailer) error {
		return func(m *Mailer) error { return m.SendRaw([]byte(message), from, to) }
	}
	set := func(f func(*Mailer) error) func(*Mailer) error {
		return func(m *Mailer) error {
			if err := f(m); err != nil {
				return err
			}
			return m.Send()
		}
	}
	all, fewer, more := "bob@test.example, Carol@test.example,dan@test.example", "bob@test.example", "bob@test.example,carol@test.example,dan@test.example,eve@test.example"
	from, other, null := "Office@test.example", "eve@test.example", "<>"
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t)
		for what, c := range map[string]struct {
			do    func(*Mailer) error
			text  string // the error text; "" if the mail is sent
			moved int
		}{
			"plain":               {(*Mailer).Send, "", 1},
			"same":                {sendRaw(raw, &from, &all), "", 3},
			"header":              {sendRaw(raw, nil, nil), "", 3},
			"own reverse-path":    {set(func(m *Mailer) error { return m.SetEnvelopeFrom("ALICE@test.example") }), "", 1},
			"other recipient":     {sendRaw(raw, nil, &more), "<eve@test.example> is not in To, Cc or Bcc", 0},
			"missing recipient":   {sendRaw(raw, nil, &fewer), "is not a recipient", 0},
			"other sender":        {sendRaw(raw, &other, nil), "the reverse-path <eve@test.example>", 0},
			"null path":           {sendRaw(raw, &null, nil), "an empty reverse-path", 0},
			"resent":              {sendRaw("Resent-From: a@test.example\r\nResent-To: z@test.example\r\n"+raw, nil, nil), "Resent-*", 0},
			"no valid To":         {sendRaw(strings.Replace(raw, "Bob <bob@test.example>", "<bob", 1), nil, &fewer), "SendRaw", 0},
			"reverse-path":        {set(func(m *Mailer) error { return m.SetEnvelopeFrom("bounces@test.example") }), "reverse-path", 0},
			"null reverse-path":   {set(func(m *Mailer) error { return m.SetEnvelopeFrom("<>") }), "an empty reverse-path", 0},
			"partial":             {set(func(m *Mailer) error { return m.SetPartialDelivery(true) }), "partial delivery", 0},
			"DSN":                 {set(func(m *Mailer) error { return m.SetDSN("SUCCESS", "", "") }), "DSN", 0},
			"DSN of a recipient":  {set(func(m *Mailer) error { return m.SetRecipientDSN("bob@test.example", "NEVER", "") }), "DSN", 0},
			"RET":                 {set(func(m *Mailer) error { return m.SetDSN("", "HDRS", "") }), "DSN", 0},
			"REQUIRETLS":          {set(func(m *Mailer) error { return m.SetRequireTLS(true) }), "REQUIRETLS", 0},
			"MT-PRIORITY":         {set(func(m *Mailer) error { return m.SetMTPriority(1) }), "MT-PRIORITY", 0},
			"DELIVERBY":           {set(func(m *Mailer) error { return m.SetDeliverBy(100, "N") }), "DELIVERBY", 0},
			"FUTURERELEASE":       {set(func(m *Mailer) error { return m.SetHoldFor(100) }), "FUTURERELEASE", 0},
			"FUTURERELEASE until": {set(func(m *Mailer) error { return m.SetHoldUntil(2000000000) }), "FUTURERELEASE", 0},
			"LMTP":                {set(func(m *Mailer) error { return m.SetLMTP(true) }), "SetLMTP", 0},
		} {
			h := handle(t, serve(t, smtptest.MailOptions{}))
			overHTTPS(t, h, name, service)
			before := len(service.Requests())
			if c.text == "" {
				mustCall(t, h, c.do)
				mails := service.Mails()
				assert.Len(t, mails[len(mails)-1].Rcpt, c.moved, what)
				continue
			}
			assert.Contains(t, mustFail(t, h, badInput, c.do), c.text, what)
			assert.Equal(t, ending{badInput, smtp.NotSent, false, false}, endingOf(h), what)
			assert.Len(t, service.Requests(), before, what)
		}
	})
}

// A message that exceeds the size limit of the service is refused before anything is sent.
// If its size is not known in advance, the message is refused before its last octet is
// sent.
func TestHTTPSLimit(t *testing.T) {
	for name, limit := range map[httpmail.Service]int{httpmail.MicrosoftGraph: 3145728, httpmail.GmailAPI: 36700160} {
		t.Run(string(name), func(t *testing.T) {
			service := https(t)
			raw := func(size int) []byte {
				b := []byte("From: alice@test.example\r\nTo: bob@test.example\r\n\r\n")
				return append(append(b, bytes.Repeat([]byte("0123456789\r\n"), (size-len(b))/12)...), strings.Repeat("x", (size-len(b))%12-2)+"\r\n"...)
			}
			h := handle(t, serve(t, smtptest.MailOptions{}))
			overHTTPS(t, h, name, service)
			for (limit-52)%12 < 2 {
				limit--
			}
			mustCall(t, h, func(m *Mailer) error { return m.SendRaw(raw(limit), nil, nil) })
			require.Len(t, service.Mails(), 1)
			assert.Len(t, service.Mails()[0].Message, limit)
			text := mustFail(t, h, msgTooBig, func(m *Mailer) error { return m.SendRaw(raw(limit+12), nil, nil) })
			assert.Contains(t, text, fmt.Sprint(limit+12))
			assert.Contains(t, text, "the limit of "+string(name))
			assert.Equal(t, ending{msgTooBig, smtp.NotSent, false, false}, endingOf(h))
			require.Len(t, service.Requests(), 1)

			mustCall(t, h, func(m *Mailer) error {
				return m.AddAttachmentReader("a", "application/octet-stream", -1, readingBy(func(p []byte) (int, error) { return len(p), nil }))
			})
			text = mustFail(t, h, msgTooBig, (*Mailer).Send)
			assert.Contains(t, text, "the limit of "+string(name))
			assert.Equal(t, ending{msgTooBig, smtp.NotSent, false, false}, endingOf(h))
			assert.Len(t, service.Mails(), 1)
		})
	}
}

// readingBy returns a function that opens a reader. The reader's method Read calls f.
func readingBy(f func(p []byte) (int, error)) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(readByFunc(f)), nil }
}

type readByFunc func(p []byte) (int, error)

func (f readByFunc) Read(p []byte) (int, error) { return f(p) }

// A message of unknown size is sent in chunks.
func TestHTTPSUnknownSize(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t)
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		mustCall(t, h, func(m *Mailer) error {
			rest := 100000
			return m.AddAttachmentReader("a", "application/octet-stream", -1, readingBy(func(p []byte) (int, error) {
				if rest == 0 {
					return 0, io.EOF
				}
				n := min(len(p), rest)
				rest -= n
				return n, nil
			}))
		})
		mustCall(t, h, (*Mailer).Send)
		require.Len(t, service.Mails(), 1)
		assert.EqualValues(t, -1, service.Mails()[0].Length)
		assert.Greater(t, len(service.Mails()[0].Message), 100000)
	})
}

// If a message cannot be read to its end, the request remains incomplete, so the mail is
// not sent.
func TestHTTPSMessageThatFails(t *testing.T) {
	for _, size := range []int64{-1, 300000} {
		service := https(t)
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, httpmail.GmailAPI, service)
		mustCall(t, h, func(m *Mailer) error {
			read := 0
			return m.AddAttachmentReader("a", "application/octet-stream", size, readingBy(func(p []byte) (int, error) {
				if read > 200000 {
					return 0, errors.New("cannot read")
				}
				read += len(p)
				return len(p), nil
			}))
		})
		mustFail(t, h, msgBodyError, (*Mailer).Send)
		assert.Equal(t, smtp.NotSent, endingOf(h).outcome)
		assert.Empty(t, service.Mails())
	}
}

// If the service refuses a token, the client gets another one, and sends the mail once.
func TestHTTPSTokenIsRenewedOnce(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t)
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		var asked []bool
		tokens := []string{"an-old-token-of-the-test", httpsToken}
		mustCall(t, h, func(m *Mailer) error {
			return m.SetTokenCallback(func(refused bool) (string, error) {
				asked = append(asked, refused)
				return tokens[min(len(asked), len(tokens))-1], nil
			})
		})
		mustCall(t, h, (*Mailer).Send)
		assert.Equal(t, []bool{false, true}, asked)
		assert.Len(t, service.Mails(), 1)

		asked, tokens = nil, []string{"a-wrong-token-of-the-test", "another-wrong-token-of-the-test", httpsToken}
		text := mustFail(t, h, badLoginPass, (*Mailer).Send)
		assert.Equal(t, []bool{false, true}, asked)
		assert.Equal(t, ending{badLoginPass, smtp.RejectedPermanent, false, true}, endingOf(h))
		assert.Contains(t, text, "HTTP 401")
		assert.NotContains(t, text, "wrong-token")

		// If the client gets the same token again, it does not send the token again.
		before := len(service.Requests())
		mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("a-wrong-token-of-the-test") })
		mustFail(t, h, badLoginPass, (*Mailer).Send)
		assert.Len(t, service.Requests(), before+1)

		mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("") })
		text = mustFail(t, h, noToken, (*Mailer).Send)
		assert.Contains(t, text, "SetOAuth2ClientCredentials")
	})
}

// If the library cannot get a token, the error is NO_TOKEN, and the client sends no request to
// the service.
func TestHTTPSTokenFails(t *testing.T) {
	service := https(t)
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.GmailAPI, service)
	mustCall(t, h, func(m *Mailer) error {
		return m.SetTokenCallback(func(bool) (string, error) { return "", errors.New("no network") })
	})
	text := mustFail(t, h, noToken, (*Mailer).Send)
	assert.Contains(t, text, "no network")
	mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("a token\r\nX: y") })
	mustFail(t, h, noToken, (*Mailer).Send)
	assert.Empty(t, service.Requests())
}

// If the service refuses a token, the library gets a new one with the refresh token in the
// token file. It writes the new refresh token to the file.
func TestHTTPSTokenFile(t *testing.T) {
	var mu sync.Mutex
	var refresh []string
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		refresh = append(refresh, r.FormValue("refresh_token"))
		access := "an-old-token-of-the-test"
		if len(refresh) > 1 {
			access = httpsToken
		}
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-of-the-test-%d"}`, access, len(refresh))
	}))
	defer tokens.Close()
	service := https(t)
	path := filepath.Join(t.TempDir(), "token")
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.MicrosoftGraph, service)
	mustCall(t, h, func(m *Mailer) error {
		return m.SetOAuth2RefreshToken(tokens.URL, "client", "", "refresh-of-the-test-0", "https://graph.microsoft.com/Mail.Send")
	})
	mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2TokenFile(path) })
	var log strings.Builder
	mustCall(t, h, func(m *Mailer) error {
		return m.SetLogCallback(func(_ int, line string) { log.WriteString(line + "\n") })
	})
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, service.Mails(), 2)
	assert.Equal(t, []string{"refresh-of-the-test-0", "refresh-of-the-test-1"}, refresh)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(text), "refresh-of-the-test-2")
	assert.Contains(t, log.String(), "HTTP/1.1 401 Unauthorized")
	assert.NotContains(t, log.String(), "of-the-test")
}

// For Microsoft Graph, the library requests tokens with the scope of Microsoft Graph, even
// if the settings contain the scope for SMTP.
func TestHTTPSScope(t *testing.T) {
	var mu sync.Mutex
	var scopes []string
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		scopes = append(scopes, r.FormValue("scope"))
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, httpsToken)
	}))
	defer tokens.Close()
	service := https(t)
	for _, scope := range []string{"https://outlook.office365.com/.default", "https://graph.microsoft.com/Mail.Send", "https://outlook.office.com/.default"} {
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, httpmail.MicrosoftGraph, service)
		mustCall(t, h, func(m *Mailer) error {
			return m.SetOAuth2ClientCredentials(tokens.URL, "client-"+scope, "a-secret-of-the-test", scope)
		})
		mustCall(t, h, (*Mailer).Send)
	}
	assert.Equal(t, []string{"https://graph.microsoft.com/.default", "https://graph.microsoft.com/Mail.Send", "https://graph.microsoft.com/.default"}, scopes)
}
