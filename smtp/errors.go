// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"net"
	"strconv"
	"strings"
)

// Op is the step that failed.
type Op string

const (
	OpResolve   Op = "resolve" // the address of the server's name, or of the proxy's
	OpConnect   Op = "connect" // proxy, TCP
	OpTLS       Op = "TLS"     // handshake
	OpGreeting  Op = "greeting"
	OpEHLO      Op = "EHLO"
	OpSTARTTLS  Op = "STARTTLS"
	OpAUTH      Op = "AUTH"
	OpMAIL      Op = "MAIL"
	OpRCPT      Op = "RCPT"
	OpDATA      Op = "DATA"        // up to the 354
	OpBody      Op = "body"        // message content
	OpEndOfData Op = "end of data" // the reply to the final dot
	OpRSET      Op = "RSET"
	OpNOOP      Op = "NOOP"
	OpQUIT      Op = "QUIT"
)

// Hint says what to do about an Error. The constants name what a program sets in
// Go's words; a program with other names replaces them.
type Hint string

// Kind is what went wrong, whatever the step.
type Kind int

const (
	KindNone        Kind = iota
	KindResolve          // the host name has no address
	KindDial             // no connection: refused, unreachable, proxy
	KindTimeout          // a deadline passed
	KindClosed           // the server, or the network, ended the connection
	KindTLS              // certificate, version or handshake
	KindRefused          // the server answered, and the answer was no
	KindProtocol         // the answer was not SMTP, or out of step
	KindUnsupported      // the server does not offer what was asked for
	KindLocal            // bad input, or the message's own source failed
	KindCanceled         // Cancel was called
)

// Error is one failure: the step, what went wrong, for whom, the server's
// reply when there was one, and the cause. Its text is for people; callers
// compare the parts. A copy that has another Hint has it in its text.
type Error struct {
	Op        Op
	Kind      Kind
	Recipient string // at RCPT and at LMTP's end of data
	Mechanism string // at AUTH: the SASL mechanism
	Rounds    int    // at AUTH: server challenges answered before the failure
	Reply     *Reply // nil when the server said nothing
	Hint      Hint   // what to do about it; may be empty
	Err       error
	Addr      net.Addr // of Dial: the server's address; nil if there was no connection

	stale bool // the session was dead before this transaction began
}

// ErrTooBig is wrapped by the error of a message larger than the server's
// SIZE limit (RFC 1870), found before MAIL.
var ErrTooBig = errors.New("message larger than the server's limit")

// ErrInDoubt is wrapped by the error of a mail whose fate is not known: the
// connection was lost after its last octet and before the reply (RFC 1047), or
// the reply may have been that to another command.
var ErrInDoubt = errors.New("the message may have been delivered: the connection was lost before the server's reply")

// Error gives the step, the recipient, what the server said, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Op))
	if e.Mechanism != "" {
		b.WriteString(" " + e.Mechanism)
	}
	if e.Recipient != "" {
		b.WriteString(" <" + e.Recipient + ">")
	}
	b.WriteString(": ")
	if e.Reply != nil {
		b.WriteString("server said " + e.Reply.String())
	} else {
		b.WriteString(e.Kind.String())
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString(" (" + string(e.Hint) + ")")
	}
	return Visible(b.String()) // causes quote certificates and files
}

// doubt is ErrInDoubt with its cause.
type doubt struct {
	cause    error
	answered bool // the connection was not lost, but what came is not the reply to the message
}

func (d *doubt) Error() string {
	if d.answered {
		return "the message may have been delivered: " + d.cause.Error()
	}
	return ErrInDoubt.Error() + ": " + d.cause.Error()
}
func (d *doubt) Unwrap() []error { return []error{ErrInDoubt, d.cause} }

// leaves reports whether e is a 421, after which the server reads no command.
func (e *Error) leaves() bool {
	return e.Kind == KindRefused && e.Reply.EndsSession()
}

// ended reports whether e is the end of the connection: lost, or closed by the
// server with a 421.
func (e *Error) ended() bool {
	switch e.Kind {
	case KindClosed, KindTimeout, KindTLS:
		return true
	}
	return e.leaves()
}

// asError gives err as what it is, or as a failure at op.
func asError(err error, op Op, kind Kind) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Op: op, Kind: kind, Err: err}
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Timeout tells that a deadline passed.
func (e *Error) Timeout() bool { return e.Kind == KindTimeout }

// Temporary tells that the same attempt may succeed later: a 4yz reply, or no
// reply at all for a reason that can pass.
func (e *Error) Temporary() bool {
	if e.Reply != nil {
		return e.Reply.Temporary()
	}
	switch e.Kind {
	case KindResolve, KindDial, KindTimeout, KindClosed:
		return true
	}
	return false
}

// IsStale tells that err met a session which was dead (closed by the server,
// or answered 421) before anything of the transaction was accepted: one silent
// reconnect and a second attempt can double nothing.
func IsStale(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.stale
}

var kindTexts = [...]string{
	KindNone:        "failed",
	KindResolve:     "host name not found",
	KindDial:        "no connection",
	KindTimeout:     "timed out",
	KindClosed:      "connection closed",
	KindTLS:         "TLS failed",
	KindRefused:     "refused",
	KindProtocol:    "protocol error",
	KindUnsupported: "not supported by the server",
	KindLocal:       "not sent",
	KindCanceled:    "canceled",
}

// String gives the kind in words.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindTexts) {
		return "kind " + strconv.Itoa(int(k))
	}
	return kindTexts[k]
}
