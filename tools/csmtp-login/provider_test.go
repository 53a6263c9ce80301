// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp/oauth"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	account      = "alice@contoso.example"
	clientSecret = "the-client-secret"
	authCode     = "the-authorization-code"
	deviceCode   = "the-device-code"
	accessToken  = "the-access-token"
	refreshToken = "the-refresh-token"
)

// scripted is an authorization server with prepared responses.
type scripted struct {
	*httptest.Server
	t *testing.T

	mu         sync.Mutex
	authorized url.Values   // the last authorization request
	tokens     []url.Values // the requests to the token endpoint
	pending    []string     // the errors in the responses to the next requests with the device code
	refuse     string       // the error that the authorization endpoint returns, or ""
	noRefresh  bool
	interval   string
	verifier   string
}

func newProvider(t *testing.T) *scripted {
	s := &scripted{t: t, interval: `1`}
	mux := http.NewServeMux()
	mux.HandleFunc("/authorize", s.authorize)
	mux.HandleFunc("/device", s.device)
	mux.HandleFunc("/token", s.token)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *scripted) authorize(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.authorized = r.URL.Query()
	back := url.Values{"state": {s.authorized.Get("state")}}
	if s.refuse != "" {
		back.Set("error", s.refuse)
		back.Set("error_description", "the user said no\x1b[31m to "+clientSecret)
	} else {
		back.Set("code", authCode)
	}
	http.Redirect(w, r, s.authorized.Get("redirect_uri")+"/?"+back.Encode(), http.StatusFound)
}

func (s *scripted) device(w http.ResponseWriter, r *http.Request) {
	assert.Equal(s.t, "app", r.FormValue("client_id"))
	fmt.Fprintf(w, `{"device_code":%q,"user_code":"ABCD-EFGH","verification_uri":"%s/enter","expires_in":900,"interval":%s}`,
		deviceCode, s.URL, s.interval)
}

func (s *scripted) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm()
	s.tokens = append(s.tokens, r.PostForm)
	fail := func(code string) {
		w.WriteHeader(400)
		fmt.Fprintf(w, `{"error":%q,"error_description":"%s %s %s"}`, code, r.PostForm.Get("code"), r.PostForm.Get("device_code"),
			r.PostForm.Get("code_verifier"))
	}
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		s.verifier = r.PostForm.Get("code_verifier")
		sum := sha256.Sum256([]byte(s.verifier))
		challenge := strings.TrimRight(base64.URLEncoding.EncodeToString(sum[:]), "=")
		if r.PostForm.Get("code") != authCode || challenge != s.authorized.Get("code_challenge") ||
			r.PostForm.Get("redirect_uri") != s.authorized.Get("redirect_uri") || len(s.verifier) < 43 {
			fail("invalid_grant")
			return
		}
	case "urn:ietf:params:oauth:grant-type:device_code":
		if r.PostForm.Get("device_code") != deviceCode {
			fail("invalid_grant")
			return
		}
		if len(s.pending) > 0 {
			next := s.pending[0]
			s.pending = s.pending[1:]
			fail(next)
			return
		}
	default:
		fail("unsupported_grant_type")
		return
	}
	if s.noRefresh {
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, accessToken)
		return
	}
	fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600,"refresh_token":%q}`, accessToken, refreshToken)
}

// endpoints returns options that set the endpoints of s in place of a provider's.
func (s *scripted) endpoints() []string {
	return []string{"--auth-url", s.URL + "/authorize", "--device-url", s.URL + "/device", "--token-url", s.URL + "/token", "--proxy", "direct"}
}

// session contains the results of one run of the program in this process.
type session struct {
	status        int
	out, messages string
	file          string
}

// shared is a buffer to which the program writes while the test reads it.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// await waits until the text contains 'part', and returns the text.
func (s *shared) await(t *testing.T, part string) string {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(s.String(), part) }, 30*time.Second, 5*time.Millisecond, part)
	return s.String()
}

// browse opens an address as a browser does, and returns the last page.
func browse(address string) (string, error) {
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	response, err := client.Get(address)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// run runs the program and checks that it prints no secret. Unless args contains
// --token-file, the token file is in a new folder. env contains NAME=VALUE strings.
func run(t *testing.T, open func(string) error, in io.Reader, messages *shared, env []string, args ...string) session {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config", "alice.token")
	for i, arg := range args {
		if arg == "--token-file" {
			file = args[i+1]
		}
	}
	if messages == nil {
		messages = &shared{}
	}
	var out bytes.Buffer
	p := &program{in: in, out: &out, messages: messages, open: open, env: func(name string) string {
		for _, e := range env {
			if value, ok := strings.CutPrefix(e, name+"="); ok {
				return value
			}
		}
		return ""
	}}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	status := p.run(ctx, append([]string{"--token-file", file}, args...))
	s := session{status, out.String(), messages.String(), file}
	for _, secret := range []string{clientSecret, authCode, deviceCode, accessToken, refreshToken} {
		assert.NotContains(t, s.out, secret)
		assert.NotContains(t, s.messages, secret)
	}
	assert.NotContains(t, s.messages, "\x1b")
	return s
}

// usesFile checks that csmtp can get the access token from the token file that the program
// has written. It returns the content of the file.
func usesFile(t *testing.T, s session) string {
	t.Helper()
	info, err := os.Stat(s.file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
	source, err := oauth.New(oauth.Config{TokenFile: s.file, Proxy: "direct"})
	require.NoError(t, err)
	got, err := source.Token(t.Context(), false)
	require.NoError(t, err)
	assert.Equal(t, accessToken, got)
	content, err := os.ReadFile(s.file)
	require.NoError(t, err)
	assert.Contains(t, string(content), refreshToken)
	return string(content)
}
