// SPDX-License-Identifier: MIT

package oauth

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestErrorsOfTheServer(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		body      string
		requests  int
		temporary bool
		want      []string
	}{
		"revoked": {400, `{"error":"invalid_grant","error_description":"AADSTS70008: expired\r\nTrace"}`, 1, false,
			[]string{"HTTP status 400: invalid_grant: AADSTS70008: expired Trace (the refresh token or code has expired: the user must log in again"}},
		"wrong secret":        {401, `{"error":"invalid_client"}`, 1, false, []string{"invalid_client", "client secret is wrong"}},
		"own code":            {400, `{"error":"slow_down"}`, 1, false, []string{"HTTP status 400: slow_down"}},
		"error in a 200":      {200, `{"error":"invalid_scope"}`, 1, false, []string{"/token: invalid_scope (the scope"}},
		"description only":    {403, `{"error_description":"no"}`, 1, false, []string{"HTTP status 403: no"}},
		"500":                 {500, "oops", 2, true, []string{"HTTP status 500: the response is not an error object in JSON"}},
		"503":                 {503, `{"error":"temporarily_unavailable"}`, 2, true, []string{"temporarily_unavailable"}},
		"429":                 {429, `{"error":"rate"}`, 2, true, []string{"HTTP status 429: rate"}},
		"501":                 {501, "", 1, true, []string{"HTTP status 501"}},
		"empty":               {200, ``, 1, false, []string{"not JSON"}},
		"cut":                 {200, `{"access_token":"abc`, 1, false, []string{"not JSON"}},
		"HTML":                {200, `<html>`, 1, false, []string{"a web page (HTML)", "check the token endpoint"}},
		"HTML of an error":    {404, "\n<!DOCTYPE html><title>Not found</title>", 1, false, []string{"HTTP status 404: the response is a web page (HTML)", "check the token endpoint"}},
		"nested error":        {403, `{"error":{"code":403,"message":"API not enabled","status":"PERMISSION_DENIED"}}`, 1, false, []string{"HTTP status 403: PERMISSION_DENIED: API not enabled"}},
		"nested with a text":  {400, `{"error":{"code":"InvalidTenant","message":"no such tenant","innerError":{"a":1}}}`, 1, false, []string{"HTTP status 400: InvalidTenant: no such tenant"}},
		"nested secret":       {400, `{"error":{"code":"` + clientSecret + `","message":"` + refreshToken + `"}}`, 1, false, []string{"400: ****: ****"}},
		"two values":          {200, `{"access_token":"abc"}{}`, 1, false, []string{"not JSON"}},
		"wrong type":          {200, `{"access_token":7}`, 1, false, []string{"wrong types"}},
		"deep":                {200, strings.Repeat(`{"a":`, 100_000), 1, false, []string{"not JSON"}},
		"no token":            {200, `{"token_type":"Bearer"}`, 1, false, []string{"no access_token"}},
		"null":                {200, `null`, 1, false, []string{"no access_token"}},
		"control in token":    {200, `{"access_token":"a\u0001b"}`, 1, false, []string{"not allowed"}},
		"line end in token":   {200, `{"access_token":"a\r\nb"}`, 1, false, []string{"not allowed"}},
		"space in token":      {200, `{"access_token":"a b"}`, 1, false, []string{"not allowed"}},
		"token not ASCII":     {200, `{"access_token":"ä"}`, 1, false, []string{"not allowed"}},
		"not a bearer token":  {200, `{"access_token":"abc","token_type":"mac"}`, 1, false, []string{"not Bearer"}},
		"201":                 {201, `{"access_token":"abc","token_type":"Bearer"}`, 1, false, []string{"HTTP status 201: the response contains no token"}},
		"huge description":    {400, `{"error":"` + strings.Repeat("x", 9999) + `","error_description":"` + strings.Repeat("y", 500_000) + `"}`, 1, false, []string{"xxx...: yyy"}},
		"huge body":           {200, `{"access_token":"` + strings.Repeat("x", maxBody) + `"}`, 1, false, []string{"longer than 1 MiB"}},
		"terminal escapes":    {400, `{"error":"a\u001b[31m","error_description":"\u202eb"}`, 1, false, []string{`a\x1b[31m: \u202eb`}},
		"secrets sent back":   {400, `{"error":"` + clientSecret + `","error_description":"got ` + refreshToken + " " + url.QueryEscape(clientSecret) + `"}`, 1, false, []string{"****: got **** ****"}},
		"secrets in forms":    {400, `{"error":"x","error_description":"got ` + strings.ToUpper(clientSecret) + ` ` + base64.StdEncoding.EncodeToString([]byte("app:"+url.QueryEscape(clientSecret))) + ` ` + hex.EncodeToString([]byte(refreshToken)) + ` ` + refreshToken[:12] + `..."}`, 1, false, []string{"x: got **** **** **** ****..."}},
		"moved":               {301, ``, 1, false, []string{"redirects"}},
		"not modified":        {304, ``, 1, false, []string{"redirects"}},
		"not allowed at all":  {403, `Forbidden by proxy`, 1, false, []string{"HTTP status 403: the response is not an error object in JSON"}},
		"error of other kind": {400, `{"error":{"code":400}}`, 1, false, []string{"HTTP status 400: 400"}},
	} {
		s := newServer(t, false, answer(c.status, c.body))
		e := wantError(t, s.refreshConfig())
		for _, want := range c.want {
			assert.Contains(t, e.Error(), want, name)
		}
		assert.Contains(t, e.Error(), "no access token from "+s.URL+"/token", name)
		assert.Less(t, len(e.Error()), 1000, name)
		assert.Equal(t, c.status, e.Status, name)
		assert.Equal(t, c.requests, s.count(), name)
		assert.Equal(t, c.temporary, e.Temporary(), name)
		assert.False(t, e.Timeout(), name)
		assertNoSecret(t, e)
	}
}

func assertNoSecret(t *testing.T, err error) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v", err, err, err)
	for _, s := range []string{clientSecret, refreshToken} {
		for _, form := range []string{s, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s)), hex.EncodeToString([]byte(s))} {
			assert.False(t, strings.Contains(text, form), "%s in %s", form, text)
		}
	}
}

func TestSecondTry(t *testing.T) {
	s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			w.Header().Set("Retry-After", "0")
			answer(503, "")(n, form, w, r)
			return
		}
		numbered(n, form, w, r)
	})
	wantToken(t, "token-2", source(t, s.clientConfig()), false)
	assert.Equal(t, s.forms[0], s.forms[1])

	for _, after := range []string{"6", "999999999999999999999", "-1", "Wed, 21 Oct 2037 07:28:00 GMT"} {
		s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", after)
			answer(503, "")(n, form, w, r)
		})
		wantError(t, s.clientConfig())
		assert.Equal(t, 1, s.count(), after)
	}
}

// A call that times out before the second attempt returns the error of the first attempt.
func TestTimeoutBeforeSecondTry(t *testing.T) {
	s := newServer(t, false, answer(500, `{"error":"server_error"}`))
	c := s.clientConfig()
	c.backoff, c.Timeout = time.Hour, 300*time.Millisecond
	e := wantError(t, c)
	assert.Equal(t, "server_error", e.Code)
	assert.Equal(t, 1, s.count())
}

func TestSlowServers(t *testing.T) {
	for name, handle := range map[string]func(int, url.Values, http.ResponseWriter, *http.Request){
		"silent": func(_ int, _ url.Values, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"drip": func(_ int, _ url.Values, w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		},
	} {
		s := newServer(t, false, handle)
		c := s.clientConfig()
		c.Timeout = 200 * time.Millisecond
		e := wantError(t, c)
		assert.True(t, e.Timeout(), name)
		assert.True(t, e.Temporary(), name)
		assert.Contains(t, e.Error(), "no response within 200ms", name)
		assert.Equal(t, 1, s.count(), name)
	}
}

func TestSilentTLS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() // nobody accepts the connections: they stay in the queue of l
	e := wantError(t, Config{Endpoint: "https://" + l.Addr().String() + "/t", ClientID: "app", ClientSecret: clientSecret,
		Proxy: "direct", ConnectTimeout: 200 * time.Millisecond})
	assert.True(t, e.Timeout())
	assert.Contains(t, e.Error(), "TLS handshake timeout")
}

func TestEndpointNotReached(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	l.Close()
	e := wantError(t, Config{Endpoint: "https://" + address + "/t?key=" + clientSecret, ClientID: "app", ClientSecret: clientSecret, Proxy: "direct"})
	assert.True(t, e.Temporary())
	assert.Contains(t, e.Error(), "connection refused")
	assertNoSecret(t, e)
}

// The secrets are sent only to the endpoint, whatever the endpoint replies.
func TestRedirectsAreRefused(t *testing.T) {
	other := newServer(t, false, numbered)
	otherTLS := newServer(t, true, numbered)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{other.URL, strings.Replace(other.URL, "127.0.0.1", "localhost", 1), otherTLS.URL, "/again", "http://example.org/"} {
			s := newServer(t, true, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			})
			c := s.clientConfig()
			c.ExtraRoots = append(s.roots(), otherTLS.roots()...)
			e := wantError(t, c)
			assert.Contains(t, e.Error(), "redirects")
			assert.Equal(t, 1, s.count())
		}
	}
	assert.Zero(t, other.count())
	assert.Zero(t, otherTLS.count())
}

func TestHTTPS(t *testing.T) {
	s := newServer(t, true, numbered)
	c := s.clientConfig()
	e := wantError(t, c)
	assert.Contains(t, e.Error(), "certificate signed by unknown authority")
	assert.Zero(t, s.count())
	c.ExtraRoots = s.roots()
	wantToken(t, "token-1", source(t, c), false)

	old := httptest.NewUnstartedServer(s)
	old.Config.ErrorLog = quiet
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	defer old.Close()
	c.Endpoint = old.URL
	assert.Contains(t, wantError(t, c).Error(), "protocol version")
	assert.Equal(t, 1, s.count())

	plain := newServer(t, false, numbered)
	c = plain.clientConfig()
	c.Endpoint = strings.Replace(plain.URL, "http:", "https:", 1)
	assert.Contains(t, wantError(t, c).Error(), "HTTP response to HTTPS client")
}

// A request to an http endpoint is refused if the endpoint's name resolves to an address that
// is not a loopback address.
func TestHTTPDialsLoopbackOnly(t *testing.T) {
	c := &Config{Endpoint: "http://localhost:1/t"}
	require.NoError(t, func() error { c.ClientID, c.ClientSecret = "a", "s"; return c.check() }())
	to, err := url.Parse(c.Endpoint)
	require.NoError(t, err)
	client, err := c.client(to, nil)
	require.NoError(t, err)
	_, err = client.Transport.(*http.Transport).DialContext(context.Background(), "tcp", "192.0.2.1:80")
	require.ErrorContains(t, err, "not a loopback address")
	e := &Error{Err: err}
	require.False(t, e.Temporary())
	r := &request{c: c, secrets: c.secrets("")}
	require.False(t, r.fault(0, &url.Error{Op: "Post", Err: err}).Temporary())
}

func TestEndlessHeader(t *testing.T) {
	s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X", strings.Repeat("x", 200<<10))
		numbered(n, form, w, r)
	})
	assert.Contains(t, wantError(t, s.clientConfig()).Error(), "header")
}

func TestProxy(t *testing.T) {
	s := newServer(t, true, numbered)
	connects := make(chan *http.Request, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connects <- r
		if user := r.Header.Get("Proxy-Authorization"); user != "Basic "+base64.StdEncoding.EncodeToString([]byte("u:pr0xypass")) {
			http.Error(w, "pr0xypass", http.StatusProxyAuthRequired)
			return
		}
		up, err := net.Dial("tcp", s.Listener.Addr().String())
		if !assert.NoError(t, err) {
			return
		}
		w.WriteHeader(200)
		down, buffered, err := w.(http.Hijacker).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		go func() { io.Copy(up, buffered); up.Close() }()
		io.Copy(down, up)
		down.Close()
	}))
	defer proxy.Close()
	c := s.clientConfig()
	c.ExtraRoots = s.roots()
	c.Endpoint = strings.Replace(s.URL, "127.0.0.1", "example.com", 1) // a name in the test certificate
	c.Proxy = strings.Replace(proxy.URL, "//", "//u:pr0xypass@", 1)
	wantToken(t, "token-1", source(t, c), false)
	r := <-connects
	assert.Equal(t, http.MethodConnect, r.Method)
	assert.True(t, strings.HasPrefix(r.Host, "example.com:"), "the proxy resolves the name: %s", r.Host)
	c.Proxy = strings.Replace(proxy.URL, "//", "//u:wr0ngpass@", 1)
	e := wantError(t, c)
	assert.Contains(t, e.Error(), "Proxy Authentication Required")
	assert.NotContains(t, fmt.Sprintf("%v %+v", e, e), "wr0ngpass")
}

// Errors do not show the password of a proxy in the environment.
func TestProxyOfTheEnvironment(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, "HTTP/1.1 407 not env1ronpass\r\nContent-Length: 0\r\n\r\n")
			conn.Close()
		}
	}()
	t.Cleanup(func() { proxyFromEnvironment = http.ProxyFromEnvironment })
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "not ****"},
		{errors.New(`invalid proxy address "u:env1ronpass@:x"`), "the proxy in the environment is not a URL"},
	} {
		proxyFromEnvironment = func(*http.Request) (*url.URL, error) {
			if c.err != nil {
				return nil, c.err
			}
			return url.Parse("http://u:env1ronpass@" + l.Addr().String())
		}
		e := wantError(t, Config{Endpoint: "https://example.com/t", ClientID: "app", ClientSecret: clientSecret})
		assert.ErrorContains(t, e, c.want)
		assert.NotContains(t, fmt.Sprintf("%v %+v", e, e), "env1ronpass")
	}
}

// The body of the request is overwritten when the transport closes it.
func TestBodyIsWiped(t *testing.T) {
	r := &request{c: &Config{Grant: ClientCredentials, ClientID: "app", ClientSecret: "verysecret"}}
	body, err := r.form()
	require.NoError(t, err)
	behind := body.b
	got, err := io.ReadAll(body)
	require.NoError(t, err)
	assert.Equal(t, "grant_type=client_credentials&client_id=app&client_secret=verysecret", string(got))
	require.NoError(t, body.Close())
	assert.Equal(t, make([]byte, len(behind)), behind)
	n, err := body.Read(make([]byte, 5))
	assert.Zero(t, n)
	assert.Equal(t, io.EOF, err)
	assert.False(t, bytes.Contains(body.b[:cap(body.b)], []byte("secret")))
}
