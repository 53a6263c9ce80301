// SPDX-License-Identifier: MIT

package interop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xdg-go/scram"

	"csmtp/smtp/sasl"
)

var scramHashes = map[string]scram.HashGeneratorFcn{
	"SCRAM-SHA-1": sha1.New, "SCRAM-SHA-256": sha256.New, "SCRAM-SHA-512": sha512.New,
}

// scramServer is xdg-go/scram with one account.
func scramServer(t *testing.T, mechanism, login, password string) *scram.Server {
	t.Helper()
	newHash := scramHashes[mechanism]
	// The verifier is made with xdg-go's own SASLprep of login and password.
	client, err := newHash.NewClient(login, password, "")
	require.NoError(t, err)
	stored, err := client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "sixteen octets!!", Iters: 4096})
	require.NoError(t, err)
	server, err := newHash.NewServer(func(string) (scram.StoredCredentials, error) { return stored, nil })
	require.NoError(t, err)
	return server
}

// converse lets the two speak until one is content or fails.
func converse(m sasl.Mechanism, server *scram.ServerConversation) error {
	said, err := m.Start()
	for err == nil {
		var answer string
		if answer, err = server.Step(string(said)); err != nil {
			return err
		}
		if said, err = m.Next([]byte(answer)); err != nil {
			return err
		}
		if server.Done() {
			if !server.Valid() || !m.Done() || len(said) > 0 {
				return errors.New("the two do not agree that all is well")
			}
			return nil
		}
	}
	return err
}

// TestSCRAMAgainstXDG logs in by our client at a server side that others wrote.
func TestSCRAMAgainstXDG(t *testing.T) {
	for mechanism := range scramHashes {
		for _, c := range []sasl.Credentials{
			{Login: "user", Password: "pencil"},
			{Login: "a=b,c=2C", Password: ",=n,r=\"\\^~", AuthzID: "other,=identity"},
			{Login: "zoë@example.org", Password: "pässwörd €"},
			{Login: "zoe\u0308", Password: "decomposed u\u0308, space\u00a0of another kind"},
			{Login: "名前", Password: "密码"},
			{Login: "u", Password: strings.Repeat("long", 500)},
		} {
			server := scramServer(t, mechanism, c.Login, c.Password).NewConversation()
			m, err := sasl.New(mechanism, c, sasl.Channel{})
			require.NoError(t, err)
			require.NoError(t, converse(m, server), "%s %v", mechanism, c)
			assert.Equal(t, c.AuthzID, server.AuthzID())

			server = scramServer(t, mechanism, c.Login, c.Password).NewConversation()
			c.Password += "x"
			m, err = sasl.New(mechanism, c, sasl.Channel{})
			require.NoError(t, err)
			require.Error(t, converse(m, server))
			assert.False(t, m.Done())
		}
	}
}

// TestSCRAMPlusAgainstXDG binds to TLS connections of both kinds.
func TestSCRAMPlusAgainstXDG(t *testing.T) {
	c := sasl.Credentials{Login: "user", Password: "pencil"}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := tlsPair(t, version)
		otherClient, _ := tlsPair(t, version)
		ofServer := map[string]func() (scram.ChannelBinding, error){
			"tls-exporter": func() (scram.ChannelBinding, error) { return scram.NewTLSExporterBinding(server) },
			"tls-unique":   func() (scram.ChannelBinding, error) { return scram.NewTLSUniqueBinding(server.TLSUnique), nil },
			// The server has no view of its own certificate in this form; the
			// hash is made of the client's.
			"tls-server-end-point": func() (scram.ChannelBinding, error) { return scram.NewTLSServerEndpointBinding(client) },
		}
		for kind, binding := range ofServer {
			// tls-unique ends with TLS 1.2. There tls-exporter is not tested:
			// the two disagree whether RFC 9266's "zero-length context" is one
			// of no octets, as RFC 5705 tells them apart, or none at all.
			if kind == "tls-unique" && version == tls.VersionTLS13 || kind == "tls-exporter" && version == tls.VersionTLS12 {
				continue
			}
			cb, err := binding()
			require.NoError(t, err)
			for mechanism := range scramHashes {
				account := scramServer(t, mechanism, "user", "pencil")
				ch := sasl.Channel{TLS: client, PlusOffered: true, Binding: kind}
				m, err := sasl.New(mechanism+"-PLUS", c, ch)
				require.NoError(t, err)
				require.NoError(t, converse(m, account.NewConversationWithChannelBindingRequired(cb)), "%s %s %x", mechanism, kind, version)

				ch.TLS = otherClient
				m, err = sasl.New(mechanism+"-PLUS", c, ch)
				require.NoError(t, err)
				require.Error(t, converse(m, account.NewConversationWithChannelBindingRequired(cb)), "another connection")
				assert.False(t, m.Done())

				// -PLUS was taken from the list: the server must not be content.
				m, err = sasl.New(mechanism, c, sasl.Channel{TLS: client})
				require.NoError(t, err)
				require.Error(t, converse(m, account.NewConversationWithChannelBinding(cb)), "stripped")
				assert.False(t, m.Done())

				// -PLUS was offered and not chosen.
				m, err = sasl.New(mechanism, c, sasl.Channel{TLS: client, PlusOffered: true})
				require.NoError(t, err)
				require.NoError(t, converse(m, account.NewConversationWithChannelBinding(cb)))
			}
		}
	}
}

// tlsPair gives both views of a TLS connection in memory.
func tlsPair(t *testing.T, version uint16) (client, server *tls.ConnectionState) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.org"},
		NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	require.NoError(t, a.SetDeadline(time.Now().Add(time.Minute)))
	require.NoError(t, b.SetDeadline(time.Now().Add(time.Minute)))
	c := tls.Client(a, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
	s := tls.Server(b, &tls.Config{MinVersion: version, MaxVersion: version, SessionTicketsDisabled: true,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	failed := make(chan error, 1)
	go func() { failed <- s.Handshake() }()
	require.NoError(t, c.Handshake())
	require.NoError(t, <-failed)
	cs, ss := c.ConnectionState(), s.ConnectionState()
	return &cs, &ss
}
