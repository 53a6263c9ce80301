// SPDX-License-Identifier: MIT

package smtptest

import "slices"

// SessionRecord is what a MailServer saw of one session.
type SessionRecord struct {
	Number       int // of the session, from 1
	Greeted      bool
	TLSVersion   string // "TLS 1.3"; empty in clear
	ServerName   string // SNI
	ClientCert   string // subject of the client's certificate
	ClientName   string // argument of the last EHLO, HELO or LHLO
	Mechanism    string // of the login that succeeded
	Login        string
	Handshakes   int // TLS handshakes that succeeded
	Transactions int // MAIL commands accepted
	Mails        int // mails kept
	RoundTrips   int // times the server went from reading to writing
	Violations   []string
	Dialogue     Dialogue // secrets masked
}

func (r *SessionRecord) copy() SessionRecord {
	c := *r
	c.Violations = slices.Clone(r.Violations)
	c.Dialogue.lines = slices.Clone(r.Dialogue.lines)
	return c
}
