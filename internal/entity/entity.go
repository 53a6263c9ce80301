// SPDX-License-Identifier: MIT

// Package entity decodes the character references of HTML.
//
// It knows every name of HTML 4. It also knows the names of HTML 5 that stand for a single
// character below U+0500: the characters of ASCII, and Latin, Greek and Cyrillic letters. It
// does not know the other names of HTML 5, which stand for mathematical symbols, arrows and
// the like. This is sufficient to find an address or a password that a server has escaped:
// the functions that escape HTML in Go and Python write only numbers and the names of ASCII
// characters, those in PHP and Perl write the names of HTML 4, and libraries that write the
// names of HTML 5 use them for letters.
//
// Package html of the standard library knows all names, but its table is larger by more than
// 100 kB, and the dynamic linker relocates each of its entries whenever a program loads the
// library.
package entity

import (
	"strconv"
	"strings"
	"sync"
)

// longest is the length of the longest name that may be used without the semicolon.
const longest = len("Aacute")

// table contains the text for which each name stands. Its maps are nil until the first use.
var table struct {
	once               sync.Once
	optional, required map[string]string
}

// Decode returns the text for which a character reference such as "&amp;" stands, in the
// same way as html.UnescapeString. ref begins with "&" and ends with ";". If the name is not
// known, but begins with a known name whose semicolon is optional, Decode decodes only the
// known name: the result for "&ampx;" is "&x;". Decode returns any other unknown reference
// unchanged.
func Decode(ref string) string {
	if len(ref) < 3 {
		return ref
	}
	name := ref[1 : len(ref)-1]
	if number, ok := strings.CutPrefix(name, "#"); ok {
		if text := numeric(number); text != "" {
			return text
		}
		return ref
	}
	table.once.Do(func() {
		table.optional, table.required = parse(optional), parse(required)
		table.required["fjlig"] = "fj" // the only name that stands for two letters
	})
	if text := table.required[name]; text != "" {
		return text
	}
	for n := min(len(name), longest); n > 1; n-- {
		switch text := table.optional[name[:n]]; {
		case text != "" && n == len(name):
			return text
		case text != "":
			return text + ref[1+n:]
		}
	}
	return ref
}

// numeric returns the character with the given number, such as 65 or x41. It returns "" if
// the text is not a number.
func numeric(number string) string {
	base := 10
	if number != "" && number[0]|0x20 == 'x' {
		number, base = number[1:], 16
	}
	n, err := strconv.ParseUint(number, base, 31)
	switch {
	case err != nil:
		return ""
	case n == 0:
		return "\ufffd"
	case 0x80 <= n && n <= 0x9f:
		return string(windows1252[n-0x80])
	}
	return string(rune(n))
}

// windows1252 contains the characters of the numbers 128 to 159, which HTML reads as
// windows-1252.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// parse returns a map from the names in lines to the texts for which they stand.
func parse(lines string) map[string]string {
	texts := make(map[string]string, 512)
	for line := range strings.Lines(lines[1:]) {
		fields := strings.Fields(line)
		first, _ := strconv.ParseUint(fields[0], 16, 31)
		for i, names := range fields[1:] {
			for name := range strings.SplitSeq(names, ",") {
				texts[name] = string(rune(int(first) + i))
			}
		}
	}
	delete(texts, "-")
	return texts
}
