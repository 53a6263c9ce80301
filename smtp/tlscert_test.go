// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"
	"time"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

var testCA = certs.New()

func trusting(change ...func(*Config)) *Config {
	c := &Config{Security: ImplicitTLS, TLS: TLSConfig{RootCAs: testCA.Pool()}, Timeouts: Timeouts{TLS: tlsTime}}
	for _, f := range change {
		f(c)
	}
	return c
}

func tlsServer(cert tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{cert}}
}

func TestCertificateAccepted(t *testing.T) {
	for _, c := range []struct {
		cert tls.Certificate
		host string
		sni  string
	}{
		{testCA.Issue(certs.Good), "localhost", "localhost"},
		{testCA.Issue(certs.Good), "LocalHost.", "LocalHost"},
		{testCA.Issue(certs.Good), "127.0.0.1", ""},
		{testCA.Issue(certs.Good), "::1", ""},
		{testCA.Issue(certs.Good), "[::1]", ""},
		{testCA.Issue(certs.Good), "::ffff:127.0.0.1", ""},
		{testCA.Issue(certs.IPOnly), "127.0.0.1", ""},
		{testCA.Issue(certs.Wildcard), "mail.csmtp.example", "mail.csmtp.example"},
		{testCA.Issue(certs.WithIntermediate), "localhost", "localhost"},
		{testCA.Issue(certs.ReversedChain), "localhost", "localhost"},
		{testCA.IssueWith(certs.Options{DNSNames: []string{"xn--bcher-kva.example"}}), "bücher.example", "xn--bcher-kva.example"},
	} {
		t.Run(c.host, func(t *testing.T) {
			peer := newTLSPeer(t, tlsServer(c.cert))
			conn, err := shake(t, trusting(), peer.addr, c.host)
			require.NoError(t, err)
			finish(t, conn, "QUIT\r\n")
			seen := <-peer.seen
			require.NoError(t, seen.err)
			require.Equal(t, "QUIT\r\n", seen.plain)
			require.Equal(t, c.sni, seen.hello.ServerName)
			require.Empty(t, seen.hello.SupportedProtos, "ALPN was sent")
			require.EqualValues(t, tls.VersionTLS13, seen.state.Version)
			require.NotContains(t, seen.hello.SupportedVersions, uint16(tls.VersionTLS11))
		})
	}
}

func TestCertificateOfAnotherNameOnRequest(t *testing.T) {
	peer := newTLSPeer(t, tlsServer(testCA.Issue(certs.WrongHost)))
	conn, err := shake(t, trusting(func(c *Config) { c.TLS.ServerName = "other.example" }), peer.addr, "127.0.0.1")
	require.NoError(t, err)
	finish(t, conn, "QUIT\r\n")
	require.Equal(t, "other.example", (<-peer.seen).hello.ServerName)
}

func TestCertificateUncheckedOnRequest(t *testing.T) {
	for k := certs.Good; k < certs.Client; k++ {
		peer := newTLSPeer(t, tlsServer(testCA.Issue(k)))
		conn, err := shake(t, &Config{TLS: TLSConfig{InsecureSkipVerify: true}}, peer.addr, "localhost")
		require.NoError(t, err, k)
		finish(t, conn, "QUIT\r\n")
	}
}

// daysAhead returns a clock that is the given number of days ahead.
func daysAhead(days int) func(*Config) {
	return func(c *Config) {
		c.TLS.Time = func() time.Time { return time.Now().Add(time.Duration(days) * 24 * time.Hour) }
	}
}

func TestCertificateRefused(t *testing.T) {
	none := func(*Config) {}
	day := func(n int) string {
		return time.Now().Add(time.Duration(n) * 24 * time.Hour).UTC().Format("2006-01-02")
	}
	long := certs.Options{NotAfter: time.Now().Add(800 * 24 * time.Hour)}
	other := certs.NewNamed("Other\x1b[31m Root")
	many := certs.Options{}
	for i := range 100 {
		many.DNSNames = append(many.DNSNames, fmt.Sprintf("h%d.example", i))
	}
	distinct := map[string]string{}
	for _, c := range []struct {
		name   string
		cert   tls.Certificate
		host   string
		change func(*Config)
		text   string
		hint   string
	}{
		{"self-signed", testCA.Issue(certs.SelfSigned), "localhost", none,
			`is self-signed: its issuer is the server itself ("localhost"), not an authority`, "TLSConfig.RootCAs"},
		{"other CA", testCA.Issue(certs.OtherCA), "localhost", none,
			`issuer of the server's certificate is unknown: "csmtp Other CA"`, "add the issuer's certificate to TLSConfig.RootCAs"},
		{"other CA, whole chain", other.IssueWith(certs.Options{ChainIncluded: []*certs.Authority{other}}), "localhost", none,
			`was issued by an unknown authority: "Other\x1b[31m Root"`, "TLSConfig.RootCAs"},
		{"other CA, half a chain", func() tls.Certificate {
			mid := other.Intermediate("Their Intermediate")
			return mid.IssueWith(certs.Options{ChainIncluded: []*certs.Authority{mid}})
		}(), "localhost", none, `ends at "Their Intermediate", whose issuer is unknown: "Other`, "TLSConfig.RootCAs"},
		{"missing intermediate", testCA.Issue(certs.MissingIntermediate), "localhost", none,
			`issuer of the server's certificate is unknown: "csmtp Test Intermediate"`, "if it is an intermediate certificate of a public authority, the server must send"},
		{"expired", testCA.Issue(certs.Expired), "localhost", none,
			"the server's certificate has expired: it was valid until " + day(-1), "clock, which says " + day(0)},
		{"not yet valid", testCA.Issue(certs.NotYetValid), "localhost", none,
			"the server's certificate is not yet valid: it is valid from " + day(1), "clock, which says " + day(0)},
		{"clock far ahead", testCA.Issue(certs.Good), "localhost", daysAhead(20000),
			"the server's certificate has expired: it was valid until " + day(90), "clock, which says " + day(20000)},
		{"clock at 1970", testCA.Issue(certs.Good), "localhost", func(c *Config) { c.TLS.Time = func() time.Time { return time.Unix(1, 0) } },
			"the server's certificate is not yet valid: it is valid from " + day(0)[:8], "clock, which says 1970-01-01 00:00 UTC"},
		{"expired root", testCA.IssueWith(long), "localhost", daysAhead(400),
			`certificate of the issuing authority "csmtp Test CA" has expired`, "clock, which says"},
		{"expired intermediate", func() tls.Certificate {
			mid := testCA.Intermediate("Tired Intermediate")
			o := long
			o.ChainIncluded = []*certs.Authority{mid}
			return mid.IssueWith(o)
		}(), "localhost", daysAhead(400), `certificate of the issuing authority "Tired Intermediate" has expired: it was valid until`, "clock, which says"},
		{"wrong host", testCA.Issue(certs.WrongHost), "localhost", none,
			"is for other.example, www.other.example, not for localhost", "TLSConfig.ServerName"},
		{"wrong address", testCA.Issue(certs.Good), "127.0.0.9", none,
			"is for localhost, 127.0.0.1, ::1, not for 127.0.0.9", "TLSConfig.ServerName"},
		{"no address", testCA.Issue(certs.Wildcard), "127.0.0.1", none, "is for *.csmtp.example, not for 127.0.0.1", ""},
		{"no name", testCA.Issue(certs.IPOnly), "localhost", none, "is for 127.0.0.1, ::1, not for localhost", ""},
		{"deep wildcard", testCA.Issue(certs.Wildcard), "a.b.csmtp.example", none, "is for *.csmtp.example, not for a.b.csmtp.example", ""},
		{"many names", testCA.IssueWith(many), "localhost", none,
			"is for h0.example, h1.example, h2.example, h3.example, h4.example and 95 more, not for localhost", ""},
		{"NUL in name", testCA.IssueWith(certs.Options{DNSNames: []string{"localhost\x00.evil.example"}}), "localhost", none,
			`is for localhost\x00.evil.example, not for localhost`, ""},
		{"expected name", testCA.Issue(certs.Good), "localhost", func(c *Config) { c.TLS.ServerName = "mail.example" },
			"is for localhost, 127.0.0.1, ::1, not for mail.example", ""},
		{"common name only", testCA.Issue(certs.CNOnly), "localhost", none,
			`names no host: it has no subjectAltName, only the subject "localhost"`, "subjectAltName"},
		{"wrong usage", testCA.Issue(certs.WrongUsage), "localhost", none,
			"is not meant for a server: its extended key usage", "server authentication"},
		{"leaf as CA", testCA.Issue(certs.LeafAsCA), "localhost", none,
			`was issued by "no authority", which is not a certificate authority`, "from a certificate authority"},
		{"weak key", testCA.Issue(certs.WeakKey), "localhost", none, "has only 1024 bits, which is too weak", "2048"},
		{"weak signature", testCA.Issue(certs.WeakSignature), "localhost", none, "signed with ECDSA-SHA1, and such signatures can be forged", "new certificate"},
		{"no trust at all", testCA.IssueWith(certs.Options{CommonName: "x"}), "localhost",
			func(c *Config) { c.TLS.RootCAs = x509.NewCertPool() }, `is unknown: "csmtp Test CA"`, "TLSConfig.RootCAs"},
	} {
		for _, most := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(c.name+"/"+tls.VersionName(most), func(t *testing.T) {
				cfg := tlsServer(c.cert)
				cfg.MaxVersion = most
				peer := newTLSPeer(t, cfg)
				_, err := shake(t, trusting(c.change), peer.addr, c.host)
				e := tlsError(t, err, KindTLS)
				require.Contains(t, e.Err.Error(), c.text)
				require.Contains(t, e.Hint, c.hint)
				require.False(t, e.Temporary())
				if who := distinct[e.Err.Error()]; who != "" && who != c.name {
					t.Fatalf("same text as %s: %v", who, e.Err)
				}
				distinct[e.Err.Error()] = c.name

				seen := <-peer.seen
				require.Error(t, seen.err)
				require.Empty(t, seen.plain)
				require.NoError(t, onlyHandshake(seen.octets))
			})
		}
	}
}

func TestCertificateErrorKeepsItsCause(t *testing.T) {
	peer := newTLSPeer(t, tlsServer(testCA.Issue(certs.Expired)))
	_, err := shake(t, trusting(), peer.addr, "localhost")
	var invalid x509.CertificateInvalidError
	require.True(t, errors.As(err, &invalid))
	require.Equal(t, x509.Expired, invalid.Reason)
}

// An IP address that a certificate contains as a DNS name is ignored (RFC 6125, section
// 1.7.2). So the error text must not say that the certificate is for this address.
func TestAddressAsDNSName(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		peer := newTLSPeer(t, tlsServer(testCA.IssueWith(certs.Options{DNSNames: []string{"localhost", host}})))
		_, err := shake(t, trusting(), peer.addr, host)
		e := tlsError(t, err, KindTLS)
		require.ErrorContains(t, e.Err, "contains the address "+host+" as a DNS name")
		require.Equal(t, HintAddressAsName, e.Hint)
		<-peer.seen
	}
}
