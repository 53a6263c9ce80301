// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	mrand "math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func parsePublicKey(der []byte) (crypto.PublicKey, error) { return x509.ParsePKIXPublicKey(der) }

// testKeys are made once, because making an RSA key is slow.
var testKeys = sync.OnceValue(func() (k struct {
	rsa *rsa.PrivateKey
	ed  ed25519.PrivateKey
	ec  *ecdsa.PrivateKey
}) {
	k.rsa, _ = rsa.GenerateKey(rand.Reader, 2048)
	_, k.ed, _ = ed25519.GenerateKey(rand.Reader)
	k.ec, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return k
})

func pkcs8(t testing.TB, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func pkcs1(key *rsa.PrivateKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// dkimKeys returns two signing keys, and the public keys that verify their signatures.
func dkimKeys(t testing.TB) ([]*DKIMKey, map[string]crypto.PublicKey) {
	t.Helper()
	k := testKeys()
	one, err := ParseDKIMKey("example.org", "rsa", pkcs1(k.rsa))
	require.NoError(t, err)
	two, err := ParseDKIMKey("bücher.example", "ed", pkcs8(t, k.ed))
	require.NoError(t, err)
	two.Identity = "@sub.xn--bcher-kva.example"
	return []*DKIMKey{one, two}, map[string]crypto.PublicKey{
		"rsa._domainkey.example.org":          k.rsa.Public(),
		"ed._domainkey.xn--bcher-kva.example": k.ed.Public(),
	}
}

func TestDKIMSignaturesVerify(t *testing.T) {
	keys, public := dkimKeys(t)
	r := mrand.New(mrand.NewPCG(3, 4))
	for i := range 60 {
		m := randomMessage(r)
		m.DKIM = keys
		m.Lines = append(m.Lines, " trailing \t ", "", "\tx  y", "", "", "  ")
		m.Headers = []Field{{"List-Id", "a  list <l.example.org>"}, {"Feedback-ID", "1"}, {"List-Id", "b"}}
		if i%2 == 0 {
			m.Attachments = nil
		}
		if i%5 == 0 {
			m.Lines = nil
		}
		b := string(rendered(t, m, Options{EightBit: true, Now: testOptions().Now}))
		n, err := verifyDKIM(b, public)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		checkFolding(t, headerOf([]byte(b)))
	}
}

func TestDKIMDetectsChanges(t *testing.T) {
	keys, public := dkimKeys(t)
	m := simple()
	m.Lines = []string{"one", "two"}
	m.Sender = Address{Mail: "sender@example.org"}
	m.ListUnsubscribe, m.ListUnsubscribeOneClick = "https://example.org/u", true
	m.DKIM = keys
	b := string(rendered(t, m, testOptions()))
	for _, c := range [][2]string{
		{"one", "One"},
		{"Subject: s", "Subject: S"},
		{"\r\nFrom:", "\r\nFrom: evil@example.com\r\nFrom:"},
		{"\r\nFrom:", "\r\nSubject: second\r\nFrom:"},
		{"\r\nFrom:", "\r\nReply-To: evil@example.com\r\nFrom:"},
		{"\r\nFrom:", "\r\nCc: evil@example.com\r\nFrom:"},
		{"\r\nFrom:", "\r\nSender: evil@example.com\r\nFrom:"},
		{"\r\nFrom:", "\r\nList-Unsubscribe: <https://evil.example/u>\r\nFrom:"},
		{"\r\nFrom:", "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFrom:"},
		{"Sender: sender@", "Sender: other@"},
		{"<https://example.org/u>", "<https://example.org/v>"},
		{"=One-Click", "=Two-Clicks"},
		{"d=example.org", "d=example.net"},
	} {
		changed := strings.Replace(b, c[0], c[1], 1)
		require.NotEqual(t, b, changed)
		_, err := verifyDKIM(changed, public)
		require.Error(t, err, "%q", c)
	}
	// The "relaxed" canonicalization allows these changes.
	for _, c := range [][2]string{{"one\r\n", "one \r\n"}, {"Subject: s", "SUBJECT:   s  "}, {"two\r\n", "two\r\n\r\n"}} {
		_, err := verifyDKIM(strings.Replace(b, c[0], c[1], 1), public)
		require.NoError(t, err, "%q", c)
	}
}

func TestDKIMHeaderList(t *testing.T) {
	keys, _ := dkimKeys(t)
	m := simple()
	m.DKIM = keys[:1]
	m.ListUnsubscribe, m.ListUnsubscribeOneClick = "https://example.org/u", true
	h := headerOf(rendered(t, m, testOptions()))
	require.True(t, strings.HasPrefix(h, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;"))
	list := strings.Join(strings.Fields(field(h, "DKIM-Signature")), "")
	require.Contains(t, list, "h=From:From:")
	require.Contains(t, list, ":List-Unsubscribe:List-Unsubscribe:List-Unsubscribe-Post:List-Unsubscribe-Post;")
	require.NotContains(t, list, "Sender")
	m.Sender = Address{Mail: "sender@example.org"}
	m.ListUnsubscribe, m.ListUnsubscribeOneClick = "", false
	list = strings.Join(strings.Fields(field(headerOf(rendered(t, m, testOptions())), "DKIM-Signature")), "")
	require.Contains(t, list, "h=From:From:Sender:Sender:Reply-To:")
	require.NotContains(t, list, "List-")
	require.Contains(t, list, "t=1773045307;")
	require.NotRegexp(t, `[; ]l=`, list)
}

func TestDKIMEncodesForTheWay(t *testing.T) {
	keys, _ := dkimKeys(t)
	m := simple()
	m.Lines = []string{"ü"}
	m.Attachments = []Attachment{{Name: "a", Data: []byte{0, 255}}}
	m.DKIM = keys
	r, err := m.Render(Options{EightBit: true, Binary: true})
	require.NoError(t, err)
	require.False(t, r.EightBit())
	require.False(t, r.Binary())
}

// No line of a signed mail begins with "From ", because mail stores change this to
// ">From ".
func TestSignedMailHasNoFromLine(t *testing.T) {
	keys, public := dkimKeys(t)
	block := strings.Repeat("x", 66) + "\n"
	forwarded := []byte("From: a@b.c\nSubject: x\n\n" + strings.Repeat(block, 300))
	for cut := 16370; cut < 16390; cut++ { // about the size of a block
		for _, m := range []*Message{
			{Lines: []string{"From me", "  ", "From you"}},
			{Lines: []string{"x\nFrom me"}, Flowed: true},
			{HTML: "<p>\nFrom me"},
			{Lines: []string{"x"}, Attachments: []Attachment{{Name: "a.eml", Data: append(bytes.Clone(forwarded[:cut]), "\nFrom x\n"...)}}},
			{Calendar: &Calendar{Data: "BEGIN:VCALENDAR\nMETHOD:REQUEST\nFrom me\nEND:VCALENDAR"}},
		} {
			m.From, m.To = simple().From, simple().To
			plain := rendered(t, m, testOptions())
			require.True(t, m.Flowed || bytes.Contains(plain, []byte("\r\nFrom ")))
			m.DKIM = keys
			b := string(rendered(t, m, Options{Now: testOptions().Now}))
			require.NotContains(t, b, "\r\nFrom ")
			n, err := verifyDKIM(b, public)
			require.NoError(t, err)
			require.Equal(t, 2, n)
		}
	}
	m := simple()
	m.DKIM = keys
	m.Lines = []string{"blanks \t ", " From me"}
	m.Attachments = []Attachment{{Name: "a.eml", Data: forwarded}}
	_, parts := read(t, rendered(t, m, testOptions()))
	require.Equal(t, "7bit", parts[1].header.Get("Content-Transfer-Encoding"), "DKIM does not sign blanks at the end of a line")
	require.Equal(t, "message/rfc822", parts[2].kind)
}

func TestDKIMReaderThatChangesIsNotSent(t *testing.T) {
	keys, _ := dkimKeys(t)
	m := simple()
	m.DKIM = keys
	calls := 0
	m.Attachments = []Attachment{{Name: "a", Size: 3, Reader: func() (io.ReadCloser, error) {
		calls++
		return io.NopCloser(strings.NewReader([]string{"one", "two"}[calls-1])), nil
	}}}
	r, err := m.Render(Options{})
	require.NoError(t, err)
	_, err = r.WriteTo(io.Discard)
	require.ErrorIs(t, err, ErrChanged)
}

func TestParseDKIMKeyRefuses(t *testing.T) {
	k := testKeys()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	good, err := ParseDKIMKey("example.org", "a.b", pkcs1(small))
	require.NoError(t, err)
	require.Equal(t, "a.b", good.Selector)
	locked := "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
	for _, c := range []struct{ domain, selector, key, want string }{
		{"", "s", pkcs1(k.rsa), "signing domain"},
		{"exa mple.org", "s", pkcs1(k.rsa), "signing domain"},
		{"example.org;", "s", pkcs1(k.rsa), "signing domain"},
		{"example.org", "s;x=", pkcs1(k.rsa), "selector"},
		{"example.org", "", pkcs1(k.rsa), "selector"},
		{"example.org", "s", "", "the private key is empty"},
		{"example.org", "s", " \r\n", "the private key is empty"},
		{"example.org", "s", "\ufeff" + pkcs1(k.rsa), "byte order mark (BOM); remove it"},
		{"example.org", "s", "\xff\xfe-", "UTF-16; convert it to UTF-8"},
		{"example.org", "s", "\xfe\xff\x00-", "UTF-16; convert it to UTF-8"},
		{"example.org", "s", strings.ReplaceAll(pkcs1(k.rsa), "\n", `\n`), `the two characters \n`},
		{"example.org", "s", strings.ReplaceAll(pkcs8(t, k.ed), "\n", `\r\n`), `the two characters \n`},
		{"example.org", "s", `"` + strings.ReplaceAll(pkcs8(t, k.ed), "\n", `\n`) + `"`, `the two characters \n`},
		{"example.org", "s", strings.ReplaceAll(pkcs8(t, k.ed), "\n", " "), "one line"},
		{"example.org", "s", pkcs1(k.rsa)[:600], "cut off"},
		{"example.org", "s", "/etc/dkim/mail2026.private", "path"},
		{"example.org", "s", "/etc/dkim/private/key", "path"},
		{"example.org", "s", `C:\keys\mail.pem`, "path"},
		{"example.org", "s", "mail.key\n", "path"},
		{"example.org", "s", "file:///etc/mail.key", "path"},
		{"example.org", "s", strings.Join(strings.Split(pkcs1(k.rsa), "\n")[1:3], ""), "no -----BEGIN"},
		{"example.org", "s", strings.Join(strings.Split(pkcs1(k.rsa), "\n")[1:20], "\n"), "no -----BEGIN"},
		{"example.org", "s", string([]byte{0x30, 0x82, 4, 0xa4, 2, 1}), "DER"},
		{"example.org", "s", "PuTTY-User-Key-File-3: ssh-rsa\n", "PuTTY"},
		{"example.org", "s", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "is a public key"},
		{"example.org", "s", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "is a certificate"},
		{"example.org", "s", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "OpenSSH"},
		{"example.org", "s", "secret words", "no PEM private key"},
		{"example.org", "s", locked, "encrypted"},
		{"example.org", "s", strings.Replace(pkcs1(k.rsa), "MII", "AAA", 1), "cannot be read"},
		{"example.org", "s", pkcs8(t, k.ec), "RSA or Ed25519"},
	} {
		_, err := ParseDKIMKey(c.domain, c.selector, c.key)
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), "MI")
		require.NotContains(t, err.Error(), "secret words")
	}
}

func TestDKIMIdentity(t *testing.T) {
	keys, _ := dkimKeys(t)
	for identity, ok := range map[string]bool{
		"@example.org": true, "joe@example.org": true, "@sub.example.org": true, "@EXAMPLE.org": true,
		"joe@example.com": false, "@notexample.org": false, "joe": false, "a;b@example.org": false, "@x y.example.org": false,
	} {
		k := *keys[0]
		k.Identity = identity
		m := simple()
		m.DKIM = []*DKIMKey{&k}
		_, err := m.Render(Options{})
		require.Equal(t, ok, err == nil, "%s: %v", identity, err)
	}
	m := simple()
	m.DKIM = []*DKIMKey{{Domain: "example.org", Selector: "s"}}
	_, err := m.Render(Options{})
	require.ErrorContains(t, err, "ParseDKIMKey")
}

// The canonical body is the same, no matter how the body is divided into writes.
func TestRelaxedBodyInPieces(t *testing.T) {
	for _, text := range []string{
		"", "\r\n", "\r\n\r\n", "a", "a\r\n", " a \t b \r\n\r\n c\r\n \r\n\r\n", "a\rb\r\n", "x\r", "  ", " \r\n x",
		strings.Repeat("word  word\t\r\n", 500),
	} {
		for step := 1; step <= 7; step++ {
			var b bytes.Buffer
			r := &relaxedBody{w: &b}
			for rest := []byte(text); len(rest) > 0; {
				n := min(step, len(rest))
				r.Write(rest[:n])
				rest = rest[n:]
			}
			r.end()
			require.Equal(t, relaxedBodyOf(text), b.String(), "%q by %d", text, step)
		}
	}
}
