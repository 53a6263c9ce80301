// SPDX-License-Identifier: MIT

package message

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"csmtp/smtp/internal/address"
	"encoding/pem"
	"errors"
	"strings"
)

// DKIMKey signs for one domain (RFC 6376, 8463).
type DKIMKey struct {
	Domain   string // d=
	Selector string // s=
	Identity string // i=; "": none

	algorithm string
	pem       string        // the private key
	signer    crypto.Signer `fork:"restored"`
}

// ParseDKIMKey parses a private key in PEM: "PRIVATE KEY" (PKCS #8; RSA or Ed25519) or
// "RSA PRIVATE KEY" (PKCS #1). RSA keys must have at least 1024 bits (RFC 8301, section
// 3.2). Errors never show the key.
func ParseDKIMKey(domain, selector, key string) (*DKIMKey, error) {
	const field = FieldDKIM
	d, err := address.ToASCII(domain)
	if err != nil {
		return nil, invalid(field, domain, "the signing domain is not a domain name", err)
	}
	s, err := address.ToASCII(selector)
	if err != nil {
		return nil, invalid(field, selector, "the selector is not made of domain name labels", err)
	}
	signer, err := parsePrivateKey(key)
	if err != nil {
		return nil, invalid(field, "", err.Error(), err)
	}
	k := &DKIMKey{Domain: d, Selector: s, pem: key, signer: signer}
	switch p := signer.(type) {
	case *rsa.PrivateKey:
		if p.N.BitLen() < 1024 {
			return nil, invalid(field, "", "the RSA key has fewer than 1024 bits; make one of 2048", nil)
		}
		k.algorithm = "rsa-sha256"
	case ed25519.PrivateKey:
		k.algorithm = "ed25519-sha256"
	default:
		return nil, invalid(field, "", "DKIM signatures need an RSA or Ed25519 key", nil)
	}
	return k, nil
}

// parsePrivateKey parses the first private key of a PEM text.
func parsePrivateKey(text string) (crypto.Signer, error) {
	for rest := []byte(text); ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			return nil, errors.New(noPrivateKey(text))
		}
		var key any
		var err error
		switch {
		case block.Type == "RSA PRIVATE KEY" && block.Headers["DEK-Info"] == "":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case block.Type == "EC PRIVATE KEY" && block.Headers["DEK-Info"] == "":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		case block.Type == "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case block.Type == "OPENSSH PRIVATE KEY":
			return nil, errors.New("the private key is in OpenSSH's format; make a PEM key with \"openssl genpkey\"")
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil, errors.New("the private key is encrypted; use a key without a pass phrase")
		default:
			continue
		}
		signer, ok := key.(crypto.Signer)
		if err != nil || !ok {
			return nil, errors.New("the PEM private key cannot be read")
		}
		return signer, nil
	}
}
