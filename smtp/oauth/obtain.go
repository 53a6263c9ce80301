// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"
	"time"
)

// memory contains what an account knows about its token file. account.mu guards it.
type memory struct {
	unsaved *stored           // the newest content if it could not be written, or nil
	basis   [sha256.Size]byte // the hash of the file's content when writing failed
	problem error
}

func (a *account) fileProblem() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.file.problem
}

// newest returns the newest content of the token file. This is the content that could not be
// written, if there is one and no process has changed the file since then. Otherwise newest
// returns the parameter 'file', which was parsed from the parameter 'content'.
func (a *account) newest(file *stored, content []byte) *stored {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file.unsaved != nil && a.file.basis == sha256.Sum256(content) {
		return a.file.unsaved
	}
	a.file.unsaved = nil
	return file
}

// obtain returns the access token in the token file. If it has expired or was refused,
// obtain requests another one while the file is locked, and writes it to the file.
func (a *account) obtain(ctx context.Context, f *flight, refused refusedToken) (response, error) {
	c := &a.c
	s, err := openTokenStore(ctx, c.TokenFile, c.Grant != RefreshToken || c.RefreshToken != "", true)
	if err != nil {
		return response{}, c.fileFault(err)
	}
	defer s.close()
	c.step("locked")
	own, next, err := a.load(s)
	if err != nil {
		return response{}, c.fileFault(err)
	}
	r := response{access: next.Access, refresh: next.Refresh}
	ok := false
	if r.until, ok = next.usable(c.now()); ok && !refused.is(next.Access) {
		if a.isUnsaved() {
			a.save(s, next)
		} else {
			a.note(nil, s.problem)
		}
		return r, nil
	}
	if err := a.begin(ctx, f); err != nil {
		return response{}, c.fileFault(err)
	}
	if r, err = own.renew(ctx, next.Refresh); err != nil && s.problem != nil && c.Grant == RefreshToken && isCode(err, "invalid_grant") {
		r, next, err = a.renewAgain(ctx, s, next, err)
	}
	if err != nil {
		return response{}, own.loginHint(err)
	}
	c.step("asked")
	if r.until.IsZero() { // a new token
		next.take(r, c.now())
		a.save(s, next)
	} else {
		a.note(nil, s.problem)
	}
	r.refresh = next.Refresh
	return r, nil
}

// load returns the settings for a request, and the content to write to the token file after
// the request. Both are made from a.c and from the content of the file, which s has read.
func (a *account) load(s *tokenStore) (*Config, *stored, error) {
	file, err := parseTokenFile(s.content)
	if err != nil {
		return nil, nil, err
	}
	file = a.newest(file, s.content)
	if file == nil && a.c.fromFile() && a.c.RefreshToken == "" {
		return nil, nil, errEmpty
	}
	return a.c.complete(file)
}

var errEmpty = errors.New("it is empty")

// renew requests a token. A request with a refresh token is not canceled, because the
// server may already have replaced the refresh token.
func (c *Config) renew(ctx context.Context, refresh string) (response, error) {
	if c.Grant == RefreshToken {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), c.Timeout)
		defer cancel()
	}
	return c.fetch(ctx, refresh)
}

// winnersTime is how long renewAgain waits for the tokens that another process has
// requested at the same time.
const winnersTime = 2 * time.Second

// renewAgain is called if the server refused the refresh token and the file cannot be
// locked. Another process may have used the same token at the same time, and received a new
// one. renewAgain waits until the other process has written the new tokens to the file, and
// uses them. If that does not happen, it returns 'cause'.
func (a *account) renewAgain(ctx context.Context, s *tokenStore, tried *stored, cause error) (response, *stored, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), winnersTime)
	defer cancel()
	for ; ; time.Sleep(20 * time.Millisecond) {
		own, next, err := a.reload(ctx, s)
		switch {
		case err == nil && next.Refresh != tried.Refresh:
			if until, ok := next.usable(a.c.now()); ok && next.Access != tried.Access {
				return response{access: next.Access, refresh: next.Refresh, until: until}, next, nil
			}
			r, err := own.renew(ctx, next.Refresh)
			return r, next, err
		case err != nil || ctx.Err() != nil:
			return response{}, tried, cause
		}
	}
}

// reload reads the token file of s again.
func (a *account) reload(ctx context.Context, s *tokenStore) (*Config, *stored, error) {
	again, err := openTokenStore(ctx, a.c.TokenFile, false, true)
	if err != nil {
		return nil, nil, err
	}
	defer again.close()
	s.content = again.content
	return a.load(again)
}

func (a *account) isUnsaved() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.file.unsaved != nil
}

// save replaces the content of the token file with the parameter 'next'. If that fails, Token
// returns its token anyway: the tokens remain in memory, and the next call to Token tries to
// write them again.
func (a *account) save(s *tokenStore, next *stored) {
	err := s.replace(next.encode(), a.c.step)
	a.note(err, s.problem)
	if err != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.file.unsaved, a.file.basis = next, sha256.Sum256(s.content)
	}
}

// note stores the problem that FileError reports. 'write' is the error from writing the file,
// and 'lock' the error from locking it. If both are not nil, note stores 'write'.
func (a *account) note(write, lock error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.file = memory{}
	switch {
	case write != nil:
		a.file.problem = fmt.Errorf("the token file %s cannot be written, so the newest tokens will be lost when the program ends: %w",
			a.c.TokenFile, withoutPath(write))
	case lock != nil:
		a.file.problem = fmt.Errorf("the token file %s: %w; as a result, two processes can renew the tokens at the same time", a.c.TokenFile, lock)
	}
}

// origin returns the endpoint or the token file, as the source of the tokens in error texts.
func (c *Config) origin() string {
	if c.Endpoint == "" && c.TokenFile != "" {
		return "the token file " + c.TokenFile
	}
	return withoutUser(c.Endpoint)
}

// fileFault returns an Error for a token file that cannot be used.
func (c *Config) fileFault(err error) *Error {
	text, hint := withoutPath(err).Error(), ""
	var number syscall.Errno
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		text = fmt.Sprintf("another process has held its lock for more than %v", c.Timeout)
	case errors.Is(err, context.Canceled):
		text = "canceled"
	case errors.Is(err, fs.ErrNotExist):
		text, hint = "it does not exist", runLogin
	case errors.Is(err, errDamaged), errors.Is(err, errEmpty):
		hint = runLogin
	}
	e := &Error{Endpoint: "the token file " + c.TokenFile, Hint: hint, Err: &cleanError{text, err}}
	e.later = errors.As(err, &number) && number.Temporary() || isShared(err)
	return e
}

const runLogin = "run csmtp-login to log in again"

// withoutPath returns the system's error number in an error from package os, because its text
// does not contain the path. It returns other errors unchanged.
func withoutPath(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number
	}
	return err
}

// loginHint adds the hint to run csmtp-login to an error after which the user must log in
// again.
func (c *Config) loginHint(err error) error {
	var e *Error
	if c.Grant != RefreshToken || !errors.As(err, &e) ||
		!slices.Contains([]string{"invalid_grant", "interaction_required", "consent_required", "login_required"}, e.Code) {
		return err
	}
	if e.Hint == "" {
		e.Hint = runLogin
	} else {
		e.Hint += "; " + runLogin
	}
	return e
}

func isCode(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}
