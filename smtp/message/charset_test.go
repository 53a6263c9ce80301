// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// charsetCase is a text in a charset, the name that a program uses for the charset, and the
// label with which the text must be sent.
type charsetCase struct{ name, text, label string }

var charsetCases = []charsetCase{
	{"UTF-8", "Grüße, 日本 😀", "UTF-8"},
	{"utf8", "Grüße", "UTF-8"},
	{"iso-8859-1", "Grüße aus Köln", "ISO-8859-1"},
	{"latin1", "Ça va déjà", "ISO-8859-1"},
	{"ISO-8859-2", "Zażółć gęślą jaźń", "ISO-8859-2"},
	{"iso-8859-5", "Привет, мир", "ISO-8859-5"},
	{"iso-8859-7", "Καλημέρα", "ISO-8859-7"},
	{"iso-8859-8", "שלום", "ISO-8859-8"},
	{"iso-8859-9", "Günaydın, şöyle", "ISO-8859-9"},
	{"iso-8859-15", "100 € für Œuvre", "ISO-8859-15"},
	{"windows-1250", "Příliš žluťoučký kůň", "windows-1250"},
	{"cp1251", "Съешь ещё этих булок", "windows-1251"},
	{"windows-1252", "“Quotes” – 5 €", "windows-1252"},
	{"cp1252", "Œuvre", "windows-1252"},
	{"windows-1253", "Ελλάδα", "windows-1253"},
	{"windows-1254", "İstanbul", "windows-1254"},
	{"windows-1255", "שלום", "windows-1255"},
	{"windows-1256", "مرحبا", "windows-1256"},
	{"windows-1257", "Ąžuolas", "windows-1257"},
	{"windows-1258", "Đông", "windows-1258"},
	{"koi8-r", "Привет", "KOI8-R"},
	{"koi8-u", "Привіт ґанок", "KOI8-U"},
	{"gb2312", "简体中文邮件", "GB2312"},
	{"gbk", "繁體與简体", "GBK"},
	{"cp936", "镕", "GBK"},
	{"gb18030", "𠀀中文😀", "GB18030"},
	{"big5", "繁體中文", "Big5"},
	{"shift_jis", "日本語カナ ｶﾅ 表", "Shift_JIS"},
	{"sjis", "ソース", "Shift_JIS"},
	{"euc-jp", "日本語", "EUC-JP"},
	{"euc-kr", "한국어 메일", "EUC-KR"},
	{"ks_c_5601-1987", "한국어", "EUC-KR"},
	{"tis-620", "ภาษาไทย", "TIS-620"},
	// These texts have characters that the named charset does not contain.
	{"gb2312", "镕", "GBK"},
	{"windows-31j", "日本語", "Shift_JIS"},
	{"windows-31j", "①", "UTF-8"},
	{"shift_jis", "①髙", "UTF-8"},
	{"euc-kr", "똠방", "UTF-8"},
	// Text in these charsets is sent as UTF-8: they have shift states, are not supersets of
	// ASCII, or are not used in mail.
	{"windows-874", "ไทย “x”", "UTF-8"},
	{"cp850", "Grüße", "UTF-8"},
	{"ibm437", "é", "UTF-8"},
	{"macintosh", "Grüße", "UTF-8"},
	{"iso-2022-jp", "日本語", "UTF-8"},
	{"utf-16", "Grüße", "UTF-8"},
	{"utf-16le", "日本", "UTF-8"},
	{"ibm037", "Hello", "UTF-8"},
}

// inCharset returns a text in the charset with the given name.
func inCharset(t *testing.T, name, text string) string {
	t.Helper()
	var enc encoding.Encoding
	enc, err := ianaindex.MIME.Encoding(name)
	if enc == nil || err != nil {
		enc, err = htmlindex.Get(name)
	}
	require.NoError(t, err)
	b, err := enc.NewEncoder().String(text)
	require.NoError(t, err, name)
	return b
}

func charsetMessage(t *testing.T, c charsetCase) *Message {
	b := inCharset(t, c.name, c.text)
	m := simple()
	m.Charset = c.name
	m.Subject = b
	for _, a := range []*Address{&m.From[0], &m.To[0]} {
		a.Name = b
		a.Mail = inCharset(t, c.name, a.Mail)
	}
	m.Lines = []string{b}
	m.HTML = b
	m.Attachments = []Attachment{{Name: b, Data: []byte("x")}}
	return m
}

func TestCharsets(t *testing.T) {
	for _, c := range charsetCases {
		for _, eight := range []bool{false, true} {
			b := rendered(t, charsetMessage(t, c), Options{EightBit: eight})
			h, parts := read(t, b)
			subject, err := decoder.DecodeHeader(h.Get("Subject"))
			require.NoError(t, err)
			require.Equal(t, c.text, subject, "%+v", c)
			require.Contains(t, h.Get("Subject")+"=?UTF-8?", "=?"+c.label+"?", "%+v", c)
			from, err := h.AddressList("From")
			if err == nil { // net/mail decodes only a few charsets
				require.Equal(t, c.text, from[0].Name)
			}
			for _, p := range parts[2:4] {
				require.Equal(t, c.label, p.params["charset"], "%+v", c)
				got := string(p.body)
				if cs, err := lookupCharset(c.label); err == nil && cs.enc != nil {
					got, err = cs.enc.NewDecoder().String(got)
					require.NoError(t, err)
				}
				require.Equal(t, c.text+"\r\n", got, "%+v", c)
			}
			require.Equal(t, c.text, parts[4].dparam["filename"], "%+v", c)
		}
	}
}

func TestPythonReadsCharsets(t *testing.T) {
	pythonReads(t, len(charsetCases), func(i int) pythonCase {
		c := charsetCases[i]
		text := c.text + "\r\n"
		b := rendered(t, charsetMessage(t, c), Options{})
		_, parts := read(t, b)
		pc := pythonCase{
			ID: fmt.Sprintf("%s %q", c.name, c.text), Raw: b, Subject: &c.text,
			From:  [][2]*string{{&c.text, ptr("from@example.org")}},
			Parts: []pythonPart{{Path: "0.1", Body: []byte("x"), Name: &c.text}},
		}
		for i, path := range []string{"0.0.0", "0.0.1"} {
			pc.Parts = append(pc.Parts, pythonPart{Path: path, Body: parts[2+i].body, Text: &text})
		}
		return pc
	})
}

func ptr[T any](v T) *T { return &v }

// A text that is not valid in its charset is detected.
func TestWrongCharset(t *testing.T) {
	for _, c := range []struct{ charset, text, label, want string }{
		{"", "plain", "US-ASCII", "plain"},
		{"US-ASCII", "plain", "US-ASCII", "plain"},
		{"us-ascii", "Grüße", "UTF-8", "Grüße"},
		{"", "日本", "UTF-8", "日本"},
		{"ascii", "é", "UTF-8", "é"},
		{"UTF-8", "plain", "UTF-8", "plain"},
		{"gb2312", "Grüße 日", "UTF-8", "Grüße 日"},
		{"gb2312", "你好", "UTF-8", "你好"},
		{"iso-8859-1", "5 \x80", "windows-1252", "5 €"},
		{"iso-8859-1", "5 €", "UTF-8", "5 €"},
		{"koi8-r", "plain", "KOI8-R", "plain"},
	} {
		m := simple()
		m.Charset, m.Lines, m.Subject = c.charset, []string{c.text}, c.text
		h, parts := read(t, rendered(t, m, Options{}))
		require.Equal(t, c.label, parts[0].params["charset"], "%+v", c)
		subject, err := decoder.DecodeHeader(h.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, c.want, subject, "%+v", c)
	}
	for _, c := range []struct{ charset, text string }{
		{"", "\xfc"}, {"US-ASCII", "Gr\xfc\xdfe"}, {"UTF-8", "\xff"}, {"gb18030", "\xff"}, {"windows-1253", "\xd2"}, {"shift_jis", "\x81"},
	} {
		for field, m := range map[string]*Message{
			"Subject":         {Subject: c.text},
			"From.Name":       {From: []Address{{c.text, "a@b.c"}}},
			"XMailer":         {XMailer: c.text},
			"Lines":           {Lines: []string{c.text}},
			"HTML":            {HTML: c.text},
			"Attachment.Name": {Attachments: []Attachment{{Name: c.text}}},
			"Headers":         {Headers: []Field{{"X-A", c.text}}},
		} {
			m.Charset = c.charset
			if m.From == nil {
				m.From = simple().From
			}
			m.To = simple().To
			_, err := m.Render(Options{Strict: true})
			var e *Error
			require.ErrorAs(t, err, &e, "%s %+v", field, c)
			require.Equal(t, field, string(e.Field))
			require.ErrorContains(t, err, "Charset")
		}
	}
}

func TestUnknownCharset(t *testing.T) {
	for _, name := range []string{"nonsense", "utf-7", "utf-32", "x-user-defined", "utf-8\r\nX: y", "replacement", strings.Repeat("x", 1000)} {
		m := simple()
		m.Charset = name
		_, err := m.Render(Options{})
		var e *Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, "Charset", string(e.Field))
		require.Less(t, len(err.Error()), 300)
	}
}

// No character is split between two encoded words, in any charset.
func TestLongSubjectsInCharsets(t *testing.T) {
	for _, c := range charsetCases {
		c.text = strings.Repeat(c.text+" ", 40) + "end"
		b := rendered(t, charsetMessage(t, c), Options{})
		checkFolding(t, headerOf(b))
		h, parts := read(t, b)
		for line := range strings.SplitSeq(field(headerOf(b), "Subject"), "\r\n") {
			word, err := decoder.DecodeHeader(strings.TrimSpace(line))
			require.NoError(t, err)
			require.NotContains(t, word, "\ufffd", "%+v", c)
		}
		subject, err := decoder.DecodeHeader(h.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, c.text, subject)
		require.Equal(t, c.text, parts[4].dparam["filename"])
	}
}
