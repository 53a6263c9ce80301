// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"csmtp/smtp/internal/text"
)

// Stage is the stage at which Dial failed.
type Stage int

const (
	Local    Stage = iota + 1 // the options are not valid; nothing was sent
	Resolve                   // the look-up failed, or the name has no address
	Connect                   // no address accepted the connection
	Proxy                     // the proxy was reached, but it did not connect to the server
	Timeout                   // Options.Timeout, the context's deadline or the system's own timeout passed
	Canceled                  // the context was canceled
)

func (s Stage) String() string {
	names := [...]string{"local", "resolve", "connect", "proxy", "timeout", "canceled"}
	if s < Local || int(s) > len(names) {
		return fmt.Sprintf("Stage(%d)", int(s))
	}
	return names[s-1]
}

// Error is an error from Dial. The text of Err says what Dial has tried and what failed. The
// text never contains the password of a proxy.
type Error struct {
	Stage     Stage
	Resolving bool // whether the look-up of the host failed
	Err       error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// said is an error whose text differs from that of its cause.
type said struct {
	text  string
	cause error
}

func (s *said) Error() string { return s.text }
func (s *said) Unwrap() error { return s.cause }

func fail(stage Stage, cause error, format string, a ...any) *Error {
	return &Error{Stage: stage, Err: &said{text: fmt.Sprintf(format, a...), cause: cause}}
}

// over reports whether ctx is done. It compares the deadline with the clock too, because
// package net sets the same deadline on a connection, and the deadline of the connection can
// expire shortly before ctx is done.
func over(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(end)
}

// ended returns the error for a context that is done. The text 'doing' says what Dial was
// doing.
func ended(ctx context.Context, doing string) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fail(Canceled, ctx.Err(), "canceled while %s", doing)
	}
	return fail(Timeout, context.DeadlineExceeded, "timed out while %s", doing)
}

// clean makes a text from the peer safe to show in an error. It returns at most the first
// 'most' characters, with control characters escaped.
func clean(s string, most int) string { return text.Bounded(s, most) }

// reason returns the text of the innermost cause of err, or "no answer" if a timeout passed.
// The texts of the outer errors, which are those of package net, repeat the address.
func reason(err error) string {
	var op *net.OpError
	for errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no answer"
	}
	return strings.TrimPrefix(clean(err.Error(), 200), "connect: ")
}
