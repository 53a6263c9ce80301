// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The connection that ConnectRemoteServer has opened is used for all mails until a setting
// changes.
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

// If the service has closed the connection, the client opens a new one before it sends the
// next mail.
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

// After a change of the transport, the next mail is sent over a session of the new
// transport.
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

// The mails of a batch share a connection. If the service does not accept more mails for now,
// the remaining mails are not sent, and are safe to send again.
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

// Cancel ends a call while the message is being sent, and while the client waits for the
// response. The outcome says whether the mail may have been delivered.
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
	// The progress callback can cancel the call too.
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

// The total timeout ends a call that waits for the response or for the TLS handshake.
func TestHTTPSDeadline(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // the TLS handshake gets no reply
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

// The certificate of the service is verified like the certificate of a mail server.
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

// The log contains the request and the response, and no secret.
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

// A configuration file is enough to make a program send over HTTPS.
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

// A relay of a pool can be a service. While the service does not accept mails, another
// relay gets them.
func TestPoolOverHTTPS(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		server, service := serve(t, smtptest.MailOptions{}), https(t, smtptest.HTTPFault{Nth: 3, Status: 429}, smtptest.HTTPFault{Nth: 4, Do: "close"})
		relay := New()
		t.Cleanup(func() { Free(relay) })
		overHTTPS(t, relay, name, service)
		h := poolOf(t)
		quickPauses(t, h)
		mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
		send := func() (Number, smtp.Outcome) {
			mail := mailHandle(t)
			n := PoolSend(h, mail)
			return n, smtp.Outcome(Told(mail, true).GetOutcome())
		}
		for range 2 {
			n, outcome := send()
			assert.Equal(t, NoError, n)
			assert.Equal(t, smtp.Accepted, outcome)
		}
		assert.Len(t, service.Mails(), 2)
		assert.Equal(t, 1, service.Connections())
		mustPool(t, h, func(p *Pool) error { return p.AddRelay(relayHandle(t, uint16(server.Port())), "") })
		for range 8 {
			if n, outcome := send(); n != NoError {
				assert.Equal(t, smtp.InDoubt, outcome)
			}
		}
		assert.Len(t, service.Mails(), len(service.Requests())-2)
		assert.GreaterOrEqual(t, len(service.Requests()), 4)
		assert.Len(t, server.Mails(), 10-1-len(service.Mails())) // each mail once, except the one in doubt
	})
}
