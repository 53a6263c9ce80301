// SPDX-License-Identifier: MIT

package mailer

import (
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cancelAtRequest cancels h after the service has received n complete requests.
func cancelAtRequest(t *testing.T, service *smtptest.HTTPService, n int, h uintptr) {
	t.Helper()
	go func() {
		assert.Eventually(t, func() bool {
			got := service.Requests()
			return len(got) >= n && got[n-1].Body != nil
		}, soon, time.Millisecond)
		Cancel(h)
	}()
}

// If a mail is canceled, its session ends, and the pool sends the next mails over another
// session.
func TestPoolHTTPSAfterCancel(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t, smtptest.HTTPFault{Nth: 2, Do: "stall"})
		h, relay := poolOf(t), relayHandle(t, 1)
		overHTTPS(t, relay, name, service)
		mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
		mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
		require.Equal(t, NoError, PoolSend(h, mailHandle(t)), poolError(h))
		mail := mailHandle(t)
		cancelAtRequest(t, service, 2, mail)
		require.Equal(t, canceled, PoolSend(h, mail))
		for range 3 {
			require.Equal(t, NoError, PoolSend(h, mailHandle(t)), poolError(h))
		}
		assert.Len(t, service.Mails(), 4)
	})
}

// If a batch or KeepAlive is canceled, the session that ConnectRemoteServer has opened
// ends. The next call opens a new session.
func TestHTTPSSessionAfterCancel(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t, smtptest.HTTPFault{Nth: 1, Do: "stall"})
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		connect := func(m *Mailer) error {
			return m.ConnectRemoteServer("mail.test.example", 25, doNotSet, true, "", "")
		}
		mail, n := Clone(h)
		require.Equal(t, NoError, n)
		defer Free(mail)
		batch := func() Number { return SendBatch(h, []uintptr{mail}, make([]Number, 1)) }
		mustCall(t, h, connect)
		cancelAtRequest(t, service, 1, h)
		require.Equal(t, canceled, batch())
		mustFail(t, h, connectionClosed, (*Mailer).KeepAlive)
		for range 2 {
			require.Equal(t, NoError, batch(), Value(h, (*Mailer).GetLastErrorText))
		}
		mustCall(t, h, connect)
		mustFail(t, h, canceled, func(m *Mailer) error {
			return m.perform(&operation{}, func() error {
				m.cancelNow()
				return m.keepHTTPS()
			})
		})
		assert.Equal(t, int(smtp.KindCanceled), Value(h, (*Mailer).GetErrorKind))
		mustCall(t, h, (*Mailer).Send)
		assert.Len(t, service.Mails(), 3)
	})
}

// If a service refuses the login, another relay gets the mails, and the first relay gets
// none for a while. The same happens if an SMTP server refuses a login.
func TestPoolHTTPSLoginRefused(t *testing.T) {
	for _, status := range []int{401, 403, 404} {
		eachService(t, func(t *testing.T, name httpmail.Service) {
			bad, good := https(t, smtptest.HTTPFault{Status: status}), https(t)
			h := poolOf(t)
			for _, service := range []*smtptest.HTTPService{bad, good} {
				relay := relayHandle(t, 1)
				overHTTPS(t, relay, name, service)
				mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
			}
			mustPool(t, h, func(p *Pool) error { return p.SetWeight(0, mostWeight) })
			mail := mailHandle(t)
			require.Equal(t, NoError, PoolSend(h, mail), poolError(h))
			assert.Equal(t, int(smtp.Accepted), Told(mail, true).GetOutcome())
			assert.Len(t, bad.Requests(), 1)
			assert.Len(t, good.Mails(), 1)
			assert.Equal(t, 1, counted(h, 0, countHealth), status)
			assert.Positive(t, counted(h, 0, countPause))
		})
	}
}
