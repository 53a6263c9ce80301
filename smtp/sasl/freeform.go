// SPDX-License-Identifier: MIT

package sasl

import "unicode"

// Code points for which the rules of RFC 5892, appendix A, depend on the characters around
// them.
const (
	nonJoiner    = 0x200c // ZERO WIDTH NON-JOINER
	joiner       = 0x200d // ZERO WIDTH JOINER
	middleDot    = 0x00b7
	greekNumeral = 0x0375 // GREEK LOWER NUMERAL SIGN
	geresh       = 0x05f3 // HEBREW PUNCTUATION GERESH
	gershayim    = 0x05f4 // HEBREW PUNCTUATION GERSHAYIM
	japaneseDot  = 0x30fb // KATAKANA MIDDLE DOT
	arabicZero   = 0x0660 // the first of the ARABIC-INDIC DIGITs
	extendedZero = 0x06f0 // the first of the EXTENDED ARABIC-INDIC DIGITs
	none         = -1     // stands for the missing character before the first or after the last one
)

// isFreeform reports whether s is a string of the FreeformClass (RFC 8264, section 4.3).
func isFreeform(s string) bool {
	runes := []rune(s)
	var arabic, extended, dot, japanese bool
	for i, r := range runes {
		switch {
		case isDigit(r, arabicZero):
			arabic = true
		case isDigit(r, extendedZero):
			extended = true
		case r == japaneseDot:
			dot = true
		case !allowedAt(runes, i):
			return false
		default:
			japanese = japanese || unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
		}
	}
	return !(arabic && extended) && (japanese || !dot)
}

// allowedAt reports whether the FreeformClass allows the character at index i. For some
// characters, this depends on the characters before and after them.
func allowedAt(runes []rune, i int) bool {
	before, after := rune(none), rune(none)
	if i > 0 {
		before = runes[i-1]
	}
	if i+1 < len(runes) {
		after = runes[i+1]
	}
	switch r := runes[i]; {
	case r == nonJoiner:
		return isVirama(before) || joinedOver(runes, i)
	case r == joiner:
		return isVirama(before)
	case r == middleDot:
		return before == 'l' && after == 'l'
	case r == greekNumeral:
		return after == greekNumeral || unicode.Is(unicode.Greek, after)
	case r == geresh, r == gershayim:
		return unicode.Is(unicode.Hebrew, before)
	default:
		return isFree(r)
	}
}

// joinedOver reports whether the characters before and after the ZERO WIDTH NON-JOINER at index
// i would be joined without it. Before the non-joiner, joinedOver does not look across Greek and
// Hebrew characters and viramas. Package precis, which older versions of this library use, does
// the same, and a login must not depend on the version of the library.
func joinedOver(runes []rune, i int) bool {
	left, right := i-1, i+1
	for left >= 0 && transparent(runes[left]) && !isVirama(runes[left]) && !unicode.In(runes[left], unicode.Greek, unicode.Hebrew) {
		left--
	}
	for right < len(runes) && transparent(runes[right]) {
		right++
	}
	return left >= 0 && right < len(runes) && (joins(runes[left], 'L') || joins(runes[left], 'D')) &&
		(joins(runes[right], 'R') || joins(runes[right], 'D'))
}

func isDigit(r, zero rune) bool { return zero <= r && r < zero+10 }

// isFree reports whether the FreeformClass allows r, whatever the characters before and after r
// are. The FreeformClass allows letters, marks, numbers, punctuation, symbols and spaces, except
// old Hangul letters, characters with the Unicode property Default_Ignorable_Code_Point, and the
// characters that section 2.6 of RFC 5892 disallows.
func isFree(r rune) bool {
	switch {
	case r == 0x0640, r == 0x07fa, r == 0x302e, r == 0x302f, 0x3031 <= r && r <= 0x3035, r == 0x303b:
		return false
	case 0x1100 <= r && r <= 0x11ff, 0xa960 <= r && r <= 0xa97c, 0xd7b0 <= r && r <= 0xd7fb:
		return false
	case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return false
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs)
}
