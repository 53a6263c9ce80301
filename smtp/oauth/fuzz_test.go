// SPDX-License-Identifier: MIT

package oauth

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode"
)

// Run longer with: go test ./smtp/oauth -fuzz FuzzParse -fuzztime 60s
//
// Whatever a token server replies, the result is either a token that can be sent, or a short
// printable error without secrets.
func FuzzParse(f *testing.F) {
	f.Add(200, []byte(`{"access_token":"t","token_type":"Bearer","expires_in":3600,"refresh_token":"r"}`))
	f.Add(400, []byte(`{"error":"invalid_grant","error_description":"topsecretvalue"}`))
	f.Add(500, []byte(`<html>`))
	c := &Config{Endpoint: "https://example.org/token", ClientID: "app", ClientSecret: "topsecretvalue"}
	r := &request{c: c, refresh: "topsecretrefresh", secrets: c.secrets("topsecretrefresh")}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got, err := r.parse(status, body)
		if err == nil {
			if got.access == "" || strings.ContainsAny(got.access, " \x00\x01\r\n") || got.usable() < 0 || got.usable() > maxLife {
				t.Fatalf("%+v", got)
			}
			return
		}
		text := err.Error()
		if len(text) > 4000 || strings.Contains(text, "topsecret") || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("%q", text)
		}
	})
}

// FuzzDescribe checks that, whatever a token contains, its description is one line of
// limited length without control characters, and contains no segment of the token.
func FuzzDescribe(f *testing.F) {
	f.Add(`{"aud":"https://outlook.office365.com","roles":["SMTP.SendAsApp"],"exp":1800000000}`)
	f.Add(`{"iss":"a\u202e\r\nb","scp":7,"exp":1e10}`)
	f.Fuzz(func(t *testing.T, claims string) {
		segment := base64.RawURLEncoding.EncodeToString([]byte(claims))
		text := Describe("header." + segment + ".signature")
		if len(text) > 8000 || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == 0x202e }) {
			t.Errorf("%q: %q", claims, text)
		}
		if len(segment) > 8 && strings.Contains(text, segment) {
			t.Errorf("%q: %q", claims, text)
		}
	})
}
