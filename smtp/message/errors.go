// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"slices"
	"strings"

	"csmtp/smtp/internal/text"
)

// Errors of this package for which callers can test with errors.Is.
var (
	ErrNoSender    = errors.New("no sender")
	ErrNoRecipient = errors.New("no recipient")
	ErrChanged     = errors.New("file changed while it was sent")
	ErrNotRegular  = errors.New("not a regular file")
	ErrReader      = errors.New("the reader of an attachment failed")
)

// Error reports invalid input, or a file or reader that failed while the message was being
// sent. A caller can replace the names in Field and Use with the names in its own API.
type Error struct {
	Field  FieldName
	Value  string      // the invalid value, shortened, with control characters made visible; never a secret
	Reason string      // what is wrong and what to do
	Use    []FieldName // the fields to use instead; the method Error appends them to Reason
	Err    error       // cause; may be nil
}

// verbs contains the words with which a Reason begins if Value is its subject, as in "has a
// NUL". A Reason that begins with another word is a sentence with a subject of its own.
var verbs = []string{"is", "has", "cannot", "was", "became", "changed"}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Field))
	value := "\"" + e.Value + "\""
	first, _, _ := strings.Cut(e.Reason, " ")
	switch {
	case slices.Contains(verbs, first):
		b.WriteString(": " + value + " ")
	case e.Value != "":
		b.WriteString(" " + value + ": ")
	default:
		b.WriteString(": ")
	}
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

// Temporary reports whether sending the same message can succeed later: it can if a file
// changed while it was sent, or if the system was short of resources such as file descriptors.
func (e *Error) Temporary() bool {
	var t interface{ Temporary() bool }
	return errors.Is(e, ErrChanged) || errors.As(e.Err, &t) && t.Temporary()
}

// invalid returns an *Error whose Value is safe to show.
func invalid(field FieldName, value, reason string, cause error) *Error {
	return &Error{Field: field, Value: visible(value), Reason: reason, Err: cause}
}

// use sets e.Use, the fields to use instead, and returns e.
func (e *Error) use(names ...FieldName) *Error {
	e.Use = names
	return e
}

// visible returns at most the first 120 characters of s, with control characters escaped.
func visible(s string) string { return text.Bounded(s, 120) }
