// SPDX-License-Identifier: MIT

// Package text makes text from servers, certificates and files safe to show on terminals
// and in logs.
package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns s as valid UTF-8 without characters that move the cursor, end the
// line, change the writing direction, join other characters or are invisible. It writes
// such a character as \xNN if it is ASCII, and otherwise as \uNNNN or \UNNNNNNNN. It writes
// an octet that is not UTF-8 as \xNN, and TAB as a space. If s is a result of Visible, it is
// returned unchanged.
func Visible[T ~string | ~[]byte](s T) string {
	if plain(s) {
		return string(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	rest := string(s)
	for len(rest) > 0 {
		r, n := utf8.DecodeRuneInString(rest)
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && n == 1, r < ' ', r == 0x7f:
			escape(&b, 'x', rune(rest[0]), 2)
		case shown(r):
			b.WriteString(rest[:n])
		case r <= 0xffff:
			escape(&b, 'u', r, 4)
		default:
			escape(&b, 'U', r, 8)
		}
		rest = rest[n:]
	}
	return b.String()
}

// Bounded returns the result of Visible for the first 'most' characters of s. It adds "..." if
// s is longer.
func Bounded[T ~string | ~[]byte](s T, most int) string {
	n := 0
	for i := range string(s) {
		if n == most {
			return Visible(s[:i]) + "..."
		}
		n++
	}
	return Visible(s)
}

func plain[T ~string | ~[]byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// shown reports whether r is a visible letter, mark, number, symbol or punctuation, or a
// space. This excludes control and format characters, line separators, surrogates,
// private-use and unassigned characters, and invisible marks and letters.
func shown(r rune) bool {
	return (unicode.IsPrint(r) || unicode.Is(unicode.Zs, r)) &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// FindControl returns the name of the first control character of s, such as "line feed",
// and its place, counted in octets from 1. The place is 0 if there is no control
// character.
func FindControl(s string) (name string, place int) {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return ControlName(s[i]), i + 1
		}
	}
	return "", 0
}

// ControlName returns the name of a control character.
func ControlName(c byte) string {
	switch c {
	case 0:
		return "NUL"
	case '\t':
		return "TAB"
	case '\n':
		return "line feed"
	case '\r':
		return "carriage return"
	}
	return fmt.Sprintf("control character 0x%02x", c)
}

// FindInPath finds the first control character of a path, as FindControl does. The result
// 'help' says how to correct the path. If the control character can result from an escape
// sequence in a string literal, 'help' suggests doubling the backslashes: for example, the
// literal "C:\new" contains a line feed.
func FindInPath(path string) (name string, place int, help string) {
	name, place = FindControl(path)
	if place > 0 && strings.IndexByte("\a\b\t\n\v\f\r", path[place-1]) >= 0 {
		return name, place, `remove it; in source code, write a backslash in a path as \\`
	}
	return name, place, "remove it"
}

func escape(b *strings.Builder, kind byte, r rune, digits int) {
	const hex = "0123456789abcdef"
	b.WriteByte('\\')
	b.WriteByte(kind)
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b.WriteByte(hex[r>>shift&15])
	}
}
