// SPDX-License-Identifier: MIT

package sasl

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ends are the states of the two ends of one TLS connection.
type ends struct{ client, server *tls.ConnectionState }

// pipeTLS makes a TLS connection in memory. If version is 0, it uses TLS 1.3.
func pipeTLS(t *testing.T, version uint16) ends {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.org"},
		DNSNames: []string{"mail.example.org"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	if version == 0 {
		version = tls.VersionTLS13
	}
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	deadline := time.Now().Add(30 * time.Second)
	require.NoError(t, a.SetDeadline(deadline))
	require.NoError(t, b.SetDeadline(deadline))
	server := tls.Server(b, &tls.Config{MinVersion: version, MaxVersion: version, SessionTicketsDisabled: true,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	client := tls.Client(a, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
	failed := make(chan error, 1)
	go func() { failed <- server.Handshake() }()
	require.NoError(t, client.Handshake())
	require.NoError(t, <-failed)
	cs, ss := client.ConnectionState(), server.ConnectionState()
	return ends{&cs, &ss}
}

func TestChannelBindingTypes(t *testing.T) {
	tls13, tls12 := pipeTLS(t, 0), pipeTLS(t, tls.VersionTLS12)
	exporter, err := tls13.server.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
	require.NoError(t, err)
	exporter12, err := tls12.server.ExportKeyingMaterial("EXPORTER-Channel-Binding", []byte{}, 32)
	require.NoError(t, err)
	leaf := func(e ends) []byte {
		sum := sha256.Sum256(e.client.PeerCertificates[0].Raw)
		return sum[:]
	}
	noUnique := *tls12.client
	noUnique.TLSUnique = nil // as in a resumed session without the extended master secret
	unfinished := *tls13.client
	unfinished.HandshakeComplete = false

	for _, c := range []struct {
		name, force string
		tls         *tls.ConnectionState
		kind        string
		data        []byte
	}{
		{"TLS 1.3", "", tls13.client, "tls-exporter", exporter},
		{"TLS 1.3, end point", "tls-server-end-point", tls13.client, "tls-server-end-point", leaf(tls13)},
		{"TLS 1.3 has no tls-unique", "tls-unique", tls13.client, "", nil},
		{"TLS 1.2", "", tls12.client, "tls-unique", tls12.server.TLSUnique},
		{"TLS 1.2, exporter", "tls-exporter", tls12.client, "tls-exporter", exporter12},
		{"TLS 1.2 without tls-unique", "", &noUnique, "tls-server-end-point", leaf(tls12)},
		{"unknown type", "tls-unheard-of", tls13.client, "", nil},
		{"in clear", "", nil, "", nil},
		{"handshake not complete", "", &unfinished, "", nil},
	} {
		ch := Channel{TLS: c.tls, Binding: c.force}
		kind, data, ok := channelBinding(&ch)
		assert.Equal(t, c.kind, kind, c.name)
		assert.Equal(t, c.data, data, c.name)
		assert.Equal(t, c.kind != "", ok, c.name)
		assert.Equal(t, ok, CanBind(ch), c.name)
	}
}

func TestEndPointHash(t *testing.T) {
	for _, c := range []struct {
		alg  x509.SignatureAlgorithm
		size int
	}{
		{x509.MD5WithRSA, 32}, {x509.SHA1WithRSA, 32}, {x509.ECDSAWithSHA1, 32}, {x509.SHA256WithRSA, 32},
		{x509.SHA256WithRSAPSS, 32}, {x509.ECDSAWithSHA256, 32}, {x509.SHA384WithRSA, 48}, {x509.SHA384WithRSAPSS, 48},
		{x509.ECDSAWithSHA384, 48}, {x509.SHA512WithRSA, 64}, {x509.SHA512WithRSAPSS, 64}, {x509.ECDSAWithSHA512, 64},
		{x509.PureEd25519, 0}, {x509.UnknownSignatureAlgorithm, 0},
	} {
		got := endPoint(&x509.Certificate{Raw: []byte("certificate"), SignatureAlgorithm: c.alg})
		assert.Len(t, got, c.size, c.alg)
	}
}

// The client's proof depends on the channel binding, so it is valid only on the same
// connection.
func TestScramPlusBinds(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, name := range []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS"} {
			here, elsewhere := pipeTLS(t, version), pipeTLS(t, version)
			c := Credentials{Login: "joe", Password: "secret"}
			ch := Channel{TLS: here.client, Offered: []string{name}}
			s := scramVerifier{name: name, login: "joe", password: "secret", tls: here.server}
			m := mustNew(t, name, c, ch)
			require.NoError(t, s.run(m))
			assert.True(t, m.Done())
			s.tls = elsewhere.server
			m = mustNew(t, name, c, ch)
			require.EqualError(t, s.run(m), "channel binding is another connection's")
			assert.False(t, m.Done())
		}
	}
}

// If an attacker has removed the -PLUS mechanism from the list of mechanisms, the client sends
// the flag "y". A server that has offered the mechanism then detects the attack.
func TestScramRemovedPlusIsDetected(t *testing.T) {
	e := pipeTLS(t, 0)
	s := scramVerifier{name: "SCRAM-SHA-256", login: "joe", password: "secret", offeredPlus: true}
	m := mustNew(t, "SCRAM-SHA-256", Credentials{Login: "joe", Password: "secret"}, Channel{TLS: e.client})
	require.EqualError(t, s.run(m), "downgrade: -PLUS was offered")
	assert.False(t, m.Done())
}

func TestScramFinalHasBinding(t *testing.T) {
	e := pipeTLS(t, 0)
	m := mustNew(t, "SCRAM-SHA-256-PLUS", Credentials{Login: "u", Password: "p"}, Channel{TLS: e.client}).(*scram)
	_, err := m.Start()
	require.NoError(t, err)
	final, err := m.Next([]byte("r=" + m.nonce + "x,s=AAAA,i=4096"))
	require.NoError(t, err)
	want := append([]byte("p=tls-exporter,,"), m.binding...)
	assert.True(t, bytes.HasPrefix(final, []byte("c="+base64.StdEncoding.EncodeToString(want)+",r=")))
}
