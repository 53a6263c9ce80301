// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"

	"csmtp/smtp/internal/wire"
	"csmtp/smtp/secret"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parse(text string) (*Reply, *wire.Reader, error) {
	return parseFrom(strings.NewReader(text))
}

func parseFrom(r io.Reader) (*Reply, *wire.Reader, error) {
	rd := wire.NewReader(r)
	var raw rawReply
	if err := readReply(rd, &raw, nil); err != nil {
		return nil, rd, err
	}
	return raw.reply(), rd, nil
}

func TestReply(t *testing.T) {
	for text, want := range map[string]Reply{
		"250 OK\r\n":                  {250, EnhancedCode{}, []string{"OK"}},
		"550 05.1.1 no\r\n":           {550, EnhancedCode{}, []string{"05.1.1 no"}},
		"250\r\n":                     {250, EnhancedCode{}, []string{""}},
		"250 \r\n":                    {250, EnhancedCode{}, []string{""}},
		"250 OK\n":                    {250, EnhancedCode{}, []string{"OK"}},
		"250-a\r\n250-b\r\n250 c\r\n": {250, EnhancedCode{}, []string{"a", "b", "c"}},
		"250-a\n250\n":                {250, EnhancedCode{}, []string{"a", ""}},
		"250-\r\n250 b\r\n":           {250, EnhancedCode{}, []string{"", "b"}},
		"550 5.1.1 No such user\r\n":  {550, EnhancedCode{5, 1, 1}, []string{"No such user"}},
		"550 5.1.1\r\n":               {550, EnhancedCode{5, 1, 1}, []string{""}},
		"535 5.7.139 no\r\n":          {535, EnhancedCode{5, 7, 139}, []string{"no"}},
		"550-5.7.1 a\r\n550-5.7.1 b\r\n550 c\r\n":    {550, EnhancedCode{5, 7, 1}, []string{"a", "b", "c"}},
		"550-5.7.1 a\r\n550 5.7.2 b\r\n":             {550, EnhancedCode{5, 7, 1}, []string{"a", "5.7.2 b"}},
		"550-a\r\n550 5.7.2 b\r\n":                   {550, EnhancedCode{}, []string{"a", "5.7.2 b"}},
		"550 4.1.1 class differs\r\n":                {550, EnhancedCode{}, []string{"4.1.1 class differs"}},
		"550 5.1.1.1 a version\r\n":                  {550, EnhancedCode{}, []string{"5.1.1.1 a version"}},
		"550 5.1234.1 too long\r\n":                  {550, EnhancedCode{}, []string{"5.1234.1 too long"}},
		"550 5.1 too short\r\n":                      {550, EnhancedCode{}, []string{"5.1 too short"}},
		"354 3.0.0 no such class\r\n":                {354, EnhancedCode{}, []string{"3.0.0 no such class"}},
		"550 5.1.1x\r\n":                             {550, EnhancedCode{}, []string{"5.1.1x"}},
		"250 a\x00b\x1b[31m\x7f\tc\r\n":              {250, EnhancedCode{}, []string{`a\x00b\x1b[31m\x7f c`}},
		"250 gr\xfc\xdfe\r\n":                        {250, EnhancedCode{}, []string{"gr\ufffd\ufffde"}},
		"250 gr\u00fc\u00dfe \u202etxt\u0085\r\n":    {250, EnhancedCode{}, []string{"gr\u00fc\u00dfe \\u202etxt\\u0085"}},
		"250 cut \xe2\x82\r\n":                       {250, EnhancedCode{}, []string{"cut \ufffd\ufffd"}},
		"250 a\rb\r\n":                               {250, EnhancedCode{}, []string{`a\x0db`}},
		"250 a\r\r\n":                                {250, EnhancedCode{}, []string{`a\x0d`}},
		"220 %s%n%d\r\n":                             {220, EnhancedCode{}, []string{"%s%n%d"}},
		"421 4.3.2 Shutting down\r\nmore of no care": {421, EnhancedCode{4, 3, 2}, []string{"Shutting down"}},
	} {
		for _, src := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
			got, _, err := parseFrom(src)
			require.NoError(t, err, "%q", text)
			require.Equal(t, want, *got, "%q", text)
		}
	}
}

func TestNoReply(t *testing.T) {
	many := strings.Repeat("250-x\r\n", maxReplyLines)
	fat := strings.Repeat("250-"+strings.Repeat("x", 8000)+"\r\n", 40)
	for text, want := range map[string]string{
		"":                          "EOF",
		"250 O":                     "unexpected EOF",
		"250-a\r\n":                 "EOF",
		"\r\n250 OK\r\n":            "an empty line instead of a reply",
		"25 OK\r\n":                 `not an SMTP reply: "25 OK"`,
		"2500 OK\r\n":               `not an SMTP reply: "2500 OK"`,
		"250_OK\r\n":                `not an SMTP reply: "250_OK"`,
		"150 OK\r\n":                `not an SMTP reply: "150 OK"`,
		"650 OK\r\n":                `not an SMTP reply: "650 OK"`,
		"HTTP/1.1 400 Bad\r\n":      `not an SMTP reply: "HTTP/1.1 400 Bad"`,
		"\x15\x03\x01\x00\x02\n":    `not an SMTP reply: "\\x15\\x03\\x01\\x00\\x02"`,
		"250-a\r\n251 b\r\n":        "the lines of one reply have different codes, 250 and 251",
		"250-a\r\n550 b\r\n":        "the lines of one reply have different codes, 250 and 550",
		"250-a\r\nhello\r\n":        `not an SMTP reply: "hello"`,
		many + "250 end\r\n":        "the reply has more than 512 lines",
		fat + "250 end\r\n":         "the reply has more than 256 KiB",
		strings.Repeat("2", 10<<20): "line longer than 8192 octets",
		"250 " + strings.Repeat("x", 9000) + "\r\n": "line longer than 8192 octets",
	} {
		_, _, err := parse(text)
		require.EqualError(t, err, want, "%.100q", text)
	}
	_, _, err := parse(strings.Repeat("250-x\r\n", maxReplyLines-1) + "250 end\r\n")
	require.NoError(t, err, "the largest number of lines")
}

// Exactly one reply is read; the next one remains.
func TestExactlyOneReplyIsRead(t *testing.T) {
	_, rd, err := parse("250-a\r\n250 b\r\n354 go\r\n")
	require.NoError(t, err)
	require.Equal(t, len("354 go\r\n"), rd.Buffered())
}

func TestReplyText(t *testing.T) {
	r, _, err := parse("550-5.7.26 This mail\r\n550-5.7.26\r\n550 5.7.26 is not wanted\r\n")
	require.NoError(t, err)
	assert.Equal(t, "550 5.7.26 This mail is not wanted", r.String())
	assert.Equal(t, "This mail\n\nis not wanted", r.Text())
	assert.Equal(t, "5.7.26", r.Enhanced.String())
	assert.True(t, r.Permanent())
	assert.False(t, r.Temporary())
	r, _, err = parse("450 later\r\n")
	require.NoError(t, err)
	assert.Equal(t, "450 later", r.String())
	assert.Empty(t, r.Enhanced.String())
	assert.True(t, r.Temporary())
	assert.False(t, r.Permanent())
	var none *Reply
	assert.Empty(t, none.String()+none.Text())
	assert.False(t, none.Temporary() || none.Permanent() || none.positive())
}

var (
	simpleLine     = regexp.MustCompile(`^([2-5][0-9][0-9])(?:([ -])((?s:.*)))?$`)
	simpleEnhanced = regexp.MustCompile(`^([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[ \t]+|$)`)
	leadingZeros   = regexp.MustCompile(`\.0+([0-9])`)
)

// simpleReply parses a reply (RFC 5321, section 4.2.1, and RFC 2034) with regular expressions.
func simpleReply(text string) (code int, enhanced string, lines []string, ok bool) {
	for n := 1; n <= maxReplyLines; n++ {
		l, rest, found := strings.Cut(text, "\n")
		if !found || len(strings.TrimSuffix(l, "\r")) > wire.MaxLine {
			return 0, "", nil, false
		}
		text = rest
		m := simpleLine.FindStringSubmatch(strings.TrimSuffix(l, "\r"))
		if m == nil {
			return 0, "", nil, false
		}
		c, _ := strconv.Atoi(m[1])
		if n > 1 && c != code {
			return 0, "", nil, false
		}
		code = c
		if e := simpleEnhanced.FindStringSubmatch(m[3]); e != nil && e[1][0] == m[1][0] {
			norm := leadingZeros.ReplaceAllString(e[1], ".$1")
			if n == 1 {
				enhanced = norm
			}
			if norm == enhanced {
				m[3] = m[3][len(e[0]):]
			}
		}
		lines = append(lines, m[3])
		if m[2] != "-" {
			return code, enhanced, lines, true
		}
	}
	return 0, "", nil, false
}

func compareParsers(t testing.TB, text string) {
	r, _, err := parse(text)
	code, enhanced, lines, ok := simpleReply(text)
	if (err == nil) != ok {
		t.Fatalf("%.300q: error %v, the simple parser says %v", text, err, ok)
	}
	if err != nil {
		return
	}
	if r.Code != code || r.Enhanced.String() != enhanced || len(r.Lines) != len(lines) {
		t.Fatalf("%.300q: %+v, want %d %s %q", text, r, code, enhanced, lines)
	}
	for i, l := range r.Lines {
		if !utf8.ValidString(l) || strings.ContainsFunc(l, unicode.IsControl) {
			t.Fatalf("%.300q: line %q", text, l)
		}
		if l != Visible(string([]rune(lines[i]))) { // an octet that is not UTF-8 becomes U+FFFD
			t.Fatalf("%.300q: line %d is %q, want %q", text, i, l, lines[i])
		}
	}
}

func TestTwoParsersAgree(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	parts := []string{"250", "550", "2", "-", " ", "5.1.1", "4.2.2", "2.0.0", "2.00.1", ".", "\r\n", "\r\n", "\n", "\r", "text",
		"\x00", "\xff", "ü", "250-", "250 ", "550-5.1.1 ", "\t"}
	for range 30000 {
		var b strings.Builder
		if rnd.IntN(4) > 0 {
			b.WriteString(parts[rnd.IntN(2)])
		}
		for range rnd.IntN(12) {
			b.WriteString(parts[rnd.IntN(len(parts))])
		}
		compareParsers(t, b.String())
	}
}

func FuzzReply(f *testing.F) {
	f.Add("250-a\r\n250 b\r\n")
	f.Add("550 5.1.1 x\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 200<<10 {
			compareParsers(t, text)
		}
	})
}

// An endless reply is an error, and is not kept in memory.
func TestEndlessReply(t *testing.T) {
	for _, piece := range []string{"250-x\r\n", "250-" + strings.Repeat("x", 8000) + "\r\n", "x"} {
		src := &endlessReply{piece: piece}
		var raw rawReply
		err := readReply(wire.NewReader(src), &raw, nil)
		var syntax syntaxError
		require.True(t, errors.As(err, &syntax) || errors.Is(err, wire.ErrLineTooLong), "%v", err)
		assert.Less(t, cap(raw.text), 2*maxReplyOctets)
		assert.Less(t, src.given, 2*maxReplyOctets)
	}
}

// endlessReply returns piece repeatedly.
type endlessReply struct {
	piece string
	given int
}

func (e *endlessReply) Read(p []byte) (int, error) {
	n := copy(p, e.piece[e.given%len(e.piece):])
	e.given += n
	return n, nil
}

func BenchmarkReply(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"one line", "250 2.1.5 Ok\r\n"},
		{"EHLO", "250-mail.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 SMTPUTF8\r\n"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			src := strings.NewReader(bench.text)
			rd := wire.NewReader(src)
			var raw rawReply
			for b.Loop() {
				src.Reset(bench.text)
				if err := readReply(rd, &raw, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A secret is hidden even if it is broken into lines, with or without reply codes between its
// parts, and even if the last part is not a line of a reply.
func TestASecretBrokenIntoLines(t *testing.T) {
	for text, want := range map[string]string{
		"535-5.7.8 no horse7bat\r\n535-5.7.9 terysta\r\n535 ple9\r\n": "535 5.7.8 no **** 5.7.9 **** ****",
		"535-5.7.8 no horse7bat\r\n terystaple9\r\n":                  `not an SMTP reply: "****"`,
		"535-5.7.8 no horse7bat\r\nterystaple9 it is\r\n":             `not an SMTP reply: "**** it is"`,
	} {
		raw := rawReply{secrets: &secret.Set{}}
		raw.secrets.Add("horse7batterystaple9")
		err := readReply(wire.NewReader(strings.NewReader(text)), &raw, nil)
		if err != nil {
			assert.EqualError(t, err, want)
			continue
		}
		assert.Equal(t, want, raw.reply().String())
	}
}
