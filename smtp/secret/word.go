// SPDX-License-Identifier: MIT

package secret

import (
	"csmtp/smtp/internal/text"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	shortest = 4  // a secret of at least this many octets is hidden anywhere in a text
	certain  = 8  // this many characters at the beginning of a secret are hidden whatever follows them
	inside   = 16 // this many consecutive characters of a secret are hidden anywhere in a text
)

// word is one secret and the forms to look for.
type word struct {
	secret  string
	needles []needle

	hasOctets bool // whether the field 'octets' is set in one of the needles
}

// needle is a form of a secret for which a view is searched. The octets of the needle were
// written by view.normal or view.octets.
type needle struct {
	b      []byte
	head   []byte // the shortest beginning of b that is hidden
	code   bool   // whether the needle is base64: the whole run of base64 around it is then hidden
	alone  bool   // whether the needle is hidden only as a separate word
	bare   bool   // whether the needle is hidden only where scanner.quoted reports true
	octets bool   // whether the needle is not UTF-8: it is then compared with view.octets
	blank  bool   // whether the secret, or its spelling in the needle, contains a space or a tab
}

func newWord(secret string) *word {
	w := &word{secret: secret}
	raw := normal(secret)
	if len(secret) < shortest || len(raw) < shortest {
		w.add(needle{b: raw, bare: true})
		w.add(needle{b: normal(base64.RawStdEncoding.EncodeToString([]byte(secret))), alone: true})
		w.add(needle{b: []byte(hex.EncodeToString([]byte(secret))), alone: true})
		return w
	}
	w.addText(secret)
	for _, other := range spellings(secret) {
		w.addText(other)
	}
	w.addBase64(secret)
	if !text.IsASCII(secret) {
		// The base64 of a few characters in UTF-16 is too short for base64Runs to find.
		w.addBase64(utf16Of(secret, binary.LittleEndian))
		w.addBase64(utf16Of(secret, binary.BigEndian))
	}
	return w
}

func (w *word) add(n needle) {
	if len(n.b) == 0 || !n.bare && !n.alone && len(n.b) < shortest {
		return
	}
	n.head = n.b
	if !n.bare && !n.alone {
		n.head = n.b[:min(certain, max(shortest, (len(n.b)+1)/2))]
	}
	w.needles = append(w.needles, n)
}

// addText adds a spelling of the secret. If the spelling is not UTF-8, its first and last
// octets can form a character with the neighboring octets in a text. addText therefore also
// adds a needle that is compared octet by octet.
func (w *word) addText(spelling string) {
	blank := isBlank(w.secret) || isBlank(spelling)
	w.add(needle{b: normal(spelling), blank: blank})
	if !utf8.ValidString(spelling) {
		w.add(needle{b: new(view).plain(spelling).octets(new(view)).b, octets: true, blank: blank})
		w.hasOctets = true
	}
}

// isBlank reports whether s contains a space or a tab. In UTF-16, each of these can be one
// half of another character.
func isBlank(s string) bool { return strings.ContainsAny(s, " \t") }

// addBase64 adds the base64 of the given octets for each of the three alignments.
func (w *word) addBase64(octets string) {
	for at := range 3 {
		w.add(needle{b: normal(base64Within(octets, at)), code: true, blank: isBlank(w.secret)})
	}
}

// base64Within encodes a text in which 'at' octets precede the secret, and returns the characters
// of the base64 that depend on the secret alone.
func base64Within(secret string, at int) string {
	code := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", at) + secret))
	code = code[[]int{0, 2, 3}[at]:]
	if (at+len(secret))%3 != 0 {
		code = code[:len(code)-1]
	}
	return code
}

// utf16Of returns a secret in UTF-16, because some Windows programs write texts in UTF-16.
func utf16Of(secret string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(secret)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// spellings returns other forms of a secret that has control characters or characters outside
// ASCII. Programs write these forms if they cannot show such characters, mistake UTF-8 for ISO
// 8859-1, or write UTF-16. For other secrets, spellings returns nil.
func spellings(secret string) []string {
	odd := func(r rune) bool { return r < ' ' || r >= 0x7f }
	if strings.IndexFunc(secret, odd) < 0 {
		return nil
	}
	var octets, runes, twice, latin, replaced strings.Builder
	for i := range len(secret) {
		c := secret[i]
		if odd(rune(c)) {
			octets.WriteByte('?')
		} else {
			octets.WriteByte(c)
		}
		twice.WriteRune(rune(c))
	}
	isLatin := utf8.ValidString(secret)
	for _, r := range secret {
		if odd(r) {
			runes.WriteByte('?')
		} else {
			runes.WriteRune(r)
		}
		replaced.WriteRune(r)
		isLatin = isLatin && r <= 0xff
		latin.WriteByte(byte(r))
	}
	all := []string{octets.String(), runes.String(), twice.String(), replaced.String(), utf16Of(secret, binary.LittleEndian), utf16Of(secret, binary.BigEndian)}
	if isLatin {
		all = append(all, latin.String())
	}
	return all
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80
}

// isCode reports whether an octet belongs to base64, in either alphabet.
func isCode(c byte) bool {
	return c < 0x80 && isWord(c) || c == '+' || c == '/' || c == '-' || c == '_'
}
