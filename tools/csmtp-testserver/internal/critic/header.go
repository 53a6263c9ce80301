// SPDX-License-Identifier: MIT

package critic

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"csmtp/tools/csmtp-testserver/internal/eml"
)

var (
	noHeaderEnd   = kind{"no-header-end", Error, "no empty line", "RFC 5322, section 2.1"}
	missingDate   = kind{"missing-date", Error, "no Date", "RFC 5322, section 3.6"}
	missingFrom   = kind{"missing-from", Error, "no From", "RFC 5322, section 3.6"}
	missingID     = kind{"missing-message-id", Warning, "no Message-ID", "RFC 5322, section 3.6.4"}
	missingTo     = kind{"missing-to", Note, "no recipient in the header", "RFC 5322, section 3.6.3"}
	missingSubj   = kind{"missing-subject", Warning, "no Subject", "RFC 5322, section 3.6.5"}
	emptySubject  = kind{"empty-subject", Note, "empty Subject", ""}
	missingMIME   = kind{"missing-mime-version", Error, "no MIME-Version", "RFC 2045, section 4"}
	wrongMIME     = kind{"mime-version", Error, "MIME-Version", "RFC 2045, section 4"}
	twice         = kind{"duplicate-field", Error, "duplicate field", "RFC 5322, section 3.6"}
	notAField     = kind{"field-malformed", Error, "malformed header", "RFC 5322, section 2.2"}
	spaceBefore   = kind{"space-before-colon", Error, "space before colon", "RFC 5322, section 3.6.8"}
	emptyFold     = kind{"empty-fold", Error, "empty folded line", "RFC 5322, section 3.2.2"}
	control       = kind{"control-character", Error, "control character", "RFC 5322, section 2.2"}
	badDate       = kind{"date-malformed", Error, "malformed Date", "RFC 5322, section 3.3"}
	obsoleteZone  = kind{"date-obsolete-zone", Warning, "obsolete zone in Date", "RFC 5322, section 4.3"}
	farDate       = kind{"date-far", Warning, "Date far from now", ""}
	returnPath    = kind{"return-path", Warning, "Return-Path", "RFC 5321, section 4.4"}
	bccField      = kind{"bcc-visible", Error, "Bcc visible", "RFC 5322, section 3.6.3"}
	emptyField    = kind{"empty-field", Warning, "empty field", "RFC 5322, section 3.6"}
	autoSubmitted = kind{"precedence", Note, "Precedence", "RFC 3834, section 5"}
)

// once contains the fields that must not occur more than once (RFC 5322, section 3.6, RFC
// 2045 and others).
var once = []string{"date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject",
	"mime-version", "content-type", "content-transfer-encoding", "content-id", "content-disposition", "content-description", "list-unsubscribe",
	"list-unsubscribe-post", "list-id"}

// fields checks the syntax of each field of a part.
func (r *report) fields(p *eml.Part) {
	seen := map[string]int{}
	for _, f := range p.Fields {
		place := where(p)
		if place == "" {
			place = lineNumber(f.Line)
		}
		if f.Name == "" || !fieldName(f.Name) {
			r.add(notAField, place, "%s is not a header field. A field consists of a name, a colon and a value.", quoted(f.Raw))
			continue
		}
		name, _, _ := strings.Cut(f.Raw, ":")
		if strings.TrimRight(name, " \t") != name {
			r.add(spaceBefore, place, "The field %s has a space before its colon.", f.Name)
		}
		seen[strings.ToLower(f.Name)]++
		for i, line := range strings.Split(f.Raw, "\r\n") {
			if i > 0 && strings.Trim(line, " \t") == "" {
				r.add(emptyFold, place, "%s has a folded line without text. Programs may treat it as the end of the header.", f.Name)
			}
		}
		if strings.ContainsFunc(f.Value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			r.add(control, place, "%s contains a control character.", f.Name)
		}
		r.eightBitField(f.Name, f.Raw, place)
	}
	for _, name := range once {
		if n := seen[name]; n > 1 {
			r.add(twice, where(p), "The field %s occurs %d times. Programs differ in which one they use.", spelled(p, name), n)
		}
	}
}

// fieldName reports whether a name consists of printable characters (RFC 5322, section 2.2).
func fieldName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f })
}

// spelled returns the name of a field as the message spells it.
func spelled(p *eml.Part, name string) string {
	for _, f := range p.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Name
		}
	}
	return name
}

// header checks that the message has the fields that it must have, and does not have fields
// that it should not have.
func (r *report) header() {
	m := r.message
	if !m.HasEnd {
		r.add(noHeaderEnd, "", "There is no empty line after the header. The message has no body.")
	}
	for _, f := range []struct {
		kind kind
		name string
		text string
	}{
		{missingDate, "Date", "The field Date is missing. It is required."},
		{missingFrom, "From", "The field From is missing. It is required."},
		{missingID, "Message-ID", "The field Message-ID is missing. Programs need it to thread replies and to find duplicates."},
		{missingSubj, "Subject", "The field Subject is missing."},
	} {
		if !m.Has(f.name) {
			r.add(f.kind, "", "%s", f.text)
		}
	}
	if !m.Has("To") && !m.Has("Cc") && !m.Has("Bcc") {
		r.add(missingTo, "", "The header contains no To, Cc or Bcc. Spam filters treat this as suspicious.")
	}
	if m.Has("Subject") && m.Get("Subject") == "" {
		r.add(emptySubject, "", "The subject is empty.")
	}
	for _, name := range []string{"Date", "From", "Sender", "To", "Cc", "Reply-To", "Message-ID", "Content-Type"} {
		if slices.Contains(m.Values(name), "") {
			r.add(emptyField, "", "The field %s has no value.", name)
		}
	}
	mime := slices.ContainsFunc(m.Fields, func(f eml.Field) bool { return strings.HasPrefix(strings.ToLower(f.Name), "content-") })
	if version := m.Get("MIME-Version"); mime && !m.Has("MIME-Version") {
		r.add(missingMIME, "", "The message has Content- fields, but MIME-Version is missing.")
	} else if m.Has("MIME-Version") && !strings.HasPrefix(strings.TrimSpace(version), "1.0") {
		r.add(wrongMIME, "", "MIME-Version is %s, not 1.0.", quoted(version))
	}
	if m.Has("Return-Path") {
		r.add(returnPath, "", "The message contains Return-Path. Only the delivering server adds this field.")
	}
	if bcc := m.Get("Bcc"); bcc != "" {
		r.add(bccField, "", "The field Bcc shows the hidden recipients to all recipients.")
	}
	if p := strings.ToLower(m.Get("Precedence")); p != "" && !m.Has("Auto-Submitted") && !m.Has("List-Id") {
		r.add(autoSubmitted, "", "Precedence is not a standard field. Auto-Submitted marks automatic mail.")
	}
}

// dates checks the field Date with the parser of package net/mail.
func (r *report) dates() {
	value := r.message.Get("Date")
	if value == "" {
		return
	}
	date, err := mail.ParseDate(value)
	if err != nil {
		r.add(badDate, "", "Date is not a date: %s.", quoted(value))
		return
	}
	if words := strings.Fields(eml.WithoutComments(value)); len(words) > 0 {
		if zone := words[len(words)-1]; zone[0] != '+' && zone[0] != '-' {
			r.add(obsoleteZone, "", "The zone of Date is %s. Use a number such as +0100.", quoted(zone))
		}
	}
	if !r.Received.IsZero() {
		if off := r.Received.Sub(date); off > 24*time.Hour || off < -time.Hour {
			r.add(farDate, "", "Date differs from the time of reception by %s.", days(off))
		}
	}
}

func days(d time.Duration) string {
	if d = d.Abs(); d < 48*time.Hour {
		return d.Round(time.Minute).String()
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
