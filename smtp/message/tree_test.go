// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const invite = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1@example.org\nSUMMARY:Bücher\nMETHOD:CANCEL\nEND:VEVENT\nEND:VCALENDAR"

// everything returns a mail with every kind of part.
func everything() *Message {
	m := simple()
	m.Lines = []string{"Grüße", "", "zwei"}
	m.HTML = "<p>Grüße</p><img src=\"cid:one@x\"><img src=cid:two>"
	m.Calendar = &Calendar{Method: "request", Data: invite}
	m.Attachments = []Attachment{
		{Name: "report.pdf", Data: []byte("%PDF")},
		{Name: "one.png", Data: []byte("\x89PNG1"), Inline: true, ContentID: "one@x"},
		{Name: "C:\\Users\\Jörg\\Bücher 2026.xlsx", Data: []byte("PK")},
		{Name: "two.gif", Data: []byte("GIF"), Inline: true, ContentID: "<two>"},
		{Name: "😀.txt", Data: []byte("smile")},
	}
	return m
}

func kinds(parts []leaf) (out [][2]string) {
	for _, p := range parts {
		out = append(out, [2]string{p.path, p.kind})
	}
	return out
}

var everythingTree = [][2]string{
	{"0", "multipart/mixed"},
	{"0.0", "multipart/related"},
	{"0.0.0", "multipart/alternative"},
	{"0.0.0.0", "text/plain"},
	{"0.0.0.1", "text/html"},
	{"0.0.0.2", "text/calendar"},
	{"0.0.1", "image/png"},
	{"0.0.2", "image/gif"},
	{"0.1", "application/pdf"},
	{"0.2", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"0.3", "text/plain"},
	{"0.4", "application/ics"},
}

func TestTreeOfEverything(t *testing.T) {
	m := everything()
	_, parts := read(t, rendered(t, m, Options{}))
	require.Equal(t, everythingTree, kinds(parts))
	require.Equal(t, "multipart/alternative", parts[1].params["type"])
	require.Equal(t, "Grüße\r\n\r\nzwei\r\n", string(parts[3].body))
	require.Equal(t, m.HTML+"\r\n", string(parts[4].body))
	ics := strings.ReplaceAll(invite, "\n", "\r\n") + "\r\n"
	require.Equal(t, ics, string(parts[5].body))
	require.Equal(t, "REQUEST", parts[5].params["method"])
	require.Equal(t, "UTF-8", parts[5].params["charset"])
	require.Equal(t, "<one@x>", parts[6].header.Get("Content-Id"))
	require.Equal(t, "inline", parts[6].disp)
	require.Equal(t, "<two>", parts[7].header.Get("Content-Id"))
	require.Equal(t, "attachment", parts[8].disp)
	require.Equal(t, "Bücher 2026.xlsx", parts[9].dparam["filename"])
	require.Equal(t, "😀.txt", parts[10].dparam["filename"])
	require.Equal(t, ics, string(parts[11].body))
	require.Equal(t, "invite.ics", parts[11].dparam["filename"])
}

func TestPythonReadsEverything(t *testing.T) {
	keys, _ := dkimKeys(t)
	k := testKeys()
	_, cert := certificate(t, 1, k.ec, nil, nil)
	smime, err := ParseSMIMEKey(cert, pkcs8(t, k.ec))
	require.NoError(t, err)
	signed := [][2]string{{"0", "multipart/signed"}}
	for _, p := range everythingTree {
		signed = append(signed, [2]string{"0.0" + p[0][1:], p[1]})
	}
	signed = append(signed, [2]string{"0.1", "application/pkcs7-signature"})
	pythonReads(t, 4, func(i int) pythonCase {
		m := everything()
		o := Options{EightBit: i%2 == 1}
		c := pythonCase{Date: true, Tree: everythingTree}
		at := "0"
		switch i {
		case 2:
			m.DKIM = keys
		case 3:
			m.SMIME, c.Tree, at = smime, signed, "0.0"
		}
		c.Raw = rendered(t, m, o)
		c.ID = string(c.Raw[:20])
		text, html := "Grüße\r\n\r\nzwei\r\n", m.HTML+"\r\n"
		ics := strings.ReplaceAll(invite, "\n", "\r\n") + "\r\n"
		c.Parts = []pythonPart{
			{Path: at + ".0.0.0", Body: []byte(text), Text: &text, Params: map[string]string{"charset": "UTF-8"}},
			{Path: at + ".0.0.1", Body: []byte(html), Text: &html},
			{Path: at + ".0.0.2", Body: []byte(ics), Text: &ics, Params: map[string]string{"method": "REQUEST"}},
			{Path: at + ".0.1", Body: []byte("\x89PNG1"), Name: ptr("one.png"), Fields: map[string]string{"content-id": "<one@x>"}},
			{Path: at + ".0.2", Body: []byte("GIF"), Name: ptr("two.gif")},
			{Path: at + ".1", Body: []byte("%PDF"), Name: ptr("report.pdf"), Fields: map[string]string{"content-transfer-encoding": "base64"}},
			{Path: at + ".2", Body: []byte("PK"), Name: ptr("Bücher 2026.xlsx")},
			{Path: at + ".3", Body: []byte("smile"), Name: ptr("😀.txt")},
			{Path: at + ".4", Body: []byte(ics), Name: ptr("invite.ics")},
		}
		return c
	})
}

// No multipart contains only one part.
func TestNoMultipartWithOnePart(t *testing.T) {
	file := Attachment{Name: "a.pdf", Data: []byte("x")}
	picture := Attachment{Name: "a.png", Data: []byte("x"), Inline: true, ContentID: "a"}
	event := &Calendar{Data: invite}
	for _, c := range []struct {
		lines []string
		html  string
		cal   *Calendar
		files []Attachment
		want  string
	}{
		{nil, "", nil, nil, "text/plain"},
		{[]string{"x"}, "", nil, nil, "text/plain"},
		{nil, "x", nil, nil, "text/html"},
		{[]string{"x"}, "x", nil, nil, "multipart/alternative text/plain text/html"},
		{[]string{"x"}, "", nil, []Attachment{file}, "multipart/mixed text/plain application/pdf"},
		{nil, "", nil, []Attachment{file}, "multipart/mixed text/plain application/pdf"},
		{nil, "x", nil, []Attachment{file}, "multipart/mixed text/html application/pdf"},
		{nil, "x", nil, []Attachment{picture}, "multipart/related text/html image/png"},
		{[]string{"x"}, "x", nil, []Attachment{picture}, "multipart/related multipart/alternative text/plain text/html image/png"},
		{[]string{"x"}, "", nil, []Attachment{picture}, "multipart/mixed text/plain image/png"},
		{nil, "", event, nil, "multipart/mixed text/calendar application/ics"},
		{[]string{"x"}, "", event, nil, "multipart/mixed multipart/alternative text/plain text/calendar application/ics"},
	} {
		m := simple()
		m.Lines, m.HTML, m.Calendar, m.Attachments = c.lines, c.html, c.cal, c.files
		_, parts := read(t, rendered(t, m, Options{}))
		var got []string
		for _, p := range parts {
			got = append(got, p.kind)
		}
		require.Equal(t, c.want, strings.Join(got, " "))
	}
}

func TestLinesAreHTML(t *testing.T) {
	m := simple()
	m.Lines, m.LinesAreHTML = []string{"<p>a", "<p>b"}, true
	_, parts := read(t, rendered(t, m, Options{}))
	require.Equal(t, "text/html", parts[0].kind)
	require.Equal(t, "<p>a\r\n<p>b\r\n", string(parts[0].body))
	m.HTML = "<p>c"
	_, err := m.Render(Options{})
	require.ErrorContains(t, err, "HTML")
	m.Lines = nil
	_, parts = read(t, rendered(t, m, Options{}))
	require.Equal(t, "<p>c\r\n", string(parts[0].body))
}

func TestCalendarRefused(t *testing.T) {
	for _, c := range []struct {
		cal  Calendar
		want string
	}{
		{Calendar{"CANCEL", invite}, "is not the METHOD"},
		{Calendar{"", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nMETHOD:REQUEST\nEND:VEVENT\nEND:VCALENDAR"}, "no METHOD"},
		{Calendar{"REQUEST", "BEGIN:VCALENDAR\nMETHOD:A B\nEND:VCALENDAR"}, "no METHOD"},
		{Calendar{"REQUEST", "hello"}, "BEGIN:VCALENDAR"},
		{Calendar{"A;B", invite}, "is not a method"},
		{Calendar{"A\r\nB", invite}, "is not a method"},
	} {
		m := simple()
		m.Calendar = &c.cal
		_, err := m.Render(Options{})
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "Calendar", string(e.Field))
		require.ErrorContains(t, err, c.want)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	m := everything()
	m.Headers = []Field{{"X-A", "a"}}
	m.Cc, m.Bcc = []Address{{"", "c@x.org"}}, []Address{{"", "b@x.org"}}
	c := m.Clone()
	require.Equal(t, m, c)
	c.From[0].Name, c.To[0].Name, c.Cc[0].Name, c.Bcc[0].Name = "x", "x", "x", "x"
	c.Lines[0], c.Attachments[0].Name, c.Headers[0].Name, c.Calendar.Method = "x", "x", "x", "x"
	fresh := everything()
	require.Equal(t, fresh.From, m.From)
	require.Equal(t, fresh.To, m.To)
	require.Equal(t, "", m.Cc[0].Name+m.Bcc[0].Name)
	require.Equal(t, fresh.Lines, m.Lines)
	require.Equal(t, fresh.Attachments, m.Attachments)
	require.Equal(t, "X-A", m.Headers[0].Name)
	require.Equal(t, fresh.Calendar, m.Calendar)
}
