// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"encoding/base64"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
)

var testTime = time.Date(2026, 3, 9, 14, 5, 7, 0, time.FixedZone("", 5*3600+1800))

func testOptions() Options {
	return Options{
		Boundary: func() string { return "test" },
		Now:      func() time.Time { return testTime },
	}
}

func simple() *Message {
	return &Message{
		Charset: "UTF-8",
		From:    []Address{{Mail: "from@example.org"}},
		To:      []Address{{Mail: "to@example.net"}},
		Subject: "s",
		Lines:   []string{"text"},
	}
}

// rendered renders m, writes it, and returns what was written. It checks the rules that hold
// for every message.
func rendered(t testing.TB, m *Message, o Options) []byte {
	t.Helper()
	r, err := m.Render(o)
	require.NoError(t, err)
	return written(t, r)
}

func written(t testing.TB, r *Rendered) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := r.WriteTo(&b)
	require.NoError(t, err)
	require.EqualValues(t, b.Len(), n)
	if r.Size() >= 0 {
		require.Equal(t, r.Size(), n, "Size is what is written")
	}
	if !r.Binary() {
		checkLines(t, b.Bytes())
	}
	return b.Bytes()
}

// checkLines checks the rules for the lines of a message.
func checkLines(t testing.TB, b []byte) {
	t.Helper()
	require.True(t, bytes.HasSuffix(b, crlf), "ends with a line end")
	for line := range bytes.SplitSeq(b, crlf) {
		if len(line) > 998 {
			t.Fatalf("line too long: %.100q", line)
		}
		if bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("bare CR, bare LF or NUL: %.100q", line)
		}
	}
}

// headerOf returns the header of a message.
func headerOf(b []byte) string {
	h, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	return string(h) + "\r\n"
}

// field returns the value of a field of the header as it was written, with its folds.
func field(header, name string) string {
	for _, f := range splitFields([]byte(header)) {
		if n, v, _ := strings.Cut(string(f), ":"); strings.EqualFold(n, name) {
			return v[min(1, len(v)):]
		}
	}
	return ""
}

var decoder = mime.WordDecoder{CharsetReader: func(label string, in io.Reader) (io.Reader, error) {
	if label == "unknown-8bit" {
		return charmap.ISO8859_1.NewDecoder().Reader(in), nil
	}
	c, err := lookupCharset(label)
	if err != nil || c.enc == nil {
		return in, err
	}
	return c.enc.NewDecoder().Reader(in), nil
}}

// leaf is a part or a multipart as the standard library has parsed it.
type leaf struct {
	path   string // "0.1" is the second part of the first part
	header mail.Header
	kind   string
	params map[string]string
	disp   string
	dparam map[string]string
	body   []byte
}

// read parses a message with the standard library, and returns its header and all its parts.
// A multipart is a leaf without a body.
func read(t testing.TB, b []byte) (mail.Header, []leaf) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(b))
	require.NoError(t, err)
	var out []leaf
	readPart(t, "0", m.Header, m.Body, &out)
	return m.Header, out
}

func readPart(t testing.TB, path string, h mail.Header, body io.Reader, out *[]leaf) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	require.NoError(t, err)
	l := leaf{path: path, header: h, kind: kind, params: params}
	if d := h.Get("Content-Disposition"); d != "" {
		l.disp, l.dparam, err = mime.ParseMediaType(d)
		require.NoError(t, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		*out = append(*out, l)
		r := multipart.NewReader(body, params["boundary"])
		for i := 0; ; i++ {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return
			}
			require.NoError(t, err)
			readPart(t, path+"."+string(rune('0'+i)), mail.Header(p.Header), p, out)
		}
	}
	l.body, err = io.ReadAll(transferDecoder(body, h.Get("Content-Transfer-Encoding")))
	require.NoError(t, err)
	*out = append(*out, l)
}

func transferDecoder(body io.Reader, encoding string) io.Reader {
	switch encoding {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// alphabets are the characters of random texts, including those that often cause errors.
var alphabets = []string{
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
	"abc def ghi jkl mno, pqr. stu; ",
	`"\<>()[]@,;:.=?_!#$%&'*+-/^{|}~` + "`",
	"äöüßÄÖÜéèêëçñåøæ",
	"日本語中文字漢字한국어かなカナ、。",
	"😀🎉👩‍👩‍👧‍👦🇩🇪❤️",
	"עבריתالعربيةไทยहिन्दी",
	"e\u0301a\u0308\u200b\u200d\u00a0\u2028\u0085\ufeff",
	"   ",
}

// randomText returns a text without ASCII control characters.
func randomText(r *rand.Rand, most int) string {
	var b strings.Builder
	n := r.IntN(most)
	for b.Len() < n {
		if r.IntN(20) == 0 {
			c := rune(r.IntN(0x110000))
			if c < 0xa0 || 0xd800 <= c && c < 0xe000 || c == 0xfffd {
				continue
			}
			b.WriteRune(c)
			continue
		}
		a := []rune(alphabets[r.IntN(len(alphabets))])
		for range 1 + r.IntN(12) {
			b.WriteRune(a[r.IntN(len(a))])
		}
	}
	return b.String()
}
