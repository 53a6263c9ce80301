// SPDX-License-Identifier: MIT

package address

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"a@b.example":               "a@b.example",
		"postmaster":                "postmaster",
		`"a@b"@c.example`:           `"a@b"@c.example`,
		"a@[192.0.2.1]":             "a@[192.0.2.1]",
		"a@[IPv6:2001:db8::1]":      "a@[IPv6:2001:db8::1]",
		"a@bücher.example":          "a@xn--bcher-kva.example",
		"jörg@bücher.example":       "jörg@bücher.example",
		"a..b@under_score.example":  "a..b@under_score.example",
		`"a\"b"@xn--bcher-kva.test`: `"a\"b"@xn--bcher-kva.test`,
	} {
		a, err := Parse(in)
		assert.NoError(t, err, in)
		assert.Equal(t, want, a.String(), in)
	}
}

func TestParseRefuses(t *testing.T) {
	for in, text := range map[string]string{
		"":                      "is empty",
		"@b.example":            "source route",
		"@r.example:a@b.c":      "source route",
		"a@":                    "no domain",
		"a@b..c":                "a label that is empty",
		"a@b.":                  "a label that is empty",
		"a@b c.example":         "characters other than",
		"a b@c.example":         `' ' at octet 2`,
		"a@b@c.example":         `'@' at octet 2`,
		"a@b.example;c@d":       `'@' at octet 2`,
		"<a@b.example>":         `'<' at octet 1`,
		`"a@b.example`:          "not correctly quoted",
		`"a"b@c.example`:        "not correctly quoted",
		"a\r@b.example":         "U+000D at octet 2",
		"a@b.example\n":         "U+000A at octet 12",
		"a\u200b@b.example":     "U+200B",
		"a@b.example\uff20c.de": "U+FF20",
		"a@[1.2.3]":             "address literal",
		"a@[IPv6:1.2.3.4]":      "address literal",
		"a@[IPv6:fe80::1%eth0]": "address literal",
		"a@[x:y]":               "address literal",
		"a\xff@b.example":       "not valid UTF-8",
	} {
		_, err := Parse(in)
		assert.ErrorContains(t, err, text, "%q", in)
	}
}
