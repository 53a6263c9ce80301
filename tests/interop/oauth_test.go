// SPDX-License-Identifier: MIT

package interop

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/tests/interop/servers"
)

// grantWay is a way to get a token. It contains the lines of the configuration, the
// environment, and the line that the token server must print.
type grantWay struct {
	name, lines string
	env         []string
	said        string
}

// ways returns the ways to get a token that do not require a user to log in.
func (i *issuer) ways() []grantWay {
	client := "oauth2-token-url = " + i.url + "/token\noauth2-client-id = the-client\n"
	secret := "oauth2-client-secret = cl1ent-secret/of+the=client\n"
	pem := "oauth2-certificate = " + i.files["client.pem"] + "\noauth2-key = " + i.files["client.key"] + "\n"
	p12 := "oauth2-certificate = " + i.files["client.p12"] + "\noauth2-key-passphrase = p4ss phrase of the client\n"
	google := "oauth2-grant = google-identity\noauth2-metadata-url = " + i.url + "\noauth2-signer-url = " + i.url + "\noauth2-token-url = " + i.url + "/token\n"
	return []grantWay{
		{"client secret", client + secret, nil, "client credentials, secret"},
		{"certificate, PS256", client + pem, nil, "client credentials, certificate PS256"},
		{"certificate, RS256", client + pem + "oauth2-algorithm = RS256\n", nil, "client credentials, certificate RS256"},
		{"PKCS #12", client + p12, nil, "client credentials, certificate PS256"},
		{"federated token", client + "oauth2-assertion-file = " + i.files["federated.jwt"] + "\n", nil, "client credentials, federated token"},
		{"service account", "oauth2-service-account = " + i.files["account.json"] + "\n", nil, "service account"},
		{"service account, another server", "oauth2-service-account = " + i.files["account.json"] + "\noauth2-token-url = " + i.url + "/other\n", nil, "service account"},
		{"Azure's identity", "oauth2-grant = azure-identity\noauth2-token-url = " + i.url + "/metadata/identity/oauth2/token\n", nil, "azure identity"},
		{"App Service", "oauth2-grant = azure-identity\n", []string{"IDENTITY_ENDPOINT=" + i.url + "/msi/token", "IDENTITY_HEADER=v4lueOfAppServiceHeader"}, "app service"},
		{"Google's identity", google, nil, "signed by Google"},
	}
}

// oldProgram is a compiled program that uses the original CSmtp class. The configuration
// replaces the mail server that the program sets.
type oldProgram struct {
	path  string
	dir   string // the folder of its configuration and log
	mail  *servers.Server
	texts bytes.Buffer // everything that its runs have printed
}

func compileOldProgram(t *testing.T) *oldProgram {
	t.Helper()
	return &oldProgram{path: buildProgram(t, "oauth/old.cpp"), dir: t.TempDir(), mail: servers.Get(t, servers.Dovecot)}
}

// run runs the program with lines added to its configuration. It returns the text that
// the program has printed, which is "" if the program has sent its mail.
func (p *oldProgram) run(t *testing.T, rcpt, mechanism, lines string, env ...string) string {
	t.Helper()
	at := p.mail.Endpoint("submission")
	config := fmt.Sprintf("[mail.old.example]\nserver = %s\nport = %d\nsecurity = starttls\nca-file = %s\ntls-server-name = %s\n"+
		"login = %s\nauth-mechanism = %s\nlog-file = %s\n%s", at.Host, at.Port, p.mail.CA.File, servers.HostName, servers.Alice.Name, mechanism,
		filepath.Join(p.dir, "log"), lines)
	path := filepath.Join(p.dir, "csmtp.conf")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	program := exec.Command(p.path, rcpt)
	program.Dir = p.dir
	program.Env = append(append(os.Environ(), "CSMTP_CONFIG="+path), env...)
	out, err := program.CombinedOutput()
	p.texts.Write(out)
	if err != nil {
		require.NotEmpty(t, out, "%v", err)
	}
	return string(out)
}

// web is a service for mail over HTTPS that accepts the tokens of the issuer.
type web struct {
	*httptest.Server
	mails chan string
}

func (p *oldProgram) startWeb(t *testing.T, i *issuer) *web {
	t.Helper()
	w := &web{mails: make(chan string, 1)}
	w.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		i.mu.Lock()
		issued := slices.Contains(i.spied, token)
		i.mu.Unlock()
		if !issued {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		if strings.HasSuffix(r.URL.Path, "/sendMail") {
			body, err = base64.StdEncoding.DecodeString(string(body))
			assert.NoError(t, err)
			rw.WriteHeader(http.StatusAccepted)
		} else {
			fmt.Fprint(rw, `{"id":"1"}`)
		}
		w.mails <- string(body)
	}))
	pair, err := tls.LoadX509KeyPair(p.mail.CA.ServerCert, p.mail.CA.ServerKey)
	require.NoError(t, err)
	w.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	w.StartTLS()
	t.Cleanup(w.Close)
	return w
}

// TestOldProgramByEveryGrant runs one compiled program, which uses the original CSmtp
// class, with each grant and each mechanism for tokens, and with two services over HTTPS. Only
// its configuration file and environment change. The token server verifies each assertion with
// PyJWT. Over SMTP, Dovecot verifies the token.
func TestOldProgramByEveryGrant(t *testing.T) {
	i, p := startIssuer(t), compileOldProgram(t)
	before, err := os.ReadFile(p.path)
	require.NoError(t, err)
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		for _, way := range i.ways() {
			t.Run(mechanism+" "+way.name, func(t *testing.T) {
				i.federate(t)
				rcpt, said := address("oauth"), i.count()
				require.Empty(t, p.run(t, rcpt, mechanism, way.lines, way.env...), "%v", i.said)
				assert.Equal(t, "granted "+way.said, i.last(t, said))
				assert.Contains(t, string(p.mail.Await(t, rcpt).Read(t)), "All went well.")
			})
		}
	}
	t.Run("token file", func(t *testing.T) {
		// The server has replaced the refresh token of the configuration, so the second
		// run needs the refresh token in the token file.
		file := filepath.Join(i.dir, "alice.token")
		lines := "oauth2-token-url = " + i.url + "/short\noauth2-client-id = the-client\noauth2-client-secret = cl1ent-secret/of+the=client\n" +
			"oauth2-refresh-token = r3fresh-token-of-the-client\noauth2-token-file = " + file + "\n"
		for range 2 {
			rcpt, said := address("oauth"), i.count()
			require.Empty(t, p.run(t, rcpt, "XOAUTH2", lines), "%v", i.said)
			assert.Equal(t, "granted refresh token, secret", i.last(t, said))
			p.mail.Await(t, rcpt)
			time.Sleep(1100 * time.Millisecond) // the access token is valid for one second
		}
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode())
	})
	for service, way := range map[string]grantWay{"microsoft-graph": i.ways()[1], "gmail-api": i.ways()[5]} {
		t.Run(service, func(t *testing.T) {
			web := p.startWeb(t, i)
			require.Empty(t, p.run(t, address("oauth"), "XOAUTH2", way.lines+"transport = "+service+"\ntransport-endpoint = "+web.URL+"\n"))
			assert.Contains(t, <-web.mails, "\r\n\r\nAll went well.")
		})
	}
	after, err := os.ReadFile(p.path)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(before, after))
	log, err := os.ReadFile(filepath.Join(p.dir, "log"))
	require.NoError(t, err)
	assert.Equal(t, len(i.ways())+2, strings.Count(string(log), "logged in with XOAUTH2"), "%s", log)
	assert.Equal(t, len(i.ways()), strings.Count(string(log), "logged in with OAUTHBEARER"), "%s", log)
	i.search(t, p)
}

// TestRefreshTokenRotates uses a server that replaces the refresh token at each renewal.
func TestRefreshTokenRotates(t *testing.T) {
	i, p := startIssuer(t), compileOldProgram(t)
	lines := "oauth2-token-url = " + i.url + "/token\noauth2-client-id = the-client\noauth2-refresh-token = r3fresh-token-of-the-client\n"
	for _, more := range []string{"oauth2-client-secret = cl1ent-secret/of+the=client\n", "oauth2-certificate = " + i.files["client.pem"] + "\noauth2-key = " + i.files["client.key"] + "\n"} {
		said := i.count()
		out := p.run(t, address("oauth"), "XOAUTH2", lines+more)
		if said == 0 {
			assert.Empty(t, out)
			assert.Equal(t, "granted refresh token, secret", i.last(t, said))
			continue
		}
		// Without a token file, the second run has only the first refresh token.
		assert.Contains(t, out, "Error 907: ")
		assert.Contains(t, out, "the refresh token was used before")
	}
	i.search(t, p)
}

// TestRefusedGrantsShowNoSecret lets the token server quote the whole request in its
// error, and lets Dovecot refuse a token that has expired.
func TestRefusedGrantsShowNoSecret(t *testing.T) {
	i, p := startIssuer(t), compileOldProgram(t)
	for _, way := range i.ways() {
		i.federate(t)
		if strings.Contains(way.lines, i.url+"/token") {
			out := p.run(t, address("oauth"), "XOAUTH2", strings.Replace(way.lines, i.url+"/token", i.url+"/echo", 1), way.env...)
			assert.Contains(t, out, "Error 907: ", way.name)
			assert.Contains(t, out, "AADSTS7000215", way.name)
			assert.Contains(t, out, "use the value of the secret, not its id", way.name)
			out = p.run(t, address("oauth"), "OAUTHBEARER", strings.Replace(way.lines, i.url+"/token", i.url+"/expired", 1), way.env...)
			assert.Contains(t, out, "the access token is wrong, expired, or not for mail", way.name)
		}
	}
	// A request with a wrong key, secret or header is refused. Without the assertion file, no
	// request is sent.
	wrong := map[string]string{
		"Signature verification failed": "oauth2-token-url = " + i.url + "/token\noauth2-client-id = the-client\noauth2-certificate = " + i.files["account.pem"] + "\noauth2-key = " + i.files["account.key"] + "\n",
		"X-Identity-Header":             "oauth2-grant = azure-identity\n",
		"client_secret":                 "oauth2-token-url = " + i.url + "/token\noauth2-client-id = the-client\noauth2-client-secret = wr0ng-secret-of-the-client\n",
		"No such file":                  "oauth2-token-url = " + i.url + "/token\noauth2-client-id = the-client\noauth2-assertion-file = " + i.dir + "/absent\n",
	}
	i.secrets = append(i.secrets, "wr0ng-secret-of-the-client", "wr0ngValueOfAppService")
	for want, lines := range wrong {
		out := p.run(t, address("oauth"), "XOAUTH2", lines, "IDENTITY_ENDPOINT="+i.url+"/msi/token", "IDENTITY_HEADER=wr0ngValueOfAppService")
		assert.Contains(t, out, "Error 907: ")
		if want == "Signature verification failed" {
			want = "x5t#S256" // the token server checks this header field before it checks the signature
		}
		assert.Contains(t, strings.ToLower(out), strings.ToLower(want))
	}
	i.search(t, p)
}

// search looks for secrets, assertions and tokens, in each form in which a text can
// contain them. It searches everything that the program has printed, and every file that
// the program could have written.
func (i *issuer) search(t *testing.T, p *oldProgram) {
	t.Helper()
	texts := map[string]string{"output": p.texts.String()}
	require.NoError(t, filepath.WalkDir(p.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "csmtp.conf" {
			return err
		}
		out, err := exec.Command("strings", "-n", "4", path).Output()
		texts[path] = string(out)
		return err
	}))
	require.Greater(t, len(texts[filepath.Join(p.dir, "log")]), 500)
	i.mu.Lock()
	all := append(append([]string{"0ld-passw0rd"}, i.secrets...), i.spied...)
	i.mu.Unlock()
	require.Greater(t, len(all), 8)
	for where, text := range texts {
		assert.Empty(t, leaks(text, all), where)
	}
}

var anyToken = regexp.MustCompile(`ey[JA-Za-z0-9_-]{18,}`)

// leaks returns the tokens that a text contains, and the secrets that it contains in any
// form.
func leaks(text string, secrets []string) []string {
	found := anyToken.FindAllString(text, -1)
	for _, secret := range secrets {
		for form, hidden := range hiddenForms(secret) {
			if strings.Contains(text, hidden) {
				found = append(found, form+" of "+secret)
			}
		}
	}
	return found
}

func TestSearchFindsSecrets(t *testing.T) {
	const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
	all := []string{"cl1ent-secret/of+the=client", token}
	for _, text := range []string{all[0], token, "x" + token[:30], token[len(token)-20:], url.QueryEscape(all[0]), all[0][:20],
		base64.StdEncoding.EncodeToString([]byte(all[0])), hex.EncodeToString([]byte(token))} {
		assert.NotEmpty(t, leaks("before "+text+" after", all), text)
	}
	assert.Empty(t, leaks("AUTH XOAUTH2 ****", all))
}

// hiddenForms returns the forms in which a text can contain a secret. They include each
// segment of a long token, which is also secret.
func hiddenForms(secret string) map[string]string {
	forms := map[string]string{
		"as it is":      secret,
		"base64":        base64.StdEncoding.EncodeToString([]byte(secret)),
		"hexadecimal":   hex.EncodeToString([]byte(secret)),
		"in a URL":      url.QueryEscape(secret),
		"the beginning": secret[:min(len(secret), 16)],
		"the end":       secret[max(len(secret)-16, 0):],
	}
	if parts := strings.Split(secret, "."); len(parts) == 3 {
		forms["claims"], forms["signature"] = parts[1], parts[2]
	}
	return forms
}
