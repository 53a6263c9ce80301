// SPDX-License-Identifier: MIT

package message

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// toField renders a message to one recipient, and returns its To field and the envelope.
func toField(t *testing.T, a Address, o Options) (string, []string, error) {
	t.Helper()
	m := simple()
	m.To = []Address{a}
	r, err := m.Render(o)
	if err != nil {
		return "", nil, err
	}
	return field(headerOf(written(t, r)), "To"), r.Recipients(), nil
}

func TestAddressForms(t *testing.T) {
	for _, c := range []struct{ name, mail, want string }{
		{"", "a@b.c", "a@b.c"},
		{"John Doe", "a@b.c", "John Doe <a@b.c>"},
		{"Doe, John", "a@b.c", `"Doe, John" <a@b.c>`},
		{"John Q. Public", "a@b.c", `"John Q. Public" <a@b.c>`},
		{`say "hi" \o/`, "a@b.c", `"say \"hi\" \\o/" <a@b.c>`},
		{`"Doe, John"`, "a@b.c", `"Doe, John" <a@b.c>`},
		{`"`, "a@b.c", `"\"" <a@b.c>`},
		{"two  spaces", "a@b.c", `"two  spaces" <a@b.c>`},
		{" ", "a@b.c", "a@b.c"},
		{`"  "`, "a@b.c", "a@b.c"},
		{"a\tb", "a@b.c", `=?UTF-8?B?YQli?= <a@b.c>`},
		{"=?UTF-8?B?w7w=?=", "a@b.c", "=?UTF-8?B?w7w=?= <a@b.c>"},
		{"=?UTF-8?Q?a,b?=", "a@b.c", "=?UTF-8?B?PT9VVEYtOD9RP2EsYj89?= <a@b.c>"},
		{"Ü", "a@b.c", "=?UTF-8?B?w5w=?= <a@b.c>"},
		{"", " a@b.c ", "a@b.c"},
		{"", "<a@b.c>", "a@b.c"},
		{"", "a_b+c=d@sub_domain.example", "a_b+c=d@sub_domain.example"},
		{"", `"a b"@b.c`, `"a b"@b.c`},
		{"", `"a\"@x>b"@b.c`, `"a\"@x>b"@b.c`},
		{"", "a..b.@docomo.example", `"a..b."@docomo.example`},
		{"", "postmaster", "postmaster"},
		{"", "a@[192.0.2.1]", "a@[192.0.2.1]"},
		{"", "a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
		{"", "a@[ipv6:::1]", "a@[ipv6:::1]"},
		{"", "a@BÜCHER.example", "a@xn--bcher-kva.example"},
		{"", "a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"},
		{"", "a@faß.de", "a@xn--fa-hia.de"},
	} {
		got, rcpt, err := toField(t, Address{c.name, c.mail}, Options{})
		require.NoError(t, err, "%+v", c)
		require.Equal(t, c.want, got)
		require.Len(t, rcpt, 1)
		require.Contains(t, c.want, rcpt[0])
		if c.mail != "postmaster" && !strings.Contains(c.mail, "[") {
			_, err = mail.ParseAddress(got)
			require.NoError(t, err, got)
		}
	}
}

func TestAddressRefused(t *testing.T) {
	for _, c := range []string{
		"", " ", "@b.c", "a@", "a@b@c", "a b@c.d", "a@b..c", "a@b.", "a@.b", "a@b c", "a,b@c.d", "a<b@c.d", "a@b.c>", "<a@b.c",
		"a@b.c> SIZE=1", "a@b.c>\r\nRCPT TO:<x@y.z", "a@b.c\n", "a@b.c\r", "a\x00@b.c", "a\x7f@b.c", "a\x1b@b.c", "\"a@b.c", "\"a\"b@c.d",
		`"a" @b.c`, `"a\"@b.c`, "<@x,@y:a@b.c>", "@x:a@b.c", "a@[1.2.3]", "a@[::1]", "a@[IPv6:1.2.3.4]", "a@[IPv6:fe80::1%eth0]", "a@[x", "a@b.c d",
		"a\u0085@b.c", "a@b\u2028c", "a\u00a0@b.c", "a@" + strings.Repeat("x", 64) + ".c", strings.Repeat("x", 600) + "@b.c",
		"a@b.c, d@e.f", "a@b.c;d@e.f", "a@b.c;", "Team: a@b.c, b@;", "Team: a@b.c; x@y.z", "Team: a@b.c", ": a@b.c;", "A: B: a@b.c;;",
		"a@\xff.c", "\xff@b.c",
	} {
		_, _, err := toField(t, Address{"", c}, Options{UTF8: true})
		var e *Error
		require.ErrorAs(t, err, &e, "%q", c)
		require.Equal(t, "To", string(e.Field), "%q", c)
		require.NotContains(t, err.Error(), "\r")
		require.NotContains(t, err.Error(), "\n")
	}
}

// A text that a parser could read as several mailboxes, or as a group, is not accepted as
// an address.
func TestOneAddressPerCall(t *testing.T) {
	for _, several := range []string{
		"T: a@x.org, victim@y.org;", "Team A: a@b.c;", "undisclosed-recipients:;", "a@x.org, b@y.org", "a@x.org,b@y.org", "a@x.org; b@y.org",
		"a@x.org;b@y.org", "a@x.org,", "a@x.org b@y.org", "a@x.org\tb@y.org", "Name <a@x.org>", "<a@x.org>, <b@y.org>", "<a@x.org> <b@y.org>",
		`"Q, R" <a@x.org>`, "a@x.org (Name)", "a@x.org (b@y.org)", "\"x\"@x.org, b@y.org", "a@[192.0.2.1], b@y.org", "<a@x.org>b@y.org",
		"T:a@x.org,=?utf-8?q?b?= <b@y.org>;", "<a@x.org,b@y.org>",
	} {
		for field, m := range map[string]*Message{
			"To":     {To: []Address{{"", several}}},
			"Cc":     {Cc: []Address{{"N", several}}},
			"Bcc":    {Bcc: []Address{{"", several}}},
			"From":   {From: []Address{{"", several}}},
			"Sender": {Sender: Address{"", several}},
		} {
			if m.From == nil {
				m.From = simple().From
			}
			if m.To == nil {
				m.To = simple().To
			}
			_, err := m.Render(Options{UTF8: true})
			var e *Error
			require.ErrorAs(t, err, &e, "%s %q", field, several)
			require.Equal(t, field, string(e.Field))
			require.Regexp(t, `set one address per call, and the name with$|^is a name and an address: set "\S+@x.org" as the address, and the name with$`, e.Reason)
		}
	}
	for _, one := range []string{`"a,b"@x.org`, `"a;b:c"@x.org`, `"a@b, c@d"@x.org`, "a@[IPv6:2001:db8::1]", "<a@x.org>", `"<>"@x.org`} {
		_, rcpt, err := toField(t, Address{"Doe, John; <x>", one}, Options{})
		require.NoError(t, err, one)
		require.Equal(t, []string{strings.Trim(one, "<>")}, rcpt)
	}
}

// Whatever the charset of the message is, addresses are UTF-8, and names are in this charset.
func TestAddressIsUTF8InEveryCharset(t *testing.T) {
	for _, charset := range []string{"", "UTF-8", "ISO-8859-1", "windows-1252", "KOI8-R", "GBK", "Big5", "Shift_JIS", "HZ-GB-2312", "ISO-2022-JP", "UTF-16", "IBM037"} {
		for _, c := range []struct{ mail, want string }{
			{"\u00fc@x.org", "\u00fc@x.org"}, {"a@b\u00fccher.example", "a@xn--bcher-kva.example"}, {"a~~b@x.org", "a~~b@x.org"}, {"\u65e5\u672c@x.org", "\u65e5\u672c@x.org"},
		} {
			m := simple()
			m.Charset = charset
			m.From[0].Name, m.To[0] = "", Address{"", c.mail}
			if charset != "UTF-16" && charset != "IBM037" {
				m.ReplyTo = c.mail + ", <" + c.mail + ">, T: " + c.mail + ";"
			} else {
				m.Lines, m.Subject, m.XMailer = nil, "", ""
			}
			r, err := m.Render(Options{UTF8: true})
			require.NoError(t, err, "%s %s", charset, c.mail)
			require.Equal(t, []string{c.want}, r.Recipients(), charset)
			if m.ReplyTo != "" {
				require.Contains(t, strings.ReplaceAll(string(r.header), "\r\n ", " "), "Reply-To: "+c.want+", "+c.want+", T: "+c.want+";\r\n", charset)
			}
		}
	}
	m := simple()
	m.Charset, m.To[0], m.ReplyTo = "KOI8-R", Address{"\xc1", "\xc1@x.org"}, "\xc1 <\u00fc@x.org>"
	r, err := m.Render(Options{UTF8: true})
	require.NoError(t, err)
	require.Equal(t, []string{"\u0430@x.org"}, r.Recipients())
	require.Contains(t, string(r.header), "Reply-To: =?KOI8-R?Q?=C1?= <\u00fc@x.org>\r\n")
}

// Addresses with characters that are invisible or look like other characters are refused.
func TestAddressOfAnotherMailbox(t *testing.T) {
	for _, c := range []struct{ mail, names string }{
		{"\ufeffa@x.org", "U+FEFF (zero width no-break space) at octet 1"},
		{"a\u200b@x.org", "U+200B (zero width space) at octet 2"},
		{"a\uff20x.org", "U+FF20 (full-width @) at octet 2"},
		{"a@x.org\uff20y.org", "U+FF20"},
		{"a\ufe6bx.org@y.org", "U+FE6B (small commercial at)"},
		{"a\u00ad@x.org", "U+00AD (soft hyphen)"},
		{"a@x\u00ad.org", "U+00AD (soft hyphen)"},
		{"a@x\u3002org", "U+3002 (ideographic full stop)"},
		{"a@x.org\uff0ey.org", "U+FF0E"},
		{"a@x\uff61org", "U+FF61"},
		{"\u3000a@x.org", "U+3000"},
		{"a@x.org\u00a0", "U+00A0"},
		{"\u202eb@x.org", "U+202E"},
		{"a\u2066@x.org", "U+2066"},
		{"a\ue000@x.org", "U+E000"},
		{"a\u0378@x.org", "U+0378"},
		{"a\ufe0f@x.org", "U+FE0F"},
		{"\uff41dmin@x.org", "U+FF41"},
		{"\u212aate@x.org", "U+212A"},
		{"a\u0308@x.org", "U+0308"},
		{"\"\u200b\"@x.org", "U+200B"},
		{"ü@x\u200d.org", "U+200D"},
		{"a@\uff45xample.org", "U+FF45"},
		{"a@fa\u1e9e.de", "U+1E9E"},
	} {
		for _, mail := range []string{c.mail, "<" + c.mail + ">"} {
			_, _, err := toField(t, Address{"", mail}, Options{UTF8: true})
			require.ErrorContains(t, err, "To", "%+q", mail)
			require.ErrorContains(t, err, c.names, "%+q", mail)
		}
		m := simple()
		m.ReplyTo = "N <" + c.mail + ">"
		_, err := m.Render(Options{UTF8: true})
		require.ErrorContains(t, err, "ReplyTo")
		raw := NewRaw([]byte("From: a@x.org\nTo: " + c.mail + "\n\nx"))
		_, err = raw.Render(Options{UTF8: true, EightBit: true})
		require.Error(t, err, "%+q", c.mail)
	}
	for _, mail := range []string{"my team@x.org", "<my team@x.org>", "N <my (c) team@x.org>", "my team", `"my" "team"@x.org`, "a@x .org y", `my"team"@x.org`, "a@x org"} {
		m := simple()
		m.ReplyTo = mail
		_, err := m.Render(Options{})
		require.ErrorContains(t, err, "has a space or a comment", mail)
		_, err = NewRaw([]byte("From: a@x.org\nTo: " + mail + "\n\nx")).Render(Options{})
		require.ErrorContains(t, err, "has a space or a comment", mail)
	}
	for charset, mail := range map[string]string{"gb18030": "a\xa3\xc0x.org", "shift_jis": "a\x81\x97x.org", "iso-8859-1": "a\xad@x.org", "iso-2022-jp": "a\x1b$B!w\x1b(Bx.org"} {
		m := simple()
		m.Charset, m.To[0].Mail = charset, mail
		_, err := m.Render(Options{UTF8: true})
		require.ErrorContains(t, err, "has the character U+", charset)
	}
}

func TestSMTPUTF8OnlyWhereNeeded(t *testing.T) {
	_, _, err := toField(t, Address{"Jörg", "jörg@bücher.example"}, Options{})
	require.ErrorContains(t, err, "SMTPUTF8")
	require.ErrorContains(t, err, "jörg@bücher.example")

	m := simple()
	m.To = []Address{{"Jörg", "jörg@bücher.example"}}
	r, err := m.Render(Options{UTF8: true, EightBit: true})
	require.NoError(t, err)
	require.True(t, r.NeedsSMTPUTF8())
	require.True(t, r.EightBit())
	h := headerOf(written(t, r))
	require.Equal(t, "=?UTF-8?B?SsO2cmc=?= <jörg@bücher.example>", field(h, "To"))
	require.Equal(t, []string{"jörg@bücher.example"}, r.Recipients())

	m = simple()
	m.To[0].Mail = "joerg@bücher.example"
	m.Subject = "Ünïcode"
	r, err = m.Render(Options{UTF8: true, EightBit: true})
	require.NoError(t, err)
	require.False(t, r.NeedsSMTPUTF8())
	require.False(t, r.EightBit())

	m = simple()
	m.Bcc = []Address{{"", "ü@x.org"}}
	_, err = m.Render(Options{})
	require.ErrorContains(t, err, "Bcc")
}

func TestSenderAndFrom(t *testing.T) {
	m := simple()
	m.From = []Address{{"A", "a@x.org"}, {"", "b@x.org"}}
	r, err := m.Render(Options{})
	require.NoError(t, err)
	h := headerOf(written(t, r))
	require.Equal(t, "A <a@x.org>, b@x.org", field(h, "From"))
	require.Equal(t, "A <a@x.org>", field(h, "Sender"))
	require.Equal(t, "a@x.org", r.EnvelopeFrom())

	m.Sender = Address{"S", "s@y.org"}
	r, err = m.Render(Options{})
	require.NoError(t, err)
	require.Equal(t, "S <s@y.org>", field(headerOf(written(t, r)), "Sender"))
	require.Equal(t, "s@y.org", r.EnvelopeFrom())

	m.From = nil
	_, err = m.Render(Options{})
	require.ErrorIs(t, err, ErrNoSender)
	m.From = []Address{{"name only", ""}}
	_, err = m.Render(Options{})
	require.ErrorIs(t, err, ErrNoSender)
}

func TestReplyTo(t *testing.T) {
	for in, want := range map[string]string{
		"a@b.c":                         "a@b.c",
		"Name <a@b.c>":                  "Name <a@b.c>",
		"Nüm <a@b.c>, \"x, y\" <d@e.f>": "=?UTF-8?Q?N=C3=BCm?= <a@b.c>, \"x, y\" <d@e.f>",
		"a@b.c; d@e.f;":                 "a@b.c, d@e.f",
		"=?utf-8?q?=C3=BC?= <a@b.c>":    "=?utf-8?q?=C3=BC?= <a@b.c>",
		"a@b.c (Name)":                  "Name <a@b.c>",
		"J. Doe <a@ü.example>":          `"J. Doe" <a@xn--tda.example>`,
		" ":                             "",
	} {
		m := simple()
		m.ReplyTo = in
		m.ReadReceipt = true
		h := headerOf(rendered(t, m, Options{}))
		require.Equal(t, want, field(h, "Reply-To"), in)
		receipt := field(h, "Disposition-Notification-To")
		if want == "" {
			require.Equal(t, "<from@example.org>", receipt)
		} else {
			require.Contains(t, want, strings.Trim(receipt, "<>"))
		}
	}
	for _, in := range []string{"Name", "a@b.c d@e.f", "a@b.c>", "a@b.c\r\nBcc: x@y.z", "Name <a@b.c"} {
		m := simple()
		m.ReplyTo = in
		_, err := m.Render(Options{})
		if in == "Name" { // valid: a local part to which the server adds a domain
			require.NoError(t, err)
			continue
		}
		var e *Error
		require.ErrorAs(t, err, &e, in)
		require.Equal(t, "ReplyTo", string(e.Field))
	}
}

func TestBccIsNeverInTheHeader(t *testing.T) {
	m := simple()
	m.Cc = []Address{{"", "c@x.org"}}
	m.Bcc = []Address{{"Secret", "secret@x.org"}, {"", "to@example.net"}}
	r, err := m.Render(Options{})
	require.NoError(t, err)
	b := string(written(t, r))
	require.NotRegexp(t, `(?im)^bcc`, b)
	require.NotRegexp(t, `(?i)secret@|secret <`, b)
	require.Equal(t, []string{"to@example.net", "c@x.org", "secret@x.org", "to@example.net"}, r.Recipients())

	m.To, m.Cc = nil, nil
	b = string(rendered(t, m, Options{}))
	require.Equal(t, "undisclosed-recipients:;", field(headerOf([]byte(b)), "To"))
}

func TestTenThousandRecipients(t *testing.T) {
	m := simple()
	m.To = nil
	for i := range 10000 {
		m.To = append(m.To, Address{strings.Repeat("Nämé ", i%7), "recipient" + strings.Repeat("x", i%50) + "@example.net"})
	}
	r, err := m.Render(Options{})
	require.NoError(t, err)
	require.Len(t, r.Recipients(), 10000)
	h := headerOf(written(t, r))
	checkFolding(t, h)
	p := mail.AddressParser{WordDecoder: &decoder}
	list, err := p.ParseList(strings.ReplaceAll(field(h, "To"), "\r\n", ""))
	require.NoError(t, err)
	require.Len(t, list, 10000)
}
