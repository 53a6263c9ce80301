// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// certificate returns a certificate for key, signed by issuer or, if that is nil, by itself.
func certificate(t testing.TB, serial int64, key crypto.Signer, issuer *x509.Certificate, issuerKey crypto.Signer) (*x509.Certificate, string) {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber:   big.NewInt(serial),
		Subject:        pkix.Name{CommonName: "Jörg " + big.NewInt(serial).String()},
		NotBefore:      time.Now().Add(-time.Hour),
		NotAfter:       time.Now().Add(time.Hour),
		KeyUsage:       x509.KeyUsageDigitalSignature,
		ExtKeyUsage:    []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
		EmailAddresses: []string{"from@example.org"},
	}
	if issuer == nil {
		c.IsCA, c.BasicConstraintsValid = true, true
		c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageCertSign, nil
		issuer, issuerKey = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, issuer, key.Public(), issuerKey)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestSMIMEVerifiesWithOpenSSL(t *testing.T) {
	tool := hosttest.Need(t, "openssl")
	dir := t.TempDir()
	k := testKeys()
	root, rootPEM := certificate(t, 1, k.ec, nil, nil)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "root.pem"), []byte(rootPEM), 0o600))
	_, rsaPEM := certificate(t, 2, k.rsa, root, k.ec)
	_, ecPEM := certificate(t, 3, k.ec, root, k.ec)

	full := simple()
	full.Lines = []string{"From here, ümlaut", "trailing  ", ".", "-- "}
	full.HTML = "<p>From there\nFrom\t</p>"
	full.Attachments = []Attachment{{Name: "ä.bin", Data: bytes.Repeat([]byte{0, 1, 2, 255}, 1000)}}
	plain := simple()
	plain.Lines = []string{"From ASCII, with spaces  "}
	for name, c := range map[string]struct{ cert, key string }{
		"RSA":   {rootPEM + rsaPEM, pkcs1(k.rsa)},
		"ECDSA": {ecPEM + rootPEM, pkcs8(t, k.ec)},
	} {
		for i, m := range []*Message{full, plain} {
			key, err := ParseSMIMEKey(c.cert, c.key)
			require.NoError(t, err)
			m.SMIME = key
			b := rendered(t, m, Options{EightBit: true, Binary: true})
			_, parts := read(t, b)
			require.Equal(t, "multipart/signed", parts[0].kind)
			require.Equal(t, "application/pkcs7-signature", parts[0].params["protocol"])
			require.Equal(t, "sha-256", parts[0].params["micalg"])
			require.Equal(t, "application/pkcs7-signature", parts[len(parts)-1].kind)
			require.NotContains(t, string(b), "\r\nFrom here")

			verify := func(b []byte) ([]byte, error) {
				cmd := exec.Command(tool, "cms", "-verify", "-CAfile", filepath.Join(dir, "root.pem"), "-purpose", "smimesign")
				cmd.Stdin = bytes.NewReader(b)
				return cmd.CombinedOutput()
			}
			out, err := verify(b)
			require.NoError(t, err, "%s %d: %s", name, i, out)
			require.Contains(t, string(out), "successful")
			changed := bytes.Replace(b, []byte("spaces"), []byte("Spaces"), 1)
			changed = bytes.Replace(changed, []byte("trailing"), []byte("Trailing"), 1)
			require.NotEqual(t, b, changed)
			_, err = verify(changed)
			require.Error(t, err)
		}
	}
}

func TestSMIMEWithDKIM(t *testing.T) {
	k := testKeys()
	_, cert := certificate(t, 1, k.ec, nil, nil)
	key, err := ParseSMIMEKey(cert, pkcs8(t, k.ec))
	require.NoError(t, err)
	m := simple()
	m.SMIME = key
	keys, public := dkimKeys(t)
	m.DKIM = keys
	n, err := verifyDKIM(string(rendered(t, m, Options{})), public)
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func TestSMIMEKeyRefuses(t *testing.T) {
	k := testKeys()
	_, cert := certificate(t, 1, k.ec, nil, nil)
	_, edwards := certificate(t, 1, k.ed, nil, nil)
	for _, c := range []struct{ cert, key, want string }{
		{cert, pkcs1(k.rsa), "does not belong to any"},
		{"", pkcs1(k.rsa), "the certificate is empty"},
		{cert, "", "contains no private key"},
		{edwards, pkcs8(t, k.ed), "RSA or ECDSA"},
		{strings.Replace(cert, "MII", "AAA", 1), pkcs8(t, k.ec), "cannot be read"},
	} {
		_, err := ParseSMIMEKey(c.cert, c.key)
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), "MII")
	}
	key, err := ParseSMIMEKey(cert, pkcs8(t, k.ec))
	require.NoError(t, err)
	m := simple()
	m.SMIME = key
	_, err = m.Render(Options{Now: func() time.Time { return time.Now().AddDate(1, 0, 0) }})
	require.ErrorContains(t, err, "valid from")
}
