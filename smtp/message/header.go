// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"csmtp/smtp/internal/text"
)

// header writes the fields of the message, and collects the addresses of the envelope.
type header struct {
	headerWriter
	m  *Message
	o  *Options
	cs *charset

	sender  string   // of the envelope
	senders []string // in From and Sender
	rcpt    []string
	shown   int  // how many addresses of rcpt are in To and Cc
	utf8    bool // whether an address needs SMTPUTF8
	first   mailbox
	reply   []entry
	id      string // the Message-ID

	few [4]party // memory for a field with at most four addresses
}

// The method fields writes all fields up to MIME-Version.
func (h *header) fields() error {
	m := h.m
	date := m.Date
	if date.IsZero() {
		date = h.o.now()
	}
	if err := h.date(date); err != nil {
		return err
	}
	if err := h.from(); err != nil {
		return err
	}
	if err := h.replyTo(); err != nil {
		return err
	}
	if err := h.recipients(); err != nil {
		return err
	}
	if err := h.subject(); err != nil {
		return err
	}
	if err := h.ids(); err != nil {
		return err
	}
	if err := h.flags(); err != nil {
		return err
	}
	if err := h.list(); err != nil {
		return err
	}
	if err := h.further(); err != nil {
		return err
	}
	h.short("MIME-Version", "1.0")
	return nil
}

// date writes the field of RFC 5322, section 3.3.
func (h *header) date(t time.Time) error {
	if _, offset := t.Zone(); offset%60 != 0 || offset <= -24*3600 || offset >= 24*3600 {
		t = t.UTC() // the Date field cannot express this time zone
	}
	if year := t.Year(); year < 1900 || year > 9999 {
		return invalid(FieldDate, strconv.Itoa(year), "is a year outside the range of Date, which is 1900 to 9999", nil)
	}
	h.name("Date")
	h.buf = appendDate(append(h.buf, ' '), t)
	h.end()
	return nil
}

// formattedDate is the text of a Date field. appendDate keeps the last one, because many mails
// can have the same date.
type formattedDate struct {
	unix   int64 // in s
	offset int   // of the time zone, in s
	text   string
}

var lastDate atomic.Pointer[formattedDate]

// appendDate appends t in the format of RFC 5322, section 3.3.
func appendDate(b []byte, t time.Time) []byte {
	_, offset := t.Zone()
	d := lastDate.Load()
	if d == nil || d.unix != t.Unix() || d.offset != offset {
		d = &formattedDate{t.Unix(), offset, t.Format("Mon, 02 Jan 2006 15:04:05 -0700")}
		lastDate.Store(d)
	}
	return append(b, d.text...)
}

// parties checks addresses. The result is valid until the next call.
func (h *header) parties(field FieldName, given []Address) ([]party, error) {
	list := h.few[:0]
	if len(given) > len(h.few) {
		list = make([]party, 0, len(given))
	}
	for _, a := range given {
		p, err := h.party(field, a)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// party checks an address and records whether it needs SMTPUTF8.
func (h *header) party(field FieldName, a Address) (party, error) {
	p, err := h.cs.readAddress(field, a)
	if err == nil {
		err = h.needsUTF8(field, &p.entry)
	}
	return p, err
}

func (h *header) needsUTF8(field FieldName, e *entry) error {
	check := func(addr string) error {
		if text.IsASCII(addr) {
			return nil
		}
		h.utf8 = true
		if !h.o.UTF8 {
			return invalid(field, addr, "has a local part outside ASCII, and the server does not offer SMTPUTF8", nil)
		}
		return nil
	}
	if !e.group {
		return check(e.addr)
	}
	for _, m := range e.members {
		if err := check(m.addr); err != nil {
			return err
		}
	}
	return nil
}

func (h *header) from() error {
	const field = FieldFrom
	m := h.m
	if len(m.From) == 0 || len(m.From) == 1 && m.From[0].Mail == "" {
		return invalid(field, "", "no sender; set one", ErrNoSender)
	}
	list, err := h.parties(field, m.From)
	if err != nil {
		return err
	}
	h.first = list[0].mailbox
	h.sender = h.first.addr
	h.addressField("From", list)
	for i := range list {
		h.senders = append(h.senders, list[i].addr)
	}
	switch {
	case m.Sender.Mail != "":
		p, err := h.party(FieldSender, m.Sender)
		if err != nil {
			return err
		}
		h.sender = p.addr
		h.senders = append(h.senders, p.addr)
		h.addressField("Sender", []party{p})
	case len(list) > 1: // RFC 5322, section 3.6.2
		h.addressField("Sender", list[:1])
	}
	return nil
}

func (h *header) replyTo() error {
	const field = FieldReplyTo
	value, cs, err := h.cs.guessed(field, h.m.ReplyTo)
	if err != nil || strings.Trim(value, " \t") == "" {
		return err
	}
	if err := h.cs.knownAddresses(field, h.m.ReplyTo); err != nil {
		return err
	}
	if h.reply, err = readList(field, value, h.m.ReplyTo); err != nil {
		return err
	}
	list := make([]party, len(h.reply))
	for i, e := range h.reply {
		if err := h.needsUTF8(field, &e); err != nil {
			return err
		}
		list[i] = party{e, cs}
	}
	if len(list) > 0 {
		h.addressField("Reply-To", list)
	}
	return nil
}

func (h *header) recipients() error {
	for _, f := range []struct {
		name   string
		setter FieldName
		list   []Address
	}{
		{"To", FieldTo, h.m.To},
		{"Cc", FieldCc, h.m.Cc},
		{"", FieldBcc, h.m.Bcc},
	} {
		list, err := h.parties(f.setter, f.list)
		if err != nil {
			return err
		}
		for i := range list {
			h.rcpt = append(h.rcpt, list[i].addr)
		}
		if f.name != "" {
			h.shown = len(h.rcpt)
			if len(list) > 0 {
				h.addressField(f.name, list)
			}
		}
	}
	if len(h.rcpt) == 0 {
		return invalid(FieldTo, "", "no recipient; add one", ErrNoRecipient)
	}
	if len(h.m.To) == 0 && len(h.m.Cc) == 0 {
		// If there is neither To nor Cc, some servers add a field that shows the recipients.
		h.short("To", "undisclosed-recipients:;")
	}
	return nil
}

// The method free writes a field of free text.
func (h *header) free(name string, setter FieldName, value string) error {
	u, cs, err := h.cs.freeText(setter, value)
	if err == nil {
		h.unstructured(name, u, cs)
	}
	return err
}

func (h *header) subject() error {
	return h.free("Subject", FieldSubject, h.m.Subject)
}

func (h *header) ids() error {
	id, err := ownMessageID(h.m.MessageID)
	if err != nil {
		return err
	}
	if id == "" {
		id = newMessageID(h.first.addr)
	}
	h.id = id
	if h.m.MessageID != "" || !h.o.KeepID {
		h.m.MessageID = id
	}
	h.name("Message-ID")
	h.token(id)
	h.end()
	inReplyTo, err := messageIDs(FieldInReplyTo, h.m.InReplyTo)
	if err != nil {
		return err
	}
	references, err := messageIDs(FieldReferences, h.m.References)
	if err != nil {
		return err
	}
	h.idList("In-Reply-To", inReplyTo)
	h.idList("References", fewIDs(references))
	return nil
}

// idList writes a field of message identifiers, or nothing if there are none.
func (h *header) idList(name string, ids []string) {
	if len(ids) == 0 {
		return
	}
	h.name(name)
	for _, id := range ids {
		h.token(id)
	}
	h.end()
}

func (h *header) flags() error {
	m := h.m
	if m.XMailer != "" {
		if err := h.free("X-Mailer", FieldXMailer, m.XMailer); err != nil {
			return err
		}
	}
	switch m.Priority { // no field for normal priority, because some spam filters score the field
	case 2:
		h.short("X-Priority", "2 (High)")
		h.short("Importance", "high")
	case 4:
		h.short("X-Priority", "4 (Low)")
		h.short("Importance", "low")
	}
	if m.ReadReceipt {
		to := h.first
		for _, e := range h.reply {
			if !e.group {
				to = e.mailbox
				break
			}
		}
		h.name("Disposition-Notification-To")
		h.token("<", to.addr, ">")
		h.end()
	}
	if m.AutoSubmitted != "" {
		keyword, params, _ := strings.Cut(m.AutoSubmitted, ";")
		if !allOf(strings.Trim(keyword, " \t"), isToken) || !text.IsASCII(params) || controlAt(m.AutoSubmitted) >= 0 || longToken(m.AutoSubmitted, maxID) {
			return invalid(FieldAutoSubmitted, m.AutoSubmitted, "is not a keyword such as auto-generated", nil)
		}
		h.structured("Auto-Submitted", m.AutoSubmitted)
	}
	return nil
}

// The method list writes the List-Unsubscribe fields (RFC 2369 and RFC 8058).
func (h *header) list() error {
	const field = FieldListUnsubscribe
	value := h.m.ListUnsubscribe
	if err := noControls(field, value); err != nil {
		return err
	}
	uris := splitURIs(value)
	https := false
	for i, u := range uris {
		scheme, rest, _ := strings.Cut(strings.ToLower(u), ":")
		if len(u) > maxID {
			return invalid(field, u, fmt.Sprintf("has %d octets, and a URI of more than %d does not fit in a line of 998 octets (RFC 5322, section 2.1.1); use a shorter one", len(u), maxID), nil)
		}
		if rest == "" || scheme != "mailto" && scheme != "https" && scheme != "http" || !text.IsASCII(u) || strings.ContainsAny(u, " \t<>") {
			return invalid(field, u, "is not a mailto:, https: or http: URI in ASCII; write other characters as %XX", nil)
		}
		https = https || scheme == "https"
		uris[i] = "<" + u + ">"
	}
	if h.m.ListUnsubscribeOneClick && !https {
		return invalid(field, value, "one-click needs an https: URI (RFC 8058, section 3.1)", nil)
	}
	if len(uris) > 0 {
		h.structured("List-Unsubscribe", strings.Join(uris, ", "))
	}
	if h.m.ListUnsubscribeOneClick {
		h.short("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	return nil
}

// splitURIs splits a list of URIs at commas and spaces. A URI in angle brackets can contain
// commas.
func splitURIs(s string) (uris []string) {
	for {
		if s = strings.TrimLeft(s, " \t,"); s == "" {
			return uris
		}
		var uri string
		if s[0] == '<' {
			uri, s, _ = strings.Cut(s[1:], ">")
		} else {
			n := strings.IndexAny(s, " \t,")
			if n < 0 {
				n = len(s)
			}
			uri, s = s[:n], s[n:]
		}
		uris = append(uris, uri)
	}
}

// The method further writes the fields in Message.Headers.
func (h *header) further() error {
	const field = FieldHeaders
	for _, f := range h.m.Headers {
		if err := checkFieldName(f.Name); err != nil {
			return err
		}
		value, cs, err := h.cs.guessed(field, f.Value)
		if err != nil {
			return err
		}
		value = strings.Trim(value, " \t")
		if !text.IsASCII(value) {
			h.unstructured(f.Name, value, cs)
			continue
		}
		// ASCII is not encoded, because the syntax of the field is not known and may not
		// allow encoded words.
		if !foldable(value, longest-1) {
			return invalid(field, value, f.Name+" has more than 997 octets without a space; insert spaces where it may be folded", nil)
		}
		h.name(f.Name)
		h.plain(value)
		h.end()
	}
	return nil
}
