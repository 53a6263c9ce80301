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

// Error is bad input, or a source that failed while it was sent. A copy that
// has other words in Field and Use has them in its text.
type Error struct {
	Field  FieldName
	Value  string      // what was given, shortened, with controls made visible; never a secret
	Reason string      // what is wrong and what to do
	Use    []FieldName // what to use; these end the sentence that Reason begins
	Err    error       // cause; may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Field))
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
	for i, name := range e.Use {
		switch {
		case i == 0:
			b.WriteByte(' ')
		case i == len(e.Use)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(name))
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// invalid makes an *Error with Value made safe to show.
func invalid(field FieldName, value, reason string, cause error) *Error {
	return &Error{Field: field, Value: visible(value), Reason: reason, Err: cause}
}

// use gives e with the names that its reason asks for.
func (e *Error) use(names ...FieldName) *Error {
	e.Use = names
	return e
}

// visible bounds s and spells what would disturb a terminal or a log.
func visible(s string) string { return text.Bounded(s, 120) }
