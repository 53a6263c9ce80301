// SPDX-License-Identifier: MIT

package mailer

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Only the owner can read a new log file. An existing file keeps its mode. If others can
// read it, the log contains a warning.
func TestLogFileMode(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	folder := t.TempDir()
	for name, mode := range map[string]fs.FileMode{"new": 0, "private": 0o600, "seen": 0o644, "group": 0o640, "open": 0o666} {
		path := filepath.Join(folder, name)
		if mode != 0 {
			require.NoError(t, os.WriteFile(path, nil, 0o600))
			require.NoError(t, os.Chmod(path, mode))
		}
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetLogFile(path) })
		mustCall(t, h, (*Mailer).Send)
		if mode == 0 {
			mode = 0o600
		}
		assert.Equal(t, mode, modeOf(t, path), "%s: the mode changed", name)
		assert.Equal(t, mode != 0o600, strings.Contains(contentOf(t, path), "warning: the log file "+path+": other users can"), "%s:\n%s", name, contentOf(t, path))
	}
}

// The log file must not be a symbolic link. Otherwise, another user who can create a link
// in the folder could choose the file to which the log is written.
func TestLogFileFollowsNoSymbolicLink(t *testing.T) {
	folder := t.TempDir()
	target, link, inner := filepath.Join(folder, "target"), filepath.Join(folder, "link"), filepath.Join(folder, "inner")
	require.NoError(t, os.WriteFile(target, []byte("old"), 0o600))
	require.NoError(t, os.Symlink(target, link))
	require.NoError(t, os.Symlink(filepath.Join(folder, "missing"), filepath.Join(folder, "nothing")))
	require.NoError(t, os.Symlink(folder, inner))
	h := New()
	defer Free(h)
	for _, path := range []string{link, filepath.Join(folder, "nothing"), "/proc/self/exe"} {
		mustFail(t, h, fileNotExist, func(m *Mailer) error { return m.SetLogFile(path) })
		assert.Contains(t, Value(h, (*Mailer).GetLastErrorText), "symbolic link")
	}
	mustCall(t, h, func(m *Mailer) error { return m.SetLogFile(filepath.Join(inner, "target")) }) // only the last component counts
	assert.Equal(t, "old", contentOf(t, target))
	assert.NoFileExists(t, filepath.Join(folder, "missing"))

	// A link that replaces the log file later is not followed either.
	server := serve(t, smtptest.MailOptions{})
	path := filepath.Join(folder, "log")
	h = handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetLogFile(path) })
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Symlink(target, path))
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, "old", contentOf(t, target))
}

// The path of the log file can be that of a descriptor of the process, such as /dev/stderr,
// although this path is a link. If the descriptor later refers to another file, nothing is
// written.
func TestLogToADescriptor(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	folder := t.TempDir()
	for _, form := range []string{"/dev/fd/", "/proc/self/fd/"} {
		f, err := os.OpenFile(filepath.Join(folder, "log"), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
		require.NoError(t, err)
		_, err = f.WriteString("the program's own line\n")
		require.NoError(t, err)
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetLogFile(form + strconv.Itoa(int(f.Fd()))) })
		mustCall(t, h, (*Mailer).Send)
		_, err = f.WriteString("and another\n")
		require.NoError(t, err)
		text := contentOf(t, f.Name())
		assert.True(t, strings.HasPrefix(text, "the program's own line\n"), text)
		assert.True(t, strings.HasSuffix(text, "\nand another\n"), text)
		assert.Contains(t, text, " C: MAIL FROM:")
		assert.NotContains(t, text, "warning")

		other, err := os.Create(filepath.Join(folder, "other"))
		require.NoError(t, err)
		number := int(f.Fd())
		require.NoError(t, syscall.Dup3(int(other.Fd()), number, syscall.O_CLOEXEC))
		mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
		mustCall(t, h, (*Mailer).Send)
		assert.Empty(t, contentOf(t, other.Name()))
		assert.Equal(t, text, contentOf(t, filepath.Join(folder, "log")))
		f.Close()
		other.Close()
	}
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer read.Close()
	defer write.Close()
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetLogFile("/dev/fd/" + strconv.Itoa(int(write.Fd()))) })
	mustFail(t, h, fileNotExist, func(m *Mailer) error { return m.SetLogFile("/dev/fd/999999") })
	mustCall(t, h, func(m *Mailer) error { return m.SetLogFile("/dev/null") })
}

// The log contains a warning if others can read the private key.
func TestLogWarnsOfAnOpenKey(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	certificate, key := clientPair(t)
	for mode, want := range map[fs.FileMode]bool{0o600: false, 0o644: true} {
		require.NoError(t, os.Chmod(key, mode))
		path := filepath.Join(t.TempDir(), "log")
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetClientCertificate(certificate, key) })
		mustCall(t, h, func(m *Mailer) error { return m.SetLogFile(path) })
		mustCall(t, h, (*Mailer).Send)
		assert.Equal(t, want, strings.Contains(contentOf(t, path), "warning: the private key "+key+": other users can read it"))
	}
}

// A configuration file that contains secrets is used even if others can read it. In this
// case, the log contains a warning.
func TestLogWarnsOfAnOpenConfiguration(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	for text, secret := range map[string]bool{
		"[*]\nverify = yes\n":                                  false,
		"[other.example]\npassword = hunter2\n":                true,
		"[*]\nproxy = \n[x.example]\nproxy = socks5://u:p@h:1": true,
		"[x.example]\nproxy = socks5://h:1":                    false,
		"[x.example]\noauth2-refresh-token = hunter2\n":        true,
	} {
		for _, mode := range []fs.FileMode{0o600, 0o640, 0o644} {
			config := configureBy(t, text)
			require.NoError(t, os.Chmod(config, mode))
			path := filepath.Join(t.TempDir(), "log")
			h := handle(t, server)
			mustCall(t, h, func(m *Mailer) error { return m.SetLogFile(path) })
			mustCall(t, h, (*Mailer).Send)
			log := contentOf(t, path)
			assert.Equal(t, secret && mode != 0o600, strings.Contains(log, "warning: CSMTP_CONFIG: "+config+" contains secrets, and other users can read it"), "%q %o\n%s", text, mode, log)
			assert.NotContains(t, log, "hunter2")
		}
	}
}

// Only one log file is created: the one in the last log-file line of the section that
// applies.
func TestLogFileOfAnotherSectionIsNotCreated(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	configureBy(t, "[other.example]\nlog-file = "+at("other")+"\n[*]\nlog-file = "+at("first")+"\nlog-file = "+at("used")+
		"\n[another.example]\nlog-file = /nonexistent/folder/log\n")
	h := handle(t, server)
	mustCall(t, h, (*Mailer).Send)
	only(t, folder, "used")

	// If the configuration file is not valid, no log file is created.
	configureBy(t, "[*]\nlog-file = "+at("wrong")+"\nmagic = yes\n")
	mustFail(t, handle(t, server), badConfig, (*Mailer).Send)
	configureBy(t, "[*]\nlog-file = "+at("wrong")+"\noauth2-client-id = x\n")
	mustFail(t, handle(t, server), badConfig, (*Mailer).Send)
	only(t, folder, "used")
	configureBy(t, "[*]\n\nlog-file = /nonexistent/folder/log\n")
	h = handle(t, server)
	mustFail(t, h, badConfig, (*Mailer).Send)
	assert.Contains(t, Value(h, (*Mailer).GetLastErrorText), "line 3")
}
