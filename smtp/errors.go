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
	OpResolve   Op = "resolve" // looking up the address of the server or the proxy
	OpConnect   Op = "connect" // connecting to the server or the proxy
	OpTLS       Op = "TLS"     // handshake
	OpGreeting  Op = "greeting"
	OpEHLO      Op = "EHLO"
	OpSTARTTLS  Op = "STARTTLS"
	OpAUTH      Op = "AUTH"
	OpMAIL      Op = "MAIL"
	OpRCPT      Op = "RCPT"
	OpDATA      Op = "DATA"        // up to the reply 354
	OpBody      Op = "body"        // message content
	OpEndOfData Op = "end of data" // the reply to the final dot or the last chunk
	OpRSET      Op = "RSET"
	OpNOOP      Op = "NOOP"
	OpQUIT      Op = "QUIT"
)

// Hint says what to do about an Error. The constants use the names of this package;
// a program whose users know other identifiers should substitute its own hints.
type Hint string

// Kind is the kind of a failure, whatever the step.
type Kind int

const (
	KindNone        Kind = iota
	KindResolve          // the host name has no address
	KindDial             // no connection: it was refused, the address was unreachable, or the proxy failed
	KindTimeout          // a deadline passed
	KindClosed           // the server, or the network, ended the connection
	KindTLS              // certificate, version or handshake
	KindRefused          // the server refused
	KindProtocol         // a reply was not SMTP, or did not match the command
	KindUnsupported      // the server does not offer what the caller asked for
	KindLocal            // invalid input, or the message could not be read
	KindCanceled         // the context was canceled, or Progress returned false
	KindToken            // no access token for the login could be obtained
)

// Error describes a failure: the step, the kind, the recipient, the server's reply if
// there was one, and the cause. Its text is for people; programs should compare the
// fields. The text includes Hint: to replace the hint, set Hint in a copy of the Error.
type Error struct {
	Op        Op
	Kind      Kind
	Recipient string // for OpRCPT, and with LMTP for OpEndOfData
	Mechanism string // for OpAUTH: the SASL mechanism
	Rounds    int    // for OpAUTH: the number of challenges answered before the failure
	Earlier   *Error // for OpAUTH: the refusal of another mechanism, after which this one was tried
	Reply     *Reply // nil if the server did not reply
	Hint      Hint   // what to do; may be empty
	Err       error
	Addr      net.Addr // for errors from Dial: the server's address; nil if there was no connection

	stale     bool // see IsStale
	again     bool // see AnotherSession
	elsewhere bool // see AnotherServer
}

// ErrTooBig is wrapped by the error for a message that is larger than the server's SIZE
// limit (RFC 1870). Send returns this error before it sends MAIL.
var ErrTooBig = errors.New("message larger than the server's limit")

// ErrNoServer is wrapped by the error for a Config without a server, and ErrNoRecipient
// by the error for an Envelope without a recipient.
var (
	ErrNoServer    = errors.New("no server is set")
	ErrNoRecipient = errors.New("no recipient")
)

// ErrInDoubt is wrapped by the error for a mail that may have been delivered: the
// connection was lost after the last octet of the mail was sent and before the reply
// arrived (RFC 1047), or the reply may belong to another command.
var ErrInDoubt = errors.New("the message may have been delivered: the connection was lost before the server's reply")

// ErrPipelining is wrapped by the error for a mail for which the server did not reply to
// RCPT within Config.PipeliningWait. Nothing was delivered. The server probably cannot
// handle commands that are sent together, so the mail should be sent over a session in
// which Config.ExtensionsOff contains PIPELINING.
var ErrPipelining = errors.New("no reply to MAIL and RCPT, which were sent together (PIPELINING)")

// ErrIncompleteLogin is wrapped by the error for a login that the server accepted before
// it was complete.
var ErrIncompleteLogin = errors.New("the server replied 235 before the login was complete")

// ErrTruncated is wrapped by the error for a TLS connection that ended without the
// close_notify alert (RFC 8446, section 6.1): the network failed, or the server closed
// the TCP connection without ending TLS.
var ErrTruncated = errors.New("the TLS connection ended without a close_notify alert")

// truncated is an error that has the text of its cause, and also wraps ErrTruncated.
type truncated struct{ cause error }

func (t truncated) Error() string   { return t.cause.Error() }
func (t truncated) Unwrap() []error { return []error{t.cause, ErrTruncated} }

// Error returns a text that contains the step, the recipient, what the server said, and
// what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Op))
	if e.Mechanism != "" {
		b.WriteString(" " + e.Mechanism)
	}
	if e.Recipient != "" {
		b.WriteString(" <" + e.Recipient + ">")
	}
	if e.Reply != nil {
		b.WriteString(": server said " + e.Reply.String())
	} else if e.Err == nil || !e.Kind.inCause() {
		b.WriteString(": " + e.Kind.String())
	}
	if e.Err != nil {
		text := e.Err.Error()
		if e.Mechanism != "" {
			text = strings.TrimPrefix(text, e.Mechanism+": ")
		}
		b.WriteString(": " + text)
	}
	if e.Earlier != nil {
		b.WriteString(": earlier, the server refused " + e.Earlier.Mechanism + ": " + e.Earlier.Reply.String())
	}
	if e.Hint != "" {
		b.WriteString(" (" + string(e.Hint) + ")")
	}
	return Visible(b.String()) // the cause may quote control characters, for example from a certificate
}

// doubt is an error that wraps ErrInDoubt and the cause of the doubt.
type doubt struct {
	cause    error
	answered bool // whether a reply has arrived; it may belong to another command
}

func (d *doubt) Error() string {
	if d.answered {
		return "the message may have been delivered: " + d.cause.Error()
	}
	return ErrInDoubt.Error() + ": " + d.cause.Error()
}
func (d *doubt) Unwrap() []error { return []error{ErrInDoubt, d.cause} }

// leaves reports whether the server replied 421 to a command. After a 421, the server reads
// no further command.
func (e *Error) leaves() bool {
	return e.Kind == KindRefused && e.Reply.EndsSession()
}

// ended reports whether the connection has ended because of e: it was lost, or the server
// closed it with a 421.
func (e *Error) ended() bool {
	switch e.Kind {
	case KindClosed, KindTimeout, KindTLS:
		return true
	}
	return e.leaves()
}

// asError returns err if it is an *Error, else an *Error with op and kind.
func asError(err error, op Op, kind Kind) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Op: op, Kind: kind, Err: err}
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether the error was caused by a deadline that has passed.
func (e *Error) Timeout() bool { return e.Kind == KindTimeout }

// Temporary reports whether the same attempt may succeed later: the reply is 4yz, or
// there is no reply and the reason may be temporary. For KindLocal and KindToken,
// Temporary calls the method Temporary of the cause, and returns false if the cause has
// no such method.
func (e *Error) Temporary() bool {
	if e.Reply != nil {
		return e.Reply.Temporary()
	}
	switch e.Kind {
	case KindResolve, KindDial, KindTimeout, KindClosed:
		return true
	case KindLocal, KindToken:
		return temporary(e.Err)
	}
	return false
}

// temporary reports whether err, or an error that it wraps, has a method Temporary
// that returns true.
func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

// IsStale reports whether the server closed the connection or replied 421 before it had
// accepted any command of the transaction. If so, the mail can be sent again over a new
// session without the risk of a second copy.
func IsStale(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.stale
}

// AnotherSession reports whether the server ended the session, or refuses further mails
// in it, so that the mail may be sent over a new session with the same server. This
// includes the cases of IsStale. If the mail was accepted for some recipients, the new
// attempt needs Envelope.Before.
func AnotherSession(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.again || e.stale)
}

// AnotherServer reports whether the mail may be sent to another server: the error is a
// 4yz reply to MAIL, or the end of the session before the end of the message was sent.
// If the mail was accepted for some recipients, the new attempt needs Envelope.Before.
func AnotherServer(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.elsewhere
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
	KindToken:       "cannot log in",
}

// inCause reports whether the text of the kind can be omitted, because the text of the
// cause says the same.
func (k Kind) inCause() bool {
	return k == KindResolve || k == KindDial || k == KindTLS || k == KindUnsupported
}

// String returns the kind in words.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindTexts) {
		return "kind " + strconv.Itoa(int(k))
	}
	return kindTexts[k]
}
