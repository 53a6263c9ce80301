// SPDX-License-Identifier: MIT

//go:build unix

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A FIFO without a writer is waited for by nobody, a device not read to an end
// that it has not. Found by FuzzCaller.
func TestCertificatesInOddFiles(t *testing.T) {
	folder := t.TempDir()
	fifo := filepath.Join(folder, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	huge := filepath.Join(folder, "huge")
	require.NoError(t, os.WriteFile(huge, nil, 0o600))
	require.NoError(t, os.Truncate(huge, 1<<40))
	h := newMailer()
	defer freeMailer(h)
	for _, path := range []string{fifo, huge, "/dev/zero", folder} {
		for name, set := range map[string]func(m *mailer) error{
			"SetCAFile":                     func(m *mailer) error { return m.SetCAFile(path) },
			"SetClientCertificate":          func(m *mailer) error { return m.SetClientCertificate(path, "") },
			"SetClientCertificate, the key": func(m *mailer) error { return m.SetClientCertificate("testdata/missing.pem", path) },
		} {
			assert.Contains(t, []number{fileNotExist, badArgument}, call(h, set), "%s %s", name, path)
		}
	}
	assert.Equal(t, badArgument, call(h, func(m *mailer) error { return m.SetCADirectory(folder) }))
}

// Nothing is put in place of a device, or waits for the reader of a FIFO, or
// stops a mail because its log cannot be written.
func TestOddFilesToWrite(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	h := newMailer()
	defer freeMailer(h)
	call(h, func(m *mailer) error { return m.SetSenderMail("alice@test.example") })
	call(h, func(m *mailer) error { return m.AddRecipient("bob@test.example", "") })
	assert.Equal(t, fileNotExist, call(h, func(m *mailer) error { return m.SaveMessage(fifo) }))
	info, err := os.Stat(fifo)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeNamedPipe)
	assert.Equal(t, fileNotExist, call(h, func(m *mailer) error { return m.SetLogFile(fifo) }))
	assert.Equal(t, noError, call(h, func(m *mailer) error { return m.SetLogFile("/dev/full") }))
	path := filepath.Join(t.TempDir(), "sink")
	heard := sink(t, path, "")
	call(h, func(m *mailer) error { return m.SetSMTPServer("unix:"+path, 0, false) })
	assert.Equal(t, noError, call(h, (*mailer).Send), value(h, (*mailer).GetLastErrorText))
	assert.Len(t, heard().messages, 1)
}
