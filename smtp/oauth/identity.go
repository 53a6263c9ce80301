// SPDX-License-Identifier: MIT

package oauth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// The metadata servers of the clouds, and Google's signing service. The metadata servers are
// used without TLS, at a link-local address, to which routers do not forward packets.
const (
	azureMetadata  = "http://169.254.169.254/metadata/identity/oauth2/token"
	googleMetadata = "http://metadata.google.internal"
	googleSigner   = "https://iamcredentials.googleapis.com"

	azureVersion      = "2018-02-01"
	appServiceVersion = "2019-08-01"
)

// checkIdentity sets the defaults of AzureIdentity and GoogleIdentity, and checks the fields
// that only these grants use.
func (c *Config) checkIdentity() error {
	if c.Grant == AzureIdentity {
		if c.Endpoint == "" {
			c.Endpoint = cmp.Or(os.Getenv("IDENTITY_ENDPOINT"), azureMetadata)
		}
		if c.Scope == "" {
			c.Scope = microsoftScope
		}
		return nil
	}
	c.Endpoint = cmp.Or(c.Endpoint, googleEndpoint)
	c.Scope = cmp.Or(c.Scope, googleScope)
	c.Signer = cmp.Or(c.Signer, googleSigner)
	if c.Metadata == "" {
		c.Metadata = googleMetadata
		if host := os.Getenv("GCE_METADATA_HOST"); host != "" {
			c.Metadata = "http://" + host
		}
	}
	if c.Mailbox == "" {
		return errors.New("oauth: the mailbox is missing: set the address of the user who sends the mail")
	}
	if err := c.checkEndpoint("service that signs", c.Signer); err != nil {
		return err
	}
	return c.checkEndpoint("metadata server", c.Metadata)
}

// plain reports whether http is allowed for a host. It is allowed for localhost and for
// loopback addresses and, with the grants that use a metadata server, for link-local
// addresses.
func (c *Config) plain(host string) bool {
	return isLoopback(host) || c.asksMetadata() && addressOf(host).IsLinkLocalUnicast()
}

func (c *Config) plainHosts() string {
	if c.asksMetadata() {
		return "a loopback or link-local address"
	}
	return "a loopback address"
}

func (c *Config) asksMetadata() bool { return c.Grant == AzureIdentity || c.Grant == GoogleIdentity }

// isMetadata reports whether host is the name of Google's metadata server. The dialer later
// checks the address to which the name resolves.
func (c *Config) isMetadata(host string) bool {
	return c.Grant == GoogleIdentity && strings.EqualFold(host, "metadata.google.internal")
}

// azureRequest returns the request to Azure's metadata server. In App Service, Functions and
// Container Apps, this is the server that the environment names. The request keeps the query
// of the endpoint.
func (r *request) azureRequest(ctx context.Context) (*http.Request, error) {
	target, err := url.Parse(r.c.Endpoint)
	if err != nil {
		return nil, r.fault(0, err)
	}
	query, err := url.ParseQuery(target.RawQuery)
	if err != nil {
		return nil, r.fault(0, err)
	}
	query.Set("resource", strings.TrimSuffix(r.c.Scope, "/.default"))
	header, value, version := "Metadata", "true", azureVersion
	if secret := os.Getenv("IDENTITY_HEADER"); secret != "" && r.c.Endpoint == os.Getenv("IDENTITY_ENDPOINT") {
		header, value, version = "X-Identity-Header", secret, appServiceVersion
		r.secrets.Add(secret)
	}
	if !query.Has("api-version") {
		query.Set("api-version", version)
	}
	if r.c.ClientID != "" {
		query.Set("client_id", r.c.ClientID) // selects one of several identities of the machine
	}
	target.RawQuery = query.Encode()
	return r.get(ctx, target.String(), header, value)
}

// below returns the URL 'base' with 'path' appended to its path, and with the parameters in
// 'more' added to its query. 'path' must be escaped.
func below(base, path string, more url.Values) (string, error) {
	target, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	query, err := url.ParseQuery(target.RawQuery)
	if err != nil {
		return "", err
	}
	maps.Copy(query, more)
	target = target.JoinPath(path)
	target.RawQuery = query.Encode()
	return target.String(), nil
}

// get returns a GET request with one header field.
func (r *request) get(ctx context.Context, target, header, value string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, r.fault(0, err)
	}
	req.Header.Set(header, value)
	return req, nil
}

// until returns how long a token is still valid. expires is its expiry time in seconds since
// 1970.
func (c *Config) until(expires json.RawMessage) time.Duration {
	seconds, err := strconv.ParseInt(strings.Trim(string(expires), `"`), 10, 64)
	if err != nil {
		return unknownLife
	}
	return min(max(time.Unix(seconds, 0).Sub(c.now()), 0), maxLife)
}

// googleRequest returns the request for a token for the mailbox. It first requests two
// things from the metadata server: the name of the machine's service account, and a token
// for this account. It then uses this token to have the request's assertion signed by
// Google's signing service, so that the machine needs no private key. The second result has
// the same meaning as the first result of exchange.
func (r *request) googleRequest(ctx context.Context) (*http.Request, time.Duration, error) {
	var email, signed string
	var machine response
	req, err := r.metadataRequest(ctx, "email", nil)
	if err != nil {
		return nil, -1, err
	}
	if wait, err := r.exchange(req, func(status int, body []byte) error {
		email = strings.TrimSpace(string(body))
		if status != http.StatusOK || !strings.Contains(email, "@") || len(email) > 320 {
			return &Error{Endpoint: r.endpoint, Status: status, Err: errors.New("the machine has no service account"), Hint: accountHint}
		}
		return nil
	}); err != nil {
		return nil, wait, err
	}
	scopes := url.Values{"scopes": {"https://www.googleapis.com/auth/iam"}}
	if req, err = r.metadataRequest(ctx, "token", scopes); err != nil {
		return nil, -1, err
	}
	if wait, err := r.exchange(req, func(status int, body []byte) error {
		machine, err = r.parse(status, body)
		return err
	}); err != nil {
		return nil, wait, err
	}
	r.secrets.Add(machine.access)
	if req, err = r.signRequest(ctx, email, machine.access); err != nil {
		return nil, -1, err
	}
	if wait, err := r.exchange(req, func(status int, body []byte) error {
		signed, err = r.parseSigned(status, body, email)
		return err
	}); err != nil {
		return nil, wait, err
	}
	r.secrets.Add(signed)
	form := &secretBody{b: []byte(url.Values{"grant_type": {string(JWTBearer)}, "assertion": {signed}}.Encode())}
	req, err = r.post(ctx, form)
	return req, -1, err
}

const accountHint = "attach a service account to the machine"

// metadataRequest returns a request to Google's metadata server for a property of the
// machine's service account. 'what' is the name of the property. If the machine has several
// service accounts, ClientID names one of them.
func (r *request) metadataRequest(ctx context.Context, what string, query url.Values) (*http.Request, error) {
	account := url.PathEscape(cmp.Or(r.c.ClientID, "default"))
	target, err := below(r.c.Metadata, "/computeMetadata/v1/instance/service-accounts/"+account+"/"+what, query)
	if err != nil {
		return nil, r.fault(0, err)
	}
	return r.get(ctx, target, "Metadata-Flavor", "Google")
}

// signRequest returns the request to sign an assertion for the service account whose address is
// 'email'. token is the access token of this account.
func (r *request) signRequest(ctx context.Context, email, token string) (*http.Request, error) {
	claims, err := json.Marshal(r.c.grantClaims(email, r.c.Mailbox, r.c.now()))
	if err != nil {
		return nil, r.fault(0, err)
	}
	payload, err := json.Marshal(map[string]string{"payload": string(claims)})
	if err != nil {
		return nil, r.fault(0, err)
	}
	target, err := below(r.c.Signer, "/v1/projects/-/serviceAccounts/"+url.PathEscape(email)+":signJwt", nil)
	if err != nil {
		return nil, r.fault(0, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(string(payload)))
	if err != nil {
		return nil, r.fault(0, err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}

// parseSigned returns the signed assertion in the response of the signing service.
func (r *request) parseSigned(status int, body []byte, email string) (string, error) {
	var f struct {
		Signed string `json:"signedJwt"`
		Error  struct {
			Status  string `json:"status"`
			Message string `json:"message"`
		} `json:"error"`
	}
	e := &Error{Endpoint: r.endpoint, Status: status}
	if err := json.Unmarshal(body, &f); err != nil {
		e.Err = errors.New("the response is not JSON")
		return "", e
	}
	if status == http.StatusOK && f.Signed != "" {
		return f.Signed, nil
	}
	e.Code = clean(r.secrets, f.Error.Status, 60)
	e.Description = clean(r.secrets, f.Error.Message, 500)
	if status == http.StatusForbidden {
		e.Hint = "give " + clean(r.secrets, email, 320) + " the role Service Account Token Creator on itself"
	}
	if e.Code == "" && e.Description == "" {
		e.Err = errors.New("the response contains no signed token")
	}
	return "", e
}
