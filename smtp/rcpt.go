// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"csmtp/smtp/internal/idn"
)

// check checks a recipient before anything is sent.
func (r *Recipient) check() (utf8Local bool, err error) {
	if r.Address == "" {
		return false, errors.New("the address is empty")
	}
	if utf8Local, err = checkAddress(r.Address); err != nil {
		return false, err
	}
	if r.Notify != "" && !strings.EqualFold(r.Notify, "NEVER") {
		for _, n := range strings.Split(r.Notify, ",") {
			switch strings.ToUpper(n) {
			case "SUCCESS", "FAILURE", "DELAY":
			default:
				return false, errors.New("NOTIFY must be NEVER or a list of SUCCESS, FAILURE and DELAY (RFC 3461, section 4.1)")
			}
		}
	}
	for i := 0; i < len(r.OriginalRcpt); i++ {
		if c := r.OriginalRcpt[i]; c < ' ' || c == 0x7f {
			return false, errors.New("the original recipient must not contain control characters")
		}
	}
	if err := idn.Check(r.OriginalRcpt); err != nil {
		return false, fmt.Errorf("the original recipient %w", err)
	}
	if len(r.OriginalRcpt) > 500 {
		return false, errors.New("the original recipient has more than 500 octets (RFC 3461, section 5.4)")
	}
	return utf8Local, nil
}

// appendRCPT appends the RCPT command.
func (s *Session) appendRCPT(line []byte, r *Recipient) []byte {
	line = append(line, "RCPT TO:"...)
	line = appendPath(line, r.Address)
	if (r.Notify != "" || r.OriginalRcpt != "") && s.offers("DSN") {
		if r.Notify != "" {
			line = append(line, " NOTIFY="...)
			line = append(line, strings.ToUpper(r.Notify)...)
		}
		if r.OriginalRcpt != "" {
			line = append(line, " ORCPT="...)
			line = appendORCPT(line, r.OriginalRcpt)
		}
	}
	return line
}

// appendORCPT appends type;address (RFC 3461, section 4.2; RFC 6533, section 3).
func appendORCPT(line []byte, orcpt string) []byte {
	kind, addr, found := strings.Cut(orcpt, ";")
	if !found || strings.ContainsAny(kind, "@ ") {
		kind, addr = "rfc822", orcpt
		if !isASCII(orcpt) {
			kind = "utf-8"
		}
	}
	line = appendXtext(line, kind)
	line = append(line, ';')
	if !strings.EqualFold(kind, "utf-8") {
		return appendXtext(line, addr)
	}
	for _, r := range addr {
		if r > ' ' && r <= '~' && r != '+' && r != '=' && r != '\\' {
			line = append(line, byte(r))
			continue
		}
		line = append(line, `\x{`...)
		line = append(line, strings.ToUpper(strconv.FormatInt(int64(r), 16))...)
		line = append(line, '}')
	}
	return line
}

// appendXtext appends ASCII text as xtext (RFC 3461, section 4).
func appendXtext(line []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c < '!' || c > '~' || c == '+' || c == '=' {
			line = append(line, '+', hex[c>>4], hex[c&15])
		} else {
			line = append(line, c)
		}
	}
	return line
}
