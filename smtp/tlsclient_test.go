// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"testing"
	"time"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

func demanding(version uint16, ca *certs.Authority) *tls.Config {
	cfg := onlyVersion(version)
	cfg.ClientAuth, cfg.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
	return cfg
}

func TestClientCertificateGiven(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		peer := newTLSPeer(t, demanding(version, testCA))
		// The client must not send the first certificate: the server names the
		// authority of the second.
		certificates := []tls.Certificate{certs.NewNamed("elsewhere").Issue(certs.Client), testCA.Issue(certs.Client)}
		conn, err := shake(t, trusting(func(c *Config) { c.TLS.Certificates = certificates }), peer.addr, "localhost")
		require.NoError(t, err)
		finish(t, conn, "QUIT\r\n")
		seen := <-peer.seen
		require.NoError(t, seen.err)
		require.Equal(t, []string{"user@csmtp.example"}, seen.state.PeerCertificates[0].EmailAddresses)
	}
}

func TestClientCertificateIgnoresServersCAList(t *testing.T) {
	cfg := onlyVersion(tls.VersionTLS13)
	cfg.ClientAuth, cfg.ClientCAs = tls.RequestClientCert, certs.NewNamed("unrelated").Pool()
	peer := newTLSPeer(t, cfg)
	conn, err := shake(t, trusting(func(c *Config) { c.TLS.Certificates = []tls.Certificate{testCA.Issue(certs.Client)} }), peer.addr, "localhost")
	require.NoError(t, err)
	finish(t, conn, "QUIT\r\n")
	require.Len(t, (<-peer.seen).state.PeerCertificates, 1)
}

func TestClientCertificateAskedButNotNeeded(t *testing.T) {
	cfg := onlyVersion(tls.VersionTLS13)
	cfg.ClientAuth = tls.RequestClientCert
	peer := newTLSPeer(t, cfg)
	conn, err := shake(t, trusting(), peer.addr, "localhost")
	require.NoError(t, err)
	finish(t, conn, "QUIT\r\n")
}

func TestClientCertificateMissingOrRefused(t *testing.T) {
	stranger := certs.NewNamed("stranger").Issue(certs.Client)
	late := testCA.IssueWith(certs.Options{NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour),
		Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for name, c := range map[string]struct {
			certs []tls.Certificate
			want  string
		}{
			"missing":  {nil, "the server requires a client certificate, but none is set"},
			"stranger": {[]tls.Certificate{stranger}, "the server refused the client certificate (alert 48, unknown certificate authority)"},
			"expired":  {[]tls.Certificate{late}, "the server refused the client certificate (alert 45, expired certificate)"},
		} {
			t.Run(tls.VersionName(version)+"/"+name, func(t *testing.T) {
				peer := newTLSPeer(t, demanding(version, testCA))
				cfg := trusting(func(cfg *Config) { cfg.TLS.Certificates = c.certs })
				conn, err := shake(t, cfg, peer.addr, "localhost")
				e := new(Error)
				if version == tls.VersionTLS13 {
					// The server checks the certificate only after the client has
					// finished the handshake.
					require.NoError(t, err)
					conn.SetDeadline(time.Now().Add(tlsTime))
					_, err = conn.Read(make([]byte, 10))
					e = cfg.explainAlert(err)
					require.NotNil(t, e, "%v", err)
					conn.Close()
				}
				if version == tls.VersionTLS12 {
					e = tlsError(t, err, KindTLS)
				}
				require.Equal(t, OpTLS, e.Op)
				require.Equal(t, KindTLS, e.Kind)
				require.Equal(t, c.want, e.Err.Error())
				require.NotEmpty(t, e.Hint)
				require.Error(t, (<-peer.seen).err)
			})
		}
	}
}

func TestExplainAlertLeavesOtherErrorsAlone(t *testing.T) {
	c := trusting()
	require.Nil(t, c.explainAlert(nil))
	require.Nil(t, c.explainAlert(io.EOF))
	require.Nil(t, c.explainAlert(tls.RecordHeaderError{Msg: "x"}))
}
