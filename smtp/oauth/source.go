// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// Source gives access tokens for one set of settings. It may be used by
// several goroutines.
type Source struct {
	account func() *account // a function, so that nothing prints what is behind it
	save    func(string)

	mu    sync.Mutex
	given string // what Token(ctx, false) gave last
	saved uint64 // generation of the refresh token that save was told
}

// New makes a source. No request is made yet. An error names the field.
func New(c Config) (*Source, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	save := c.Save
	c.Save = nil
	a := shared.get(&c)
	return &Source{account: func() *account { return a }, save: save}, nil
}

// Format keeps the token out of whatever prints a Source.
func (s *Source) Format(f fmt.State, _ rune) { io.WriteString(f, "oauth.Source") }

// Token gives a token that is valid for a minute at least, where the server
// gives such ones. It is kept until then; callers that come while a request is
// under way wait for that one.
//
// refused says that the token given by Token(ctx, false) was refused by the
// mail server, whatever its age: if nobody has replaced it yet, one request
// does. A caller that shares s with others and may refuse twice uses Login,
// which knows who was given which token.
//
// An answer of 429, 500, 502, 503 or 504 is followed by one more try, after a
// second or after what Retry-After says if that is no more than five. Other
// failures are not: the first request may have used up the refresh token.
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

// Login gives a function for one login, in the shape that package sasl wants.
// Refused means: the token that this function gave last.
func (s *Source) Login(ctx context.Context) func(refused bool) (string, error) {
	last := ""
	return func(refused bool) (string, error) {
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
	if s.save != nil {
		refresh, generation := a.rotated()
		s.mu.Lock()
		news := generation > s.saved
		s.saved = max(s.saved, generation)
		s.mu.Unlock()
		if news {
			s.save(refresh)
		}
	}
	return token, err
}
