// SPDX-License-Identifier: MIT

package mailer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"
)

// tokenRequests is a server on loopback that issues good-token and records the requests.
type tokenRequests struct {
	*httptest.Server
	mu    sync.Mutex
	paths []string
	forms []url.Values
}

func recordTokens(t *testing.T) *tokenRequests {
	t.Helper()
	r := &tokenRequests{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		assert.NoError(t, req.ParseForm())
		r.mu.Lock()
		defer r.mu.Unlock()
		r.paths, r.forms = append(r.paths, req.URL.Path), append(r.forms, req.Form)
		switch {
		case strings.HasSuffix(req.URL.Path, "/email"):
			fmt.Fprint(w, "machine@p.iam.gserviceaccount.com")
		case strings.HasSuffix(req.URL.Path, ":signJwt"):
			fmt.Fprint(w, `{"signedJwt":"signed"}`)
		default:
			fmt.Fprint(w, `{"access_token":"good-token","token_type":"Bearer","expires_in":3600}`)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// last returns the form of the last request.
func (r *tokenRequests) last() url.Values {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.forms) == 0 {
		return nil
	}
	return r.forms[len(r.forms)-1]
}

const grantPhrase = "grant&phrase s3cret"

// grantPaths contains the paths of the files of the grants.
type grantPaths struct {
	dir, certificate, key, pair, p12, elliptic, account, assertion string
}

var newGrantKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// makeGrantFiles writes a client's certificate in several forms, the key file of a service
// account, and a token of another provider. The key file names the token server at url.
func makeGrantFiles(t testing.TB, dir, url string) (p grantPaths) {
	t.Helper()
	p.dir = dir
	put := func(name string, data []byte) string {
		path := filepath.Join(p.dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "csmtp"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, newGrantKey().Public(), newGrantKey())
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(newGrantKey())
	require.NoError(t, err)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	p12, err := pkcs12.Modern.Encode(newGrantKey(), leaf, nil, grantPhrase)
	require.NoError(t, err)
	p.certificate, p.key, p.p12 = put("c.pem", certificate), put("k.pem", key), put("c.p12", p12)
	p.pair = put("pair.pem", append(slices.Clone(key), certificate...))

	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err = x509.CreateCertificate(rand.Reader, template, template, curve.Public(), curve)
	require.NoError(t, err)
	private, err = x509.MarshalPKCS8PrivateKey(curve)
	require.NoError(t, err)
	p.elliptic = put("ec.pem", append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...))

	account, err := json.Marshal(map[string]string{"type": "service_account", "client_email": "robot@p.iam.gserviceaccount.com",
		"private_key_id": "1", "private_key": string(key), "token_uri": url + "/token"})
	require.NoError(t, err)
	p.account, p.assertion = put("account.json", account), put("token.jwt", []byte("federated-token\n"))
	return p
}

// grantSetters returns a map from the name of each function that sets a grant to a call to
// this function. SetOAuth2TokenFile is not included.
func grantSetters(p grantPaths, url string) map[string]func(*Mailer) error {
	return map[string]func(*Mailer) error{
		"SetOAuth2Certificate": func(m *Mailer) error {
			return m.SetOAuth2Certificate(url+"/token", "app", p.certificate, p.key, "", "")
		},
		"SetOAuth2ServiceAccount":    func(m *Mailer) error { return m.SetOAuth2ServiceAccount(p.account, "", "") },
		"SetOAuth2AssertionFile":     func(m *Mailer) error { return m.SetOAuth2AssertionFile(url+"/token", "app", p.assertion, "") },
		"SetOAuth2ManagedIdentity":   func(m *Mailer) error { return m.SetOAuth2ManagedIdentity("azure:"+url+"/token", "", "") },
		"SetOAuth2ClientCredentials": func(m *Mailer) error { return m.SetOAuth2ClientCredentials(url+"/token", "app", "client-s3cret", "") },
		"SetOAuth2RefreshToken":      func(m *Mailer) error { return m.SetOAuth2RefreshToken(url+"/token", "app", "", "refresh-s3cret", "") },
	}
}

// With each grant, a login succeeds, and CheckToken gets the token without a session.
func TestGrants(t *testing.T) {
	server, r := serve(t, smtptest.MailOptions{}), recordTokens(t)
	p := makeGrantFiles(t, t.TempDir(), r.URL)
	for name, set := range grantSetters(p, r.URL) {
		t.Run(name, func(t *testing.T) {
			h := handle(t, server)
			mustCall(t, h, set)
			mustCall(t, h, (*Mailer).CheckToken)
			mustFail(t, h, loginNotSupported, (*Mailer).Send) // a token needs TLS
			mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
			sessions := len(server.Sessions())
			mustCall(t, h, (*Mailer).Send)
			all := waitIdle(t, server, sessions+1)
			assert.Contains(t, []string{"XOAUTH2", "OAUTHBEARER"}, all[len(all)-1].Mechanism)
			mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("") })
			mustFail(t, h, BadArgument, (*Mailer).CheckToken)
			mustCall(t, h, (*Mailer).Send)
			all = waitIdle(t, server, sessions+2)
			assert.NotContains(t, []string{"XOAUTH2", "OAUTHBEARER"}, all[len(all)-1].Mechanism)
		})
	}
}

// The files of the certificate can have any form. The name of the algorithm can be in upper
// or lower case.
func TestCertificateForms(t *testing.T) {
	r := recordTokens(t)
	p := makeGrantFiles(t, t.TempDir(), r.URL)
	for i, c := range []struct{ certificate, key, algorithm, phrase, header string }{
		{p.certificate, p.key, "", "", "PS256"},
		{p.pair, "", "PS256", "", "PS256"},
		{p.p12, "", "rs256", grantPhrase, "RS256"},
	} {
		h := New()
		t.Cleanup(func() { Free(h) })
		mustCall(t, h, func(m *Mailer) error { return m.SetKeyPassphrase(c.phrase) })
		id := fmt.Sprintf("app%d", i)
		mustCall(t, h, func(m *Mailer) error {
			return m.SetOAuth2Certificate(r.URL, id, c.certificate, c.key, c.algorithm, "mail")
		})
		mustCall(t, h, func(m *Mailer) error { return m.SetKeyPassphrase("") }) // does not affect the certificate
		mustCall(t, h, (*Mailer).CheckToken)
		form := r.last()
		assert.Equal(t, "client_credentials", form.Get("grant_type"))
		assert.Equal(t, "mail", form.Get("scope"))
		header := claimsOf(t, form.Get("client_assertion"), 0)
		assert.Equal(t, c.header, header["alg"])
		assert.NotEmpty(t, header["x5t#S256"])
		assert.Equal(t, id, claimsOf(t, form.Get("client_assertion"), 1)["iss"])
	}
}

// claimsOf returns the values in one segment of a JSON Web Token.
func claimsOf(t *testing.T, token string, segment int) (claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	octets, err := base64.RawURLEncoding.DecodeString(parts[segment])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(octets, &claims))
	return claims
}

// A service account acts for the mailbox that is set. By default, this is the login.
func TestServiceAccountMailbox(t *testing.T) {
	r := recordTokens(t)
	p := makeGrantFiles(t, t.TempDir(), r.URL)
	h := New()
	t.Cleanup(func() { Free(h) })
	for mailbox, want := range map[string]string{"": "alice@test.example", "bob@test.example": "bob@test.example"} {
		mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2ServiceAccount(p.account, mailbox, "") })
		mustCall(t, h, func(m *Mailer) error { return m.SetLogin("alice@test.example") }) // afterwards
		mustCall(t, h, (*Mailer).CheckToken)
		claims := claimsOf(t, r.last().Get("assertion"), 1)
		assert.Equal(t, want, claims["sub"])
		assert.Equal(t, "robot@p.iam.gserviceaccount.com", claims["iss"])
		assert.Equal(t, "https://mail.google.com/", claims["scope"])
	}
}

// Wrong arguments are refused immediately. The grant that was set before stays in use.
func TestGrantArguments(t *testing.T) {
	r := recordTokens(t)
	p := makeGrantFiles(t, t.TempDir(), r.URL)
	missing := filepath.Join(p.dir, "missing")
	keyText, err := os.ReadFile(p.pair)
	require.NoError(t, err)
	accountText, err := os.ReadFile(p.account)
	require.NoError(t, err)
	certificate := func(file, key, algorithm string) func(*Mailer) error {
		return func(m *Mailer) error {
			return m.SetOAuth2Certificate("microsoft:contoso.example", "app", file, key, algorithm, "")
		}
	}
	h := New()
	t.Cleanup(func() { Free(h) })
	mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2AssertionFile(r.URL, "app", p.assertion, "") })
	for _, c := range []struct {
		n    Number
		text string
		set  func(*Mailer) error
	}{
		{fileNotExist, "SetOAuth2Certificate: ", certificate(missing, "", "")},
		{fileNotExist, "no such file", certificate(p.certificate, missing, "")},
		{BadArgument, "no client certificate is set", certificate("", "", "")},
		{BadArgument, "set its pass phrase with SetKeyPassphrase before", certificate(p.p12, "", "")},
		{BadArgument, "not an RSA key", certificate(p.elliptic, "", "")},
		{BadArgument, "unknown signature algorithm", certificate(p.pair, "", "ES256")},
		{BadArgument, "the text of a key", certificate(string(keyText), "", "")},
		{BadArgument, "the text of a key", certificate(p.certificate, string(keyText), "")},
		{BadArgument, "the text of a key", certificate(strings.Repeat("MIIE", 500), "", "")},
		{BadArgument, "the tenant must be", func(m *Mailer) error { return m.SetOAuth2Certificate("microsoft:a/b", "app", p.pair, "", "", "") }},
		{BadArgument, "client id is missing", func(m *Mailer) error { return m.SetOAuth2Certificate("google", "", p.pair, "", "", "") }},
		{BadArgument, "the text of a key", func(m *Mailer) error { return m.SetOAuth2ServiceAccount(string(accountText), "", "") }},
		{BadArgument, "JSON key file", func(m *Mailer) error { return m.SetOAuth2ServiceAccount(p.pair, "", "") }},
		{BadArgument, "no key file is set for the service account", func(m *Mailer) error { return m.SetOAuth2ServiceAccount("", "", "") }},
		{fileNotExist, "SetOAuth2ServiceAccount: ", func(m *Mailer) error { return m.SetOAuth2ServiceAccount(missing, "", "") }},
		{BadArgument, "path of the file is missing", func(m *Mailer) error { return m.SetOAuth2AssertionFile(r.URL, "app", "", "") }},
		{BadArgument, "set the path of a file", func(m *Mailer) error {
			return m.SetOAuth2AssertionFile(r.URL, "app", "eyJhbGciOiJSUzI1NiJ9."+strings.Repeat("x", 40)+".MIIE", "")
		}},
		{BadArgument, "use azure or google", func(m *Mailer) error { return m.SetOAuth2ManagedIdentity("aws", "", "") }},
		{BadArgument, "loopback or link-local", func(m *Mailer) error { return m.SetOAuth2ManagedIdentity("azure:http://192.0.2.1/", "", "") }},
		{BadArgument, "loopback or link-local", func(m *Mailer) error { return m.SetOAuth2ManagedIdentity("google:http://192.0.2.1/", "", "") }},
		{BadArgument, "not a URL", func(m *Mailer) error { return m.SetOAuth2ManagedIdentity("google:x", "", "") }},
	} {
		text := mustFail(t, h, c.n, c.set)
		assert.Contains(t, text, c.text)
		for _, hidden := range []string{"BEGIN", "MIIE", "private_key_id"} {
			assert.NotContains(t, text, hidden)
		}
	}
	mustCall(t, h, (*Mailer).CheckToken)
	assert.Equal(t, "federated-token", r.last().Get("client_assertion"))
}

// If a file cannot be used at the time of the login, the error is NO_TOKEN. If a file was
// replaced, the new one is read.
func TestGrantFilesAreReadAgain(t *testing.T) {
	server, r := serve(t, smtptest.MailOptions{}), recordTokens(t)
	p := makeGrantFiles(t, t.TempDir(), r.URL)
	for file, set := range map[string]func(*Mailer) error{
		p.pair:      func(m *Mailer) error { return m.SetOAuth2Certificate(r.URL, "again", p.pair, "", "", "") },
		p.account:   func(m *Mailer) error { return m.SetOAuth2ServiceAccount(p.account, "again@test.example", "") },
		p.assertion: func(m *Mailer) error { return m.SetOAuth2AssertionFile(r.URL, "again", p.assertion, "") },
	} {
		h := handle(t, server)
		mustCall(t, h, set)
		mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
		kept, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.Remove(file))
		for _, call := range []func(*Mailer) error{(*Mailer).Send, (*Mailer).CheckToken} {
			text := mustFail(t, h, noToken, call)
			assert.Contains(t, text, "no such file", file)
			assert.False(t, Value(h, (*Mailer).IsSafeToRetry))
		}
		require.NoError(t, os.WriteFile(file, kept, 0o600))
		mustCall(t, h, (*Mailer).Send)
	}
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetOAuth2AssertionFile(r.URL, "later", p.assertion+".later", "") })
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
	mustFail(t, h, noToken, (*Mailer).Send)
	require.NoError(t, os.WriteFile(p.assertion+".later", []byte("second-token"), 0o600))
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, "second-token", r.last().Get("client_assertion"))
}

// A relative path is still found after the program has changed its current directory, as a
// daemon does.
func TestGrantFilesAreAbsolute(t *testing.T) {
	r := recordTokens(t)
	p := makeGrantFiles(t, t.TempDir(), r.URL)
	for name, set := range map[string]func(*Mailer) error{
		"certificate":     func(m *Mailer) error { return m.SetOAuth2Certificate(r.URL, "moved", "c.pem", "k.pem", "", "") },
		"service account": func(m *Mailer) error { return m.SetOAuth2ServiceAccount("account.json", "moved@test.example", "") },
		"assertion file":  func(m *Mailer) error { return m.SetOAuth2AssertionFile(r.URL, "moved", "token.jwt", "") },
	} {
		h := New()
		t.Cleanup(func() { Free(h) })
		t.Chdir(p.dir)
		mustCall(t, h, set)
		t.Chdir("/")
		require.Equal(t, NoError, Call(h, (*Mailer).CheckToken), "%s: %s", name, Value(h, (*Mailer).GetLastErrorText))
	}
}

// A configuration file can set every grant for a program that was written to log in by
// password.
func TestConfigGrants(t *testing.T) {
	server, r := serve(t, smtptest.MailOptions{}), recordTokens(t)
	p := makeGrantFiles(t, t.TempDir(), r.URL)
	h := handle(t, server)
	common := "[*]\nsecurity = starttls\ntls-server-name = localhost\nca-file = " + caFile(t) + "\n"
	client := "oauth2-token-url = " + r.URL + "/token\noauth2-client-id = configured\n"
	for name, lines := range map[string]string{
		"secret":            client + "oauth2-client-secret = s\n",
		"refresh token":     client + "oauth2-refresh-token = r\n",
		"certificate":       client + "oauth2-certificate = " + p.certificate + "\noauth2-key = " + p.key + "\noauth2-algorithm = RS256\n",
		"PKCS #12":          "oauth2-certificate = " + p.p12 + "\n" + client + "oauth2-key-passphrase = " + grantPhrase + "\n",
		"refresh and p12":   client + "oauth2-certificate = " + p.p12 + "\noauth2-key-passphrase = " + grantPhrase + "\noauth2-refresh-token = r2\n",
		"assertion file":    client + "oauth2-assertion-file = " + p.assertion + "\n",
		"service account":   "oauth2-service-account = " + p.account + "\n",
		"its mailbox":       "oauth2-service-account = " + p.account + "\noauth2-mailbox = bob@test.example\n",
		"its other server":  "oauth2-service-account = " + p.account + "\noauth2-grant = service-account\noauth2-token-url = " + r.URL + "/other\n",
		"Azure's identity":  "oauth2-grant = azure-identity\noauth2-token-url = " + r.URL + "/msi\n",
		"Google's identity": "oauth2-grant = google-identity\noauth2-metadata-url = " + r.URL + "\noauth2-signer-url = " + r.URL + "\noauth2-token-url = " + r.URL + "/google\n",
	} {
		sessions, requests := len(server.Sessions()), len(r.paths)
		configureBy(t, common+lines)
		mustCall(t, h, (*Mailer).Send)
		all := waitIdle(t, server, sessions+1)
		assert.Contains(t, []string{"XOAUTH2", "OAUTHBEARER"}, all[len(all)-1].Mechanism, name)
		assert.Greater(t, len(r.paths), requests, name)
	}
	for lines, want := range map[string]string{
		client:                                  "line 5: oauth2-token-url: oauth: the client secret is missing",
		"oauth2-certificate = " + p.pair + "\n": "line 5: oauth2-token-url is missing",
		"oauth2-assertion-file = " + p.assertion + "\n":                                                                      "oauth2-token-url is missing",
		client + "oauth2-certificate = " + p.dir + "/x\n":                                                                    "line 7: oauth2-certificate: no such file",
		client + "oauth2-certificate = " + p.p12 + "\n":                                                                      "set its pass phrase with",
		client + "oauth2-key = " + p.key + "\n":                                                                              "no client certificate is set",
		client + "oauth2-client-secret = s\noauth2-assertion-file = " + p.assertion + "\n":                                   "set only one of",
		"oauth2-service-account = " + p.account + "\noauth2-certificate = " + p.pair + "\n":                                  "with a service account, do not set a client secret",
		client + "oauth2-client-secret = s\noauth2-grant = client-credentials\noauth2-service-account = " + p.account + "\n": "but another grant is chosen",
		"oauth2-grant = service-account\n":                                                                                   "line 5: oauth2-grant: no key file is set for the service account",
		"oauth2-grant = azure-identity\noauth2-client-secret = s\n":                                                          "do not set a client secret or an assertion",
		"oauth2-grant = azure-identity\noauth2-token-url = http://192.0.2.1/\n":                                              "loopback or link-local",
		"oauth2-grant = google-identity\noauth2-metadata-url = http://192.0.2.1/\n":                                          "loopback or link-local",
	} {
		configureBy(t, common+lines)
		assert.Contains(t, mustFail(t, h, badConfig, (*Mailer).Send), want, lines)
	}
}

// CheckToken reports the claims in the token, but never the token.
func TestCheckTokenDescribesToken(t *testing.T) {
	token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"aud":"https://outlook.office365.com","roles":["SMTP.SendAsApp"]}`)) + ".s1gnature"
	h := New()
	t.Cleanup(func() { Free(h) })
	assert.Empty(t, Value(h, (*Mailer).GetTokenInfo))
	mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken(token) })
	mustCall(t, h, (*Mailer).CheckToken)
	assert.Equal(t, "audience https://outlook.office365.com, roles SMTP.SendAsApp", Value(h, (*Mailer).GetTokenInfo))
	mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("opaque") })
	mustCall(t, h, (*Mailer).CheckToken)
	assert.Empty(t, Value(h, (*Mailer).GetTokenInfo))
	mustCall(t, h, func(m *Mailer) error {
		return m.SetTokenCallback(func(bool) (string, error) { return "", nil })
	})
	assert.Contains(t, mustFail(t, h, noToken, (*Mailer).CheckToken), "the access token is empty")
}
