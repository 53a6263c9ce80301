// SPDX-License-Identifier: MIT

// Package critic reports what a strict reader would criticise in a received message: what
// violates RFC 5322 or MIME, what contradicts the envelope, and what mail programs handle
// badly.
package critic

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"csmtp/tools/csmtp-testserver/internal/dkim"
	"csmtp/tools/csmtp-testserver/internal/eml"
)

// Level says how serious a finding is.
type Level string

const (
	Error   Level = "error"   // violates a requirement
	Warning Level = "warning" // violates a recommendation, or mail programs handle it badly
	Note    Level = "note"    // worth knowing
)

// Finding is one criticism.
type Finding struct {
	ID        string `json:"id"` // identifies the kind of finding, such as "missing-date"
	Level     Level  `json:"level"`
	Short     string `json:"short"` // a short text for the list of mails, such as "no Date"
	Text      string `json:"text"`
	Where     string `json:"where,omitempty"`     // "line 7", "part 1.2"
	Reference string `json:"reference,omitempty"` // "RFC 5322, section 3.6"
	Count     int    `json:"count"`               // the number of occurrences
}

// Envelope is the part of the message's envelope that Criticise checks: whether Params permits
// octets above 127. A nil *Envelope means that the envelope is not known.
type Envelope struct {
	Params []string // of MAIL: "BODY=8BITMIME", "SMTPUTF8"
}

func (e *Envelope) has(param string) bool {
	return slices.ContainsFunc(e.Params, func(p string) bool { return strings.EqualFold(p, param) })
}

// Options contains what is known about a message besides its content. The zero value is
// valid.
type Options struct {
	Envelope *Envelope
	Received time.Time   // when the message was received; if zero, the field Date is not compared with it
	Keys     dkim.Lookup // may be nil
	Now      time.Time   // the time at which signatures must not have expired; if zero, the current time
}

// Criticise returns the findings about a message. The most serious ones come first.
func Criticise(m *eml.Message, o Options) []Finding {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	r := &report{Options: o, message: m, at: map[string]int{}}
	r.octets()
	r.header()
	r.dates()
	r.addresses()
	r.identifiers()
	r.lists()
	for _, p := range m.All() {
		r.fields(p)
		r.words(p)
		r.part(p)
	}
	r.structure()
	r.pages()
	r.signatures()
	rank := map[Level]int{Error: 0, Warning: 1, Note: 2}
	slices.SortStableFunc(r.found, func(a, b Finding) int { return rank[a.Level] - rank[b.Level] })
	return r.found
}

// report collects the findings about one message.
type report struct {
	Options
	message *eml.Message
	found   []Finding
	at      map[string]int // for each ID, the index of the finding in 'found'
}

// kind contains what all findings with the same ID have in common.
type kind struct {
	id        string
	level     Level
	short     string
	reference string
}

// add adds a finding. If there is a finding of the same kind, add increases the count of
// that finding instead. 'where' may be "".
func (r *report) add(k kind, where, format string, args ...any) {
	if i, found := r.at[k.id]; found {
		r.found[i].Count++
		return
	}
	r.at[k.id] = len(r.found)
	r.found = append(r.found, Finding{ID: k.id, Level: k.level, Short: k.short, Text: printable(fmt.Sprintf(format, args...)),
		Where: where, Reference: k.reference, Count: 1})
}

// printable replaces the characters of s that are not printable, and shortens a long text. A
// finding can contain a part of the message, in which any character can occur.
func printable(s string) string {
	const most = 1000
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// where returns the place of a finding about p: "part 1.2", or "" for the whole message.
func where(p *eml.Part) string {
	if p.Path == "" {
		return ""
	}
	return "part " + p.Path
}

// quoted returns a part of the message in quotes. It shortens a long text.
func quoted(s string) string {
	const most = 60
	if runes := []rune(strings.ToValidUTF8(s, "\uFFFD")); len(runes) > most {
		s = string(runes[:most]) + "..."
	}
	return fmt.Sprintf("%+q", s)
}
