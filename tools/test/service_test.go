// SPDX-License-Identifier: MIT

package test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// csmtp-doctor gets a token and connects to a service that sends mail over HTTPS. It sends
// no mail.
func TestDoctorOfAService(t *testing.T) {
	service, err := smtptest.NewHTTPService(smtptest.HTTPOptions{Tokens: []string{"a-token-of-the-test"}})
	require.NoError(t, err)
	defer service.Close()
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte("a-token-of-the-test\n"), 0o600))
	run := func(args ...string) hosttest.Result {
		return hosttest.Call{Program: compiled(t, "doctor"), Args: args}.Run(t)
	}
	for _, name := range []string{"microsoft-graph", "gmail-api"} {
		args := []string{"--transport", name, "--transport-endpoint", service.URL(), "--token-file", token, user}
		got := run(append(args, "--ca-file", authority(t))...)
		assert.Zero(t, got.Status, got.Errors)
		for _, want := range []string{name + " over HTTPS\n", "Access token obtained", "works: 127.0.0.1:", "TLS 1.3", "To find out whether the service accepts the token",
			fmt.Sprintf("mail.SetTransport(%q);", name), "mail.SetAccessToken(\"...\");", fmt.Sprintf("mail.SetLogin(%q);", user)} {
			assert.Contains(t, got.Out, want)
		}
		assertNoSecret(t, got.Out+got.Errors, "a-token-of-the-test")

		got = run(append(args, "--json")...) // the certificate's authority is not trusted
		assert.Equal(t, 1, got.Status, got.Errors)
		var report struct {
			Result  string
			Service struct {
				Transport string
				Attempt   struct {
					Works bool
					Error int
					Text  string
				}
			}
			Login struct{ Token struct{ Obtained bool } }
		}
		require.NoError(t, json.Unmarshal([]byte(got.Out), &report), got.Out)
		assert.Equal(t, "none", report.Result)
		assert.Equal(t, name, report.Service.Transport)
		assert.False(t, report.Service.Attempt.Works)
		assert.Equal(t, 414, report.Service.Attempt.Error)
		assert.True(t, report.Login.Token.Obtained)
	}
	got := run("--transport", "microsoft-graph", "--transport-endpoint", service.URL(), "--oauth2-token-url", "http://127.0.0.1:1",
		"--oauth2-client-id", "client", "--oauth2-client-secret-file", token, user)
	assert.Equal(t, 3, got.Status, got.Errors)
	assert.Contains(t, got.Out, "NOT OBTAINED")
	for _, args := range [][]string{{"--transport", "x", "--token-file", token}, {"--transport", "gmail-api"}, {"--transport", "gmail-api", "--token-file", token, "a", "b"},
		{"--transport", "gmail-api", "--token-file", token, "--port", "25"}, {"--transport", "gmail-api", "--token-file", token, "--transport-endpoint", "http://h"},
		{"--transport-endpoint", "https://h", "localhost"}} {
		got := run(args...)
		assert.Equal(t, 2, got.Status, "%q: %s", args, got.Errors)
	}
	assert.Empty(t, service.Requests())
}

// If no proxy is set, csmtp-send connects to the service through the proxy in the
// environment, unless NO_PROXY contains the service.
func TestProxyOfTheEnvironment(t *testing.T) {
	service, err := smtptest.NewHTTPService(smtptest.HTTPOptions{Tokens: []string{"a-token-of-the-test"}})
	require.NoError(t, err)
	defer service.Close()
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer proxy.Close()
	asked := make(chan string, 10)
	go func() {
		for {
			c, err := proxy.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				r, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				asked <- r.Method + " " + r.Host
				to, err := net.Dial("tcp", strings.TrimPrefix(service.URL(), "https://"))
				if err != nil {
					return
				}
				defer to.Close()
				fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\n")
				go io.Copy(to, in)
				io.Copy(c, to)
			}()
		}
	}()
	send := func(env ...string) hosttest.Result {
		return mail(t, append(env, "CSMTP_TOKEN=a-token-of-the-test", "HTTPS_PROXY=http://"+proxy.Addr().String()), "Hello.\n", "-t", "bob@test.example",
			"--transport", "microsoft-graph", "--transport-endpoint", "https://graph.invalid", "--tls-name", "localhost", "--ca-file", authority(t))
	}
	got := send()
	require.Zero(t, got.Status, got.Errors)
	assert.Equal(t, "CONNECT graph.invalid:443", <-asked)
	assert.Len(t, service.Mails(), 1)
	got = send("NO_PROXY=graph.invalid")
	assert.Equal(t, 4, got.Status)
	assert.Contains(t, got.Errors, "error 105")
	assert.Empty(t, asked)
}
