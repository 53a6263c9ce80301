// SPDX-License-Identifier: MIT

package smtp

import (
	"fmt"

	"csmtp/smtp/internal/address"
)

// checkAddress checks an address of the envelope, and reports whether its local part
// needs SMTPUTF8.
func checkAddress(addr string) (utf8Local bool, err error) {
	a, err := address.Parse(addr)
	if err != nil {
		return false, fmt.Errorf("the address %w", err)
	}
	return a.NeedsUTF8(), nil
}

// appendPath appends <addr> to a command. The domain is sent in A-labels, unless
// the local part needs SMTPUTF8.
func appendPath(line []byte, addr string) []byte {
	line = append(line, '<')
	if !isASCII(addr) {
		if a, err := address.Parse(addr); err == nil { // checkAddress has checked it
			addr = a.String()
		}
	}
	line = append(line, addr...)
	return append(line, '>')
}
