// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/oauth"
)

// Security types, with the values that C uses.
const (
	noSecurity = iota
	useTLS
	useSSL
	doNotSet
	useTLSIfOffered
)

// Steps of SetTimeout, with the values that C uses.
const (
	timeoutConnect = iota
	timeoutTLS
	timeoutGreeting
	timeoutCommand
	timeoutDataInit
	timeoutDataBlock
	timeoutDataEnd
	timeoutQuit
	timeoutTotal
)

// settings contains everything that a program sets except the message. Copies can share the
// values to which the fields refer.
type settings struct {
	server        string
	port          uint16
	domain        string // if not "", its SRV records are looked up instead of using server
	security      int
	authenticate  bool
	serverPause   time.Duration // how long a server that has failed is tried only after the others
	localName     string
	localAddress  string
	proxy         string
	transport     transport
	lmtp          bool
	extensionsOff string // keywords in upper case, sorted, separated by spaces
	eightBit      bool
	strict        bool
	charset       string // set by a configuration file; replaces that of the message
	timeouts      smtp.Timeouts
	login         login
	trust         trust
	passphrase    string // the pass phrase for the keys and files that are set next
	envelope      envelope
	log           logging
	record        record
	progress      func(sent, total int64) bool `fork:"restored"`
	progressed    Origin                       // of progress
	event         func(*Event)                 `fork:"restored"`
	eventOrigin   Origin                       // of event
}

func defaultSettings() settings { return settings{authenticate: true, serverPause: time.Minute} }

// forget clears all settings, because some of them are secret.
func (s *settings) forget() { *s = settings{} }

// withoutCallbacks returns a copy for another handle. It has no callbacks, because
// their user pointers belong to the original handle.
func (s settings) withoutCallbacks() settings {
	s.log.call, s.log.origin = nil, Origin{}
	s.progress, s.progressed = nil, Origin{}
	s.event, s.eventOrigin = nil, Origin{}
	if s.login.callback {
		s.login.token, s.login.tokenSource = nil, tokenSource{}
	}
	return s
}

// envelope holds the settings for mail transactions.
type envelope struct {
	from     string // "": the message's sender, "<>": the null reverse-path
	partial  bool
	chunking int // useDATA, useBDAT or useBinary

	notify, ret, id string
	recipientDSN    map[string]smtp.Recipient // by address in lower case

	requireTLS    bool
	priority      *int
	deliverBy     time.Duration
	deliverByMode string
	holdFor       time.Duration
	holdUntil     time.Time
}

// Modes of SetChunking, with the values of CSMTP_DATA, CSMTP_BDAT and CSMTP_BINARY.
const (
	useDATA = iota
	useBDAT
	useBinary
)

// login holds the identity and the credentials of a mailer.
type login struct {
	name       string
	password   string
	authzID    string
	mechanisms []string
	clear      clearLogin
	required   bool                               // whether a login is required to send
	token      func(refused bool) (string, error) `fork:"restored"` // returns an access token; nil if unset
	tokenSource
	grant      *oauth.Config // how the library requests tokens itself, or nil
	grantFiles grantFiles    // complete grant
	tokenFrom  string        // the setter of the token or grant
	tokens     int           // how often the token or grant was set
	passwords  int           // how often a different password was set
}

// tokenSource says where login.token gets the access token.
type tokenSource struct {
	callback bool   // from the program's callback
	origin   Origin // the callback
	fixed    string // SetAccessToken
}

// Format prints a login without its password and token.
func (l login) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "login{%q}", l.name) }

const tokenCallback = "SetTokenCallback"

// clearLogin is the program's decision on logins without TLS.
type clearLogin int

const (
	clearUnsaid    clearLogin = iota // with NO_SECURITY, passwords are sent in clear and tokens are not
	clearAllowed                     // SetClearLogin(1): tokens too
	clearForbidden                   // SetClearLogin(0): neither
)

// trust holds the settings for TLS. It is comparable.
type trust struct {
	noVerify    bool
	caFile      string
	caDirectory string
	certificate string // the file of the client's certificate
	key         string // the file of its private key; "": certificate also contains the key
	pins        string // separated by spaces
	minVersion  uint16
	maxVersion  uint16
	serverName  string

	keyPassphrase string // the pass phrase of the client's private key
	caPassphrase  string // of caFile
}

// Format prints the settings without the pass phrases.
func (t trust) Format(f fmt.State, _ rune) {
	type plain trust
	t.keyPassphrase, t.caPassphrase = "", ""
	fmt.Fprintf(f, "%+v", plain(t))
}

// logging holds the destinations of the log. The session hides secrets in each line before
// it passes the line on.
type logging struct {
	call   func(direction int, line string) `fork:"restored"` // the program's callback
	origin Origin                           // of call
	file   string
	id     fileID // the file to which the descriptor referred, if file names a descriptor

	changes int // how often one of these fields was set
}
