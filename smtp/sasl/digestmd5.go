// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// Limits of RFC 2831, sections 2.1.1 and 2.1.2.
	maxDigestChallenge = 2048
	maxDigestResponse  = 4096
	digestNC           = "00000001"
)

// digestMD5 implements DIGEST-MD5 (RFC 2831; historic since RFC 6331), for servers that offer
// nothing better. It implements authentication only (qop=auth), because TLS protects the
// session.
type digestMD5 struct {
	c      held
	host   string
	uri    string // digest-uri
	cnonce string
	step   int
	proof  []byte // the expected rspauth
	done   bool
}

func newDigestMD5(c *Credentials, ch *Channel) (Mechanism, error) {
	if ch.Host == "" {
		return nil, fail("DIGEST-MD5", NotEncodable, "the server's host name, which is part of the response, is not known")
	}
	return &digestMD5{c: hold(c), host: ch.Host, uri: "smtp/" + ch.Host, cnonce: newNonce()}, nil
}

func (m *digestMD5) Name() string { return "DIGEST-MD5" }

func (m *digestMD5) Start() ([]byte, error) { return nil, nil }

func (m *digestMD5) Next(challenge []byte) ([]byte, error) {
	m.done = false
	m.step++
	switch m.step {
	case 1:
		return m.respond(challenge)
	case 2:
		return m.verify(challenge)
	}
	return nil, noMore("DIGEST-MD5")
}

func (m *digestMD5) Done() bool { return m.done }

func (m *digestMD5) respond(challenge []byte) ([]byte, error) {
	if len(challenge) >= maxDigestChallenge {
		return nil, badChallenge("DIGEST-MD5", "it is longer than 2048 octets")
	}
	d, wrong := parseDirectives(string(challenge))
	if wrong == "" {
		wrong = checkDigest(d)
	}
	if wrong != "" {
		return nil, badChallenge("DIGEST-MD5", wrong)
	}
	_, utf8OK := d["charset"]
	user, wrong := digestLogin(m.c().Login, utf8OK)
	if wrong != "" {
		return nil, fail("DIGEST-MD5", NotEncodable, wrong)
	}
	nonce := d["nonce"][0]
	realm, hasRealm := m.realm(d["realm"])

	secret := slices.Concat(digestOctets(m.c().Login, utf8OK), []byte(":"+realm+":"), digestOctets(m.c().Password, utf8OK))
	inner := md5.Sum(secret)
	Wipe(secret)
	a1 := append(inner[:], ":"+nonce+":"+m.cnonce...)
	if m.c().AuthzID != "" {
		a1 = append(a1, ":"+m.c().AuthzID...)
	}
	ha1 := hexMD5(a1)
	Wipe(a1)
	tail := ":" + nonce + ":" + digestNC + ":" + m.cnonce + ":auth:"
	response := hexMD5([]byte(ha1 + tail + hexMD5([]byte("AUTHENTICATE:"+m.uri))))
	m.proof = []byte(hexMD5([]byte(ha1 + tail + hexMD5([]byte(":"+m.uri)))))

	// Quote only the directives that RFC 2831, section 2.1.2, quotes: Cyrus SASL accepts
	// charset, nc, qop and response only without quotes. Dovecot accepts both forms.
	b := "username=" + quote(user)
	if hasRealm {
		b += ",realm=" + quote(realm)
	}
	b += ",nonce=" + quote(nonce) + ",cnonce=" + quote(m.cnonce) + ",nc=" + digestNC +
		",qop=auth,digest-uri=" + quote(m.uri) + ",response=" + response
	if utf8OK {
		b += ",charset=utf-8"
	}
	if m.c().AuthzID != "" {
		b += ",authzid=" + quote(m.c().AuthzID)
	}
	if len(b) >= maxDigestResponse {
		return nil, fail("DIGEST-MD5", NotEncodable, "login, realm and nonce together have more than 4096 octets")
	}
	return []byte(b), nil
}

// checkDigest returns a text that says what is wrong with a challenge's directives, or "" if
// nothing is wrong.
func checkDigest(d directives) string {
	if nonce, ok := d.single("nonce"); !ok || nonce == "" {
		return "it has no nonce"
	}
	if algorithm, _ := d.single("algorithm"); !strings.EqualFold(algorithm, "md5-sess") {
		return "its algorithm is not md5-sess"
	}
	if charset, ok := d.single("charset"); ok && !strings.EqualFold(charset, "utf-8") {
		return "its charset is not utf-8"
	}
	if qop, ok := d.single("qop"); ok {
		options := strings.FieldsFunc(strings.ToLower(qop), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if !slices.Contains(options, "auth") {
			return `it does not offer qop "auth"`
		}
	}
	return ""
}

// realm returns one of the offered realms: the login's domain or, if that is not offered, the
// server's name or, if that is not offered either, the first one. 'given' is false if no realm
// is offered.
func (m *digestMD5) realm(offered []string) (realm string, given bool) {
	if len(offered) == 0 {
		return "", false
	}
	domain := m.c().Login[strings.LastIndexByte(m.c().Login, '@')+1:]
	for _, want := range []string{domain, m.host} {
		for _, r := range offered {
			if strings.EqualFold(r, want) {
				return r, true
			}
		}
	}
	return offered[0], true
}

func (m *digestMD5) verify(challenge []byte) ([]byte, error) {
	if len(challenge) >= maxDigestChallenge {
		return nil, badChallenge("DIGEST-MD5", "it is longer than 2048 octets")
	}
	d, wrong := parseDirectives(string(challenge))
	if wrong != "" {
		return nil, badChallenge("DIGEST-MD5", wrong)
	}
	got, ok := d.single("rspauth")
	if !ok {
		return nil, fail("DIGEST-MD5", BadServerProof, "the server did not prove that it knows the password (rspauth)")
	}
	if subtle.ConstantTimeCompare([]byte(strings.ToLower(got)), m.proof) != 1 {
		return nil, fail("DIGEST-MD5", BadServerProof, "the server's proof that it knows the password (rspauth) is wrong")
	}
	m.done = true
	return []byte{}, nil
}

// digestLogin returns the login name in UTF-8 if the server supports UTF-8, and in ISO 8859-1
// if not. If the login name cannot be sent, the result 'wrong' says why.
func digestLogin(login string, utf8OK bool) (spelled, wrong string) {
	if utf8OK {
		if !utf8.ValidString(login) {
			return "", "the login name is not UTF-8"
		}
		return login, ""
	}
	b := latin1(login)
	if utf8.ValidString(login) && len(b) != utf8.RuneCountInString(login) {
		return "", "the server supports only ISO 8859-1, and the login name has other characters"
	}
	return string(b), ""
}

// digestOctets returns s, a login or a password, in the charset in which it is hashed: in UTF-8
// if the server announces UTF-8, and otherwise in ISO 8859-1. RFC 2831, section 2.1.2.1,
// requires ISO 8859-1 in both cases, but with UTF-8, Dovecot hashes UTF-8, and Cyrus SASL
// accepts either.
func digestOctets(s string, utf8OK bool) []byte {
	if utf8OK {
		return []byte(s)
	}
	return latin1(s)
}

// latin1 converts s to ISO 8859-1. If that is not possible, it returns s unchanged.
func latin1(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			Wipe(b)
			return []byte(s)
		}
		b = append(b, byte(r))
	}
	return b
}

func hexMD5(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

// newNonce returns 192 random bits in characters that never need quoting.
func newNonce() string {
	var b [24]byte
	rand.Read(b[:]) // never returns an error
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// digestMD5Proof returns the value of the directive "response" in a response.
func digestMD5Proof(response string) string {
	_, digest, _ := strings.Cut(response, ",response=")
	digest, _, _ = strings.Cut(digest, ",")
	return digest
}
