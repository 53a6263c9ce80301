// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"

	"csmtp/smtp/oauth"
)

// lateError is the error that is returned if the user does not complete the login in time.
type lateError struct{ text string }

func (e *lateError) Error() string { return e.text }

// deviceLogin prints a code, with which the user logs in on any device (RFC 8628).
func (p *program) deviceLogin(ctx context.Context, s *settings) (*oauth.Tokens, error) {
	d, err := oauth.NewDevice(ctx, s.config, s.deviceURL)
	if err != nil {
		return nil, err
	}
	p.say("Open this page in a web browser, on any computer or phone:\n\n  %s\n\nand enter the code\n\n  %s\n", d.URL, d.UserCode)
	if d.Complete != "" && d.Complete != d.URL {
		p.say("Or open this address, which includes the code:\n\n  %s\n", d.Complete)
	}
	ctx, cancel := context.WithTimeout(ctx, d.Expires)
	defer cancel()
	tokens, err := p.wait(ctx, "Waiting for the login", func() (*oauth.Tokens, error) { return d.Wait(ctx) })
	if errors.Is(err, context.Canceled) {
		return nil, errors.New("canceled")
	}
	return tokens, err
}
