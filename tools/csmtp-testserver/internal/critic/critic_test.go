// SPDX-License-Identifier: MIT

package critic

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"csmtp/tools/csmtp-testserver/internal/eml"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const head = "Date: Mon, 04 May 2026 11:59:00 +0000\nMessage-ID: <1@test.example>\nFrom: Alice <alice@test.example>\n" +
	"To: bob@test.example\nSubject: Hi\nMIME-Version: 1.0\n"

const text = "Content-Type: text/plain; charset=utf-8\n\nHello.\n"

const good = head + text

// ids returns the IDs of the findings about a message, except dkim-none. In 'message', "\n"
// stands for CRLF, and "\v" for an LF without a CR.
func ids(t *testing.T, message string, e *Envelope) string {
	t.Helper()
	raw := strings.ReplaceAll(strings.ReplaceAll(message, "\n", "\r\n"), "\v", "\n")
	var all []string
	for _, f := range Criticise(eml.Parse([]byte(raw)), Options{Envelope: e, Received: now, Now: now}) {
		assert.NotEmpty(t, f.Short, f.ID)
		assert.NotEmpty(t, f.Text, f.ID)
		assert.NotContains(t, f.Text, "%!", f.ID)
		assert.Positive(t, f.Count)
		if f.ID != "dkim-none" {
			all = append(all, f.ID)
		}
	}
	return strings.Join(all, " ")
}

func multipart(kind string, parts ...string) string {
	m := head + "Content-Type: multipart/" + kind + "; boundary=b\n\n"
	for _, p := range parts {
		m += "--b\n" + p + "\n"
	}
	return m + "--b--\n"
}

const (
	plainPart = "Content-Type: text/plain; charset=utf-8\n\nHello."
	htmlPart  = "Content-Type: text/html; charset=utf-8\n\n<p>Hello.</p>"
)

func TestFindings(t *testing.T) {
	mail := &Envelope{}
	bit8 := &Envelope{Params: []string{"BODY=8BITMIME", "SMTPUTF8"}}
	without := func(name string) string {
		var kept []string
		for line := range strings.Lines(good) {
			if !strings.HasPrefix(line, name+":") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	field := func(line string) string { return line + "\n" + good }
	instead := func(name, value string) string { return name + ": " + value + "\n" + without(name) }
	html := func(body string) string {
		return multipart("alternative", plainPart, "Content-Type: text/html; charset=utf-8\n\n"+body)
	}
	for _, c := range []struct {
		name, message string
		envelope      *Envelope
		want          string
	}{
		{"good", good, mail, ""},
		{"good multipart", multipart("alternative", plainPart, htmlPart), mail, ""},
		{"empty", "", mail, "empty no-header-end missing-date missing-from missing-message-id missing-subject missing-to"},
		{"no Date", without("Date"), mail, "missing-date"},
		{"no From", without("From"), mail, "missing-from"},
		{"no Message-ID", without("Message-ID"), mail, "missing-message-id"},
		{"no To", without("To"), mail, "missing-to"},
		{"no Subject", without("Subject"), mail, "missing-subject"},
		{"empty Subject", instead("Subject", ""), mail, "empty-subject"},
		{"no MIME-Version", without("MIME-Version"), mail, "missing-mime-version"},
		{"MIME-Version 2", instead("MIME-Version", "2.0"), mail, "mime-version"},
		{"two Dates", field("Date: Mon, 04 May 2026 11:59:00 +0000"), mail, "duplicate-field"},
		{"two Subjects", field("SUBJECT: again"), mail, "duplicate-field"},
		{"no colon", field("nonsense"), mail, "field-malformed"},
		{"space in a name", field("X Y: z"), mail, "field-malformed"},
		{"space before the colon", field("X-Y : z"), mail, "space-before-colon"},
		{"empty fold", field("X-Y: z\n \n more"), mail, "empty-fold"},
		{"control character", field("X-Y: \x01"), mail, "control-character"},
		{"no body line", strings.TrimSuffix(head, "\n") + "\n", mail, "no-header-end"},
		{"date", instead("Date", "yesterday"), mail, "date-malformed"},
		{"date with month 13", instead("Date", "Mon, 04 Foo 2026 11:59:00 +0000"), mail, "date-malformed"},
		{"zone", instead("Date", "Mon, 04 May 2026 11:59:00 GMT"), mail, "date-obsolete-zone"},
		{"zone with a comment", instead("Date", "Mon, 04 May 2026 11:59:00 +0000 (UTC)"), mail, ""},
		{"old date", instead("Date", "Mon, 04 May 2020 11:59:00 +0000"), mail, "date-far"},
		{"date in the future", instead("Date", "Mon, 04 May 2026 15:59:00 +0000"), mail, "date-far"},
		{"Return-Path", field("Return-Path: <a@b.example>"), mail, "return-path"},
		{"Bcc", field("Bcc: x@test.example"), mail, "bcc-visible"},
		{"bare CR", good + "a\rb\n", mail, "bare-cr"},
		{"bare CR at the end", good + "a\r", mail, "bare-cr no-last-line-end"},
		{"bare LF", good + "a\vb\n", mail, "bare-lf"},
		{"NUL", good + "a\x00b\n", mail, "nul"},
		{"no line end", good + "end", mail, "no-last-line-end"},
		{"999 octets", good + strings.Repeat("x", 999) + "\n", mail, "line-too-long"},
		{"998 octets", good + strings.Repeat("x", 998) + "\n", mail, "line-long"},
		{"79 characters", good + strings.Repeat("x", 79) + "\n", mail, "line-long"},
		{"78 characters", good + strings.Repeat("x", 78) + "\n", mail, ""},
		{"8-bit, not declared", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n", mail, "8bit-undeclared"},
		{"8-bit, declared", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n", bit8, ""},
		{"8-bit in 7bit", head + "Content-Type: text/plain; charset=utf-8\n\nGrüße\n", bit8, "8bit-in-7bit"},
		{"8-bit without charset", head + "Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nGrüße\n", bit8, "charset-missing"},
		{"file without charset", multipart("mixed", plainPart, "Content-Type: text/csv; name=a.csv\nContent-Disposition: attachment\nContent-Transfer-Encoding: 8bit\n\nGrüße"), bit8, "charset-missing-file"},
		{"8-bit header", instead("Subject", "Grüße"), mail, "8bit-header"},
		{"8-bit header with SMTPUTF8", instead("Subject", "Grüße"), bit8, ""},
		{"8-bit header without envelope", instead("Subject", "Grüße"), nil, "8bit-header"},
		{"8-bit header in Latin-1", instead("Subject", "Gr\xfc\xdfe"), bit8, "8bit-header-invalid"},
		{"unknown charset", head + "Content-Type: text/plain; charset=klingon\n\nx\n", mail, "charset-unknown"},
		{"wrong charset", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=FC\n", mail, "charset-wrong"},
		{"ASCII that is not", head + "Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: quoted-printable\n\n=FC\n", mail, "charset-wrong"},
		{"Latin-1", head + "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n=FC\n", mail, ""},
		{"Content-Type", head + "Content-Type: text/plain; charset\n\nx\n", mail, "content-type-malformed"},
		{"Content-Disposition", head + "Content-Type: text/plain\nContent-Disposition: ;\n\nx\n", mail, "disposition-malformed"},
		{"encoding", head + "Content-Type: text/plain\nContent-Transfer-Encoding: rot13\n\nx\n", mail, "encoding-unknown"},
		{"base64", head + "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGk!\n", mail, "encoding-invalid"},
		{"base64 without padding", head + "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGkh\naGk\n", mail, "encoding-invalid"},
		{"long base64", head + "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("AAAA", 20) + "\n", mail, "encoding-line-long line-long"},
		{"quoted-printable", head + "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n=x\n", mail, "encoding-invalid"},
		{"quoted-printable with a space", head + "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nx \n", mail, "encoding-invalid"},
		{"bare LF in base64", head + "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nYQpi\n", mail, "text-line-ends"},
		{"no boundary", head + "Content-Type: multipart/mixed\n\nx\n", mail, "boundary-missing"},
		{"boundary", head + "Content-Type: multipart/mixed; boundary=\"a;\"\n\n--a;\n" + text + "--a;--\n", mail, "boundary-malformed"},
		{"long boundary", head + "Content-Type: multipart/mixed;\n boundary=" + strings.Repeat("b", 71) + "\n\n--" + strings.Repeat("b", 71) + "\n" + text + "\n--" + strings.Repeat("b", 71) + "--\n",
			mail, "boundary-malformed line-long"},
		{"no parts", head + "Content-Type: multipart/mixed; boundary=b\n\nx\n", mail, "multipart-empty"},
		{"not closed", head + "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + text, mail, "multipart-open"},
		{"encoded multipart", head + "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n" + text + "\n--b--\n", mail, "multipart-encoded"},
		{"file without a name", multipart("mixed", plainPart, "Content-Type: image/png\nContent-Disposition: attachment\n\nx"), mail, "filename-missing"},
		{"file in a folder", multipart("mixed", plainPart, "Content-Type: image/png\nContent-Disposition: attachment; filename=\"../x.png\"\n\nx"), mail, "filename-path"},
		{"program", multipart("mixed", plainPart, "Content-Type: image/png\nContent-Disposition: attachment; filename=\"x.png.EXE\"\n\nx"), mail, "filename-executable"},
		{"encoded-word in a parameter", multipart("mixed", plainPart, "Content-Type: image/png\nContent-Disposition: attachment; filename=\"=?utf-8?Q?x?=\"\n\nx"), mail, "encoded-word-parameter"},
		{"encoded-word for old programs", multipart("mixed", plainPart, "Content-Type: image/png; name=\"=?utf-8?Q?x?=\"\nContent-Disposition: attachment; filename*=utf-8''x\n\nx"), mail, "encoded-word-parameter-old"},
		{"deep", deep(30), mail, "multipart-open nesting"},
		{"address", instead("To", "bob@"), mail, "address-malformed"},
		{"address without domain", instead("To", "bob"), mail, "address-no-domain"},
		{"empty group", instead("To", "undisclosed-recipients:;"), mail, ""},
		{"unquoted name", instead("From", "Smith, Alice <alice@test.example>"), mail, "address-malformed"},
		{"two senders", instead("From", "a@test.example, b@test.example"), mail, "missing-sender"},
		{"two senders with Sender", "Sender: a@test.example\n" + instead("From", "a@test.example, b@test.example"), mail, ""},
		{"two in Sender", field("Sender: a@test.example, b@test.example"), mail, "sender-many"},
		{"name is another address", instead("From", `"boss@corp.example" <alice@test.example>`), mail, "name-is-address"},
		{"empty To", instead("To", ""), mail, "empty-field"},
		{"Message-ID", instead("Message-ID", "1@test.example"), mail, "message-id-malformed"},
		{"Message-ID of localhost", instead("Message-ID", "<1@localhost>"), mail, "message-id-local"},
		{"References", field("References: <1@a.example><2@a.example> 3@a.example"), mail, "references-malformed"},
		{"word without end", instead("Subject", "=?utf-8?Q?a b?="), mail, "encoded-word-malformed"},
		{"word with a wrong encoding", instead("Subject", "=?utf-8?X?ab?="), mail, "encoded-word-malformed"},
		{"word with wrong base64", instead("Subject", "=?utf-8?B?a?="), mail, "encoded-word-malformed"},
		{"word with a wrong escape", instead("Subject", "=?utf-8?Q?=zz?="), mail, "encoded-word-malformed"},
		{"long word", instead("Subject", "\n =?utf-8?Q?"+strings.Repeat("a", 64)+"?="), mail, "encoded-word-long"},
		{"word between quotes", instead("To", `"=?utf-8?Q?Bob?=" <bob@test.example>`), mail, "encoded-word-quoted"},
		{"word with an unknown charset", instead("Subject", "=?klingon?Q?a?="), mail, "charset-unknown"},
		{"split character", instead("Subject", "=?utf-8?Q?=C3?= =?utf-8?Q?=BC?="), mail, "encoded-word-split"},
		{"words", instead("Subject", "=?utf-8?Q?Gr=C3=BC=C3=9Fe_?= =?iso-2022-jp?B?GyRCJD8bKEI=?="), mail, ""},
		{"List-Unsubscribe", field("List-Unsubscribe: https://x.example/"), mail, "list-unsubscribe"},
		{"one click without https", field("List-Unsubscribe: <mailto:x@x.example>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"), mail, "one-click"},
		{"one click", field("List-Unsubscribe: <https://x.example/>\nList-Unsubscribe-Post: Yes"), mail, "one-click"},
		{"Precedence", field("Precedence: bulk"), mail, "precedence"},
		{"only HTML", head + htmlPart + "\n", mail, "no-text"},
		{"empty text", multipart("alternative", "Content-Type: text/plain\n\n ", htmlPart), mail, "text-empty"},
		{"order", multipart("alternative", htmlPart, plainPart), mail, "alternative-order"},
		{"no body", head + "Content-Type: text/plain\n\n", mail, "no-body"},
		{"missing image", html(`<img alt="" src="cid:no">`), mail, "cid-missing"},
		{"script", html(`<script>x()</script>`), mail, "html-script"},
		{"handler", html(`<p onclick="x()">a</p>`), mail, "html-script"},
		{"form", html(`<form action="https://x.example/"><input></form>`), mail, "html-removed"},
		{"remote", html(`<img alt="" src="https://x.example/a.png">`), mail, "html-remote"},
		{"remote in CSS", html(`<p style="background:url(https://x.example/)">a</p>`), mail, "html-remote"},
		{"no alt", html(`<img src="data:image/png;base64,AA">`), mail, "html-no-alt"},
		{"charset of meta", html(`<meta charset="latin1">x`), mail, "html-charset"},
		{"link", html(`<a href="https://evil.example/">https://bank.example/</a>`), mail, "link-other-host"},
		{"link to a subdomain", html(`<a href="https://www.bank.example/">https://bank.example/</a>`), mail, ""},
		{"relative link", html(`<a href="/x">x</a>`), mail, "link-relative"},
		{"large HTML", html(strings.Repeat("<p>0123456789</p>\n", 7000)), mail, "html-large"},
		{"unused image", multipart("related", htmlPart, "Content-Type: image/png\nContent-ID: <a>\n\nx"), mail, "no-text cid-unused"},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, ids(t, c.message, c.envelope)) })
	}
}

func deep(n int) string {
	m := head
	for i := range n {
		m += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	return m + text
}

// Findings of the same kind are reported as one finding with a count.
func TestFindingsAreCounted(t *testing.T) {
	raw := strings.ReplaceAll(good+strings.Repeat(strings.Repeat("x", 1000)+"\n", 5), "\n", "\r\n")
	all := Criticise(eml.Parse([]byte(raw)), Options{Now: now})
	require.NotEmpty(t, all)
	assert.Equal(t, "line-too-long", all[0].ID)
	assert.Equal(t, 5, all[0].Count)
	assert.Equal(t, "line 10", all[0].Where)
}

func TestDKIM(t *testing.T) {
	signed := "DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=x; h=from; bh=A; b=A\n" + good
	assert.Equal(t, "dkim-fail", ids(t, signed, nil))
}

// FuzzCriticise checks that no message makes Criticise panic, and that each finding has a
// printable text.
func FuzzCriticise(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(multipart("alternative", plainPart, htmlPart)))
	f.Add([]byte(deep(25)))
	f.Add([]byte("DKIM-Signature: v=1; a=\x01\xff; b=A; bh=A; d=x; h=from; s=x\r\n\r\n"))
	f.Add([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=x; s=x; h=from; bh=AAAA; b=AAAA\r\nFrom: =?\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, finding := range Criticise(eml.Parse(raw), Options{Envelope: &Envelope{}, Received: now, Now: now}) {
			if finding.Text == "" || !utf8.ValidString(finding.Where) || strings.ContainsFunc(finding.Text, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%+v", finding)
			}
		}
	})
}
