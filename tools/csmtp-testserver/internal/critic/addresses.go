// SPDX-License-Identifier: MIT

package critic

import (
	"net/mail"
	"net/url"
	"regexp"
	"strings"

	"csmtp/tools/csmtp-testserver/internal/eml"
)

var (
	badAddress   = kind{"address-malformed", Error, "malformed address", "RFC 5322, section 3.4"}
	noSender     = kind{"missing-sender", Error, "no Sender", "RFC 5322, section 3.6.2"}
	manySenders  = kind{"sender-many", Error, "several Senders", "RFC 5322, section 3.6.2"}
	nameIsOther  = kind{"name-is-address", Warning, "name is another address", ""}
	localAddress = kind{"address-no-domain", Error, "address without domain", "RFC 5322, section 3.4.1"}
	badID        = kind{"message-id-malformed", Error, "malformed Message-ID", "RFC 5322, section 3.6.4"}
	weakID       = kind{"message-id-local", Note, "local Message-ID", "RFC 5322, section 3.6.4"}
	badReference = kind{"references-malformed", Error, "malformed References", "RFC 5322, section 3.6.4"}
	badList      = kind{"list-unsubscribe", Error, "List-Unsubscribe", "RFC 2369, section 3.2"}
	badOneClick  = kind{"one-click", Error, "one-click unsubscription", "RFC 8058, section 3"}
)

// addresses checks the fields that contain addresses, with the parser of package net/mail.
func (r *report) addresses() {
	m := r.message
	for _, name := range []string{"From", "Sender", "Reply-To", "To", "Cc"} {
		for _, value := range m.Values(name) {
			if value == "" || emptyGroupRE.MatchString(value) {
				continue // another check reports an empty field; an empty group is allowed
			}
			parser := mail.AddressParser{WordDecoder: eml.WordDecoder()}
			list, err := parser.ParseList(value)
			switch {
			case err != nil && !strings.Contains(value, "@") && !strings.Contains(value, ":"):
				r.add(localAddress, "", "%s contains an address without a domain: %s.", name, quoted(value))
			case err != nil && strings.Contains(err.Error(), "charset"):
				// the method 'words' reports an unknown charset
			case err != nil:
				r.add(badAddress, "", "%s is not a list of addresses: %s (%s).", name, quoted(value), strings.TrimPrefix(err.Error(), "mail: "))
			case name == "From" && len(list) > 1 && !m.Has("Sender"):
				r.add(noSender, "", "From contains %d addresses. The field Sender must then name the one that sent the message.", len(list))
			case name == "Sender" && len(list) > 1:
				r.add(manySenders, "", "Sender contains %d addresses. It must contain exactly one.", len(list))
			}
			for _, a := range list {
				if other := addressRE.FindString(a.Name); other != "" && !strings.EqualFold(other, a.Address) {
					r.add(nameIsOther, "", "In %s, the display name contains an address that differs from the actual one: %s.", name, quoted(a.Name))
				}
			}
		}
	}
}

var (
	// emptyGroupRE matches "undisclosed-recipients:;", which package net/mail refuses.
	emptyGroupRE = regexp.MustCompile(`^[^:<>@"]+:\s*;$`)

	addressRE = regexp.MustCompile(`[^\s<>@"',;()]+@[^\s<>@"',;()]+`)
	idRE      = regexp.MustCompile(`^<[^<>@\s"()]+@[^<>@\s()]+>$|^<"[^"\r\n]+"@[^<>@\s()]+>$`)
)

// identifiers checks Message-ID, In-Reply-To and References.
func (r *report) identifiers() {
	m := r.message
	if id := m.Get("Message-ID"); id != "" {
		_, right, _ := strings.Cut(strings.Trim(id, "<>"), "@")
		switch {
		case !idRE.MatchString(id):
			r.add(badID, "", "Message-ID is %s. Its form must be <left@right>.", quoted(id))
		case !strings.ContainsAny(right, ".["), strings.HasPrefix(right, "localhost."):
			r.add(weakID, "", "The right side of Message-ID is %s. A full domain name makes the identifier unique.", quoted(right))
		}
	}
	for _, name := range []string{"In-Reply-To", "References"} {
		for id := range strings.FieldsSeq(strings.ReplaceAll(m.Get(name), "><", "> <")) {
			if !idRE.MatchString(id) {
				r.add(badReference, "", "%s contains %s. It must be a list of identifiers of the form <left@right>.", name, quoted(id))
			}
		}
	}
}

// lists checks List-Unsubscribe and List-Unsubscribe-Post.
func (r *report) lists() {
	m := r.message
	secure := false
	for item := range strings.SplitSeq(m.Get("List-Unsubscribe"), ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		address := strings.TrimSuffix(strings.TrimPrefix(item, "<"), ">")
		u, err := url.Parse(address)
		if err != nil || len(address) != len(item)-2 || u.Scheme == "" {
			r.add(badList, "", "List-Unsubscribe contains %s. It must contain addresses in angle brackets.", quoted(item))
			continue
		}
		secure = secure || u.Scheme == "https"
	}
	post := m.Get("List-Unsubscribe-Post")
	switch {
	case post == "":
	case !strings.EqualFold(strings.ReplaceAll(post, " ", ""), "List-Unsubscribe=One-Click"):
		r.add(badOneClick, "", "List-Unsubscribe-Post is %s, not List-Unsubscribe=One-Click.", quoted(post))
	case !secure:
		r.add(badOneClick, "", "List-Unsubscribe-Post requires an https address in List-Unsubscribe.")
	case !m.Has("DKIM-Signature"):
		r.add(badOneClick, "", "List-Unsubscribe-Post requires a DKIM signature over both fields.")
	}
}
