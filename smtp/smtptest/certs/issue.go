// SPDX-License-Identifier: MIT

package certs

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"time"
)

// Kind is a kind of certificate.
type Kind int

const (
	Good                Kind = iota // localhost, 127.0.0.1 and ::1
	WrongHost                       // other.example and www.other.example
	Expired                         // expired a day ago
	NotYetValid                     // valid from tomorrow
	SelfSigned                      // issued by itself
	OtherCA                         // issued by another, untrusted authority, "csmtp Other CA"
	CNOnly                          // localhost only in the common name; no subjectAltName
	WrongUsage                      // extended key usage: client authentication only
	Wildcard                        // *.csmtp.example
	WithIntermediate                // issued by "csmtp Test Intermediate", whose certificate is sent too
	MissingIntermediate             // issued by "csmtp Test Intermediate", whose certificate is not sent
	ReversedChain                   // leaf, root, intermediate: complete, but in the wrong order
	IPOnly                          // 127.0.0.1 and ::1, no DNS name
	LeafAsCA                        // issued by a certificate that is not an authority
	WeakKey                         // RSA of 1024 bits
	WeakSignature                   // ECDSA with SHA-1
	Client                          // for a client: user@csmtp.example
	kinds
)

var kindNames = [...]string{"good", "wrong-host", "expired", "not-yet-valid", "self-signed", "other-ca",
	"cn-only", "wrong-usage", "wildcard", "with-intermediate", "missing-intermediate", "reversed-chain",
	"ip-only", "leaf-as-ca", "weak-key", "weak-signature", "client"}

func (k Kind) String() string {
	if k < 0 || k >= kinds {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// ParseKind returns the Kind for a name that String returns, such as "expired".
func ParseKind(name string) (Kind, error) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("certs: unknown certificate kind %q; known kinds are %q", name, kindNames)
}

// Options are the options of one certificate. If a field is zero, the certificate is like one of
// the kind Good in this respect.
type Options struct {
	CommonName    string
	DNSNames      []string // if DNSNames and IPs are nil: localhost, 127.0.0.1 and ::1
	IPs           []net.IP
	Emails        []string
	NoNames       bool // no subjectAltName at all
	NotBefore     time.Time
	NotAfter      time.Time
	Usage         []x509.ExtKeyUsage      // nil means server authentication
	Key           crypto.Signer           // nil means a new P-256 key
	Signature     x509.SignatureAlgorithm // zero means the default for the issuer's key
	SelfSigned    bool
	ChainIncluded []*Authority // sent after the leaf, in this order
}

// Issue returns a certificate of the given kind with a new key.
func (a *Authority) Issue(k Kind) tls.Certificate {
	day := 24 * time.Hour
	now := time.Now()
	switch k {
	case Good:
		return a.IssueWith(Options{})
	case WrongHost:
		return a.IssueWith(Options{CommonName: "other.example", DNSNames: []string{"other.example", "www.other.example"}})
	case Expired:
		return a.IssueWith(Options{NotBefore: now.Add(-30 * day), NotAfter: now.Add(-day)})
	case NotYetValid:
		return a.IssueWith(Options{NotBefore: now.Add(day), NotAfter: now.Add(30 * day)})
	case SelfSigned:
		return a.IssueWith(Options{SelfSigned: true})
	case OtherCA:
		return NewNamed("csmtp Other CA").IssueWith(Options{})
	case CNOnly:
		return a.IssueWith(Options{CommonName: "localhost", NoNames: true})
	case WrongUsage:
		return a.IssueWith(Options{Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	case Wildcard:
		return a.IssueWith(Options{CommonName: "*.csmtp.example", DNSNames: []string{"*.csmtp.example"}})
	case WithIntermediate, MissingIntermediate, ReversedChain:
		mid := a.Intermediate("csmtp Test Intermediate")
		o := Options{}
		switch k {
		case WithIntermediate:
			o.ChainIncluded = []*Authority{mid}
		case ReversedChain:
			o.ChainIncluded = []*Authority{a, mid}
		}
		return mid.IssueWith(o)
	case IPOnly:
		return a.IssueWith(Options{CommonName: "by address", IPs: loopback()})
	case LeafAsCA:
		return a.issueBelowLeaf()
	case WeakKey:
		key, err := rsa.GenerateKey(rand.Reader, 1024)
		must(err)
		return a.IssueWith(Options{Key: key})
	case WeakSignature:
		return a.IssueWith(Options{Signature: x509.ECDSAWithSHA1})
	case Client:
		return a.IssueWith(Options{CommonName: "user@csmtp.example", Emails: []string{"user@csmtp.example"},
			DNSNames: []string{}, Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	}
	panic("certs: unknown certificate kind " + k.String())
}

// IssueWith returns a certificate with the given options.
func (a *Authority) IssueWith(o Options) tls.Certificate {
	key := o.Key
	if key == nil {
		key = newKey()
	}
	t := o.template()
	parent, signer := a.Certificate, a.key
	if o.SelfSigned {
		parent, signer = t, key
	}
	leaf := sign(t, parent, key.Public(), signer)
	c := tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
	for _, up := range o.ChainIncluded {
		c.Certificate = append(c.Certificate, up.Certificate.Raw)
	}
	return c
}

func (o *Options) template() *x509.Certificate {
	t := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "localhost"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(90 * 24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		SignatureAlgorithm:    o.Signature,
		DNSNames:              o.DNSNames,
		IPAddresses:           o.IPs,
		EmailAddresses:        o.Emails,
	}
	if o.CommonName != "" {
		t.Subject.CommonName = o.CommonName
	}
	if o.DNSNames == nil && o.IPs == nil && !o.NoNames {
		t.DNSNames, t.IPAddresses = []string{"localhost"}, loopback()
	}
	if !o.NotBefore.IsZero() {
		t.NotBefore = o.NotBefore
	}
	if !o.NotAfter.IsZero() {
		t.NotAfter = o.NotAfter
	}
	if o.Usage != nil {
		t.ExtKeyUsage = o.Usage
	}
	return t
}

// issueBelowLeaf returns a certificate issued by a certificate that is not an authority.
func (a *Authority) issueBelowLeaf() tls.Certificate {
	no := a.IssueWith(Options{CommonName: "no authority", DNSNames: []string{"no-authority.example"}})
	below := &Authority{Certificate: no.Leaf, key: no.PrivateKey.(crypto.Signer)}
	return below.IssueWith(Options{ChainIncluded: []*Authority{below}})
}

func loopback() []net.IP { return []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback} }
