// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp/message"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCharsetOfTheLocale(t *testing.T) {
	for environment, want := range map[string]string{
		"":                                       "",
		"LANG=C":                                 "",
		"LANG=POSIX":                             "",
		"LANG=C.UTF-8":                           "UTF-8",
		"LANG=de_DE.UTF-8":                       "UTF-8",
		"LANG=de_DE.utf8":                        "UTF-8",
		"LANG=de_DE.ISO-8859-1":                  "ISO-8859-1",
		"LANG=de_DE.ISO8859-15":                  "ISO-8859-15",
		"LANG=de_DE.iso88591":                    "ISO-8859-1",
		"LANG=de_DE.iso885915@euro":              "ISO-8859-15",
		"LANG=de_DE":                             "ISO-8859-1",
		"LANG=de_DE@euro":                        "ISO-8859-15",
		"LANG=ru_RU.KOI8-R":                      "KOI8-R",
		"LANG=ru_RU.koi8r":                       "KOI8-R",
		"LANG=ru_RU.CP1251":                      "windows-1251",
		"LANG=ja_JP.eucJP":                       "EUC-JP",
		"LANG=ja_JP.SJIS":                        "Shift_JIS",
		"LANG=zh_TW":                             "Big5",
		"LANG=zh_CN.GBK":                         "GBK",
		"LANG=xx_YY":                             "",
		"LC_ALL=C LANG=de_DE.UTF-8":              "",
		"LC_ALL= LC_CTYPE= LANG=pl_PL":           "ISO-8859-2",
		"LC_CTYPE=pl_PL LANG=de_DE":              "ISO-8859-2",
		"LC_ALL=el_GR LC_CTYPE=pl_PL LANG=de_DE": "ISO-8859-7",
	} {
		variables := map[string]string{}
		for _, one := range strings.Fields(environment) {
			name, value, _ := strings.Cut(one, "=")
			variables[name] = value
		}
		got := charsetOf(func(name string) string { return variables[name] })
		assert.Equal(t, want, got, environment)
		if got != "" {
			assert.NoError(t, message.CheckCharset(got), environment)
		}
	}
	for _, charset := range localeCharsets {
		assert.NoError(t, message.CheckCharset(charset))
	}
	for _, charset := range charsetNames {
		assert.NoError(t, message.CheckCharset(charset))
	}
}

// If the charset of a text is not known, the mail is sent, and the log contains a warning.
// After SetStrict(1), Send refuses the text.
func TestTextWithoutACharset(t *testing.T) {
	t.Setenv(configVariable, "")
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	log := filepath.Join(t.TempDir(), "log")
	mustCall(t, h, func(m *Mailer) error {
		m.SetLogFile(log)
		m.SetSubject("Gr\xfc\xdfe")
		return m.AddMsgLine("Gr\xfc\xdfe")
	})
	send := func() string {
		mustCall(t, h, (*Mailer).Send)
		mails := server.Mails()
		return string(mails[len(mails)-1].Data)
	}
	mail := send()
	charset := strings.TrimPrefix(localeCharset(), "UTF-8")
	if charset == "" {
		assert.Contains(t, mail, "charset=unknown-8bit")
		assert.Contains(t, mail, "Subject: =?unknown-8bit?")
		text, err := os.ReadFile(log)
		require.NoError(t, err)
		assert.Contains(t, string(text), "warning: SetSubject: the text is not UTF-8, and no charset is set; it is sent as unknown-8bit")
		assert.Contains(t, string(text), "warning: AddMsgLine: ")
	}
	before := len(server.Mails())
	mustCall(t, h, func(m *Mailer) error { return m.SetStrict(true) })
	mustFail(t, h, badInput, (*Mailer).Send)
	assert.Len(t, server.Mails(), before)

	config := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(config, []byte("[127.0.0.1]\ncharset = windows-1252\n"), 0o600))
	t.Setenv(configVariable, config)
	mail = send()
	assert.Contains(t, mail, "Content-Type: text/plain; charset=windows-1252")
	assert.Contains(t, mail, "Subject: =?windows-1252?")
	mustCall(t, h, func(m *Mailer) error { _, err := m.RenderMessage(); return err })

	require.NoError(t, os.WriteFile(config, []byte("[127.0.0.1]\ncharset = no-such-charset\n"), 0o600))
	mustFail(t, h, badConfig, (*Mailer).Send)
	require.NoError(t, os.WriteFile(config, []byte("[other.example]\ncharset = windows-1252\n"), 0o600))
	mustFail(t, h, badInput, (*Mailer).Send)
}
