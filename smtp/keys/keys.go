// SPDX-License-Identifier: MIT

// Package keys reads certificates and private keys in PEM, DER, PKCS #7, encrypted or
// unencrypted PKCS #8, and PKCS #12. Text can be in UTF-8 or UTF-16, with or without a byte
// order mark. If a file has another format, the error names a command that converts it, if
// there is one.
package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
)

// Error says why a certificate or a private key cannot be used. Its text contains no part
// of the key or of the pass phrase.
type Error struct {
	Reason     string
	Command    string // a command that converts the file named FILE; "" if there is none
	Passphrase bool   // whether the pass phrase is missing or wrong
}

func (e *Error) Error() string {
	if e.Command == "" {
		return e.Reason
	}
	return e.Reason + "; to convert it, run: " + e.Command
}

// Pair is a private key and its certificate.
type Pair struct {
	Chain []*x509.Certificate // the certificate of the key, its issuers, and then all other certificates
	Key   crypto.Signer
}

// ParsePair returns a private key and its certificate. The certificates in the parameter
// certificate can be in any order. If the parameter key is empty, the parameter certificate
// must also contain the key.
func ParsePair(certificate, key []byte, passphrase string) (*Pair, error) {
	found, err := scan(certificate, "certificate", passphrase)
	if err != nil {
		return nil, err
	}
	from := found
	if len(key) > 0 && !bytes.Equal(key, certificate) {
		if from, err = scan(key, "private key", passphrase); err != nil {
			return nil, err
		}
	}
	certs, err := found.certificates()
	if err != nil {
		return nil, err
	}
	if len(certs) == 0 {
		return nil, found.lacks("certificate")
	}
	signer, err := from.privateKey(passphrase)
	if err != nil {
		return nil, err
	}
	chain := chainOf(certs, signer)
	if chain == nil {
		return nil, &Error{Reason: "the private key does not belong to any of the certificates"}
	}
	return &Pair{Chain: chain, Key: signer}, nil
}

// ParsePrivateKey returns the first private key in the data 'key'.
func ParsePrivateKey(key []byte, passphrase string) (crypto.Signer, error) {
	found, err := scan(key, "private key", passphrase)
	if err != nil {
		return nil, err
	}
	return found.privateKey(passphrase)
}

// ParseRoots returns the certificates in data, for use as roots. It omits certificates that
// cannot be read, and each TRUSTED CERTIFICATE block that OpenSSL would not trust for servers.
// It returns an error if no certificate remains.
func ParseRoots(data []byte, passphrase string) ([]*x509.Certificate, error) {
	found, err := scan(data, "certificate", passphrase)
	if err != nil {
		return nil, err
	}
	return found.roots()
}

// PEM returns the certificates and the key, each as PEM text.
func (p *Pair) PEM() (certificates, key string) {
	var text []byte
	for _, c := range p.Chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return string(text), KeyPEM(p.Key)
}

// KeyPEM returns a private key as unencrypted PKCS #8 in PEM, or "" if PKCS #8 does not support
// the type of the key.
func KeyPEM(key crypto.Signer) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// chainOf returns the certificates in the order of RFC 8446, section 4.4.2: the
// certificate of the key, its issuers, and then all others. It returns nil if no
// certificate belongs to the key.
func chainOf(certs []*x509.Certificate, key crypto.Signer) []*x509.Certificate {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil
	}
	var chain []*x509.Certificate
	left := append([]*x509.Certificate(nil), certs...)
	take := func(wanted func(*x509.Certificate) bool) bool {
		for i, c := range left {
			if wanted(c) {
				chain, left = append(chain, c), append(left[:i:i], left[i+1:]...)
				return true
			}
		}
		return false
	}
	if !take(func(c *x509.Certificate) bool { return public.Equal(c.PublicKey) }) {
		return nil
	}
	for {
		last := chain[len(chain)-1]
		if !take(func(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, last.RawIssuer) }) {
			return append(chain, left...)
		}
	}
}

// supported returns the key if its type can be used for TLS and signatures, and otherwise an
// error.
func supported(key any) (crypto.Signer, error) {
	switch key.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey:
		return key.(crypto.Signer), nil
	}
	return nil, &Error{Reason: "the type of the private key is not supported: use RSA, ECDSA or Ed25519"}
}
