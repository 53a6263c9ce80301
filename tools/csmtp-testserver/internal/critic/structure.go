// SPDX-License-Identifier: MIT

package critic

import (
	"strings"

	"csmtp/tools/csmtp-testserver/internal/dkim"
	"csmtp/tools/csmtp-testserver/internal/eml"
)

var (
	noText      = kind{"no-text", Warning, "no plain text besides the HTML", "RFC 2046, section 5.1.4"}
	emptyText   = kind{"text-empty", Warning, "empty plain text besides the HTML", "RFC 2046, section 5.1.4"}
	wrongOrder  = kind{"alternative-order", Error, "text after HTML", "RFC 2046, section 5.1.4"}
	noBody      = kind{"no-body", Note, "empty body", ""}
	dkimFail    = kind{"dkim-fail", Error, "DKIM: fail", "RFC 6376, section 6"}
	dkimPass    = kind{"dkim-pass", Note, "DKIM: pass", "RFC 6376, section 6"}
	dkimUnknown = kind{"dkim-unchecked", Note, "DKIM: key not known", "RFC 6376, section 6"}
	dkimNone    = kind{"dkim-none", Note, "no DKIM", "RFC 6376"}
	dkimAlign   = kind{"dkim-alignment", Warning, "DKIM: other domain", "RFC 7489, section 3.1"}
)

// structure checks that every mail program can show the text of the message.
func (r *report) structure() {
	var html, text *eml.Part
	body := false
	for _, p := range r.message.Leaves() {
		content, _ := p.Decoded()
		body = body || len(strings.TrimSpace(string(content))) > 0
		switch {
		case p.Disposition() == "attachment" || p.Filename() != "":
		case p.Type == "text/html" && html == nil:
			html = p
		case p.Type == "text/plain" && text == nil && p.Has("Content-Type"):
			text = p
		}
	}
	if !body && r.message.HasEnd {
		r.add(noBody, "", "The body is empty.")
	}
	switch {
	case html == nil:
	case text == nil:
		r.add(noText, where(html), "The message has HTML but no plain text. Some readers see nothing, and spam filters treat it as suspicious.")
	default:
		if content, _ := text.Text(); strings.TrimSpace(content) == "" {
			r.add(emptyText, where(text), "The plain text besides the HTML is empty.")
		}
	}
	for _, p := range r.message.All() {
		if p.Type != "multipart/alternative" {
			continue
		}
		sawHTML := false
		for _, c := range p.Children {
			if c.Type == "text/plain" && sawHTML {
				r.add(wrongOrder, where(p), "In multipart/alternative, the plain text follows the HTML. Mail programs show the last part that they support.")
			}
			sawHTML = sawHTML || c.Type == "text/html" || c.Type == "multipart/related"
		}
	}
}

// signatures verifies the DKIM signatures.
func (r *report) signatures() {
	results := dkim.Verify(r.message.Raw, r.Keys, r.Now)
	if len(results) == 0 {
		r.add(dkimNone, "", "The message has no DKIM signature. Large providers require one from senders of bulk mail.")
		return
	}
	aligned := false
	from := domainOf(r.message.Get("From"))
	for _, s := range results {
		aligned = aligned || s.Status != dkim.Fail && (from == "" || related(from, strings.ToLower(s.Domain)))
		at := quoted(s.Domain) + ", selector " + quoted(s.Selector)
		switch s.Status {
		case dkim.Pass:
			r.add(dkimPass, "", "The signature of %s is valid.", at)
		case dkim.Unchecked:
			r.add(dkimUnknown, "", "The signature of %s: %s.", at, s.Reason)
		case dkim.Fail:
			r.add(dkimFail, "", "The signature of %s is not valid: %s.", at, s.Reason)
		}
	}
	if !aligned && !r.has(dkimFail) {
		r.add(dkimAlign, "", "DMARC requires a signature of %s, the domain in From, but there is none.", quoted(from))
	}
}

func (r *report) has(k kind) bool { _, found := r.at[k.id]; return found }

// domainOf returns the domain of the last address in a field. The result is in lower case.
func domainOf(value string) string {
	found := addressRE.FindAllString(value, -1)
	if len(found) == 0 {
		return ""
	}
	last := found[len(found)-1]
	return strings.ToLower(last[strings.LastIndexByte(last, '@')+1:])
}

// related reports whether two domains are equal, or one is a subdomain of the other.
func related(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}
