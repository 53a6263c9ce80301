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

	"csmtp/smtp/internal/text"
	"csmtp/smtp/secret"
)

const (
	maxBody       = 1 << 20
	maxHeader     = 64 << 10
	maxRetryAfter = 5 * time.Second
)

var userAgent = "csmtp" // a variable for tests

// request is one request for a token, with the data for its error texts.
type request struct {
	c       *Config
	refresh string // the current refresh token
	secrets *secret.Set
	// endpoint is the URL to which the last request was sent, for error texts. With
	// GoogleIdentity, which uses several servers, it can differ from c.Endpoint.
	endpoint string
}

// fetch requests a token, and tries once more after a temporary failure.
func (c *Config) fetch(ctx context.Context, refresh string) (response, error) {
	r := &request{c, refresh, c.secrets(refresh), withoutUser(c.Endpoint)}
	got, wait, err := r.try(ctx)
	if err == nil || wait < 0 {
		return got, err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return got, err // this error says more than the timeout error
	}
	got, _, err = r.try(ctx)
	return got, err
}

// try requests a token once. wait is the time to wait before a second attempt. It is negative
// if a second attempt is not useful.
func (r *request) try(ctx context.Context) (got response, wait time.Duration, err error) {
	var req *http.Request
	wait = -1
	switch r.c.Grant {
	case AzureIdentity:
		req, err = r.azureRequest(ctx)
	case GoogleIdentity:
		req, wait, err = r.googleRequest(ctx)
	default:
		req, err = r.tokenRequest(ctx)
	}
	if err != nil {
		return got, wait, err
	}
	wait, err = r.exchange(req, func(status int, body []byte) error {
		got, err = r.parse(status, body)
		return err
	})
	return got, wait, err
}

// exchange sends a request and passes the response to the function 'parse'. wait is the time to
// wait before a second attempt. It is negative if 'parse' succeeded or a second attempt is not
// useful.
func (r *request) exchange(req *http.Request, parse func(status int, body []byte) error) (wait time.Duration, err error) {
	r.endpoint = withoutUser(req.URL.String())
	client, err := r.c.client(req.URL, r.secrets)
	if err != nil {
		return -1, r.fault(0, err)
	}
	defer client.CloseIdleConnections()
	req.Header.Set("User-Agent", userAgent)
	res, err := client.Do(req)
	if err != nil {
		return -1, r.fault(0, err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return -1, r.fault(res.StatusCode, errors.New("the server redirects the request; if you trust the target, set it as the endpoint"))
	}
	// The buffer is large enough for a token. If it had to grow, the memory that it used
	// before would not be overwritten with zeros.
	buffer := bytes.NewBuffer(make([]byte, 0, 64<<10))
	_, err = buffer.ReadFrom(io.LimitReader(res.Body, maxBody+1))
	body := buffer.Bytes()
	defer clear(body)
	if err != nil {
		return -1, r.fault(res.StatusCode, err)
	}
	if len(body) > maxBody {
		return -1, r.fault(res.StatusCode, errors.New("the response is longer than 1 MiB"))
	}
	if err = parse(res.StatusCode, body); err == nil {
		return -1, nil
	}
	r.noteClock(err, res.Header.Get("Date"))
	switch res.StatusCode {
	case 429, 500, 502, 503, 504:
		wait := r.c.backoff
		if after := res.Header.Get("Retry-After"); after != "" {
			seconds, e := strconv.Atoi(after)
			if e != nil || seconds < 0 || time.Duration(seconds) > maxRetryAfter/time.Second {
				return -1, err
			}
			wait = max(wait, time.Duration(seconds)*time.Second)
		}
		return wait, err
	}
	return -1, err
}

// tokenRequest returns the request to the token endpoint.
func (r *request) tokenRequest(ctx context.Context) (*http.Request, error) {
	form, err := r.form()
	if err != nil {
		return nil, r.fault(0, err)
	}
	return r.post(ctx, form)
}

// post returns a request with a form to the token endpoint.
func (r *request) post(ctx context.Context, form *secretBody) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.c.Endpoint, nil)
	if err != nil {
		return nil, r.fault(0, err)
	}
	req.Body, req.ContentLength = form, int64(len(form.b))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if r.c.BasicAuth {
		req.SetBasicAuth(url.QueryEscape(r.c.ClientID), url.QueryEscape(r.c.ClientSecret))
	}
	return req, nil
}

var proxyFromEnvironment = http.ProxyFromEnvironment // a variable for tests

// client returns an HTTP client that does not keep connections open, because requests are
// rare. If the environment names a proxy with a password, client adds this password to
// secrets.
func (c *Config) client(to *url.URL, secrets *secret.Set) (*http.Client, error) {
	secure := strings.EqualFold(to.Scheme, "https")
	dialer := &net.Dialer{Timeout: c.ConnectTimeout}
	if !secure {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			if host, _, err := net.SplitHostPort(address); err != nil || !c.plain(host) {
				return &plainError{c.plainHosts()}
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
	// A request over http does not use a proxy, because a proxy could read the secrets in
	// the request.
	switch {
	case !secure || c.Proxy == "direct":
	case c.Proxy == "":
		t.Proxy = func(req *http.Request) (*url.URL, error) {
			u, err := proxyFromEnvironment(req)
			if err != nil {
				return nil, errors.New("the proxy in the environment is not a URL") // err can contain a password
			}
			if u != nil {
				addPassword(secrets, u.String())
			}
			return u, nil
		}
	default:
		u, err := url.Parse(c.Proxy)
		if err != nil {
			return nil, errors.New("the proxy is not a URL")
		}
		t.Proxy = http.ProxyURL(u)
	}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // the secrets must not be sent to another server
	}}, nil
}

// form returns the body of the request to the token endpoint.
func (r *request) form() (*secretBody, error) {
	c, b := r.c, &secretBody{}
	put := func(name, value string) {
		if len(b.b) > 0 {
			b.b = append(b.b, '&')
		}
		b.b = fmt.Appendf(b.b, "%s=%s", url.QueryEscape(name), url.QueryEscape(value))
	}
	assertion, err := r.assertion()
	if err != nil {
		return nil, err
	}
	put("grant_type", string(c.Grant))
	switch {
	case c.Grant == JWTBearer:
		put("assertion", assertion)
	case !c.BasicAuth:
		put("client_id", c.ClientID)
		if c.ClientSecret != "" {
			put("client_secret", c.ClientSecret)
		}
	}
	if assertion != "" && c.Grant != JWTBearer {
		put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		put("client_assertion", assertion)
	}
	if c.Grant == RefreshToken {
		put("refresh_token", r.refresh)
	}
	if c.Scope != "" && c.Grant != JWTBearer { // with JWTBearer, the scope is a claim of the assertion
		put("scope", c.Scope)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		put(name, c.Params[name])
	}
	return b, nil
}

// assertion returns the assertion for a request, or "" if the request has none. Error texts do
// not show it.
func (r *request) assertion() (string, error) {
	c := r.c
	switch {
	case c.AssertionFile != "":
		token, err := readAssertion(c.AssertionFile)
		if err != nil {
			return "", err
		}
		r.secrets.Add(token)
		return token, nil
	case c.Assertion != nil:
		token, err := c.Assertion.sign(c.Assertion.claims(c, c.now()))
		r.secrets.Add(token)
		return token, err
	}
	return "", nil
}

// secretBody is a request body that is overwritten when the transport closes it. The transport
// sometimes closes it only after the response has arrived.
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
		ExpiresOn    json.RawMessage `json:"expires_on"` // sent by Azure: seconds since 1970
		RefreshToken string          `json:"refresh_token"`
		Error        string          `json:"error"`
		Description  string          `json:"error_description"`
	}
	jsonErr := json.Unmarshal(body, &f)
	e := &Error{Endpoint: r.endpoint, Status: status}
	if r.c.Grant == AzureIdentity && (status == http.StatusNotFound || status == http.StatusGone) {
		e.later = true // the metadata server is being updated
	}
	if nested, ok := nestedError(body); ok {
		jsonErr, f.Error, f.Description = nil, nested.code(), nested.Message
	}
	switch {
	case isHTML(body):
		e.Err = errors.New("the response is a web page (HTML), not JSON")
		e.Hint = "check the token endpoint: it must be the token URL of the provider, not its login page; a proxy may also have sent the page"
	case jsonErr == nil && (f.Error != "" || status != 200):
		e.Code = clean(r.secrets, f.Error, 60)
		e.Description = clean(r.secrets, f.Description, 500)
		e.Hint = hint(f.Error, f.Description)
		if e.Code == "" && e.Description == "" {
			e.Err = errors.New("the response contains no token")
		}
	case status != 200:
		e.Err = errors.New("the response is not an error object in JSON")
		e.Hint = hintEndpoint
	case jsonErr != nil:
		e.Err = errors.New("the response is not JSON, or its fields have the wrong types")
		e.Hint = hintEndpoint
	case f.AccessToken == "":
		e.Err = errors.New("the response contains no access_token")
		e.Hint = hintEndpoint
	case !isAccessToken(f.AccessToken):
		e.Err = fmt.Errorf("the access_token has characters that are not allowed, or more than %d octets", maxField)
	case !isRefreshToken(f.RefreshToken):
		e.Err = fmt.Errorf("the refresh_token has characters that are not allowed, or more than %d octets", maxField)
	case f.TokenType != "" && !strings.EqualFold(f.TokenType, "Bearer"):
		e.Err = errors.New("the token_type is not Bearer")
	default:
		life := lifetime(f.ExpiresIn)
		if len(f.ExpiresIn) == 0 && len(f.ExpiresOn) != 0 {
			life = r.c.until(f.ExpiresOn)
		}
		return response{access: f.AccessToken, refresh: f.RefreshToken, life: life}, nil
	}
	return response{}, e
}

// isAccessToken reports whether the library can send s as an access token and save it.
func isAccessToken(s string) bool {
	return len(s) <= maxField && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// isRefreshToken reports whether the library can save s as a refresh token and use it again.
func isRefreshToken(s string) bool {
	_, place := text.FindControl(s)
	return place == 0 && len(s) <= maxField
}

const hintEndpoint = "check the token endpoint: it must be the token URL of the provider"

// apiError is an error object. APIs of Google and Microsoft send such objects instead of the
// error codes of RFC 6749.
type apiError struct {
	Code    any    `json:"code"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

// nestedError returns the object in the member "error" of a response.
func nestedError(body []byte) (e apiError, ok bool) {
	var f struct {
		Error *apiError `json:"error"`
	}
	if err := json.Unmarshal(body, &f); err != nil || f.Error == nil {
		return e, false
	}
	return *f.Error, true
}

// code returns the error code: a word, or a number if there is no word.
func (e *apiError) code() string {
	switch {
	case e.Status != "":
		return e.Status
	case e.Code == nil:
		return "error"
	}
	return fmt.Sprint(e.Code)
}

// isHTML reports whether body begins with one of the tags with which HTML pages begin.
func isHTML(body []byte) bool {
	body = bytes.TrimSpace(body)
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body"} {
		if len(body) >= len(tag) && bytes.EqualFold(body[:len(tag)], []byte(tag)) {
			return true
		}
	}
	return false
}

// lifetime parses the value of expires_in. Some servers send a string or a fraction.
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

// fault returns an *Error for a failure other than an error response.
func (r *request) fault(status int, err error) *Error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // u repeats the endpoint and shows its query
	}
	shown := clean(r.secrets, err.Error(), 300)
	if errors.Is(err, context.DeadlineExceeded) {
		shown = fmt.Sprintf("no response within %v", r.c.Timeout)
	}
	return &Error{Endpoint: r.endpoint, Status: status, Err: &cleanError{shown, err}}
}
