// SPDX-License-Identifier: MIT

package text

import "unicode/utf8"

// IsASCII reports whether s has no octet above 127.
func IsASCII[T ~string | ~[]byte](s T) bool {
	for ; len(s) >= 8; s = s[8:] {
		// The compiler combines these eight loads into one.
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if x&0x8080808080808080 != 0 {
			return false
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// IsAlnum reports whether c is a letter or digit of ASCII.
func IsAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// IsAtext reports whether c is atext as RFC 6532 defines it: atext of RFC 5322, section
// 3.2.3, or an octet outside ASCII.
func IsAtext(c byte) bool {
	if IsAlnum(c) || c >= utf8.RuneSelf {
		return true
	}
	switch c {
	case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '/', '=', '?', '^', '_', '`', '{', '|', '}', '~':
		return true
	}
	return false
}
