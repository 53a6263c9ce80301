// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Text that is not UTF-8 and whose charset is not set is labelled with the charset of the
// locale if it is valid in that charset. If it is not, it is labelled as unknown-8bit, and the
// body is sent in base64. With Strict, the text is refused.
func TestTextWithoutACharset(t *testing.T) {
	const latin = "Gr\xfc\xdfe"
	for _, c := range []struct {
		locale, text, label string
	}{
		{"ISO-8859-1", latin, "ISO-8859-1"},
		{"ISO-8859-15", "3 \xa4", "ISO-8859-15"},
		{"windows-1252", "\x933\x80\x94", "windows-1252"},
		{"ISO-8859-1", "3\x80", "windows-1252"},
		{"KOI8-R", "\xf0\xd2\xc9", "KOI8-R"},
		{"GBK", "\xc4\xe3\xba\xc3", "GBK"},
		{"", latin, "unknown-8bit"},
		{"UTF-8", latin, "unknown-8bit"},
		{"ANSI_X3.4-1968", latin, "unknown-8bit"},
		{"no-such-charset", latin, "unknown-8bit"},
		{"EUC-JP", "Gr\xfc", "unknown-8bit"},
		{"ISO-8859-1", "Gr\u00fc\u00dfe", "UTF-8"},
	} {
		t.Run(fmt.Sprintf("%s %q", c.locale, c.text), func(t *testing.T) {
			for _, charset := range []string{"", "US-ASCII"} {
				m := simple()
				m.Charset, m.Subject, m.XMailer = charset, c.text, c.text
				m.Lines, m.From[0].Name, m.ReplyTo = []string{"first", c.text}, c.text, c.text+" <reply@example.org>"
				m.To[0].Name = c.text
				o := testOptions()
				o.Locale = c.locale
				r, err := m.Render(o)
				require.NoError(t, err)
				got, err := mail.ReadMessage(bytes.NewReader(written(t, r)))
				require.NoError(t, err)
				for _, field := range []string{"Subject", "X-Mailer"} {
					word, found := findWord(got.Header.Get(field), 0, true)
					require.True(t, found, field)
					assert.Equal(t, c.label, word.charset, field)
					assert.True(t, strings.HasSuffix(c.text, word.octets), "%s %q", field, word.octets)
				}
				for _, field := range []string{"From", "To", "Reply-To"} {
					assert.Contains(t, got.Header.Get(field), "=?"+c.label+"?", field)
				}
				assert.Equal(t, "text/plain; charset="+c.label, got.Header.Get("Content-Type"))
				encoding := got.Header.Get("Content-Transfer-Encoding")
				if c.label == "unknown-8bit" {
					assert.Equal(t, "base64", encoding)
				}
				body, err := io.ReadAll(transferDecoder(got.Body, encoding))
				require.NoError(t, err)
				assert.Equal(t, "first\r\n"+c.text+"\r\n", string(body))

				if c.label == "UTF-8" {
					assert.Empty(t, r.Notes())
					continue
				}
				assert.ElementsMatch(t, []Note{{FieldFromName, c.label}, {FieldReplyTo, c.label}, {FieldTo, c.label},
					{FieldSubject, c.label}, {FieldXMailer, c.label}, {FieldLines, c.label}}, r.Notes())
				o.Strict = true
				_, err = m.Render(o)
				require.ErrorContains(t, err, "Charset")
				o.Strict, o.Charset = false, "windows-1251"
				r, err = m.Render(o)
				require.NoError(t, err)
				assert.Empty(t, r.Notes())
				assert.Contains(t, string(written(t, r)), "charset=windows-1251")
			}
		})
	}
}

// An address is never sent in a charset that was guessed.
func TestAddressesWithoutACharset(t *testing.T) {
	const address = "j\xfcrgen@example.org"
	for field, m := range map[string]*Message{
		"From":    {From: []Address{{"", address}}},
		"Sender":  {Sender: Address{"", address}},
		"To":      {To: []Address{{"", address}}},
		"Cc":      {Cc: []Address{{"J\xfcrgen", "a@j\xfcrgen.example"}}},
		"Bcc":     {Bcc: []Address{{"", address}}},
		"ReplyTo": {ReplyTo: "J\xfcrgen <" + address + ">"},
	} {
		for _, locale := range []string{"", "ISO-8859-1", "UTF-8"} {
			if m.From == nil {
				m.From = simple().From
			}
			if m.To == nil {
				m.To = simple().To
			}
			_, err := m.Render(Options{UTF8: true, Locale: locale})
			var e *Error
			require.ErrorAs(t, err, &e, field)
			assert.Equal(t, field, string(e.Field))
			assert.ErrorContains(t, err, "Charset")
		}
	}
}

// A control character in a subject or name becomes a space. CR, LF and NUL are refused, and
// so is every control character in an address or, with Strict, in any field. The error contains
// the position of the character.
func TestControlCharacters(t *testing.T) {
	for c := byte(0); c < 0x80; c++ {
		if c >= ' ' && c != 0x7f || c == '\t' {
			continue
		}
		s := "a" + string(c) + "b"
		kept := c != 0 && c != '\r' && c != '\n'
		for field, m := range map[string]*Message{
			"Subject":   {Subject: s},
			"XMailer":   {XMailer: s},
			"From.Name": {From: []Address{{s, "a@b.c"}}},
			"Sender":    {Sender: Address{s, "a@b.c"}},
			"To":        {To: []Address{{s, "a@b.c"}}},
			"Cc":        {Cc: []Address{{s, "a@b.c"}}},
			"Bcc":       {Bcc: []Address{{s, "a@b.c"}}},
		} {
			m.Headers = []Field{{"X-Other", "1"}}
			if m.From == nil {
				m.From = simple().From
			}
			if m.To == nil {
				m.To = simple().To
			}
			r, err := m.Render(testOptions())
			if kept {
				require.NoError(t, err, "%s %q", field, s)
				if field != "Bcc" {
					assert.Contains(t, string(written(t, r)), "a b", "%s %q", field, s)
				}
			} else {
				require.ErrorContains(t, err, "at octet 2; remove it", "%s %q", field, s)
			}
			o := testOptions()
			o.Strict = true
			_, err = m.Render(o)
			require.ErrorContains(t, err, "at octet 2; remove it", "%s %q", field, s)
		}
		for field, m := range map[string]*Message{
			"From":        {From: []Address{{"", s + "@b.c"}}},
			"To":          {To: []Address{{"", s + "@b.c"}}},
			"Cc":          {Cc: []Address{{"", s + "@b.c"}}},
			"Bcc":         {Bcc: []Address{{"", s + "@b.c"}}},
			"ReplyTo":     {ReplyTo: s + "@b.c"},
			"Attachments": {Attachments: []Attachment{{Path: s}}},
		} {
			if m.From == nil {
				m.From = simple().From
			}
			if m.To == nil {
				m.To = simple().To
			}
			_, err := m.Render(testOptions())
			var e *Error
			require.ErrorAs(t, err, &e, "%s %q", field, s)
			require.Equal(t, field, string(e.Field))
			require.ErrorContains(t, err, "at octet 2; remove it", "%s %q", field, s)
		}
	}
}

// Encoded words that the program has set and that contain a control character are encoded
// again, with a space instead of the character. They are refused if the character is CR, LF or
// NUL, unless it is a line end at the end of the text. With Strict, they are always refused.
func TestControlsInEncodedWordsOfTheProgram(t *testing.T) {
	for words, want := range map[string]string{
		"=?utf-8?Q?a=1Bb?=":                       "a b",
		"=?utf-8?Q?a=0Bb?= =?utf-8?Q?=C3=BC?=":    "a b\u00fc",
		"=?iso-8859-1?Q?=FC=01?=":                 "\u00fc ",
		"=?utf-8?B?YQFi?=":                        "a b",
		"=?utf-8?B?YQFiCg==?=":                    "a b", // the encoded text ends with a line end
		"plain =?utf-8?Q?=07?= and more":          "plain   and more",
		"=?utf-8?Q?a=1B=0Ab?=":                    "",
		"=?utf-8?Q?=00?=":                         "",
		"=?utf-8?Q?a?= =?utf-8?Q?=0D=0AX:_1=1B?=": "",
	} {
		m := simple()
		m.Subject = words
		r, err := m.Render(testOptions())
		if want == "" {
			require.Error(t, err, "%q", words)
			continue
		}
		require.NoError(t, err, "%q", words)
		got, err := mail.ReadMessage(bytes.NewReader(written(t, r)))
		require.NoError(t, err)
		subject, err := decoder.DecodeHeader(got.Header.Get("Subject"))
		require.NoError(t, err)
		assert.Equal(t, strings.TrimRight(want, " "), strings.TrimRight(subject, " "), "%q", words)
		o := testOptions()
		o.Strict = true
		_, err = m.Render(o)
		require.ErrorContains(t, err, "control character", "%q", words)
	}
}

// Whatever octets the texts contain, a message without Strict is either refused, or its header
// is valid, and the recipient gets the octets of the body or, if they cannot be sent in the
// charset of the locale, the same text in UTF-8.
func FuzzTextWithoutACharset(f *testing.F) {
	for _, s := range []string{"Gr\xfc\xdfe", "\x01", "=?utf-8?Q?=1B?=", "\xff\xfe=?x?B?AA==?=", "a\r\n b"} {
		f.Add(s, "ISO-8859-1")
		f.Add(s, "")
		f.Add(s, "Shift_JIS")
		f.Add(s, "IBM850")
	}
	f.Fuzz(func(t *testing.T, s, locale string) {
		m := simple()
		m.Charset, m.Subject, m.To[0].Name, m.Lines = "", s, s, []string{s}
		o := testOptions()
		o.Locale = locale
		r, err := m.Render(o)
		if err != nil {
			refusedWell(t, err)
			return
		}
		data := written(t, r)
		head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
		assert.True(t, utf8.Valid(head))
		got, err := mail.ReadMessage(bytes.NewReader(data))
		require.NoError(t, err)
		assert.Len(t, got.Header["Subject"], 1)
		assert.Equal(t, []string{"Mon, 09 Mar 2026 14:05:07 +0530"}, got.Header["Date"])
		body, err := io.ReadAll(transferDecoder(got.Body, got.Header.Get("Content-Transfer-Encoding")))
		require.NoError(t, err)
		want := strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n").Replace(s) + "\r\n"
		if !utf8.ValidString(s) && got.Header.Get("Content-Type") == "text/plain; charset=UTF-8" {
			decode, err := Decoder(locale)
			require.NoError(t, err)
			text, ok := decode(want)
			require.True(t, ok)
			want = text
		}
		assert.Equal(t, want, string(body))
	})
}
