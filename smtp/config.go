// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"strconv"
	"time"

	"csmtp/internal/secret"
	"csmtp/smtp/sasl"
)

// Security says when TLS starts.
type Security int

const (
	NoSecurity        Security = iota // cleartext
	STARTTLS                          // RFC 3207; never in clear when it is missing or refused
	ImplicitTLS                       // RFC 8314: TLS before the greeting
	STARTTLSIfOffered                 // opportunistic; where TLS did not come about, no login of any kind is made
)

// Server is one place to connect to.
type Server struct {
	Host string // name, IPv4 or IPv6 literal; for Network "unix" a path
	Port int
	// ImplicitTLS overrides a Config.Security of STARTTLS or STARTTLSIfOffered
	// for this server, so that a list may hold both port 587 and port 465.
	ImplicitTLS bool
}

// Config is all a session needs to know before the first octet. The zero
// value of each field is a usable default.
type Config struct {
	Servers  []Server // tried in order until one gives a greeting
	Network  string   // "tcp" (default) or "unix"
	Security Security
	TLS      TLSConfig

	LocalName string // EHLO name; "" means the host's FQDN, else an address literal; with Proxy, "[127.0.0.1]"
	LocalAddr string // local IP address to bind to; "" means any
	Proxy     string // "socks5://user:pass@host:port", "http://user:pass@host:port" (CONNECT), or ""
	Resolver  *net.Resolver

	// Known, if not nil, remembers for later sessions which servers cannot bear
	// what RFC 2920 lets a client send ahead of a reply; see SendBatch.
	Known *Known

	Auth *Auth // nil: no login
	LMTP bool  // RFC 2033

	Timeouts Timeouts

	// OnThread lets the goroutines that call wait in the kernel, each with a
	// thread of its own, and not in the runtime's poller (on Linux). It is a
	// matter of speed alone: quicker where they are locked to their threads, as
	// those are that C calls, and for a session or a few; slower for many. Each
	// that waits holds a processor for up to 10 ms, if there is another: GOMAXPROCS
	// wants to be one more than they are.
	OnThread bool

	// Trace, if not nil, is told every line of the dialogue with secrets
	// already masked; message content is summed up, not shown.
	Trace func(d Direction, line string)

	// Secrets are what no reply, error or line of Trace may show. Dial adds the
	// password, the tokens and the responses of its logins, and the proxy's
	// password; nil is a set of its own.
	Secrets *secret.Set
}

// Direction of a traced line.
type Direction int

const (
	ClientLine Direction = iota
	ServerLine
	Event // what is being done, e.g. "connected to 192.0.2.1:587", "TLS 1.3 ..."
)

// TLSConfig says whom to trust. The zero value checks chain and host name
// against the system's roots and asks for TLS 1.2 or newer.
type TLSConfig struct {
	InsecureSkipVerify bool
	ServerName         string // name in the certificate, where it is not the dialled host
	RootCAs            *x509.CertPool
	Certificates       []tls.Certificate      // client certificate
	PinnedPublicKeys   []string               // "sha256//base64" of a SubjectPublicKeyInfo; any one may match
	MinVersion         uint16                 // 0: TLS 1.2
	MaxVersion         uint16                 // 0: the newest there is
	SessionCache       tls.ClientSessionCache // may be shared: host name, settings and identity keep their sessions apart
	Time               func() time.Time       // for tests; nil: now
}

// Auth is the login. Mechanisms fixes one or gives an order; empty means the
// strongest that the server offers (see sasl.Order).
type Auth struct {
	sasl.Credentials
	Mechanisms []string
	// NoCleartext refuses a mechanism that sends the password as it is (PLAIN
	// and LOGIN) where the session has no TLS.
	NoCleartext bool
	// TokenInClear lets a bearer token be sent where the session has no TLS. It
	// has no effect with STARTTLSIfOffered.
	TokenInClear bool
	// Required makes a server that offers no AUTH at all an error; otherwise
	// the session goes on without a login, as relays inside a network expect.
	Required bool
}

// Timeouts of each step; zero means the default of RFC 5321, section 4.5.3.2,
// or, where it names none, the value in brackets. Total bounds one call.
type Timeouts struct {
	Connect   time.Duration // one server, all its addresses [60 s]
	TLS       time.Duration // handshake [60 s]
	Greeting  time.Duration // 5 min
	Command   time.Duration // 5 min: EHLO, AUTH, MAIL, RCPT, RSET, NOOP
	DataInit  time.Duration // 2 min: the 354
	DataBlock time.Duration // 3 min: each write of the message
	DataEnd   time.Duration // 10 min: the reply to the final dot
	Quit      time.Duration // the 221 [5 s]
	Total     time.Duration // one call of Dial or Send; 0: none
}

// String gives "host:port".
func (srv Server) String() string {
	if srv.Port == 0 {
		return srv.Host
	}
	return net.JoinHostPort(srv.Host, strconv.Itoa(srv.Port))
}

// knownAs returns the key of the server in Known.
func (c *Config) knownAs(server Server) string { return c.Network + " " + server.String() }
