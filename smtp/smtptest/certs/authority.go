// SPDX-License-Identifier: MIT

// Package certs makes a throw-away certificate authority and a family of good
// and bad certificates, in memory, for tests, the demo and the scripted
// server. Nothing here is for production: keys live as long as the process.
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

// Authority is a certificate authority valid from a day ago for a year.
type Authority struct {
	Certificate *x509.Certificate
	key         crypto.Signer
}

// New makes an authority named "csmtp Test CA".
func New() *Authority { return NewNamed("csmtp Test CA") }

// NewNamed makes an authority with its own common name.
func NewNamed(name string) *Authority {
	key := newKey()
	t := authorityTemplate(name)
	return &Authority{Certificate: sign(t, t, key.Public(), key), key: key}
}

// PEM is the authority's certificate, as a CA file holds it.
func (a *Authority) PEM() []byte { return certPEM(a.Certificate.Raw) }

// Pool trusts this authority alone.
func (a *Authority) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.Certificate)
	return p
}

// Intermediate makes an authority below a.
func (a *Authority) Intermediate(name string) *Authority {
	key := newKey()
	return &Authority{Certificate: sign(authorityTemplate(name), a.Certificate, key.Public(), a.key), key: key}
}

// CertificatePEM is a certificate with its chain, leaf first, as servers read it.
func CertificatePEM(c tls.Certificate) []byte {
	var out []byte
	for _, der := range c.Certificate {
		out = append(out, certPEM(der)...)
	}
	return out
}

// KeyPEM is the unencrypted PKCS #8 private key of a certificate made here.
func KeyPEM(c tls.Certificate) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
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

// newKey: P-256, for RSA keys would take the tests' time.
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

// must: every input is fixed here, so a failure is a fault of this package.
func must(err error) {
	if err != nil {
		panic("certs: " + err.Error())
	}
}
