// SPDX-License-Identifier: MIT

package interop

import (
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xdg-go/scram"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest/certs"
)

var scramHashes = []struct {
	name string
	hash scram.HashGeneratorFcn
}{
	{"SCRAM-SHA-1", scram.SHA1}, {"SCRAM-SHA-256", scram.SHA256}, {"SCRAM-SHA-512", scram.SHA512},
}

// scramServer returns the server side of another SCRAM implementation, with one user.
func scramServer(t *testing.T, hash scram.HashGeneratorFcn, login, password string) *scram.Server {
	t.Helper()
	client, err := hash.NewClient(login, password, "")
	require.NoError(t, err)
	stored, err := client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "salt of this user", Iters: 4096})
	require.NoError(t, err)
	first, err := client.NewConversation().Step("")
	require.NoError(t, err)
	prepared, _, _ := strings.Cut(strings.TrimPrefix(first, "n,,n="), ",")
	prepared = strings.NewReplacer("=2C", ",", "=3D", "=").Replace(prepared)
	server, err := hash.NewServer(func(name string) (scram.StoredCredentials, error) {
		if name != prepared {
			return scram.StoredCredentials{}, errors.New("no such user")
		}
		return stored, nil
	})
	require.NoError(t, err)
	return server
}

// converse lets m, csmtp's client, log in to 'server', a conversation of the other
// implementation, until one of them ends the login. It returns the client's error.
func converse(m sasl.Mechanism, server *scram.ServerConversation) error {
	say, err := m.Start()
	for err == nil {
		var answer string
		answer, _ = server.Step(string(say)) // if there is an error, the answer contains it too
		if answer == "" {
			return nil
		}
		if say, err = m.Next([]byte(answer)); err == nil && server.Done() {
			return nil
		}
	}
	return err
}

// TestScramRandom logs in with random logins and passwords. The other implementation prepares
// them with SASLprep, and csmtp prepares them as RFC 8265 says. For the characters that the test
// uses, both have the same result.
func TestScramRandom(t *testing.T) {
	alphabets := []string{
		"abc XYZ,=09=2C=3D,,", "!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~", "äöüßéèñøÅçÆ", "e\u0301a\u0308o\u0302", "αβγδΩ",
		"жшЫэЯ", "日本語漢字", "\u00a0\u3000x", "한국어",
	}
	random := rand.New(rand.NewPCG(5, 6))
	word := func() string {
		alphabet := []rune(alphabets[random.IntN(len(alphabets))])
		w := []rune{'a' + random.Int32N(26)} // the first character cannot be a combining mark
		for range 1 + random.IntN(20) {
			w = append(w, alphabet[random.IntN(len(alphabet))])
		}
		return string(append(w, 'z'))
	}
	for _, h := range scramHashes {
		t.Run(h.name, func(t *testing.T) {
			for range 100 {
				login, password := word(), word()
				server := scramServer(t, h.hash, login, password)
				m, err := sasl.New(h.name, sasl.Credentials{Login: login, Password: password}, sasl.Channel{})
				require.NoError(t, err)
				conversation := server.NewConversation()
				require.NoError(t, converse(m, conversation), "%q %q", login, password)
				assert.True(t, conversation.Valid(), "%q %q", login, password)
				assert.True(t, m.Done())

				for _, wrong := range []sasl.Credentials{{Login: login, Password: password + "x"}, {Login: login + "x", Password: password}} {
					m, err = sasl.New(h.name, wrong, sasl.Channel{})
					require.NoError(t, err)
					conversation = server.NewConversation()
					require.Error(t, converse(m, conversation))
					assert.False(t, conversation.Valid())
					assert.False(t, m.Done())
				}
			}
		})
	}
}

func TestScramAuthzID(t *testing.T) {
	server := scramServer(t, scram.SHA256, "alice", "secret")
	m, err := sasl.New("SCRAM-SHA-256", sasl.Credentials{Login: "alice", Password: "secret", AuthzID: "office,=é"}, sasl.Channel{})
	require.NoError(t, err)
	conversation := server.NewConversation()
	require.NoError(t, converse(m, conversation))
	assert.True(t, conversation.Valid())
	assert.Equal(t, "office,=é", conversation.AuthzID())
}

// TestScramPlus logs in with each channel binding, over TLS connections.
func TestScramPlus(t *testing.T) {
	for _, c := range []struct {
		version uint16
		binding string // Channel.Binding; "" means the default for the TLS version
		theirs  func(server, client *tls.ConnectionState) (scram.ChannelBinding, error)
	}{
		{tls.VersionTLS13, "", func(server, _ *tls.ConnectionState) (scram.ChannelBinding, error) {
			return scram.NewTLSExporterBinding(server)
		}},
		{tls.VersionTLS12, "", func(server, _ *tls.ConnectionState) (scram.ChannelBinding, error) {
			return scram.NewTLSUniqueBinding(server.TLSUnique), nil
		}},
		{tls.VersionTLS13, "tls-server-end-point", func(_, client *tls.ConnectionState) (scram.ChannelBinding, error) {
			return scram.NewTLSServerEndpointBinding(client) // the client's state contains the server's certificate
		}},
	} {
		for _, h := range scramHashes {
			name := h.name + "-PLUS"
			t.Run(name+" "+tls.VersionName(c.version)+" "+c.binding, func(t *testing.T) {
				theirs, ours := tlsPair(t, c.version)
				binding, err := c.theirs(&theirs, &ours)
				require.NoError(t, err)
				server := scramServer(t, h.hash, "alice", "secret")
				credentials := sasl.Credentials{Login: "alice", Password: "secret"}

				bound := sasl.Channel{TLS: &ours, Offered: []string{name}, Binding: c.binding}
				m, err := sasl.New(name, credentials, bound)
				require.NoError(t, err)
				conversation := server.NewConversationWithChannelBindingRequired(binding)
				require.NoError(t, converse(m, conversation))
				assert.True(t, conversation.Valid())
				assert.True(t, m.Done())

				// There is a man in the middle: client and server have different TLS
				// connections.
				between, _ := tlsPair(t, c.version)
				if c.binding != "tls-server-end-point" {
					other, err := c.theirs(&between, &ours)
					require.NoError(t, err)
					m, err = sasl.New(name, credentials, bound)
					require.NoError(t, err)
					conversation = server.NewConversationWithChannelBinding(other)
					require.Error(t, converse(m, conversation))
					assert.False(t, conversation.Valid())
				}

				// An attacker removed the -PLUS mechanism from the server's offer.
				m, err = sasl.New(h.name, credentials, sasl.Channel{TLS: &ours, Binding: c.binding})
				require.NoError(t, err)
				conversation = server.NewConversationWithChannelBinding(binding)
				require.Error(t, converse(m, conversation))
				assert.False(t, conversation.Valid())
			})
		}
	}
}

// tlsPair returns the states of both ends of one TLS connection.
func tlsPair(t *testing.T, version uint16) (server, client tls.ConnectionState) {
	t.Helper()
	ca := certs.New()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	srv := tls.Server(a, &tls.Config{
		Certificates: []tls.Certificate{ca.Issue(certs.Good)}, MaxVersion: version,
		SessionTicketsDisabled: true, // nobody would read a ticket, and net.Pipe has no buffer for it
	})
	done := make(chan error, 1)
	go func() { done <- srv.Handshake() }()
	cl := tls.Client(b, &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost"})
	require.NoError(t, cl.Handshake())
	require.NoError(t, <-done)
	return srv.ConnectionState(), cl.ConnectionState()
}
