// SPDX-License-Identifier: MIT

package message

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// toField renders one recipient and gives its To field and the envelope.
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
		{" ", "a@b.c", `" " <a@b.c>`},
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
		require.Equal(t, "AddRecipient", e.Field, "%q", c)
		require.NotContains(t, err.Error(), "\r")
		require.NotContains(t, err.Error(), "\n")
	}
}

func TestGroup(t *testing.T) {
	got, rcpt, err := toField(t, Address{"ignored", `Team A: a@b.c, "Q, R" <q@b.c>,Ünal <u@bücher.example>;`}, Options{})
	require.NoError(t, err)
	require.Equal(t, `Team A: a@b.c, "Q, R" <q@b.c>, =?UTF-8?B?w5xuYWw=?=`+"\r\n <u@xn--bcher-kva.example>;", got)
	require.Equal(t, []string{"a@b.c", "q@b.c", "u@xn--bcher-kva.example"}, rcpt)

	_, _, err = toField(t, Address{"", "undisclosed-recipients:;"}, Options{})
	require.ErrorIs(t, err, ErrNoRecipient)
	m := simple()
	m.To = []Address{{"", "undisclosed-recipients:;"}}
	m.Bcc = []Address{{"", "b@c.d"}}
	h := headerOf(rendered(t, m, Options{}))
	require.Equal(t, "undisclosed-recipients:;", field(h, "To"))
	require.NotContains(t, h, "b@c.d")
	m.From = []Address{{"", "Team: a@b.c;"}}
	_, err = m.Render(Options{})
	require.ErrorContains(t, err, "is a group")
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
	require.ErrorContains(t, err, "AddBCCRecipient")
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
		if in == "Name" { // a name that the server completes
			require.NoError(t, err)
			continue
		}
		var e *Error
		require.ErrorAs(t, err, &e, in)
		require.Equal(t, "SetReplyTo", e.Field)
	}
}

func TestBccIsNeverInTheHeader(t *testing.T) {
	m := simple()
	m.Cc = []Address{{"", "c@x.org"}}
	m.Bcc = []Address{{"Secret", "secret@x.org"}, {"", "to@example.net"}}
	r, err := m.Render(Options{})
	require.NoError(t, err)
	b := string(written(t, r))
	require.NotContains(t, strings.ToLower(b), "bcc")
	require.NotContains(t, strings.ToLower(b), "secret")
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
