// SPDX-License-Identifier: MIT

package sasl

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPrepare(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"plain ASCII ^\"\\,=~":      "plain ASCII ^\"\\,=~",
		"tab\tstays":                "tab\tstays",
		"e\u0301":                   "\u00e9", // is composed
		"\u00e9":                    "\u00e9",
		"no\u00a0break\u3000spaces": "no break spaces",
		"Aa\u00c4":                  "Aa\u00c4", // case is kept
		"\U0001f511":                "\U0001f511",
		"\uff21":                    "\uff21", // full width is kept, unlike in SASLprep
		"\u5bc6\u7801":              "\u5bc6\u7801",
		"tab\t\u00e9":               "tab\t\u00e9", // refused by the profile, so unchanged
		"e\u0301\x07":               "e\u0301\x07",
		"latin1 \xe9":               "latin1 \xe9", // not UTF-8, so unchanged
	} {
		assert.Equal(t, want, prepare(in), "%q", in)
		assert.Equal(t, want, prepare(prepare(in)), "%q twice", in)
	}
}

// Composed and decomposed spellings of a password result in the same login.
func TestScramNormalises(t *testing.T) {
	m := mustNew(t, "SCRAM-SHA-256", Credentials{Login: "zoe\u0308", Password: "pa\u0301ss\u00a0word"}, Channel{})
	s := scramVerifier{name: "SCRAM-SHA-256", login: "zo\u00eb", password: "p\u00e1ss word"}
	require.NoError(t, s.run(m))
	assert.True(t, m.Done())
}

func TestScramLoginMustBeUTF8(t *testing.T) {
	_, err := New("SCRAM-SHA-256", Credentials{Login: "zo\xeb", Password: "p"}, Channel{})
	assertReason(t, err, NotEncodable)
	_, err = New("SCRAM-SHA-256", Credentials{Login: "zoe", AuthzID: "\xeb", Password: "p"}, Channel{})
	assertReason(t, err, NotEncodable)
}
