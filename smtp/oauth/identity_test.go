// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// metadata is a server on the loopback interface that records the requests, and sends a fixed
// response for each path.
type metadata struct {
	*httptest.Server
	requests []string // method, path with query, and the relevant header fields
	bodies   []string
	status   map[string]int
	response map[string]string
}

func newMetadata(t *testing.T, response map[string]string) *metadata {
	t.Helper()
	m := &metadata{response: response, status: map[string]int{}}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := r.Method + " " + r.URL.RequestURI()
		for _, name := range []string{"Metadata", "Metadata-Flavor", "X-Identity-Header", "Authorization"} {
			if value := r.Header.Get(name); value != "" {
				line += " " + name + "=" + value
			}
		}
		body, _ := io.ReadAll(r.Body)
		m.requests, m.bodies = append(m.requests, line), append(m.bodies, string(body))
		if status := m.status[r.URL.Path]; status != 0 {
			w.WriteHeader(status)
		}
		io.WriteString(w, m.response[r.URL.Path])
	}))
	t.Cleanup(m.Close)
	return m
}

func TestAzureIdentity(t *testing.T) {
	m := newMetadata(t, map[string]string{"/token": `{"access_token":"az","expires_in":"86399","token_type":"Bearer"}`})
	c := Config{Grant: AzureIdentity, Endpoint: m.URL + "/token", ClientID: "id of one", backoff: time.Millisecond}
	wantToken(t, "az", source(t, c), false)
	assert.Equal(t, []string{"GET /token?api-version=2018-02-01&client_id=id+of+one&resource=https%3A%2F%2Foutlook.office365.com Metadata=true"}, m.requests)
}

// If an endpoint has a query, the request keeps its parameters, except those that the
// configuration sets.
func TestAzureIdentityEndpointWithQuery(t *testing.T) {
	for query, want := range map[string]string{
		"?":                         "api-version=2018-02-01&client_id=id&resource=https%3A%2F%2Foutlook.office365.com",
		"?a=b+c&d=%26":              "a=b+c&api-version=2018-02-01&client_id=id&d=%26&resource=https%3A%2F%2Foutlook.office365.com",
		"?api-version=2017-09-01":   "api-version=2017-09-01&client_id=id&resource=https%3A%2F%2Foutlook.office365.com",
		"?resource=x&client_id=y&e": "api-version=2018-02-01&client_id=id&e=&resource=https%3A%2F%2Foutlook.office365.com",
	} {
		m := newMetadata(t, map[string]string{"/token": `{"access_token":"az","expires_in":"86399","token_type":"Bearer"}`})
		c := Config{Grant: AzureIdentity, Endpoint: m.URL + "/token" + query, ClientID: "id", backoff: time.Millisecond}
		wantToken(t, "az", source(t, c), false)
		assert.Equal(t, []string{"GET /token?" + want + " Metadata=true"}, m.requests, query)
	}
	m := newMetadata(t, nil)
	e := wantError(t, Config{Grant: AzureIdentity, Endpoint: m.URL + "/token?a=s3cret;b=%zz", backoff: time.Millisecond})
	assert.Empty(t, m.requests)
	assert.NotContains(t, e.Error(), "s3cret")
}

// In App Service, the environment contains the endpoint and a secret, and the response
// contains the time of expiry.
func TestAppService(t *testing.T) {
	time0 := newClock()
	expires := time0.now().Add(3 * time.Hour).Unix()
	m := newMetadata(t, map[string]string{"/msi/token": fmt.Sprintf(`{"access_token":"app","expires_on":"%d","token_type":"Bearer"}`, expires)})
	t.Setenv("IDENTITY_ENDPOINT", m.URL+"/msi/token")
	t.Setenv("IDENTITY_HEADER", "header-s3cret")
	c := Config{Grant: AzureIdentity, now: time0.now}
	a := source(t, c)
	wantToken(t, "app", a, false)
	assert.Equal(t, []string{"GET /msi/token?api-version=2019-08-01&resource=https%3A%2F%2Foutlook.office365.com X-Identity-Header=header-s3cret"}, m.requests)
	time0.add(3*time.Hour - skew - time.Second)
	wantToken(t, "app", a, false)
	assert.Len(t, m.requests, 1)
	time0.add(time.Second)
	wantToken(t, "app", a, false)
	assert.Len(t, m.requests, 2)

	m.status["/msi/token"] = http.StatusBadRequest
	m.response["/msi/token"] = `{"error":"invalid_request","error_description":"bad header-s3cret"}`
	time0.add(3 * time.Hour)
	e := wantError(t, c)
	assert.Equal(t, "invalid_request", e.Code)
	assert.NotContains(t, e.Error(), "header-s3cret")
}

// With the grants that use a metadata server, http is allowed only for loopback and link-local
// addresses.
func TestMetadataAddresses(t *testing.T) {
	for endpoint, allowed := range map[string]bool{
		"":                              true,
		"http://169.254.169.254/token":  true,
		"http://[fe80::1]/token":        true,
		"http://[fe80::1%25eth0]/token": true,
		"http://[::1]:8080/token":       true,
		"http://[::ffff:127.0.0.1]/t":   true,
		"http://[::ffff:a9fe:a9fe]/t":   true,
		"http://[::ffff:192.0.2.1]/t":   false,
		"http://[fd20:ce::254]/token":   false,
		"http://10.0.0.1/token":         false,
		"http://0.0.0.0/token":          false,
		"http://127.1/token":            false,
		"http://2130706433/token":       false,
		"http://localhost.example/t":    false,
		"http://169.254.169.254.nip/t":  false,
		"HTTP://169.254.169.254/token":  true,
		"ftp://169.254.169.254/token":   false,
		"http://127.0.0.1/token":        true,
		"http://192.0.2.1/token":        false,
		"http://metadata.example/token": false,
		"https://192.0.2.1/token":       true,
	} {
		_, err := New(Config{Grant: AzureIdentity, Endpoint: endpoint})
		assert.Equal(t, allowed, err == nil, "%s: %v", endpoint, err)
	}
	_, err := New(Config{Endpoint: "http://169.254.169.254/token", ClientID: "a", ClientSecret: "s"})
	require.ErrorContains(t, err, "is not https")
	c := Config{Grant: GoogleIdentity, Mailbox: "a@b.example"}
	require.NoError(t, c.check())
	assert.True(t, c.plain("169.254.169.254"))
	assert.False(t, c.plain("192.0.2.1"))
	assert.True(t, c.plain("fe80::1%eth0"))
	assert.False(t, c.plain("metadata.google.internal"), "the dialer gets addresses only")
	_, err = New(Config{Grant: GoogleIdentity})
	require.ErrorContains(t, err, "mailbox")
	for _, c := range []Config{{Metadata: "http://192.0.2.1"}, {Metadata: "http://metadata.example"}, {Metadata: "metadata"},
		{Signer: "http://192.0.2.1"}, {Signer: "http://iam.example"}, {Metadata: "http://u:p@127.0.0.1"}, {Signer: "https://x/#f"}} {
		c.Grant, c.Mailbox = GoogleIdentity, "a@b.example"
		_, err = New(c)
		require.Error(t, err, "%s %s", c.Metadata, c.Signer)
		assert.NotContains(t, err.Error(), "u:p")
	}
}

// A request without TLS is never sent through a proxy. It is sent only if http is allowed for
// the address to which the name resolves.
func TestMetadataBypassesProxy(t *testing.T) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	m := newMetadata(t, map[string]string{"/token": `{"access_token":"az","expires_in":"86399","token_type":"Bearer"}`})
	for _, setting := range []string{"", proxy.URL, "direct"} {
		wantToken(t, "az", source(t, Config{Grant: AzureIdentity, Endpoint: m.URL + "/token", ClientID: setting, Proxy: setting}), false)
	}
	g, c := googleIdentity(t)
	c.Proxy = proxy.URL
	wantToken(t, "mail", source(t, c), false)
	assert.Len(t, g.requests, 4)
	assert.Zero(t, asked.Load())

	c = Config{Grant: GoogleIdentity, Mailbox: "a@b.example"}
	require.NoError(t, c.check())
	to, err := url.Parse(c.Metadata)
	require.NoError(t, err)
	client, err := c.client(to, nil)
	require.NoError(t, err)
	for _, address := range []string{"192.0.2.1:80", "10.0.0.1:80", "[2001:db8::1]:80", "[fd20:ce::254]:80"} {
		_, err = client.Transport.(*http.Transport).DialContext(context.Background(), "tcp", address)
		require.ErrorContains(t, err, "not a loopback or link-local address", address)
	}
}

// The URLs that a program sets for Google's servers can have a path and a query. No error
// shows the query.
func TestGoogleIdentityKeepsPathsAndQueries(t *testing.T) {
	m, c := googleIdentity(t)
	for path, response := range m.response {
		m.response["/base"+path] = response
	}
	c.Metadata, c.Signer = m.URL+"/base/?key=s3cret", m.URL+"/base?a=b"
	c.ClientID = "other@p.iam.gserviceaccount.com"
	other := "/base/computeMetadata/v1/instance/service-accounts/other@p.iam.gserviceaccount.com"
	for _, what := range []string{"/email", "/token"} {
		m.response[other+what] = m.response[accountPath+what]
	}
	wantToken(t, "mail", source(t, c), false)
	assert.Equal(t, "GET "+other+"/email?key=s3cret Metadata-Flavor=Google", m.requests[0])
	assert.Equal(t, "GET "+other+"/token?key=s3cret&scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fiam Metadata-Flavor=Google", m.requests[1])
	assert.Equal(t, "POST /base/v1/projects/-/serviceAccounts/m@p.iam.gserviceaccount.com:signJwt?a=b Authorization=Bearer machine-s3cret", m.requests[2])

	m.status[other+"/email"] = http.StatusNotFound
	c.Scope = "another scope" // for another account
	e := wantError(t, c)
	assert.Contains(t, e.Error(), "no access token from "+m.URL+other+"/email: HTTP status 404: the machine has no service account")
	assert.NotContains(t, e.Error(), "s3cret")
}

// While Azure's metadata server is being updated, it replies with 404 or 410, so these errors
// are temporary.
func TestAzureIdentityIsUpdated(t *testing.T) {
	for status, temporary := range map[int]bool{404: true, 410: true, 429: true, 500: true, 400: false, 403: false} {
		m := newMetadata(t, map[string]string{"/token": `{"error":"invalid_request","error_description":"Identity not found"}`})
		m.status["/token"] = status
		e := wantError(t, Config{Grant: AzureIdentity, Endpoint: m.URL + "/token", backoff: time.Millisecond})
		assert.Equal(t, temporary, e.Temporary(), status)
		assert.Contains(t, e.Error(), "assign one to it")
	}
}

const accountPath = "/computeMetadata/v1/instance/service-accounts/default"

func googleIdentity(t *testing.T) (*metadata, Config) {
	t.Helper()
	m := newMetadata(t, map[string]string{
		accountPath + "/email": "m@p.iam.gserviceaccount.com\n",
		accountPath + "/token": `{"access_token":"machine-s3cret","expires_in":3599,"token_type":"Bearer"}`,
		"/v1/projects/-/serviceAccounts/m@p.iam.gserviceaccount.com:signJwt": `{"keyId":"1","signedJwt":"signed-s3cret"}`,
		"/token": `{"access_token":"mail","expires_in":3599,"token_type":"Bearer"}`,
	})
	return m, Config{Grant: GoogleIdentity, Mailbox: "alice@contoso.example", Endpoint: m.URL + "/token",
		Metadata: m.URL, Signer: m.URL, backoff: time.Millisecond, now: newClock().now}
}

// Google's service signs the assertion, so the machine needs no private key.
func TestGoogleIdentity(t *testing.T) {
	m, c := googleIdentity(t)
	wantToken(t, "mail", source(t, c), false)
	require.Len(t, m.requests, 4)
	assert.Equal(t, "GET "+accountPath+"/email Metadata-Flavor=Google", m.requests[0])
	assert.Equal(t, "GET "+accountPath+"/token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fiam Metadata-Flavor=Google", m.requests[1])
	assert.Equal(t, "POST /v1/projects/-/serviceAccounts/m@p.iam.gserviceaccount.com:signJwt Authorization=Bearer machine-s3cret", m.requests[2])
	var signed struct{ Payload string }
	require.NoError(t, json.Unmarshal([]byte(m.bodies[2]), &signed))
	now := newClock().now().Unix()
	assert.JSONEq(t, fmt.Sprintf(`{"iss":"m@p.iam.gserviceaccount.com","sub":"alice@contoso.example","aud":%q,
		"scope":"https://mail.google.com/","iat":%d,"exp":%d}`, m.URL+"/token", now, now+3600), signed.Payload)
	assert.Equal(t, "assertion=signed-s3cret&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", m.bodies[3])
}

// If a step fails, the error says which server refused and what to do, and contains no
// secret.
func TestGoogleIdentityFails(t *testing.T) {
	sign := "/v1/projects/-/serviceAccounts/m@p.iam.gserviceaccount.com:signJwt"
	for path, test := range map[string]struct {
		status   int
		response string
		want     string
	}{
		accountPath + "/email": {404, "", "no service account"},
		accountPath + "/token": {403, `{"error":"access_denied"}`, "access_denied"},
		sign:                   {403, `{"error":{"status":"PERMISSION_DENIED","message":"for machine-s3cret"}}`, "Service Account Token Creator"},
		"/token":               {400, `{"error":"invalid_grant","error_description":"signed-s3cret"}`, "invalid_grant"},
	} {
		m, c := googleIdentity(t)
		m.status[path], m.response[path] = test.status, test.response
		e := wantError(t, c)
		assert.Contains(t, e.Error(), test.want)
		assert.False(t, strings.Contains(e.Error(), "s3cret"), e.Error())
		assert.False(t, e.Temporary())
	}
	m, c := googleIdentity(t)
	m.status[sign] = http.StatusServiceUnavailable
	assert.True(t, wantError(t, c).Temporary())
	assert.Len(t, m.requests, 6) // all requests are repeated
}
