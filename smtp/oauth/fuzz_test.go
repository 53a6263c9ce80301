// SPDX-License-Identifier: MIT

package oauth

import (
	"strings"
	"testing"
)

// Run longer with: go test ./smtp/oauth -fuzz FuzzParse -fuzztime 60s
//
// Whatever a token server replies, the result is a token that can be sent, or a short printable
// error without secrets.
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
