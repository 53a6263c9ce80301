// SPDX-License-Identifier: MIT

// Package oauth requests OAuth 2.0 access tokens (RFC 6749) for programs without an
// interactive user. A program can use client credentials (a secret, a certificate or a token
// from another identity provider), a refresh token, a Google service account, or the identity
// that a cloud gives to its machines. The package does not depend on SMTP. The mechanisms
// XOAUTH2 and OAUTHBEARER of package sasl send the access tokens.
//
// Within a process, all sources with identical settings share one token.
package oauth

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"csmtp/smtp/internal/text"
)

// Grant is the grant type of a token request (RFC 6749, section 1.3).
type Grant string

const (
	ClientCredentials Grant = "client_credentials" // RFC 6749, section 4.4
	RefreshToken      Grant = "refresh_token"      // RFC 6749, section 6

	// JWTBearer sends an assertion as the grant (RFC 7523, section 2.1). Google requires
	// this for service accounts.
	JWTBearer Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

	// AzureIdentity and GoogleIdentity use the machine's own identity in the cloud, for
	// which the cloud's metadata server issues tokens. No secret is needed.
	AzureIdentity  Grant = "azure-identity"
	GoogleIdentity Grant = "google-identity"
)

// Config is the configuration of a Source. If the comment of a field says what the default
// is, the zero value of the field means this default.
type Config struct {
	// Endpoint is the token endpoint: an https URL, or http on a loopback address.
	// AzureIdentity and GoogleIdentity have defaults, and also allow http on a link-local
	// address.
	Endpoint string
	// The default of Grant is RefreshToken if the field RefreshToken is set, or if TokenFile
	// is set but ClientSecret, Assertion and AssertionFile are not. Otherwise, the default is
	// ClientCredentials.
	Grant        Grant
	ClientID     string
	ClientSecret string // optional with a refresh token (public clients have none)
	// Assertion contains the key that signs assertions. With the grant JWTBearer, an
	// assertion is the grant. With ClientCredentials and RefreshToken, it authenticates the
	// client instead of ClientSecret.
	Assertion *Assertion
	// AssertionFile is the path of a file with a token from another identity provider.
	// The token authenticates the client instead of ClientSecret. The file is read for
	// each request, because the token in it is replaced from time to time.
	AssertionFile string
	RefreshToken  string
	Scope         string            // space-separated; "" omits the parameter
	Mailbox       string            // for GoogleIdentity: the address of the user who sends the mail
	Metadata      string            // for GoogleIdentity: the metadata server's URL; "" means Google's
	Signer        string            // for GoogleIdentity: the URL of the signing service; "" means Google's
	Params        map[string]string // further parameters, such as "audience"
	// BasicAuth says that the client id and secret are sent in the Authorization header.
	// By default, they are sent in the body, as Microsoft and Google document.
	BasicAuth bool

	ExtraRoots []byte // PEM certificates of authorities to trust in addition to the system's
	// Proxy is "http://user:password@host:port", "https://..." or "socks5://...". If Proxy
	// is "", the environment variables HTTPS_PROXY and NO_PROXY apply; if it is "direct",
	// no proxy is used.
	Proxy          string
	ConnectTimeout time.Duration // for TCP, and again for TLS; default 10 s
	Timeout        time.Duration // for one call to Token; default 30 s

	// TokenFile is the path of a file in which the tokens are kept. Other processes with
	// the same file use the same tokens, and the newest refresh token is not lost when the
	// program ends. If TokenFile is "", the tokens are kept in memory. With the grant
	// RefreshToken, the file can also contain Endpoint, ClientID, ClientSecret,
	// RefreshToken and Scope, which then need not be set. A file is refused if other users
	// can read it, if it belongs to another user, or if it was written with other settings.
	TokenFile string
	Account   string // for TokenFile: the mailbox to which the tokens must belong; "": not checked
	// Token calls FileError on the goroutine of its caller. err says why TokenFile does
	// not contain the newest tokens or cannot be locked. err is nil if there is no such
	// problem.
	FileError func(err error) `fork:"restored"`

	// Save is called with the new refresh token after the server has replaced the old one
	// (RFC 6749, section 6). The program should keep the new token, because the old one
	// may no longer be valid. Token calls Save on the goroutine of its caller, before
	// it returns. If another Source with the same settings made the request, the next call
	// to Token on this Source calls Save. With TokenFile, Save is called only if the file
	// cannot be written.
	Save func(refreshToken string) `fork:"restored"`

	now     func() time.Time `fork:"restored"` // for tests
	backoff time.Duration    // for tests
	step    func(string)     `fork:"restored"` // for tests: called between the steps of a renewal
}

// Microsoft365 returns a Config with the endpoint and the scope for Exchange Online.
// tenant is the id of a tenant or one of its domains.
func Microsoft365(tenant string) (Config, error) {
	if !isTenant(tenant) {
		return Config{}, errors.New("oauth: the tenant must be a tenant id or a domain")
	}
	return Config{
		Endpoint: "https://login.microsoftonline.com/" + tenant + "/oauth2/v2.0/token",
		Scope:    microsoftScope,
	}, nil
}

// isTenant reports whether s can be the id or a domain of a tenant. It returns false for every
// text that could change the host or the path of the endpoint.
func isTenant(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20 // letters in lower case
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && (i == 0 || s[i] != '-' && s[i] != '.') {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 253
}

// Google returns a Config with the endpoint for Gmail and Google Workspace. The Config has no
// scope, because each refresh token from Google already has one, which must be
// https://mail.google.com/.
func Google() Config {
	return Config{Endpoint: googleEndpoint}
}

// Format prints a Config without its secrets.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "oauth.Config{Endpoint:%q ClientID:%q}", withoutUser(c.Endpoint), c.ClientID)
}

const maxField = 64 << 10

// ownFields contains the names of the parameters that are set with other fields of Config.
// Params must not contain these names.
var ownFields = []string{"", "grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type",
	"assertion", "refresh_token", "scope"}

// checkGrant checks that the fields that the grant needs are set, and that the client
// is authenticated in only one way.
func (c *Config) checkGrant() error {
	ways := 0
	for _, set := range []bool{c.ClientSecret != "", c.Assertion != nil, c.AssertionFile != ""} {
		if set {
			ways++
		}
	}
	switch c.Grant {
	case ClientCredentials, RefreshToken:
		switch {
		case c.fromFile():
		case c.ClientID == "":
			return errors.New("oauth: the client id is missing")
		case c.Grant == ClientCredentials && ways == 0:
			return errors.New("oauth: the client secret is missing")
		case c.Grant == RefreshToken && c.RefreshToken == "":
			return errors.New("oauth: the refresh token is missing")
		case c.BasicAuth && c.ClientSecret == "":
			return errors.New("oauth: BasicAuth needs a client secret")
		}
	case JWTBearer:
		if c.Assertion == nil || c.Assertion.Issuer == "" && c.ClientID == "" {
			return errors.New("oauth: the assertion's key or issuer is missing")
		}
	case AzureIdentity, GoogleIdentity:
		if ways > 0 {
			return fmt.Errorf("oauth: with grant %q, do not set a client secret or an assertion", c.Grant)
		}
		return c.checkIdentity()
	default:
		return fmt.Errorf("oauth: unknown grant %q; use %q, %q, %q, %q or %q", c.Grant,
			ClientCredentials, RefreshToken, JWTBearer, AzureIdentity, GoogleIdentity)
	}
	if ways > 1 {
		return errors.New("oauth: set only one of client secret, assertion and assertion file")
	}
	if c.Assertion != nil {
		return c.Assertion.check()
	}
	return CheckAssertionFile(c.AssertionFile)
}

// check sets the defaults and checks the fields. Its error names the invalid field.
func (c *Config) check() error {
	if c.Grant == "" {
		c.Grant = ClientCredentials
		if c.RefreshToken != "" || c.TokenFile != "" && c.ClientSecret == "" && c.Assertion == nil && c.AssertionFile == "" {
			c.Grant = RefreshToken
		}
	}
	if err := c.checkGrant(); err != nil {
		return err
	}
	for _, f := range []struct{ name, value string }{{"client id", c.ClientID}, {"client secret", c.ClientSecret},
		{"assertion file", c.AssertionFile}, {"refresh token", c.RefreshToken}, {"scope", c.Scope}, {"token file", c.TokenFile}} {
		if len(f.value) > maxField {
			return fmt.Errorf("oauth: the %s has %d octets; the limit is %d", f.name, len(f.value), maxField)
		}
		if strings.ContainsAny(f.value, "\x00\r\n") {
			return fmt.Errorf("oauth: the %s contains a line end or a NUL; remove it", f.name)
		}
	}
	for name := range c.Params {
		if slices.Contains(ownFields, name) {
			return fmt.Errorf("oauth: the parameter %q has its own field in Config", name)
		}
	}
	if c.Endpoint != "" || !c.fromFile() {
		if err := c.checkEndpoint("token endpoint", c.Endpoint); err != nil {
			return err
		}
	}
	if c.Proxy != "" && c.Proxy != "direct" {
		u, err := url.Parse(c.Proxy)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
			return errors.New("oauth: the proxy is not an http://, https:// or socks5:// URL with a host")
		}
	}
	if len(c.ExtraRoots) > 0 && !x509.NewCertPool().AppendCertsFromPEM(c.ExtraRoots) {
		return errors.New("oauth: the extra roots contain no PEM certificate")
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
		// Round removes the reading of the monotonic clock, which stops while the machine
		// sleeps.
		c.now = func() time.Time { return time.Now().Round(0) }
	}
	if c.step == nil {
		c.step = func(string) {}
	}
	return nil
}

// checkEndpoint checks the URL of a server. Errors use 'name' for this URL.
func (c *Config) checkEndpoint(name, endpoint string) error {
	if endpoint == "" {
		return fmt.Errorf("oauth: the %s is missing", name)
	}
	if control, place := text.FindControl(endpoint); place > 0 {
		return fmt.Errorf("oauth: the %s has a %s at octet %d; remove it", name, control, place)
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return fmt.Errorf("oauth: the %s is not a URL with a host", name)
	case u.User != nil:
		return fmt.Errorf("oauth: the %s contains a user or password; set the client id and client secret instead", name)
	case strings.Contains(endpoint, "#"):
		return fmt.Errorf("oauth: the %s has a fragment (#)", name) // RFC 6749, section 3.2
	case u.Scheme == "http" && !c.plain(u.Hostname()) && !c.isMetadata(u.Hostname()):
		return fmt.Errorf("oauth: the %s %s is not https; http is allowed for %s only", name, withoutUser(endpoint), c.plainHosts())
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("oauth: the %s is not an https URL", name)
	}
	return nil
}

// isLoopback reports whether host is localhost or a loopback address. The dialer later checks
// the address to which a name resolves.
func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || addressOf(host).IsLoopback()
}

// addressOf parses host as an IP address, which can have a zone. It returns the zero Addr if
// host is a name.
func addressOf(host string) netip.Addr {
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap()
}

// withoutUser returns a URL without its user, password and query, for error texts.
func withoutUser(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "(not a URL)"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// fromFile reports whether settings that are not set in c can be in the token file.
func (c *Config) fromFile() bool { return c.TokenFile != "" && c.Grant == RefreshToken }

// key returns the key of c in the table of accounts: a hash of the settings, because a hash
// contains no secret.
func (c *Config) key() [sha256.Size]byte {
	h := sha256.New()
	put := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		io.WriteString(h, s)
	}
	for _, s := range []string{c.Endpoint, string(c.Grant), c.ClientID, c.ClientSecret, c.AssertionFile, c.RefreshToken, c.Scope,
		string(c.ExtraRoots), c.Proxy, fmt.Sprint(c.BasicAuth, c.ConnectTimeout, c.Timeout)} {
		put(s)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		put(name)
		put(c.Params[name])
	}
	put(c.Mailbox)
	put(c.TokenFile)
	put(c.Account)
	put(c.Metadata)
	put(c.Signer)
	if c.Assertion != nil {
		c.Assertion.identify(put)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
