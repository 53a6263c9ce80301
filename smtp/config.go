// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"strconv"
	"time"

	"csmtp/smtp/sasl"
	"csmtp/smtp/secret"
)

// Security says when TLS starts.
type Security int

const (
	NoSecurity        Security = iota // cleartext
	STARTTLS                          // RFC 3207; an error if the server does not offer it or refuses it
	ImplicitTLS                       // RFC 8314: TLS before the greeting
	STARTTLSIfOffered                 // opportunistic; without TLS there is no login
)

// Server is a server to connect to.
type Server struct {
	Host string // a name or an IP address; with Network "unix", a path
	Port int
	// ImplicitTLS overrides a Config.Security of STARTTLS or STARTTLSIfOffered
	// for this server, so that a list may contain both port 587 and port 465.
	ImplicitTLS bool
}

// Config is the configuration of a session. Servers must be set; the zero value of every
// other field is a usable default.
type Config struct {
	Servers  []Server // tried in order until one sends a greeting
	Network  string   // "tcp" (default) or "unix"
	Security Security
	TLS      TLSConfig

	// LocalName is the name for EHLO. "" means the full name of this computer or, if it
	// has none, its address as a literal such as "[192.0.2.1]". With Proxy, "" means
	// "[127.0.0.1]".
	LocalName string

	LocalAddr string // local IP address to bind to; "": any
	Proxy     string // "socks5://user:pass@host:port", "http://user:pass@host:port" (CONNECT), or ""
	Resolver  *net.Resolver

	// Known, if not nil, remembers for later sessions which servers fail if commands
	// are sent between a message and its reply (see SendBatch), which servers failed
	// recently (see FailedFor), and which servers reply slowly (see SpareProcessor).
	Known *Known

	// FailedFor is how long Known remembers a server that failed. Dial tries such a server
	// only after the others. 0 means that Known does not remember such servers.
	FailedFor time.Duration

	// ExtensionsOff lists the keywords of service extensions that are not used even if
	// the server offers them. It must not contain STARTTLS: use Security instead.
	ExtensionsOff []string

	// PipeliningWait limits the wait for the first reply to RCPT in a session in which
	// MAIL and RCPT are sent together (PIPELINING). If this time passes, the error wraps
	// ErrPipelining. The limit does not apply to a mail whose message is sent by BDAT
	// together with the envelope. 0 means that only Timeouts.Command applies.
	PipeliningWait time.Duration

	Auth *Auth // nil for no login

	// Logins, if not nil, remembers for later sessions which servers refused a mechanism
	// that they offer, and whether they accepted PLAIN or LOGIN instead (see Auth). If
	// Logins is nil, each session begins with the mechanism that the server refuses.
	Logins *Logins

	LMTP bool // speak LMTP (RFC 2033)

	Timeouts Timeouts

	// OnThread makes a goroutine that waits for the server wait in a system call on its own
	// thread rather than in the runtime's poller. It has an effect only on Linux, where it
	// changes only the speed. With few sessions, it is faster for goroutines that are
	// locked to their threads, such as those called from C. With many sessions, it is
	// slower. If several goroutines wait in this way at the same time, each may keep one of
	// the runtime's processors (Ps) busy for up to 10 ms, so GOMAXPROCS should be greater
	// than the number of these goroutines.
	OnThread bool

	// SpareProcessor, if not nil, reports whether a goroutine that waits on its thread
	// (see OnThread) may keep its processor for up to 10 ms. Such a goroutine waits in a
	// system call that the runtime does not know about. This is faster if the reply
	// arrives within a millisecond, but a garbage collection cannot start until the wait
	// has ended. The goroutine stops keeping its processor after a slow reply, and does not
	// keep it at all if Known says that the server replies slowly. It keeps its processor
	// again after a fast reply.
	SpareProcessor func() bool

	// Trace, if not nil, is called for every line of the dialogue. Secrets are masked.
	// Instead of the text of a message, Trace gets only its size.
	Trace func(d Direction, line string)

	// Measure, if not nil, is called for each Milestone of a session. Durations and Times
	// are measured only if Measure is set. Measure must not use the session.
	Measure func(Measurement)

	// DecodeText, if not nil, decodes text of a reply that is not UTF-8. DecodeText returns
	// false if it cannot decode the text. Octets that are not decoded become U+FFFD.
	DecodeText func(text string) (string, bool)

	// Secrets are hidden in replies, errors and lines for Trace. Dial adds the password,
	// the tokens and the responses of its logins, and the proxy's password. If Secrets is
	// nil, Dial creates a set for the session.
	Secrets *secret.Set
}

// Direction says where a line for Trace comes from.
type Direction int

const (
	ClientLine Direction = iota
	ServerLine
	Event // an event, such as "connected to 192.0.2.1:587"
)

// TLSConfig configures TLS. The zero value verifies the certificate chain against
// the system's roots, verifies the host name, and requires TLS 1.2 or newer.
type TLSConfig struct {
	InsecureSkipVerify bool
	ServerName         string // the name to verify in the certificate; "": Server.Host
	RootCAs            *x509.CertPool
	Certificates       []tls.Certificate // client certificate
	PinnedPublicKeys   []string          // "sha256//base64" of a SubjectPublicKeyInfo; one must match
	MinVersion         uint16            // 0: TLS 1.2
	MaxVersion         uint16            // 0: the newest

	// SessionCache may be shared by several Configs: a TLS session is resumed only for
	// the same host, settings and login.
	SessionCache tls.ClientSessionCache

	Time func() time.Time // for tests; nil: time.Now
}

// Auth configures the login. Mechanisms lists the mechanisms to try, in order. If it is
// empty, the session tries those that the server offers, strongest first (see sasl.Order).
// If the server then replies 535 to a mechanism that does not send the password, the
// session also tries PLAIN or LOGIN, whichever the server offers. The session sends the
// password in this way only over TLS with a verified or pinned certificate, or with
// NoSecurity.
type Auth struct {
	sasl.Credentials
	Mechanisms []string
	// NoCleartext forbids mechanisms that send the password itself (PLAIN and
	// LOGIN) in a session without TLS.
	NoCleartext bool
	// TokenInClear allows a bearer token to be sent in a session without TLS. It
	// has no effect with STARTTLSIfOffered.
	TokenInClear bool
	// If the server does not offer AUTH and Required is set, Dial returns an error. If
	// Required is not set, the session continues without a login: relays inside a network
	// often require none.
	Required bool
}

// Timeouts are the timeouts of the steps. A field that is zero has its default: the value
// in RFC 5321, section 4.5.3.2 or, for a step that the RFC does not mention, the value in
// brackets.
type Timeouts struct {
	Connect   time.Duration // to one server, including all its addresses [60 s]
	TLS       time.Duration // handshake [60 s]
	Greeting  time.Duration // 5 min
	Command   time.Duration // 5 min: EHLO, AUTH, MAIL, RCPT, RSET, NOOP
	DataInit  time.Duration // 2 min: the 354
	DataBlock time.Duration // 3 min: each write of the message
	DataEnd   time.Duration // 10 min: the reply to the final dot
	Quit      time.Duration // the 221 [5 s]
	Total     time.Duration // one call to Dial or Send; 0: no limit
}

// String returns "host:port".
func (srv Server) String() string {
	if srv.Port == 0 {
		return srv.Host
	}
	return net.JoinHostPort(srv.Host, strconv.Itoa(srv.Port))
}

// knownAs returns the key of the server in Known.
func (c *Config) knownAs(server Server) string { return c.Network + " " + server.String() }
