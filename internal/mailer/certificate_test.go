// SPDX-License-Identifier: MIT

package mailer

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In a session without verification, the certificates of the server are available even if they are
// not trusted.
func TestPeerCertificate(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Certificate: "expired"})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
	connect := func(m *Mailer) error {
		return m.ConnectRemoteServer("localhost", uint16(server.TLSPort()), useSSL, false, "", "")
	}
	mustFail(t, h, sslProblem, connect)
	Call(h, func(m *Mailer) error {
		assert.Empty(t, m.GetPeerCertificate(0, certificatePEM))
		assert.Empty(t, m.GetExtensions())
		return nil
	})
	mustCall(t, h, func(m *Mailer) error { return m.SetVerifyPeer(false) })
	mustCall(t, h, connect)
	Call(h, func(m *Mailer) error {
		block, rest := pem.Decode([]byte(m.GetPeerCertificate(0, certificatePEM)))
		require.NotNil(t, block)
		assert.Empty(t, rest)
		leaf, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		assert.Contains(t, strings.Fields(m.GetPeerCertificate(0, certificateNames)), "localhost")
		assert.Contains(t, strings.Fields(m.GetPeerCertificate(0, certificateNames)), "127.0.0.1")
		assert.Equal(t, leaf.Subject.String(), m.GetPeerCertificate(0, certificateSubject))
		assert.Equal(t, leaf.Issuer.String(), m.GetPeerCertificate(0, certificateIssuer))
		from, err := time.Parse(time.RFC3339, m.GetPeerCertificate(0, certificateNotBefore))
		require.NoError(t, err)
		until, err := time.Parse(time.RFC3339, m.GetPeerCertificate(0, certificateNotAfter))
		require.NoError(t, err)
		assert.True(t, from.Before(until) && until.Before(time.Now()), "%v to %v", from, until)
		assert.Regexp(t, `^(ECDSA P-|RSA |Ed25519)`, m.GetPeerCertificate(0, certificateKey))
		assert.Empty(t, m.GetPeerCertificate(1000, certificateSubject))
		assert.Empty(t, m.GetPeerCertificate(1<<32-1, certificateSubject))
		assert.Empty(t, m.GetPeerCertificate(0, 8))
		assert.Empty(t, m.GetPeerCertificate(0, -1))
		require.NoError(t, m.SetPinnedPublicKey(m.GetPeerCertificate(0, certificatePin)))
		return nil
	})
	mustCall(t, h, connect)
}

func TestCertificateFields(t *testing.T) {
	short, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	public, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for key, want := range map[any]string{&short.PublicKey: "ECDSA P-256", &long.PublicKey: "RSA 2048"} {
		assert.Equal(t, want, certificateField(&x509.Certificate{PublicKey: key}, certificateKey))
	}
	assert.Equal(t, "Ed25519", certificateField(&x509.Certificate{PublicKey: public}, certificateKey))
	assert.Equal(t, "DSA", certificateField(&x509.Certificate{PublicKeyAlgorithm: x509.DSA}, certificateKey))

	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a\x1b[31mb"},
		DNSNames: []string{"good.example", "two words", "a\x07b"}, IPAddresses: []net.IP{net.IPv6loopback}}
	assert.Equal(t, `CN=a\x1b[31mb`, certificateField(c, certificateSubject))
	assert.Equal(t, `good.example two?words a\x07b ::1`, certificateField(c, certificateNames), "each name is one word")
}
