// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// resigned returns a self-signed certificate. Its signed part was edited by the function
// 'change', and then signed again.
func resigned(t *testing.T, change func(tbs []byte) []byte) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(0x41), Subject: pkix.Name{CommonName: "broken"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	tbs := change(append([]byte(nil), cert.RawTBSCertificate...))
	sum := sha256.Sum256(tbs)
	signature, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	require.NoError(t, err)
	der, err = asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}},
		asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// replaced returns a function that replaces the first occurrence of 'from' with 'to', which
// must have the same length.
func replaced(t *testing.T, from, to string) func([]byte) []byte {
	return func(tbs []byte) []byte {
		for i := 0; i+len(from) <= len(tbs); i++ {
			if string(tbs[i:i+len(from)]) == from {
				copy(tbs[i:], to)
				return tbs
			}
		}
		t.Fatalf("%q is not in the certificate", from)
		return nil
	}
}

// A negative serial number is an error, except in a connection without verification.
func TestNegativeSerialNumber(t *testing.T) {
	bad := resigned(t, replaced(t, "\x02\x01\x41", "\x02\x01\x81"))
	roots := x509.NewCertPool()
	cert, err := x509.ParseCertificate(bad.Certificate[0])
	require.NoError(t, err)
	roots.AddCert(cert)
	peer := newTLSPeer(t, tlsServer(bad))
	_, err = shake(t, trusting(func(cfg *Config) { cfg.TLS.RootCAs = roots }), peer.addr, "localhost")
	e := tlsError(t, err, KindTLS)
	require.ErrorContains(t, e.Err, `the serial number of the certificate of "broken" is negative`)
	require.Equal(t, HintBrokenCertificate, e.Hint)

	peer = newTLSPeer(t, tlsServer(bad))
	conn, err := shake(t, trusting(func(cfg *Config) { cfg.TLS.InsecureSkipVerify = true }), peer.addr, "localhost")
	require.NoError(t, err)
	finish(t, conn, "QUIT\r\n")
}

// If a certificate cannot be parsed, the error says what is wrong with it.
func TestMalformedCertificate(t *testing.T) {
	bad := resigned(t, replaced(t, "localhost", "local\xe4ost"))
	peer := newTLSPeer(t, tlsServer(bad))
	_, err := shake(t, trusting(func(cfg *Config) { cfg.TLS.InsecureSkipVerify = true }), peer.addr, "localhost")
	e := tlsError(t, err, KindTLS)
	require.ErrorContains(t, e.Err, "the server's certificate is malformed: SAN dNSName is malformed")
	require.Contains(t, string(e.Hint), "even without verification")
}

// If the server supports only the RSA key exchange or CBC with SHA-256, the handshake
// succeeds only if the minimum version is TLS 1.0 or 1.1. With a newer minimum, a hint in
// the error names the minimum that is needed.
func TestOldCipherSuites(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "old"}, NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	for _, suite := range []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA256,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256} {
		server := tlsServer(tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key})
		server.MaxVersion, server.CipherSuites = tls.VersionTLS12, []uint16{suite}
		name := tls.CipherSuiteName(suite)
		peer := newTLSPeer(t, server)
		_, err = shake(t, trusting(func(cfg *Config) { cfg.TLS.InsecureSkipVerify = true }), peer.addr, "localhost")
		e := tlsError(t, err, KindTLS)
		require.ErrorContains(t, e.Err, "no cipher suite in common", name)
		require.Equal(t, HintOlderSuites, e.Hint)

		peer = newTLSPeer(t, server)
		conn, err := shake(t, trusting(func(cfg *Config) { cfg.TLS.InsecureSkipVerify, cfg.TLS.MinVersion = true, tls.VersionTLS11 }), peer.addr, "localhost")
		require.NoError(t, err, name)
		finish(t, conn, "QUIT\r\n")
	}
}
