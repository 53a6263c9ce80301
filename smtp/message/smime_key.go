// SPDX-License-Identifier: MIT

package message

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"

	"csmtp/smtp/keys"
)

// SMIMEKey is a key with which messages are signed (RFC 8551). It contains the private key,
// its certificate and the certificate's chain.
type SMIMEKey struct {
	pem, keyPEM string
	chain       []*x509.Certificate `fork:"restored"` // the signer's certificate first
	signer      crypto.Signer       `fork:"restored"`
}

// ParseSMIMEKey parses certificates, in any order, and the private key (RSA or ECDSA) of one
// of them, in the formats that package keys reads, such as PEM. If the parameter key is "",
// the parameter certificate must also contain the key. The signatures include all the
// certificates. Errors never show the key.
func ParseSMIMEKey(certificate, key string) (*SMIMEKey, error) {
	pair, err := keys.ParsePair([]byte(certificate), []byte(key), "")
	if err != nil {
		return nil, invalid(FieldSMIME, "", err.Error(), err)
	}
	return NewSMIMEKey(pair)
}

// NewSMIMEKey returns an SMIMEKey with the key and the certificates of pair. The key must be
// an RSA or ECDSA key.
func NewSMIMEKey(pair *keys.Pair) (*SMIMEKey, error) {
	switch pair.Key.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
		certificates, key := pair.PEM()
		return &SMIMEKey{certificates, key, pair.Chain, pair.Key}, nil
	}
	return nil, invalid(FieldSMIME, "", "S/MIME signatures need an RSA or ECDSA key", nil)
}
