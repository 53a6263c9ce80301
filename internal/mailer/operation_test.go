// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// generous is the time limit for operations that should end at once.
const generous = 20 * time.Second

func TestCancelEndsWaitingSend(t *testing.T) {
	for _, step := range []string{"greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "body", "end of data"} {
		server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: step, Do: "stall", Nth: 1}}})
		h := handle(t, server)
		require.Equal(t, NoError, SendAsync(h, nil))
		require.Eventually(t, func() bool { return silent(server) }, generous, 5*time.Millisecond, step)
		require.Equal(t, busy, WaitAsync(h, 0), step)
		require.Equal(t, NoError, Cancel(h))
		require.Equal(t, canceled, WaitAsync(h, generous), step)
		mustCall(t, h, (*Mailer).Send)
		server.Close()
	}
}

// silent reports whether the server has stopped replying in one of its sessions.
func silent(server *smtptest.MailServer) bool {
	for _, r := range server.Sessions() {
		if strings.Contains(r.Dialogue.String(), "the server is silent") {
			return true
		}
	}
	return false
}

func TestCancelOfIdleHandleHasNoEffect(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	require.Equal(t, NoError, Cancel(h))
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	require.Equal(t, NoError, Cancel(h))
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, server.Sessions(), 1)
	assert.Equal(t, BadHandle, Cancel(0))
}

func TestSendAsync(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	assert.Equal(t, BadArgument, WaitAsync(h, 0))
	told := make(chan Number, 1)
	require.Equal(t, NoError, SendAsync(h, func(_ uint64, n Number) { told <- n }))
	assert.Equal(t, NoError, WaitAsync(h, generous))
	assert.Equal(t, NoError, WaitAsync(h, 0))
	assert.Equal(t, NoError, <-told)
	assert.Len(t, server.Mails(), 1)
	assert.Equal(t, BadHandle, SendAsync(12345678, nil))
	assert.Equal(t, BadHandle, WaitAsync(12345678, 0))
}

func TestOneAsynchronousSendPerHandle(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "MAIL", Do: "stall", Nth: 1}}})
	h := handle(t, server)
	require.Equal(t, NoError, SendAsync(h, nil))
	assert.Equal(t, busy, SendAsync(h, nil))
	Free(h) // cancels, then frees
	assert.Equal(t, BadHandle, Call(h, (*Mailer).Send))
}

func TestThreadsMayShareHandle(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 3 {
				assert.Equal(t, NoError, Call(h, (*Mailer).Send))
				Value(h, (*Mailer).GetSubject)
			}
		})
	}
	all.Wait()
	assert.Len(t, server.Mails(), 24)
}

func TestManyHandlesAtOnce(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	var handles []uintptr
	for range 30 {
		h := handle(t, server)
		handles = append(handles, h)
		require.Equal(t, NoError, SendAsync(h, nil))
	}
	for _, h := range handles {
		assert.Equal(t, NoError, WaitAsync(h, generous))
	}
	assert.Len(t, server.Mails(), 30)
}
