// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"strings"
)

// row is all that is known of a mechanism outside its own file.
type row struct {
	name     string // as IANA has it
	make     func(*Credentials, *Channel) (Mechanism, error)
	needs    need                         // what New checks before it calls make
	authzID  bool                         // a place for an authorization identity
	bound    bool                         // bound to the TLS connection, and so without a meaning in clear
	readable bool                         // whoever reads the dialogue has the password
	proof    func(response string) string // the part of a response by which the password can be guessed; nil: none has one
}

// need is what of Credentials a mechanism cannot do without.
type need int

const (
	needLogin       need = 1 << iota // Login
	needIdentity                     // Login or AuthzID
	needPassword                     // Password
	needToken                        // Token
	needCertificate                  // a client certificate, which only the server can judge
)

// table has what we speak, strongest first. Order chooses from it by these
// properties; Names, New and the checks of smtp need no more than a row.
//
// Every bound mechanism comes before every unbound one: a stronger hash does
// not help against somebody in between, and the binding does. Under TLS nobody
// reads along, and what counts is that PLAIN lets the server keep a slow hash
// where the MD5 mechanisms need the password.
//
// XOAUTH2 comes before OAUTHBEARER: it is the one that Google, Microsoft, Yahoo
// and Yandex document and test for SMTP (Exchange Online has no other), and it
// has no host and port which a server behind a relay or an alias might compare
// with its own. The token is the same.
var table = []row{
	scramRow("SCRAM-SHA-512-PLUS", sha512.New),
	scramRow("SCRAM-SHA-256-PLUS", sha256.New),
	scramRow("SCRAM-SHA-1-PLUS", sha1.New),
	scramRow("SCRAM-SHA-512", sha512.New),
	scramRow("SCRAM-SHA-256", sha256.New),
	scramRow("SCRAM-SHA-1", sha1.New),
	{name: "PLAIN", make: newPlain, needs: needLogin | needPassword, authzID: true, readable: true},
	{name: "LOGIN", make: newLogin, needs: needLogin | needPassword, readable: true},
	{name: "CRAM-MD5", make: newCramMD5, needs: needLogin | needPassword, proof: cramMD5Proof},
	{name: "DIGEST-MD5", make: newDigestMD5, needs: needLogin | needPassword, authzID: true, proof: digestMD5Proof},
	{name: "XOAUTH2", make: newXOAuth2, needs: needIdentity | needToken, authzID: true},
	{name: "OAUTHBEARER", make: newOAuthBearer, needs: needToken, authzID: true},
	{name: "EXTERNAL", make: newExternal, needs: needCertificate, authzID: true},
	{name: "ANONYMOUS", make: newAnonymous},
}

// lookup returns the row of a name in upper case; nil where there is none.
func lookup(name string) *row {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

// Names lists the mechanisms that New knows, in IANA spelling.
func Names() []string {
	names := make([]string, len(table))
	for i, m := range table {
		names[i] = m.name
	}
	return names
}

// NeedsToken reports whether a mechanism sends an access token.
func NeedsToken(name string) bool {
	m := lookup(name)
	return m != nil && m.needs&needToken != 0
}

// SendsPassword reports whether a mechanism sends the password as it is, so
// that whoever reads the dialogue has it.
func SendsPassword(name string) bool {
	m := lookup(name)
	return m != nil && m.readable
}

// Proof returns the part of a response by which the password can be guessed:
// a digest of it, for instance. It is to be kept secret as the password is. ""
// means that the response has no such part.
func Proof(name string, response []byte) string {
	if m := lookup(name); m != nil && m.proof != nil {
		return m.proof(string(response))
	}
	return ""
}

// New makes a mechanism for one login. What the credentials lack or cannot
// say in this mechanism is reported here, before anything is sent: an *Error.
func New(name string, c Credentials, ch Channel) (Mechanism, error) {
	m := lookup(strings.ToUpper(name))
	if m == nil {
		return nil, fail(printable(name, 20), UnknownMechanism, "this mechanism is not supported")
	}
	if err := c.check(m); err != nil {
		return nil, err
	}
	return m.make(&c, &ch)
}

// scramRow is the row of a SCRAM mechanism. One whose name ends in "-PLUS" is
// bound to the connection.
func scramRow(name string, h func() hash.Hash) row {
	return row{name: name, make: newScram(name, h), needs: needLogin | needPassword, authzID: true,
		bound: strings.HasSuffix(name, "-PLUS"), proof: scramProof}
}

// check finds what the credentials lack for a mechanism, or what it cannot
// carry, by the mechanism's row.
func (c *Credentials) check(m *row) error {
	var missing error
	switch {
	case m.needs&needLogin != 0 && c.Login == "", m.needs&needIdentity != 0 && c.Login == "" && c.AuthzID == "":
		missing = ErrNoLogin
	case m.needs&needPassword != 0 && c.Password == "":
		missing = ErrNoPassword
	case m.needs&needToken != 0 && c.Token == nil:
		missing = ErrNoToken
	}
	if missing != nil {
		return &Error{Mechanism: m.name, Reason: MissingCredential, Err: missing}
	}
	if m.needs&needToken == 0 { // newBearer is stricter, and sends no password
		if err := c.checkText(m.name); err != nil {
			return err
		}
	}
	if !m.authzID {
		return c.noOtherIdentity(m.name)
	}
	return nil
}
