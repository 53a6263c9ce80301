// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/fips140"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"
)

// row describes a mechanism.
type row struct {
	name     string // IANA name
	make     func(*Credentials, *Channel) (Mechanism, error)
	needs    need                         // the credentials that New requires before it calls make
	authzID  bool                         // whether the mechanism can send an authorization identity
	bound    bool                         // whether the mechanism is bound to the TLS connection
	readable bool                         // whether the mechanism sends the password unprotected
	blind    bool                         // whether the responses are the same whatever the challenges are
	proof    func(response string) string // called by the function Proof; nil: Proof returns ""
}

// need is a set of credentials that a mechanism requires.
type need int

const (
	needLogin       need = 1 << iota // Login
	needIdentity                     // Login or AuthzID
	needPassword                     // Password
	needToken                        // Token
	needCertificate                  // a client certificate; only the server checks it
)

// table lists the supported mechanisms, the strongest first. Order chooses from it.
//
// All bound mechanisms come first, because channel binding protects against a
// man-in-the-middle, and a stronger hash does not. PLAIN comes before the MD5 mechanisms: with
// TLS, only the server can read the password that PLAIN sends, and the server can store a slow
// hash of it. The MD5 mechanisms require that the server stores the password itself.
//
// XOAUTH2 comes before OAUTHBEARER, because Google, Microsoft, Yahoo and Yandex document
// XOAUTH2 for SMTP. Exchange Online supports only XOAUTH2. Besides, OAUTHBEARER sends a host
// and a port. A server behind a relay or an alias could refuse them because they are not its
// own. Both mechanisms use the same token.
var table = []row{
	scramRow("SCRAM-SHA-512-PLUS", sha512.New),
	scramRow("SCRAM-SHA-256-PLUS", sha256.New),
	scramRow("SCRAM-SHA-1-PLUS", sha1.New),
	scramRow("SCRAM-SHA-512", sha512.New),
	scramRow("SCRAM-SHA-256", sha256.New),
	scramRow("SCRAM-SHA-1", sha1.New),
	{name: "PLAIN", make: newPlain, needs: needLogin | needPassword, authzID: true, readable: true, blind: true},
	{name: "LOGIN", make: newLogin, needs: needLogin | needPassword, readable: true, blind: true},
	{name: "CRAM-MD5", make: newCramMD5, needs: needLogin | needPassword, proof: cramMD5Proof},
	{name: "DIGEST-MD5", make: newDigestMD5, needs: needLogin | needPassword, authzID: true, proof: digestMD5Proof},
	{name: "XOAUTH2", make: newXOAuth2, needs: needIdentity | needToken, authzID: true},
	{name: "OAUTHBEARER", make: newOAuthBearer, needs: needToken, authzID: true},
	{name: "EXTERNAL", make: newExternal, needs: needCertificate, authzID: true, blind: true},
	{name: "ANONYMOUS", make: newAnonymous, blind: true},
}

// lookup returns the row of the mechanism with the given name, or nil if there is none. The name
// must be in upper case.
func lookup(name string) *row {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

// Names returns the IANA names of the supported mechanisms.
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

// SendsPassword reports whether a mechanism sends the password unprotected: anyone who can read
// the dialogue then learns the password.
func SendsPassword(name string) bool {
	m := lookup(name)
	return m != nil && m.readable
}

// ProvesPassword reports whether a mechanism proves that the client knows the password,
// without sending the password.
func ProvesPassword(name string) bool {
	m := lookup(name)
	return m != nil && m.needs&needPassword != 0 && !m.readable
}

// IgnoresChallenges reports whether a mechanism sends the same responses whatever the server's
// challenges are. The challenges are then only prompts, such as "Username:" in LOGIN.
func IgnoresChallenges(name string) bool {
	m := lookup(name)
	return m != nil && m.blind
}

// Binds reports whether a mechanism is bound to the TLS connection (-PLUS).
func Binds(name string) bool {
	m := lookup(name)
	return m != nil && m.bound
}

// Proof returns the part of a response that must be kept as secret as the password, because the
// password can be guessed from it: for example, a digest. It returns "" if there is no such
// part.
func Proof(name string, response []byte) string {
	if m := lookup(name); m != nil && m.proof != nil {
		return m.proof(string(response))
	}
	return ""
}

// New returns a mechanism for one login. It returns an *Error if a required credential is
// missing, or if the mechanism cannot send one of the credentials.
func New(name string, c Credentials, ch Channel) (Mechanism, error) {
	m := lookup(strings.ToUpper(name))
	if m == nil {
		return nil, fail(printable(name, 20), UnknownMechanism, "this library does not support this mechanism")
	}
	if err := c.check(m); err != nil {
		return nil, err
	}
	if fips140.Enforced() {
		if reason := c.forbidden(m.name); reason != "" {
			return nil, fail(m.name, Forbidden, "FIPS 140-only mode (GODEBUG=fips140=only) does not permit "+reason)
		}
	}
	return m.make(&c, &ch)
}

// forbidden returns a text that names the algorithm or key with which the mechanism with the
// given name would panic in FIPS 140-only mode. It returns "" if there is none.
func (c *Credentials) forbidden(name string) string {
	scram := strings.HasPrefix(name, "SCRAM-")
	switch {
	case strings.HasSuffix(name, "-MD5"):
		return "MD5: use PLAIN or SCRAM-SHA-256"
	case strings.TrimSuffix(name, "-PLUS") == "SCRAM-SHA-1":
		return "SHA-1: use PLAIN or SCRAM-SHA-256"
	case scram && len(prepare(c.Password)) < minFIPSKey:
		return fmt.Sprintf("a password of fewer than %d octets: use a longer one, or PLAIN", minFIPSKey)
	}
	return ""
}

// minFIPSKey is the minimum length in octets of a key for HMAC: 112 bits (NIST SP 800-131A).
const minFIPSKey = 14

// scramRow returns the row of a SCRAM mechanism. If the name ends in "-PLUS", the
// mechanism is bound to the connection.
func scramRow(name string, h func() hash.Hash) row {
	return row{name: name, make: newScram(name, h), needs: needLogin | needPassword, authzID: true,
		bound: strings.HasSuffix(name, "-PLUS"), proof: scramProof}
}

// check returns an error if a credential that the mechanism needs is missing, or if the
// mechanism cannot send one of the credentials.
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
	if m.needs&needToken == 0 { // newBearer makes a stricter check for mechanisms that send a token
		if err := c.checkText(m.name); err != nil {
			return err
		}
	}
	if !m.authzID {
		return c.noOtherIdentity(m.name)
	}
	return nil
}
