// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// Source returns access tokens for one set of settings. Its methods can be called by several
// goroutines at the same time.
type Source struct {
	account func() *account // a function, so that fmt cannot print the account
	save    func(string)
	filed   func(error)

	mu    sync.Mutex
	given string // the last result of Token(ctx, false)
	saved uint64 // the generation of the refresh token that was last passed to save

	saving sync.Mutex // held while save runs, so that the newest refresh token is saved last
}

// New returns a source. It makes no request. If a field of c is invalid, the error names the
// field.
func New(c Config) (*Source, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	save, filed := c.Save, c.FileError
	c.Save, c.FileError = nil, nil
	a := shared.get(&c)
	return &Source{account: func() *account { return a }, save: save, filed: filed}, nil
}

// Check returns the error that New would return for c.
func Check(c Config) error { return c.check() }

// Format prints a Source without its token.
func (s *Source) Format(f fmt.State, _ rune) { io.WriteString(f, "oauth.Source") }

// Token returns an access token that is valid for at least another minute, if the server
// issues tokens with such a lifetime. It returns the same token until the last minute of the
// token's lifetime, and then requests a new one. If a request is in progress, Token waits for
// its result.
//
// Set 'refused' if the mail server has refused the last result of Token(ctx, false). Token
// then requests a new token, unless the refused one has already been replaced. A caller
// that shares s with other callers should use Login, which remembers the token of each
// login.
//
// After a response with the status 429, 500, 502, 503 or 504, Token tries once more. It waits
// for one second or, if the response has the field Retry-After with a longer time, for this
// time. It does not try again if the time is longer than five seconds or is not a number. It
// does not try again after other failures either, because the first request may have used up
// the refresh token.
func (s *Source) Token(ctx context.Context, refused bool) (string, error) {
	s.mu.Lock()
	old := s.given
	s.mu.Unlock()
	token, err := s.get(ctx, refused, old)
	if err == nil && !refused {
		s.mu.Lock()
		s.given = token
		s.mu.Unlock()
	}
	return token, err
}

// Login returns a function that can be used as Credentials.Token of package sasl, for one
// login. The function's parameter 'refused' says whether the mail server has refused the token
// that the function returned before.
func (s *Source) Login(ctx context.Context) func(refused bool) (string, error) {
	login := s.LoginEach()
	return func(refused bool) (string, error) { return login(ctx, refused) }
}

// LoginEach returns a function like that of Login, but with a context as a parameter.
func (s *Source) LoginEach() func(ctx context.Context, refused bool) (string, error) {
	last := ""
	return func(ctx context.Context, refused bool) (string, error) {
		token, err := s.get(ctx, refused, last)
		if err == nil {
			last = token
		}
		return token, err
	}
}

func (s *Source) get(ctx context.Context, refused bool, old string) (string, error) {
	a := s.account()
	if refused {
		a.refuse(old)
	}
	token, err := a.token(ctx)
	if s.filed != nil && a.c.TokenFile != "" {
		s.filed(a.fileProblem())
	}
	if s.save != nil {
		s.saveNewest(a)
	}
	return token, err
}

// saveNewest calls s.save with the newest refresh token, unless s.save has already been called
// with this token.
func (s *Source) saveNewest(a *account) {
	if _, generation := a.rotated(); !s.isNews(generation) {
		return
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	refresh, generation := a.rotated()
	if !s.isNews(generation) {
		return
	}
	s.mu.Lock()
	s.saved = generation
	s.mu.Unlock()
	s.save(refresh)
}

func (s *Source) isNews(generation uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return generation > s.saved
}
