// SPDX-License-Identifier: MIT

package test

import (
	"bytes"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mailsOf maps each program that does not send exactly one mail to its number of mails.
var mailsOf = map[string]int{"member_copied": 3, "threads": 4, "revision20": 5, "one_session": 3, "containers": 2}

// sessionsOf returns the number of sessions of a program. Most programs open one
// session for each mail.
func sessionsOf(name string) int {
	if name == "one_session" {
		return 1
	}
	return max(mailsOf[name], 1)
}

// TestPrograms compiles, links and runs programs that use the class as users of the old
// class do.
func TestPrograms(t *testing.T) {
	for name, sources := range programs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := link(t, "g++", name, append(sources, "-std=c++11")...)
			server := receiver(t, smtptest.MailOptions{NoAuth: true})
			got := execute(t, t.TempDir(), program, "127.0.0.1", strconv.Itoa(server.Port()))
			require.Zero(t, got.status, got.output)

			want := max(mailsOf[name], 1)
			require.NoError(t, server.WaitIdle(want, deadline))
			mails := server.Mails()
			require.Len(t, mails, want)
			for _, m := range mails {
				assert.True(t, strings.HasPrefix(subject(t, m), name), subject(t, m))
			}
			assert.Len(t, server.Sessions(), sessionsOf(name))
		})
	}
}

// TestEveryMethod runs a program that calls every method, with each security type.
func TestEveryMethod(t *testing.T) {
	program := link(t, "g++", "everymethod", append(sanitized, "-std=c++11", "tools/everymethod.cpp")...)
	attachment := filepath.Join(t.TempDir(), "a file.bin")
	octets := bytes.Repeat([]byte("\x00\xff.\r\n"), 1000)
	require.NoError(t, os.WriteFile(attachment, octets, 0o600))
	for _, security := range []string{"none", "tls", "ssl"} {
		t.Run(security, func(t *testing.T) {
			server := receiver(t, smtptest.MailOptions{})
			port := server.Port()
			if security == "ssl" {
				port = server.TLSPort()
			}
			got := execute(t, t.TempDir(), program, "localhost", strconv.Itoa(port), security, "alice@test.example", "s3cret pass", attachment)
			require.Zero(t, got.status, got.output)
			require.NoError(t, server.WaitIdle(2, deadline))
			mails := server.Mails()
			require.Len(t, mails, 2)
			assert.Equal(t, "every method, Send alone", subject(t, mails[0]))
			assert.Equal(t, "every method, a session by hand", subject(t, mails[1]))
			for _, m := range mails {
				assert.Equal(t, security != "none", m.TLS != "")
				assert.Equal(t, "alice@test.example", m.Login)
				assert.Equal(t, "alice@test.example", m.From)
				assert.Len(t, m.Recipients, 4)
				assert.NotContains(t, string(m.Data), "erin@test.example")
			}
		})
	}
}

// TestLegacyTLS checks that a program accepts any certificate if it was compiled with
// CSMTP_LEGACY_TLS, and refuses an invalid one otherwise.
func TestLegacyTLS(t *testing.T) {
	attachment := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(attachment, nil, 0o600))
	for name, want := range map[string]int{"-DCSMTP_LEGACY_TLS": 0, "-DCSMTP_CHECKED_TLS": 1} {
		program := link(t, "g++", "tls"+name, "-std=c++17", name, "tools/everymethod.cpp")
		server := receiver(t, smtptest.MailOptions{Certificate: "self-signed"})
		got := execute(t, t.TempDir(), program, "localhost", strconv.Itoa(server.TLSPort()), "ssl", "alice@test.example", "s3cret pass", attachment)
		assert.Equal(t, want, got.status, got.output)
		if want != 0 {
			assert.True(t, strings.HasPrefix(got.output, "414 "), got.output)
			assert.Empty(t, server.Mails())
		}
	}
}

// TestStrict runs a program compiled with CSMTP_STRICT.
func TestStrict(t *testing.T) {
	got := execute(t, t.TempDir(), link(t, "clang++", "strict", append(sanitized, "-std=c++17", "tools/strict.cpp")...))
	require.Zero(t, got.status, got.output)
}

func receiver(t *testing.T, options smtptest.MailOptions) *smtptest.MailServer {
	t.Helper()
	server, err := smtptest.NewMailServer(options)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

var writeAuthority = sync.OnceValues(func() (string, error) { return smtptest.WriteCA(hosttest.Folder()) })

// authorityFile returns the path of the CA certificate of smtptest's servers.
func authorityFile(t *testing.T) string {
	t.Helper()
	path, err := writeAuthority()
	require.NoError(t, err)
	return path
}

func subject(t *testing.T, m smtptest.Mail) string {
	t.Helper()
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Data))
	require.NoError(t, err)
	text, err := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	require.NoError(t, err)
	return text
}
