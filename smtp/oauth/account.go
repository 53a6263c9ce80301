// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	skew = time.Minute // a token is not given out in its last minute
	// maxAccounts bounds what is kept for settings that may never come again.
	maxAccounts = 1000
)

// accounts are what sources with identical settings share. They outlive their
// sources: a program that makes a new object for each mail asks once an hour.
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

// dropOldest prefers accounts whose refresh token is still the configured one:
// nothing is lost with those but a request.
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

// Forget drops every token that the process keeps, refresh tokens replaced by
// the server included. Sources that exist go on with what they have.
func Forget() {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	clear(shared.m)
}

// account is one set of settings with its tokens.
type account struct {
	c        Config
	lastUsed time.Time // guarded by accounts.mu

	mu         sync.Mutex
	access     string
	until      time.Time // when access is no longer given out
	refresh    string
	generation uint64 // how often the server has replaced refresh
	flight     *flight
}

// flight is one request and those who wait for it.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int // guarded by account.mu
	token   string
	err     error
}

// refuse withdraws old; "" means whatever is kept.
func (a *account) refuse(old string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old == "" || a.access == old {
		a.access = ""
	}
}

func (a *account) rotated() (refresh string, generation uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refresh, a.generation
}

// token gives the token that is kept or waits for a new one.
func (a *account) token(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", a.gaveUp(err)
	}
	a.mu.Lock()
	if a.access != "" && a.c.now().Before(a.until) {
		defer a.mu.Unlock()
		return a.access, nil
	}
	f := a.flight
	if f == nil {
		// The request belongs to all who wait for it, so it does not end with
		// the first one's context but when nobody waits any more.
		fctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.c.Timeout)
		f = &flight{done: make(chan struct{}), cancel: cancel}
		a.flight = f
		go a.fly(fctx, f, a.refresh)
	}
	f.waiters++
	a.mu.Unlock()

	var err error
	select {
	case <-f.done:
	case <-ctx.Done():
		err = a.gaveUp(ctx.Err())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.waiters--; f.waiters == 0 {
		f.cancel()
		if a.flight == f {
			a.flight = nil
		}
	}
	if err != nil {
		return "", err
	}
	return f.token, f.err
}

// gaveUp is for a caller whose context has ended.
func (a *account) gaveUp(err error) *Error {
	text := "canceled"
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the time for the whole call ran out"
	}
	return &Error{Endpoint: withoutUser(a.c.Endpoint), Err: &cleanError{text, err}}
}

// fly makes the request. A panic here would end the host program.
func (a *account) fly(ctx context.Context, f *flight, refresh string) {
	var r response
	var err error
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Endpoint: withoutUser(a.c.Endpoint), Err: fmt.Errorf("internal error (%T)", p)}
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if err == nil {
			a.access, a.until = r.access, a.c.now().Add(r.usable())
			if r.refresh != "" && r.refresh != a.refresh && a.c.Grant == RefreshToken {
				a.refresh = r.refresh
				a.generation++
			}
		}
		f.token, f.err = r.access, err
		if a.flight == f {
			a.flight = nil
		}
		close(f.done)
	}()
	r, err = a.c.fetch(ctx, refresh)
}

// usable is how long the token is given out: all but its last minute, or half
// of a life too short for that.
func (r response) usable() time.Duration {
	return max(r.life-skew, r.life/2)
}
