// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/tls"
	"testing"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

// A session is resumed only for the same host, settings and identity, although all
// connections share one cache.
func TestSessionResumption(t *testing.T) {
	cert := testCA.IssueWith(certs.Options{DNSNames: []string{"localhost", "two.example"}})
	login := func(name string) func(*Config) {
		return func(c *Config) { c.Auth = &Auth{Credentials: sasl.Credentials{Login: name}} }
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cfg := tlsServer(cert)
		cfg.MaxVersion = version
		peer := newTLSPeer(t, cfg)
		cache := tls.NewLRUClientSessionCache(50)
		resumed := func(host string, change ...func(*Config)) bool {
			t.Helper()
			c := trusting(append(change, func(c *Config) { c.TLS.SessionCache = cache })...)
			conn, err := shake(t, c, peer.addr, host)
			require.NoError(t, err)
			finish(t, conn, "QUIT\r\n")
			seen := <-peer.seen
			require.NoError(t, seen.err)
			require.Equal(t, seen.state.DidResume, conn.ConnectionState().DidResume)
			return seen.state.DidResume
		}
		require.False(t, resumed("localhost"))
		require.True(t, resumed("localhost"))
		for name, change := range map[string]func(*Config){
			"login":       login("alice"),
			"other login": login("bob"),
			"least":       func(c *Config) { c.TLS.MinVersion = tls.VersionTLS11 },
			"unchecked":   func(c *Config) { c.TLS.InsecureSkipVerify = true },
			"pin":         func(c *Config) { c.TLS.PinnedPublicKeys = []string{pinOf(cert.Leaf).String()} },
			"certificate": func(c *Config) { c.TLS.Certificates = []tls.Certificate{testCA.Issue(certs.Client)} },
			"name":        func(c *Config) { c.TLS.ServerName = "two.example" },
		} {
			require.False(t, resumed("localhost", change), name)
		}
		require.True(t, resumed("localhost", login("alice")))
		require.False(t, resumed("two.example", login("alice")))
		require.True(t, resumed("two.example"), "the server's name is what counts, dialled or set")

		// With other roots, the chain is verified again, and the verification fails.
		c := trusting(func(c *Config) { c.TLS.SessionCache, c.TLS.RootCAs = cache, certs.New().Pool() })
		_, err := shake(t, c, peer.addr, "localhost")
		tlsError(t, err, KindTLS)
		<-peer.seen

		// A pin is checked in a resumed session too.
		require.True(t, resumed("localhost", func(c *Config) { c.TLS.PinnedPublicKeys = []string{pinOf(cert.Leaf).String()} }))
	}
}

func TestNoResumptionWithoutSessionCache(t *testing.T) {
	peer := newTLSPeer(t, tlsServer(testCA.Issue(certs.Good)))
	for range 2 {
		conn, err := shake(t, trusting(), peer.addr, "localhost")
		require.NoError(t, err)
		finish(t, conn, "QUIT\r\n")
		require.False(t, (<-peer.seen).state.DidResume)
	}
}
