// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
)

// scramIterations is the minimum of RFC 7677, section 4.
const scramIterations = 4096

// scramVerifier verifies SCRAM (RFC 5802 and 7677). It does not normalize passwords: a test must
// use a password that SASLprep does not change.
type scramVerifier struct {
	known  accounts
	hash   func() hash.Hash
	plus   bool
	state  *tls.ConnectionState
	user   string
	header string // gs2-header, as the client sent it
	bare   string // client-first-message-bare
	server string // server-first-message
	nonce  string
	salt   []byte
	proved bool
}

func newScramVerifier(mechanism string, known accounts, state *tls.ConnectionState) *scramVerifier {
	name, plus := strings.CutSuffix(mechanism, "-PLUS")
	v := &scramVerifier{known: known, hash: sha256.New, plus: plus, state: state}
	if name == "SCRAM-SHA-1" {
		v.hash = sha1.New
	}
	return v
}

func (v *scramVerifier) first() []byte { return nil }
func (v *scramVerifier) login() string { return v.user }

func (v *scramVerifier) next(response []byte) ([]byte, bool, error) {
	switch {
	case v.proved:
		if len(response) > 0 {
			return nil, true, errMalformed
		}
		return nil, true, nil
	case v.server == "":
		return v.clientFirst(string(response))
	}
	return v.clientFinal(string(response))
}

// clientFirst parses the client-first-message (RFC 5802, section 7), and returns the
// server-first-message.
func (v *scramVerifier) clientFirst(text string) ([]byte, bool, error) {
	parts := strings.SplitN(text, ",", 3)
	if len(parts) != 3 {
		return nil, true, errMalformed
	}
	binding := parts[0]
	if v.plus != strings.HasPrefix(binding, "p=") || (!v.plus && binding != "n" && binding != "y") {
		return nil, true, errMalformed
	}
	v.header, v.bare = parts[0]+","+parts[1]+",", parts[2]
	fields := strings.Split(v.bare, ",")
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "n=") || !strings.HasPrefix(fields[1], "r=") || len(fields[1]) < 10 {
		return nil, true, errMalformed
	}
	v.user = decodeName(fields[0][2:])
	v.nonce = fields[1][2:] + rand.Text()
	v.salt = make([]byte, 16)
	rand.Read(v.salt)
	v.server = fmt.Sprintf("r=%s,s=%s,i=%d", v.nonce, base64.StdEncoding.EncodeToString(v.salt), scramIterations)
	return []byte(v.server), false, nil
}

// clientFinal checks the client-final-message and the proof in it, and returns the
// server-final-message, which contains the server's proof.
func (v *scramVerifier) clientFinal(text string) ([]byte, bool, error) {
	without, proof, found := strings.Cut(text, ",p=")
	if !found {
		return nil, true, errMalformed
	}
	bound, err := v.bound()
	if err != nil {
		return nil, true, err
	}
	want := "c=" + base64.StdEncoding.EncodeToString([]byte(v.header+bound)) + ",r=" + v.nonce
	if without != want && !strings.HasPrefix(without, want+",") {
		return nil, true, errCredentials
	}
	password, ok := v.known.passwords[v.user]
	if !ok {
		return nil, true, errCredentials
	}
	salted, err := pbkdf2.Key(v.hash, password, v.salt, scramIterations, v.hash().Size())
	if err != nil {
		return nil, true, err
	}
	clientKey := v.mac(salted, "Client Key")
	h := v.hash()
	h.Write(clientKey)
	message := v.bare + "," + v.server + "," + without
	signature := v.mac(h.Sum(nil), message)
	for i := range signature {
		signature[i] ^= clientKey[i]
	}
	if proof != base64.StdEncoding.EncodeToString(signature) {
		return nil, true, errCredentials
	}
	v.proved = true
	own := v.mac(v.mac(salted, "Server Key"), message)
	return []byte("v=" + base64.StdEncoding.EncodeToString(own)), false, nil
}

func (v *scramVerifier) mac(key []byte, text string) []byte {
	m := hmac.New(v.hash, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// bound returns the channel binding data that the client must use.
func (v *scramVerifier) bound() (string, error) {
	if !v.plus {
		return "", nil
	}
	if v.state == nil || !strings.HasPrefix(v.header, "p=tls-exporter,") {
		return "", errMalformed
	}
	data, err := v.state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32) // RFC 9266
	return string(data), err
}
