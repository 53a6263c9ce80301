// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Without --dir, the server keeps mails in memory, and removes its temporary folder when it
// ends.
func TestTemporaryFolder(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ready := filepath.Join(t.TempDir(), "ready")
	key := filepath.Join(t.TempDir(), "ca.key")
	require.NoError(t, os.WriteFile(ready, []byte("port=1\n"), 0o600)) // of an earlier run
	var stale bytes.Buffer
	require.Equal(t, statusFailed, run(t.Context(), []string{"--ready", ready, "--port", busyPort(t)}, strings.NewReader(""), &stale, &stale))
	assert.NoFileExists(t, ready)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var out, errOut bytes.Buffer
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, []string{"--ready", ready, "--ca-key-file", key, "--count", "1"}, strings.NewReader(""), &out, &errOut)
	}()
	s := &started{t: t, dir: filepath.Dir(ready)}
	values := s.ready()
	pem, err := os.ReadFile(values["ca"])
	require.NoError(t, err)
	_, err = tls.X509KeyPair(pem, read(t, key))
	assert.NoError(t, err, "the key is that of the certificate")
	if runtime.GOOS != "windows" {
		assert.True(t, strings.HasPrefix(values["ca"], temp))
		info, err := os.Stat(key)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	assert.Contains(t, converse(t, values["port"], "EHLO me", "MAIL FROM:<>", "RCPT TO:<c@d.example>", "DATA", ".", "QUIT"), "221")
	assert.Equal(t, statusOK, <-status, errOut.String())
	assert.Contains(t, out.String(), "Inbox:              "+values["http"]+"\n")
	entries, err := os.ReadDir(temp)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// busyPort returns a port on which a socket listens.
func busyPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return text
}

// The server does not write through symbolic links, because another user may have created them.
func TestFilesAreNotFollowed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	folder := t.TempDir()
	victim := filepath.Join(folder, "victim")
	require.NoError(t, os.WriteFile(victim, []byte("x"), 0o600))
	for _, option := range []string{"--ca-file", "--ca-key-file", "--client-file", "--ready"} {
		link := filepath.Join(folder, "link"+option)
		require.NoError(t, os.Symlink(victim, link))
		var out, errOut bytes.Buffer
		assert.NotEqual(t, statusOK, run(t.Context(), []string{option, link}, strings.NewReader(""), &out, &errOut), option)
		assert.Contains(t, errOut.String(), "is not a regular file")
	}
	assert.Equal(t, "x", string(read(t, victim)))
}

// Other users cannot read the mails and the dialogues.
func TestMailsArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	s := start(t, "--count", "1", "--quiet")
	ready := s.ready()
	assert.Contains(t, converse(t, ready["port"], "EHLO me", "MAIL FROM:<>", "RCPT TO:<c@d.example>", "DATA", ".", "QUIT"), "221")
	assert.Equal(t, statusOK, s.done(), s.errors.String())
	for name, want := range map[string]os.FileMode{"mail": 0o700, "mail/1.eml": 0o600, "mail/1.json": 0o600, "sessions.jsonl": 0o600} {
		info, err := os.Stat(filepath.Join(s.dir, name))
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), name)
	}
}

// With LMTP on a Unix socket, the server sends a reply for each recipient. The server
// replaces the socket of an earlier server that no longer runs, but not a socket that is in
// use.
func TestLMTPOnAUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	stale, err := net.Listen("unix", path)
	require.NoError(t, err)
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	stale.Close()
	s := start(t, "--lmtp", "--unix", path, "--count", "1", "--quiet")
	assert.Equal(t, path, s.ready()["unix"])
	var out, errOut bytes.Buffer
	assert.Equal(t, statusFailed, run(t.Context(), []string{"--unix", path}, strings.NewReader(""), &out, &errOut))
	assert.Contains(t, errOut.String(), "another server listens there")

	conn, err := net.Dial("unix", path)
	require.NoError(t, err)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, "LHLO me\r\n")
	r := bufio.NewReader(conn)
	expect := func(prefix string) {
		t.Helper()
		for {
			line, err := r.ReadString('\n')
			require.NoError(t, err)
			if line[3] == ' ' {
				assert.True(t, strings.HasPrefix(line, prefix), line)
				return
			}
		}
	}
	expect("220")
	expect("250")
	io.WriteString(conn, "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<late@d.example>\r\nDATA\r\n")
	for _, code := range []string{"250", "250", "250", "354"} {
		expect(code)
	}
	io.WriteString(conn, "\r\n.\r\nQUIT\r\n")
	for _, code := range []string{"250", "552", "221"} {
		expect(code)
	}
	assert.Equal(t, statusOK, s.done(), s.errors.String())
}

// The server writes a certificate for clients. A client logs in with this certificate and
// EXTERNAL.
func TestExternalLogin(t *testing.T) {
	client := filepath.Join(t.TempDir(), "client.pem")
	s := start(t, "--client-file", client, "--quiet", "--count", "1", "--require-login", "--mechanisms", "external")
	ready := s.ready()
	pair, err := tls.X509KeyPair(read(t, client), read(t, client))
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(read(t, ready["ca"])))
	conn, err := tls.Dial("tcp", "localhost:"+ready["tls_port"], &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}})
	require.NoError(t, err)
	defer conn.Close()
	assert.Contains(t, dialogue(t, conn, "EHLO me", "AUTH EXTERNAL =", "MAIL FROM:<>", "RCPT TO:<c@d.example>", "DATA", ".", "QUIT"), "221")
	assert.Equal(t, statusOK, s.done(), s.errors.String())
	var mail struct{ Login, Mechanism string }
	require.NoError(t, json.Unmarshal(read(t, filepath.Join(ready["mail"], "1.json")), &mail))
	assert.Equal(t, "user@csmtp.example", mail.Login)
	assert.Equal(t, "EXTERNAL", mail.Mechanism)
}

// blocked is an output from which nobody reads after the server has printed its addresses.
type blocked struct{}

func (b *blocked) Write(p []byte) (int, error) {
	if strings.HasPrefix(string(p), "===") {
		select {}
	}
	return len(p), nil
}

// The server can end even if nobody reads the dialogues that it prints.
func TestEndsAlthoughNobodyReads(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	status := make(chan int, 1)
	go func() { status <- run(ctx, []string{"--ready", ready}, strings.NewReader(""), &blocked{}, io.Discard) }()
	s := &started{t: t, dir: filepath.Dir(ready)}
	port := s.ready()["port"]
	for range 3 {
		assert.Contains(t, converse(t, port, "EHLO me", "QUIT"), "221")
	}
	stop()
	select {
	case got := <-status:
		assert.Equal(t, statusOK, got)
	case <-time.After(30 * time.Second):
		assert.Fail(t, "the server does not end")
	}
}
