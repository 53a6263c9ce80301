// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deviceProvider is an authorization server with a device endpoint. It issues the token
// that the mail server accepts. It accepts each refresh token only once.
func deviceProvider(t *testing.T) *httptest.Server {
	current, n := "", 0
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("/device", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"device_code":"d3vice-c0de","user_code":"ABCD","verification_uri":"%s","expires_in":900,"interval":1}`, server.URL)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("device_code") == "" && r.FormValue("refresh_token") != current {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
			return
		}
		n++
		current = fmt.Sprintf("r3fresh-token-%d", n)
		fmt.Fprintf(w, `{"access_token":"good-token","expires_in":3600,"refresh_token":"%s"}`, current)
	})
	return server
}

// csmtp-login prints a configuration file with which csmtp-send logs in. csmtp-send and
// csmtp-doctor also accept the token file itself, but not as the value of --token-file. No
// output and no other file contains a token.
func TestLoginThenSend(t *testing.T) {
	provider, server := deviceProvider(t), serve(t, smtptest.MailOptions{})
	folder := t.TempDir()
	tokens, config := filepath.Join(folder, "alice.token"), filepath.Join(folder, "csmtp.conf")
	got := hosttest.Call{Program: compiled(t, "login"), Args: []string{"--client-id", "app", "--device-url", provider.URL + "/device",
		"--token-url", provider.URL + "/token", "--server", "localhost", "--token-file", tokens, "other", user}}.Run(t)
	require.Equal(t, 0, got.Status, got.Errors)
	all := got.Out + got.Errors
	assert.Contains(t, got.Errors, "ABCD")

	ca := authority(t)
	lines := strings.Replace(got.Out, "port = 587", fmt.Sprintf("port = %d\nca-file = %s\nlog-file = %s",
		server.Port(), ca, filepath.Join(folder, "log")), 1)
	require.NoError(t, os.WriteFile(config, []byte(lines), 0o600))
	sent := mail(t, []string{"CSMTP_CONFIG=" + config}, "Hello\n", "-t", "bob@example.com", "--verbose", "localhost")
	require.Equal(t, 0, sent.Status, sent.Errors)
	all += sent.Out + sent.Errors
	assert.Contains(t, []string{"XOAUTH2", "OAUTHBEARER"}, server.Sessions()[0].Mechanism)

	sent = mail(t, nil, "Hello\n", "-t", "bob@example.com", "-v", "-u", user, "--ca-file", ca, "--oauth2-token-file", tokens, at(server))
	require.Equal(t, 0, sent.Status, sent.Errors)
	all += sent.Out + sent.Errors
	d := hosttest.Call{Program: compiled(t, "doctor"), Args: []string{ports(server), "-v", "--ca-file", ca, "--oauth2-token-file", tokens, "localhost", user}}.Run(t)
	assert.Equal(t, 0, d.Status, d.Out)
	all += d.Out + d.Errors
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, file := range files {
		if file.Name() == filepath.Base(tokens) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, file.Name()))
		require.NoError(t, err)
		require.NotEmpty(t, text, file.Name())
		all += string(text)
	}
	assert.Contains(t, all, "AUTH")
	for _, secret := range []string{"good-token", "r3fresh-token", "d3vice-c0de"} {
		assertNoSecret(t, all, secret)
	}
	sent = mail(t, nil, "Hello\n", "-t", "bob@example.com", "-u", user, "--ca-file", ca, "--token-file", tokens, at(server))
	assert.Equal(t, 2, sent.Status)
	assert.Contains(t, sent.Errors, "--oauth2-token-file")
	require.NoError(t, os.Chmod(tokens, 0o644))
	sent = mail(t, nil, "Hello\n", "-t", "bob@example.com", "-u", user, "--ca-file", ca, "--oauth2-token-file", tokens, at(server))
	assert.Equal(t, 3, sent.Status, sent.Errors)
	assert.Contains(t, sent.Errors, "chmod 600")
}
