// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The library does not wait for the writer of a FIFO, and does not read an endless device
// or a huge file to its end.
func TestCertificatesInOddFiles(t *testing.T) {
	folder := t.TempDir()
	fifo := filepath.Join(folder, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	huge := filepath.Join(folder, "huge")
	require.NoError(t, os.WriteFile(huge, nil, 0o600))
	require.NoError(t, os.Truncate(huge, 1<<40))
	h := New()
	defer Free(h)
	for _, path := range []string{fifo, huge, "/dev/zero", folder} {
		for name, set := range map[string]func(m *Mailer) error{
			"SetCAFile":                     func(m *Mailer) error { return m.SetCAFile(path) },
			"SetClientCertificate":          func(m *Mailer) error { return m.SetClientCertificate(path, "") },
			"SetClientCertificate, the key": func(m *Mailer) error { return m.SetClientCertificate("testdata/missing.pem", path) },
		} {
			assert.Contains(t, []Number{fileNotExist, BadArgument}, Call(h, set), "%s %s", name, path)
		}
	}
	assert.Equal(t, BadArgument, Call(h, func(m *Mailer) error { return m.SetCADirectory(folder) }))
}

// The library does not replace a FIFO, and does not wait for its reader. It sends the mail
// even if it cannot write the log.
func TestOddFilesToWrite(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	h := New()
	defer Free(h)
	Call(h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	Call(h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
	assert.Equal(t, fileNotExist, Call(h, func(m *Mailer) error { return m.SaveMessage(fifo) }))
	info, err := os.Stat(fifo)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeNamedPipe)
	assert.Equal(t, fileNotExist, Call(h, func(m *Mailer) error { return m.SetLogFile(fifo) }))
	assert.Equal(t, NoError, Call(h, func(m *Mailer) error { return m.SetLogFile("/dev/full") }))
	path := filepath.Join(t.TempDir(), "sink")
	heard := sink(t, path, "")
	Call(h, func(m *Mailer) error { return m.SetSMTPServer("unix:"+path, 0, false) })
	assert.Equal(t, NoError, Call(h, (*Mailer).Send), Value(h, (*Mailer).GetLastErrorText))
	assert.Len(t, heard().messages, 1)
}

// SaveMessage does not replace a device. The device is in a folder of the test, so that a
// library with this fault does not replace one of the system.
func TestSaveMessageKeepsDevice(t *testing.T) {
	device := filepath.Join(t.TempDir(), "null")
	if err := syscall.Mknod(device, syscall.S_IFCHR|0o600, 1<<8|3); err != nil {
		t.Skipf("this user cannot create a device: %v", err)
	}
	h := New()
	defer Free(h)
	mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
	text := mustFail(t, h, fileNotExist, func(m *Mailer) error { return m.SaveMessage(device) })
	assert.Contains(t, text, device)
	info, err := os.Lstat(device)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeCharDevice)
}

// If the file that CSMTP_CONFIG names is not a regular file, or cannot be read completely,
// the call fails at once. Nothing is sent with the settings of the program.
func TestConfigurationInOddFiles(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	require.NoError(t, syscall.Mkfifo(at("fifo"), 0o600))
	socket, err := net.Listen("unix", at("socket"))
	require.NoError(t, err)
	defer socket.Close()
	require.NoError(t, os.Symlink(at("fifo"), at("link")))
	require.NoError(t, os.Symlink(at("loop"), at("loop")))
	require.NoError(t, os.WriteFile(at("huge"), []byte("[*]\nverify = no\n"), 0o600))
	require.NoError(t, os.Truncate(at("huge"), 1<<40))
	path := at("server")
	heard := sink(t, path, "")
	h := New()
	defer Free(h)
	Call(h, func(m *Mailer) error { return m.SetSMTPServer("unix:"+path, 0, false) })
	Call(h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	Call(h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
	for name, want := range map[string]string{
		at("fifo"): "not a regular file", at("link"): "not a regular file", at("socket"): "not a regular file", folder: "not a regular file",
		"/dev/zero": "not a regular file", "/dev/null": "not a regular file", "/dev/tty": "/dev/tty",
		at("loop"): "symbolic links", at("missing"): "no such file", at("huge"): "larger than 1 MiB",
	} {
		t.Setenv(configVariable, name)
		assert.Equal(t, badConfig, Call(h, (*Mailer).Send), name)
		said := Value(h, (*Mailer).GetLastErrorText)
		assert.Contains(t, said, configVariable)
		assert.Contains(t, said, want)
		assert.Contains(t, said, name)
	}

	// A line of the configuration file can be very long. The lines after it are read too.
	configureBy(t, "# "+strings.Repeat("x", 100_000)+"\n[*]\nmagic = yes\n")
	assert.Equal(t, badConfig, Call(h, (*Mailer).Send))
	assert.Contains(t, Value(h, (*Mailer).GetLastErrorText), "line 3")
	configureBy(t, "# "+strings.Repeat("x", 100_000)+"\r\n[*]\r\nverify = yes\r\n")
	assert.Equal(t, NoError, Call(h, (*Mailer).Send), Value(h, (*Mailer).GetLastErrorText))
	assert.Len(t, heard().messages, 1)
}

func TestReadyMessagesInOddFiles(t *testing.T) {
	folder := t.TempDir()
	fifo := filepath.Join(folder, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	h := New()
	defer Free(h)
	for _, path := range []string{fifo, "/dev/zero", "/dev/null", folder, filepath.Join(folder, "missing")} {
		assert.Equal(t, fileNotExist, Call(h, func(m *Mailer) error { return m.SendRawFile(path, nil, nil) }), path)
		assert.Contains(t, Value(h, (*Mailer).GetLastErrorText), path)
	}
}
