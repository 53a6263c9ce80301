// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const httpsToken = "token-of-the-test-0123456789"

// https starts a service that accepts the token httpsToken.
func https(t *testing.T, faults ...smtptest.HTTPFault) *smtptest.HTTPService {
	t.Helper()
	s, err := smtptest.NewHTTPService(smtptest.HTTPOptions{Tokens: []string{httpsToken}, Faults: faults})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// overHTTPS makes h send over HTTPS to service, and trust the service's certificate.
func overHTTPS(t *testing.T, h uintptr, name httpmail.Service, service *smtptest.HTTPService) {
	t.Helper()
	ca := caFile(t)
	for _, f := range []func(m *Mailer) error{
		func(m *Mailer) error { return m.SetTransport(string(name)) },
		func(m *Mailer) error { return m.SetTransportEndpoint(service.URL()) },
		func(m *Mailer) error { return m.SetCAFile(ca) },
		func(m *Mailer) error { return m.SetAccessToken(httpsToken) },
	} {
		mustCall(t, h, f)
	}
}

// eachService runs a test once for each service.
func eachService(t *testing.T, f func(t *testing.T, name httpmail.Service)) {
	for _, name := range httpmail.Services() {
		t.Run(string(name), func(t *testing.T) { f(t, name) })
	}
}

// The service gets the same octets as a mail server. If the mail has Bcc recipients, a Bcc
// field precedes these octets.
func TestHTTPSUploadsWhatSMTPSends(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data.bin")
	require.NoError(t, os.WriteFile(file, bytes.Repeat([]byte("0123456789abcdef\x00\xff"), 20000), 0o600))
	text := strings.Repeat(".dots\n..\n", 2000) + "Grüße"
	eachService(t, func(t *testing.T, name httpmail.Service) {
		for bcc := range 3 {
			server, service := serve(t, smtptest.MailOptions{Users: map[string]string{"alice@test.example": "s3cret pass"}}), https(t)
			h := handle(t, server)
			mustCall(t, h, func(m *Mailer) error { return m.SetCharSet("UTF-8") })
			mustCall(t, h, func(m *Mailer) error { return m.SetTextBody(text) })
			mustCall(t, h, func(m *Mailer) error { return m.AddAttachment(file) })
			mustCall(t, h, func(m *Mailer) error { return m.SetMessageID("<one@test.example>") })
			mustCall(t, h, func(m *Mailer) error { return m.SetDate(1767225600) })
			mustCall(t, h, func(m *Mailer) error { return m.AddCCRecipient("carol@test.example", "Carol") })
			want := ""
			for i := range bcc {
				address := fmt.Sprintf("blind%d@test.example", i)
				mustCall(t, h, func(m *Mailer) error { return m.AddBCCRecipient(address, "") })
				want += ",\r\n " + address
			}
			if bcc > 0 {
				want = "Bcc: " + want[4:] + "\r\n"
			}
			mustCall(t, h, (*Mailer).Send)
			waitIdle(t, server, 1)
			overHTTPS(t, h, name, service)
			mustCall(t, h, (*Mailer).Send)
			mails := service.Mails()
			require.Len(t, mails, 1)
			smtpMail := server.Mails()[0]
			boundary := func(b []byte) []byte { // it is random
				_, rest, _ := bytes.Cut(b, []byte(`boundary="`))
				id, _, _ := bytes.Cut(rest, []byte(`"`))
				return bytes.ReplaceAll(b, id, []byte("B"))
			}
			assert.True(t, bytes.Equal(append([]byte(want), boundary(smtpMail.Data)...), boundary(mails[0].Message)))
			assert.Len(t, mails[0].Rcpt, 2+bcc)
			assert.EqualValues(t, len(mails[0].Body), mails[0].Length)
			for i := range 2 + bcc {
				assert.True(t, Value(h, func(m *Mailer) bool { return m.GetResultAccepted(uint32(i)) }))
			}
			assert.Equal(t, int(smtp.Accepted), Value(h, (*Mailer).GetOutcome))
		}
	})
}

// ending contains what the getters return after one attempt.
type ending struct {
	number  Number
	outcome smtp.Outcome
	retry   bool
	login   bool
}

func endingOf(h uintptr) ending {
	return ending{LastError(h), smtp.Outcome(Value(h, (*Mailer).GetOutcome)), Value(h, (*Mailer).IsSafeToRetry), Value(h, (*Mailer).IsLoginError)}
}

func graphError(code, message string) string {
	return fmt.Sprintf(`{"error":{"code":%q,"message":%q}}`, code, message)
}

func gmailError(status int, reason, message string) string {
	return fmt.Sprintf(`{"error":{"code":%d,"message":%q,"errors":[{"reason":%q}]}}`, status, message, reason)
}

var page = "<!DOCTYPE html><html><body>Blocked</body></html>"

// For each failure, the test checks the outcome, the error number and the error text, which
// says what the service replied and what to do.
func TestHTTPSFailures(t *testing.T) {
	refused := func(n Number) ending { return ending{n, smtp.RejectedPermanent, false, false} }
	login := ending{badLoginPass, smtp.RejectedPermanent, false, true}
	later := ending{msgBodyError, smtp.RejectedTemporary, true, false}
	doubt := func(n Number) ending { return ending{n, smtp.InDoubt, false, false} }
	notSent := func(n Number) ending { return ending{n, smtp.NotSent, true, false} }
	for name, c := range map[string]struct {
		service httpmail.Service
		fault   smtptest.HTTPFault
		want    ending
		texts   []string
	}{
		"429": {httpmail.MicrosoftGraph, smtptest.HTTPFault{Status: 429, Header: map[string]string{"Retry-After": "30"}, Body: graphError("TooManyRequests", "Slow down.")},
			later, []string{"HTTP 429 Too Many Requests: TooManyRequests: Slow down.", "try again in 30s"}},
		"429 without Retry-After": {httpmail.GmailAPI, smtptest.HTTPFault{Status: 429, Body: gmailError(429, "rateLimitExceeded", "Too many.")},
			later, []string{"rateLimitExceeded: Too many.", "try again later"}},
		"503":       {httpmail.GmailAPI, smtptest.HTTPFault{Status: 503, Header: map[string]string{"Retry-After": "5"}}, later, []string{"HTTP 503", "try again in 5s"}},
		"503 early": {httpmail.MicrosoftGraph, smtptest.HTTPFault{Do: "early", Status: 503, Header: map[string]string{"Retry-After": "5"}}, later, []string{"HTTP 503", "try again in 5s"}},
		"403 rate":  {httpmail.GmailAPI, smtptest.HTTPFault{Status: 403, Body: gmailError(403, "userRateLimitExceeded", "User-rate limit exceeded.")}, later, []string{"userRateLimitExceeded"}},
		"403": {httpmail.MicrosoftGraph, smtptest.HTTPFault{Status: 403, Body: graphError("ErrorAccessDenied", "Access is denied.")},
			login, []string{"HTTP 403 Forbidden: ErrorAccessDenied: Access is denied.", "Mail.Send"}},
		"403 scope": {httpmail.GmailAPI, smtptest.HTTPFault{Status: 403, Body: gmailError(403, "insufficientPermissions", "Insufficient Permission")}, login, []string{"scope", "https://mail.google.com/"}},
		"send as":   {httpmail.MicrosoftGraph, smtptest.HTTPFault{Status: 403, Body: graphError("ErrorSendAsDenied", "No.")}, refused(commandMailFrom), []string{"Send As"}},
		"404":       {httpmail.MicrosoftGraph, smtptest.HTTPFault{Status: 404, Body: graphError("ErrorInvalidUser", "The user is invalid.")}, login, []string{"check the login"}},
		"400":       {httpmail.GmailAPI, smtptest.HTTPFault{Status: 400, Body: gmailError(400, "invalidArgument", "Invalid To header")}, refused(msgBodyError), []string{"Invalid To header"}},
		"413":       {httpmail.GmailAPI, smtptest.HTTPFault{Status: 413, Body: gmailError(413, "uploadTooLarge", "Too large")}, refused(msgTooBig), []string{"36700160"}},
		"413 early": {httpmail.MicrosoftGraph, smtptest.HTTPFault{Do: "early", Status: 413}, refused(msgTooBig), []string{"3145728"}},
		"redirect": {httpmail.MicrosoftGraph, smtptest.HTTPFault{Status: 307, Header: map[string]string{"Location": "https://other.example/"}},
			refused(undefXYZResponse), []string{"307", "redirect"}},
		"web page":          {httpmail.GmailAPI, smtptest.HTTPFault{Status: 403, Body: page}, login, []string{"web page (HTML)", "firewall"}},
		"web page with 200": {httpmail.GmailAPI, smtptest.HTTPFault{Status: 200, Body: page}, doubt(undefXYZResponse), []string{"web page", "may have been delivered"}},
		"200 of Graph":      {httpmail.MicrosoftGraph, smtptest.HTTPFault{Status: 200}, doubt(undefXYZResponse), []string{"202"}},
		"500":               {httpmail.GmailAPI, smtptest.HTTPFault{Status: 500, Body: gmailError(500, "backendError", "Backend Error")}, doubt(msgBodyError), []string{"Backend Error", "may have been delivered"}},
		"504":               {httpmail.MicrosoftGraph, smtptest.HTTPFault{Status: 504, Body: page}, doubt(msgBodyError), []string{"504"}},
		"502 early":         {httpmail.GmailAPI, smtptest.HTTPFault{Do: "early", Status: 502}, later, []string{"502"}},
		"200 early":         {httpmail.GmailAPI, smtptest.HTTPFault{Do: "early", Status: 200}, doubt(undefXYZResponse), []string{"before the end of the message"}},
		"closed early":      {httpmail.GmailAPI, smtptest.HTTPFault{Do: "close-early"}, notSent(connectionClosed), []string{"connection was lost"}},
		"closed":            {httpmail.GmailAPI, smtptest.HTTPFault{Do: "close"}, doubt(connectionClosed), []string{"connection was lost", "may have been delivered"}},
		"cut":               {httpmail.GmailAPI, smtptest.HTTPFault{Do: "cut", Status: 403}, login, []string{"403"}},
		"garbage":           {httpmail.GmailAPI, smtptest.HTTPFault{Do: "garbage"}, doubt(undefXYZResponse), []string{"not valid HTTP"}},
		"endless header":    {httpmail.GmailAPI, smtptest.HTTPFault{Do: "endless-header", Status: 200}, doubt(undefXYZResponse), []string{"longer than 1 MiB"}},
		"endless body":      {httpmail.GmailAPI, smtptest.HTTPFault{Do: "endless-body", Status: 400}, refused(msgBodyError), []string{"400"}},
		"endless interim":   {httpmail.GmailAPI, smtptest.HTTPFault{Do: "endless-interim"}, doubt(undefXYZResponse), []string{"interim"}},
		"no response":       {httpmail.GmailAPI, smtptest.HTTPFault{Do: "stall"}, doubt(serverNotResponding), []string{"did not respond in time"}},
		"slow response":     {httpmail.GmailAPI, smtptest.HTTPFault{Do: "drip", Status: 200}, doubt(serverNotResponding), []string{"did not respond in time"}},
		"reads nothing":     {httpmail.GmailAPI, smtptest.HTTPFault{Do: "stall-early"}, notSent(serverNotResponding), []string{"did not read the message in time"}},
	} {
		t.Run(name, func(t *testing.T) {
			service := https(t, c.fault)
			h := handle(t, serve(t, smtptest.MailOptions{}))
			overHTTPS(t, h, c.service, service)
			if strings.Contains(c.fault.Do, "early") { // the message must not fit into the buffers of the connection
				size := 25 << 20
				if c.service == httpmail.MicrosoftGraph {
					size = 2 << 20
				}
				mustCall(t, h, func(m *Mailer) error {
					return m.AddAttachmentData("a.bin", "application/octet-stream", bytes.Repeat([]byte("x"), size))
				})
			}
			if c.fault.Do == "stall" || c.fault.Do == "drip" || c.fault.Do == "stall-early" {
				mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutDataEnd, 500) })
				mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutDataBlock, 500) })
			}
			require.NotEqual(t, NoError, Call(h, (*Mailer).Send))
			text := Value(h, (*Mailer).GetLastErrorText)
			assert.Equal(t, c.want, endingOf(h), text)
			for _, want := range c.texts {
				assert.Contains(t, text, want)
			}
			assert.NotContains(t, text, httpsToken)
			if after := c.fault.Header["Retry-After"]; after != "" {
				assert.Equal(t, after, fmt.Sprint(Value(h, (*Mailer).GetRetryAfter)))
			}
			require.Len(t, service.Requests(), 1, "nothing may be sent twice")
			if c.fault.Do == "early" {
				assert.Equal(t, c.fault.Status, service.Requests()[0].Status)
			}
			assert.Equal(t, 1, Value(h, (*Mailer).GetResultCount))
		})
	}
}
