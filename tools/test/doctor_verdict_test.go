// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sendsWith compiles the C++ code that csmtp-doctor has printed, with the login for 'server', and
// sends a mail with the resulting program.
func sendsWith(t *testing.T, code []string, server *smtptest.MailServer) {
	t.Helper()
	text := strings.NewReplacer(`"login"`, fmt.Sprintf("%q", user), `"..."`, fmt.Sprintf("%q", password)).Replace(strings.Join(code, "\n  "))
	text = fmt.Sprintf("#include \"CSmtp.h\"\nint main() {\n  CSmtp mail;\n  %s\n  mail.SetSenderMail(%q);\n  mail.AddRecipient(%q);\n  mail.Send();\n}\n", text, user, user)
	source := filepath.Join(t.TempDir(), "code.cpp")
	require.NoError(t, os.WriteFile(source, []byte(text), 0o600))
	before := len(server.Mails())
	got := hosttest.Call{Program: hosttest.Link(t, "g++", fmt.Sprintf("code%d", server.Port()), "-std=c++11", source)}.Run(t)
	require.Zero(t, got.Status, "%s%s", text, got.Errors)
	require.NoError(t, server.WaitIdle(before+1, hosttest.Deadline))
}

func TestDoctorOfMaskedSTARTTLS(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Hide: []string{"STARTTLS"}, Extra: []string{"XXXXXXXA"}})
	d := examine(t, []string{"CSMTP_PASSWORD=" + password}, fmt.Sprintf("--ports=465=1,587=%d", server.Port()), "localhost", user)
	assert.Equal(t, "none", d.Result)
	assert.Empty(t, d.Code, "no login in clear is advised")
	assert.False(t, d.Login.Tried)
	assert.Contains(t, strings.Join(d.Notes, "\n"), "hides STARTTLS")
	assert.Contains(t, strings.Join(d.Notes, "\n"), "Do not log in without TLS")
}

func TestDoctorInsecureAndTLSName(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Certificate: "wrong-host"})
	env := []string{"CSMTP_PASSWORD=" + password}
	for _, option := range []string{"--insecure", "--tls-name=other.example"} {
		d := examine(t, env, ports(server), "--ca-file", authority(t), option, "localhost", user)
		assert.Equal(t, "good", d.Result, option)
		assert.True(t, d.Login.Accepted, option)
		assert.NotContains(t, d.Verdict, "All is well", "port 25 was tried and fails")
	}
	for option, status := range map[string]int{"--insecure": 0, "--tls-name=other.example": 0, "--tls-name=third.example": 1} {
		got := mail(t, nil, "text", option, "--ca-file", authority(t), "-t", user, at(server))
		assert.Equal(t, status, got.Status, "%s: %s", option, got.Errors)
		assert.Equal(t, option == "--insecure", strings.Contains(got.Errors, "warning: because of --insecure"))
	}
}

// On a terminal, the lines of the report are short. They have colours, unless NO_COLOR is
// set.
func TestDoctorOnATerminal(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Certificate: "self-signed"})
	args := []string{"-c", `exec "$0" "$@" >&2`, compiled(t, "doctor"), ports(server), "localhost"}
	escape := regexp.MustCompile("\x1b\\[[0-9]*m")
	for _, env := range []string{"NO_COLOR=", "NO_COLOR=1"} {
		got := hosttest.Call{Program: "/bin/sh", Args: args, Env: []string{env, "TERM=xterm"}}.RunOnTerminal(t, "", "")
		assert.Equal(t, env == "NO_COLOR=", escape.MatchString(got.Errors), env)
		report, _, _ := strings.Cut(got.Errors, "The settings in C++:")
		assert.Contains(t, report, "certificate is not accepted")
		for _, line := range strings.Split(escape.ReplaceAllString(report, ""), "\n") {
			if words := strings.Fields(line); len(words) > 1 {
				assert.LessOrEqual(t, len(strings.TrimRight(line, "\r")), 80, "%q", line)
			}
		}
	}
	plain := hosttest.Call{Program: args[2], Args: args[3:]}.Run(t)
	assert.NotContains(t, plain.Out, "\x1b")
}

// Each completion file contains all options of its program and no others.
func TestCompletionIsComplete(t *testing.T) {
	option := regexp.MustCompile(`--[a-z][a-z0-9-]+`)
	for _, name := range []string{"doctor", "login", "send", "testserver"} {
		help := hosttest.Call{Program: compiled(t, name), Args: []string{"--help"}}.Run(t).Out
		offered := map[string]bool{}
		for _, o := range option.FindAllString(help, -1) {
			offered[o] = true
		}
		for _, file := range []string{"csmtp-%s.bash", "_csmtp-%s", "csmtp-%s.fish"} {
			path := filepath.Join(hosttest.Root(), "tools", "completion", fmt.Sprintf(file, name))
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			words := map[string]bool{}
			for _, o := range option.FindAllString(strings.ReplaceAll(string(text), " -l ", " --"), -1) {
				words[o] = true
			}
			assert.Equal(t, offered, words, path)
		}
		begins, want := "--tls", "--tls-name\n"
		switch name {
		case "testserver":
			want = "--tls-port\n"
		case "login":
			begins, want = "--ten", "--tenant\n"
		}
		script := fmt.Sprintf(`source %s/tools/completion/csmtp-%s.bash
COMP_WORDS=(csmtp-%s %s); COMP_CWORD=1; _csmtp_%s; echo "${COMPREPLY[@]}"`, hosttest.Root(), name, name, begins, name)
		assert.Equal(t, want, hosttest.Call{Program: "/bin/bash", Args: []string{"-c", script}}.Run(t).Out)
	}
}

// The verdict is "All is well" only if every port works over every address family, and the
// login works.
func TestDoctorWhereAllIsWell(t *testing.T) {
	server, ca := serve(t, smtptest.MailOptions{ModernTLS: true, TLSFirst: true}), authority(t)
	both := fmt.Sprintf("--ports=465=%d,587=%d", server.TLSPort(), server.Port())
	for _, c := range []struct {
		ports, password string
		well            bool
	}{
		{both, password, true},
		{both, "wrong", false},
		{ports(server), password, false},
	} {
		d := examine(t, []string{"CSMTP_PASSWORD=" + c.password}, c.ports, "--ca-file", ca, "127.0.0.1", user)
		assert.Equal(t, c.well, strings.HasPrefix(d.Verdict, "All is well. "), "%+v", d)
		assert.Equal(t, c.password == password, d.Login.Accepted)
	}
	got := hosttest.Call{Program: compiled(t, "doctor"), Args: []string{both, "--ca-file", ca, "127.0.0.1", user},
		Env: []string{"CSMTP_PASSWORD=" + password}}.Run(t)
	assert.Zero(t, got.Status)
	assert.Contains(t, got.Out, "\nAll is well. Mail can be sent, and the login works.\n")
}
