// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestConfigSwitchesToOAuth runs the sample program, which calls only SetLogin and
// SetPassword. Without CSMTP_CONFIG, the program logs in with the password. With
// CSMTP_CONFIG, the same binary logs in with a token from a token server.
func TestConfigSwitchesToOAuth(t *testing.T) {
	server := receiver(t, smtptest.MailOptions{
		Users:  map[string]string{"login@example.com": "s3cret pass"},
		Tokens: map[string]string{"login@example.com": "a-token-of-the-test"},
	})
	program := link(t, "g++", "sample-configured", "-std=c++11", "-Dtest_own_server", `-DOWN_SERVER="localhost"`,
		fmt.Sprintf("-DOWN_PORT=%d", server.Port()), "-DOWN_SECURITY=USE_TLS", `-DOWN_LOGIN="login@example.com"`,
		`-DOWN_PASSWORD="s3cret pass"`, sample)
	got := execute(t, t.TempDir(), program)
	require.Zero(t, got.status, got.output)

	var requests atomic.Int32
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.FormValue("client_secret") != "a-secret-of-the-test" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"a-token-of-the-test","token_type":"Bearer","expires_in":3600}`)
	}))
	defer tokens.Close()
	folder := t.TempDir()
	config, log := filepath.Join(folder, "csmtp.conf"), filepath.Join(folder, "log")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `[localhost]
auth-mechanism = XOAUTH2
oauth2-token-url = %s
oauth2-client-id = client
oauth2-client-secret = a-secret-of-the-test
log-file = %s
ca-file = %s
`, tokens.URL, log, authorityFile(t)), 0o600))
	t.Setenv("CSMTP_CONFIG", config)
	got = execute(t, t.TempDir(), program)
	require.Zero(t, got.status, got.output)
	require.NoError(t, server.WaitIdle(2, deadline))

	sessions := server.Sessions()
	require.Len(t, sessions, 2)
	assert.Regexp(t, "^SCRAM-", sessions[0].Mechanism)
	assert.Equal(t, "XOAUTH2", sessions[1].Mechanism)
	assert.EqualValues(t, 1, requests.Load())
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Contains(t, string(text), "AUTH XOAUTH2")
	assert.NotContains(t, string(text), "of-the-test")
}

// TestConfigMovesToHTTPS compiles the same sample program once and runs it in two ways:
// with a password over SMTP and then, after adding only a configuration file, over
// HTTPS with each mail service. Each service must receive the message that was sent
// over SMTP.
func TestConfigMovesToHTTPS(t *testing.T) {
	server := receiver(t, smtptest.MailOptions{Users: map[string]string{"login@example.com": "s3cret pass"}})
	program := link(t, "g++", "sample-https", "-std=c++11", "-Dtest_own_server", `-DOWN_SERVER="localhost"`,
		fmt.Sprintf("-DOWN_PORT=%d", server.Port()), "-DOWN_SECURITY=USE_TLS", `-DOWN_LOGIN="login@example.com"`,
		`-DOWN_PASSWORD="s3cret pass"`, sample)
	got := execute(t, t.TempDir(), program)
	require.Zero(t, got.status, got.output)
	require.NoError(t, server.WaitIdle(1, deadline))
	want := withoutChance(server.Mails()[0].Data)

	service, err := smtptest.NewHTTPService(smtptest.HTTPOptions{Tokens: []string{"a-token-of-the-test"}})
	require.NoError(t, err)
	defer service.Close()
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"access_token":"a-token-of-the-test","token_type":"Bearer","expires_in":3600}`)
	}))
	defer tokens.Close()
	config, log := filepath.Join(t.TempDir(), "csmtp.conf"), filepath.Join(t.TempDir(), "log")
	t.Setenv("CSMTP_CONFIG", config)
	for i, name := range []string{"microsoft-graph", "gmail-api"} {
		require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `[localhost]
transport = %s
transport-endpoint = %s
oauth2-token-url = %s
oauth2-client-id = client
oauth2-client-secret = a-secret-of-the-test
log-file = %s
ca-file = %s
`, name, service.URL(), tokens.URL, log, authorityFile(t)), 0o600))
		got = execute(t, t.TempDir(), program)
		require.Zero(t, got.status, "%s: %s", name, got.output)
		require.Len(t, service.Mails(), i+1)
		assert.Equal(t, want, withoutChance(service.Mails()[i].Message), name)
		assert.Contains(t, service.Mails()[i].Target, "/users/login@example.com/")
	}
	assert.Len(t, server.Sessions(), 1)
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Contains(t, string(text), "Authorization: Bearer ****")
	assert.NotContains(t, string(text), "of-the-test")
}

// withoutChance returns a message without the parts that differ from mail to mail: the
// date, the Message-ID and the boundaries. It also removes the field Bcc.
func withoutChance(message []byte) string {
	text := regexp.MustCompile(`(?m)^(Bcc|Date|Message-ID): .*\r\n([ \t].*\r\n)*`).ReplaceAllString(string(message), "")
	for _, found := range regexp.MustCompile(`boundary="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		text = strings.ReplaceAll(text, found[1], "boundary")
	}
	return text
}
