// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"csmtp/smtp/internal/text"
	"errors"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"
)

// To run one of the fuzz tests for ten minutes:
//
//	go test -run '^$' -fuzz '^FuzzMessage$' -fuzztime 10m ./smtp/message
//
// Earlier findings are in testdata/fuzz and are part of every test run.

// refusedWell fails the test unless err is an *Error whose text has no control character.
func refusedWell(t *testing.T, err error) {
	var e *Error
	if !errors.As(err, &e) || string(e.Field) == "" || e.Reason == "" {
		t.Fatalf("not an error of ours: %v", err)
	}
	if s := err.Error(); controlAt(s) >= 0 || !utf8.ValidString(s) || len(s) > 1000 {
		t.Fatalf("error text %q", s)
	}
}

// FuzzMessage builds a message from arbitrary input. Either the message is refused, or it is
// correct.
func FuzzMessage(f *testing.F) {
	f.Add("UTF-8", "Subject", "Name", "a@b.c", "line\nline", "<p>", "file.txt", "a@b.c", "X-Y", "value", uint8(0))
	f.Add("iso-8859-1", "Gr\xfc\xdfe", "\"J\xf6rg\"", "j@b\u00fccher.example", "\xfc", "", "b\xe4r.pdf", "N <a@b.c>, d@e.f;", "List-Id", "x", uint8(0xff))
	f.Add("gb18030", "\xd6\xd0", "=?utf-8?q?x?=", "Team: a@b.c, d@e.f;", "--=_", "\x00", "C:\\a\\b", "\"", "X", " ", uint8(0x55))
	f.Fuzz(func(t *testing.T, charset, subject, name, addr, line, html, file, reply, field, value string, flags uint8) {
		m := &Message{
			Charset: charset, Subject: subject, ReplyTo: reply, HTML: html,
			From:   []Address{{name, "from@example.org"}},
			To:     []Address{{"", "to@example.net"}},
			Cc:     []Address{{name, addr}},
			Lines:  []string{line, "", line},
			Flowed: flags&1 != 0, LinesAreHTML: flags&2 != 0, ReadReceipt: flags&4 != 0,
			Headers: []Field{{field, value}},
		}
		if flags&8 != 0 {
			m.Attachments = []Attachment{{Name: file, ContentID: value, Data: []byte(line), Inline: flags&16 != 0}}
		}
		o := Options{EightBit: flags&32 != 0, UTF8: flags&64 != 0, Binary: flags&128 != 0}
		r, err := m.Render(o)
		if err != nil {
			refusedWell(t, err)
			return
		}
		b := written(t, r)
		if r.EightBit() && !o.EightBit && !o.UTF8 || !r.EightBit() && !r.Binary() && !text.IsASCII(b) {
			t.Fatal("octets above 127")
		}
		h, parts := read(t, b)
		for _, field := range []string{"From", "To", "Cc"} {
			if _, err := (&mail.AddressParser{WordDecoder: &decoder}).ParseList(h.Get(field)); err != nil && (field != "Cc" || hasDomain(charset, addr)) && !strings.Contains(name, "=?") && utf8.ValidString(h.Get(field)) && !knownGap(addr) {
				t.Fatalf("%s: %q: %v", field, h.Get(field), err)
			}
		}
		if len(parts) == 0 || len(h["Bcc"]) > 0 || len(h["Subject"]) != 1 || len(h["Mime-Version"]) != 1 {
			t.Fatalf("header: %v", h)
		}
	})
}

// hasDomain reports whether addr contains an @ after it has been decoded. In some charsets,
// the octet of @ can be half of another character.
func hasDomain(charset, addr string) bool {
	cs, err := lookupCharset(charset)
	if err != nil {
		return false
	}
	text, _, err := cs.oneLine("Cc", addr)
	return err == nil && strings.Contains(text, "@")
}

// knownGap reports whether addr may contain forms that RFC 5322 allows but net/mail
// cannot parse: groups with encoded names, and addresses without a domain or with an address
// literal.
func knownGap(addr string) bool { return strings.ContainsAny(addr, ":[;\"") }

// FuzzHeader sets the same text in every kind of header field.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"", "plain", "Grüße aus Köln", "日本", strings.Repeat("x", 1000), " a  b ", "=?UTF-8?Q?a?=", `"quoted"`, "a\tb", "é é  e é"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, s string, which uint8) {
		cs, err := lookupCharset([]string{"utf-8", "gb18030", "koi8-r", "shift_jis"}[which%4])
		if err != nil {
			t.Fatal(err)
		}
		u, as, err := cs.oneLine("Subject", s)
		if err != nil {
			refusedWell(t, err)
			return
		}
		var h headerWriter
		h.unstructured("Subject", u, as)
		h.addressField("To", []party{{entry{mailbox: mailbox{u, "a@b.c"}}, as}, {entry{mailbox: mailbox{"", "d@e.f"}}, as}})
		h.name("Content-Disposition")
		h.token("attachment")
		h.param("filename", u)
		h.end()
		h.name("Content-Type")
		h.token("text/plain")
		h.encodedParam("name", u)
		h.end()
		checkLines(t, h.buf)
		if !strings.Contains(u, "=?") { // encoded words are not changed
			checkFolding(t, string(h.buf))
		}
		m, err := mail.ReadMessage(bytes.NewReader(append(h.buf, crlf...)))
		if err != nil {
			t.Fatal(err)
		}
		if subject, err := decoder.DecodeHeader(m.Header.Get("Subject")); !strings.Contains(u, "=?") && (err != nil || subject != u) {
			t.Fatalf("subject %q is not %q (%v)", subject, u, err)
		}
		list, err := (&mail.AddressParser{WordDecoder: &decoder}).ParseList(m.Header.Get("To"))
		if !strings.Contains(u, "=?") && (err != nil || len(list) != 2 || list[0].Name != u) {
			t.Fatalf("name %q: %v (%v)", u, list, err)
		}
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Disposition"))
		if err != nil || params["filename"] != u {
			t.Fatalf("file name %q is not %q (%v)", params["filename"], u, err)
		}
		if _, params, err = mime.ParseMediaType(m.Header.Get("Content-Type")); err != nil {
			t.Fatal(err)
		}
		if name, err := decoder.DecodeHeader(params["name"]); !strings.Contains(u, "=?") && (err != nil || name != u) {
			t.Fatalf("name %q is not %q (%v)", name, u, err)
		}
	})
}

// FuzzRaw makes a Raw from arbitrary input. Either the input is refused, or what is written has
// no Bcc field, and is written unchanged when it is used as the input.
func FuzzRaw(f *testing.F) {
	f.Add([]byte("From: a@b.c\nTo: d@e.f,\n g@h.i\nBcc: x@y.z\n\nbody\r\n.\r"), uint8(3))
	f.Add([]byte("A:\r\n\r\n\x00"), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, flags uint8) {
		r, err := NewRaw(data).Render(Options{EightBit: flags&1 != 0, UTF8: flags&2 != 0})
		if err != nil {
			refusedWell(t, err)
			return
		}
		b := written(t, r)
		for _, f := range splitFields([]byte(headerOf(b))) {
			if name, _, _ := bytes.Cut(f, []byte(":")); strings.EqualFold(strings.TrimRight(string(name), " \t"), "bcc") {
				t.Fatalf("Bcc: %q", b)
			}
		}
		for _, a := range append(r.Recipients(), r.EnvelopeFrom()) {
			if controlAt(a) >= 0 || strings.ContainsAny(a, "\t") {
				t.Fatalf("address %q", a)
			}
		}
		again, err := NewRaw(b).Render(Options{EightBit: true, UTF8: true})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b, written(t, again)) {
			t.Fatal("sent again, it is another")
		}
	})
}
