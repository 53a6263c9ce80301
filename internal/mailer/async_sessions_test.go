// SPDX-License-Identifier: MIT

package mailer

import (
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Asynchronous Sends with the same settings share a few sessions. These end with QUIT when
// the handles are freed.
func TestSendAsyncSharesSessions(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Do: "latency 1ms"}}})
	var handles []uintptr
	for range 25 {
		handles = append(handles, handle(t, server))
	}
	for range 4 {
		for _, h := range handles {
			require.Equal(t, NoError, SendAsync(h, nil))
		}
		for _, h := range handles {
			require.Equal(t, NoError, WaitAsync(h, generous))
			require.Empty(t, Value(h, (*Mailer).GetExtensions), "the handle has no session afterwards")
		}
	}
	for _, h := range handles {
		Free(h)
	}
	sessions := waitIdle(t, server, 100)
	require.LessOrEqual(t, len(sessions), mostShared)
	for _, s := range sessions {
		require.Contains(t, s.Dialogue.String(), "QUIT")
		require.Equal(t, "alice@test.example", s.Login)
	}
	sharedSessions.Lock()
	defer sharedSessions.Unlock()
	require.Empty(t, sharedSessions.of)
}

// Handles do not share sessions if they differ in a setting that affects the session.
func TestSendAsyncSharesNoOtherSession(t *testing.T) {
	for name, change := range map[string]func(*Mailer) error{
		"SetLogin":           func(m *Mailer) error { return m.SetLogin("bob@test.example") },
		"SetPassword":        func(m *Mailer) error { return m.SetPassword("another") },
		"SetSecurityType":    func(m *Mailer) error { return m.SetSecurityType(useTLSIfOffered) },
		"SetVerifyPeer":      func(m *Mailer) error { return m.SetVerifyPeer(false) },
		"SetLocalHostName":   func(m *Mailer) error { return m.SetLocalHostName("other.example") },
		"SetTimeout":         func(m *Mailer) error { return m.SetTimeout(timeoutCommand, 77_000) },
		"SetExtensionOff":    func(m *Mailer) error { return m.SetExtensionOff("DSN") },
		"SetAuthMechanism":   func(m *Mailer) error { return m.SetAuthMechanism("LOGIN") },
		"SetAuthorizationID": func(m *Mailer) error { return m.SetAuthorizationID("carol") },
		"SetSMTPServer": func(m *Mailer) error {
			return m.SetSMTPServer(m.settings.server, m.settings.port, false)
		},
	} {
		server := serve(t, smtptest.MailOptions{})
		first, second := handle(t, server), handle(t, server)
		mustCall(t, second, change)
		for _, h := range []uintptr{first, second} {
			require.Equal(t, NoError, SendAsync(h, nil))
			WaitAsync(h, generous)
		}
		Free(first)
		Free(second)
		require.NoError(t, server.WaitIdle(0, generous))
		assert.Len(t, server.Sessions(), 2, name)
	}
}

// A session is not used again if it has failed or the server has closed it.
func TestSendAsyncAfterAFailure(t *testing.T) {
	for _, fault := range []string{"RCPT#2: 550 5.1.1 No", "MAIL#2: close", "close after 1", "421 after 1", "end of data#2: close"} {
		server := faulty(t, fault)
		h := handle(t, server)
		failed := 0
		for range 4 {
			require.Equal(t, NoError, SendAsync(h, nil))
			if WaitAsync(h, generous) != NoError {
				failed++
			}
		}
		require.LessOrEqual(t, failed, 1, fault)
		require.GreaterOrEqual(t, len(server.Mails()), 3, fault)
	}
}

// A Send that waits for a session can be canceled. Its handle can be freed.
func TestSendAsyncWaitsForASession(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "MAIL", Do: "stall"}}})
	var handles []uintptr
	for range mostShared + 3 {
		h := handle(t, server)
		handles = append(handles, h)
		require.Equal(t, NoError, SendAsync(h, nil))
	}
	for _, h := range handles[mostShared+1:] {
		require.Equal(t, NoError, Cancel(h))
		require.Equal(t, canceled, WaitAsync(h, generous))
	}
	for _, h := range handles {
		Free(h)
	}
	sharedSessions.Lock()
	defer sharedSessions.Unlock()
	require.Empty(t, sharedSessions.of)
}

// An asynchronous Send uses the handle's own session if the handle has one.
func TestSendAsyncOverOwnSession(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	for range 3 {
		require.Equal(t, NoError, SendAsync(h, nil))
		require.Equal(t, NoError, WaitAsync(h, generous))
	}
	require.NotEmpty(t, Value(h, (*Mailer).GetExtensions))
	Free(h)
	require.Len(t, waitIdle(t, server, 3), 1)
}

// If a session ends while no handle uses it, no other handle gets it.
func TestSendAsyncDoesNotUseAnEndedSession(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	first, second := handle(t, server), handle(t, server)
	for range 2 {
		for _, h := range []uintptr{first, second} {
			require.Equal(t, NoError, SendAsync(h, nil))
			require.Equal(t, NoError, WaitAsync(h, generous))
		}
	}
	sharedSessions.Lock()
	ended := 0
	for _, p := range sharedSessions.of[*Lookup(first).shares].idle {
		p.endSession()
		ended++
	}
	sharedSessions.Unlock()
	require.Positive(t, ended)
	require.Equal(t, NoError, SendAsync(second, nil))
	require.Equal(t, NoError, WaitAsync(second, generous))
}

// If Cancel ends a session while giveBack runs, giveBack does not keep the session.
func TestSendAsyncDoesNotKeepACanceledSession(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
	})
	m, key := Lookup(h), sharing{charset: t.Name()}
	sharedSessions.Lock()
	sharedSessions.of[key] = &shared{users: 1, busy: 1}
	sharedSessions.Unlock()
	o, end := &operation{}, m.endSession
	canceling, ends := make(chan struct{}), make(chan struct{})
	o.uses(func() {
		close(canceling)
		<-ends
		end()
	})
	m.op.Store(o)
	go o.cancel()
	<-canceling
	given := make(chan struct{})
	go func() {
		defer close(given)
		m.giveBack(key, true)
	}()
	select { // giveBack has to wait for the end of cancel
	case <-given:
	case <-time.After(20 * time.Millisecond):
	}
	close(ends)
	within(t, "giveBack", func() { <-given })
	m.op.Store(nil)
	sharedSessions.Lock()
	defer sharedSessions.Unlock()
	require.Empty(t, sharedSessions.of[key].idle)
	delete(sharedSessions.of, key)
}

// If a configuration file is used, each asynchronous Send opens its own session, because
// the file may have changed. The mails of a pool still share sessions.
func TestSendAsyncWithAConfigurationFile(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Users: map[string]string{"carol@test.example": "secret"}})
	configureBy(t, "[*]\nlogin = carol@test.example\npassword = secret\n")
	h := handle(t, server)
	for range 3 {
		require.Equal(t, NoError, SendAsync(h, nil))
		require.Equal(t, NoError, WaitAsync(h, generous))
	}
	require.Len(t, waitIdle(t, server, 3), 3)
	pool := NewPool()
	t.Cleanup(func() { Free(pool) })
	mustPool(t, pool, func(p *Pool) error { return p.AddRelay(h, "") })
	for range 3 {
		require.Equal(t, NoError, PoolSend(pool, h))
	}
	Free(pool)
	sessions := waitIdle(t, server, 6)
	require.Len(t, sessions, 4)
	for _, s := range sessions {
		require.Equal(t, "carol@test.example", s.Login)
	}
}
