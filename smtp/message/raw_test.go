// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func raw(text string) *Raw { return NewRaw([]byte(text)) }

func rawWritten(t *testing.T, text string, o Options) (*Rendered, string) {
	t.Helper()
	r, err := raw(text).Render(o)
	require.NoError(t, err)
	return r, string(written(t, r))
}

func TestRawIsSentAsItIs(t *testing.T) {
	text := "Received: x\r\nFrom: A <a@example.org>\r\nTo: b@example.net,\r\n c@example.net\r\nX-Odd:\tvalue  here \r\nMessage-ID: <1@x>\r\n\r\nbody \r\n.\r\n..\r\n"
	r, got := rawWritten(t, text, Options{})
	require.Equal(t, text, got)
	require.Equal(t, "a@example.org", r.EnvelopeFrom())
	require.Equal(t, []string{"b@example.net", "c@example.net"}, r.Recipients())
	require.Equal(t, "<1@x>", r.MessageID())
	require.False(t, r.EightBit())
}

func TestRawBccIsRemoved(t *testing.T) {
	text := "From: a@example.org\nBcc: x@example.net,\n\ty@example.net\nbCC : z@example.net\nTo: b@example.net\nResent-Bcc: q@example.net\nSubject: s\n\nBcc: stays\n"
	r, got := rawWritten(t, text, Options{})
	require.Equal(t, "From: a@example.org\r\nTo: b@example.net\r\nSubject: s\r\n\r\nBcc: stays\r\n", got)
	require.Equal(t, []string{"q@example.net"}, r.Recipients(), "a resent message goes to Resent fields only")

	r, _ = rawWritten(t, strings.Replace(text, "Resent-Bcc: q@example.net\n", "", 1), Options{})
	require.Equal(t, []string{"b@example.net", "x@example.net", "y@example.net", "z@example.net"}, r.Recipients())
}

func TestRawEnvelope(t *testing.T) {
	for _, c := range []struct{ header, from, rcpt string }{
		{"From: a@x.org, b@x.org\nSender: S <s@x.org>\nTo: t@x.org\nCc: c@x.org", "s@x.org", "t@x.org c@x.org"},
		{"From: \"Q, \\\" (x)\" <a@x.org> (comment)\nTo: Team: \"m, 1\" <m@x.org>, n@x.org;, (c) o@x.org (Name)", "a@x.org", "m@x.org n@x.org o@x.org"},
		{"From: =?utf-8?q?=C3=A4?= <a@x.org>\nTo: undisclosed-recipients:;\nBcc: b@x.org", "a@x.org", "b@x.org"},
		{"Resent-From: r@x.org\nResent-To: 1@x.org\nResent-From: old@x.org\nResent-To: old@x.org\nFrom: a@x.org\nTo: t@x.org", "r@x.org", "1@x.org"},
		{"Received: by x\nResent-From: r@x.org\nResent-To: 1@x.org\nReceived: by y\nResent-Cc: old@x.org\nResent-From: old@x.org\nFrom: a@x.org\nTo: t@x.org", "r@x.org", "1@x.org"},
		{"Return-Path: <p@x.org>\nReceived: by x\nFrom: a@x.org\nTo: t@x.org", "a@x.org", "t@x.org"},
		{"Resent-To: 1@x.org\nX-Own: x\nResent-From: r@x.org\nReturn-Path: <p@x.org>\nResent-Bcc: old@x.org\nFrom: a@x.org", "r@x.org", "1@x.org"},
		{"Resent-From: r@x.org\nResent-Sender: rs@x.org\nResent-Cc: 2@x.org\nFrom: a@x.org\nTo: t@x.org", "rs@x.org", "2@x.org"},
		{"From: a@bücher.example\nTo: \"john doe\"@x.org", "a@xn--bcher-kva.example", "\"john doe\"@x.org"},
		{"Subject: nothing else", "", ""},
	} {
		r, err := raw(c.header + "\n\n").Render(Options{UTF8: true})
		require.NoError(t, err, c.header)
		require.Equal(t, c.from, r.EnvelopeFrom(), c.header)
		require.Equal(t, c.rcpt, strings.Join(r.Recipients(), " "), c.header)
	}
}

func TestRawLineEnds(t *testing.T) {
	for text, want := range map[string]string{
		"A: b\n\nx\ny\n":           "A: b\r\n\r\nx\r\ny\r\n",
		"A: b\r\rx\ry":             "A: b\r\n\r\nx\r\ny\r\n",
		"A: b\r\n\r\nx\r\r\ny\n\r": "A: b\r\n\r\nx\r\n\r\ny\r\n\r\n",
		"A: b\n":                   "A: b\r\n\r\n",
		"A: b":                     "A: b\r\n\r\n",
		"A: b\n\n":                 "A: b\r\n\r\n",
		"A: b\n\nend":              "A: b\r\n\r\nend\r\n",
		"A: b\n\n\n\n":             "A: b\r\n\r\n\r\n\r\n",
	} {
		_, got := rawWritten(t, text, Options{})
		require.Equal(t, want, got, "%q", text)
	}
}

// Line ends are found, no matter how the text is divided into reads.
func TestRawLineEndsInPieces(t *testing.T) {
	text := "A: b\r\n\r\nx\r\r\ny\n\r\n\n\rz\r\n"
	want := "A: b\r\n\r\nx\r\n\r\ny\r\n\r\n\r\n\r\nz\r\n"
	for cut := range len(text) {
		var b bytes.Buffer
		c := &crlfWriter{w: &b}
		for _, p := range []string{text[:cut], text[cut:]} {
			_, err := io.WriteString(c, p)
			require.NoError(t, err)
		}
		require.Equal(t, want, b.String(), "cut at %d", cut)
	}
	var b bytes.Buffer
	_, err := io.Copy(struct{ io.Writer }{&crlfWriter{w: &b}}, iotest.OneByteReader(strings.NewReader(text)))
	require.NoError(t, err)
	require.Equal(t, want, b.String())
	long := strings.Repeat("0123456789\n", 20000)
	_, got := rawWritten(t, "A: b\n\n"+long, Options{})
	require.Equal(t, "A: b\r\n\r\n"+strings.ReplaceAll(long, "\n", "\r\n"), got)
}

func TestRawRefused(t *testing.T) {
	long := strings.Repeat("x", 999)
	for text, want := range map[string]string{
		"":                               "no header",
		"\r\nbody":                       "no header",
		"hello world\n\nbody":            "not a field",
		"From x Mon\nA: b\n\n":           "not a field",
		" A: b\n\n":                      "not a field",
		"A: b\n\n" + long:                "998 octets in line 3",
		"A: " + long + "\n\n":            "998 octets in line 1",
		"A: b\n\nx\x00y":                 "NUL in line 3",
		"A: \x00\n\n":                    "NUL in line 1",
		"A: b\n\nü":                      "8BITMIME",
		"A: ü\n\n":                       "SMTPUTF8",
		"A: \xff\n\n":                    "not UTF-8",
		"To: a@b.c <\n\n":                "without its >",
		"To: <a.b@c>, \"\n\n":            "quote",
		"From: <@a,@b:c@d>\n\n":          "source route",
		"To: a@" + long[:400] + "\n\n":   "domain",
		"To: jörg@example.org\nA: b\n\n": "SMTPUTF8",
	} {
		_, err := raw(text).Render(Options{})
		var e *Error
		require.ErrorAs(t, err, &e, "%.50q", text)
		require.Equal(t, "Raw", string(e.Field))
		require.ErrorContains(t, err, want, "%.50q", text)
	}
	r, got := rawWritten(t, "From: jörg@example.org\nTo: ä@bücher.example\n\nü\n", Options{EightBit: true, UTF8: true})
	require.True(t, r.EightBit())
	require.True(t, r.NeedsSMTPUTF8())
	require.Equal(t, []string{"ä@bücher.example"}, r.Recipients())
	require.Contains(t, got, "jörg")
	_, err := raw("A: " + strings.Repeat("b\n ", 8<<20) + "\n\n").Render(Options{})
	require.ErrorContains(t, err, "16 MiB")
}

// The error names the first field that cannot be sent.
func TestRawNamesTheField(t *testing.T) {
	for text, want := range map[string]string{
		"A: b\nSubject: Gr\xfc\xdfe\nB: \xff\n\n":       "in its field Subject that are not UTF-8",
		"A: \u00fc\nX-Name : a\n \xfc\n\n":              "in its field X-Name that are not UTF-8",
		"A: b\nSubject: Gr\u00fc\u00dfe\nB: \u00fc\n\n": "in its field Subject, and the server does not offer SMTPUTF8",
		"A: b\n\u00fc: x\n\n":                           "in its field \u00fc, and the server",
		"A: b\nno field \xfc\n\n":                       "in its header that are not UTF-8",
	} {
		_, err := raw(text).Render(Options{})
		require.ErrorContains(t, err, want, "%q", text)
		refusedWell(t, err)
	}
}

func TestRawFromFile(t *testing.T) {
	path := fileOf(t, "mail.eml", []byte("From: a@x.org\nTo: b@x.org\n\nbody"))
	r, err := OpenRaw(path).Render(Options{})
	require.NoError(t, err)
	require.Equal(t, "From: a@x.org\r\nTo: b@x.org\r\n\r\nbody\r\n", string(written(t, r)))
	require.NoError(t, os.WriteFile(path, []byte("From: a@x.org\nTo: c@x.org\n\nother body"), 0o600))
	_, err = r.WriteTo(io.Discard)
	require.ErrorIs(t, err, ErrChanged)
	_, err = OpenRaw(path + "x").Render(Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = OpenRaw(t.TempDir()).Render(Options{})
	require.ErrorIs(t, err, ErrNotRegular)
}

// A message that a Rendered has written can be sent as a Raw.
func TestRawAcceptsBuiltMessages(t *testing.T) {
	m := simple()
	m.Lines = []string{"ü", "."}
	m.Cc = []Address{{"Team, all", "team@example.net"}}
	m.Attachments = []Attachment{{Name: "a.bin", Data: make([]byte, 100000)}}
	b := string(rendered(t, m, Options{}))
	r, got := rawWritten(t, b, Options{})
	require.Equal(t, b, got)
	require.Equal(t, []string{"to@example.net", "team@example.net"}, r.Recipients())
	require.Equal(t, m.MessageID, r.MessageID())
}

// If the caller knows the envelope, the addresses in the header are not parsed.
func TestRawWithAnEnvelope(t *testing.T) {
	odd := raw("From: my name\nTo: my team, <a@b.c\nSubject: x\n\nx\n")
	_, err := odd.Render(Options{})
	require.Error(t, err)
	odd.HaveRecipients = true
	_, err = odd.Render(Options{})
	require.Error(t, err)
	odd.HaveFrom = true
	given, err := odd.Render(Options{})
	require.NoError(t, err)
	require.Empty(t, given.EnvelopeFrom()+strings.Join(given.Recipients(), ""))
}
