// SPDX-License-Identifier: MIT

package oauth

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var newKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

var newCertificate = sync.OnceValue(func() *x509.Certificate {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "csmtp"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, newKey().Public(), newKey())
	if err != nil {
		panic(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return c
})

func pkcs8(key *rsa.PrivateKey) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return der
}

// opened verifies the signature of a JSON Web Token, and returns the header and the
// claims.
func opened(t *testing.T, token string) (header, claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	for i, into := range []*map[string]any{&header, &claims} {
		octets, err := base64.RawURLEncoding.DecodeString(parts[i])
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(octets, into))
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	require.NoError(t, err)
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	switch header["alg"] {
	case PS256:
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		require.NoError(t, rsa.VerifyPSS(&newKey().PublicKey, crypto.SHA256, digest[:], signature, options))
	case RS256:
		require.NoError(t, rsa.VerifyPKCS1v15(&newKey().PublicKey, crypto.SHA256, digest[:], signature))
	default:
		t.Fatalf("algorithm %v", header["alg"])
	}
	return header, claims
}

// A client authenticates with a certificate. The test uses two grants and both algorithms.
func TestClientAssertion(t *testing.T) {
	thumbprint := sha256.Sum256(newCertificate().Raw)
	for _, grant := range []Grant{ClientCredentials, RefreshToken} {
		for _, algorithm := range []string{"", PS256, RS256} {
			t.Run(string(grant)+" "+algorithm, func(t *testing.T) {
				s := newServer(t, false, numbered)
				c := s.clientConfig()
				time0 := newClock()
				c.Grant, c.ClientSecret, c.now = grant, "", time0.now
				if grant == RefreshToken {
					c.RefreshToken = refreshToken
				}
				c.Assertion = &Assertion{Key: pkcs8(newKey()), Certificate: newCertificate().Raw, Algorithm: algorithm}
				wantToken(t, "token-1", source(t, c), false)
				form := s.forms[0]
				assert.Equal(t, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", form.Get("client_assertion_type"))
				assert.Equal(t, "app", form.Get("client_id"))
				assert.False(t, form.Has("client_secret"))
				header, claims := opened(t, form.Get("client_assertion"))
				assert.Equal(t, map[string]any{"alg": cmp.Or(algorithm, PS256), "typ": "JWT",
					"x5t#S256": base64.RawURLEncoding.EncodeToString(thumbprint[:])}, header)
				assert.NotEmpty(t, claims["jti"])
				delete(claims, "jti")
				now := float64(time0.now().Unix())
				assert.Equal(t, map[string]any{"iss": "app", "sub": "app", "aud": c.Endpoint, "iat": now, "nbf": now - 60, "exp": now + 600}, claims)
			})
		}
	}
}

// Each request has an assertion of its own.
func TestAssertionIsRenewed(t *testing.T) {
	s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		numbered(n, form, w, r)
	})
	c := s.clientConfig()
	c.ClientSecret, c.Assertion = "", &Assertion{Key: pkcs8(newKey())}
	wantToken(t, "token-2", source(t, c), false)
	assert.NotEqual(t, s.forms[0].Get("client_assertion"), s.forms[1].Get("client_assertion"))
}

func keyFile(t *testing.T, change map[string]any) []byte {
	t.Helper()
	file := map[string]any{"type": "service_account", "project_id": "p", "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(newKey())})), "client_email": "mailer@p.iam.gserviceaccount.com"}
	for name, value := range change {
		file[name] = value
	}
	octets, err := json.Marshal(file)
	require.NoError(t, err)
	return octets
}

func TestServiceAccount(t *testing.T) {
	s := newServer(t, false, numbered)
	c, err := ServiceAccount(keyFile(t, map[string]any{"token_uri": s.URL + "/token"}), "alice@contoso.example")
	require.NoError(t, err)
	time0 := newClock()
	c.now, c.Proxy = time0.now, "direct"
	wantToken(t, "token-1", source(t, c), false)
	form := s.forms[0]
	assert.Equal(t, "urn:ietf:params:oauth:grant-type:jwt-bearer", form.Get("grant_type"))
	assert.Len(t, form, 2)
	header, claims := opened(t, form.Get("assertion"))
	assert.Equal(t, map[string]any{"alg": RS256, "typ": "JWT", "kid": "k1"}, header)
	assert.NotEmpty(t, claims["jti"])
	delete(claims, "jti")
	now := float64(time0.now().Unix())
	assert.Equal(t, map[string]any{"iss": "mailer@p.iam.gserviceaccount.com", "sub": "alice@contoso.example", "aud": s.URL + "/token",
		"scope": "https://mail.google.com/", "iat": now, "exp": now + 3600}, claims)

	c, err = ServiceAccount(keyFile(t, nil), "alice@contoso.example")
	require.NoError(t, err)
	assert.Equal(t, "https://oauth2.googleapis.com/token", c.Endpoint)
}

func TestServiceAccountIsRefused(t *testing.T) {
	for want, file := range map[string][]byte{
		"is not the JSON key file":     []byte("{"),
		`"authorized_user"`:            keyFile(t, map[string]any{"type": "authorized_user"}),
		"lacks client_email":           keyFile(t, map[string]any{"client_email": ""}),
		"is not in PEM format":         keyFile(t, map[string]any{"private_key": "MIIE"}),
		"is not an RSA key in PKCS #8": keyFile(t, map[string]any{"private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}),
	} {
		_, err := ServiceAccount(file, "alice@contoso.example")
		assert.ErrorContains(t, err, want)
	}
	_, err := ServiceAccount(keyFile(t, nil), "")
	assert.ErrorContains(t, err, "mailbox")
}

// The file with a token from another identity provider is read for each request.
func TestAssertionFile(t *testing.T) {
	s := newServer(t, false, numbered)
	path := filepath.Join(t.TempDir(), "token")
	c := s.clientConfig()
	c.ClientSecret, c.AssertionFile = "", path
	e := wantError(t, c)
	assert.Contains(t, e.Error(), path)
	a := source(t, c)
	for i, text := range []string{"header.claims.first", "header.claims.second"} {
		require.NoError(t, os.WriteFile(path, []byte(text+"\n"), 0o600))
		wantToken(t, fmt.Sprintf("token-%d", i+1), a, i > 0)
		assert.Equal(t, text, s.forms[i].Get("client_assertion"))
		assert.Equal(t, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", s.forms[i].Get("client_assertion_type"))
	}
	for _, bad := range []string{"", " \n", "two words", "li\x00ne", strings.Repeat("x", maxField+1)} {
		require.NoError(t, os.WriteFile(path, []byte(bad), 0o600))
		c.Scope = "another account, which has no token yet"
		assert.Contains(t, wantError(t, c).Error(), "contains no token")
	}
}

// An assertion that the server quotes does not appear in the error.
func TestAssertionIsMasked(t *testing.T) {
	var sent string
	s := newServer(t, false, func(_ int, form url.Values, w http.ResponseWriter, _ *http.Request) {
		sent = form.Get("client_assertion")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"invalid_client","error_description":"got %s"}`, sent)
	})
	c := s.clientConfig()
	c.ClientSecret, c.Assertion = "", &Assertion{Key: pkcs8(newKey())}
	e := wantError(t, c)
	require.NotEmpty(t, sent)
	for _, part := range strings.Split(sent, ".") {
		assert.NotContains(t, e.Error(), part)
	}
}

// If the request had an assertion, the hint contains the difference between the clocks, unless
// the difference is small.
func TestClocksThatDiffer(t *testing.T) {
	time0 := newClock()
	for _, test := range []struct {
		ahead time.Duration
		want  string
	}{{7 * time.Minute, "this computer's clock is 7m0s ahead of the server's"}, {-time.Hour, "this computer's clock is 1h0m0s behind the server's"}, {30 * time.Second, ""}} {
		s := newServer(t, false, func(_ int, _ url.Values, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time0.now().Format(http.TimeFormat))
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"invalid_client","error_description":"AADSTS700024: Client assertion is not within its valid time range."}`)
		})
		c := s.clientConfig()
		c.now = func() time.Time { return time0.now().Add(test.ahead) }
		assert.NotContains(t, wantError(t, c).Hint, "this computer's clock is")
		c.ClientSecret, c.Assertion = "", &Assertion{Key: pkcs8(newKey())}
		hint := wantError(t, c).Hint
		assert.Contains(t, hint, clockHint)
		if test.want == "" {
			assert.NotContains(t, hint, "this computer's clock is")
		} else {
			assert.Contains(t, hint, test.want)
		}
	}
}

func TestInvalidAssertions(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	valid := Config{Endpoint: "https://login.example/token", ClientID: "app", Assertion: &Assertion{Key: pkcs8(newKey())}}
	for want, change := range map[string]func(c *Config){
		"only one of":                                func(c *Config) { c.ClientSecret = "s" },
		"set only one":                               func(c *Config) { c.AssertionFile = "f" },
		"unknown signature":                          func(c *Config) { c.Assertion = &Assertion{Key: pkcs8(newKey()), Algorithm: "none"} },
		"private key of the":                         func(c *Config) { c.Assertion = &Assertion{} },
		"is not an RSA key":                          func(c *Config) { c.Assertion = &Assertion{Key: []byte("key")} },
		"certificate of the":                         func(c *Config) { c.Assertion = &Assertion{Key: pkcs8(newKey()), Certificate: []byte("x")} },
		"has 1024 bits":                              func(c *Config) { c.Assertion = &Assertion{Key: pkcs8(short)} },
		"does not belong":                            func(c *Config) { c.Assertion = &Assertion{Key: pkcs8(other), Certificate: newCertificate().Raw} },
		"BasicAuth needs":                            func(c *Config) { c.BasicAuth = true },
		"has its own field":                          func(c *Config) { c.Params = map[string]string{"client_assertion": "x"} },
		"the assertion's key or":                     func(c *Config) { c.Grant, c.ClientID = JWTBearer, "" },
		"do not set a client secret or an assertion": func(c *Config) { c.Grant = AzureIdentity },
	} {
		c := valid
		change(&c)
		_, err := New(c)
		assert.ErrorContains(t, err, want)
	}
	_, err = New(valid)
	assert.NoError(t, err)
}

// Formatting an Assertion with package fmt does not show any part of the key.
func TestKeyIsNotPrinted(t *testing.T) {
	a := Assertion{Key: pkcs8(newKey()), Issuer: "app"}
	c := Config{ClientID: "app", Assertion: &a}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		printed := fmt.Sprintf(format, a) + fmt.Sprintf(format, c) + fmt.Sprintf(format, &a)
		assert.NotContains(t, printed, fmt.Sprint(pkcs8(newKey()))[1:50])
		assert.NotContains(t, printed, string(pkcs8(newKey()))[:20])
	}
}

// The hint for a Microsoft error number is found wherever the number occurs in the text.
func TestHints(t *testing.T) {
	for number, want := range microsoftHints() {
		assert.Equal(t, want, hint("invalid_client", "AADSTS"+number+": words. Trace ID: 1"))
		assert.Equal(t, want, hint("", "failed: AADSTS"+number))
	}
	assert.Equal(t, hints()["invalid_client"], hint("invalid_client", "AADSTS1: unknown"))
	assert.Equal(t, hints()["invalid_grant"], hint("invalid_grant", ""))
	assert.Contains(t, hint("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not "+
		"authorized for any of the scopes requested."), "domain-wide delegation")
	assert.Contains(t, hint("invalid_grant", "Invalid JWT Signature."), "new key file")
}
