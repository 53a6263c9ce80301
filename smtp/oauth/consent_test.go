// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deviceServer starts a server that responds to the request for a device code with the
// parameter code. It responds to the first requests for tokens with the errors in the
// parameter answers, one after another, and to later requests with tokens.
func deviceServer(t *testing.T, code string, answers ...string) (Config, *atomic.Int64) {
	n := &atomic.Int64{}
	s := newServer(t, false, func(_ int, form url.Values, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/device" {
			fmt.Fprint(w, code)
			return
		}
		assert.Equal(t, url.Values{"grant_type": {deviceGrant}, "device_code": {"d3vice"}, "client_id": {"app"}}, form)
		i := int(n.Add(1)) - 1
		switch {
		case i >= len(answers):
			fmt.Fprint(w, `{"access_token":"access","refresh_token":"refresh","expires_in":3600}`)
		case answers[i] == "503":
			w.WriteHeader(503)
		default:
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"error":%q,"error_description":"about d3vice"}`, answers[i])
		}
	})
	c := Config{Endpoint: s.URL + "/token", ClientID: "app", Scope: "mail", Proxy: "direct", backoff: time.Millisecond}
	return c, n
}

const goodCode = `{"device_code":"d3vice","user_code":"AB-CD","verification_uri":"https://provider.example/device","expires_in":"900","interval":2}`

func newDevice(t *testing.T, c Config) *Device {
	t.Helper()
	d, err := NewDevice(t.Context(), c, strings.TrimSuffix(c.Endpoint, "token")+"device")
	require.NoError(t, err)
	d.unit = time.Millisecond
	return d
}

// Wait repeats its request while the user has not logged in, and after temporary errors.
func TestDevice(t *testing.T) {
	c, n := deviceServer(t, goodCode, "authorization_pending", "slow_down", "503", "authorization_pending")
	d := newDevice(t, c)
	assert.Equal(t, []any{"AB-CD", "https://provider.example/device", "", 15 * time.Minute, 2 * time.Second},
		[]any{d.UserCode, d.URL, d.Complete, d.Expires, d.interval})
	got, err := d.Wait(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Tokens{"access", "refresh", time.Hour}, *got)
	assert.Equal(t, int64(5), n.Load())
}

func TestDeviceRefused(t *testing.T) {
	for code, want := range map[string]string{"access_denied": "has not consented", "expired_token": "the code expired", "invalid_client": "registration"} {
		c, n := deviceServer(t, goodCode, code)
		_, err := newDevice(t, c).Wait(t.Context())
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "d3vice")
		assert.Equal(t, int64(1), n.Load())
	}
	c, n := deviceServer(t, strings.Replace(goodCode, `"900"`, `0`, 1))
	_, err := newDevice(t, c).Wait(t.Context())
	assert.ErrorContains(t, err, "the code expired")
	assert.Zero(t, n.Load())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c, _ = deviceServer(t, goodCode)
	_, err = newDevice(t, c).Wait(ctx)
	assert.ErrorIs(t, err, context.Canceled)
}

// A response is refused if a code or the verification URI is missing, is not valid, or cannot
// be shown on a terminal.
func TestDeviceResponses(t *testing.T) {
	for _, code := range []string{
		"", "{}", "[]", `{"error":"invalid_scope"}`, strings.Replace(goodCode, "d3vice", "", 1), strings.Replace(goodCode, "AB-CD", "", 1),
		strings.Replace(goodCode, "AB-CD", `\u001b[2J`, 1), strings.Replace(goodCode, "AB-CD", "A\u202eB", 1),
		strings.Replace(goodCode, "https://", "javascript:", 1), strings.Replace(goodCode, "https://", "http://", 1),
		strings.Replace(goodCode, "https://", "https://a:b@", 1), strings.Replace(goodCode, "/device", `/\n`, 1),
	} {
		c, _ := deviceServer(t, code)
		d, err := NewDevice(t.Context(), c, strings.TrimSuffix(c.Endpoint, "token")+"device")
		var e *Error
		require.ErrorAs(t, err, &e, code)
		assert.NotContains(t, err.Error(), "d3vice")
		assert.NotContains(t, err.Error(), "\x1b")
		_ = d
	}
	c, _ := deviceServer(t, strings.Replace(goodCode, `"interval":2`, `"verification_uri_complete":"javascript:x","interval":1e9`, 1))
	d := newDevice(t, c)
	assert.Equal(t, []any{"", maxInterval}, []any{d.Complete, d.interval})
	_, err := NewDevice(t.Context(), c, "http://provider.example/")
	assert.ErrorContains(t, err, "device endpoint")
	_, err = NewDevice(t.Context(), Config{Endpoint: c.Endpoint}, c.Endpoint)
	assert.ErrorContains(t, err, "client id is missing")
}

// Neither the URL nor the formatted CodeRequest contains the verifier. An error does not contain
// the code or the verifier.
func TestCodeRequest(t *testing.T) {
	s := newServer(t, false, answer(400, `{"error":"invalid_grant","error_description":"the c0de"}`))
	c := s.clientConfig()
	r, err := NewCodeRequest(c, "https://provider.example/auth?x=y", "http://127.0.0.1:1", map[string]string{"login_hint": "a&b", "state": "ours"})
	require.NoError(t, err)
	u, err := url.Parse(r.URL)
	require.NoError(t, err)
	q := u.Query()
	assert.Equal(t, []string{"y", "a&b", "app", "http://127.0.0.1:1", r.State}, []string{q.Get("x"), q.Get("login_hint"), q.Get("client_id"),
		q.Get("redirect_uri"), q.Get("state")})
	challenge := sha256.Sum256([]byte(r.verifier))
	assert.Equal(t, []string{"S256", base64.RawURLEncoding.EncodeToString(challenge[:])}, []string{q.Get("code_challenge_method"), q.Get("code_challenge")})
	assert.NotContains(t, r.URL, r.verifier)
	assert.NotContains(t, fmt.Sprintf("%v %+v", r, *r), r.verifier)
	_, err = Exchange(t.Context(), c, r, "c0de")
	require.ErrorContains(t, err, "invalid_grant")
	assert.NotContains(t, err.Error(), "c0de")
	assert.NotContains(t, err.Error(), r.verifier)
	assert.Equal(t, []string{"authorization_code", "c0de", r.verifier, "http://127.0.0.1:1", clientSecret}, []string{s.forms[0].Get("grant_type"),
		s.forms[0].Get("code"), s.forms[0].Get("code_verifier"), s.forms[0].Get("redirect_uri"), s.forms[0].Get("client_secret")})
	for _, bad := range []string{"", "ftp://x/", "http://provider.example/", "https://a:b@x/", ":"} {
		_, err := NewCodeRequest(c, bad, "http://127.0.0.1:1", nil)
		assert.ErrorContains(t, err, "authorization endpoint", bad)
	}
}

// After a login, the file still contains the hashes of older refresh tokens (Seeds). A program
// that still sets one of these tokens therefore uses the new one.
func TestWriteTokenFileKeepsSeeds(t *testing.T) {
	s := newRotating(t, refreshToken)
	program := s.fileConfig(t)
	wantToken(t, "access-1", source(t, program), false)
	s.current = "logged-in"
	c := Config{Endpoint: s.URL + "/token", ClientID: "app", Scope: program.Scope, TokenFile: program.TokenFile, Account: "alice@contoso.example"}
	require.NoError(t, CheckTokenFile(t.Context(), c, false))
	require.NoError(t, WriteTokenFile(t.Context(), c, &Tokens{"new", "logged-in", time.Hour}, false))
	a := another(t, program)
	wantToken(t, "new", a, false)
	wantToken(t, "access-2", a, true)
	onlyFile(t, program.TokenFile)
	c.TokenFile = filepath.Join(t.TempDir(), "missing", "token")
	assert.Error(t, CheckTokenFile(t.Context(), c, false))
	assert.ErrorContains(t, WriteTokenFile(t.Context(), c, &Tokens{"new", "logged-in", time.Hour}, false), c.TokenFile)
}
