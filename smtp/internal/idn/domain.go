// SPDX-License-Identifier: MIT

package idn

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"csmtp/smtp/internal/text"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// profile is the non-transitional profile of UTS 46. It accepts ASCII labels such as
// _dmarc, which callers must check themselves.
var profile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
	idna.CheckHyphens(true), idna.CheckJoiners(true), idna.BidiRule())

// ToASCII converts a domain to A-labels (RFC 5890). UTS 46 replaces many characters and
// removes others. ToASCII allows it to change only upper case and composition, and otherwise
// returns an error, so that the name looked up is the name that the user sees.
func ToASCII(domain string) (string, error) {
	if err := Check(domain); err != nil {
		return "", err
	}
	ascii, err := profile.ToASCII(domain)
	if err != nil {
		return "", errName
	}
	given, mapped := strings.Split(domain, "."), strings.Split(ascii, ".")
	if len(given) != len(mapped) {
		return "", errName
	}
	at := 0
	for i, label := range given {
		if !text.IsASCII(label) {
			if err := sameLabel(label, mapped[i], at); err != nil {
				return "", err
			}
		}
		at += len(label) + 1
	}
	return ascii, nil
}

// sameLabel returns an error unless the label and the A-label 'mapped', which was made from it,
// stand for the same text. 'at' is the index of the label in the domain.
func sameLabel(label, mapped string, at int) error {
	read, err := profile.ToUnicode(mapped)
	if err != nil {
		return errName
	}
	if r := strings.IndexFunc(read, symbol); r >= 0 {
		r, _ := utf8.DecodeRuneInString(read[r:])
		return fmt.Errorf("has the character %U, which is not allowed in a domain name", r)
	}
	if read == norm.NFC.String(amVowels.Replace(strings.ToLower(label))) {
		return nil
	}
	for i, r := range label {
		alone, err := profile.ToUnicode(string(r))
		if r >= utf8.RuneSelf && err == nil && alone != norm.NFC.String(strings.ToLower(string(r))) {
			return found(r, at+i, fmt.Sprintf("is treated as %+q; use %+[1]q instead", alone))
		}
	}
	return errName
}

// ToUnicode converts a domain from A-labels to U-labels. If ToASCII does not convert the
// result back to the same A-labels, ToUnicode returns the domain unchanged.
func ToUnicode(ascii string) string {
	domain, err := profile.ToUnicode(ascii)
	if err != nil {
		return ascii
	}
	if back, err := ToASCII(domain); err != nil || back != ascii {
		return ascii
	}
	return domain
}

// amVowels replaces the Thai and Lao vowel AM, which people type as one character, with the
// two characters to which UTS 46 maps it. Both forms look the same.
var amVowels = strings.NewReplacer("\u0e33", "\u0e4d\u0e32", "\u0eb3", "\u0ecd\u0eb2")

// symbol reports whether r is punctuation or a mathematical symbol outside ASCII that is not
// allowed in a domain. RFC 5892, section 2.6 and appendix A, allows a few of these characters.
func symbol(r rune) bool {
	if r < utf8.RuneSelf || !unicode.In(r, unicode.P, unicode.Sm) {
		return false
	}
	return !strings.ContainsRune("\u00b7\u05f3\u05f4\u0f0b\u30fb", r)
}
