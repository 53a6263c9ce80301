// SPDX-License-Identifier: MIT

// Package idn checks addresses and host names with characters outside ASCII. It refuses
// characters that are invisible, look like other characters, or are replaced by other
// characters in transit: a mail to an address with such a character can reach a mailbox
// other than the one that the user expects.
package idn

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// known contains the names of the characters that Check most often refuses.
var known = map[rune]string{
	0x00a0: "no-break space", 0x00ad: "soft hyphen", 0x034f: "combining grapheme joiner", 0x061c: "Arabic letter mark",
	0x0085: "next line", 0x115f: "Hangul filler", 0x1160: "Hangul filler", 0x180e: "Mongolian vowel separator",
	0x200b: "zero width space", 0x200c: "zero width non-joiner", 0x200d: "zero width joiner",
	0x200e: "left-to-right mark", 0x200f: "right-to-left mark", 0x2028: "line separator", 0x2029: "paragraph separator",
	0x202a: "left-to-right embedding", 0x202b: "right-to-left embedding", 0x202c: "pop directional formatting",
	0x202d: "left-to-right override", 0x202e: "right-to-left override", 0x2060: "word joiner",
	0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate",
	0x2069: "pop directional isolate", 0x2800: "Braille pattern blank", 0x3000: "ideographic space",
	0x3002: "ideographic full stop", 0x3164: "Hangul filler", 0xfe52: "small full stop", 0xfe6b: "small commercial at",
	0xfeff: "zero width no-break space", 0xff0e: "full-width full stop", 0xff20: "full-width @",
	0xff61: "half-width ideographic full stop", 0xffa0: "half-width Hangul filler", 0xfffd: "replacement character",
}

// Check returns an error that names the first character of s outside ASCII
// that is invisible, is not assigned, or is treated as another character. It does
// not check ASCII characters.
func Check(s string) error {
	for i, r := range s {
		if r < utf8.RuneSelf {
			continue
		}
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return fmt.Errorf("is not valid UTF-8: octet %d is 0x%02x", i+1, s[i])
			}
		}
		if why := objection(r, s[:i], s[i+utf8.RuneLen(r):]); why != "" {
			return found(r, i, why)
		}
	}
	return nil
}

// found returns the error for the character r at index i. The text 'why' completes the clause
// "which ...".
func found(r rune, i int, why string) error {
	name := ""
	if n, ok := known[r]; ok {
		name = " (" + n + ")"
	}
	return fmt.Errorf("has the character %U%s at octet %d, which %s", r, name, i+1, why)
}

// objection returns a text that says what is wrong with the character r, or "" if nothing is
// wrong. The parameters 'before' and 'after' are the texts on both sides of r.
func objection(r rune, before, after string) string {
	const out = "; remove it"
	switch {
	case unicode.IsControl(r):
		return "is a control character" + out
	case unicode.In(r, unicode.Z), r == 0x2800:
		return "is a blank" + out
	case (r == 0x200c || r == 0x200d) && joins(r, before, after):
		return ""
	case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return "is invisible" + out
	case r == utf8.RuneError:
		return "marks a character that could not be decoded; enter the address again"
	case !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S):
		return "is for private use or not assigned" + out
	case r == 0x3002, r == 0xff61:
		return "is treated as a dot; use a dot"
	case r == 0xfffc, r == 0x1d159, r == 0x16fe4: // invisible, although their Unicode properties do not say so
		return "is invisible" + out
	}
	if form := plain(r); form != "" {
		return fmt.Sprintf("is treated as %+q; use %+[1]q instead", form)
	}
	return ""
}

// plain returns the compatibility form of a character that is a variant of another
// character: for example, "@" for U+FF20, and the Greek letter alpha for U+1D6C2. It
// returns "" for other characters.
func plain(r rune) string {
	form := norm.NFKC.String(string(r))
	ascii := strings.IndexFunc(form, func(r rune) bool { return r < utf8.RuneSelf }) >= 0
	if ascii || form != norm.NFC.String(string(r)) && !unicode.Is(ownLetters, r) {
		return form
	}
	return ""
}

// ownLetters contains characters that are allowed although they have a compatibility form:
// people type them in the languages that are named below.
var ownLetters = &unicode.RangeTable{R16: []unicode.Range16{
	{0x0587, 0x0587, 1},                      // Armenian
	{0x0675, 0x0678, 1},                      // Kazakh
	{0x0e33, 0x0e33, 1},                      // Thai
	{0x0eb3, 0x0eb3, 1}, {0x0edc, 0x0edd, 1}, // Lao
	{0x0f0c, 0x0f0c, 1}, {0x0f77, 0x0f77, 1}, {0x0f79, 0x0f79, 1}, // Tibetan
	{0x10fc, 0x10fc, 1}, // Georgian
	{0x3131, 0x318e, 1}, // Korean
}}

// joins reports whether r, a zero width joiner or non-joiner, changes how the text looks.
// Both do so after a virama. The non-joiner also does so between two letters of a script
// whose letters are connected (RFC 5892, appendix A.1 and A.2).
func joins(r rune, before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	if norm.NFC.PropertiesString(string(last)).CCC() == virama {
		return true
	}
	cursive := func(r rune) bool {
		return unicode.IsLetter(r) && unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic, unicode.Mongolian, unicode.Phags_Pa, unicode.Adlam, unicode.Hanifi_Rohingya)
	}
	return r == 0x200c && cursive(last) && cursive(next)
}

// virama is the canonical combining class of viramas, signs that join two consonants.
const virama = 9

// CheckLocal checks the local part of an address as Check does. It also refuses a combining
// mark at the beginning, and requires normalization form C (RFC 6532, section 3.1), because
// servers compare local parts octet by octet.
func CheckLocal(s string) error {
	if err := Check(s); err != nil {
		return err
	}
	if first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(s, `"`)); unicode.Is(unicode.M, first) {
		return found(first, strings.IndexRune(s, first), "needs a letter before it; add one or remove the character")
	}
	if i, want := 0, norm.NFC.String(s); want != s {
		for i < len(s) && i < len(want) && s[i] == want[i] {
			i++
		}
		for i > 0 && (i == len(s) || !utf8.RuneStart(s[i])) {
			i--
		}
		if s[i] < utf8.RuneSelf { // the next character, a combining mark, belongs to this one
			i++
		}
		r, _ := utf8.DecodeRuneInString(s[i:])
		return found(r, i, "is not in normalization form C; write it in its composed form (RFC 6532, section 3.1)")
	}
	return nil
}

var errName = errors.New("is not a valid internationalized domain name")
