// SPDX-License-Identifier: MIT

package interop

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/tests/interop/servers"
)

// dkimKeys creates a key of each type. It returns the keys, and a function that
// looks up their DNS records.
func dkimKeys(t *testing.T) ([]*message.DKIMKey, func(string) ([]string, error)) {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	records := map[string]string{}
	var keys []*message.DKIMKey
	for selector, signer := range map[string]crypto.Signer{"rsa": rsaKey, "ed25519": edKey} {
		der, err := x509.MarshalPKCS8PrivateKey(signer)
		require.NoError(t, err)
		key, err := message.ParseDKIMKey(servers.Domain, selector, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
		require.NoError(t, err)
		keys = append(keys, key)
		public, err := x509.MarshalPKIXPublicKey(signer.Public())
		require.NoError(t, err)
		if selector == "ed25519" {
			public = signer.Public().(ed25519.PublicKey) // RFC 8463, section 3
		}
		records[selector+"._domainkey."+servers.Domain] = "v=DKIM1; k=" + selector + "; p=" + base64.StdEncoding.EncodeToString(public)
	}
	return keys, func(name string) ([]string, error) {
		if r, ok := records[name]; ok {
			return []string{r}, nil
		}
		return nil, fmt.Errorf("no TXT record for %s", name)
	}
}

// TestDKIM signs several kinds of mail with both types of key. It uses an independent
// verifier to check the mails that each server has delivered.
func TestDKIM(t *testing.T) {
	keys, lookup := dkimKeys(t)
	shapes := map[string]message.Message{
		"text":     {Lines: []string{"Hello,", "", ".", "blanks  \tand tabs \t ", "=", "", "", ""}},
		"empty":    {},
		"no lines": {Lines: []string{"", "", ""}},
		"unicode": {
			Subject: "Grüße aus 日本, " + strings.Repeat("long and longer ", 20), Lines: []string{"Grüße", strings.Repeat("ü", 3000)},
		},
		"parts": {
			Lines: []string{"see the files"}, HTML: "<p>see the <b>files</b></p>",
			Attachments: []message.Attachment{{Name: "😀.bin", Data: bytes.Repeat([]byte{0, 1, 2, 255, 13, 10}, 5000)}, {Name: "empty", Data: []byte{}}},
		},
	}
	ways := []way{
		{servers.Postfix, "open", smtp.STARTTLS},
		{servers.Exim, "open", smtp.STARTTLS},
		{servers.Sendmail, "open", smtp.STARTTLS},
		{servers.Dovecot, "submission", smtp.STARTTLS},
		{servers.GoSMTP, "open", smtp.STARTTLS},
	}
	for _, w := range ways {
		for shape, m := range shapes {
			t.Run(w.kind.Name+" "+shape, func(t *testing.T) {
				t.Parallel()
				d := open(t, w)
				rcpt := address("dkim")
				m.From = []message.Address{{Name: "Søren Ærø", Mail: servers.Alice.Name}}
				m.To = []message.Address{{Name: "Doe, Jane", Mail: rcpt}}
				m.DKIM = keys
				_, eightBit := d.Extension("8BITMIME")
				rendered, err := m.Render(message.Options{EightBit: eightBit})
				require.NoError(t, err)
				env := &smtp.Envelope{From: servers.Alice.Name, Recipients: to(rcpt)}
				if rendered.EightBit() {
					env.Body = smtp.Body8BitMIME
				}
				result, err := d.Send(env, rendered)
				require.NoError(t, err)
				require.Equal(t, smtp.Accepted, result.Outcome)

				mail := d.server.Await(t, rcpt).Read(t)
				verify(t, mail, lookup, true)
				tampered := bytes.Replace(mail, []byte("Doe, Jane"), []byte("Doe, June"), 1)
				require.NotEqual(t, mail, tampered)
				verify(t, tampered, lookup, false)
				verify(t, append(mail, "more\n"...), lookup, false)
			})
		}
	}
}

// verify changes the line ends of a mail to CRLF, and checks both signatures. If 'good' is
// true, both must be valid; otherwise both must be invalid.
func verify(t *testing.T, mail []byte, lookup func(string) ([]string, error), good bool) {
	t.Helper()
	mail = bytes.ReplaceAll(bytes.ReplaceAll(mail, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	found, err := dkim.VerifyWithOptions(bytes.NewReader(mail), &dkim.VerifyOptions{LookupTXT: lookup})
	require.NoError(t, err)
	require.Len(t, found, 2)
	for _, v := range found {
		assert.Equal(t, servers.Domain, v.Domain)
		if good {
			assert.NoError(t, v.Err, "%s", mail)
		} else {
			assert.Error(t, v.Err)
		}
	}
}
