// SPDX-License-Identifier: MIT

package embed

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"
)

// makeKeys writes dkim.pem and smime.pem to 'folder'.
func makeKeys(t *testing.T, folder string) {
	t.Helper()
	write := func(name string, blocks ...*pem.Block) {
		var b bytes.Buffer
		for _, block := range blocks {
			require.NoError(t, pem.Encode(&b, block))
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), b.Bytes(), 0o600))
	}
	private := func(key any) *pem.Block {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		require.NoError(t, err)
		return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
	}
	_, dkim, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	write("dkim.pem", private(dkim))
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "host@test.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), EmailAddresses: []string{"host@test.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	write("smime.pem", &pem.Block{Type: "CERTIFICATE", Bytes: der}, private(key))
}

// varying matches the parts of a mail that change each time the mail is rendered.
var varying = regexp.MustCompile(`(?s)DKIM-Signature:.*?\r\n(?:[^ \t])|boundary="?[^"\r\n]+|--[-=_0-9A-Za-z]{16,}|Content-Type: application/pkcs7-signature.*|Message-ID:[^\r]*|Date:[^\r]*`)

// withoutSize returns params without SIZE. The sizes of the mails differ, because ECDSA
// signatures have different sizes.
func withoutSize(params []string) []string {
	return slices.DeleteFunc(slices.Clone(params), func(p string) bool { return strings.HasPrefix(p, "SIZE=") })
}

// A process sets the fields of three mails. Then the process, its child and its grandchild
// send the mails. The server receives the same mails, logins, parameters and recipients from
// all three.
func TestChildSendsWhatItsParentHasSet(t *testing.T) {
	for _, mode := range []string{"everything", "only-set"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			makeKeys(t, folder)
			_, err := smtptest.WriteCA(folder)
			require.NoError(t, err)
			server, err := smtptest.NewMailServer(smtptest.MailOptions{})
			require.NoError(t, err)
			defer server.Close()
			got := hosttest.Call{Program: program(t, "everything"), Args: []string{strconv.Itoa(server.Port()), mode}, Most: deadline,
				Env: []string{"TEST_FOLDER=" + folder}}.Run(t)
			require.Zero(t, got.Status, got.Out+got.Errors)

			mails, sessions := server.Mails(), server.Sessions()
			require.Len(t, mails, 9)
			require.Len(t, sessions, 9)
			for i, m := range mails {
				first := mails[i%3]
				assert.Equal(t, first.From, m.From)
				assert.Equal(t, withoutSize(first.Params), withoutSize(m.Params))
				assert.Equal(t, first.Recipients, m.Recipients)
				assert.Equal(t, "alice@test.example", m.Login)
				assert.Equal(t, "TLS 1.3", m.TLS)
				assert.Equal(t, varying.ReplaceAllString(string(first.Data), ""), varying.ReplaceAllString(string(m.Data), ""))
				assert.Equal(t, i%3 == 0, bytes.Contains(m.Data, []byte("pkcs7-signature")))
				assert.Equal(t, i%3 == 0, bytes.Contains(m.Data, []byte("DKIM-Signature:")))
			}
			for i, s := range sessions {
				assert.Equal(t, sessions[i%3].Mechanism, s.Mechanism)
				assert.Equal(t, "child.test.example", s.ClientName)
				assert.Empty(t, s.Violations)
			}
			log, err := os.ReadFile(filepath.Join(folder, "log"))
			require.NoError(t, err)
			assert.Equal(t, 3, bytes.Count(log, []byte("C: QUIT")), "sessions in the log file")
		})
	}
}
