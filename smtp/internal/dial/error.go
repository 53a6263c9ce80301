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

// Stage is how far a dial came.
type Stage int

const (
	Local    Stage = iota + 1 // bad input; nothing was sent
	Resolve                   // the name has no address
	Connect                   // no address took the connection
	Proxy                     // the proxy refused, or is none
	Timeout                   // Options.Timeout, or the context's deadline, passed
	Canceled                  // the context was cancelled
)

func (s Stage) String() string {
	names := [...]string{"local", "resolve", "connect", "proxy", "timeout", "canceled"}
	if s < Local || int(s) > len(names) {
		return fmt.Sprintf("Stage(%d)", int(s))
	}
	return names[s-1]
}

// Error of Dial. Err's text says in plain words what was tried and what came
// of it; it never holds the password of a proxy.
type Error struct {
	Stage     Stage
	Resolving bool // it failed while an address of the host was looked up
	Err       error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// said is a cause with a text of our own in place of its text.
type said struct {
	text  string
	cause error
}

func (s *said) Error() string { return s.text }
func (s *said) Unwrap() error { return s.cause }

func fail(stage Stage, cause error, format string, a ...any) *Error {
	return &Error{Stage: stage, Err: &said{text: fmt.Sprintf(format, a...), cause: cause}}
}

// over tells that ctx has ended. A connection's deadline, which net takes from
// ctx, may strike a moment before ctx's own timer does.
func over(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(end)
}

// ended is the failure of a context that is over while doing something.
func ended(ctx context.Context, doing string) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fail(Canceled, ctx.Err(), "cancelled while %s", doing)
	}
	return fail(Timeout, context.DeadlineExceeded, "time is up while %s", doing)
}

// clean makes a peer's text fit for an error.
func clean(s string, most int) string { return text.Bounded(s, most) }

// reason is the innermost cause, for net's own wrapping repeats the address.
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
