// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

const otherPin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func TestPinAndChainMustBothHold(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  certs.Kind
		pins  func(own string) []string
		check bool   // whether the chain is verified
		want  string // "" for success; OWN stands for the server's pin
	}{
		{"good pin, good chain", certs.Good, func(own string) []string { return []string{own} }, true, ""},
		{"one of two", certs.Good, func(own string) []string { return []string{otherPin, own} }, true, ""},
		{"one of two, as curl writes it", certs.Good, func(own string) []string { return []string{otherPin + ";" + own} }, true, ""},
		{"bad pin, good chain", certs.Good, func(string) []string { return []string{otherPin} }, true,
			"the server's public key is not the pinned one: it is OWN"},
		{"good pin, bad chain", certs.SelfSigned, func(own string) []string { return []string{own} }, true, "self-signed"},
		{"good pin, wrong host", certs.WrongHost, func(own string) []string { return []string{own} }, true, "not for localhost"},
		{"good pin, chain unchecked", certs.SelfSigned, func(own string) []string { return []string{own} }, false, ""},
		{"bad pin, chain unchecked", certs.SelfSigned, func(string) []string { return []string{otherPin} }, false,
			"the server's public key is not the pinned one: it is OWN"},
		{"the authority's pin", certs.WithIntermediate,
			func(string) []string { return []string{pinOf(testCA.Certificate).String()} }, true, "not the pinned one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cert := testCA.Issue(c.kind)
			own := pinOf(cert.Leaf).String()
			peer := newTLSPeer(t, tlsServer(cert))
			conn, err := shake(t, trusting(func(cfg *Config) {
				cfg.TLS.PinnedPublicKeys = c.pins(own)
				cfg.TLS.InsecureSkipVerify = !c.check
			}), peer.addr, "localhost")
			if c.want == "" {
				require.NoError(t, err)
				finish(t, conn, "QUIT\r\n")
				return
			}
			e := tlsError(t, err, KindTLS)
			require.Contains(t, e.Err.Error(), strings.ReplaceAll(c.want, "OWN", own))
			seen := <-peer.seen
			require.NoError(t, onlyHandshake(seen.octets))
		})
	}
}

func TestBadTLSSettingsAreFoundBeforeTheHandshake(t *testing.T) {
	cert := testCA.Issue(certs.Client)
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.TLS.PinnedPublicKeys = []string{""} }, "pinned public key"},
		{func(c *Config) { c.TLS.PinnedPublicKeys = []string{"sha1//" + otherPin[8:]} }, "pinned public key"},
		{func(c *Config) { c.TLS.PinnedPublicKeys = []string{otherPin[8:]} }, "pinned public key"},
		{func(c *Config) { c.TLS.PinnedPublicKeys = []string{"sha256//AAAA"} }, "pinned public key"},
		{func(c *Config) { c.TLS.PinnedPublicKeys = []string{otherPin + ";"} }, "pinned public key"},
		{func(c *Config) { c.TLS.PinnedPublicKeys = []string{otherPin[:20] + "\r\n" + otherPin[20:]} }, `\x0d\x0a`},
		{func(c *Config) { c.TLS.PinnedPublicKeys = []string{"/etc/key.pem"} }, "44 characters of base64"},
		{func(c *Config) { c.TLS.MinVersion = 0x0300 }, "minimum TLS version 0x0300"},
		{func(c *Config) { c.TLS.MinVersion = tls.VersionTLS13 + 1 }, "minimum TLS version 0x0305"},
		{func(c *Config) { c.TLS.ServerName = "mail.example\r\n" }, "name in the server's certificate: host name"},
		{func(c *Config) { c.TLS.Certificates = []tls.Certificate{cert, {}} }, "entry 2 of the client certificates lacks"},
		{func(c *Config) { c.TLS.Certificates = []tls.Certificate{{Certificate: cert.Certificate}} }, "its private key"},
	} {
		cfg := trusting(c.change)
		e := tlsError(t, cfg.checkTLS(), KindLocal)
		require.Contains(t, e.Error(), c.want)
		require.NotContains(t, e.Error(), "\r")

		sent := make(chan int, 1)
		addr := tlsListen(t, func(c net.Conn) {
			n, _ := c.Read(make([]byte, 10))
			sent <- n
		})
		_, err := shake(t, cfg, addr, "localhost")
		tlsError(t, err, KindLocal)
		require.Zero(t, <-sent)
	}
	require.NoError(t, trusting().checkTLS())
	require.NoError(t, CheckPin(otherPin+";"+otherPin))
	require.ErrorContains(t, CheckPin("sha256//"), "44 characters")
}

func TestTLSOverUnixSocketNeedsName(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	cfg := trusting(func(c *Config) { c.Network = "unix" })
	require.NoError(t, cfg.checkTLS())
	_, err := cfg.handshake(t.Context(), near, "/run/lmtp.sock")
	require.Contains(t, tlsError(t, err, KindLocal).Error(), "TLS.ServerName")

	near, far = net.Pipe()
	defer far.Close()
	go func() {
		far.SetDeadline(time.Now().Add(tlsTime))
		tls.Server(far, tlsServer(testCA.Issue(certs.Good))).Handshake()
	}()
	cfg.TLS.ServerName = "localhost"
	conn, err := cfg.handshake(t.Context(), near, "/run/lmtp.sock")
	require.NoError(t, err)
	require.Equal(t, "localhost", conn.ConnectionState().ServerName)
}
