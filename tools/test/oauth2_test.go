// SPDX-License-Identifier: MIT

package test

import (
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
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// jwtOf returns a JSON Web Token with these claims and an invalid signature.
func jwtOf(claims string) string {
	return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
}

// tokenOptions starts a token server that issues the token 'token' or, if it is "", refuses each
// request and quotes it. tokenOptions returns the options of the programs for each grant, and the
// secrets in the files that these options name.
func tokenOptions(t *testing.T, token string) (options map[string][]string, secrets []string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.NoError(t, r.ParseForm())
		if token == "" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":"AADSTS7000222: expired. %s"}`, r.Form.Encode())
			return
		}
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, token)
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "csmtp"}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	privatePEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	account, err := json.Marshal(map[string]string{"type": "service_account", "client_email": "robot@p.example", "private_key": string(privatePEM),
		"token_uri": server.URL + "/token"})
	require.NoError(t, err)
	client := []string{"--oauth2-token-url", server.URL + "/token", "--oauth2-client-id", "app", "--oauth2-scope", "mail"}
	secret := []string{"--oauth2-client-secret-file", put("secret", []byte("client-s3cret-value\n"))}
	refresh := []string{"--oauth2-refresh-token-file", put("refresh", []byte("refresh-s3cret-value\n"))}
	return map[string][]string{
		"SetOAuth2ClientCredentials": append(append([]string{}, client...), secret...),
		"SetOAuth2RefreshToken":      append(append(append([]string{}, client...), secret...), refresh...),
		"SetOAuth2Certificate": append(append([]string{}, client...), "--oauth2-certificate", put("c.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})),
			"--oauth2-key", put("k.pem", privatePEM), "--oauth2-algorithm", "RS256", "--oauth2-passphrase-file", put("phrase", []byte("unused-s3cret\n"))),
		"SetOAuth2AssertionFile":   append(append([]string{}, client...), "--oauth2-assertion-file", put("token", []byte(jwtOf(`{"a":1}`)))),
		"SetOAuth2ServiceAccount":  {"--oauth2-service-account", put("account.json", account)},
		"SetOAuth2ManagedIdentity": {"--oauth2-identity", "azure:" + server.URL + "/msi"},
		"SetOAuth2TokenFile":       append(append(append([]string{}, client...), refresh...), "--oauth2-token-file", filepath.Join(dir, "tokens")),
	}, []string{"client-s3cret-value", "refresh-s3cret-value", "unused-s3cret", "eyJ"}
}

// With each grant, csmtp-doctor gets a token, prints the claims in it, and logs in.
func TestDoctorGetsToken(t *testing.T) {
	token := jwtOf(`{"aud":"https://outlook.office365.com","roles":["SMTP.SendAsApp"],"exp":1900000000}`)
	server := serve(t, smtptest.MailOptions{Tokens: map[string]string{user: token}, Mechanisms: []string{"XOAUTH2"}})
	options, secrets := tokenOptions(t, token)
	for name, args := range options {
		args = append(args, ports(server), "--ca-file", authority(t), "127.0.0.1", user)
		d := examine(t, nil, args...)
		assert.True(t, d.Login.Accepted, "%s: %+v", name, d)
		assert.True(t, d.Login.Token.Obtained, name)
		assert.Equal(t, "audience https://outlook.office365.com, roles SMTP.SendAsApp, expires 2030-03-17T17:46:40Z", d.Login.Token.Info)
		assert.Contains(t, strings.Join(d.Code, "\n"), "mail."+name+"(")
		got := hosttest.Call{Program: compiled(t, "doctor"), Args: append([]string{"-v"}, args...)}.Run(t)
		assert.Contains(t, got.Out, "\nAccess token: obtained; audience https://outlook.office365.com")
		for _, s := range secrets {
			assert.NotContains(t, got.Out+got.Errors, s, name)
		}
	}
}

// If csmtp-doctor cannot get a token, the report contains the error of the token server and
// what to do, even if the mail server cannot be used either.
func TestDoctorGetsNoToken(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Mechanisms: []string{"XOAUTH2"}})
	options, secrets := tokenOptions(t, "")
	for name, args := range options {
		args = append(args, ports(server), "--ca-file", authority(t), "127.0.0.1", user)
		got := hosttest.Call{Program: compiled(t, "doctor"), Args: args}.Run(t)
		assert.Equal(t, 3, got.Status, name)
		assert.Contains(t, got.Out, "\nAccess token: NOT OBTAINED. ", name)
		assert.Contains(t, got.Out, "AADSTS7000222: expired.", name)
		assert.Contains(t, got.Out, "create a new one in the application's registration", name)
		assert.NotContains(t, got.Out, "Login of", name)
		for _, s := range secrets {
			assert.NotContains(t, got.Out+got.Errors, s, name)
		}
	}
	args := append(options["SetOAuth2ClientCredentials"], "--port", "1", "127.0.0.1", user)
	got := hosttest.Call{Program: compiled(t, "doctor"), Args: args}.Run(t)
	assert.Equal(t, 1, got.Status)
	assert.Contains(t, got.Out, "AADSTS7000222")
}

// The report has a note if a token for Exchange lacks the permission to send.
func TestDoctorNotesMissingPermission(t *testing.T) {
	token := jwtOf(`{"aud":"https://outlook.office365.com","roles":["IMAP.AccessAsApp"]}`)
	server := serve(t, smtptest.MailOptions{Mechanisms: []string{"XOAUTH2"}})
	options, _ := tokenOptions(t, token)
	d := examine(t, nil, append(options["SetOAuth2ClientCredentials"], ports(server), "--ca-file", authority(t), "127.0.0.1", user)...)
	assert.False(t, d.Login.Accepted)
	assert.Contains(t, strings.Join(d.Notes, "\n"), "SMTP.SendAsApp")
}

// With each grant, csmtp-send gets a token and sends a mail.
func TestSendByEveryGrant(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Tokens: map[string]string{user: "good-token"}, Mechanisms: []string{"XOAUTH2"}})
	options, secrets := tokenOptions(t, "good-token")
	sent := 0
	for name, args := range options {
		args = append(args, "-v", "-u", user, "-t", "bob@test.example", "--ca-file", authority(t), "--tls-name", "localhost")
		got := mail(t, nil, "text", append(args, at(server))...)
		assert.Zero(t, got.Status, "%s: %s", name, got.Errors)
		sent++
		assert.Len(t, server.Mails(), sent)
		for _, s := range append(secrets, "good-token") {
			assert.NotContains(t, got.Out+got.Errors, s, name)
		}
	}
}

func TestWrongOptionsForOAuth2(t *testing.T) {
	options, _ := tokenOptions(t, "x")
	secret, certificate := options["SetOAuth2ClientCredentials"], options["SetOAuth2Certificate"]
	for want, args := range map[string][]string{
		"lack one of --oauth2-client-secret-file":   {"--oauth2-token-url", "google"},
		"--oauth2-certificate needs --oauth2-token": certificate[6:],
		"cannot be used together":                   append(append([]string{}, secret...), certificate[6:]...),
		"USER is missing":                           nil,
		"--oauth2-certificate: ":                    {"--oauth2-token-url", "google", "--oauth2-client-id", "a", "--oauth2-certificate", "/nowhere/c.pem"},
		"use azure or google":                       {"--oauth2-identity", "aws"},
		"/nowhere/secret":                           {"--oauth2-token-url", "google", "--oauth2-client-id", "a", "--oauth2-client-secret-file", "/nowhere/secret"},
	} {
		operands := []string{"127.0.0.1", user}
		if args == nil {
			args, operands = secret, operands[:1]
		}
		got := hosttest.Call{Program: compiled(t, "doctor"), Args: append(append([]string{"--port", "1"}, args...), operands...)}.Run(t)
		assert.Equal(t, 2, got.Status, want)
		assert.Contains(t, got.Errors, want)
	}
	got := mail(t, nil, "text", append(secret, "-t", "bob@test.example", "127.0.0.1")...)
	assert.Equal(t, 2, got.Status)
	assert.Contains(t, got.Errors, "need --user")
	got = mail(t, nil, "text", append(secret, "-u", user, "--security", "none", "-t", "bob@test.example", "127.0.0.1")...)
	assert.Equal(t, 2, got.Status)
	assert.Contains(t, got.Errors, "cannot be used with an access token, which needs TLS")
}
