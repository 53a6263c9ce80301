// SPDX-License-Identifier: MIT

package oauth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	skew = time.Minute // a token is not returned in its last minute; see usable
	// maxAccounts is the maximum number of accounts that are kept. Without it, accounts
	// for settings that are no longer used would never be removed.
	maxAccounts = 1000
)

// grace is how much longer than Timeout a call to Token can last. It is a variable so that
// tests can change it.
var grace = time.Second

// accounts contains an account for each set of settings. Sources with identical settings
// share an account. An account is kept even when its sources are no longer used, so that a
// program that makes a new source for each mail does not request a token for each mail.
type accounts struct {
	mu sync.Mutex
	m  map[[sha256.Size]byte]*account
}

var shared = accounts{m: map[[sha256.Size]byte]*account{}}

func (s *accounts) get(c *Config) *account {
	key := c.key()
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.m[key]
	if a == nil {
		if len(s.m) >= maxAccounts {
			s.dropOldest()
		}
		a = &account{c: *c, refresh: c.RefreshToken}
		s.m[key] = a
	}
	a.lastUsed = time.Now()
	return a
}

// Of the accounts whose refresh token the server has not replaced, dropOldest removes the
// one that has been unused for the longest time: a new account with the same settings can
// request a token again. If there are no such accounts, it chooses among all accounts.
func (s *accounts) dropOldest() {
	var oldest *account
	var oldestKey [sha256.Size]byte
	for key, a := range s.m {
		_, g := a.rotated()
		better := oldest == nil
		if !better {
			_, og := oldest.rotated()
			better = (g == 0) != (og == 0) && g == 0 || (g == 0) == (og == 0) && a.lastUsed.Before(oldest.lastUsed)
		}
		if better {
			oldest, oldestKey = a, key
		}
	}
	delete(s.m, oldestKey)
}

// Forget removes all tokens that this process keeps for new sources, including refresh tokens
// that a server has issued. Existing sources keep their tokens.
func Forget() {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	clear(shared.m)
}

// account contains the tokens for one set of settings.
type account struct {
	c        Config
	lastUsed time.Time // guarded by accounts.mu

	mu         sync.Mutex
	access     string
	until      time.Time // the access token is not returned after this time
	refresh    string
	generation uint64 // the number of new refresh tokens, not counting those that were written to the token file
	flight     *flight
	refused    refusedToken // the tokens that must not be read from the token file
	file       memory       // the state of the token file
}

// refusedToken is the token that the mail server has refused. If the field 'any' is set, the
// refused token is not known, and every token in the token file counts as refused.
type refusedToken struct {
	token string
	any   bool
}

func (r refusedToken) is(token string) bool { return r.any || token != "" && token == r.token }

// flight is a request in progress. One or more callers wait for it.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int // guarded by account.mu
	// renewing is set before the refresh token is sent. From then on, the request is not
	// canceled, because the server may replace the refresh token. A new caller waits for
	// this request even if all earlier callers have given up. account.mu guards renewing.
	renewing bool
	token    string
	err      error
}

// refuse removes the access token if it equals 'old', the token that the mail server has
// refused. If 'old' is "", refuse removes any access token. In both cases, it records the refused
// token in a.refused.
func (a *account) refuse(old string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old == "" || a.access == old {
		a.refused = refusedToken{cmp.Or(a.access, old), old == "" && a.access == ""}
		a.access = ""
	}
}

// rotated returns the newest refresh token and its generation. It returns "" and 0 if the token
// file contains the newest token, because the program then need not save it.
func (a *account) rotated() (refresh string, generation uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.c.TokenFile != "" && a.file.unsaved == nil {
		return "", 0
	}
	return a.refresh, a.generation
}

// token returns the stored access token, or waits for a new one.
func (a *account) token(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", a.gaveUp(err)
	}
	a.mu.Lock()
	if a.access != "" && a.c.now().Before(a.until) && a.file.unsaved == nil {
		defer a.mu.Unlock()
		return a.access, nil
	}
	f := a.flight
	if f == nil {
		// The end of this caller's context does not cancel the request, because other callers
		// may be waiting for it. The request is canceled when no caller waits for it, unless
		// f.renewing is set.
		fctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.c.Timeout)
		f = &flight{done: make(chan struct{}), cancel: cancel}
		a.flight = f
		go a.fly(fctx, f)
	}
	f.waiters++
	a.mu.Unlock()

	// This call waits a little longer than the request's own Timeout, because the error of
	// the request says more than that of gaveUp. A request that had to wait for the lock of
	// the token file can last longer: this call then ends before it.
	limit := time.NewTimer(a.c.Timeout + grace)
	defer limit.Stop()
	var err error
	select {
	case <-f.done:
	case <-ctx.Done():
		err = a.gaveUp(ctx.Err())
	case <-limit.C:
		err = a.gaveUp(context.DeadlineExceeded)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.waiters--; f.waiters == 0 {
		f.cancel()
		if a.flight == f && !f.renewing {
			a.flight = nil
		}
	}
	if err != nil {
		return "", err
	}
	return f.token, f.err
}

// gaveUp returns the error for a caller that no longer waits. err is the error of its
// context.
func (a *account) gaveUp(err error) *Error {
	text := "canceled"
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the call timed out"
	}
	return &Error{Endpoint: a.c.origin(), Err: &cleanError{text, err}}
}

// fly makes the request f, on a goroutine of its own. It recovers from panics, which would
// otherwise end the program.
func (a *account) fly(ctx context.Context, f *flight) {
	var r response
	var err error
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Endpoint: a.c.origin(), Err: fmt.Errorf("internal error (%T)", p)}
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if err == nil {
			a.keep(r)
		}
		f.token, f.err = r.access, err
		if a.flight == f {
			a.flight = nil
		}
		close(f.done)
	}()
	a.mu.Lock()
	refresh, refused := a.refresh, a.refused
	a.mu.Unlock()
	if a.c.TokenFile != "" {
		r, err = a.obtain(ctx, f, refused)
	} else if err = a.begin(ctx, f); err == nil {
		r, err = a.c.renew(ctx, refresh)
	} else {
		err = a.gaveUp(err)
	}
}

// begin is called before the request is sent. It returns an error if ctx is done, for example
// because no caller waits for f any more.
func (a *account) begin(ctx context.Context, f *flight) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	f.renewing = a.c.Grant == RefreshToken
	return nil
}

// keep stores the tokens of a response.
func (a *account) keep(r response) {
	a.access, a.until = r.access, r.until
	if r.until.IsZero() {
		a.until = a.c.now().Add(r.usable())
	}
	a.refused = refusedToken{}
	if r.refresh != "" && r.refresh != a.refresh && a.c.Grant == RefreshToken && (a.c.TokenFile == "" || a.file.unsaved != nil) {
		a.refresh = r.refresh
		a.generation++
	}
}

// usable returns how long a token is used: for its lifetime minus one minute, or for half of
// its lifetime, whichever is longer.
func (r response) usable() time.Duration {
	return max(r.life-skew, r.life/2)
}
