// SPDX-License-Identifier: MIT

package message

import (
	"encoding/base64"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHeaderInOrder(t *testing.T) {
	m := simple()
	m.MessageID = "id@example.org"
	m.XMailer, m.Priority, m.ReadReceipt = "Mailer 1.0", 2, true
	m.ReplyTo = "reply@example.org"
	m.Headers = []Field{{"X-One", "1"}, {"X-Two", "2"}}
	m.InReplyTo, m.References = "a@b", "<a@b> <c@d>"
	m.AutoSubmitted = "auto-generated; x=y"
	m.ListUnsubscribe, m.ListUnsubscribeOneClick = "mailto:u@example.org, <https://example.org/u?a=1,2>", true
	require.Equal(t, strings.ReplaceAll(`Date: Mon, 09 Mar 2026 14:05:07 +0530
From: from@example.org
Reply-To: reply@example.org
To: to@example.net
Subject: s
Message-ID: <id@example.org>
In-Reply-To: <a@b>
References: <a@b> <c@d>
X-Mailer: Mailer 1.0
X-Priority: 2 (High)
Importance: high
Disposition-Notification-To: <reply@example.org>
Auto-Submitted: auto-generated; x=y
List-Unsubscribe: <mailto:u@example.org>, <https://example.org/u?a=1,2>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
X-One: 1
X-Two: 2
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 7bit
`, "\n", "\r\n"), headerOf(rendered(t, m, testOptions())))
}

func TestPriority(t *testing.T) {
	for p, want := range map[int]string{2: "2 (High)|high", 4: "4 (Low)|low", 3: "|", 0: "|", 7: "|", -1: "|"} {
		m := simple()
		m.Priority = p
		h := headerOf(rendered(t, m, Options{}))
		require.Equal(t, want, field(h, "X-Priority")+"|"+field(h, "Importance"))
	}
}

func TestDate(t *testing.T) {
	m := simple()
	m.Date = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	require.Equal(t, "Fri, 02 Jan 2026 03:04:05 +0000", field(headerOf(rendered(t, m, testOptions())), "Date"))
	m.Date = time.Time{}
	h, _ := read(t, rendered(t, m, Options{}))
	d, err := h.Date()
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), d, time.Minute)
}

// Either the date is refused, or every parser can read the field.
func TestDatesAtTheEnds(t *testing.T) {
	odd := time.FixedZone("", 19*60+32)
	for _, d := range []time.Time{
		time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(-1, 0), time.Unix(-1e9, 0), time.Unix(1, 0), time.Unix(1<<31, 999999999), time.Unix(1<<32, 0),
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(1920, 1, 1, 0, 0, 0, 0, odd), time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("", 200*3600)),
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -12*3600)),
	} {
		m := simple()
		m.Date = d
		h, _ := read(t, rendered(t, m, testOptions()))
		got, err := h.Date()
		require.NoError(t, err, h.Get("Date"))
		require.Equal(t, d.Unix(), got.Unix(), h.Get("Date"))
		require.Regexp(t, `^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$`, h.Get("Date"))
	}
	for _, d := range []time.Time{
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC).In(time.FixedZone("", 3600)), time.Date(1899, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(1<<62, 0), time.Unix(-1<<62, 0),
	} {
		m := simple()
		m.Date = d
		_, err := m.Render(testOptions())
		require.ErrorContains(t, err, "Date: \"", d)
		require.ErrorContains(t, err, "1900 to 9999")
		refusedWell(t, err)
	}
}

func TestMessageIDStays(t *testing.T) {
	m := simple()
	m.From[0].Mail = "a@bücher.example"
	r, err := m.Render(Options{})
	require.NoError(t, err)
	require.Regexp(t, `^<[0-9a-f]{32}@xn--bcher-kva\.example>$`, r.MessageID())
	require.Equal(t, r.MessageID(), m.MessageID)
	again, err := m.Render(Options{})
	require.NoError(t, err)
	require.Equal(t, r.MessageID(), again.MessageID())
	require.Equal(t, r.MessageID(), field(headerOf(written(t, r)), "Message-ID"))

	for mail, domain := range map[string]string{"root": "localhost.invalid", "a@[192.0.2.1]": "localhost.invalid", "ü@ü.example": "xn--tda.example"} {
		m := simple()
		m.From[0].Mail = mail
		r, err := m.Render(Options{UTF8: true})
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(r.MessageID(), "@"+domain+">"), r.MessageID())
	}
}

func TestSubjects(t *testing.T) {
	long := strings.Repeat("=?UTF-8?B?w7w=?= ", 20)
	for in, want := range map[string]string{
		"":                        "",
		"plain":                   "plain",
		"=?UTF-8?B?SGVsbG8=?=":    "=?UTF-8?B?SGVsbG8=?=",
		strings.TrimSpace(long):   "",
		"not =?an?encoded?word?=": "not =?an?encoded?word?=",
		"keep the ünï word":       "keep the =?UTF-8?B?w7xuw68=?= word",
		" leading":                "=?UTF-8?Q?_leading?=",
		"trailing ":               "=?UTF-8?Q?trailing_?=",
		"two  spaces":             "two  spaces",
		"tab\tinside":             "tab\tinside",
	} {
		m := simple()
		m.Subject = in
		b := rendered(t, m, testOptions())
		checkFolding(t, headerOf(b))
		got := field(headerOf(b), "Subject")
		if want == "" {
			want = in
			got = strings.Join(strings.Fields(got), " ")
		}
		require.Equal(t, want, got)
	}
}

// A word that does not fit on a line is encoded. An encoded word that does not fit is decoded
// and encoded again.
func TestLongWords(t *testing.T) {
	for n := 1; n < 2500; n += 83 {
		word := strings.Repeat("x", n)
		m := simple()
		m.Subject, m.XMailer, m.From[0].Name = word, "a "+word, word
		b := rendered(t, m, testOptions())
		checkFolding(t, headerOf(b))
		h, _ := read(t, b)
		subject, err := decoder.DecodeHeader(h.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, word, subject)
		from, err := h.AddressList("From")
		require.NoError(t, err)
		require.Equal(t, word, from[0].Name)
	}
	m := simple()
	given := "=?UTF-8?B?" + strings.Repeat("w7zDvMO8", 200) + "?="
	m.Subject, m.From[0].Name = given, given
	b := rendered(t, m, testOptions())
	checkFolding(t, headerOf(b))
	h, _ := read(t, b)
	subject, err := decoder.DecodeHeader(h.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("ü", 600), subject)
}

func TestMegabyteSubject(t *testing.T) {
	for charset, text := range map[string]string{"UTF-8": "ü日 x", "koi8-r": "\xc1 \xc2\xc3", "big5": "\xa4\xa4\xa4\xe5"} {
		m := simple()
		m.Charset = charset
		m.Subject = strings.Repeat(text, (1<<20)/len(text))
		rendered(t, m, testOptions())
	}
}

func TestFurtherFields(t *testing.T) {
	m := simple()
	m.Headers = []Field{
		{"X-JSON", `{"a": 1}`}, {"X-Long", strings.Repeat("word ", 100)}, {"X-Token", strings.Repeat("t", 900)},
		{"X-Umlaut", "für alle"}, {"List-Id", "Ä list <l.example.org>"}, {"X-Empty", ""}, {"x-tab", "a\tb"},
	}
	for range 10000 {
		m.Headers = append(m.Headers, Field{"X-Many", "value"})
	}
	b := rendered(t, m, testOptions())
	h, _ := read(t, b)
	require.Equal(t, `{"a": 1}`, h.Get("X-JSON"))
	require.Equal(t, strings.TrimSpace(m.Headers[1].Value), h.Get("X-Long"))
	require.Equal(t, m.Headers[2].Value, h.Get("X-Token"))
	value, err := decoder.DecodeHeader(h.Get("X-Umlaut"))
	require.NoError(t, err)
	require.Equal(t, "für alle", value)
	require.Equal(t, "=?UTF-8?B?w4Q=?= list <l.example.org>", h.Get("List-Id"))
	require.Len(t, h["X-Many"], 10000)

	m.Headers = []Field{{"X-Token", strings.Repeat("t", 998)}}
	_, err = m.Render(Options{})
	require.ErrorContains(t, err, "Headers")
}

// Message.Headers is allowed to contain the Content-* fields that the library does not write.
func TestContentFields(t *testing.T) {
	m := simple()
	m.Headers = []Field{{"Content-Language", "de, en"}, {"content-description", "Grüße"}, {"Content-Location", "https://example.org/"}, {"Content-Class", "x"}}
	m.Attachments = []Attachment{{Name: "a", Data: []byte("x")}}
	h, parts := read(t, rendered(t, m, testOptions()))
	require.Equal(t, "de, en", h.Get("Content-Language"))
	require.Equal(t, "=?UTF-8?B?R3LDvMOfZQ==?=", h.Get("Content-Description"))
	require.Equal(t, "https://example.org/", h.Get("Content-Location"))
	require.Equal(t, "x", h.Get("Content-Class"))
	require.Len(t, parts, 3)
}

func TestReservedFields(t *testing.T) {
	for _, name := range []string{"From", "TO", "bcc", "Subject", "Date", "Content-Type", "content-length", "Content-Transfer-Encoding", "Content-ID", "Content-Disposition", "MIME-Version", "DKIM-Signature", "Received", "Return-Path", "Resent-Bcc"} {
		m := simple()
		m.Headers = []Field{{name, "x"}}
		_, err := m.Render(Options{})
		require.ErrorContains(t, err, "reserved", name)
	}
	for setter, name := range map[string]string{"Subject": "Subject", "Bcc": "Bcc", "ReplyTo": "Reply-To"} {
		m := simple()
		m.Headers = []Field{{name, "x"}}
		_, err := m.Render(Options{})
		require.ErrorContains(t, err, setter)
	}
	for _, name := range []string{"", "X A", "X:", "X\r\nY", "Ü", "X\x00", strings.Repeat("X", 61)} {
		m := simple()
		m.Headers = []Field{{name, "x"}}
		_, err := m.Render(Options{})
		require.ErrorContains(t, err, "not a field name", "%q", name)
	}
}

func TestListUnsubscribeAndOthersRefused(t *testing.T) {
	for want, m := range map[string]*Message{
		"ListUnsubscribe":                {ListUnsubscribe: "ftp://x"},
		"one-click needs":                {ListUnsubscribe: "mailto:a@b.c", ListUnsubscribeOneClick: true},
		"ListUnsubscribe: \"https://ü\"": {ListUnsubscribe: "https://ü"},
		"one-click needs an https: URI":  {ListUnsubscribeOneClick: true},
		"AutoSubmitted":                  {AutoSubmitted: "auto generated"},
		"AutoSubmitted: \"yy":            {AutoSubmitted: strings.Repeat("y", 1000)},
		"MessageID":                      {MessageID: "a@b c@d"},
		"MessageID: \"<a@b>x\"":          {MessageID: "<a@b>x"},
		"MessageID: \"nonsense\"":        {MessageID: "nonsense"},
	} {
		m.From, m.To = simple().From, simple().To
		_, err := m.Render(Options{})
		require.ErrorContains(t, err, want)
	}
	_, err := (&Message{}).Render(Options{})
	require.ErrorIs(t, err, ErrNoSender)
	_, err = (&Message{From: simple().From}).Render(Options{})
	require.ErrorIs(t, err, ErrNoRecipient)
}

// No input can insert a control character into a header.
func TestInjection(t *testing.T) {
	for _, bad := range []string{"\r", "\n", "\r\n", "\x00", "\x7f", "\x01", "\x1b", "\x0b", "x\r\nBcc: a@b.c", "\n.\r\n"} {
		for _, around := range []string{"%", "a%b", "%b", "a%", "ü%", "=?UTF-8?Q?a%b?="} {
			s := strings.Replace(around, "%", bad, 1)
			for field, m := range map[string]*Message{
				"Subject":                {Subject: s},
				"XMailer":                {XMailer: s},
				"ReplyTo":                {ReplyTo: s + "<a@b.c>"},
				"From.Name":              {From: []Address{{s, "a@b.c"}}},
				"Sender":                 {Sender: Address{s, "a@b.c"}},
				"To":                     {To: []Address{{s, "a@b.c"}}},
				"Cc":                     {Cc: []Address{{"", s + "@b.c"}}},
				"Bcc":                    {Bcc: []Address{{s, "a@b.c"}}},
				"Headers":                {Headers: []Field{{"X-A", s}}},
				"MessageID":              {MessageID: s},
				"References":             {References: s},
				"InReplyTo":              {InReplyTo: s},
				"AutoSubmitted":          {AutoSubmitted: s},
				"ListUnsubscribe":        {ListUnsubscribe: "https://x/" + s},
				"Attachment.Name":        {Attachments: []Attachment{{Name: s}}},
				"Attachment.ContentType": {Attachments: []Attachment{{Name: "x", ContentType: "text/plain; a=" + s}}},
				"Attachment.ContentID":   {Attachments: []Attachment{{Name: "x", ContentID: s}}},
				"Attachments":            {Attachments: []Attachment{{Path: "/" + s}}},
				"Charset":                {Charset: s},
			} {
				if m.From == nil {
					m.From = simple().From
				}
				if m.To == nil {
					m.To = simple().To
				}
				_, err := m.Render(Options{UTF8: true, Strict: true})
				if field == "Charset" && strings.TrimSpace(s) == "" {
					continue // white space is removed, and the empty name means the default charset
				}
				var e *Error
				require.ErrorAs(t, err, &e, "%s %q", field, s)
				require.Equal(t, field, string(e.Field))
				require.Equal(t, -1, controlAt(err.Error()), "%q", err.Error())
			}
		}
	}
}

// The decoded text of encoded words is checked too. An encoded word that is too long for a
// line is decoded and encoded again. Other words remain unchanged, or are refused.
func TestEncodedWordsAreCheckedAfterDecoding(t *testing.T) {
	evil := "=?us-ascii?Q?Hi=0D=0AX-Evil:_1=0D=0A=0D=0A<h1>x</h1>"
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, words := range []string{
		evil + strings.Repeat("_w", 500) + "?=", evil + strings.Repeat("_", 470) + "?=", evil + "?=",
		"=?utf-8?B?" + b64("a\r\nX-Evil: 1"+strings.Repeat("b", 1000)) + "?=", "=?utf-8?B?" + b64("\x00"+strings.Repeat("b", 1000)) + "?=",
		"=?utf-8?Q?a=1B" + strings.Repeat("=C3=BC", 300) + "?=", "=?utf-8?q?a=0Ab?=", "=?utf-8?q?a?= =?utf-8?q?=0Db?=", "=?utf-8?q?=0B?=",
		"=?utf-16be?B?" + b64("\x00a\x00\r\x00\n\x00b") + "?=", "=?utf-7?q?a=0Ab?=", "=?iso-2022-jp?b?" + b64("\x1b$B!w\x1b(B\nX: y") + "?=",
	} {
		for field, m := range map[string]*Message{
			"Subject":                {Subject: words},
			"XMailer":                {XMailer: words},
			"From.Name":              {From: []Address{{words, "a@b.c"}}},
			"To":                     {To: []Address{{words, "a@b.c"}}},
			"ReplyTo":                {ReplyTo: words + " <a@b.c>"},
			"Headers":                {Headers: []Field{{"X-A", words}}},
			"Attachment.Name":        {Attachments: []Attachment{{Name: words}}},
			"Attachment.ContentType": {Attachments: []Attachment{{Name: "x", ContentType: `text/plain; x="` + words + `"`}}},
		} {
			if m.From == nil {
				m.From = simple().From
			}
			if m.To == nil {
				m.To = simple().To
			}
			_, err := m.Render(Options{UTF8: true, Strict: true})
			var e *Error
			require.ErrorAs(t, err, &e, "%s %.100q", field, words)
			require.Equal(t, field, string(e.Field))
			refusedWell(t, err)
		}
	}
	for words, want := range map[string]string{
		"=?utf-8?B?" + b64(strings.Repeat("ü", 600)+"\n") + "?=":                               strings.Repeat("ü", 600),
		"=?iso-8859-1?Q?" + strings.Repeat("=FC", 400) + "?=":                                  strings.Repeat("ü", 400),
		"=?us-ascii?Q?" + strings.Repeat("a_", 500) + "?=":                                     strings.Repeat("a ", 500),
		"=?utf-8?B?" + b64("one line\n") + "?=":                                                "one line\n",
		"=?iso-2022-jp?B?" + b64("\x1b$B!w\x1b(B") + "?=":                                      "＠",
		"=?utf-8?q?" + strings.Repeat("=E2=80=A8", 200) + "?=":                                 strings.Repeat("\u2028", 200),
		"=?utf-8?B?" + b64(strings.Repeat("a", 500)) + "?= =?utf-8?B?" + b64("b\t") + "?=":     strings.Repeat("a", 500) + "b\t",
		"=?utf-8?B?" + b64(strings.Repeat("a\t", 500)) + "?= =?utf-8?q?" + "b" + "?= =?x?q??=": "",
	} {
		m := simple()
		m.Subject, m.From[0].Name = words, words
		r, err := m.Render(testOptions())
		if want == "" { // too long for a line, and in an unknown charset
			require.ErrorContains(t, err, "cannot be encoded again")
			continue
		}
		require.NoError(t, err, words)
		h, _ := read(t, written(t, r))
		got, err := decoder.DecodeHeader(h.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, want, got)
		from, err := (&mail.AddressParser{WordDecoder: &decoder}).Parse(h.Get("From"))
		require.NoError(t, err)
		require.Equal(t, want, from.Name)
	}
}

func TestErrorText(t *testing.T) {
	m := simple()
	m.To[0].Mail = "a@b.c\r\n" + strings.Repeat("x", 500)
	_, err := m.Render(Options{})
	require.Equal(t, `To: "a@b.c\x0d\x0a`+strings.Repeat("x", 113)+`..." has a carriage return at octet 6; remove it`, err.Error())
	require.Equal(t, "F: cause", (&Error{Field: "F", Err: ErrChanged, Reason: "cause"}).Error())
}
