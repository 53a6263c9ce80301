// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An envelope that the header cannot express is refused before anything is sent.
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
			text  string // "": it is sent
			moved int
		}{
			"plain":               {(*Mailer).Send, "", 1},
			"same":                {sendRaw(raw, &from, &all), "", 3},
			"header":              {sendRaw(raw, nil, nil), "", 3},
			"own reverse-path":    {set(func(m *Mailer) error { return m.SetEnvelopeFrom("ALICE@test.example") }), "", 1},
			"other recipient":     {sendRaw(raw, nil, &more), "<eve@test.example> is not in To, Cc or Bcc", 0},
			"missing recipient":   {sendRaw(raw, nil, &fewer), "is not a recipient", 0},
			"other sender":        {sendRaw(raw, &other, nil), "the reverse-path <eve@test.example>", 0},
			"null path":           {sendRaw(raw, &null, nil), "null path", 0},
			"resent":              {sendRaw("Resent-From: a@test.example\r\nResent-To: z@test.example\r\n"+raw, nil, nil), "Resent-*", 0},
			"no valid To":         {sendRaw(strings.Replace(raw, "Bob <bob@test.example>", "<bob", 1), nil, &fewer), "SendRaw", 0},
			"reverse-path":        {set(func(m *Mailer) error { return m.SetEnvelopeFrom("bounces@test.example") }), "reverse-path", 0},
			"null reverse-path":   {set(func(m *Mailer) error { return m.SetEnvelopeFrom("<>") }), "null path", 0},
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

// A message above the limit of the service is refused before anything is sent, or, if its
// size is not known, before its last octet.
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

// readingBy returns a function that opens a reader, which reads by f.
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

// A message that cannot be read to its end is not sent: the request stays incomplete.
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

// A refused token is replaced once, and the mail goes out once.
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

		// The same token is not sent again.
		before := len(service.Requests())
		mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("a-wrong-token-of-the-test") })
		mustFail(t, h, badLoginPass, (*Mailer).Send)
		assert.Len(t, service.Requests(), before+1)

		mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("") })
		text = mustFail(t, h, noToken, (*Mailer).Send)
		assert.Contains(t, text, "SetOAuth2ClientCredentials")
	})
}

// A failure to get a token is 907, before the service is reached.
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

// A token for Microsoft Graph is requested with its scope, also if the settings were made
// for SMTP.
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

// The connection of ConnectRemoteServer serves all mails until a setting changes.
func TestHTTPSSession(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t)
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		mustFail(t, h, connectionClosed, (*Mailer).KeepAlive)
		mustCall(t, h, (*Mailer).DisconnectRemoteServer)
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("mail.test.example", 25, doNotSet, true, "", "")
		})
		assert.Empty(t, service.Requests())
		assert.Equal(t, strings.TrimPrefix(service.URL(), "https://"), Value(h, (*Mailer).GetPeerAddress))
		assert.Contains(t, Value(h, (*Mailer).GetTLSInfo), "TLS 1.3")
		assert.Equal(t, "127.0.0.1", Value(h, (*Mailer).GetLocalHostIP))
		assert.Contains(t, Value(h, func(m *Mailer) string { return m.GetPeerCertificate(0, certificatePEM) }), "BEGIN CERTIFICATE")
		assert.Empty(t, Value(h, (*Mailer).GetExtensions))
		for range 3 {
			mustCall(t, h, (*Mailer).Send)
		}
		mustCall(t, h, (*Mailer).KeepAlive)
		mustCall(t, h, (*Mailer).Send)
		assert.Equal(t, 1, service.Connections())
		assert.Len(t, service.Mails(), 4)
		mustCall(t, h, func(m *Mailer) error { return m.SetLogin("other@test.example") })
		mustCall(t, h, (*Mailer).Send)
		assert.Equal(t, 2, service.Connections())
		assert.Contains(t, service.Mails()[4].Target, "other@test.example")
		mustCall(t, h, (*Mailer).DisconnectRemoteServer)
		assert.Empty(t, Value(h, (*Mailer).GetTLSInfo))
		mustFail(t, h, connectionClosed, (*Mailer).KeepAlive)
	})
}

// A connection that the service has closed is replaced before the next mail.
func TestHTTPSConnectionClosedByTheService(t *testing.T) {
	service := https(t, smtptest.HTTPFault{Nth: 2, Status: 429, Header: map[string]string{"Connection": "close"}})
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.MicrosoftGraph, service)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("mail.test.example", 25, doNotSet, true, "", "")
	})
	mustCall(t, h, (*Mailer).Send)
	mustFail(t, h, msgBodyError, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, service.Mails(), 2)
}

// A change of the transport replaces the session by one of the other kind.
func TestHTTPSAndBack(t *testing.T) {
	server, service := serve(t, smtptest.MailOptions{}), https(t)
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, false, "", "")
	})
	overHTTPS(t, h, httpmail.GmailAPI, service)
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, service.Mails(), 1)
	assert.Equal(t, "18c0ffee00000001", Value(h, (*Mailer).GetQueueID))
	mustCall(t, h, func(m *Mailer) error { return m.ConnectRemoteServer("", 0, doNotSet, false, "", "") })
	mustCall(t, h, func(m *Mailer) error { return m.SetTransport("smtp") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(server.Port()), false) })
	mustCall(t, h, (*Mailer).Send)
	waitIdle(t, server, 1)
	mustFail(t, h, BadArgument, func(m *Mailer) error { return m.SetTransport("graph") })
	for _, url := range []string{"http://127.0.0.1", "https://user:secretword@host", "graph.microsoft.us", "https://", "https://h/?q=secretword", "https://h/#f", "https://h:0", "ftp://h"} {
		text := mustFail(t, h, BadArgument, func(m *Mailer) error { return m.SetTransportEndpoint(url) })
		assert.NotContains(t, text, "secretword")
	}
}

// The mails of a batch use one connection. If the service wants no more mails for now,
// the rest of the batch is not sent, and is safe to send again.
func TestHTTPSBatch(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t, smtptest.HTTPFault{Nth: 2, Status: 400}, smtptest.HTTPFault{Nth: 4, Status: 429, Header: map[string]string{"Retry-After": "7"}})
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		var handles []uintptr
		for range 6 {
			c, n := Clone(h)
			require.Equal(t, NoError, n)
			t.Cleanup(func() { Free(c) })
			handles = append(handles, c)
		}
		numbers := make([]Number, 6)
		assert.Equal(t, msgBodyError, SendBatch(h, handles, numbers))
		assert.Equal(t, []Number{NoError, msgBodyError, NoError, msgBodyError, msgBodyError, msgBodyError}, numbers)
		var outcomes []smtp.Outcome
		for _, c := range handles {
			outcomes = append(outcomes, endingOf(c).outcome)
		}
		assert.Equal(t, []smtp.Outcome{smtp.Accepted, smtp.RejectedPermanent, smtp.Accepted, smtp.RejectedTemporary, smtp.NotSent, smtp.NotSent}, outcomes)
		assert.True(t, endingOf(handles[5]).retry)
		assert.Len(t, service.Requests(), 4)
		assert.LessOrEqual(t, service.Connections(), 2)
	})
}

// Cancel ends a call at each step, and the outcome says what was sent.
func TestHTTPSCancel(t *testing.T) {
	for do, want := range map[string]smtp.Outcome{"stall-early": smtp.NotSent, "stall": smtp.InDoubt} {
		service := https(t, smtptest.HTTPFault{Do: do})
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, httpmail.GmailAPI, service)
		if do == "stall-early" {
			mustCall(t, h, func(m *Mailer) error {
				return m.AddAttachmentData("a.bin", "application/octet-stream", bytes.Repeat([]byte("x"), 16<<20))
			})
		}
		go func() {
			for len(service.Requests()) == 0 {
				time.Sleep(time.Millisecond)
			}
			if do == "stall" {
				for service.Requests()[0].Body == nil {
					time.Sleep(time.Millisecond)
				}
			}
			time.Sleep(50 * time.Millisecond)
			Cancel(h)
		}()
		mustFail(t, h, canceled, (*Mailer).Send)
		assert.Equal(t, ending{canceled, want, false, false}, endingOf(h), do)
		assert.Equal(t, int(smtp.KindCanceled), Value(h, (*Mailer).GetErrorKind))
	}
	// By the progress callback:
	service := https(t)
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.MicrosoftGraph, service)
	mustCall(t, h, func(m *Mailer) error {
		return m.SetProgressCallback(func(sent, total int64) bool { return sent < total })
	})
	mustFail(t, h, canceled, (*Mailer).Send)
	assert.Equal(t, ending{canceled, smtp.NotSent, false, false}, endingOf(h))
	assert.Empty(t, service.Mails())
}

// The total timeout ends a call at each step.
func TestHTTPSDeadline(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never speaks TLS
	require.NoError(t, err)
	defer silent.Close()
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.GmailAPI, https(t, smtptest.HTTPFault{Do: "stall"}))
	mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutTotal, 500) })
	mustFail(t, h, serverNotResponding, (*Mailer).Send)
	assert.Equal(t, smtp.InDoubt, endingOf(h).outcome)
	mustCall(t, h, func(m *Mailer) error { return m.SetTransportEndpoint("https://" + silent.Addr().String()) })
	mustFail(t, h, serverNotResponding, (*Mailer).Send)
	assert.Equal(t, ending{serverNotResponding, smtp.NotSent, true, false}, endingOf(h))
	mustCall(t, h, func(m *Mailer) error { return m.SetTransportEndpoint(fmt.Sprintf("https://127.0.0.1:%d", deadPort(t))) })
	mustFail(t, h, wsaConnect, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetTransportEndpoint("https://no-such-host.invalid") })
	mustFail(t, h, wsaGethostbyNameAddr, (*Mailer).Send)
}

// The certificate of the service is checked as that of a mail server.
func TestHTTPSCertificate(t *testing.T) {
	service := https(t)
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.MicrosoftGraph, service)
	for name, c := range map[string]struct {
		set  func(*Mailer) error
		want Number
	}{
		"no authority": {func(m *Mailer) error { return m.SetCAFile("") }, sslProblem},
		"other name":   {func(m *Mailer) error { return m.SetTLSServerName("other.example") }, sslProblem},
		"other key": {func(m *Mailer) error {
			return m.SetPinnedPublicKey("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
		}, sslProblem},
		"unverified": {func(m *Mailer) error { m.SetCAFile(""); return m.SetVerifyPeer(false) }, NoError},
	} {
		c2, _ := Clone(h)
		mustCall(t, c2, c.set)
		assert.Equal(t, c.want, Call(c2, (*Mailer).Send), name)
		Free(c2)
	}
	assert.Len(t, service.Requests(), 1, "no token may go to a server that was not verified")
}

// The log shows the request and the response, and no secret.
func TestHTTPSLog(t *testing.T) {
	service := https(t, smtptest.HTTPFault{Nth: 2, Status: 400, Body: graphError("BadRequest", "You sent "+httpsToken)},
		smtptest.HTTPFault{Nth: 3, Status: 403, Body: page})
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.MicrosoftGraph, service)
	var lines []string
	mustCall(t, h, func(m *Mailer) error {
		return m.SetLogCallback(func(d int, line string) { lines = append(lines, []string{"C: ", "S: ", "*  "}[d]+line) })
	})
	mustCall(t, h, (*Mailer).Send)
	Call(h, (*Mailer).Send)
	Call(h, (*Mailer).Send)
	log := strings.Join(lines, "\n")
	for _, want := range []string{"C: POST /v1.0/users/alice@test.example/sendMail HTTP/1.1\n", "C: Authorization: Bearer ****\n", "C: Content-Type: text/plain\n",
		"*  end of message, ", "S: HTTP/1.1 202 Accepted\n", "S: Request-Id: 00000000-", "S: HTTP/1.1 400 Bad Request\n", `"BadRequest"`, "*  a web page (HTML), "} {
		assert.Contains(t, log, want)
	}
	assert.NotContains(t, log, httpsToken)
	assert.NotContains(t, log, "Hello.")
}

// The file of CSMTP_CONFIG alone makes a program send over HTTPS.
func TestHTTPSByConfiguration(t *testing.T) {
	service := https(t)
	server := serve(t, smtptest.MailOptions{})
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, httpsToken)
	}))
	defer tokens.Close()
	path := filepath.Join(t.TempDir(), "csmtp.conf")
	write := func(transport string) {
		require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, "[127.0.0.1]\ntransport = %s\ntransport-endpoint = %s\nca-file = %s\n"+
			"oauth2-token-url = %s\noauth2-client-id = client\noauth2-client-secret = a-secret-of-the-test\n", transport, service.URL(), caFile(t), tokens.URL), 0o600))
	}
	t.Setenv("CSMTP_CONFIG", path)
	h := handle(t, server) // with NO_SECURITY and a password
	for i, name := range httpmail.Services() {
		write(string(name))
		mustCall(t, h, (*Mailer).Send)
		assert.Len(t, service.Mails(), 2*i+1)
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "bob@test.example", "s3cret pass")
		})
		mustCall(t, h, (*Mailer).Send)
		mustCall(t, h, (*Mailer).DisconnectRemoteServer)
		assert.Len(t, service.Mails(), 2*i+2)
	}
	assert.Empty(t, server.Sessions())
	write("graph")
	text := mustFail(t, h, badConfig, (*Mailer).Send)
	assert.Contains(t, text, "line 2: transport: ")
}
