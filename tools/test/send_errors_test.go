// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSendStatuses(t *testing.T) {
	for name, c := range map[string]struct {
		options smtptest.MailOptions
		to      string
		args    []string
		status  int
		want    []string
	}{
		"refused": {to: "refused@test.example", status: 1, want: []string{"error 309", "550 5.1.1 No such user", "Nothing was delivered."}},
		"greylisted": {options: smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "RCPT", Do: "450 4.7.1 Greylisted, come again"}}}, status: 4,
			want: []string{"error 309", "Greylisted", "try again in a few minutes", "a later attempt may succeed"}},
		"too large": {options: smtptest.MailOptions{MaxSize: 1}, status: 1, want: []string{"error 405"}},
		"closed":    {options: smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "DATA", Do: "close"}}}, status: 4, want: []string{"error 400"}},
		"login":     {args: []string{"--user", user}, status: 3, want: []string{"535", "login or password is wrong", "Nothing was delivered."}},
		"no login offered": {options: smtptest.MailOptions{NoAuth: true}, args: []string{"-u", user, "--login-required"}, status: 3,
			want: []string{"error 417", "does not offer AUTH", "Nothing was delivered."}},
		"no STARTTLS for a login": {options: smtptest.MailOptions{Hide: []string{"STARTTLS"}}, args: []string{"-u", user}, status: 1,
			want: []string{"error 416", "nothing was sent"}},
		"unknown authority": {args: []string{"--ca-file", "/dev/null"}, status: 2, want: []string{"--ca-file: "}},
		"reserved field":    {args: []string{"--header", "In-Reply-To: <a@b>"}, status: 2, want: []string{`--header: "In-Reply-To"`, "SetInReplyTo of the library"}},
		"expired":           {options: smtptest.MailOptions{Certificate: "expired"}, status: 1, want: []string{"error 414", "has expired"}},
		"no server":         {args: []string{"-p", "1", "127.0.0.1"}, status: 4, want: []string{"error 104", "connection refused"}},
		"in doubt": {options: smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Do: "close"}}},
			args: []string{"--message-id", "<the-id@test.example>"}, status: 5, want: []string{"not known whether", "--message-id '<the-id@test.example>'"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, c.options)
			if c.to == "" {
				c.to = "bob@test.example"
			}
			args := append([]string{"--ca-file", authority(t), "-t", c.to}, c.args...)
			if name != "no server" {
				args = append(args, at(server))
			}
			got := mail(t, []string{"CSMTP_PASSWORD=wr0ng-password"}, "text", args...)
			assert.Equal(t, c.status, got.Status, got.Errors)
			for _, want := range c.want {
				assert.Contains(t, got.Errors, want)
			}
			assert.Regexp(t, `^csmtp-send: `, got.Errors)
			assert.Empty(t, got.Out)
			assertNoSecret(t, got.Errors, "wr0ng-password")
			if name != "in doubt" {
				assert.Empty(t, server.Mails())
			}
		})
	}
}

// HOST, and each option that takes a path or a host name, refuses control characters. The
// error contains the position of the first one.
func TestSendControlCharacters(t *testing.T) {
	for _, args := range [][]string{
		{"--attach", "a\x01b"}, {"--html", "a\x01b"}, {"--ca-file", "a\x01b"}, {"--password-file", "a\x01b", "-u", user}, {"--token-file", "a\x01b", "-u", user},
		{"--tls-name", "a\x01b"}, {"a\x01b"},
	} {
		t.Run(args[0], func(t *testing.T) {
			server := serve(t, smtptest.MailOptions{})
			args := append([]string{"-t", "bob@test.example", "-p", strconv.Itoa(server.Port())}, args...)
			if len(args) > 5 {
				args = append(args, "localhost")
			}
			got := mail(t, nil, "text", args...)
			assert.NotZero(t, got.Status)
			assert.Contains(t, got.Errors, "control character 0x01 at octet 2")
			assert.NotContains(t, got.Errors, "\x01")
			assert.Empty(t, server.Mails())
		})
	}
}

// If the token server cannot be reached, the exit status says that a later attempt can
// succeed. If the token server refuses the request, the exit status says that the login was
// refused. In neither case does it say that an argument is wrong.
func TestSendWithoutToken(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"invalid_client"}`)
	}))
	defer refusing.Close()
	for url, want := range map[string]struct {
		status int
		text   string
	}{
		"http://127.0.0.1:1/token": {4, "a later attempt may succeed"},
		refusing.URL:               {3, "invalid_client"},
	} {
		server := serve(t, smtptest.MailOptions{})
		config := filepath.Join(t.TempDir(), "csmtp.conf")
		require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "[*]\nserver = localhost\nport = %d\nsecurity = starttls\nlogin = %s\nca-file = %s\n"+
			"oauth2-token-url = %s\noauth2-client-id = id\noauth2-client-secret = the-client-secret\n", server.Port(), user, authority(t), url), 0o600))
		got := mail(t, []string{"CSMTP_CONFIG=" + config}, "text", "-t", user)
		assert.Equal(t, want.status, got.Status, got.Errors)
		assert.Contains(t, got.Errors, "error 907")
		assert.Contains(t, got.Errors, want.text)
		assertNoSecret(t, got.Errors, "the-client-secret")
		assert.Empty(t, server.Mails())
	}
}

// If no login is set and the server does not offer TLS, the mail is sent without TLS,
// unless --security requires TLS.
func TestSendSecurity(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Hide: []string{"STARTTLS"}})
	for security, status := range map[string]int{"auto": 0, "none": 0, "starttls": 1, "ssl": 1} {
		got := mail(t, nil, "text", "-t", user, "--security", security, at(server))
		assert.Equal(t, status, got.Status, "%s: %s", security, got.Errors)
	}
	require.NoError(t, server.WaitIdle(2, hosttest.Deadline))
}

func TestSendUsage(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, args := range [][]string{
		{"-t", user}, {"h"}, {"-t", user, "h", "other"}, {"-t", "no address", "h"}, {"-t", "a@b\r\nBcc: c@d", "h"}, {"-t"},
		{"-t", user, "--login-required", "h"}, {"-t", user, "--security=tls", "h"}, {"-t", user, "--port=x", "h"}, {"-t", user, "--header", "no colon", "h"},
		{"-t", user, "--header", "Subject: twice", "h"}, {"-t", user, "-a", missing, "--preview"}, {"-t", user, "--html", missing, "h"},
		{"-t", user, "--ca-file", missing, "h"}, {"-t", user, "--password=x", "h"}, {"-t", user, "--charset=no-such", "--preview"},
		{"-t", "a@x.org, b@y.org", "--preview"}, {"-t", "T: a@x.org, b@y.org;", "--preview"}, {"-t", user, "--cc", "A <a@x.org>, B <b@y.org>", "--preview"},
		{"-t", user, "--bcc", "a@x.org; B <b@y.org>", "--preview"}, {"-t", user, "--reply-to", "a@x.org, B <b@y.org>", "--preview"},
	} {
		got := mail(t, nil, "text", args...)
		assert.Equal(t, 2, got.Status, "%q: %s", args, got.Errors)
		assert.Regexp(t, `^csmtp-send: .+`, got.Errors, "%q", args)
		assert.Empty(t, got.Out)
	}
	for _, text := range []string{"a\x00b", "\xff\xfe"} {
		got := mail(t, nil, text, "-t", user, "--preview")
		assert.Equal(t, 2, got.Status, "%q: %s", text, got.Errors)
	}
	got := mail(t, nil, "caf\xe9", "-t", user, "--preview", "--charset", "ISO-8859-1")
	require.Zero(t, got.Status, got.Errors)
	assert.Equal(t, "café\n", readMail(t, []byte(got.Out)).Text)
}

// The error for an unknown option does not show the text after the option, because that
// text could be a password.
func TestUnknownOptionShowsNoSecret(t *testing.T) {
	for _, option := range []string{"--password=hunter2", "--password:hunter2", "--password hunter2", "--pass\x1b[2Jhunter2"} {
		got := mail(t, nil, "text", option, "-t", user, "h")
		assert.Equal(t, 2, got.Status, "%q: %s", option, got.Errors)
		assert.Contains(t, got.Errors, "--pass")
		assert.NotContains(t, got.Errors, "hunter2", "%q", option)
		assert.NotContains(t, got.Errors, "\x1b")
	}
}

func TestSendShowsABar(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Discard: true})
	file, ca := filepath.Join(t.TempDir(), "large"), authority(t)
	require.NoError(t, os.WriteFile(file, make([]byte, 3<<20), 0o600))
	args := []string{"-f", user, "-t", user, "-s", "s", "-a", file, "--ca-file", ca, at(server)}
	call := func(more ...string) hosttest.Call {
		return hosttest.Call{Program: compiled(t, "send"), Args: append(more, args...), Input: strings.NewReader("text")}
	}
	got := call().RunOnTerminal(t, "", "")
	assert.Zero(t, got.Status, got.Errors)
	assert.Regexp(t, `\[#+\] 100%  4\.\d of 4\.\d MiB, `, got.Errors)
	for _, line := range regexp.MustCompile(`[\r\n]+`).Split(got.Errors, -1) {
		assert.LessOrEqual(t, len(line), 79, "a longer line would wrap")
	}
	assert.Regexp(t, `\r {70,79}\rSent: 250 [^\r\n]+\r?\n$`, got.Errors, "the bar is removed, and the mail confirmed")
	assert.Empty(t, call("-q").RunOnTerminal(t, "", "").Errors)
	assert.Empty(t, call().Run(t).Errors, "no terminal, no bar")
	require.NoError(t, server.WaitIdle(3, hosttest.Deadline))
}

// Each manual page describes all options of its program and no others.
func TestManuals(t *testing.T) {
	for _, name := range []string{"doctor", "send"} {
		help := hosttest.Call{Program: compiled(t, name), Args: []string{"--help"}}.Run(t)
		require.Zero(t, help.Status)
		page, err := os.ReadFile(filepath.Join(hosttest.Root(), "tools", "csmtp-"+name+".1"))
		require.NoError(t, err)
		manual := strings.ReplaceAll(string(page), `\-`, "-")
		option := regexp.MustCompile(`--[a-z][a-z0-9-]+`)
		offered := map[string]bool{}
		for _, o := range option.FindAllString(help.Out, -1) {
			offered[o] = true
			assert.Contains(t, manual, o, name)
		}
		for _, o := range option.FindAllString(manual, -1) {
			assert.True(t, offered[o], "%s has no %s", name, o)
		}
		for _, line := range strings.Split(help.Out, "\n") {
			assert.LessOrEqual(t, len(line), 90, fmt.Sprintf("%s: %q", name, line))
		}
	}
}
