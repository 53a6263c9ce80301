// SPDX-License-Identifier: MIT

package test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
	"unicode"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// csmtp-doctor escapes control characters in the server's replies and in its certificate.
// It also escapes characters that change the direction of the text.
func TestDoctorPrintsForeignTextVisibly(t *testing.T) {
	const foreign = "good\u202egro.live\u202c\u2028a\u2066b\u200bc\x1b[2J\u009b"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: foreign, Organization: []string{foreign}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"a\x1b[2J.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	require.NoError(t, err)
	var sessions sync.WaitGroup
	defer sessions.Wait()
	defer l.Close()
	sessions.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			sessions.Go(func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(time.Minute))
				fmt.Fprintf(conn, "220 %s\r\n", foreign)
				for in := bufio.NewScanner(conn); in.Scan(); {
					fmt.Fprintf(conn, "250-%s\r\n250-AUTH PLAIN %s\r\n250 X%s %s\r\n", foreign, foreign, foreign, foreign)
				}
			})
		}
	})
	port := l.Addr().(*net.TCPAddr).Port
	for _, options := range [][]string{nil, {"--json"}, {"-v"}} {
		got := hosttest.Call{Program: compiled(t, "doctor"),
			Args: append(options, "-4", fmt.Sprintf("--ports=465=%d", port), "localhost")}.Run(t)
		assert.Contains(t, got.Out, "u202egro.live")
		for _, c := range got.Out + got.Errors {
			if c != '\n' && unicode.In(c, unicode.C, unicode.Zl, unicode.Zp) {
				t.Fatalf("%U was printed: %q", c, got.Out+got.Errors)
			}
		}
	}
}
