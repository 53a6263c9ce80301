// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClientCredentials(t *testing.T) {
	s := newServer(t, false, numbered)
	c := s.clientConfig()
	c.Params = map[string]string{"audience": "a b&c"}
	wantToken(t, "token-1", source(t, c), false)
	assert.Equal(t, url.Values{"grant_type": {"client_credentials"}, "client_id": {"app"}, "client_secret": {clientSecret},
		"scope": {"mail/.default"}, "audience": {"a b&c"}}, s.forms[0])
}

func TestBasicAuth(t *testing.T) {
	s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
		id, secret, ok := r.BasicAuth()
		assert.True(t, ok)
		assert.Equal(t, []string{"a%3Apb", url.QueryEscape(clientSecret)}, []string{id, secret}) // RFC 6749, section 2.3.1
		numbered(n, form, w, r)
	})
	c := s.clientConfig()
	c.ClientID, c.BasicAuth, c.Scope = "a:pb", true, ""
	wantToken(t, "token-1", source(t, c), false)
	assert.Equal(t, url.Values{"grant_type": {"client_credentials"}}, s.forms[0])
}

// A token is kept until the last minute of its lifetime. Then a single request is made for the
// next token.
func TestTokenIsKeptUntilItExpires(t *testing.T) {
	s := newServer(t, false, numbered)
	time0 := newClock()
	c := s.clientConfig()
	c.now = time0.now
	a := source(t, c)
	wantToken(t, "token-1", a, false)
	time0.add(time.Hour - skew - time.Second)
	wantToken(t, "token-1", a, false)
	wantToken(t, "token-1", source(t, c), false) // another source with the same settings
	assert.Equal(t, 1, s.count())
	time0.add(time.Second)
	wantToken(t, "token-2", a, false)
	wantToken(t, "token-2", source(t, c), false)
	assert.Equal(t, 2, s.count())
}

func TestLifetimes(t *testing.T) {
	for expires, want := range map[string]time.Duration{
		`3600`: 59 * time.Minute, `"3600"`: 59 * time.Minute, `3600.5`: 59*time.Minute + 500*time.Millisecond,
		`90`: 45 * time.Second, `60`: 30 * time.Second, `0`: 0, `-5`: 0, `null`: unknownLife - skew, `"soon"`: unknownLife - skew,
		`{}`: unknownLife - skew, `1e300`: maxLife - skew, `"NaN"`: unknownLife - skew,
	} {
		r := &request{c: &Config{}, secrets: (&Config{}).secrets("")}
		got, err := r.parse(200, fmt.Appendf(nil, `{"access_token":"t","token_type":"bearer","expires_in":%s}`, expires))
		require.NoError(t, err)
		assert.Equal(t, want, got.usable(), expires)
	}
	r := &request{c: &Config{}, secrets: (&Config{}).secrets("")}
	got, err := r.parse(200, []byte(`{"access_token":"t"}`))
	require.NoError(t, err)
	assert.Equal(t, unknownLife-skew, got.usable())
}

// If the server replaces the refresh token at each request, every source uses only the
// newest token. The next call to Token on a source calls its Save with this token, but only
// once.
func TestRefreshTokenIsReplaced(t *testing.T) {
	s := newServer(t, false, func(n int, _ url.Values, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-%d"}`, n, n)
	})
	var saved [2][]string
	c := s.refreshConfig()
	c.Save = func(r string) { saved[0] = append(saved[0], r) }
	a := source(t, c)
	c.Save = func(r string) { saved[1] = append(saved[1], r) }
	b := source(t, c)
	c.Save = nil
	silent := source(t, c)

	wantToken(t, "token-1", a, false)
	assert.Equal(t, [2][]string{{"refresh-1"}, nil}, saved)
	wantToken(t, "token-1", b, false)
	wantToken(t, "token-1", a, false)
	assert.Equal(t, [2][]string{{"refresh-1"}, {"refresh-1"}}, saved)
	wantToken(t, "token-1", silent, false)
	wantToken(t, "token-2", silent, true)
	wantToken(t, "token-2", a, false)
	wantToken(t, "token-3", a, true)
	assert.Equal(t, [2][]string{{"refresh-1", "refresh-2", "refresh-3"}, {"refresh-1"}}, saved)
	for i, want := range []string{refreshToken, "refresh-1", "refresh-2"} {
		assert.Equal(t, url.Values{"grant_type": {"refresh_token"}, "client_id": {"app"}, "client_secret": {clientSecret},
			"refresh_token": {want}, "scope": {"mail/.default"}}, s.forms[i])
	}
}

func TestRefreshTokenStays(t *testing.T) {
	s := newServer(t, false, func(n int, _ url.Values, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":"t%d","refresh_token":"%s"}`, n, []string{"", refreshToken}[n%2])
	})
	c := s.refreshConfig()
	c.Save = func(string) { t.Error("nothing to save") }
	a := source(t, c)
	wantToken(t, "t1", a, false)
	wantToken(t, "t2", a, true)
	assert.Equal(t, refreshToken, s.forms[1].Get("refresh_token"))
}

func TestEightThreadsMakeOneRequest(t *testing.T) {
	release := make(chan struct{})
	s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
		<-release
		numbered(n, form, w, r)
	})
	c := s.clientConfig()
	same := source(t, c)
	ask := func(refused bool, want string) {
		var wg sync.WaitGroup
		for i := range 8 {
			a := same
			if i%2 == 1 && !refused {
				a = source(t, c)
			}
			wg.Go(func() {
				got, err := a.Token(context.Background(), refused)
				assert.NoError(t, err)
				assert.Equal(t, want, got)
			})
		}
		if !refused {
			waitFor(t, same.account(), 8)
		}
		release <- struct{}{}
		wg.Wait()
	}
	ask(false, "token-1")
	assert.Equal(t, 1, s.count())
	ask(true, "token-2") // token-1 was refused for all eight callers
	assert.Equal(t, 2, s.count())
}

// waitFor waits until n callers wait for the current request.
func waitFor(t *testing.T, a *account, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.flight != nil && a.flight.waiters == n
	}, 30*time.Second, time.Millisecond)
}

// Two logins use the same token, and the mail server refuses it in both. Together they
// request one new token. If this token is refused too, they request one more.
func TestOneRequestForEachRefusedToken(t *testing.T) {
	s := newServer(t, false, numbered)
	c := s.clientConfig()
	steps := func(next func(refused bool) (string, error), want string, refused bool, requests int) {
		t.Helper()
		got, err := next(refused)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, requests, s.count())
	}
	one, two := source(t, c).Login(context.Background()), source(t, c).Login(context.Background())
	steps(one, "token-1", false, 1)
	steps(two, "token-1", false, 1)
	steps(one, "token-2", true, 2)
	steps(two, "token-2", true, 2)
	steps(two, "token-3", true, 3)
	steps(one, "token-3", true, 3)

	a := source(t, c)
	wantToken(t, "token-3", a, false)
	wantToken(t, "token-4", a, true)
	wantToken(t, "token-4", a, true) // a second caller for which token-3 was refused
	wantToken(t, "token-4", a, false)
	wantToken(t, "token-5", a, true)
	assert.Equal(t, 5, s.count())
	wantToken(t, "token-6", source(t, c), true) // from a source that has not returned a token yet
}

// A refused token is not returned again if no new one can be obtained.
func TestRefusedTokenIsNotReused(t *testing.T) {
	s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
		if n == 2 {
			answer(400, `{"error":"invalid_grant"}`)(n, form, w, r)
			return
		}
		numbered(n, form, w, r)
	})
	a := source(t, s.clientConfig())
	wantToken(t, "token-1", a, false)
	_, err := a.Token(context.Background(), true)
	require.ErrorContains(t, err, "invalid_grant")
	wantToken(t, "token-3", a, false)
}

func TestCancel(t *testing.T) {
	gone := make(chan struct{}, 2)
	s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			<-r.Context().Done()
			gone <- struct{}{}
			return
		}
		numbered(n, form, w, r)
	})
	a := source(t, s.clientConfig())
	ctx1, cancel1 := context.WithCancel(context.Background())
	ctx2, cancel2 := context.WithCancel(context.Background())
	failed := make(chan error, 2)
	for _, ctx := range []context.Context{ctx1, ctx2} {
		go func() {
			_, err := a.Token(ctx, false)
			failed <- err
		}()
	}
	waitFor(t, a.account(), 2)
	require.Eventually(t, func() bool { return s.count() == 1 }, 30*time.Second, time.Millisecond)
	cancel1()
	require.ErrorIs(t, <-failed, context.Canceled)
	require.Empty(t, gone, "the other caller still waits")
	cancel2()
	require.ErrorIs(t, <-failed, context.Canceled)
	<-gone // nobody waits, so the request is canceled
	wantToken(t, "token-2", a, false)

	_, err := a.Token(ctx1, false)
	require.ErrorIs(t, err, context.Canceled)
	require.EqualError(t, err, "no access token from "+s.URL+"/token: canceled")
	late, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	_, err = a.Token(late, false)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.EqualError(t, err, "no access token from "+s.URL+"/token: the call timed out")
}

// If two goroutines get new refresh tokens, Save is called with the newest one last.
func TestSaveIsCalledInOrder(t *testing.T) {
	s := newRotating(t, refreshToken)
	first, second := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var saved []string
	c := s.refreshConfig()
	c.Save = func(r string) {
		if r == "refresh-1" {
			close(first)
			<-second
			time.Sleep(50 * time.Millisecond) // the other goroutine must not call Save in this time
		}
		mu.Lock()
		defer mu.Unlock()
		saved = append(saved, r)
	}
	a := source(t, c)
	var wg sync.WaitGroup
	wg.Go(func() { wantToken(t, "access-1", a, false) })
	<-first
	wg.Go(func() { wantToken(t, "access-2", a, true) })
	require.Eventually(t, func() bool {
		_, generation := a.account().rotated()
		return generation == 2
	}, 30*time.Second, time.Millisecond)
	close(second)
	wg.Wait()
	assert.Equal(t, []string{"refresh-1", "refresh-2"}, saved)
}

func TestCheckMakesNoAccount(t *testing.T) {
	size := func() int {
		shared.mu.Lock()
		defer shared.mu.Unlock()
		return len(shared.m)
	}
	before := size()
	c := Config{Endpoint: "https://check.example/t", ClientID: "app", ClientSecret: clientSecret}
	require.NoError(t, Check(c))
	assert.Equal(t, before, size())
	c.ClientID = ""
	require.EqualError(t, Check(c), "oauth: the client id is missing")
}
