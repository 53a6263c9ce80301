// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rotating is a token server that accepts only the newest refresh token, and replaces
// this token at each request.
type rotating struct {
	*tokenServer
	mu      sync.Mutex
	current string
	n       int
	reused  int                          // the number of requests with an old refresh token
	rotated func(n int, r *http.Request) // called after the replacement and before the response
	life    time.Duration                // of access tokens
}

func newRotating(t *testing.T, first string) *rotating {
	r := &rotating{current: first, rotated: func(int, *http.Request) {}, life: time.Hour}
	r.tokenServer = newServer(t, false, func(_ int, form url.Values, w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		if form.Get("refresh_token") != r.current {
			r.reused++
			r.mu.Unlock()
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error":"invalid_grant","error_description":"the refresh token has been used"}`)
			return
		}
		r.n++
		n := r.n
		r.current = fmt.Sprintf("refresh-%d", n)
		rotated := r.rotated
		r.mu.Unlock()
		rotated(n, req)
		fmt.Fprintf(w, `{"access_token":"access-%d","expires_in":%v,"refresh_token":"refresh-%d"}`, n, r.life.Seconds(), n)
	})
	return r
}

// onRotation sets the function that is called after each replacement of the refresh token.
func (r *rotating) onRotation(f func(n int, req *http.Request)) {
	r.mu.Lock()
	r.rotated = f
	r.mu.Unlock()
}

func (r *rotating) counts() (renewed, reused int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n, r.reused
}

// fileConfig returns settings with a refresh token and a token file in a new folder.
func (r *rotating) fileConfig(t *testing.T) Config {
	c := r.refreshConfig()
	c.TokenFile = filepath.Join(t.TempDir(), "token")
	return c
}

// loggedIn writes a token file as csmtp-login does, and returns settings that contain
// only the path of this file.
func (r *rotating) loggedIn(t *testing.T, refresh string) Config {
	path := filepath.Join(t.TempDir(), "token")
	writeStored(t, path, &stored{Endpoint: r.URL + "/token", Grant: RefreshToken, ClientID: "app", Scope: "https://mail.example/Send offline", Refresh: refresh})
	return Config{TokenFile: path, Proxy: "direct", backoff: time.Millisecond}
}

func writeStored(t *testing.T, path string, s *stored) {
	t.Helper()
	writePrivate(t, path, string(s.encode()))
}

// writePrivate writes a file that only the user can access, on Windows too.
func writePrivate(t *testing.T, path, content string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	f, err := createPrivate(path)
	require.NoError(t, err)
	_, err = f.WriteString(content)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func readStored(t *testing.T, path string) *stored {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	s, err := parseTokenFile(content)
	require.NoError(t, err)
	require.NotNil(t, s)
	return s
}

// another returns a source that shares no tokens in memory with other sources. It stands for a
// source in another process.
func another(t *testing.T, c Config) *Source {
	c.ConnectTimeout = time.Hour + time.Duration(accountsMade.Add(1))
	return source(t, c)
}

var accountsMade atomic.Int64

// onlyFile fails the test if there are temporary files in the folder of the token file.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	for _, e := range entries {
		assert.Contains(t, []string{filepath.Base(path), filepath.Base(path) + ".lock"}, e.Name())
	}
}

func TestTokenFileKeepsTokens(t *testing.T) {
	s := newRotating(t, refreshToken)
	c := s.fileConfig(t)
	c.Save = func(string) { t.Error("the file holds the refresh token") }
	c.FileError = func(err error) { assert.NoError(t, err) }
	wantToken(t, "access-1", source(t, c), false)
	got := readStored(t, c.TokenFile)
	assert.Equal(t, []string{"refresh-1", "access-1", "app", s.URL + "/token", "mail/.default", "refresh_token"},
		[]string{got.Refresh, got.Access, got.ClientID, got.Endpoint, got.Scope, string(got.Grant)})
	assert.WithinDuration(t, time.Now().Add(time.Hour), got.Expires, 10*time.Minute)
	wantToken(t, "access-1", another(t, c), false)
	a := another(t, c)
	wantToken(t, "access-1", a, false)
	wantToken(t, "access-2", a, true)
	wantToken(t, "access-2", another(t, c), false)
	onlyFile(t, c.TokenFile)
	n, reused := s.counts()
	assert.Equal(t, []int{2, 0}, []int{n, reused})
}

// A file from csmtp-login needs no other settings. The scope in the file replaces
// Microsoft's .default.
func TestTokenFileOfALogin(t *testing.T) {
	s := newRotating(t, "first")
	c := s.loggedIn(t, "first")
	wantToken(t, "access-1", source(t, c), false)
	assert.Equal(t, url.Values{"grant_type": {"refresh_token"}, "client_id": {"app"}, "refresh_token": {"first"},
		"scope": {"https://mail.example/Send offline"}}, s.forms[0])
	c.Endpoint, c.ClientID, c.Scope = s.URL+"/token", "app", "https://mail.example/.default"
	a := another(t, c)
	wantToken(t, "access-1", a, false)
	wantToken(t, "access-2", a, true)
	assert.Equal(t, "https://mail.example/Send offline", s.forms[1].Get("scope"))

	// An access token for another scope is not used. A request for another scope does not
	// change the scopes to which the user has consented.
	for i, scope := range []string{"calendar", "https://other.example/.default", "https://mail.example/.default"} {
		c.Scope = scope
		wantToken(t, fmt.Sprintf("access-%d", i+3), another(t, c), false)
		want := scope
		if i == 2 {
			want = "https://mail.example/Send offline"
		}
		assert.Equal(t, []string{fmt.Sprintf("refresh-%d", i+2), want}, []string{s.forms[i+2].Get("refresh_token"), s.forms[i+2].Get("scope")})
	}
}

func TestDefaultScope(t *testing.T) {
	for scope, consented := range map[string]string{
		"https://outlook.office365.com/.default": "https://outlook.office.com/SMTP.Send offline_access",
		"https://graph.microsoft.com/.default":   "offline_access https://graph.microsoft.com/Mail.Send",
		"https://partner.outlook.cn/.default":    "https://partner.outlook.cn/SMTP.Send",
	} {
		assert.True(t, isDefault(scope, consented), scope)
		assert.False(t, isDefault(strings.TrimSuffix(scope, ".default"), consented), scope)
		assert.False(t, isDefault(scope, "https://elsewhere.example/Send offline_access"), scope)
	}
	assert.False(t, isDefault("https://graph.microsoft.com/.default", "https://outlook.office.com/SMTP.Send"))
}

func TestTokenFileKeepsClientSecret(t *testing.T) {
	s := newRotating(t, "first")
	c := s.loggedIn(t, "first")
	file := readStored(t, c.TokenFile)
	file.ClientSecret, file.Account = clientSecret, "alice@contoso.example"
	writeStored(t, c.TokenFile, file)
	wantToken(t, "access-1", source(t, c), false)
	assert.Equal(t, clientSecret, s.forms[0].Get("client_secret"))
	got := readStored(t, c.TokenFile)
	assert.Equal(t, []string{clientSecret, "alice@contoso.example"}, []string{got.ClientSecret, got.Account})
}

// With client credentials, processes share the access token through the file.
func TestTokenFileOfClientCredentials(t *testing.T) {
	s := newServer(t, false, numbered)
	c := s.clientConfig()
	c.Grant, c.TokenFile = ClientCredentials, filepath.Join(t.TempDir(), "token")
	wantToken(t, "token-1", source(t, c), false)
	wantToken(t, "token-1", another(t, c), false)
	content, err := os.ReadFile(c.TokenFile)
	require.NoError(t, err)
	assert.NotContains(t, string(content), clientSecret)
}

// If eight sources without shared memory need a new token at the same time, only one request
// is made.
func TestTokenFileIsRenewedOnce(t *testing.T) {
	s := newRotating(t, refreshToken)
	c := s.fileConfig(t)
	var sources []*Source
	for range 8 {
		sources = append(sources, another(t, c))
	}
	for round, refused := range []bool{false, true} {
		var wg sync.WaitGroup
		for _, a := range sources {
			wg.Go(func() { wantToken(t, fmt.Sprintf("access-%d", round+1), a, refused) })
		}
		wg.Wait()
	}
	n, reused := s.counts()
	assert.Equal(t, []int{2, 0}, []int{n, reused})
}

// A file that was written with other settings is neither used nor changed.
func TestTokenFileOfOthersIsRefused(t *testing.T) {
	s := newRotating(t, refreshToken)
	base := s.fileConfig(t)
	base.Account = "alice@contoso.example"
	wantToken(t, "access-1", source(t, base), false)
	before, err := os.ReadFile(base.TokenFile)
	require.NoError(t, err)
	for want, change := range map[string]func(*Config){
		"another client id": func(c *Config) { c.ClientID = "other" },
		"another token URL": func(c *Config) { c.Endpoint += "/other" },
		"another grant":     func(c *Config) { c.Grant = ClientCredentials },
		"other settings":    func(c *Config) { c.Params = map[string]string{"audience": "other"} },
		"another mailbox":   func(c *Config) { c.RefreshToken, c.Account = "bob's", "bob@contoso.example" },
	} {
		c := base
		change(&c)
		e := wantError(t, c)
		assert.ErrorContains(t, e, want)
		assert.ErrorContains(t, e, base.TokenFile)
		assert.False(t, e.Temporary())
		after, err := os.ReadFile(base.TokenFile)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after), want)
	}
	n, reused := s.counts()
	assert.Equal(t, []int{1, 0}, []int{n, reused})
}

// A refresh token that the program sets after the file was written replaces the one in the
// file. But if the one in the file is already the server's replacement for the program's
// token, the file does not change: without this rule, two programs with different tokens
// would replace the token in the file alternately.
func TestNewRefreshTokenReplacesThatOfTheFile(t *testing.T) {
	s := newRotating(t, refreshToken)
	c := s.fileConfig(t)
	wantToken(t, "access-1", source(t, c), false)
	s.current = "consented"
	newer := c
	newer.RefreshToken = "consented"
	wantToken(t, "access-2", another(t, newer), false)
	a := another(t, c)
	wantToken(t, "access-2", a, false)
	wantToken(t, "access-3", a, true)
	wantToken(t, "access-3", another(t, newer), false)

	// After a login, the refresh token in the file is newer than the one in the settings.
	s = newRotating(t, "first")
	login := s.loggedIn(t, "first")
	login.RefreshToken = "older"
	wantToken(t, "access-1", source(t, login), false)
	s.current = "newest"
	login.RefreshToken = "newest"
	wantToken(t, "access-2", another(t, login), false)
}

// A file that is damaged or is not a token file is reported and not replaced.
func TestDamagedTokenFile(t *testing.T) {
	s := newRotating(t, refreshToken)
	c := s.fileConfig(t)
	wantToken(t, "access-1", source(t, c), false)
	good, err := os.ReadFile(c.TokenFile)
	require.NoError(t, err)
	newer := strings.Replace(string(good), `_file":1`, `_file":2`, 1)
	for name, content := range map[string]string{
		"cut": string(good[:len(good)/2]), "begin": tokenMark[:5], "trailing": string(good) + "x", "twice": string(good) + string(good),
		"newer": newer, "other": `{"refresh_token":"refresh-1"}`, "key": "-----BEGIN PRIVATE KEY-----\n", "list": "[]",
		"types": tokenMark + `1,"refresh_token":["refresh-1"]}`, "none": tokenMark + `1}`, "large": strings.Repeat(" ", maxTokenFile+1),
	} {
		c := c
		c.TokenFile = filepath.Join(t.TempDir(), "token")
		writePrivate(t, c.TokenFile, content)
		e := wantError(t, c)
		assert.ErrorContains(t, e, c.TokenFile, name)
		assert.NotContains(t, e.Error(), "refresh-1", name)
		if e.Hint != "" {
			assert.Equal(t, runLogin, e.Hint, name)
		}
		assert.Equal(t, e.Hint == "", name == "newer" || name == "other" || name == "key" || name == "list" || name == "large", name)
		after, err := os.ReadFile(c.TokenFile)
		require.NoError(t, err)
		assert.Equal(t, content, string(after), name)
	}
}

// A file that was created but never written is replaced.
func TestMissingOrEmptyTokenFile(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "zeros": strings.Repeat("\x00", 500), "blank": " \n"} {
		s := newRotating(t, refreshToken)
		c := s.fileConfig(t)
		writePrivate(t, c.TokenFile, content)
		e := wantError(t, Config{TokenFile: c.TokenFile})
		assert.EqualError(t, e, "no access token from the token file "+c.TokenFile+": it is empty (run csmtp-login to log in again)", name)
		wantToken(t, "access-1", source(t, c), false)
		assert.Equal(t, "refresh-1", readStored(t, c.TokenFile).Refresh, name)
	}
	path := filepath.Join(t.TempDir(), "missing")
	e := wantError(t, Config{TokenFile: path})
	assert.EqualError(t, e, "no access token from the token file "+path+": it does not exist (run csmtp-login to log in again)")
	assert.NoFileExists(t, path)
}

// After the server has refused the refresh token, the hint says that the user must log in
// again.
func TestRefusedRefreshTokenOfAFile(t *testing.T) {
	s := newRotating(t, "another")
	e := wantError(t, s.loggedIn(t, "used"))
	assert.Equal(t, "invalid_grant", e.Code)
	assert.Contains(t, e.Error(), runLogin)
	assert.False(t, e.Temporary())
}

// If the token in the file expires soon or its time of issue is in the future, it is not used.
func TestTokenFileTimes(t *testing.T) {
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		issued, expires time.Duration
		used            bool
	}{
		"fresh": {-time.Minute, time.Hour, true}, "expired": {-2 * time.Hour, -time.Hour, false}, "last minute": {-time.Hour, 59 * time.Second, false},
		"short": {-10 * time.Second, 20 * time.Second, true}, "short and old": {-20 * time.Second, 10 * time.Second, false},
		"issued later": {time.Hour, 2 * time.Hour, false}, "too long": {-8 * 24 * time.Hour, 1e6 * time.Hour, false},
		"reversed": {time.Hour, -time.Hour, false},
	} {
		s := &stored{Access: "a", Issued: now.Add(test.issued), Expires: now.Add(test.expires)}
		_, ok := s.usable(now)
		assert.Equal(t, test.used, ok, name)
	}
	_, ok := (&stored{Access: "a"}).usable(now)
	assert.False(t, ok, "without times")
}

// Cancellation ends the wait for the lock, but not a request after which the server may have
// replaced the refresh token.
func TestCanceledRenewalIsWritten(t *testing.T) {
	s := newRotating(t, refreshToken)
	asked, release := make(chan struct{}), make(chan struct{})
	s.onRotation(func(int, *http.Request) { asked <- struct{}{}; <-release })
	c := s.fileConfig(t)
	first := another(t, c)
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() {
		_, err := first.Token(ctx, false)
		failed <- err
	}()
	<-asked

	short, stop := context.WithCancel(context.Background())
	waits := another(t, c)
	go func() {
		time.Sleep(20 * time.Millisecond)
		stop()
	}()
	_, err := waits.Token(short, false)
	require.ErrorIs(t, err, context.Canceled)

	cancel()
	require.ErrorIs(t, <-failed, context.Canceled)
	close(release)
	wantToken(t, "access-1", another(t, c), false)
	n, reused := s.counts()
	assert.Equal(t, []int{1, 0}, []int{n, reused})
}

// Formatting the content of a token file with package fmt shows no token and no secret.
func TestTokenFileFormats(t *testing.T) {
	s := stored{Refresh: "the-refresh-token", Access: "the-access-token", ClientSecret: "the-secret"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{s, &s} {
			assert.NotContains(t, fmt.Sprintf(verb, v), "the-", verb)
		}
	}
}

func FuzzTokenFile(f *testing.F) {
	f.Add([]byte(tokenMark + `1,"refresh_token":"secret-token"}`))
	f.Add([]byte(tokenMark + `1,"access_token":"secret-token","issued":"2027-01-01T00:00:00Z"}` + "\n\x00"))
	f.Add([]byte(tokenMark + `9}`))
	f.Add([]byte("secret-token"))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := parseTokenFile(content)
		switch {
		case err != nil:
			require.Nil(t, s)
			require.NotContains(t, err.Error(), "secret-token")
		case s == nil:
			require.Empty(t, strings.Trim(string(content), "\x00 \t\r\n"))
		default:
			again, err := parseTokenFile(s.encode())
			require.NoError(t, err)
			want, _ := json.Marshal(s)
			got, _ := json.Marshal(again)
			require.Equal(t, string(want), string(got))
			c := Config{TokenFile: "/token", Grant: RefreshToken}
			if own, next, err := c.complete(s); err == nil {
				require.True(t, strings.HasPrefix(own.Endpoint, "http"), own.Endpoint)
				require.Equal(t, s.Refresh, next.Refresh)
			}
		}
	})
}
