// SPDX-License-Identifier: MIT

package smtp

import (
	"strconv"
	"strings"
)

// Reply is a server's reply (RFC 5321, section 4.2). Results may share a Reply, so a
// program must not change it.
type Reply struct {
	Code     int          // three digits
	Enhanced EnhancedCode // RFC 2034; zero if there is none
	Lines    []string     // the text without codes, in UTF-8 (see Config.DecodeText), with control characters escaped
}

// EnhancedCode is class.subject.detail (RFC 3463).
type EnhancedCode [3]int

// IsZero reports whether the reply has no enhanced status code.
func (c EnhancedCode) IsZero() bool { return c == EnhancedCode{} }

// String returns the code, such as "5.1.1", or "" for the zero value.
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

// Text returns the lines without codes, joined by LF.
func (r *Reply) Text() string {
	if r == nil {
		return ""
	}
	return strings.Join(r.Lines, "\n")
}

// String returns the reply on one line, such as "550 5.1.1 No such user".
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

// Temporary reports whether the reply is 4yz: the same command may succeed later.
func (r *Reply) Temporary() bool { return r != nil && r.Code/100 == 4 }

// Permanent reports whether the reply is 5yz: the same command will fail again.
func (r *Reply) Permanent() bool { return r != nil && r.Code/100 == 5 }

// EndsSession reports whether the reply is 421: the server closes the connection
// and reads no further command (RFC 5321, section 3.8).
func (r *Reply) EndsSession() bool { return r != nil && endsSession(r.Code) }

func endsSession(code int) bool { return code == 421 }

// positive reports whether the reply is 2yz.
func (r *Reply) positive() bool { return r != nil && r.Code/100 == 2 }
