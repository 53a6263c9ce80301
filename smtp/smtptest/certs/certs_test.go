// SPDX-License-Identifier: MIT

package certs_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

func verify(c tls.Certificate, roots *x509.CertPool, host string) error {
	between := x509.NewCertPool()
	for _, der := range c.Certificate[1:] {
		up, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		between.AddCert(up)
	}
	_, err := c.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: host})
	return err
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		kind certs.Kind
		host string
		bad  string // part of crypto/x509's error; "" for a good certificate
	}{
		{certs.Good, "localhost", ""},
		{certs.Good, "127.0.0.1", ""},
		{certs.Good, "::1", ""},
		{certs.WrongHost, "other.example", ""},
		{certs.WrongHost, "localhost", "not localhost"},
		{certs.Expired, "localhost", "expired"},
		{certs.NotYetValid, "localhost", "not yet valid"},
		{certs.SelfSigned, "localhost", "unknown authority"},
		{certs.OtherCA, "localhost", "unknown authority"},
		{certs.CNOnly, "localhost", "Common Name"},
		{certs.WrongUsage, "localhost", "key usage"},
		{certs.Wildcard, "mail.csmtp.example", ""},
		{certs.Wildcard, "a.b.csmtp.example", "not a.b.csmtp.example"},
		{certs.WithIntermediate, "localhost", ""},
		{certs.MissingIntermediate, "localhost", "unknown authority"},
		{certs.ReversedChain, "localhost", ""},
		{certs.IPOnly, "127.0.0.1", ""},
		{certs.IPOnly, "localhost", "localhost"},
		{certs.LeafAsCA, "localhost", "parent certificate cannot sign"},
		{certs.WeakKey, "localhost", ""},
		{certs.WeakSignature, "localhost", "insecure algorithm"},
		{certs.Client, "", "key usage"},
	} {
		t.Run(c.kind.String()+"/"+c.host, func(t *testing.T) {
			a := certs.New()
			err := verify(a.Issue(c.kind), a.Pool(), c.host)
			if c.bad == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.bad)
		})
	}
}

func TestPEMRoundTrip(t *testing.T) {
	a := certs.New()
	c := a.Issue(certs.WithIntermediate)
	got, err := tls.X509KeyPair(certs.CertificatePEM(c), certs.KeyPEM(c))
	require.NoError(t, err)
	require.Equal(t, c.Certificate, got.Certificate)

	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(a.PEM()))
	require.NoError(t, verify(c, pool, "localhost"))
}

func TestKindNames(t *testing.T) {
	for k := certs.Good; k <= certs.Client; k++ {
		got, err := certs.ParseKind(k.String())
		require.NoError(t, err)
		require.Equal(t, k, got)
	}
	_, err := certs.ParseKind("nonsense")
	require.ErrorContains(t, err, `"expired"`)
	require.Equal(t, "Kind(99)", certs.Kind(99).String())
}
