// SPDX-License-Identifier: MIT

package test

import (
	"bytes"
	"encoding/base64"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWindows runs tools/windows.cpp if the target is Windows.
func TestWindows(t *testing.T) {
	if targetName != "windows" {
		t.Logf("CSMTP_TARGET is %q", targetName)
		return
	}
	program := link(t, "g++", "windows", "-std=c++11", "tools/windows.cpp")
	ca := "Z:" + strings.ReplaceAll(authorityFile(t), "/", `\`)
	inFolder := func(t *testing.T, server *smtptest.MailServer, args ...string) result {
		return execute(t, t.TempDir(), program, append([]string{"localhost", strconv.Itoa(server.Port())}, args...)...)
	}
	for what, mails := range map[string]int{"state": 3, "stays": 1} {
		t.Run(what, func(t *testing.T) {
			server := receiver(t, smtptest.MailOptions{})
			got := inFolder(t, server, what)
			require.Zero(t, got.status, got.output)
			require.NoError(t, server.WaitIdle(mails, deadline))
			for _, m := range server.Mails() {
				assert.NotEmpty(t, m.TLS)
				assert.Equal(t, "alice@test.example", m.Login)
			}
		})
	}
	t.Run("file names in UTF-8", func(t *testing.T) {
		server := receiver(t, smtptest.MailOptions{})
		folder := t.TempDir()
		require.NotContains(t, folder, " ")
		got := inFolder(t, server, "file", "Z:"+strings.ReplaceAll(folder, "/", `\`))
		require.Zero(t, got.status, got.output)
		octets, err := os.ReadFile(filepath.Join(folder, "Grüße 漢字.txt"))
		require.NoError(t, err)
		require.NoError(t, server.WaitIdle(1, deadline))
		name, content := attachment(t, server.Mails()[0])
		assert.Equal(t, "Grüße 漢字.txt", name)
		assert.Equal(t, string(octets), content)
	})
	t.Run("certificate store of the system", func(t *testing.T) {
		t.Setenv("CSMTP_CONFIG", "")
		server := receiver(t, smtptest.MailOptions{})
		got := inFolder(t, server, "distrusted")
		assert.Equal(t, 1, got.status)
		assert.Regexp(t, `^414 .*SetCAFile`, got.output)
		assert.Empty(t, server.Mails())
		got = inFolder(t, server, "store", ca)
		require.Zero(t, got.status, got.output)
		assert.Len(t, server.Mails(), 1)
	})
}

// TestVisualCLinks compiles a program to Microsoft's object format, links it with
// lld-link and the import library, and runs it.
func TestVisualCLinks(t *testing.T) {
	if targetName != "windows" {
		t.Logf("CSMTP_TARGET is %q", targetName)
		return
	}
	folder := t.TempDir()
	object, program := filepath.Join(folder, "program.obj"), filepath.Join(folder, "program.exe")
	// Microsoft's C library is not available, so the program has its own entry point.
	kernel := filepath.Join(folder, "kernel32")
	require.NoError(t, os.WriteFile(kernel+".def", []byte("LIBRARY kernel32.dll\nEXPORTS\n  ExitProcess\n"), 0o600))
	run(t, "llvm-dlltool", "-m", "i386:x86-64", "-d", kernel+".def", "-l", kernel+".lib")
	run(t, "clang", append(visualC("x86_64", "19.40"), "-DOWN_ENTRY", "-c", "-o", object, "msvc/program.c")...)
	run(t, "lld-link", "/entry:start", "/subsystem:console", "/nodefaultlib", "/out:"+program, object,
		filepath.Join(library(t), "csmtp.lib"), kernel+".lib")
	got := execute(t, folder, program)
	require.Zero(t, got.status, got.output)
}

// attachment returns the file name and the content of a mail's second part.
func attachment(t *testing.T, m smtptest.Mail) (name, content string) {
	t.Helper()
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Data))
	require.NoError(t, err)
	_, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	require.NoError(t, err)
	parts := multipart.NewReader(parsed.Body, params["boundary"])
	_, err = parts.NextPart()
	require.NoError(t, err)
	part, err := parts.NextPart()
	require.NoError(t, err)
	_, params, err = mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	require.NoError(t, err)
	var body bytes.Buffer
	_, err = body.ReadFrom(base64.NewDecoder(base64.StdEncoding, part))
	require.NoError(t, err)
	return params["filename"], body.String()
}
