// SPDX-License-Identifier: MIT

package mailer

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"csmtp/smtp"
)

// The fields that GetPeerCertificate can return. The values are those of the constants
// CSMTP_CERTIFICATE_... in C.
const (
	certificatePEM = iota
	certificateSubject
	certificateIssuer
	certificateNames
	certificateNotBefore
	certificateNotAfter
	certificateKey
	certificatePin
)

// GetPeerCertificate returns a field of a certificate that the server presented in
// the open session. Index 0 is the server's own certificate.
func (m *Mailer) GetPeerCertificate(index uint32, field int) string {
	state := m.tlsState()
	if state == nil || int64(index) >= int64(len(state.PeerCertificates)) {
		return ""
	}
	text := certificateField(state.PeerCertificates[index], field)
	switch field {
	case certificateSubject, certificateIssuer, certificateNames:
		return m.secrets.Hide(text) // the certificate may contain a secret
	}
	return text
}

func certificateField(c *x509.Certificate, field int) string {
	switch field {
	case certificatePEM:
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	case certificateSubject:
		return smtp.Visible(c.Subject.String())
	case certificateIssuer:
		return smtp.Visible(c.Issuer.String())
	case certificateNames:
		names := append([]string(nil), c.DNSNames...)
		for _, ip := range c.IPAddresses {
			names = append(names, ip.String())
		}
		for i, name := range names {
			names[i] = strings.ReplaceAll(smtp.Visible(name), " ", "?")
		}
		return strings.Join(names, " ")
	case certificateNotBefore:
		return c.NotBefore.UTC().Format(time.RFC3339)
	case certificateNotAfter:
		return c.NotAfter.UTC().Format(time.RFC3339)
	case certificateKey:
		return keyKind(c)
	case certificatePin:
		return smtp.Pin(c)
	}
	return ""
}

// keyKind returns the algorithm and size of the public key, such as "RSA 2048",
// "ECDSA P-256" or "Ed25519".
func keyKind(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return c.PublicKeyAlgorithm.String()
}
