// SPDX-License-Identifier: MIT

package smtptest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const head = "description: a test\nsecurity: none\nexpect: ok\n\n"

func TestParse(t *testing.T) {
	s, err := Parse("# comment\ndescription: two\nsecurity: none\nto: a@x.example\nto: b@x.example\nexpect: 309\n\n" +
		"=== connection 1\nS: 220 hi\nC: AUTH PLAIN {base64 \"\\x00a\\x00b\"}\n\n# why\n* raw \"x\\r\\n\"\n" +
		"=== connection 2\n* wait 5ms\nC... 3 lines\n* close\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"a@x.example", "b@x.example"}, s.Header.All("to"))
	assert.Equal(t, "309", s.Header.Get("expect"))
	require.Len(t, s.Connections, 2)
	assert.Equal(t, "AUTH PLAIN AGEAYg==", s.Connections[0][1].Text)
	assert.Equal(t, 10, s.Connections[0][1].Line)
	assert.Equal(t, []byte("x\r\n"), s.Connections[0][2].octets)
	assert.Equal(t, 3, s.Connections[1][1].count)
}

func TestParseErrorsNameTheLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"description: x\nsecurity: maybe\n", "2: security"},
		{"description: x\ncolour: red\n", "2: unknown key"},
		{"description: x\ndescription: y\n", "2: description is given twice"},
		{"fault: explode\n\n* serve\n", "fault \"explode\""},
		{"max-size: much\n\n* serve\n", "1: max-size"},
		{head + "* serve until\n", "5: * serve until: want"},
		{head + "* serve until LUNCH\n", "5: * serve until LUNCH: \"LUNCH\" is not an SMTP command"},
		{head + "* serve until MAIL 0\n", "5: * serve until MAIL 0: \"0\""},
		{head + "* serve\nS: 220\n", "5: * serve ends the connection"},
		{head + "* serve until MAIL\n* serve\n", "6: * serve follows * serve until"},
		{"description x\n", "1: \"description x\""},
		{"description: x\nsecurity: none\nexpect: ok\nexpect-op: RCPT\n\nS: 2\n", "contradicts"},
		{"description: x\nsecurity: tls\ncertificate: golden\nexpect: ok\n\nS: 2\n", "golden"},
		{head, "1: the script has no steps"},
		{"", "1: the script has no steps"},
		{head + "S: 220 x\n=== connection 2\n", "1: connection 2 has no steps"},
		{head + "X: 220\n", "5: "},
		{head + "C:\n", "5: "},
		{head + "C: ~(\n", "5: "},
		{head + "C... some\n", "5: "},
		{head + "* dance\n", "5: unknown directive"},
		{head + "* raw 220\n", "5: 220: want a quoted string"},
		{head + "* drip 5ms \"\"\n", "5: "},
		{head + "* wait soon\n", "5: "},
		{head + "* auth BASIC\n", "5: "},
		{head + "* close now\n", "5: "},
		{head + "* close\nS: 220 x\n", "5: * close ends the connection"},
		{head + "S: 220 x\n* tls\n", "6: * tls opens"},
		{head + "* starttls\n", "5: * starttls follows"},
		{head + "S: 220 x\n* reset\n", "6: * reset may reach"},
		{head + "S: 220 x\n=== connection 3\n", "6: connection 3 follows"},
	} {
		_, err := Parse(c.text)
		assert.ErrorContains(t, err, c.want, "%s", c.text)
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, line string
		want          bool
	}{
		{"QUIT", "QUIT", true},
		{"QUIT", "QUIT ", false},
		{"QUIT", "quit", false},
		{"EHLO *", "EHLO host.example", true},
		{"EHLO *", "EHLO ", false},
		{"*", "anything", true},
		{"* SIZE=*", "MAIL FROM:<> SIZE=1", true},
		{`\*`, "*", true},
		{`\*`, "x", false},
		{"a.c", "abc", false},
		{"~MAIL FROM:<a@b>( SIZE=\\d+)?", "MAIL FROM:<a@b> SIZE=12", true},
		{"~MAIL FROM:<a@b>( SIZE=\\d+)?", "MAIL FROM:<a@b> SIZE=", false},
		{"~a|b", "ab", false},
		{"~", "", true},
	} {
		match, err := compile(c.pattern)
		require.NoError(t, err)
		assert.Equal(t, c.want, match.MatchString(c.line), "%q against %q", c.pattern, c.line)
	}
}

// All transcripts can be parsed. Tests in several languages use them.
func TestTranscriptsAreWellFormed(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txt")
	require.NoError(t, err)
	ready, err := filepath.Glob("scripts/*.txt")
	require.NoError(t, err)
	for _, file := range append(files, ready...) {
		s, err := Load(file)
		require.NoError(t, err)
		for _, key := range []string{"description", "security", "expect"} {
			assert.True(t, s.Header.Has(key), "%s: the header has no %q", file, key)
		}
	}
	s, err := Parse("\ufeffS: 220 x\r\nC: EHLO *\r\n* serve\r\n")
	require.NoError(t, err)
	assert.Len(t, s.Connections[0], 3)
	_, err = Load(filepath.Join(t.TempDir(), "none.txt"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// An expression after "C... !" must match only at the start of a line: elsewhere, random text in
// the mail could match it.
func TestAbsentExpressionsAreAnchored(t *testing.T) {
	for _, text := range []string{"!(?i)bcc", "!bcc", "!^a|b", "!(?m)(^a|b)", "!.*^a", "!(?m)(^a)?b", "!"} {
		_, err := parseStep("C... " + text)
		assert.ErrorContains(t, err, "random", text)
	}
	for _, text := range []string{"!(?im)^bcc", "!(?m)^(a|b)", "!(?m)^a|^b", "!^a", "!(?m)(^a|^b)c", "!\\Aa", "~bcc"} {
		_, err := parseStep("C... " + text)
		assert.NoError(t, err, text)
	}
}
