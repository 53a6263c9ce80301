// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
	"unicode/utf8"
)

const (
	minIterations = 4096 // RFC 7677, section 4
	// maxIterations is the largest number of iterations that the client accepts. That many
	// iterations take several seconds. No honest server asks for more.
	maxIterations = 10_000_000
)

// scramProof returns the attribute "p" at the end of a client-final-message.
func scramProof(response string) string {
	_, proof, _ := strings.Cut(response, ",p=")
	return proof
}

// scram implements SCRAM and its -PLUS form, with SHA-1 (RFC 5802), SHA-256 (RFC 7677) or
// SHA-512 (used in the same way). The server also proves that it knows the password.
type scram struct {
	name       string
	c          held
	hash       func() hash.Hash
	canceled   <-chan struct{}
	gs2        string // GS2 header, such as "p=tls-exporter,a=joe,"
	binding    []byte // channel binding data; nil without -PLUS
	nonce      string
	firstBare  string // client-first-message-bare
	serverSign []byte
	step       int
	done       bool
}

func newScram(name string, h func() hash.Hash) func(*Credentials, *Channel) (Mechanism, error) {
	base, plus := strings.CutSuffix(name, "-PLUS")
	return func(c *Credentials, ch *Channel) (Mechanism, error) {
		if !utf8.ValidString(c.Login) || !utf8.ValidString(c.AuthzID) {
			return nil, fail(name, NotEncodable, "the login name is not UTF-8")
		}
		m := &scram{name: name, c: hold(c), hash: h, canceled: ch.Canceled, nonce: newNonce()}
		kind, data, canBind := channelBinding(ch)
		switch {
		case plus && !canBind:
			return nil, &Error{Mechanism: name, Reason: NoBinding, Err: ErrNoBinding}
		case plus:
			m.gs2, m.binding = "p="+kind+",", data
		case canBind && !ch.offers(base+"-PLUS"):
			// If an attacker has removed the -PLUS form from the server's list, the
			// flag y shows this to the server.
			m.gs2 = "y,"
		default:
			m.gs2 = "n,"
		}
		if c.AuthzID != "" {
			m.gs2 += "a=" + saslName(c.AuthzID)
		}
		m.gs2 += ","
		return m, nil
	}
}

func (m *scram) Name() string { return m.name }

func (m *scram) Start() ([]byte, error) {
	m.firstBare = "n=" + saslName(m.c().Login) + ",r=" + m.nonce
	m.step = 1
	return bounded(m.name, []byte(m.gs2+m.firstBare))
}

func (m *scram) Next(challenge []byte) ([]byte, error) {
	m.done = false
	step := m.step
	m.step = 0 // set again if this step succeeds
	if err := checkSize(m.name, challenge); err != nil {
		return nil, err
	}
	switch step {
	case 1:
		return m.final(string(challenge))
	case 2:
		return m.verify(string(challenge))
	}
	return nil, noMore(m.name)
}

func (m *scram) Done() bool { return m.done }

// final returns the response to the server-first-message. The response contains the
// client's proof.
func (m *scram) final(serverFirst string) ([]byte, error) {
	first, wrong := parseServerFirst(serverFirst, m.nonce)
	if wrong != "" {
		return nil, badChallenge(m.name, wrong)
	}
	if first.serverError != "" {
		return nil, m.serverError(first.serverError)
	}
	lowest := m.c().MinIterations
	if lowest <= 0 {
		lowest = minIterations
	}
	if first.iterations < lowest || first.iterations > maxIterations {
		return nil, badChallenge(m.name, fmt.Sprintf("it asks for %d iterations, which is not between %d and %d",
			first.iterations, lowest, maxIterations))
	}
	password := []byte(prepare(m.c().Password))
	salted, ok := m.hi(password, first.salt, first.iterations)
	Wipe(password)
	if !ok {
		return nil, &Error{Mechanism: m.name, Reason: Stopped, Err: ErrCanceled}
	}
	clientKey := m.mac(salted, "Client Key")
	serverKey := m.mac(salted, "Server Key")
	Wipe(salted)
	defer Wipe(clientKey)
	defer Wipe(serverKey)

	cbind := append([]byte(m.gs2), m.binding...)
	withoutProof := "c=" + base64.StdEncoding.EncodeToString(cbind) + ",r=" + first.nonce
	authMessage := m.firstBare + "," + serverFirst + "," + withoutProof
	h := m.hash()
	h.Write(clientKey)
	storedKey := h.Sum(nil)
	defer Wipe(storedKey)
	proof := m.mac(storedKey, authMessage)
	subtle.XORBytes(proof, proof, clientKey)
	m.serverSign = m.mac(serverKey, authMessage)
	m.step = 2
	return bounded(m.name, []byte(withoutProof+",p="+base64.StdEncoding.EncodeToString(proof)))
}

// verify checks the server-final-message.
func (m *scram) verify(serverFinal string) ([]byte, error) {
	value, rest, _ := strings.Cut(serverFinal, ",")
	if e, ok := strings.CutPrefix(value, "e="); ok {
		return nil, m.serverError(e)
	}
	if wrong := checkExtensions(rest, "v"); wrong != "" {
		return nil, badChallenge(m.name, wrong)
	}
	v, ok := strings.CutPrefix(value, "v=")
	if !ok {
		return nil, fail(m.name, BadServerProof, "the server did not prove that it knows the password")
	}
	sign, err := base64.StdEncoding.Strict().DecodeString(v)
	if err != nil || !hmac.Equal(sign, m.serverSign) {
		return nil, fail(m.name, BadServerProof, "the server's proof that it knows the password is wrong")
	}
	m.done = true
	return []byte{}, nil
}

func (m *scram) serverError(value string) error {
	return fail(m.name, ServerError, "the server reports the error "+printable(value, 100))
}

func (m *scram) mac(key []byte, text string) []byte {
	h := hmac.New(m.hash, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// hi computes one block of PBKDF2. The server chooses the number of iterations, so it must be
// possible to cancel the computation. In package crypto/pbkdf2, this is not possible. The
// result 'ok' is false if the computation was canceled.
func (m *scram) hi(password, salt []byte, iterations int) (key []byte, ok bool) {
	h := hmac.New(m.hash, password)
	h.Write(salt)
	h.Write([]byte{0, 0, 0, 1})
	u := h.Sum(nil)
	key = append([]byte(nil), u...)
	defer Wipe(u)
	for i := 1; i < iterations; i++ {
		if i%4096 == 0 {
			select {
			case <-m.canceled:
				Wipe(key)
				return nil, false
			default:
			}
		}
		h.Reset()
		h.Write(u)
		u = h.Sum(u[:0])
		subtle.XORBytes(key, key, u)
	}
	return key, true
}

// saslName normalizes s, and escapes "=" and "," (RFC 5802, section 5.1).
func saslName(s string) string {
	return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(prepare(s))
}
