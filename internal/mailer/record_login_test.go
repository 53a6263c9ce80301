// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"os"
	"path/filepath"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRecordMasksTheLoginOfEachHandle records the sessions of several handles with
// different logins to one file.
func TestRecordMasksTheLoginOfEachHandle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.txt")
	logins := []string{"alicelogin", "boblogin", "carollogin"}
	for _, login := range logins {
		server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "AUTH", Do: "535 5.7.8 " + login + " may not send"}}})
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetLogin(login) })
		mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, false) })
		require.NotEqual(t, NoError, Call(h, (*Mailer).Send))
	}
	octets, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(octets), "client.test.example may not send")
	for _, login := range logins {
		assert.NotContains(t, string(octets), login)
	}
}
