// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wide contains two Latin and two Chinese characters whose low octet is CR or LF. A
// program that keeps only the low octet, or reads UTF-16 as octets, mistakes these
// characters for line ends.
const wide = "\u010d\u010a\u560d\u560a"

func TestWideCharactersStayWhole(t *testing.T) {
	text := "a" + wide + "Bcc: eve@test.example" + wide
	check := func(m *Message, o Options) []byte {
		t.Helper()
		b := rendered(t, m, o)
		require.NotContains(t, strings.ReplaceAll(string(b), "\r\n", ""), "\r")
		require.NotContains(t, strings.ReplaceAll(string(b), "\r\n", ""), "\n")
		require.Empty(t, field(headerOf(b), "Bcc"))
		return b
	}
	m := simple()
	m.Subject, m.XMailer, m.From[0].Name, m.To[0].Name = text, text, text, text
	m.Headers = []Field{{"X-Wide", text}}
	m.Lines = []string{text}
	m.Attachments = []Attachment{{Name: text, Data: []byte("x")}}
	h, parts := read(t, check(m, testOptions()))
	for _, name := range []string{"Subject", "X-Mailer", "X-Wide"} {
		value, err := decoder.DecodeHeader(h.Get(name))
		require.NoError(t, err)
		require.Equal(t, text, value, name)
	}
	from, err := h.AddressList("From")
	require.NoError(t, err)
	require.Equal(t, text, from[0].Name)
	require.Equal(t, text, parts[len(parts)-1].dparam["filename"])
	require.Contains(t, string(parts[1].body), text)

	for _, charset := range []string{"big5", "gb18030", "gbk", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-10646-UCS-2", "UTF-32", "UTF-7"} {
		m := simple()
		m.Charset, m.Subject, m.Lines = charset, text, []string{text}
		if _, err := m.Render(testOptions()); err == nil {
			check(m, testOptions())
		}
	}

	_, _, err = toField(t, Address{"", "a" + wide + "@test.example"}, Options{})
	require.ErrorContains(t, err, "SMTPUTF8")
	got, recipients, err := toField(t, Address{"", "a" + wide + "@test.example"}, Options{UTF8: true})
	require.NoError(t, err)
	require.Equal(t, "a"+wide+"@test.example", got)
	require.Equal(t, []string{"a" + wide + "@test.example"}, recipients)
	got, _, err = toField(t, Address{"", "a@\u560d\u560a.example"}, Options{})
	require.NoError(t, err)
	require.Regexp(t, `^a@xn--[a-z0-9]+\.example$`, got)
}
