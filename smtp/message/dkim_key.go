// SPDX-License-Identifier: MIT

package message

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"

	"csmtp/smtp/internal/address"
	"csmtp/smtp/internal/text"
	"csmtp/smtp/keys"
)

// DKIMKey is a key with which mail is signed for one domain (RFC 6376, RFC 8463).
type DKIMKey struct {
	Domain   string // d=
	Selector string // s=
	Identity string // i=; "": none

	algorithm string
	pem       string        // the private key
	signer    crypto.Signer `fork:"restored"`
}

// ParseDKIMKey parses a private key that has no pass phrase, in one of the formats that
// package keys reads, such as PEM. Errors never show the key.
func ParseDKIMKey(domain, selector, key string) (*DKIMKey, error) {
	err := keys.CheckText(key)
	var signer crypto.Signer
	if err == nil {
		signer, err = keys.ParsePrivateKey([]byte(key), "")
	}
	if err != nil {
		return nil, invalid(FieldDKIM, "", err.Error(), err)
	}
	return NewDKIMKey(domain, selector, signer)
}

// NewDKIMKey returns a DKIMKey with the given RSA or Ed25519 key. RSA keys must have at
// least 1024 bits (RFC 8301, section 3.2).
func NewDKIMKey(domain, selector string, signer crypto.Signer) (*DKIMKey, error) {
	const field = FieldDKIM
	for _, name := range []string{domain, selector} {
		if what, place := text.FindControl(name); place > 0 {
			return nil, invalid(field, name, fmt.Sprintf("has a %s at octet %d; remove it", what, place), nil)
		}
	}
	d, err := address.ToASCII(domain)
	if err != nil {
		return nil, invalid(field, domain, "the signing domain is not a domain name", err)
	}
	s, err := address.ToASCII(selector)
	if err != nil {
		return nil, invalid(field, selector, "the selector must be a domain label, or several separated by dots", err)
	}
	k := &DKIMKey{Domain: d, Selector: s, pem: keys.KeyPEM(signer), signer: signer}
	switch p := signer.(type) {
	case *rsa.PrivateKey:
		if p.N.BitLen() < 1024 {
			return nil, invalid(field, "", "the RSA key has fewer than 1024 bits; create one with 2048 bits", nil)
		}
		k.algorithm = "rsa-sha256"
	case ed25519.PrivateKey:
		k.algorithm = "ed25519-sha256"
	default:
		return nil, invalid(field, "", "DKIM signatures need an RSA or Ed25519 key", nil)
	}
	return k, nil
}
