// SPDX-License-Identifier: MIT

package smtp

import (
	"strconv"
	"strings"
)

// Reply is a server's reply (RFC 5321, section 4.2). Replies may be shared
// between results: read them, do not change them.
type Reply struct {
	Code     int          // three digits
	Enhanced EnhancedCode // RFC 2034; zero when absent
	Lines    []string     // text without codes, valid UTF-8, controls made visible
}

// EnhancedCode is class.subject.detail (RFC 3463).
type EnhancedCode [3]int

// IsZero tells that the server gave no enhanced code.
func (c EnhancedCode) IsZero() bool { return c == EnhancedCode{} }

// String gives "5.1.1", or "" for the zero value.
func (c EnhancedCode) String() string {
	if c.IsZero() {
		return ""
	}
	b := make([]byte, 0, 12)
	b = strconv.AppendInt(b, int64(c[0]), 10)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(c[1]), 10)
	b = append(b, '.')
	return string(strconv.AppendInt(b, int64(c[2]), 10))
}

// Text is the reply's text without codes, its lines joined by LF.
func (r *Reply) Text() string {
	if r == nil {
		return ""
	}
	return strings.Join(r.Lines, "\n")
}

// String gives the whole reply on one line: "550 5.1.1 No such user".
func (r *Reply) String() string {
	if r == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString(strconv.Itoa(r.Code))
	if !r.Enhanced.IsZero() {
		b.WriteByte(' ')
		b.WriteString(r.Enhanced.String())
	}
	for _, l := range r.Lines {
		if l != "" {
			b.WriteByte(' ')
			b.WriteString(l)
		}
	}
	return b.String()
}

// Temporary tells a 4yz reply: the same command may succeed later.
func (r *Reply) Temporary() bool { return r != nil && r.Code/100 == 4 }

// Permanent tells a 5yz reply: the same command will fail again.
func (r *Reply) Permanent() bool { return r != nil && r.Code/100 == 5 }

// EndsSession reports whether the server closes the connection after r and
// takes no further command: 421 (RFC 5321, section 3.8).
func (r *Reply) EndsSession() bool { return r != nil && endsSession(r.Code) }

func endsSession(code int) bool { return code == 421 }

// positive tells a 2yz reply.
func (r *Reply) positive() bool { return r != nil && r.Code/100 == 2 }
