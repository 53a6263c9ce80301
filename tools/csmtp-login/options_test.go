// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// parsedSettings returns the settings of a command line.
func parsedSettings(args ...string) (*settings, error) {
	o, err := parse(append([]string{"--client-id", "app"}, args...))
	if err != nil {
		return nil, err
	}
	return o.settings(func(string) string { return "" })
}

func TestClouds(t *testing.T) {
	for cloud, want := range map[string][]string{
		"global":        {"https://login.microsoftonline.com/contoso.example/oauth2/v2.0/", "https://outlook.office.com/", "smtp.office365.com"},
		"us-government": {"https://login.microsoftonline.us/contoso.example/oauth2/v2.0/", "https://outlook.office365.us/", "smtp.office365.us"},
		"us-dod":        {"https://login.microsoftonline.us/contoso.example/oauth2/v2.0/", "https://outlook-dod.office365.us/", "outlook-dod.office365.us"},
		"china":         {"https://login.partner.microsoftonline.cn/contoso.example/oauth2/v2.0/", "https://partner.outlook.cn/", "smtp.partner.outlook.cn"},
	} {
		s, err := parsedSettings("--cloud", cloud, "microsoft", account)
		require.NoError(t, err)
		assert.Equal(t, []string{want[0] + "authorize", want[0] + "devicecode", want[0] + "token", want[1] + "SMTP.Send offline_access", want[2]},
			[]string{s.authURL, s.deviceURL, s.config.Endpoint, s.config.Scope, s.server})
	}
	for mailbox, tenant := range map[string]string{"a@Contoso.example": "contoso.example", "a@outlook.com": "consumers", "a@HOTMAIL.com": "consumers"} {
		s, err := parsedSettings("microsoft", mailbox)
		require.NoError(t, err)
		assert.Contains(t, s.authURL, "/"+tenant+"/", mailbox)
	}
	for cloud, graph := range map[string]string{"global": "https://graph.microsoft.com", "us-government": "https://graph.microsoft.us",
		"us-dod": "https://dod-graph.microsoft.us", "china": "https://microsoftgraph.chinacloudapi.cn"} {
		s, err := parsedSettings("--cloud", cloud, "--transport", "microsoft-graph", "microsoft", account)
		require.NoError(t, err)
		assert.Equal(t, graph+"/Mail.Send offline_access", s.config.Scope)
		assert.Equal(t, cloud == "global", s.endpoint == "")
	}
	s, err := parsedSettings("--tenant", "11111111-2222-3333-4444-555555555555", "microsoft", account)
	require.NoError(t, err)
	assert.Contains(t, s.config.Endpoint, "/11111111-2222-3333-4444-555555555555/")
}

func TestTokenFileName(t *testing.T) {
	folder := t.TempDir()
	for mailbox, want := range map[string]string{
		"Alice@Example.com": "alice@example.com.token", "../../etc/x@y.example": "_.._etc_x@y.example.token", "a/b@c.example": "a_b@c.example.token",
		`a"b'$c@d.example`: "a_b__c@d.example.token", "ü@d.example": "ü@d.example.token", "-rf@d.example": "rf@d.example.token",
	} {
		o, err := parse([]string{"google", "--", mailbox})
		require.NoError(t, err)
		path, err := o.file(func(string) string { return folder })
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(folder, "csmtp", want), path)
	}
}

// If the command line is wrong, the exit status is 2. The error does not show values that may
// be secrets.
func TestWrongArguments(t *testing.T) {
	empty, large := filepath.Join(t.TempDir(), "empty"), filepath.Join(t.TempDir(), "large")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	require.NoError(t, os.WriteFile(large, make([]byte, 1<<20), 0o600))
	ms := []string{"microsoft", account}
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "expected PROVIDER and ACCOUNT"}, {[]string{"microsoft"}, "expected PROVIDER and ACCOUNT"},
		{[]string{"microsoft", account, "more"}, "expected PROVIDER"}, {[]string{"yahoo", account}, "unknown provider"},
		{[]string{"microsoft", "alice"}, "ACCOUNT must be"}, {[]string{"microsoft", "a b@c.example"}, "ACCOUNT must be"},
		{[]string{"microsoft", "a@b.example\nlogin = x"}, "ACCOUNT must be"}, {[]string{"google", "@"}, "ACCOUNT must be"},
		{append([]string{"--foo"}, ms...), "unknown option --foo"}, {append([]string{"--foo=hunter2"}, ms...), "unknown option --foo (see"},
		{append([]string{"--force=yes"}, ms...), "takes no value"}, {[]string{"microsoft", account, "--port"}, "--port needs a value"},
		{append([]string{"--port", "hunter2"}, ms...), "--port"}, {append([]string{"--port", "0"}, ms...), "--port"},
		{append([]string{"--timeout", "-1"}, ms...), "--timeout"}, {append([]string{"--cloud", "hunter2"}, ms...), "us-government"},
		{append([]string{"--method", "hunter2"}, ms...), "browser or device"}, {ms, "--client-id is missing"},
		{append([]string{"--tenant", "a/b"}, ms...), "--tenant"},
		{append([]string{"--client-secret-file", empty}, ms...), "is empty"}, {append([]string{"--client-secret-file", "/nowhere"}, ms...), "/nowhere"},
		{append([]string{"--client-file", large}, ms...), "too large"}, {append([]string{"--client-file", empty}, ms...), "not the JSON file"},
		{append([]string{"--client-id", "app", "--ca-file", "/nowhere"}, ms...), "--ca-file"},
		{append([]string{"--client-id", "app", "--ca-file", empty}, ms...), "no PEM certificate"},
		{append([]string{"--client-id", "app", "--proxy", "hunter2"}, ms...), "proxy"},
		{append([]string{"--client-id", "app", "--token-url", "http://example.com/token"}, ms...), "not https"},
		{append([]string{"--client-id", "app", "--no-browser", "--auth-url", "http://example.com/"}, ms...), "not https"},
		{append([]string{"--client-id", "app", "--server", "a]\nb"}, ms...), "--server"},
		{[]string{"--transport", "hunter2", "google", account}, "--transport"},
		{[]string{"--client-id", "app", "--transport", "microsoft-graph", "google", account}, "does not have this service"},
		{[]string{"--client-id", "app", "--transport", "gmail-api", "microsoft", account}, "does not have this service"},
		{[]string{"--client-id", "app", "other", account}, "needs --token-url"},
		{[]string{"--client-id", "app", "--method", "device", "google", account}, "Google does not issue tokens"},
		{[]string{"--client-id", "app", "--method", "browser", "--token-url", "https://x/", "--device-url", "https://x/", "other", account}, "needs --auth-url"},
	} {
		var out bytes.Buffer
		messages := &shared{}
		p := &program{in: strings.NewReader(""), out: &out, messages: messages, env: func(string) string { return "" }}
		args := append([]string{"--token-file", filepath.Join(t.TempDir(), "token")}, c.args...)
		assert.Equal(t, statusUsage, p.run(context.Background(), args), "%q: %s", c.args, messages)
		assert.Contains(t, messages.String(), c.want, "%q", c.args)
		assert.NotContains(t, messages.String(), "hunter2")
		assert.Equal(t, 1, strings.Count(messages.String(), "\n"), messages.String())
		assert.Empty(t, out.String())
	}
}

func TestHelp(t *testing.T) {
	for _, arg := range []string{"--help", "-h", "--version"} {
		var out bytes.Buffer
		p := &program{out: &out, messages: &shared{}}
		assert.Equal(t, statusOK, p.run(context.Background(), []string{arg}))
		assert.Contains(t, out.String(), "csmtp-login")
		for line := range strings.Lines(out.String()) {
			assert.LessOrEqual(t, len(strings.TrimRight(line, "\n")), 90, line)
		}
	}
}

func TestVersionIsThatOfTheLibrary(t *testing.T) {
	source, err := os.ReadFile("../../csmtp.go")
	require.NoError(t, err)
	assert.Contains(t, string(source), `const Version = "`+version+`"`)
}
