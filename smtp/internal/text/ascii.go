// SPDX-License-Identifier: MIT

package text

import "unicode/utf8"

// IsASCII reports whether s has no octet above 127.
func IsASCII[T ~string | ~[]byte](s T) bool {
	for ; len(s) >= 8; s = s[8:] {
		if s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7] >= utf8.RuneSelf {
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

// IsAtext reports whether c is atext (RFC 5322, section 3.2.3) or not ASCII (RFC
// 6532).
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
