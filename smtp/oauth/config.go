// SPDX-License-Identifier: MIT

// Package oauth gets OAuth 2.0 access tokens (RFC 6749) for a login that has
// no user at hand: by the client's own credentials or by a refresh token. It
// knows nothing of mail; what it gives is what XOAUTH2 and OAUTHBEARER send.
//
// Sources with identical settings share one token for the whole process.
package oauth

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Grant is the way to a token.
type Grant string

const (
	ClientCredentials Grant = "client_credentials" // RFC 6749, section 4.4
	RefreshToken      Grant = "refresh_token"      // RFC 6749, section 6
)

// Config is what a Source needs. The zero value of a field is its default
// where the comment names one.
type Config struct {
	// Endpoint is the token endpoint: an https URL, or http on a loopback address.
	Endpoint     string
	Grant        Grant // default: RefreshToken if one is set, else ClientCredentials
	ClientID     string
	ClientSecret string // optional with a refresh token (public clients have none)
	RefreshToken string
	Scope        string            // space-separated; "" leaves the parameter out
	Params       map[string]string // further parameters, such as "audience"
	// BasicAuth sends client id and secret in the Authorization header; the
	// default is in the body, which Microsoft and Google document.
	BasicAuth bool

	ExtraRoots []byte // PEM certificates of authorities trusted besides the system's
	// Proxy is "http://user:password@host:port", "https://..." or "socks5://...";
	// "" takes HTTPS_PROXY and NO_PROXY of the environment, "direct" uses none.
	Proxy          string
	ConnectTimeout time.Duration // TCP, and again TLS; default 10 s
	Timeout        time.Duration // one call of Token in all; default 30 s

	// Save is told the new refresh token when the server has replaced the old
	// one (RFC 6749, section 6): keep it, the old one may be void. It runs on
	// the goroutine that called Token, before Token returns. When another
	// Source with the same settings made the request, it is this one's next
	// Token that tells.
	Save func(refreshToken string)

	now     func() time.Time // for tests
	backoff time.Duration    // for tests
}

// Microsoft365 has the endpoint and the scope of Exchange Online for a tenant,
// given by its id or by one of its domains.
func Microsoft365(tenant string) (Config, error) {
	if !isTenant(tenant) {
		return Config{}, errors.New("oauth: the tenant is not a tenant id or a domain")
	}
	return Config{
		Endpoint: "https://login.microsoftonline.com/" + tenant + "/oauth2/v2.0/token",
		Scope:    "https://outlook.office365.com/.default",
	}, nil
}

// isTenant tells that s can be an id or a domain, and nothing that would change
// the endpoint's host or path.
func isTenant(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20 // letters in lower case
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && (i == 0 || s[i] != '-' && s[i] != '.') {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 253
}

// Google has the endpoint of Gmail and Google Workspace. Its refresh tokens
// carry their scope (https://mail.google.com/).
func Google() Config {
	return Config{Endpoint: "https://oauth2.googleapis.com/token"}
}

// Format keeps the secrets out of whatever prints a Config.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "oauth.Config{Endpoint:%q ClientID:%q}", withoutUser(c.Endpoint), c.ClientID)
}

const maxField = 64 << 10

// check fills in defaults and tells what is wrong, naming the field.
func (c *Config) check() error {
	if c.Grant == "" {
		c.Grant = ClientCredentials
		if c.RefreshToken != "" {
			c.Grant = RefreshToken
		}
	}
	switch {
	case c.Grant != ClientCredentials && c.Grant != RefreshToken:
		return fmt.Errorf("oauth: the grant %q is not known; use %q or %q", c.Grant, ClientCredentials, RefreshToken)
	case c.ClientID == "":
		return errors.New("oauth: the client id is missing")
	case c.Grant == ClientCredentials && c.ClientSecret == "":
		return errors.New("oauth: the client secret is missing")
	case c.Grant == RefreshToken && c.RefreshToken == "":
		return errors.New("oauth: the refresh token is missing")
	}
	for _, f := range []struct{ name, value string }{{"client id", c.ClientID}, {"client secret", c.ClientSecret},
		{"refresh token", c.RefreshToken}, {"scope", c.Scope}} {
		if len(f.value) > maxField {
			return fmt.Errorf("oauth: the %s has %d octets, more than %d", f.name, len(f.value), maxField)
		}
		if strings.ContainsAny(f.value, "\x00\r\n") {
			return fmt.Errorf("oauth: the %s contains a line end or a NUL; remove it", f.name)
		}
	}
	for name := range c.Params {
		if slices.Contains([]string{"", "grant_type", "client_id", "client_secret", "refresh_token", "scope"}, name) {
			return fmt.Errorf("oauth: the parameter %q has a field of its own", name)
		}
	}
	if err := checkEndpoint(c.Endpoint); err != nil {
		return err
	}
	if c.Proxy != "" && c.Proxy != "direct" {
		u, err := url.Parse(c.Proxy)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
			return errors.New("oauth: the proxy is not an http://, https:// or socks5:// URL with a host")
		}
	}
	if len(c.ExtraRoots) > 0 && !x509.NewCertPool().AppendCertsFromPEM(c.ExtraRoots) {
		return errors.New("oauth: the extra roots hold no PEM certificate")
	}
	if c.ConnectTimeout <= 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	if c.backoff == 0 {
		c.backoff = time.Second
	}
	if c.now == nil {
		// Without the monotonic reading, which stands still while a machine sleeps.
		c.now = func() time.Time { return time.Now().Round(0) }
	}
	return nil
}

func checkEndpoint(endpoint string) error {
	if endpoint == "" {
		return errors.New("oauth: the token endpoint is missing")
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return errors.New("oauth: the token endpoint is not a URL with a host")
	case u.User != nil:
		return errors.New("oauth: the token endpoint holds a user or password; set client id and client secret instead")
	case strings.Contains(endpoint, "#"):
		return errors.New("oauth: the token endpoint has a fragment (#)") // RFC 6749, section 3.2
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return fmt.Errorf("oauth: the token endpoint %s is not https; secrets go in clear to a loopback address only", withoutUser(endpoint))
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("oauth: the token endpoint is not an https URL")
	}
	return nil
}

// isLoopback is about the spelling; the dialer looks at the address once more.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// withoutUser is an endpoint fit for a text: no user, no query.
func withoutUser(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "(not a URL)"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// key is the same for the same settings. It is a hash so that the table of
// what is shared holds no secret by itself.
func (c *Config) key() [sha256.Size]byte {
	h := sha256.New()
	put := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		io.WriteString(h, s)
	}
	for _, s := range []string{c.Endpoint, string(c.Grant), c.ClientID, c.ClientSecret, c.RefreshToken, c.Scope,
		string(c.ExtraRoots), c.Proxy, fmt.Sprint(c.BasicAuth, c.ConnectTimeout, c.Timeout)} {
		put(s)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		put(name)
		put(c.Params[name])
	}
	return [sha256.Size]byte(h.Sum(nil))
}
