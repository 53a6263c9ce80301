// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"strings"

	"csmtp/smtp/internal/text"
)

// Causes that a caller may want to tell apart with errors.Is.
var (
	ErrNoSender    = errors.New("no sender")
	ErrNoRecipient = errors.New("no recipient")
	ErrChanged     = errors.New("file changed while it was sent")
	ErrNotRegular  = errors.New("not a regular file")
)

// Error is bad input, or a source that failed while it was sent. Field is the
// setter's name, "AddRecipient" or "SetSubject", or that of a header field
// which did not come out right, "Subject".
type Error struct {
	Field  string
	Value  string // what was given, shortened, with controls made visible; never a secret
	Reason string // what is wrong and what to do
	Err    error  // cause; may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Field)
	if e.Value != "" {
		b.WriteString(" \"")
		b.WriteString(e.Value)
		b.WriteByte('"')
	}
	b.WriteString(": ")
	b.WriteString(e.Reason)
	if e.Err != nil && e.Reason == "" {
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// invalid makes an *Error with Value made safe to show.
func invalid(field, value, reason string, cause error) *Error {
	return &Error{Field: field, Value: visible(value), Reason: reason, Err: cause}
}

// visible bounds s and spells what would disturb a terminal or a log.
func visible(s string) string { return text.Bounded(s, 120) }
