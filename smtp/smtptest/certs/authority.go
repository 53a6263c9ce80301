// SPDX-License-Identifier: MIT

// Package certs creates temporary certificate authorities in memory, which issue valid and
// invalid certificates for tests and test servers. It is not for production.
package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"time"
)

// Authority is a certificate authority. Its certificate is valid for a year, from the day
// before it was created.
type Authority struct {
	Certificate *x509.Certificate
	key         crypto.Signer
}

// New returns an authority named "csmtp Test CA".
func New() *Authority { return NewNamed("csmtp Test CA") }

// NewNamed returns an authority with the given common name.
func NewNamed(name string) *Authority {
	key := newKey()
	t := authorityTemplate(name)
	return &Authority{Certificate: sign(t, t, key.Public(), key), key: key}
}

// PEM returns the authority's certificate in PEM, which is the content of a CA file.
func (a *Authority) PEM() []byte { return certPEM(a.Certificate.Raw) }

// Pool returns a pool that contains only this authority.
func (a *Authority) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.Certificate)
	return p
}

// Intermediate returns an authority with the given common name. The authority 'a' issues its
// certificate.
func (a *Authority) Intermediate(name string) *Authority {
	key := newKey()
	return &Authority{Certificate: sign(authorityTemplate(name), a.Certificate, key.Public(), a.key), key: key}
}

// CertificatePEM returns a certificate and its chain in PEM. The leaf comes first, as servers
// require.
func CertificatePEM(c tls.Certificate) []byte {
	var out []byte
	for _, der := range c.Certificate {
		out = append(out, certPEM(der)...)
	}
	return out
}

// KeyPEM returns the unencrypted PKCS #8 private key of a certificate.
func KeyPEM(c tls.Certificate) []byte { return keyPEM(c.PrivateKey) }

// KeyPEM returns the authority's unencrypted PKCS #8 private key.
func (a *Authority) KeyPEM() []byte { return keyPEM(a.key) }

func keyPEM(key crypto.PrivateKey) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func authorityTemplate(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: name, Organization: []string{"csmtp tests"}},
		NotBefore:             time.Now().Add(-24 * time.Hour),
		NotAfter:              time.Now().Add(365 * 24 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
}

func sign(t, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, pub, key)
	must(err)
	c, err := x509.ParseCertificate(der)
	must(err)
	return c
}

// newKey returns a P-256 key, because generating RSA keys would slow the tests down.
func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	return key
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	must(err)
	return n.Add(n, big.NewInt(1))
}

func certPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// must panics if err is not nil. All inputs are fixed: an error is a bug in this package.
func must(err error) {
	if err != nil {
		panic("certs: " + err.Error())
	}
}
