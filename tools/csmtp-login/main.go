// SPDX-License-Identifier: MIT

// Command csmtp-login lets a user log in to Microsoft, Google or another provider with
// OAuth 2.0, in a web browser. It writes the tokens to a token file for csmtp (see
// SetOAuth2TokenFile), and prints lines for the configuration file of csmtp.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"csmtp/smtp/oauth"
)

// version must be the version of the library. A test checks this.
const version = "1.0.0"

// The exit statuses have the same meaning as those of csmtp-send.
const (
	statusOK      = 0
	statusFailed  = 1
	statusUsage   = 2
	statusRefused = 3 // the user or the provider has refused the login
	statusLater   = 4 // a later attempt may succeed
)

// program contains the streams, the environment and the functions that the command uses.
// Tests replace them.
type program struct {
	in       io.Reader
	out      io.Writer // for the lines of the configuration file
	messages io.Writer
	terminal bool // whether 'messages' is a terminal
	env      func(string) string
	open     func(url string) error // opens a web browser
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	info, err := os.Stderr.Stat()
	p := &program{in: os.Stdin, out: os.Stdout, messages: os.Stderr, env: os.Getenv, open: openBrowser,
		terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// run runs the command and returns its exit status.
func (p *program) run(ctx context.Context, args []string) int {
	o, err := parse(args)
	switch {
	case err != nil:
		fmt.Fprintf(p.messages, "csmtp-login: %v\n", err)
		return statusUsage
	case o.help:
		fmt.Fprint(p.out, usage())
		return statusOK
	case o.version:
		fmt.Fprintln(p.out, "csmtp-login", version)
		return statusOK
	}
	if err := p.login(ctx, o); err != nil {
		fmt.Fprintf(p.messages, "csmtp-login: %v\n", err)
		return statusOf(err)
	}
	return statusOK
}

// usageError is an error in the arguments or in a file that they name.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

func statusOf(err error) int {
	var wrong *usageError
	var late *lateError
	var e *oauth.Error
	switch {
	case errors.As(err, &wrong):
		return statusUsage
	case errors.As(err, &late):
		return statusLater
	case !errors.As(err, &e):
		return statusFailed
	case e.Temporary():
		return statusLater
	case e.Code != "":
		return statusRefused
	}
	return statusFailed
}

// login lets the user log in, writes the token file, and prints the lines for the
// configuration file.
func (p *program) login(ctx context.Context, o *options) error {
	s, err := o.settings(p.env)
	if err != nil {
		return err
	}
	if err := makeFolder(s.config.TokenFile); err != nil {
		return err
	}
	if err := oauth.CheckTokenFile(ctx, s.config, o.force); err != nil {
		return usagef("%v%s", err, forceHint(err))
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	tokens, err := p.consent(ctx, o, s)
	switch {
	case err != nil && ctx.Err() != nil:
		return ended(ctx)
	case err != nil:
		return err
	}
	if err := oauth.WriteTokenFile(context.WithoutCancel(ctx), s.config, tokens, o.force); err != nil {
		return err
	}
	p.report(s)
	return nil
}

func forceHint(err error) string {
	if errors.Is(err, oauth.ErrNotTokenFile) {
		return ": choose another one with --token-file, or use --force to replace it"
	}
	return ""
}

// consent lets the user log in with a browser or with a code, and returns the tokens.
func (p *program) consent(ctx context.Context, o *options, s *settings) (*oauth.Tokens, error) {
	device, why := p.byDevice(o, s)
	if why != "" {
		p.say("%s", why)
	}
	if device {
		return p.deviceLogin(ctx, s)
	}
	return p.browserLogin(ctx, o, s)
}

// byDevice reports whether the user logs in with a code on another device. If the program
// chooses this, and not the user, the result 'why' is the reason.
func (p *program) byDevice(o *options, s *settings) (device bool, why string) {
	switch {
	case o.method == "device":
		return true, ""
	case o.method == "browser" || s.deviceURL == "" || o.noBrowser:
		return false, ""
	case p.env("SSH_CONNECTION") != "":
		return true, "This is an ssh session: log in with a browser on any computer or phone."
	case !p.hasDisplay():
		return true, "This computer has no display: log in with a browser on any computer or phone."
	}
	return false, ""
}

func (p *program) say(format string, args ...any) { fmt.Fprintf(p.messages, format+"\n", args...) }

// wait runs f. Meanwhile, it shows the remaining time if p.messages is a terminal.
func (p *program) wait(ctx context.Context, what string, f func() (*oauth.Tokens, error)) (*oauth.Tokens, error) {
	if !p.terminal {
		p.say("%s ...", what)
		return f()
	}
	ended, drawn := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(drawn)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			if deadline, ok := ctx.Deadline(); ok {
				left := max(0, time.Until(deadline)).Round(time.Second)
				fmt.Fprintf(p.messages, "\r%s (%d:%02d left) ... ", what, int(left.Minutes()), int(left.Seconds())%60)
			}
			select {
			case <-tick.C:
			case <-ended:
				fmt.Fprintln(p.messages)
				return
			}
		}
	}()
	tokens, err := f()
	close(ended)
	<-drawn
	return tokens, err
}
