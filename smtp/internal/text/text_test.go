// SPDX-License-Identifier: MIT

package text

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		"2.0.0 Ok: queued as 1":        "2.0.0 Ok: queued as 1",
		"Grüße, 世界, مرحبا, 👍":          "Grüße, 世界, مرحبا, 👍",
		"a\tb\r\nc\x00\x1b[31m\x7f":    `a b\x0d\x0ac\x00\x1b[31m\x7f`,
		"\u0085\u009b2J":               `\u0085\u009b2J`,
		"\xff\xc3(\xed\xa0\x80":        `\xff\xc3(\xed\xa0\x80`,
		"a\u202eb\u2066c\u2069":        `a\u202eb\u2066c\u2069`,
		"\u200e\u200f\u061c":           `\u200e\u200f\u061c`,
		"\u2028\u2029":                 `\u2028\u2029`,
		"pay\u200bpal\ufeff\u00ad":     `pay\u200bpal\ufeff\u00ad`,
		"\u034f\u3164\uffa0\u115f":     `\u034f\u3164\uffa0\u115f`,
		"\ue000\U000f0000\U000e0041":   `\ue000\U000f0000\U000e0041`,
		"\ufe0f\U000e0100\u0378\uffff": `\ufe0f\U000e0100\u0378\uffff`,
		"no\u00a0break \ufffd":         "no\u00a0break \ufffd",
	} {
		assert.Equal(t, want, Visible(in))
		assert.Equal(t, want, Visible([]byte(in)))
	}
}

func TestBounded(t *testing.T) {
	assert.Equal(t, "abc", Bounded("abc", 3))
	assert.Equal(t, "äb...", Bounded("äbc", 2))
	assert.Equal(t, `\xff\x0a...`, Bounded([]byte("\xff\n\xff"), 2))
}

// hostile returns the category of a character that must not be shown, or "" for other characters.
func hostile(r rune) string {
	switch {
	case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
		return "control, format or separator"
	case unicode.In(r, unicode.Bidi_Control, unicode.Join_Control):
		return "direction or joining"
	case !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs):
		return "unassigned"
	}
	return ""
}

var escaped = regexp.MustCompile(`^\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})$`)

func TestVisibleOfEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		got := Visible(string(r))
		for _, c := range got {
			if hostile(c) != "" {
				t.Fatalf("%U gives %q", r, got)
			}
		}
		if strings.HasPrefix(got, `\`) && r != '\\' && !escaped.MatchString(got) {
			t.Fatalf("%U gives %q", r, got)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\u202eb\xff\x1b[0m\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		got := Visible(s)
		require.True(t, utf8.ValidString(got))
		for _, r := range got {
			require.Empty(t, hostile(r), "%q gives %q", s, got)
		}
		require.Equal(t, got, Visible(got))
		require.Equal(t, got, Visible([]byte(s)))
		require.LessOrEqual(t, utf8.RuneCountInString(Bounded(s, 5)), 5*10+3)
	})
}
