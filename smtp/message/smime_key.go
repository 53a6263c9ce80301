// SPDX-License-Identifier: MIT

package message

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
)

// SMIMEKey signs messages (RFC 8551): a certificate with its chain, and the
// private key.
type SMIMEKey struct {
	pem, keyPEM string
	chain       []*x509.Certificate `fork:"restored"` // the signer's first
	signer      crypto.Signer       `fork:"restored"`
}

// ParseSMIMEKey parses one or more PEM certificates, in any order, and the PEM private
// key (RSA or ECDSA) of one of them. The signature includes the other certificates.
// Errors never show the key.
func ParseSMIMEKey(certPEM, keyPEM string) (*SMIMEKey, error) {
	const field = FieldSMIME
	signer, err := parsePrivateKey(keyPEM)
	if err != nil {
		return nil, invalid(field, "", err.Error(), err)
	}
	var public interface{ Equal(crypto.PublicKey) bool }
	switch p := signer.Public().(type) {
	case *rsa.PublicKey:
		public = p
	case *ecdsa.PublicKey:
		public = p
	default:
		return nil, invalid(field, "", "S/MIME signatures need an RSA or ECDSA key", nil)
	}
	k := &SMIMEKey{pem: certPEM, keyPEM: keyPEM, signer: signer}
	found := false
	for rest := []byte(certPEM); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, invalid(field, "", "a PEM certificate cannot be read: "+err.Error(), err)
		}
		k.chain = append(k.chain, cert)
		if !found && public.Equal(cert.PublicKey) {
			found = true
			last := len(k.chain) - 1
			k.chain[0], k.chain[last] = k.chain[last], k.chain[0]
		}
	}
	switch {
	case len(k.chain) == 0:
		return nil, invalid(field, "", "no PEM certificate found; it starts with -----BEGIN CERTIFICATE-----", nil)
	case !found:
		return nil, invalid(field, "", "the private key does not belong to any of the certificates", nil)
	}
	return k, nil
}
