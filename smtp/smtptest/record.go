// SPDX-License-Identifier: MIT

package smtptest

import (
	"encoding/json"
	"slices"
	"time"
)

// SessionRecord describes one session of a MailServer.
type SessionRecord struct {
	Number       int      `json:"number"` // the number of the session, from 1
	TLSVersion   string   `json:"tls"`    // "TLS 1.3"; empty without TLS
	ServerName   string   `json:"server_name"`
	ClientCert   string   `json:"client_cert"` // the common name of the client's certificate
	ClientName   string   `json:"client_name"` // argument of the last EHLO, HELO or LHLO
	Mechanism    string   `json:"mechanism"`   // the mechanism of the login that succeeded
	Login        string   `json:"login"`
	Handshakes   int      `json:"handshakes"`   // successful TLS handshakes
	Transactions int      `json:"transactions"` // MAIL commands accepted
	Mails        int      `json:"mails"`        // mails kept
	RoundTrips   int      `json:"round_trips"`  // how many times the server has written after reading
	Violations   []string `json:"violations"`
	Dialogue     Dialogue `json:"dialogue"` // secrets masked
}

func (r *SessionRecord) copy() SessionRecord {
	c := *r
	c.Violations = slices.Clone(r.Violations)
	c.Dialogue.lines = slices.Clone(r.Dialogue.lines)
	return c
}

// MarshalJSON returns the lines of the dialogue as a JSON array.
func (d Dialogue) MarshalJSON() ([]byte, error) {
	if d.lines == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(d.lines)
}

// UnmarshalJSON reads what MarshalJSON returns.
func (d *Dialogue) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &d.lines) }

// Mail is a received mail. If MailOptions.Folder is set, the file N.json contains the Mail with
// number N.
type Mail struct {
	Number     int         `json:"number"` // from 1, over all sessions
	Session    int         `json:"session"`
	Received   time.Time   `json:"received"`
	From       string      `json:"from"` // reverse-path without brackets
	Params     []string    `json:"params"`
	Recipients []Recipient `json:"recipients"`
	Login      string      `json:"login"`
	Mechanism  string      `json:"mechanism"` // the mechanism of the login
	TLS        string      `json:"tls"`       // version; empty without TLS
	Chunks     int         `json:"chunks"`
	Size       int64       `json:"size"` // octets of Data
	SHA256     string      `json:"sha256"`
	Data       []byte      `json:"-"` // without the dot-stuffing; nil with Folder or Discard
}

// Recipient is one forward-path that was accepted.
type Recipient struct {
	Address string   `json:"address"`
	Params  []string `json:"params"`
}
