// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTransferEncodingByContent(t *testing.T) {
	for _, c := range []struct {
		text  string
		eight bool
		want  string
	}{
		{"plain", false, "7bit"},
		{"plain", true, "7bit"},
		{strings.Repeat("x", 998), false, "7bit"},
		{strings.Repeat("x", 999), false, "quoted-printable"},
		{strings.Repeat("x", 999), true, "quoted-printable"},
		{"Grüße, and enough of plain text", false, "quoted-printable"},
		{"Grüße, and enough of plain text", true, "8bit"},
		{"日本語だけのテキスト", false, "base64"},
		{"日本語だけのテキスト", true, "8bit"},
		{"日" + strings.Repeat("x", 1000), true, "quoted-printable"},
		{"a\x00b", true, "quoted-printable"},
		{"--=_looks like a boundary", true, "quoted-printable"},
		{"x --=_ü", true, "quoted-printable"},
		{"a\x1b[31mb\x0c", false, "7bit"},
	} {
		m := simple()
		m.Lines = []string{c.text}
		r, err := m.Render(Options{EightBit: c.eight})
		require.NoError(t, err)
		_, parts := read(t, written(t, r))
		require.Equal(t, c.want, parts[0].header.Get("Content-Transfer-Encoding"), "%.40q", c.text)
		require.Equal(t, c.want == "8bit", r.EightBit())
		require.Equal(t, c.text+"\r\n", string(parts[0].body))
	}
}

func TestLineEndsInLines(t *testing.T) {
	m := simple()
	m.Lines = []string{"a\nb\rc\r\nd", "", "e\r\r\nf\n\r", "."}
	want := "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\nf\r\n\r\n\r\n.\r\n"
	_, parts := read(t, rendered(t, m, Options{}))
	require.Equal(t, want, string(parts[0].body))
	m.Lines = append(m.Lines, "ü")
	_, parts = read(t, rendered(t, m, Options{}))
	require.Equal(t, want+"ü\r\n", string(parts[0].body))
}

func TestNoLines(t *testing.T) {
	m := simple()
	m.Lines = nil
	require.True(t, bytes.HasSuffix(rendered(t, m, Options{}), []byte("\r\n\r\n")))
}

func TestQuotedPrintable(t *testing.T) {
	long := strings.Repeat("a", 75)
	for in, want := range map[string]string{
		"":                   "",
		"a=b\r\n":            "a=3Db\r\n",
		"end \r\nend\t\r\n":  "end=20\r\nend=09\r\n",
		"end ":               "end=20",
		".\r\n..\r\n":        "=2E\r\n=2E.\r\n",
		"From x\r\nFrom\r\n": "=46rom x\r\nFrom\r\n",
		long + "b\r\n":       long + "b\r\n",
		long + "bc\r\n":      long + "=\r\nbc\r\n",
		long + "=\r\n":       long + "=\r\n=3D\r\n",
		long[:73] + "=\r\n":  long[:73] + "=3D\r\n",
		long[:73] + "=x\r\n": long[:73] + "=\r\n=3Dx\r\n",
		long + ".\r\n":       long + ".\r\n",
		long + "..\r\n":      long + "=\r\n=2E.\r\n",
		long[:74] + " \r\n":  long[:74] + "=\r\n=20\r\n",
	} {
		var b bytes.Buffer
		require.NoError(t, writeQuoted(&b, []byte(in)))
		require.Equal(t, want, b.String(), "%q", in)
		require.EqualValues(t, b.Len(), quotedLen([]byte(in)))
		require.Equal(t, want, string(quoted([]byte(in))), "%q", in)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 2000 {
		between := []string{" \r\n", " ", "\t.\r\n=", "=.From "}[i%4]
		text := strings.Join(strings.Fields(randomText(r, 600)), between) + strings.Repeat("x", r.IntN(200)) + "\r\n"
		var b bytes.Buffer
		require.NoError(t, writeQuoted(&b, []byte(text)))
		for line := range strings.SplitSeq(b.String(), "\r\n") {
			if len(line) > maxQuoted {
				t.Fatalf("too long: %q", line)
			}
		}
		require.NotContains(t, b.String(), boundaryMark)
		require.NotContains(t, b.String(), " \r\n")
		require.Equal(t, b.String(), string(quoted([]byte(text))))
		back, err := io.ReadAll(quotedprintable.NewReader(&b))
		require.NoError(t, err)
		require.Equal(t, text, string(back))
	}
}

func TestFlowed(t *testing.T) {
	long := strings.TrimSuffix(strings.Repeat("some words ", 30), " ")
	m := simple()
	m.Flowed = true
	m.Lines = []string{
		long, "short", " indented", "From me", "> quoted " + long, ">> twice", ">not\tspaced", "-- ", "Jörg", "",
		strings.Repeat("x", 300), strings.Repeat("y", 100) + " z", " " + strings.Repeat("y", 100), long + "  double  spaces " + long,
	}
	_, parts := read(t, rendered(t, m, Options{}))
	require.Equal(t, "flowed", parts[0].params["format"])
	var want []string
	for _, l := range m.Lines {
		if l != "-- " {
			l = strings.TrimRight(l, " ")
		}
		want = append(want, strings.Replace(l, ">not", "> not", 1))
	}
	require.Equal(t, strings.Join(want, "\r\n")+"\r\n", shown(unflow(string(parts[0].body))))
	for line := range strings.SplitSeq(string(parts[0].body), "\r\n") {
		if len(line) > 78 {
			require.NotContains(t, strings.TrimSpace(line), " ", "%q", line)
		}
	}
	m.HTML = "<p>x"
	_, parts = read(t, rendered(t, m, Options{}))
	require.Equal(t, "flowed", parts[1].params["format"])
	require.Equal(t, "", parts[2].params["format"])
}
