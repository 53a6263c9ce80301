// SPDX-License-Identifier: MIT

package mailer

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"csmtp/smtp"
)

// recordHeader is the header of a transcript. It contains the settings of the client, and
// the result that a replay must have: that of the first call that failed or, if no call
// failed, that of the last mail.
type recordHeader struct {
	settings []string
	from     string
	to       []string
	contents bool // whether the fields from and to are shown
	more     bool // whether there were more recipients than the header can contain
	mails    int
	waited   bool // whether a reply did not arrive in time

	failure     fault
	certificate string // the kind of certificate that makes the TLS handshake fail, in a replay too; or ""
	result      smtp.Result
	attempted   bool
}

// describe records the settings of the first session. For each session, it also records the
// names that replies may contain.
func (r *recording) describe(s *settings) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.masks.note(s.login.name)
	r.masks.note(s.localName)
	r.checkNames()
	if r.header.settings != nil {
		return
	}
	add := func(key, value string) { r.header.settings = append(r.header.settings, key+": "+value) }
	add("description", "a session recorded on "+time.Now().UTC().Format(time.DateOnly))
	add("security", [...]string{noSecurity: "none", useTLS: "starttls", useSSL: "tls", useTLSIfOffered: "starttls-if-offered"}[s.security])
	yes := func(on bool, key, value string) {
		if on {
			add(key, value)
		}
	}
	l := &s.login
	yes(s.trust.noVerify, "verify", "no")
	yes(s.lmtp, "lmtp", "yes")
	yes(s.envelope.partial, "partial", "yes")
	switch {
	case !s.authenticate:
		add("authenticate", "no")
	case l.token != nil || l.grant != nil:
		add("login", "alice@test.example")
		add("token", "token")
	case l.name != "" && l.password != "":
		add("login", "alice@test.example")
		add("password", "the password")
	}
	yes(l.clear == clearAllowed, "clear-login", "yes")
	yes(l.required, "login-required", "yes")
	if len(l.mechanisms) == 1 {
		add("mechanism", l.mechanisms[0])
	}
}

// transaction counts a mail, and records the envelope of the first mail. It returns the number
// of octets by which the transcript has grown.
func (h *recordHeader) transaction(from string, to []string, contents bool) (grown int) {
	h.mails++
	if h.to == nil {
		h.from, h.to, h.contents = from, to, contents
		for i, one := range to {
			size := len("to: address100000@test.example\n") + len(one)
			if grown+size > mostHeader {
				h.to, h.more = to[:i], true
				break
			}
			grown += size
		}
	}
	return grown
}

// mostHeader is the maximum number of octets for the recipients in the header.
const mostHeader = mostRecord / 2

func (h *recordHeader) failed(f fault, result *smtp.Result, err error) {
	if h.failure.number != NoError {
		return
	}
	h.failure, h.result, h.attempted = f, *result, true
	h.waited = f.kind == smtp.KindTimeout
	var invalid x509.CertificateInvalidError
	var other x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		h.certificate = "expired"
	case errors.As(err, &other):
		h.certificate = "wrong-host"
	case errors.As(err, &unknown):
		h.certificate = "self-signed"
	}
}

func (h *recordHeader) sent(result *smtp.Result) {
	if h.failure.number == NoError {
		h.result, h.attempted = *result, true
	}
}

// outcomes contains the names that transcripts use for the outcomes.
var outcomes = [...]string{smtp.NotSent: "NOT_SENT", smtp.Accepted: "ACCEPTED", smtp.Partial: "PARTIAL",
	smtp.RejectedTemporary: "REJECTED_TEMPORARY", smtp.RejectedPermanent: "REJECTED_PERMANENT", smtp.InDoubt: "IN_DOUBT"}

// write writes the header of a transcript. mask returns the replacement of an address.
func (h *recordHeader) write(b *strings.Builder, connections []*dialogue, mask func(string) string) {
	shown := mask
	if h.contents {
		shown = func(address string) string { return address }
	}
	add := func(key, value string) { fmt.Fprintf(b, "%s: %s\n", key, value) }
	for _, line := range h.settings {
		b.WriteString(line + "\n")
	}
	if h.certificate != "" {
		add("certificate", h.certificate)
	}
	if h.waited {
		add("timeout", "2000")
	}
	mails := false
	for _, d := range connections {
		mails = mails || d.mail
	}
	if !mails && h.to == nil {
		add("action", "connect")
	}
	if h.mails > 1 {
		add("mails", fmt.Sprint(h.mails))
	}
	if h.from != "" {
		add("from", shown(h.from))
	}
	for _, to := range h.to {
		add("to", shown(to))
	}
	if h.more {
		b.WriteString("# The remaining recipients are left out, because the transcript is too large.\n")
	}
	if h.failure.number == NoError {
		add("expect", "ok")
	} else {
		add("expect", fmt.Sprint(int(h.failure.number)))
	}
	if h.attempted && h.to != nil {
		add("expect-outcome", outcomes[h.result.Outcome])
	}
	if code := replyCode(h.failure.reply); code != 0 && h.failure.number != NoError {
		add("expect-reply-code", fmt.Sprint(code))
	}
}
