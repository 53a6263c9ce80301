// SPDX-License-Identifier: MIT

package message

import (
	"csmtp/smtp/internal/address"
	"net/mail"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FuzzAddress sets any text as the address of a recipient. Either the text is refused, or the
// envelope has exactly one recipient, and net/mail finds exactly this address in the field To.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"a@b.c", "<a@b.c>", " a@b.c\t", `"a b, c"@d.e`, "a..b@c.d", "postmaster", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "jörg@bücher.example",
		"T: a@x.org, victim@y.org;", "a@x.org, b@y.org", "a@x.org;b@y.org", "Name <a@x.org>", "a@x.org (c)", "a@b@c", "@x:a@b.c", "a b@c.d",
		"a\u200b@x.org", "\ufeffa@x.org", "a\uff20x.org", "a@x\u3002org", "a@x\u00ad.org", "ü\u0308@x.org", "a@FAẞ.de", "\u202ea@x.org", "a@xn--a.org",
		"=?utf-8?q?a=40b=2Ec?=", "\"\\\n\"@x.org", "a@b.c>\r\nRCPT TO:<d@e.f",
	} {
		f.Add(s, "name")
	}
	f.Fuzz(func(t *testing.T, given, name string) {
		m := simple()
		m.To = []Address{{name, given}}
		r, err := m.Render(Options{UTF8: true, EightBit: true})
		if err != nil {
			refusedWell(t, err)
			return
		}
		if len(r.Recipients()) != 1 {
			t.Fatalf("%q gives %q", given, r.Recipients())
		}
		got := r.Recipients()[0]
		local, domain, _ := address.Split(got)
		if !norm.NFC.IsNormalString(local) {
			t.Fatalf("%+q is not in its composed form", got)
		}
		for _, c := range given + got {
			if c >= 0x80 && (!unicode.IsGraphic(c) || unicode.IsSpace(c) || strings.IndexFunc(norm.NFKC.String(string(c)), func(c rune) bool { return c < 0x80 }) >= 0) {
				t.Fatalf("%+q is accepted", given)
			}
		}
		h, _ := read(t, written(t, r))
		if domain == "" || domain[0] == '[' || local == `""` || strings.Contains(name, "=?") {
			return // net/mail refuses an address without a domain, and an empty quoted-string
		}
		list, err := (&mail.AddressParser{WordDecoder: &decoder}).ParseList(h.Get("To"))
		if err != nil || len(list) != 1 || list[0].Address != got && local[0] != '"' { // net/mail removes the quotes
			t.Fatalf("%q: net/mail finds %v, %v", got, list, err)
		}
	})
}
