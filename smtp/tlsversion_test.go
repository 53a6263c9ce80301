// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/rsa"
	"crypto/tls"
	"io"
	"net"
	"testing"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

// onlyVersion returns the configuration of a server that speaks only one version.
func onlyVersion(version uint16) *tls.Config {
	cfg := tlsServer(testCA.Issue(certs.Good))
	cfg.MinVersion, cfg.MaxVersion = version, version
	return cfg
}

func TestNewestTLSVersion(t *testing.T) {
	for _, c := range []struct {
		server, least, newest uint16
		want                  string // "" for success
	}{
		{tls.VersionTLS12, 0, tls.VersionTLS12, ""},
		{tls.VersionTLS13, 0, tls.VersionTLS12, "the server does not speak TLS 1.2"},
		{tls.VersionTLS12, tls.VersionTLS10, tls.VersionTLS11, "the server does not speak TLS 1.0 to TLS 1.1"},
	} {
		peer := newTLSPeer(t, onlyVersion(c.server))
		conn, err := shake(t, trusting(func(cfg *Config) { cfg.TLS.MinVersion, cfg.TLS.MaxVersion = c.least, c.newest }), peer.addr, "localhost")
		if c.want == "" {
			require.NoError(t, err)
			finish(t, conn, "QUIT\r\n")
			require.Equal(t, c.newest, (<-peer.seen).state.Version)
			continue
		}
		require.EqualError(t, tlsError(t, err, KindTLS).Err, c.want)
	}
	for _, bad := range []uint16{tls.VersionTLS11, tls.VersionTLS13 + 1} {
		cfg := Config{TLS: TLSConfig{MaxVersion: bad}}
		require.ErrorContains(t, cfg.checkTLS(), "maximum TLS version")
	}
}

func TestTLSVersions(t *testing.T) {
	for _, c := range []struct {
		server, least uint16
		want          string // "" for success
		hint          string
	}{
		{tls.VersionTLS13, 0, "", ""},
		{tls.VersionTLS12, 0, "", ""},
		{tls.VersionTLS11, 0, "the server does not speak TLS 1.2 or newer", "TLSConfig.MinVersion"},
		{tls.VersionTLS10, 0, "the server does not speak TLS 1.2 or newer", "TLSConfig.MinVersion"},
		{tls.VersionTLS12, tls.VersionTLS13, "the server does not speak TLS 1.3 or newer", "TLSConfig.MinVersion"},
		{tls.VersionTLS10, tls.VersionTLS11, "the server does not speak TLS 1.1 or newer", "too old"},
		{tls.VersionTLS11, tls.VersionTLS11, "", ""},
		{tls.VersionTLS11, tls.VersionTLS10, "", ""},
		{tls.VersionTLS10, tls.VersionTLS10, "", ""},
		{tls.VersionTLS13, tls.VersionTLS10, "", ""},
	} {
		t.Run(tls.VersionName(c.server)+" for "+tls.VersionName(c.least), func(t *testing.T) {
			peer := newTLSPeer(t, onlyVersion(c.server))
			conn, err := shake(t, trusting(func(cfg *Config) { cfg.TLS.MinVersion = c.least }), peer.addr, "localhost")
			if c.want == "" {
				require.NoError(t, err)
				finish(t, conn, "QUIT\r\n")
				require.Equal(t, c.server, (<-peer.seen).state.Version)
				return
			}
			e := tlsError(t, err, KindTLS)
			require.Equal(t, c.want, e.Err.Error())
			require.Contains(t, e.Hint, c.hint)
			seen := <-peer.seen
			require.NoError(t, onlyHandshake(seen.octets))
		})
	}
}

// Instead of sending an alert, an old server replies with the version that it supports.
func TestServerChoosesOldVersion(t *testing.T) {
	for version, want := range map[byte]string{0: "SSLv3", 1: "TLS 1.0", 2: "TLS 1.1"} {
		addr := tlsListen(t, func(c net.Conn) {
			c.Read(make([]byte, 2048))
			body := append([]byte{3, version}, make([]byte, 32+1)...) // version, random, no session
			body = append(body, 0xc0, 0x09, 0)                        // suite, no compression
			hello := append([]byte{2, 0, 0, byte(len(body))}, body...)
			c.Write(append([]byte{22, 3, version, 0, byte(len(hello))}, hello...))
			io.Copy(io.Discard, c)
		})
		_, err := shake(t, trusting(), addr, "localhost")
		e := tlsError(t, err, KindTLS)
		require.Equal(t, "the server speaks only "+want+", which is no longer secure", e.Err.Error())
		require.Contains(t, e.Hint, "TLSConfig.MinVersion")
	}
}

func TestNoCommonCipherSuite(t *testing.T) {
	cfg := onlyVersion(tls.VersionTLS12)
	cfg.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA} // cannot be used with the server's ECDSA key
	peer := newTLSPeer(t, cfg)
	_, err := shake(t, trusting(), peer.addr, "localhost")
	e := tlsError(t, err, KindTLS)
	require.Contains(t, e.Err.Error(), "no cipher suite in common with this program (alert 40, handshake failure)")
	require.NoError(t, onlyHandshake((<-peer.seen).octets))
}

func TestRSAKeyExchangeNeedsOldTLS(t *testing.T) {
	key, err := rsa.GenerateKey(nil, 2048)
	require.NoError(t, err)
	cfg := tlsServer(testCA.IssueWith(certs.Options{Key: key}))
	cfg.MinVersion, cfg.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
	cfg.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA}
	peer := newTLSPeer(t, cfg)
	conn, err := shake(t, trusting(func(c *Config) { c.TLS.MinVersion = tls.VersionTLS10 }), peer.addr, "localhost")
	require.NoError(t, err)
	finish(t, conn, "QUIT\r\n")

	cfg.MaxVersion = tls.VersionTLS12
	peer = newTLSPeer(t, cfg)
	_, err = shake(t, trusting(), peer.addr, "localhost")
	tlsError(t, err, KindTLS)
}
