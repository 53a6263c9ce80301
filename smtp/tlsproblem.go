// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/x509"
	"fmt"

	show "csmtp/smtp/internal/text"
)

// tlsProblem is an error that explains an error from crypto/tls or crypto/x509. Unwrap
// returns the explained error.
type tlsProblem struct {
	text  string
	hint  Hint
	cause error
}

func (p *tlsProblem) Error() string { return p.text }
func (p *tlsProblem) Unwrap() error { return p.cause }

func problem(cause error, hint Hint, format string, a ...any) *tlsProblem {
	return &tlsProblem{text: fmt.Sprintf(format, a...), hint: hint, cause: cause}
}

func subject(c *x509.Certificate) string { return quotedName(c.Subject.CommonName, c.Subject.String()) }

func issuer(c *x509.Certificate) string { return quotedName(c.Issuer.CommonName, c.Issuer.String()) }

// quotedName returns the common name in quotes, or the whole name if there is no common
// name.
func quotedName(common, whole string) string {
	if common != "" {
		whole = common
	}
	if whole == "" {
		return "an unnamed certificate"
	}
	return `"` + clipped(whole, 100) + `"`
}

// clipped returns the first 'most' characters of s in the form of Visible, followed by
// "..." if s is longer.
func clipped(s string, most int) string {
	return show.Bounded(s, most)
}
