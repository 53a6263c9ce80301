// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// silent returns the port of a server that accepts connections and sends nothing.
func silent(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func TestDoctorOfASilentServer(t *testing.T) {
	port := silent(t)
	args := []string{"--timeout=1", fmt.Sprintf("--ports=465=%d,587=%d,25=%d,2525=%d", port, port, port, port), "127.0.0.1"}
	got := hosttest.Call{Program: compiled(t, "doctor"), Args: args}.Run(t)
	assert.Equal(t, 1, got.Status, got.Out)
	assert.Contains(t, got.Out, "No way to send mail was found.")
	assert.Contains(t, got.Out, "in time")
	assert.Less(t, got.Took, time.Minute, "each port takes at most nine seconds: nine connections, one after the other")
}

func TestDoctorOfOldTLS(t *testing.T) {
	server := serve(t, smtptest.MailOptions{NewestTLS: "1.1"})
	d := examine(t, nil, ports(server), "--ca-file", authority(t), "localhost")
	assert.Equal(t, 1, d.Status)
	assert.False(t, *d.Ports[0].Versions["1.3"] || *d.Ports[0].Versions["1.2"])
	assert.True(t, *d.Ports[0].Versions["older"])
	assert.Contains(t, strings.Join(d.Notes, " "), "only TLS 1.1 or older")

	server = serve(t, smtptest.MailOptions{NewestTLS: "1.2"})
	d = examine(t, nil, ports(server), "--ca-file", authority(t), "localhost")
	assert.Equal(t, "good", d.Result)
	assert.Contains(t, d.Ports[1].TLS, "TLS 1.2")
	assert.False(t, *d.Ports[1].Versions["1.3"])
}

// csmtp-doctor finds out on any port whether TLS is implicit or starts with STARTTLS.
func TestDoctorOfAnUnknownPort(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	for port, security := range map[int]string{server.Port(): "starttls", server.TLSPort(): "ssl"} {
		d := examine(t, nil, fmt.Sprintf("--port=%d", port), "--ca-file", authority(t), "localhost")
		assert.Equal(t, "good", d.Result)
		require.Len(t, d.Ports, 1)
		assert.Equal(t, security, d.Ports[0].Security)
	}
	d := examine(t, nil, fmt.Sprintf("--ports=465=%d", server.Port()), "--ca-file", authority(t), "localhost")
	assert.Equal(t, 1, d.Status)
	assert.Contains(t, d.Ports[0].IPv4.Text, "the server starts without TLS")
}

func TestDoctorByFamily(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	d := examine(t, nil, ports(server), "-4", "--ca-file", authority(t), "127.0.0.1")
	assert.Equal(t, "good", d.Result)
	assert.Nil(t, d.Ports[0].IPv6, "not tried")
	d = examine(t, nil, ports(server), "-6", "127.0.0.1")
	assert.Equal(t, "none", d.Result)
	assert.Nil(t, d.Ports[0].IPv4)
	assert.False(t, d.Ports[0].IPv6.Works)
	assert.Equal(t, "resolve", d.Ports[0].IPv6.Phase)
	got := hosttest.Call{Program: compiled(t, "doctor"), Args: []string{ports(server), "-6", "127.0.0.1"}}.Run(t)
	assert.Equal(t, 1, got.Status)
	assert.Contains(t, got.Out, "the host has no IPv6 address")
	d = examine(t, nil, ports(server), "no-such-host.invalid")
	assert.Equal(t, "none", d.Result)
	assert.Contains(t, strings.Join(d.Notes, " "), "has no address")
}

func TestDoctorIgnoresTheConfiguration(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	config := filepath.Join(t.TempDir(), "csmtp.conf")
	require.NoError(t, os.WriteFile(config, []byte("[*]\nport = 1\nverify = no\n"), 0o600))
	d := examine(t, []string{"CSMTP_CONFIG=" + config}, ports(server), "--ca-file", authority(t), "localhost")
	assert.Equal(t, "good", d.Result)
	assert.Contains(t, d.Notes[0], "CSMTP_CONFIG")
}

func TestDoctorAsksForThePassword(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	call := hosttest.Call{Program: compiled(t, "doctor"), Args: []string{ports(server), "--ca-file", authority(t), "localhost", user}}
	got := call.RunOnTerminal(t, "Password of", "x\x15"+password+"z\x7f\r")
	assert.Zero(t, got.Status, got.Out+got.Errors)
	assert.Contains(t, got.Out, "Login of alice@test.example at port 465: works")
	assert.NotContains(t, got.Out+got.Errors, password, "no echo")
	got = call.RunOnTerminal(t, "Password of", "half\x03")
	assert.Equal(t, 2, got.Status)
	assert.Contains(t, got.Errors, "--password-file")
}

// No output of csmtp-doctor shows a secret.
func TestDoctorKeepsSecrets(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Tokens: map[string]string{user: "t0ken-of-the-test"}})
	file := filepath.Join(t.TempDir(), "secret")
	for _, c := range []struct {
		secret, option string
		status         int
	}{
		{password, "--password-file", 0}, {"n0t-the-password", "--password-file", 3},
		{"t0ken-of-the-test", "--token-file", 0}, {"n0t-the-token", "--token-file", 3},
	} {
		require.NoError(t, os.WriteFile(file, []byte(c.secret+"\n"), 0o600))
		got := hosttest.Call{Program: compiled(t, "doctor"),
			Args: []string{"-v", "--json", ports(server), "--ca-file", authority(t), c.option, file, "localhost", user}}.Run(t)
		assert.Equal(t, c.status, got.Status, got.Out)
		assert.Contains(t, got.Errors, "== login")
		assert.Contains(t, got.Errors, "C: AUTH ")
		assertNoSecret(t, got.Out+got.Errors, c.secret)
	}
}

// csmtp-doctor prints a warning if other users can read a file with a secret.
func TestSecretFilesThatOthersMayRead(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(password+"\n"), 0o600))
	for mode, want := range map[os.FileMode]bool{0o600: false, 0o644: true, 0o640: true} {
		require.NoError(t, os.Chmod(file, mode))
		got := hosttest.Call{Program: compiled(t, "doctor"),
			Args: []string{ports(server), "--ca-file", authority(t), "--password-file", file, "localhost", user}}.Run(t)
		assert.Zero(t, got.Status, got.Out+got.Errors)
		assert.Equal(t, want, strings.Contains(got.Errors, "warning: other users can read "+file), got.Errors)
	}
}

func TestDoctorUsage(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, args := range [][]string{
		{}, {"a", "b", "c"}, {""}, {"two hosts"}, {"a,b"}, {"--port"}, {"--port=0", "h"}, {"--port=65536", "h"}, {"--port=x", "h"},
		{"--ports=465=", "h"}, {"--ports=1,2,3,4,5,6,7,8,9", "h"}, {"--port=1", "--ports=1", "h"}, {"--timeout=0", "h"},
		{"--unknown", "h"}, {"-x", "h"}, {"--json=yes", "h"}, {"--ca-file", missing, "h"}, {"--password-file", missing, "h", "u"},
	} {
		got := hosttest.Call{Program: compiled(t, "doctor"), Args: args}.Run(t)
		assert.Equal(t, 2, got.Status, "%q", args)
		assert.Regexp(t, `^csmtp-doctor: .+\n$`, got.Errors, "%q", args)
		assert.Empty(t, got.Out)
	}
}
