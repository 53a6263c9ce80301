// SPDX-License-Identifier: MIT

package test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onlyOnWindows reports whether the target is Windows. If it is not, the calling test
// must return.
func onlyOnWindows(t *testing.T) (on bool) {
	t.Helper()
	if !windows() {
		t.Logf("CSMTP_TARGET is %q", targetName)
	}
	return windows()
}

// TestWindows runs tools/windows.cpp if the target is Windows.
func TestWindows(t *testing.T) {
	if !onlyOnWindows(t) {
		return
	}
	program := link(t, "g++", "windows", "-std=c++11", "-msse2", "tools/windows.cpp")
	ca := onDrive(authorityFile(t))
	inFolder := func(t *testing.T, server *smtptest.MailServer, args ...string) result {
		return execute(t, t.TempDir(), program, append([]string{"localhost", strconv.Itoa(server.Port())}, args...)...)
	}
	for what, mails := range map[string]int{"state": 3, "stays": 1, "windowless": 1} {
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
		got := inFolder(t, server, "file", onDrive(folder))
		require.Zero(t, got.status, got.output)
		octets, err := os.ReadFile(filepath.Join(folder, "Grüße 漢字.txt"))
		require.NoError(t, err)
		require.NoError(t, server.WaitIdle(1, deadline))
		name, content := attachment(t, server.Mails()[0])
		assert.Equal(t, "Grüße 漢字.txt", name)
		assert.Equal(t, string(octets), content)
	})
	t.Run("paths longer than MAX_PATH", func(t *testing.T) {
		server := receiver(t, smtptest.MailOptions{})
		got := inFolder(t, server, "long", onDrive(t.TempDir()))
		require.Zero(t, got.status, got.output)
		require.NoError(t, server.WaitIdle(2, deadline))
		for _, m := range server.Mails() {
			name, content := attachment(t, m)
			assert.Equal(t, "long.txt", name)
			assert.Equal(t, "octets", content)
		}
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

// TestWindowsPlugIn loads a DLL that uses the library, unloads the DLL, and does both
// again. The DLL has a global CSmtp object. It also calls the library in DllMain, where
// each call must fail at once.
func TestWindowsPlugIn(t *testing.T) {
	if !onlyOnWindows(t) {
		return
	}
	folder := t.TempDir()
	plugIn := link(t, "g++", "plugin", "-std=c++11", "-shared", "tools/windows_plugin.cpp")
	require.NoError(t, os.Rename(plugIn, filepath.Join(folder, "plugin.dll")))
	program := filepath.Join(folder, "host.exe")
	g, _ := cross()
	run(t, g.compiler("g++"), "-std=c++11", "-static", "-o", program, "tools/windows_plugin_host.cpp")
	server := receiver(t, smtptest.MailOptions{})
	got := execute(t, folder, program, "localhost", strconv.Itoa(server.Port()))
	require.Zero(t, got.status, got.output)
	require.NoError(t, server.WaitIdle(4, deadline))
	assert.Len(t, server.Mails(), 4)
}

// TestWindowsPrograms sends a mail with csmtp-send and examines a server with
// csmtp-doctor.
func TestWindowsPrograms(t *testing.T) {
	if !onlyOnWindows(t) {
		return
	}
	server := receiver(t, smtptest.MailOptions{})
	port, folder := strconv.Itoa(server.Port()), os.Getenv("CSMTP_BUILD_DIR")
	ca := onDrive(authorityFile(t))
	got := execute(t, t.TempDir(), filepath.Join(folder, "csmtp-send.exe"), "--port", port, "--ca-file", ca,
		"--from", "alice@test.example", "--to", "bob@test.example", "--subject", "Grüße", "localhost")
	require.Zero(t, got.status, got.output)
	require.NoError(t, server.WaitIdle(1, deadline))
	require.Len(t, server.Mails(), 1)
	assert.Equal(t, "Grüße", subject(t, server.Mails()[0]))
	got = execute(t, t.TempDir(), filepath.Join(folder, "csmtp-doctor.exe"), "--port", port, "--ca-file", ca, "localhost")
	require.Zero(t, got.status, got.output)
	assert.Contains(t, got.output, "STARTTLS")
}

// TestWindowsLogin logs in with csmtp-login and sends two mails with the token file that
// csmtp-login has written. The access tokens expire at once, so that csmtp-send must
// replace the file for each mail.
func TestWindowsLogin(t *testing.T) {
	if !onlyOnWindows(t) {
		return
	}
	n := 0
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch current := fmt.Sprintf("refresh-%d", n); {
		case r.URL.Path == "/device":
			fmt.Fprint(w, `{"device_code":"code","user_code":"ABCD","verification_uri":"https://provider.example/","interval":1}`)
			return
		case r.FormValue("device_code") != "code" && r.FormValue("refresh_token") != current:
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
			return
		}
		n++
		fmt.Fprintf(w, `{"access_token":"good-token","expires_in":0,"refresh_token":"refresh-%d"}`, n)
	}))
	defer provider.Close()
	server := receiver(t, smtptest.MailOptions{})
	folder, tokens := os.Getenv("CSMTP_BUILD_DIR"), filepath.Join(t.TempDir(), "alice.token")
	got := execute(t, t.TempDir(), filepath.Join(folder, "csmtp-login.exe"), "--client-id", "app", "--proxy", "direct", "--method", "device",
		"--device-url", provider.URL+"/device", "--token-url", provider.URL+"/token", "--token-file", onDrive(tokens), "other", "alice@test.example")
	require.Zero(t, got.status, got.output)
	assert.Contains(t, got.output, "ABCD")
	for i := range 2 {
		got := execute(t, t.TempDir(), filepath.Join(folder, "csmtp-send.exe"), "--port", strconv.Itoa(server.Port()), "--ca-file", onDrive(authorityFile(t)),
			"--user", "alice@test.example", "--oauth2-token-file", onDrive(tokens), "--from", "alice@test.example", "--to", "bob@test.example", "localhost")
		require.Zero(t, got.status, got.output)
		require.NoError(t, server.WaitIdle(i+1, deadline))
		content, err := os.ReadFile(tokens)
		require.NoError(t, err)
		assert.Contains(t, string(content), fmt.Sprintf("refresh-%d", i+2))
	}
}

// TestWindowsService sends a mail from a Windows service, which has no console.
func TestWindowsService(t *testing.T) {
	if !onlyOnWindows(t) {
		return
	}
	folder := t.TempDir()
	program := link(t, "g++", "service", "-std=c++11", "tools/windows_service.cpp")
	server := receiver(t, smtptest.MailOptions{})
	library := filepath.Join(folder, "csmtp.dll") // next to the program, because a service has another PATH
	octets, err := os.ReadFile(filepath.Join(os.Getenv("CSMTP_BUILD_DIR"), "csmtp.dll"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(library, octets, 0o755))
	moved := filepath.Join(folder, "service.exe")
	require.NoError(t, os.Rename(program, moved))
	got := execute(t, folder, moved, "localhost", strconv.Itoa(server.Port()), onDrive(authorityFile(t)))
	require.Zero(t, got.status, got.output)
	require.NoError(t, server.WaitIdle(1, deadline))
	require.Len(t, server.Mails(), 1)
	assert.NotEmpty(t, server.Mails()[0].TLS)
}

// TestVisualCLinks compiles a program to Microsoft's object format, links it with
// lld-link and the import library, and runs it.
func TestVisualCLinks(t *testing.T) {
	if !onlyOnWindows(t) {
		return
	}
	folder := t.TempDir()
	object, program := filepath.Join(folder, "program.obj"), filepath.Join(folder, "program.exe")
	// Microsoft's C library is not available, so the program has its own entry point.
	kernel := filepath.Join(folder, "kernel32")
	processor, machine, exit := "x86_64", "i386:x86-64", "ExitProcess"
	if targetName == "Win32" {
		processor, machine, exit = "i686", "i386", "ExitProcess@4"
	}
	require.NoError(t, os.WriteFile(kernel+".def", []byte("LIBRARY kernel32.dll\nEXPORTS\n  "+exit+"\n"), 0o600))
	run(t, "llvm-dlltool", "-k", "-m", machine, "-d", kernel+".def", "-l", kernel+".lib")
	run(t, "clang", append(visualC(processor, "19.40"), "-DOWN_ENTRY", "-c", "-o", object, "msvc/program.c")...)
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
