// SPDX-License-Identifier: MIT

package message

import (
	"strings"

	"csmtp/smtp/internal/address"
	"csmtp/smtp/internal/idn"
)

// addrSpec checks an address, and returns it in the form for headers and commands. If the
// local part is ASCII, addrSpec converts the domain to A-labels (RFC 6531, section 3.3), and
// otherwise to U-labels. If the local part has dots where only a quoted-string can have them,
// addrSpec quotes it (RFC 5322, section 3.4.1).
func addrSpec(s string) (string, error) {
	a, err := address.Parse(s)
	if err != nil {
		return "", err
	}
	local := quoteDots(a.Local)
	switch {
	case local == a.Local && !a.NeedsUTF8():
		return a.String(), nil
	case a.Domain == "":
		return local, nil // postmaster, or a name to which the server adds a domain
	case a.NeedsUTF8() && a.Domain[0] != '[':
		return local + "@" + idn.ToUnicode(a.Domain), nil
	}
	return local + "@" + a.Domain, nil
}

// quoteDots quotes a local part that begins or ends with a dot, or has two dots in a row.
// Some mobile network operators have assigned such addresses.
func quoteDots(local string) string {
	if local[0] == '"' || local[0] != '.' && local[len(local)-1] != '.' && !strings.Contains(local, "..") {
		return local
	}
	return `"` + local + `"`
}

func domainOf(addr string) string {
	_, domain, _ := address.Split(addr)
	return domain
}
