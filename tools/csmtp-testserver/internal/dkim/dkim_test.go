// SPDX-License-Identifier: MIT

package dkim

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/message"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// The records in the example of RFC 8463, appendix A.
var records = map[string]string{
	"brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
	"test._domainkey.football.example.com": "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi" +
		"Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
}

func known(name string) (string, bool) { r, found := records[name]; return r, found }

func example(t *testing.T) string {
	raw, err := os.ReadFile("testdata/rfc8463.eml")
	require.NoError(t, err)
	return strings.ReplaceAll(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n", "\r\n")
}

func statuses(results []Result) string {
	var all []string
	for _, r := range results {
		all = append(all, string(r.Status))
	}
	return strings.Join(all, " ")
}

func TestExampleOfRFC8463(t *testing.T) {
	m := example(t)
	results := Verify([]byte(m), known, now)
	assert.Equal(t, "pass pass", statuses(results), "%+v", results)
	assert.Equal(t, "football.example.com", results[0].Domain)
	assert.Equal(t, "unchecked unchecked", statuses(Verify([]byte(m), nil, now)))

	for _, change := range [][2]string{
		{"hungry", "angry"}, {"dinner", "lunch"}, {"Joe SixPack", "Joe"}, {"h=from : to :", "h=to : from :"},
		{"From: Joe", "From: Eve <eve@x.example>\r\nFrom: Joe"}, // h= names From twice
	} {
		changed := strings.Replace(m, change[0], change[1], 2)
		require.NotEqual(t, m, changed)
		assert.Contains(t, statuses(Verify([]byte(changed), known, now)), "fail", "%q", change[0])
	}
	// What relaxed canonicalization allows.
	for _, change := range [][2]string{
		{"Subject: Is", "SUBJECT:   Is"}, {"yet?\r\n", "yet?  \r\n"}, {"Joe.\r\n", "Joe.\r\n\r\n\r\n"}, {"  Are", " Are"},
		{"Subject: Is dinner", "Subject: Is\r\n dinner"}, {"To:", "X-More: x\r\nTo:"},
	} {
		changed := strings.Replace(m, change[0], change[1], 1)
		require.NotEqual(t, m, changed)
		assert.Equal(t, "pass pass", statuses(Verify([]byte(changed), known, now)), "%q", change[0])
	}
}

func TestTags(t *testing.T) {
	sign := func(f string) string { return "DKIM-Signature: " + f + "\r\nFrom: a@x.example\r\n\r\n" }
	const good = "v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; c=relaxed/relaxed; b=AAAA"
	assert.Equal(t, "unchecked", statuses(Verify([]byte(sign(good)), nil, now)))
	for _, c := range []struct{ from, to, want string }{
		{"v=1; ", "", "v= is missing"},
		{"v=1", "v=2", "v=2 is not 1"},
		{"d=x.example; ", "", "d= is missing"},
		{"rsa-sha256", "rsa-sha1", "RFC 8301"},
		{"h=from", "h=to", "h= does not contain From"},
		{"c=relaxed/relaxed", "c=nofws", "not a known canonicalization"},
		{"b=AAAA", "b=AAAA; x=1", "expired"},
		{"b=AAAA", "b=AAAA; x=?", "not a valid time"},
		{"b=AAAA", "b=AAAA; l=9", "not a valid length"},
		{"b=AAAA", "b=AAAA; i=a@y.example", "not in the domain"},
		{"b=AAAA", "b=!", "not valid base64"},
		{"b=AAAA", "b=AAAA; b=BBBB", "not well-formed"},
		{"bh=4", "bh=5", "the body was changed"},
	} {
		r := Verify([]byte(sign(strings.Replace(good, c.from, c.to, 1))), nil, now)
		require.Len(t, r, 1)
		assert.Equal(t, Fail, r[0].Status)
		assert.Contains(t, r[0].Reason, c.want)
	}
	for record, want := range map[string]string{
		"p=": "revoked", "v=DKIM2; p=AAAA": "not DKIM1", "p=!": "not valid base64", "p=AAAA": "not an RSA key",
		"k=ed25519; p=AAAA": "Ed25519 key has", "k=dsa; p=AAAA": "not a known kind", "p": "not well-formed",
	} {
		r := Verify([]byte(sign(good)), func(string) (string, bool) { return record, true }, now)
		assert.Equal(t, Fail, r[0].Status)
		assert.Contains(t, r[0].Reason, want, record)
	}
}

// The signatures that package message makes are valid.
func TestSignaturesOfPackageMessage(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	public, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(rsaKey)
	require.NoError(t, err)
	one, err := message.ParseDKIMKey("x.example", "r", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	require.NoError(t, err)
	two, err := message.NewDKIMKey("x.example", "e", key)
	require.NoError(t, err)
	m := message.Message{From: []message.Address{{Mail: "a@x.example"}}, To: []message.Address{{Mail: "b@y.example"}}, Subject: "Grüße",
		Lines: []string{"Hello  there", ""}, DKIM: []*message.DKIMKey{one, two}}
	rendered, err := m.Render(message.Options{})
	require.NoError(t, err)
	var raw bytes.Buffer
	_, err = rendered.WriteTo(&raw)
	require.NoError(t, err)
	pub, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	results := Verify(raw.Bytes(), func(name string) (string, bool) {
		switch name {
		case "r._domainkey.x.example":
			return "v=DKIM1; p=" + base64.StdEncoding.EncodeToString(pub), true
		case "e._domainkey.x.example":
			return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public), true
		}
		return "", false
	}, time.Now())
	assert.Equal(t, "pass pass", statuses(results), "%+v\n%s", results, &raw)
}

func TestManySignatures(t *testing.T) {
	results := Verify([]byte(strings.Repeat("DKIM-Signature: x\r\n", 1000)+"\r\n"), nil, now)
	assert.Len(t, results, maxSignatures)
}

// The time that Verify needs grows only linearly with the size of the message.
func TestLongHeaders(t *testing.T) {
	const n = 1 << 20
	signature := "DKIM-Signature: v=1; a=rsa-sha256; d=x; s=s; h=from" + strings.Repeat(":\r\n from", n/8) + "; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; c=relaxed/relaxed; b=AAAA\r\n"
	m := signature + "From: a@x" + strings.Repeat("\r\n y", n) + "\r\n" + strings.Repeat("From: a\r\n", n/8) + "\r\n"
	lookup := func(string) (string, bool) { return records["test._domainkey.football.example.com"], true }
	results := Verify([]byte(m), lookup, now)
	require.Len(t, results, 1)
	assert.Contains(t, results[0].Reason, "does not match the header")
}

func TestEmptyBodies(t *testing.T) {
	assert.Equal(t, "\r\n", string(bodyOf(nil, false)))
	assert.Empty(t, bodyOf(nil, true))
	assert.Empty(t, bodyOf([]byte(" \r\n\t\r\n"), true))
	assert.Equal(t, "a\r\n", string(bodyOf([]byte("a \t\r\n \r\n"), true)))
	assert.Equal(t, "a \r\n", string(bodyOf([]byte("a \r\n\r\n"), false)))
	assert.Equal(t, "a\r\n", string(bodyOf([]byte("a"), false)))
}

func FuzzVerify(f *testing.F) {
	f.Add("v=1; a=rsa-sha256; d=x; s=s; h=from; bh=AAAA; b=AAAA", "v=DKIM1; p=AAAA")
	f.Fuzz(func(t *testing.T, signature, record string) {
		signature = regexp.MustCompile(`\s`).ReplaceAllString(signature, " ")
		m := fmt.Sprintf("DKIM-Signature: %s\r\nFrom: a@x\r\n\r\nbody\r\n", signature)
		for _, r := range Verify([]byte(m), func(string) (string, bool) { return record, true }, now) {
			if r.Status == Pass {
				t.Errorf("a message without a signature passes: %+v", r)
			}
		}
	})
}

func TestParseRecords(t *testing.T) {
	record := records["test._domainkey.football.example.com"]
	half := len(record) / 2
	for _, text := range []string{
		"test._domainkey.football.example.com " + record + "\n",
		"TEST._domainkey.football.example.com. IN TXT " + record,
		"test._domainkey.football.example.com. 3600 IN TXT \"" + record + "\" ; comment\n",
		"; a comment\n\ntest._domainkey\tIN\tTXT\t( \"" + record[:half] + "\"\r\n\t  \"" + record[half:] + "\" )  ; ----- DKIM key test\r\n",
	} {
		lookup, err := ParseRecords(text)
		require.NoError(t, err, text)
		assert.Equal(t, "unchecked pass", statuses(Verify([]byte(example(t)), lookup, now)), text)
		_, found := lookup("other._domainkey.football.example.com")
		assert.False(t, found)
	}
	for text, want := range map[string]string{
		"example.com v=DKIM1; p=AAAA": "line 1: \"example.com\" is not the name",
		"\ns._domainkey.x \"v=DKIM1":  "line 2: the quote is not closed",
		"s._domainkey.x (\n\"p=A\"":   "line 2: the parenthesis is not closed",
		"s._domainkey.x \"a\" )":      "no opening parenthesis",
		"s._domainkey.x p=AAAA":       "not an RSA key",
		"s._domainkey.x CNAME \"y\"":  "unexpected",
	} {
		_, err := ParseRecords(text)
		assert.ErrorContains(t, err, want, text)
	}
	lookup, err := ParseRecords("")
	require.NoError(t, err)
	_, found := lookup("a._domainkey.b")
	assert.False(t, found)
}

func FuzzParseRecords(f *testing.F) {
	f.Add("s._domainkey.x ( \"v=DKIM1;\" ; c\n \"p=A\" )")
	f.Fuzz(func(t *testing.T, text string) {
		lookup, err := ParseRecords(text)
		if (lookup == nil) == (err == nil) {
			t.Errorf("%v", err)
		}
	})
}
