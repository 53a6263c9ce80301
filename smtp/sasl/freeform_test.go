// SPDX-License-Identifier: MIT

package sasl

import (
	"math/rand"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/secure/precis"
)

// agrees checks that isFreeform and prepare agree with package precis.
func agrees(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		return
	}
	want, err := precis.OpaqueString.String(s)
	if err != nil {
		want = s
	}
	if got := prepare(s); got != want {
		require.Equal(t, want, got, "%+q", s)
	}
	// prepare changes a space outside ASCII unless package precis refuses the string.
	if _, err := precis.OpaqueString.String(s + "\u00a0"); (err == nil) != (prepare(s+"\u00a0") != s+"\u00a0") {
		require.NoError(t, err, "%+q", s)
		require.Fail(t, "is refused", "%+q", s)
	}
}

// around contains strings in which the test replaces X with each character. In these contexts,
// the rules of RFC 5892, appendix A, apply to some characters.
var around = [][]rune{
	[]rune("X"), []rune("X\u200c\u0628"), []rune("\u0628\u200cX"), []rune("\u0628\u200cX\u0628"), []rune("\u0628X\u200c\u0628"),
	[]rune("X\u200dx"), []rune("lX"), []rune("X\u00b7l"), []rune("l\u00b7X"), []rune("\u0375X"), []rune("X\u0375"), []rune("X\u05f3"),
	[]rune("X\u05f4\u05f3"), []rune("\u30fbX"), []rune("X\u0660"), []rune("\u06f0X"), []rune("e\u0301X"),
}

// A failure after an update of Go or x/text can mean that Unicode has new characters: add them
// to the table 'joining'.
func TestFreeformIsThatOfPrecis(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		contexts := around
		if !isFree(r) && r > 0x3000 {
			contexts = around[:1]
		}
		for _, context := range contexts {
			s := append([]rune(nil), context...)
			for i := range s {
				if s[i] == 'X' {
					s[i] = r
				}
			}
			agrees(t, string(s))
		}
	}
}

// special contains characters of every kind that the rules distinguish.
var special = []rune("aLl \u00a0\u3000\u00b7\u0375\u03b1\u0300\u0345\u05d0\u05b0\u05f3\u05f4\u0628\u0627\u064b\u0660\u0669\u06f0\u06f9\u0640" +
	"\u094d\u0915\u200c\u200d\u30fb\u3042\u30a2\u4e00\u3099\ua872\u1806\u0710\u0711\u1100\u1161\uac00\u11a8\u00ad\u180b\ufe0f\u2060\t\x7f\U0001e94b" +
	"\U00010d00\U00010a3f\u0378\ue000\U0001f511\u1dd0\u0359\u07fa\u302e\u303b\uffa0\u0385\u0344\u212b")

func TestFreeformInRandomStrings(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 300000 {
		s := make([]rune, 1+random.Intn(7))
		for i := range s {
			s[i] = special[random.Intn(len(special))]
		}
		agrees(t, string(s))
	}
}

func FuzzPrepare(f *testing.F) {
	for _, s := range []string{"e\u0301", "\u0628\u064b\u200c\u0628", "l\u00b7l\u00a0", "\u0375\u03b1", "\u30a2\u30fb\u3000"} {
		f.Add(s)
	}
	f.Fuzz(agrees)
}
