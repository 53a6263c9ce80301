// SPDX-License-Identifier: MIT

package idn

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

func TestLookAlikeCharactersAreRefused(t *testing.T) {
	for _, r := range []rune{
		0x80, 0x85, 0x9f, 0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x1680, 0x17b4, 0x180b, 0x180e, 0x2000, 0x200b, 0x200c, 0x200d,
		0x200e, 0x200f, 0x2024, 0x2028, 0x2029, 0x202a, 0x202e, 0x202f, 0x205f, 0x2060, 0x2063, 0x2066, 0x2069, 0x206f, 0x212a, 0x2800,
		0x3000, 0x3002, 0x3164, 0xe000, 0xf8ff, 0xfb01, 0xfdd0, 0xfe0f, 0xfe52, 0xfe6b, 0xfeff, 0xff0e, 0xff20, 0xff21, 0xff61, 0xffa0,
		0xfff9, 0xfffc, 0xfffd, 0xffff, 0x2f00, 0x32b1, 0xfefb, 0xff76, 0xffda, 0x16fe4, 0x1d159, 0x1d41a, 0x1d6c2, 0x1ee00, 0x1f130, 0x378, 0xe0001, 0xe0020, 0xe0100, 0xf0000, 0x10ffff,
	} {
		for _, s := range []string{"%c", "a%c", "%ca", "a%cb", "ü%c日", "例%c"} {
			s = fmt.Sprintf(s, r)
			err := Check(s)
			require.Error(t, err, "%+q", s)
			require.ErrorContains(t, err, fmt.Sprintf("%U", r))
			require.ErrorContains(t, err, fmt.Sprintf("at octet %d", strings.IndexRune(s, r)+1))
			require.Error(t, CheckLocal(s))
			_, err = ToASCII(s + ".example")
			require.Error(t, err, "%+q", s)
			_, err = ToASCII("x." + s)
			require.Error(t, err, "%+q", s)
		}
	}
	require.ErrorContains(t, Check("a\xffb"), "octet 2 is 0xff")
	require.ErrorContains(t, Check("a\ufeffb"), "zero width no-break space")
}

// Every accepted character is visible, is assigned, and is not a variant of an ASCII character.
func TestEveryCharacter(t *testing.T) {
	for r := rune(0x80); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) || Check(string(r)) != nil {
			continue
		}
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.IndexFunc(norm.NFKC.String(string(r)), func(r rune) bool { return r < 0x80 }) >= 0 {
			t.Fatalf("%U is accepted", r)
		}
	}
}

func TestAddressesOfEveryScript(t *testing.T) {
	for _, s := range []string{
		"jörg", "žluťoučký", "пользователь", "χρήστης", "用户", "ユーザー", "사용자", "उपयोगकर्ता", "ผู้ใช้", "المستخدم", "משתמש", "õûñ",
		"क्\u200dष", "نامه\u200cای", "a.b+c", "😀", "น้ำ", "ນ້ຳ", "Հևա", "ㅋㅋ", "đặng", "İ", "L·L",
	} {
		require.NoError(t, CheckLocal(s), "%+q", s)
	}
	for _, s := range []string{"jo\u0308rg", "\u0301a", "e\u0301", "\u2126", "a\u200cb", "😀\u200d😀", "=\u0338"} {
		require.Error(t, CheckLocal(s), "%+q", s)
	}
	require.ErrorContains(t, CheckLocal("jo\u0308rg"), "U+0308 at octet 3, which is not in normalization form C")
}

func TestDomains(t *testing.T) {
	for in, want := range map[string]string{
		"BÜCHER.example": "xn--bcher-kva.example", "bu\u0308cher.example": "xn--bcher-kva.example", "例え.テスト": "xn--r8jz45g.xn--zckzah",
		"faß.de": "xn--fa-hia.de", "xn--bcher-kva.ü": "xn--bcher-kva.xn--tda", "_dmarc.ü.de": "_dmarc.xn--tda.de", "ΣΑΣ.gr": "xn--mxa9ab.gr",
		"المستخدم.example": "xn--mgbgmer5hhe.example", "paral·lel.cat": "xn--parallel-koa.cat", "i❤.ws": "xn--i-7iq.ws",
	} {
		got, err := ToASCII(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got, in)
		require.Equal(t, strings.ToLower(norm.NFC.String(strings.Replace(in, "xn--bcher-kva", "bücher", 1))), ToUnicode(got))
	}
	for _, in := range []string{
		"FAẞ.de", "İstanbul.example", "ex\u00adample.ü", "ｅxample.com", "a。b", "a．b.ü", "a｡b", "ſ.example", "㎏.example", "ﬁ.example",
		"a\u2044b.example", "a\u2215b.example", "a<\u0338.example", "a>\u0338.example", "a=\u0338.example", "\u2f00.example", "\uff76.example",
		"xn--\u00fc.example", "\u0301a.example", "a\u200db.example", "ü..de" + "\u3002", "½.example",
	} {
		got, err := ToASCII(in)
		require.Error(t, err, "%+q gives %q", in, got)
	}
	for in, want := range map[string]string{"น้ำ.ไทย": "xn--q3c4c8cq.xn--o3cw4h", "ນ້ຳ.ລາວ": "xn--e7c4c8cq.xn--q7ce6a"} {
		got, err := ToASCII(in)
		require.NoError(t, err, "%+q", in)
		require.Equal(t, want, got, in)
	}
	_, err := ToASCII("FAẞ.de")
	require.ErrorContains(t, err, "U+1E9E at octet 3")
	for _, s := range []string{"xn--a", "xn--zzzzzz99999999", "xn--", "plain.example"} {
		require.Equal(t, s, ToUnicode(s))
	}
}
