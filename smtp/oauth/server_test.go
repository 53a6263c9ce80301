// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// quiet discards log messages about handshakes that must fail.
var quiet = log.New(io.Discard, "", 0)

// tokenServer is a token endpoint on the loopback interface that records the requests.
type tokenServer struct {
	*httptest.Server
	t      *testing.T
	handle func(n int, form url.Values, w http.ResponseWriter, r *http.Request)
	cut    atomic.Bool // whether incomplete requests are allowed, because the test kills clients

	mu    sync.Mutex
	forms []url.Values
}

func newServer(t *testing.T, secure bool, handle func(n int, form url.Values, w http.ResponseWriter, r *http.Request)) *tokenServer {
	t.Helper()
	s := &tokenServer{t: t, handle: handle}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = quiet
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := r.ParseForm()
	if err != nil && s.cut.Load() {
		return
	}
	if err != nil || r.Method != http.MethodPost ||
		r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		s.t.Errorf("not a token request: %s %v %v", r.Method, r.Header, err)
	}
	s.mu.Lock()
	s.forms = append(s.forms, r.PostForm)
	n := len(s.forms)
	s.mu.Unlock()
	s.handle(n, r.PostForm, w, r)
}

func (s *tokenServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.forms)
}

func (s *tokenServer) roots() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

// numbered responds with the tokens token-1, token-2 and so on.
func numbered(n int, _ url.Values, w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":3600}`, n)
}

func answer(status int, body string) func(int, url.Values, http.ResponseWriter, *http.Request) {
	return func(_ int, _ url.Values, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// clock is a clock that a test can set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

const (
	clientSecret = "s3cr3t/Client+Wörd="
	refreshToken = "0.AXoA-r3fresh~token/abc"
)

func (s *tokenServer) clientConfig() Config {
	return Config{Endpoint: s.URL + "/token", ClientID: "app", ClientSecret: clientSecret, Scope: "mail/.default",
		Proxy: "direct", backoff: time.Millisecond}
}

func (s *tokenServer) refreshConfig() Config {
	c := s.clientConfig()
	c.RefreshToken = refreshToken
	return c
}

func source(t *testing.T, c Config) *Source {
	t.Helper()
	s, err := New(c)
	require.NoError(t, err)
	return s
}

func wantToken(t *testing.T, want string, s *Source, refused bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	got, err := s.Token(ctx, refused)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func wantError(t *testing.T, c Config) *Error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	token, err := source(t, c).Token(ctx, false)
	require.Empty(t, token)
	var e *Error
	require.ErrorAs(t, err, &e)
	return e
}
