// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"time"
)

// With the functions in this file, a program lets a user log in at the provider in a web
// browser (RFC 8252), and gets a refresh token.

// Tokens are the tokens that a program gets after a user's login.
type Tokens struct {
	access, refresh string
	life            time.Duration
}

// Format prints Tokens without their values.
func (t Tokens) Format(f fmt.State, _ rune) { io.WriteString(f, "oauth.Tokens") }

// checkConsent checks the settings for a login, which needs Endpoint and ClientID, and sets the
// defaults.
func (c *Config) checkConsent() error {
	c.Grant, c.RefreshToken = RefreshToken, "placeholder" // check requires a token, even before the login
	path := c.TokenFile
	c.TokenFile = ""
	err := c.check()
	c.RefreshToken, c.TokenFile = "", path
	return err
}

// CodeRequest is a request for an authorization code. The user's browser makes the
// request.
type CodeRequest struct {
	// URL is the address that the user opens.
	URL string
	// State is a random text. The caller must compare it with the parameter 'state' of the URL
	// to which the browser is redirected. The two are equal if the redirection belongs to
	// this request.
	State string

	redirect, verifier string
}

// Format prints a CodeRequest without its verifier.
func (r CodeRequest) Format(f fmt.State, _ rune) { io.WriteString(f, "oauth.CodeRequest") }

// NewCodeRequest returns a request to the authorization endpoint, whose URL is authURL. The
// provider adds the code to the URL 'redirect', and redirects the browser to the resulting
// URL. params are additional parameters. Only this process can use the code, because the
// request uses PKCE (RFC 7636).
func NewCodeRequest(c Config, authURL, redirect string, params map[string]string) (*CodeRequest, error) {
	if err := c.checkConsent(); err != nil {
		return nil, err
	}
	if err := c.checkEndpoint("authorization endpoint", authURL); err != nil {
		return nil, err
	}
	u, err := url.Parse(authURL)
	if err != nil {
		return nil, errors.New("oauth: the authorization endpoint is not a URL")
	}
	r := &CodeRequest{State: randomText(), redirect: redirect, verifier: randomText()}
	challenge := sha256.Sum256([]byte(r.verifier))
	query := u.Query()
	for name, value := range params {
		query.Set(name, value)
	}
	for name, value := range map[string]string{
		"response_type": "code", "client_id": c.ClientID, "redirect_uri": redirect, "scope": c.Scope, "state": r.State,
		"code_challenge": base64.RawURLEncoding.EncodeToString(challenge[:]), "code_challenge_method": "S256",
	} {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	r.URL = u.String()
	return r, nil
}

// randomText returns a text of 43 characters with 256 random bits.
func randomText() string {
	var octets [32]byte
	_, _ = rand.Read(octets[:]) // never returns an error
	return base64.RawURLEncoding.EncodeToString(octets[:])
}

// Exchange requests tokens for the code that the provider has returned for r (RFC 6749,
// section 4.1.3).
func Exchange(ctx context.Context, c Config, r *CodeRequest, code string) (*Tokens, error) {
	if err := c.checkConsent(); err != nil {
		return nil, err
	}
	return c.ask(ctx, map[string]string{"grant_type": "authorization_code", "code": code, "redirect_uri": r.redirect,
		"code_verifier": r.verifier}, code, r.verifier)
}

// ErrorOf returns the error for a redirection that has the parameters error and
// error_description (RFC 6749, section 4.1.2.1). code and description are their values.
func ErrorOf(c Config, code, description string) error {
	secrets := c.secrets("")
	return &Error{Endpoint: c.origin(), Code: clean(secrets, code, 60), Description: clean(secrets, description, 500),
		Hint: consentHintOf(code, description)}
}

func consentHintOf(code, description string) string {
	if code == "access_denied" {
		return "the user or an administrator has not consented: log in again, and consent"
	}
	return hint(code, description)
}

// ask requests tokens with the given parameters. Errors do not show the given secrets.
func (c *Config) ask(ctx context.Context, params map[string]string, secrets ...string) (*Tokens, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	var got response
	r := c.request()
	r.secrets.Add(secrets...)
	req, err := r.post(ctx, c.formOf(params))
	if err != nil {
		return nil, err
	}
	if _, err = r.exchange(req, func(status int, body []byte) (err error) {
		got, err = r.parse(status, body)
		return err
	}); err != nil {
		var e *Error
		if errors.As(err, &e) && e.Code == "access_denied" {
			e.Hint = consentHintOf(e.Code, e.Description)
		}
		return nil, err
	}
	if got.refresh == "" {
		return nil, &Error{Endpoint: c.origin(), Status: 200, Err: errors.New("the response contains no refresh token"),
			Hint: "add the scope offline_access or, for Google, the parameter access_type=offline"}
	}
	return &Tokens{got.access, got.refresh, got.life}, nil
}

// request returns a request to the endpoint of c.
func (c *Config) request() *request { return &request{c: c, secrets: c.secrets("")} }

// formOf returns a form with the given parameters and those that identify the client.
func (c *Config) formOf(params map[string]string) *secretBody {
	form := url.Values{"client_id": {c.ClientID}}
	if c.ClientSecret != "" {
		form.Set("client_secret", c.ClientSecret)
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		form.Set(name, params[name])
	}
	return &secretBody{b: []byte(form.Encode())}
}

// ErrNotTokenFile is the error for an existing file that is not a token file, and therefore
// must not be replaced.
var ErrNotTokenFile = errors.New("the file exists, and is not a token file")

// CheckTokenFile returns an error if WriteTokenFile cannot write c.TokenFile. It does
// not change the file.
func CheckTokenFile(ctx context.Context, c Config, force bool) error {
	s, err := c.openForLogin(ctx, false, force)
	if errors.Is(err, fs.ErrNotExist) {
		s, err = &tokenStore{path: c.TokenFile}, nil
	}
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.tryCreate(); err != nil {
		return fmt.Errorf("the token file %s cannot be written: %w", c.TokenFile, withoutPath(err))
	}
	return nil
}

// openForLogin locks and reads the token file. If 'create' is set, it creates a missing file.
// Unless 'force' is set, it returns an error if the file has content and is not a token file.
func (c *Config) openForLogin(ctx context.Context, create, force bool) (*tokenStore, error) {
	if err := c.checkConsent(); err != nil {
		return nil, err
	}
	if c.TokenFile == "" {
		return nil, errors.New("oauth: no token file is set")
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	s, err := openTokenStore(ctx, c.TokenFile, create, false)
	if err == nil && !isTokenFile(s.content) && !isEmpty(s.content) && !force {
		s.close()
		err = ErrNotTokenFile
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("another process has held its lock for more than %v", c.Timeout)
	case err == nil:
		return s, nil
	}
	return nil, fmt.Errorf("the token file %s: %w", c.TokenFile, withoutPath(err))
}

// WriteTokenFile writes t and the settings in c to c.TokenFile, for programs that set only the
// path of this file. It replaces an existing token file even if the file is damaged or other
// users can read it. It replaces a file of another kind only if force is set.
func WriteTokenFile(ctx context.Context, c Config, t *Tokens, force bool) error {
	s, err := c.openForLogin(ctx, true, force)
	if err != nil {
		return err
	}
	defer s.close()
	next := &stored{Endpoint: c.Endpoint, Grant: RefreshToken, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Scope: c.Scope,
		Settings: c.settings(), Account: c.Account, For: c.Scope}
	if old, err := parseTokenFile(s.content); err == nil && old != nil && c.owns(old) == nil {
		next.Seeds = old.Seeds // if a program still sets one of these old refresh tokens, it gets the new one
	}
	next.take(response{access: t.access, refresh: t.refresh, life: t.life}, c.now())
	if err := s.replace(next.encode(), c.step); err != nil {
		return fmt.Errorf("the token file %s cannot be written: %w", c.TokenFile, withoutPath(err))
	}
	return nil
}
