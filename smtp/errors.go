// SPDX-License-Identifier: MIT

package smtp

// Op is the step that failed.
type Op string

const (
	OpConnect   Op = "connect" // resolve, proxy, TCP
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
// compare the parts.
type Error struct {
	Op        Op
	Kind      Kind
	Recipient string // at RCPT and at LMTP's end of data
	Mechanism string // at AUTH: the SASL mechanism
	Rounds    int    // at AUTH: server challenges answered before the failure
	Reply     *Reply // nil when the server said nothing
	Hint      string // what to do about it; may be empty
	Err       error
}
