// SPDX-License-Identifier: MIT

package smtp

// Reply is a server's reply (RFC 5321, section 4.2).
type Reply struct {
	Code     int          // three digits
	Enhanced EnhancedCode // RFC 2034; zero when absent
	Lines    []string     // text without codes, valid UTF-8, controls made visible
}

// EnhancedCode is class.subject.detail (RFC 3463).
type EnhancedCode [3]int
