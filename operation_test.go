// SPDX-License-Identifier: MIT

package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// generous is for what should happen at once.
const generous = 20 * time.Second

func TestCancelEndsASendThatWaits(t *testing.T) {
	for _, step := range []string{"greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "body", "end of data"} {
		server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: step, Do: "stall", Nth: 1}}})
		h := handle(t, server)
		require.Equal(t, noError, sendAsync(h, nil))
		require.Eventually(t, func() bool { return silent(server) }, generous, 5*time.Millisecond, step)
		require.Equal(t, busy, waitAsync(h, 0), step)
		require.Equal(t, noError, cancelMailer(h))
		require.Equal(t, canceled, waitAsync(h, generous), step)
		ok(t, h, (*mailer).Send)
		server.Close()
	}
}

// silent tells whether the server has come to where it says nothing more.
func silent(server *smtptest.MailServer) bool {
	for _, r := range server.Sessions() {
		if strings.Contains(r.Dialogue.String(), "the server is silent") {
			return true
		}
	}
	return false
}

func TestCancelWithNothingAtWorkTouchesNothing(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	require.Equal(t, noError, cancelMailer(h))
	ok(t, h, func(m *mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	require.Equal(t, noError, cancelMailer(h))
	ok(t, h, (*mailer).Send)
	assert.Len(t, server.Sessions(), 1)
	assert.Equal(t, badHandle, cancelMailer(0))
}

func TestSendAsync(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	assert.Equal(t, badArgument, waitAsync(h, 0))
	told := make(chan number, 1)
	require.Equal(t, noError, sendAsync(h, func(_ uint64, n number) { told <- n }))
	assert.Equal(t, noError, waitAsync(h, generous))
	assert.Equal(t, noError, waitAsync(h, 0))
	assert.Equal(t, noError, <-told)
	assert.Len(t, server.Mails(), 1)
	assert.Equal(t, badHandle, sendAsync(12345678, nil))
	assert.Equal(t, badHandle, waitAsync(12345678, 0))
}

func TestOneAsynchronousSendAHandle(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "MAIL", Do: "stall", Nth: 1}}})
	h := handle(t, server)
	require.Equal(t, noError, sendAsync(h, nil))
	assert.Equal(t, busy, sendAsync(h, nil))
	freeMailer(h) // cancels, then frees
	assert.Equal(t, badHandle, call(h, (*mailer).Send))
}

func TestAHandleSharedByThreadsIsSlowNotBroken(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 3 {
				assert.Equal(t, noError, call(h, (*mailer).Send))
				value(h, (*mailer).GetSubject)
			}
		})
	}
	all.Wait()
	assert.Len(t, server.Mails(), 24)
}

func TestManyInFlight(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	var handles []uintptr
	for range 30 {
		h := handle(t, server)
		handles = append(handles, h)
		require.Equal(t, noError, sendAsync(h, nil))
	}
	for _, h := range handles {
		assert.Equal(t, noError, waitAsync(h, generous))
	}
	assert.Len(t, server.Mails(), 30)
}
