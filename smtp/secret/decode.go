// SPDX-License-Identifier: MIT

package secret

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"csmtp/internal/entity"
)

// decoders contains one function for each encoding. A decoder returns the texts that result
// from decoding a view. It returns none if the view does not contain the encoding.
var decoders = []func(*view) []*view{
	byEscape('%', percent), byEscape('=', quotedPrintable), byEscape('+', hexPair), byEscape('\\', backslash), byEscape('&', reference),
	byEscape('\n', lineEnd), blanks('+'), blanks('_'), hexadecimal, decimal, base64Runs,
}

// byEscape returns a decoder for the escapes that begin with mark. The function 'one' decodes the
// escape at the beginning of s. It returns the decoded text and the length of the escape, which
// is 0 if s does not begin with an escape.
func byEscape(mark byte, one func(s []byte) (string, int)) func(*view) []*view {
	return func(v *view) []*view {
		if bytes.IndexByte(v.b, mark) < 0 {
			return nil
		}
		var out *view
		for i := 0; i < len(v.b); i++ {
			if v.b[i] == mark {
				if text, n := one(v.b[i:]); n > 0 {
					if out == nil {
						out = newView(len(v.b))
						for j := range i {
							out.copy(v, j)
						}
					}
					out.decoded(text, v, i, i+n-1)
					i += n - 1
					continue
				}
			}
			if out != nil {
				out.copy(v, i)
			}
		}
		if out == nil {
			return nil
		}
		return []*view{out}
	}
}

// hexPair decodes %41, =41 or +41.
func hexPair(s []byte) (string, int) {
	if c, ok := hexNumber(s[1:], 2); ok {
		return string([]byte{byte(c)}), 3
	}
	return "", 0
}

// quotedPrintable decodes an escape such as =41, or a soft line break.
func quotedPrintable(s []byte) (string, int) {
	for n := 1; n < min(len(s), 3); n++ {
		if s[n] == '\n' {
			return "", n + 1
		}
	}
	return hexPair(s)
}

// lineEnd removes a line end, and the quotation marks such as ">" at the beginning of the next
// line. A secret is then found even if a line end splits one of its escapes.
func lineEnd(s []byte) (string, int) {
	n := 1
	for n < len(s) && n < 8 && strings.IndexByte(" \t>|\"'", s[n]) >= 0 {
		n++
	}
	return "", n
}

// percent decodes %41 and %u0041.
func percent(s []byte) (string, int) {
	if len(s) > 1 && s[1]|0x20 == 'u' {
		if r, ok := hexNumber(s[2:], 4); ok {
			return string(rune(r)), 6
		}
	}
	return hexPair(s)
}

// backslash decodes the escapes of JSON, C and Go.
func backslash(s []byte) (string, int) {
	if len(s) < 2 {
		return "", 0
	}
	switch c := s[1]; c {
	case 'x':
		if n, ok := hexNumber(s[2:], 2); ok {
			return string([]byte{byte(n)}), 4
		}
	case 'u':
		return unicodeEscape(s)
	case 'U':
		if r, ok := hexNumber(s[2:], 8); ok {
			return string(rune(r)), 10
		}
	case 'a':
		return "\a", 2
	case 'b':
		return "\b", 2
	case 'n', 'r', 't', 'f', 'v': // all white space
		return " ", 2
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n, value := 1, 0
		for ; n < 4 && n < len(s) && '0' <= s[n] && s[n] <= '7'; n++ {
			value = value*8 + int(s[n]-'0')
		}
		return string([]byte{byte(value)}), n
	default:
		return string(s[1:2]), 2
	}
	return "", 0
}

// unicodeEscape decodes \u0041, a surrogate pair of two such escapes, and \u{41}.
func unicodeEscape(s []byte) (string, int) {
	if len(s) > 2 && s[2] == '{' {
		end := strings.IndexByte(string(s[:min(len(s), 12)]), '}')
		if end < 0 {
			return "", 0
		}
		r, ok := hexNumber(s[3:], end-3)
		if !ok {
			return "", 0
		}
		return string(rune(r)), end + 1
	}
	r, ok := hexNumber(s[2:], 4)
	if !ok {
		return "", 0
	}
	if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if low, ok := hexNumber(s[8:], 4); ok {
			if both := utf16.DecodeRune(rune(r), rune(low)); both != utf8.RuneError {
				return string(both), 12
			}
		}
	}
	return string(rune(r)), 6
}

// reference decodes &amp;, &#65; and &#x41;.
func reference(s []byte) (string, int) {
	for n := 1; n < len(s) && n < 12; n++ {
		if s[n] != ';' {
			if s[n] != '#' && !isWord(s[n]) {
				return "", 0 // not a reference, but one may begin at s[n]
			}
			continue
		}
		escape := string(s[:n+1])
		if number, ok := strings.CutPrefix(escape[1:n], "#"); ok {
			// entity.Decode is not used, because it reads 128 to 159 as Windows-1252.
			base := 10
			if hex := strings.TrimLeft(number, "xX"); len(hex) == len(number)-1 {
				number, base = hex, 16
			}
			r, err := strconv.ParseUint(number, base, 21)
			if err != nil {
				return "", 0
			}
			return string(rune(r)), n + 1
		}
		if text := entity.Decode(escape); text != escape {
			return text, n + 1
		}
		return "", 0
	}
	return "", 0
}

// blanks returns a decoder for mark, a character that stands for a space in forms or in encoded
// words.
func blanks(mark byte) func(*view) []*view {
	return byEscape(mark, func([]byte) (string, int) { return " ", 1 })
}
