// SPDX-License-Identifier: MIT

package smtp

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"csmtp/smtp/internal/wire"
	"csmtp/smtp/message"
	"csmtp/smtp/secret"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func decoder(t *testing.T, charset string) func(string) (string, bool) {
	t.Helper()
	decode, err := message.Decoder(charset)
	require.NoError(t, err)
	return decode
}

func TestReplyInAnotherCharset(t *testing.T) {
	for _, c := range []struct{ charset, reply, want string }{
		{"ISO-8859-1", "550 5.1.1 Empf\xe4nger unbekannt", "550 5.1.1 Empfänger unbekannt"},
		{"ISO-8859-1", "550 5.1.1 Empfänger unbekannt", "550 5.1.1 Empfänger unbekannt"},
		{"ISO-8859-1", "550 100 \x80", "550 100 €"},
		{"windows-1251", "550-\xcd\xe5\xf2\r\n550 \xff\xf9\xe8\xea\xe0", "550 Нет ящика"},
		{"windows-1252", "550 a\x81b\xe4", "550 a\ufffdb\ufffd"},
		{"Shift_JIS", "550 \x83\x5c\x82\xa0", "550 ソあ"},
		{"Big5", "550 \xb3\x5c", "550 許"},
		{"UTF-16", "550 \xff\xfe", "550 \ufffd\ufffd"},
		{"UTF-8", "550 Empf\xe4nger", "550 Empf\ufffdnger"},
		{"US-ASCII", "550-ä\r\n550 \xe4\xe4 \x1b[31m", `550 ä ` + "\ufffd\ufffd" + ` \x1b[31m`},
		{"", "550 \xed\xa0\x80\xc0\x80", "550 \ufffd\ufffd\ufffd\ufffd\ufffd"},
		{"ISO-8859-5", "550 \x9b2J\xd0", "550 \ufffd2J\ufffd"},
		{"ISO-8859-1", "Empf\xe4nger", `not an SMTP reply: "Empfänger"`},
		{"UTF-8", strings.Repeat("ä", 60), `not an SMTP reply: "` + strings.Repeat("ä", 40) + `"`},
		{"UTF-8", "x" + strings.Repeat("ä", 60), `not an SMTP reply: "x` + strings.Repeat("ä", 39) + `"`},
	} {
		raw := rawReply{decode: decoder(t, c.charset)}
		err := readReply(wire.NewReader(strings.NewReader(c.reply+"\r\n")), &raw, nil)
		if err != nil {
			assert.EqualError(t, err, c.want)
			continue
		}
		assert.Equal(t, c.want, raw.reply().String(), "%s %q", c.charset, c.reply)
	}
}

// A secret is hidden whether the server quotes its octets or writes it in another charset.
func TestSecretInAnotherCharset(t *testing.T) {
	const cyrillic = "\xf2\xe0\xe9\xed\xe0\xff-42" // тайная-42
	for _, c := range []struct{ charset, password, reply, want string }{
		{"windows-1251", "тайная-42", "535 \xcd\xe5\xf2: " + cyrillic, "535 Нет: ****"},
		{"windows-1251", cyrillic, "535 \xcd\xe5\xf2: " + cyrillic, "535 Нет: ****"},
		{"windows-1251", "тайная-42", "535-\xcd\xe5\xf2: \xf2\xe0\xe9\xed\r\n535 \xe0\xff-42", "535 Нет: **** ****"},
		{"ISO-8859-1", "gehäuse7", "535 \xe4: geh\xe4use7", "535 ä: ****"},
		{"", cyrillic, "535 \xcd: " + cyrillic, "535 \ufffd: ****"},
		{"windows-1251", "тайная-42", "\xcd\xe5\xf2: " + cyrillic, `not an SMTP reply: "Нет: ****"`},
	} {
		var lines []string
		s := &Session{cfg: &Config{Secrets: &secret.Set{}, Trace: func(_ Direction, line string) { lines = append(lines, line) }}}
		s.cfg.Secrets.Add(c.password)
		s.raw.secrets, s.raw.decode = s.cfg.Secrets, decoder(t, c.charset)
		err := readReply(wire.NewReader(strings.NewReader(c.reply+"\r\n")), &s.raw, s.traceReply)
		got := s.raw.reply().String()
		if err != nil {
			got = err.Error()
		}
		assert.Equal(t, c.want, got, c.reply)
		traced := strings.Join(lines, "\n")
		assert.Contains(t, traced, "****")
		for _, part := range []string{"тай", "ная", "42", "geh", "use7"} {
			assert.NotContains(t, traced, part)
		}
	}
}

// The trace is decoded even if there are no secrets.
func TestTraceInAnotherCharset(t *testing.T) {
	var line string
	s := &Session{cfg: &Config{Trace: func(_ Direction, l string) { line = l }}}
	s.raw.decode = decoder(t, "ISO-8859-1")
	s.traceReply([]byte("550 5.1.1 Empf\xe4nger"))
	assert.Equal(t, "550 5.1.1 Empfänger", line)
}

// Every reply is shown as valid UTF-8 without control characters, in every charset.
func FuzzReplyText(f *testing.F) {
	charsets := []string{"", "UTF-8", "ISO-8859-1", "windows-1251", "ISO-8859-5", "KOI8-R", "Shift_JIS", "EUC-JP", "Big5", "GBK", "GB18030", "EUC-KR", "ISO-2022-JP", "UTF-16", "IBM037"}
	for i := range charsets {
		f.Add("550-\xcd\xe5\xf2\x1b[31m\r\n550 geheim7\x83\x5c\x9b", uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, charset uint8) {
		const word = "geheim7"
		var traced []string
		s := &Session{cfg: &Config{Secrets: &secret.Set{}, Trace: func(_ Direction, line string) { traced = append(traced, line) }}}
		s.cfg.Secrets.Add(word)
		s.raw.secrets, s.raw.decode = s.cfg.Secrets, decoder(t, charsets[int(charset)%len(charsets)])
		err := readReply(wire.NewReader(strings.NewReader(text+"\r\n")), &s.raw, s.traceReply)
		shown := append(traced, s.raw.reply().Lines...)
		if err != nil {
			shown = append(shown, err.Error())
		}
		for _, line := range shown {
			require.True(t, utf8.ValidString(line), "%q", line)
			require.Less(t, strings.IndexFunc(line, unicode.IsControl), 0, "%q", line)
			require.NotContains(t, line, word)
		}
	})
}
