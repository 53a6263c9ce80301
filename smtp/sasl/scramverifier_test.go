// SPDX-License-Identifier: MIT

package sasl

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// scramVerifier is the server side of SCRAM. It shares no code with the client, and checks the
// client's proof with StoredKey (RFC 5802, section 3).
type scramVerifier struct {
	name, login, password string
	iterations            int
	tls                   *tls.ConnectionState
	offeredPlus           bool
	authzID               string // received from the client
}

func (s *scramVerifier) run(m Mechanism) error {
	newHash := map[string]func() hash.Hash{"1": sha1.New, "256": sha256.New, "512": sha512.New}[strings.Split(s.name, "-")[2]]
	mac := func(key []byte, text string) []byte {
		h := hmac.New(newHash, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	iterations := s.iterations
	if iterations == 0 {
		iterations = 4096
	}
	salt := []byte("\x00salt\xff of sixteen")
	salted, err := pbkdf2.Key(newHash, s.password, salt, iterations, newHash().Size())
	if err != nil {
		return err
	}
	h := newHash()
	h.Write(mac(salted, "Client Key"))
	storedKey := h.Sum(nil)
	serverKey := mac(salted, "Server Key")

	first, err := m.Start()
	if err != nil {
		return err
	}
	fields := strings.SplitN(string(first), ",", 3)
	if len(fields) != 3 {
		return errors.New("no GS2 header")
	}
	unescape := strings.NewReplacer("=2C", ",", "=3D", "=")
	s.authzID = unescape.Replace(strings.TrimPrefix(fields[1], "a="))
	bare := fields[2]
	attrs := strings.Split(bare, ",")
	if len(attrs) != 2 || !strings.HasPrefix(attrs[0], "n=") || !strings.HasPrefix(attrs[1], "r=") {
		return fmt.Errorf("client-first-message-bare is %q", bare)
	}
	if got := unescape.Replace(attrs[0][2:]); got != s.login {
		return fmt.Errorf("login is %q", got)
	}
	if fields[0] == "y" && s.offeredPlus {
		return errors.New("downgrade: -PLUS was offered")
	}
	wantBinding := []byte(fields[0] + "," + fields[1] + ",")
	if kind, ok := strings.CutPrefix(fields[0], "p="); ok {
		switch kind {
		case "tls-exporter":
			data, err := s.tls.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
			if err != nil {
				return err
			}
			wantBinding = append(wantBinding, data...)
		case "tls-unique":
			wantBinding = append(wantBinding, s.tls.TLSUnique...)
		default:
			return errors.New("binding type " + kind)
		}
	}
	nonce := attrs[1][2:] + "serverpart"
	serverFirst := fmt.Sprintf("r=%s,s=%s,i=%d", nonce, base64.StdEncoding.EncodeToString(salt), iterations)
	final, err := m.Next([]byte(serverFirst))
	if err != nil {
		return err
	}
	withoutProof, proof64, ok := strings.Cut(string(final), ",p=")
	if !ok {
		return errors.New("no proof")
	}
	attrs = strings.Split(withoutProof, ",")
	if len(attrs) != 2 || attrs[1] != "r="+nonce {
		return fmt.Errorf("client-final-message is %q", withoutProof)
	}
	binding, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(attrs[0], "c="))
	if err != nil {
		return err
	}
	if !bytes.Equal(binding, wantBinding) {
		return errors.New("channel binding is another connection's")
	}
	proof, err := base64.StdEncoding.DecodeString(proof64)
	if err != nil {
		return err
	}
	authMessage := bare + "," + serverFirst + "," + withoutProof
	signature := mac(storedKey, authMessage)
	if len(proof) != len(signature) {
		return errors.New("length of proof")
	}
	for i := range proof {
		proof[i] ^= signature[i]
	}
	h = newHash()
	h.Write(proof)
	if !hmac.Equal(h.Sum(nil), storedKey) {
		return errors.New("wrong password")
	}
	last, err := m.Next([]byte("v=" + base64.StdEncoding.EncodeToString(mac(serverKey, authMessage))))
	if err != nil {
		return err
	}
	if last == nil || len(last) > 0 {
		return errors.New("the last response is not empty")
	}
	return nil
}
