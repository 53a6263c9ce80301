// SPDX-License-Identifier: MIT

package mailer

import (
	"math"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// body returns the rendered message without its header.
func body(t *testing.T, h uintptr) string {
	t.Helper()
	var text []byte
	mustCall(t, h, func(m *Mailer) (err error) { text, err = m.RenderMessage(); return err })
	_, after, found := strings.Cut(string(text), "\r\n\r\n")
	require.True(t, found)
	return after
}

// A line end at the end of a text does not add a line.
func TestTextBodyLineEnd(t *testing.T) {
	h := handle(t, serve(t, smtptest.MailOptions{}))
	for text, want := range map[string]string{
		"": "\r\n", "a": "a\r\n", "a\n": "a\r\n", "a\r\n": "a\r\n", "a\r": "a\r\n", "a\n\n": "a\r\n\r\n", "a\n\r\n": "a\r\n\r\n", "a\nb\n": "a\r\nb\r\n",
		"\n": "\r\n", "\n\n": "\r\n\r\n", " \n": " \r\n",
	} {
		mustCall(t, h, func(m *Mailer) error { return m.SetTextBody(text) })
		assert.Equal(t, want, body(t, h), "%q", text)
		mustCall(t, h, func(m *Mailer) error { return m.AddMsgLine("next") })
		assert.Equal(t, want+"next\r\n", body(t, h), "%q", text)

		mustCall(t, h, func(m *Mailer) error { return m.SetHTMLBody(text + "x\n") })
		alternative := body(t, h)
		assert.Contains(t, alternative, "\r\n\r\n"+want+"next\r\n\r\n--", "%q", text)
		assert.NotContains(t, alternative, "x\r\n\r\n\r\n")
		mustCall(t, h, func(m *Mailer) error { return m.SetHTMLBody("") })
	}
	mustCall(t, h, (*Mailer).DelMsgLines)
	for _, html := range []string{"<p>", "<p>\n", "<p>\r\n"} {
		mustCall(t, h, func(m *Mailer) error { return m.SetHTMLBody(html) })
		assert.Equal(t, "<p>\r\n", body(t, h), "%q", html)
	}
}

// A date outside the allowed years is refused, and the message keeps its previous date.
func TestDatesOutOfRange(t *testing.T) {
	h := handle(t, serve(t, smtptest.MailOptions{}))
	date := func() time.Time {
		var text []byte
		mustCall(t, h, func(m *Mailer) (err error) { text, err = m.RenderMessage(); return err })
		read, err := mail.ReadMessage(strings.NewReader(string(text)))
		require.NoError(t, err)
		d, err := read.Header.Date()
		require.NoError(t, err)
		return d
	}
	for _, good := range []int64{1, -2, 1 << 31, 1 << 32, 253402300799 - 24*3600, -2208988800 + 24*3600} {
		mustCall(t, h, func(m *Mailer) error { return m.SetDate(good) })
		assert.Equal(t, good, date().Unix())
	}
	mustCall(t, h, func(m *Mailer) error { return m.SetDate(7) })
	for _, bad := range []int64{-1, 253402300800, 1 << 40, 1790000000000, math.MaxInt64, math.MinInt64, -2208988801, -62135596800, -62167219200, -1 << 40} {
		text := mustFail(t, h, BadArgument, func(m *Mailer) error { return m.SetDate(bad) })
		assert.Contains(t, text, "SetDate: the time")
		text = mustFail(t, h, BadArgument, func(m *Mailer) error { return m.SetHoldUntil(bad) })
		assert.Contains(t, text, "SetHoldUntil: the time")
		assert.EqualValues(t, 7, date().Unix())
	}
	mustCall(t, h, func(m *Mailer) error { return m.SetDate(0) })
	assert.WithinDuration(t, time.Now(), date(), time.Hour)
}

func TestMessageIDIsChecked(t *testing.T) {
	h := handle(t, serve(t, smtptest.MailOptions{}))
	mustCall(t, h, func(m *Mailer) error { return m.SetMessageID("<first@test.example>") })
	for _, bad := range []string{"nonsense", "<nonsense>", "<a@b> <c@d>", "<a b@c>", "a@b\r\nX: y", "@", "<>"} {
		text := mustFail(t, h, badInput, func(m *Mailer) error { return m.SetMessageID(bad) })
		assert.Contains(t, text, "SetMessageID: \"")
		assert.Equal(t, "<first@test.example>", Value(h, (*Mailer).GetMessageID))
	}
	mustCall(t, h, func(m *Mailer) error { return m.SetMessageID("") })
	mustCall(t, h, func(m *Mailer) error { return m.SetInReplyTo("Your message <x@y> of \"Monday\"") })
	mustCall(t, h, func(m *Mailer) error { _, err := m.RenderMessage(); return err })
	assert.Regexp(t, `^<[0-9a-f]{32}@test\.example>$`, Value(h, (*Mailer).GetMessageID))
}

// SendRaw and SendRawFile take the reverse-path from the header, unless the program has set one.
func TestReversePathOfSendRaw(t *testing.T) {
	const text = "To: bob@test.example\nSubject: x\n\nx\n"
	empty, null, bare, angle := "", "<>", "bounce@test.example", "<bounce@test.example>"
	for _, row := range []struct {
		header   string
		from     *string
		envelope string // SetEnvelopeFrom
		want     string
		refused  bool
	}{
		{"From: a@test.example\n", nil, "", "a@test.example", false},
		{"From: a@test.example\n", &empty, "", "a@test.example", false},
		{"From: a@test.example\n", &null, "", "", false},
		{"From: a@test.example\n", &bare, "", bare, false},
		{"From: a@test.example\n", &angle, "", bare, false},
		{"From: a@test.example\nSender: s@test.example\n", &empty, "", "s@test.example", false},
		{"Sender: s@test.example\n", nil, "", "s@test.example", false},
		{"From: a@test.example\n", nil, "e@test.example", "e@test.example", false},
		{"From: a@test.example\n", nil, "<e@test.example>", "e@test.example", false},
		{"From: a@test.example\n", nil, "<>", "", false},
		{"", nil, "<>", "", false},
		{"", &empty, "e@test.example", "e@test.example", false},
		{"From: not an address <\n", nil, "e@test.example", "e@test.example", false},
		{"", &null, "", "", false},
		{"", &bare, "", bare, false},
		{"", nil, "", "", true},
		{"", &empty, "", "", true},
		{"From: nobody:;\n", nil, "", "", true},
		{"From:\n", nil, "", "", true},
		{"Resent-To: c@test.example\nFrom: a@test.example\n", nil, "", "", true},
		{"Resent-To: c@test.example\nResent-From: r@test.example\nFrom: a@test.example\n", &empty, "", "r@test.example", false},
	} {
		server := serve(t, smtptest.MailOptions{})
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetEnvelopeFrom(row.envelope) })
		path := filepath.Join(t.TempDir(), "a.eml")
		require.NoError(t, os.WriteFile(path, []byte(row.header+text), 0o600))
		for _, send := range []func(m *Mailer) error{
			func(m *Mailer) error { return m.SendRaw([]byte(row.header+text), row.from, nil) },
			func(m *Mailer) error { return m.SendRawFile(path, row.from, nil) },
		} {
			if row.refused {
				assert.Contains(t, mustFail(t, h, undefMailFrom, send), `pass the reverse-path to SendRaw, or "<>"`, row.header)
				assert.Empty(t, server.Sessions())
				continue
			}
			mustCall(t, h, send)
		}
		for _, m := range server.Mails() {
			assert.Equal(t, row.want, m.From, row.header)
		}
		assert.Len(t, server.Mails(), map[bool]int{false: 2}[row.refused])
	}
}
