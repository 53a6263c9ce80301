// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/oauth"
)

// The security types, with the values that C uses.
const (
	noSecurity = iota
	useTLS
	useSSL
	doNotSet
	useTLSIfOffered
)

// The steps of SetTimeout, with the values that C uses.
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

// settings contains everything that a program sets except the message. A copy of settings
// may share the data to which the pointers, slices and maps refer.
type settings struct {
	server        string
	port          uint16
	domain        string // if not "", the servers are found by the SRV records of this domain
	security      int
	authenticate  bool
	serverPause   time.Duration // see SetServerPause
	localName     string
	localAddress  string
	proxy         string
	transport     transport
	lmtp          bool
	extensionsOff string // keywords in upper case, sorted, separated by spaces
	eightBit      bool
	strict        bool
	charset       string // from the configuration file; used in place of the message's charset
	timeouts      smtp.Timeouts
	login         login
	trust         trust
	passphrase    string // the pass phrase for the keys and files that are set later
	envelope      envelope
	log           logging
	record        record
	progress      func(sent, total int64) bool `fork:"restored"`
	progressed    Origin                       // of progress
	event         func(*Event)                 `fork:"restored"`
	eventOrigin   Origin                       // of event
}

// initial contains the settings of new handles. They all use it until they change a setting,
// and nothing changes it.
var initial = defaultSettings()

func defaultSettings() settings { return settings{authenticate: true, serverPause: time.Minute} }

// newMailer returns a mailer with its own copy of the given settings. The mailer has no handle
// yet.
func newMailer(own settings) *Mailer { return &Mailer{heritage: heritage{settings: &own}} }

// edit returns the settings of m, which the caller may change. If other mailers may use them too,
// edit first copies them. It also clears m.queued, so that mails that are put in pools later have
// the changed settings. edit is not inlined, because that would add 30 kB to the library.
//
//go:noinline
func (m *Mailer) edit() *settings {
	if m.lent {
		m.settings, m.lent = new(*m.settings), false
	}
	m.queued = nil
	return m.settings
}

// lend returns the settings of m for another mailer, without callbacks, and reports whether both
// mailers use the same settings until one of them changes a setting.
func (m *Mailer) lend() (lent *settings, sharing bool) {
	if m.settings.callbacks() {
		return m.settings.withoutCallbacks(), false
	}
	m.lent = true
	return m.settings, true
}

// lendQueued returns the settings of m for a copy of its mail in a pool: without callbacks, and
// without the login and the trust, which the relay has. All such copies use the same settings.
func (m *Mailer) lendQueued() *settings {
	if m.queued == nil {
		m.queued = m.settings.withoutCallbacks()
		m.queued.login, m.queued.trust = login{}, trust{}
	}
	return m.queued
}

// callbacks reports whether a callback is set.
func (s *settings) callbacks() bool {
	return s.log.call != nil || s.progress != nil || s.event != nil || s.login.callback
}

// withoutCallbacks returns a copy without callbacks, for another handle. The user pointers
// of the callbacks belong to the original handle.
func (s *settings) withoutCallbacks() *settings {
	c := new(*s)
	c.log.call, c.log.origin = nil, Origin{}
	c.progress, c.progressed = nil, Origin{}
	c.event, c.eventOrigin = nil, Origin{}
	if c.login.callback {
		c.login.token, c.login.tokenSource = nil, tokenSource{}
	}
	return c
}

// envelope contains the settings of a mail transaction.
type envelope struct {
	from     string // "" is the sender of the message, and "<>" the null reverse-path
	partial  bool
	chunking int // useDATA, useBDAT or useBinary

	notify, ret, id string
	recipientDSN    map[string]smtp.Recipient // the keys are the addresses in lower case

	requireTLS    bool
	priority      *int
	deliverBy     time.Duration
	deliverByMode string
	holdFor       time.Duration
	holdUntil     time.Time
}

// The modes of SetChunking, with the values of CSMTP_DATA, CSMTP_BDAT and CSMTP_BINARY.
const (
	useDATA = iota
	useBDAT
	useBinary
)

// login contains the identity and the credentials of a mailer.
type login struct {
	name       string
	password   string
	authzID    string
	mechanisms []string
	clear      clearLogin
	required   bool                               // whether a login is required to send
	token      func(refused bool) (string, error) `fork:"restored"` // returns an access token; nil if unset
	tokenSource
	grant      *oauth.Config // how the library itself requests tokens; nil if it does not
	grantFiles *grantFiles   // what the grant needs besides its oauth.Config; nil: nothing
	tokenFrom  string        // the name of the function that has set the token or the grant
	tokens     int           // the number of times that a token or a grant was set
	passwords  int           // the number of times that a different password was set
}

// tokenSource describes where the function login.token gets the access token.
type tokenSource struct {
	callback bool   // from the program's callback
	origin   Origin // the callback
	fixed    string // SetAccessToken
}

// Format prints a login without its password and its token.
func (l login) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "login{%q}", l.name) }

const tokenCallback = "SetTokenCallback"

// clearLogin says whether the program permits logins without TLS.
type clearLogin int

const (
	clearUnsaid    clearLogin = iota // with NO_SECURITY, passwords are sent without TLS, but tokens are not
	clearAllowed                     // SetClearLogin(1): tokens too
	clearForbidden                   // SetClearLogin(0): neither
)

// trust contains the settings for TLS. Two values can be compared with ==.
type trust struct {
	noVerify    bool
	caFile      string
	caDirectory string
	certificate string // the file of the client's certificate
	key         string // the file of its private key; "" if the key is in the file 'certificate'
	pins        string // separated by spaces
	minVersion  uint16
	maxVersion  uint16
	serverName  string

	keyPassphrase string // the pass phrase of the client's private key
	caPassphrase  string // the pass phrase of caFile
}

// Format prints the settings without the pass phrases.
func (t trust) Format(f fmt.State, _ rune) {
	type plain trust
	t.keyPassphrase, t.caPassphrase = "", ""
	fmt.Fprintf(f, "%+v", plain(t))
}

// logging says where the log is written. The session hides the secrets in each line
// before it passes the line on.
type logging struct {
	call   func(direction int, line string) `fork:"restored"` // the program's callback
	origin Origin                           // of call
	file   string
	id     fileID // if file is the path of a descriptor (/dev/fd/3): the descriptor's file when the path was set

	changes int // the number of times that one of these fields was set
}
