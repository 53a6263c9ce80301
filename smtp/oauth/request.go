// SPDX-License-Identifier: MIT

package oauth

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"csmtp/smtp/secret"
)

const (
	maxBody       = 1 << 20
	maxHeader     = 64 << 10
	maxRetryAfter = 5 * time.Second
)

// request is one exchange with the token endpoint.
type request struct {
	c       *Config
	refresh string // the current refresh token
	secrets *secret.Set
}

// fetch requests a token, and tries once more after a temporary failure.
func (c *Config) fetch(ctx context.Context, refresh string) (response, error) {
	r := &request{c, refresh, c.secrets(refresh)}
	client, err := c.client()
	if err != nil {
		return response{}, r.fault(0, err)
	}
	defer client.CloseIdleConnections()
	got, wait, err := r.try(ctx, client)
	if err == nil || wait < 0 {
		return got, err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return got, err // the server's error says more than a timeout
	}
	got, _, err = r.try(ctx, client)
	return got, err
}

// try makes one request. If a second try is useful, wait is not negative.
func (r *request) try(ctx context.Context, client *http.Client) (got response, wait time.Duration, err error) {
	c := r.c
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Endpoint, nil)
	if err != nil {
		return got, -1, r.fault(0, err)
	}
	form := r.form()
	req.Body, req.ContentLength = form, int64(len(form.b))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "csmtp")
	if c.BasicAuth {
		req.SetBasicAuth(url.QueryEscape(c.ClientID), url.QueryEscape(c.ClientSecret))
	}
	res, err := client.Do(req)
	if err != nil {
		return got, -1, r.fault(0, err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return got, -1, r.fault(res.StatusCode, errors.New("the server redirects the request; if you trust the target, set it as the endpoint"))
	}
	// The buffer is large enough for a token, because it is not wiped when it grows.
	buffer := bytes.NewBuffer(make([]byte, 0, 64<<10))
	_, err = buffer.ReadFrom(io.LimitReader(res.Body, maxBody+1))
	body := buffer.Bytes()
	defer clear(body)
	if err != nil {
		return got, -1, r.fault(res.StatusCode, err)
	}
	if len(body) > maxBody {
		return got, -1, r.fault(res.StatusCode, errors.New("the response is longer than 1 MiB"))
	}
	if got, err = r.parse(res.StatusCode, body); err == nil {
		return got, -1, nil
	}
	switch res.StatusCode {
	case 429, 500, 502, 503, 504:
		wait := c.backoff
		if after := res.Header.Get("Retry-After"); after != "" {
			seconds, e := strconv.Atoi(after)
			if e != nil || seconds < 0 || time.Duration(seconds) > maxRetryAfter/time.Second {
				return got, -1, err
			}
			wait = max(wait, time.Duration(seconds)*time.Second)
		}
		return got, wait, err
	}
	return got, -1, err
}

// client returns a client that does not keep connections open, because requests are
// rare.
func (c *Config) client() (*http.Client, error) {
	secure := strings.HasPrefix(strings.ToLower(c.Endpoint), "https:")
	dialer := &net.Dialer{Timeout: c.ConnectTimeout}
	if !secure {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			if host, _, err := net.SplitHostPort(address); err != nil || !isLoopback(host) {
				return errors.New("the endpoint is http and its address is not a loopback address")
			}
			return nil
		}
	}
	t := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    c.ConnectTimeout,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
	if len(c.ExtraRoots) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		pool.AppendCertsFromPEM(c.ExtraRoots)
		t.TLSClientConfig.RootCAs = pool
	}
	// A proxy could read the secrets of an http request.
	switch {
	case !secure || c.Proxy == "direct":
	case c.Proxy == "":
		t.Proxy = http.ProxyFromEnvironment
	default:
		u, err := url.Parse(c.Proxy)
		if err != nil {
			return nil, errors.New("the proxy is not a URL")
		}
		t.Proxy = http.ProxyURL(u)
	}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // do not send the secrets to another server
	}}, nil
}

// form returns the body of the request.
func (r *request) form() *secretBody {
	c, b := r.c, &secretBody{}
	put := func(name, value string) {
		if len(b.b) > 0 {
			b.b = append(b.b, '&')
		}
		b.b = fmt.Appendf(b.b, "%s=%s", url.QueryEscape(name), url.QueryEscape(value))
	}
	put("grant_type", string(c.Grant))
	if !c.BasicAuth {
		put("client_id", c.ClientID)
		if c.ClientSecret != "" {
			put("client_secret", c.ClientSecret)
		}
	}
	if c.Grant == RefreshToken {
		put("refresh_token", r.refresh)
	}
	if c.Scope != "" {
		put("scope", c.Scope)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		put(name, c.Params[name])
	}
	return b
}

// secretBody is a request body that is overwritten when the transport closes it, perhaps
// after the response has arrived.
type secretBody struct {
	mu   sync.Mutex
	b    []byte
	read int
}

func (s *secretBody) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read >= len(s.b) {
		return 0, io.EOF
	}
	n := copy(p, s.b[s.read:])
	s.read += n
	return n, nil
}

func (s *secretBody) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.b)
	s.read = len(s.b)
	return nil
}

// parse parses a token response or an error response.
func (r *request) parse(status int, body []byte) (response, error) {
	var f struct {
		AccessToken  string          `json:"access_token"`
		TokenType    string          `json:"token_type"`
		ExpiresIn    json.RawMessage `json:"expires_in"`
		RefreshToken string          `json:"refresh_token"`
		Error        string          `json:"error"`
		Description  string          `json:"error_description"`
	}
	jsonErr := json.Unmarshal(body, &f)
	e := &Error{Endpoint: withoutUser(r.c.Endpoint), Status: status}
	switch {
	case jsonErr == nil && (f.Error != "" || status != 200):
		e.Code = clean(r.secrets, f.Error, 60)
		e.Description = clean(r.secrets, f.Description, 500)
		e.Hint = hints[f.Error]
		if e.Code == "" && e.Description == "" {
			e.Err = errors.New("the response contains no token")
		}
	case status != 200:
		e.Err = errors.New("the response is not a JSON error")
	case jsonErr != nil:
		e.Err = errors.New("the response is not JSON, or its fields have the wrong types")
	case f.AccessToken == "":
		e.Err = errors.New("the response contains no access_token")
	case strings.ContainsFunc(f.AccessToken, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		e.Err = errors.New("the access_token has characters that are not allowed")
	case f.TokenType != "" && !strings.EqualFold(f.TokenType, "Bearer"):
		e.Err = errors.New("the token_type is not Bearer")
	default:
		return response{access: f.AccessToken, refresh: f.RefreshToken, life: lifetime(f.ExpiresIn)}, nil
	}
	return response{}, e
}

// lifetime parses expires_in. Some servers send it as a string or with a fraction.
func lifetime(raw json.RawMessage) time.Duration {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	switch {
	case len(raw) == 0 || err != nil || seconds != seconds:
		return unknownLife
	case seconds <= 0:
		return 0
	}
	return time.Duration(min(seconds, maxLife.Seconds()) * float64(time.Second))
}

// fault returns an Error for a failure that is not an error response.
func (r *request) fault(status int, err error) *Error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // u repeats the endpoint and shows its query
	}
	text := clean(r.secrets, err.Error(), 300)
	if errors.Is(err, context.DeadlineExceeded) {
		text = fmt.Sprintf("no response within %v", r.c.Timeout)
	}
	return &Error{Endpoint: withoutUser(r.c.Endpoint), Status: status, Err: &cleanError{text, err}}
}
