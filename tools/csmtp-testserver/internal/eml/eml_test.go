// SPDX-License-Identifier: MIT

package eml

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parse(text string) *Message { return Parse([]byte(strings.ReplaceAll(text, "\n", "\r\n"))) }

// tree returns the types of the parts, with their paths.
func tree(m *Message) string {
	var all []string
	for _, p := range m.All() {
		all = append(all, p.Path+":"+p.Type)
	}
	return strings.Join(all, " ")
}

func TestTree(t *testing.T) {
	m := parse("Content-Type: multipart/mixed; boundary=\"a b\"\n\npreamble\n--a b\nContent-Type: multipart/alternative;\n boundary=c\n\n" +
		"--c\n\ntext\n--c\nContent-Type: TEXT/HTML; charset=utf-8\n\n<p>\n\n--c--\n--a b  \nContent-Type: message/rfc822\n\nSubject: inner\n\nbody\n--a b--\nepilogue\n")
	assert.Equal(t, ":multipart/mixed 1:multipart/alternative 1.1:text/plain 1.2:text/html 2:message/rfc822 2.1:text/plain", tree(m))
	assert.Equal(t, "text", string(m.Find("1.1").Content))
	assert.Equal(t, "<p>\r\n", string(m.Find("1.2").Content))
	assert.Equal(t, "inner", m.Find("2.1").Get("subject"))
	assert.True(t, m.Closed)
	assert.Len(t, m.Leaves(), 3)
	assert.Nil(t, m.Find("3"))
}

func TestMalformedTrees(t *testing.T) {
	for _, c := range [][2]string{
		{"", ":text/plain"},
		{"no header at all", ":text/plain"},
		{"\nbody", ":text/plain"},
		{"Content-Type: nonsense\n\nx", ":text/plain"},
		{"Content-Type: multipart/mixed\n\nx", ":multipart/mixed"},
		{"Content-Type: multipart/mixed; boundary=b\n\nx", ":multipart/mixed"},
		{"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx", ":multipart/mixed 1:text/plain"},
		{"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b--\n", ":multipart/mixed 1:text/plain 2:text/plain"},
		{"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--", ":multipart/digest 1:message/rfc822 1.1:text/plain"},
	} {
		assert.Equal(t, c[1], tree(parse(c[0])), c[0])
	}
}

func TestHeader(t *testing.T) {
	m := parse("A: 1\n  folded\nB : 2\nnonsense\nA: 3\n\nbody")
	assert.Equal(t, []string{"1  folded", "3"}, m.Values("a"))
	assert.Equal(t, "2", m.Get("B"))
	assert.Empty(t, m.Fields[2].Name)
	assert.Equal(t, 4, m.Fields[2].Line)
	assert.Equal(t, "body", string(m.Content))
	lf := Parse([]byte("A: 1\n b\n\nbody\n"))
	assert.Equal(t, "1 b", lf.Get("A"))
	assert.Equal(t, "body\n", string(lf.Content))
}

func TestParams(t *testing.T) {
	value, params := Params(`Attachment (a; comment); filename="a;\"b"; X=1; X=2; n*1*=%20b; n*0*=ISO-8859-1'de'%FC; utf*=UTF-8''%E2%82%AC; novalue`)
	assert.Equal(t, "attachment", value)
	assert.Equal(t, map[string]string{"filename": `a;"b`, "x": "1", "n": "ü b", "utf": "€"}, params)
}

func TestFilename(t *testing.T) {
	for value, want := range map[string]string{
		`attachment; filename=a.txt`:                    "a.txt",
		`attachment; filename="../../etc/passwd"`:       "passwd",
		`attachment; filename="C:\\Windows\\x.exe"`:     "x.exe",
		`attachment; filename=".."`:                     "",
		`attachment; filename="=?utf-8?Q?=C3=BC.txt?="`: "ü.txt",
		`attachment; filename*=utf-8''%C3%BC.txt`:       "ü.txt",
		"attachment; filename=\"\xfc.txt\"":             "ü.txt",
		"attachment; filename=\"a\x01b\"":               "ab",
		`attachment`:                                    "",
	} {
		assert.Equal(t, want, Parse([]byte("Content-Disposition: "+value+"\r\n\r\n")).Filename(), value)
	}
}

func TestDecoded(t *testing.T) {
	for _, c := range []struct{ encoding, content, want, problem string }{
		{"base64", "aGkh\r\naGk=\r\n", "hi!hi", ""},
		{"base64", "aG kh", "hi!", "0x20"},
		{"base64", "aGk=aGkh", "", "after the padding"},
		{"base64", "aGk", "hi", "padding"},
		{"base64", "aGkhA", "hi!", "incomplete"},
		{"quoted-printable", "a=3Db=\r\nc =20\r\n", "a=bc  \r\n", ""},
		{"quoted-printable", "a=3d\r\n", "a=\r\n", ""},
		{"quoted-printable", "a \r\n", "a\r\n", "space or a tab"},
		{"quoted-printable", "=zz=", "=zz", "hexadecimal"},
		{"8bit", "\xfc", "\xfc", ""},
		{"x-uue", "x", "x", "unknown"},
	} {
		p := Part{Encoding: c.encoding, Content: []byte(c.content)}
		content, problem := p.Decoded()
		if c.want != "" {
			assert.Equal(t, c.want, string(content), c.content)
		}
		if c.problem == "" {
			assert.Empty(t, problem, c.content)
		} else {
			assert.Contains(t, problem, c.problem, c.content)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range [][4]string{ // the value of Content-Type, the content, the text, and a part of the problem
		{"text/plain; charset=iso-8859-1", "\xfc", "ü", ""},
		{"text/plain; charset=utf-8", "\xfc", "ü", "not valid in utf-8"},
		{"text/plain", "ü", "ü", ""},
		{"text/plain; charset=klingon", "\xfc", "ü", "unknown charset"},
		{"text/plain; charset=iso-2022-jp", "\x1b$B$?\x1b(B", "た", ""},
		{"text/plain; charset=us-ascii", "\xfc", "ü", "not valid in us-ascii"},
	} {
		text, problem := Parse([]byte("Content-Type: " + c[0] + "\r\n\r\n" + c[1])).Text()
		assert.Equal(t, c[2], text, c[0])
		assert.Contains(t, problem, c[3])
		assert.Equal(t, c[3] == "", problem == "", problem)
	}
}

func TestDecodeWords(t *testing.T) {
	assert.Equal(t, "Grüße た", DecodeWords("=?utf-8?Q?Gr=C3=BC=C3=9Fe_?= =?iso-2022-jp?B?GyRCJD8bKEI=?="))
	assert.Equal(t, "=?klingon?Q?x?=", DecodeWords("=?klingon?Q?x?="))
	assert.Equal(t, "ü", DecodeWords("\xfc"))
}

// If a message has too many parts, levels or fields, it is parsed up to the limits.
func TestLimits(t *testing.T) {
	deep, wide := "", "Content-Type: multipart/mixed; boundary=b\n\n"
	for i := range 1000 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		wide += "--b\n\nx\n"
	}
	assert.Len(t, parse(deep).All(), maxDepth+1)
	assert.LessOrEqual(t, len(parse(wide).All()), maxParts+1)
	assert.True(t, parse(wide).Cut)
	assert.Len(t, parse(strings.Repeat("A: b\n", 10*maxFields)).Fields, maxFields)
}

// The time that Parse needs grows only linearly with the size of the message. If it grew
// faster, this test would take hours.
func TestLongHeaders(t *testing.T) {
	const n = 1 << 20
	folds := Parse([]byte("Subject: x" + strings.Repeat("\r\n y", n) + "\r\n\r\nbody"))
	assert.Len(t, folds.Get("Subject"), 1+2*n)
	assert.Equal(t, "body", string(folds.Content))
	pieces := strings.Builder{}
	for i := range n / 4 {
		fmt.Fprintf(&pieces, "; x*%d=y", i)
	}
	_, params := Params("text/plain" + pieces.String())
	assert.Len(t, params["x"], n/4)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b--\r\n"))
	f.Add([]byte("Content-Disposition: a; filename*0*=x'y'%; filename*1=\"\\\r\n\r\n"))
	f.Add([]byte("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nA: =\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		require.True(t, bytes.HasSuffix(raw, m.Content))
		for _, p := range m.All() {
			text, _ := p.Text()
			for _, s := range []string{text, p.Filename(), DecodeWords(p.Get("Subject"))} {
				if !utf8.ValidString(s) {
					t.Errorf("%q is not UTF-8", s)
				}
			}
			if name := p.Filename(); strings.ContainsAny(name, "/\\\r\n\x00") {
				t.Errorf("file name %q", name)
			}
			require.Same(t, p, m.Find(p.Path))
		}
	})
}
