// SPDX-License-Identifier: MIT

package sasl

import (
	"strings"
	"testing"
)

// Run longer with: go test ./smtp/sasl -fuzz FuzzChallenges -fuzztime 60s
//
// Whatever a server sends, a mechanism does not succeed without the server's proof, no response exceeds
// the limit, and errors are short and printable.
func FuzzChallenges(f *testing.F) {
	for i := range Names() {
		f.Add(uint8(i), []byte(""), []byte("x"))
		f.Add(uint8(i), []byte("Username:"), []byte("Password:"))
		f.Add(uint8(i), []byte(`realm="",nonce="n",qop="auth",charset="utf-8",algorithm="md5-sess"`), []byte("rspauth=00"))
		f.Add(uint8(i), []byte("r=NONCEx,s=AAAA,i=4096"), []byte("v=AAAA"))
		f.Add(uint8(i), []byte("r=NONCEx,s=AAAA,i=999999999999999999999"), []byte("e=other-error"))
		f.Add(uint8(i), []byte(`{"status":"401","schemes":"bearer","scope":"mail"}`), []byte("{}"))
		f.Add(uint8(i), []byte("<1896.697170952@postoffice.reston.mci.net>"), []byte(""))
	}
	c := Credentials{Login: "joe", Password: "topsecretpassword", Token: fixedToken("topsecrettoken")}
	f.Fuzz(func(t *testing.T, which uint8, first, second []byte) {
		name := Names()[int(which)%len(Names())]
		m, err := New(name, c, Channel{Host: "mail.example.org", Port: 587})
		if err != nil {
			return // -PLUS without TLS
		}
		needsProof := strings.HasPrefix(name, "SCRAM") || name == "DIGEST-MD5"
		if _, err := m.Start(); err != nil {
			t.Fatal(err)
		}
		if s, ok := m.(*scram); ok {
			first = []byte(strings.ReplaceAll(string(first), "NONCE", s.nonce))
			// Skip large iteration counts: they are allowed, but slow.
			if sf, wrong := parseServerFirst(string(first), s.nonce); wrong == "" && sf.iterations > 10_000 && sf.iterations <= maxIterations {
				return
			}
		}
		for _, challenge := range [][]byte{first, second, first} {
			response, err := m.Next(challenge)
			if len(response) > MaxResponse {
				t.Fatalf("%s: response of %d octets", name, len(response))
			}
			if err != nil {
				text := err.Error()
				if len(text) > 500 || strings.Contains(text, "topsecret") || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
					t.Fatalf("%s: error text %q", name, text)
				}
				if m.Done() {
					t.Fatalf("%s: done after an error", name)
				}
				return
			}
			if needsProof && m.Done() {
				t.Fatalf("%s: done without a proof", name)
			}
			if r := Refusal(m); r != nil && len(r.Error()) > 4000 {
				t.Fatalf("%s: refusal of %d octets", name, len(r.Error()))
			}
		}
	})
}

// If directives are parsed, written and parsed again, their values remain the same.
func FuzzDirectives(f *testing.F) {
	f.Add(`realm="a\"b",nonce=c`)
	f.Add(`a="",b= "\\" ,`)
	f.Fuzz(func(t *testing.T, s string) {
		d, wrong := parseDirectives(s)
		if wrong != "" {
			return
		}
		var parts []string
		for name, values := range d {
			for _, v := range values {
				parts = append(parts, name+"="+quote(v))
			}
		}
		again, wrong := parseDirectives(strings.Join(parts, ","))
		if wrong != "" {
			t.Fatalf("%q: %s", parts, wrong)
		}
		for name, values := range d {
			if len(again[name]) != len(values) {
				t.Fatalf("%q became %q", d, again)
			}
			for i, v := range values {
				if again[name][i] != v {
					t.Fatalf("%q became %q", d, again)
				}
			}
		}
	})
}
