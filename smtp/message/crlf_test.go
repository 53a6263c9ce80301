// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var lineEnd = regexp.MustCompile(`\r\n|\r|\n`)

// randomLineEnds returns a text of n words and line ends in random order.
func randomLineEnds(r *rand.Rand, n int) string {
	pieces := []string{"\r", "\n", "\r\n", "\r\n", "\r\n", "a", "bc", strings.Repeat("d", 60)}
	pieces = pieces[r.IntN(5):] // some texts then have no bare CR, and some only CRLF
	var b strings.Builder
	for range n {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func TestEveryWayToCRLF(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		text := randomLineEnds(r, r.IntN(30))
		want := lineEnd.ReplaceAllString(text, "\r\n")
		require.Equal(t, want == text, hasCRLF([]byte(text)), "%q", text)
		require.Equal(t, want, string(appendCRLF(nil, text, strings.IndexByte)), "%q", text)
		require.Equal(t, want, string(appendCRLF(nil, []byte(text), bytes.IndexByte)), "%q", text)

		var b bytes.Buffer
		c := &crlfWriter{w: &b}
		for rest := text; rest != ""; {
			n := 1 + r.IntN(len(rest))
			_, err := c.Write([]byte(rest[:n]))
			require.NoError(t, err)
			rest = rest[n:]
		}
		require.Equal(t, want, b.String(), "%q", text)

		lines := []string{text, randomLineEnds(r, r.IntN(4)), randomLineEnds(r, r.IntN(4))}
		want = ""
		for _, l := range lines {
			want += lineEnd.ReplaceAllString(l, "\r\n") + "\r\n"
		}
		require.Equal(t, want, string(joinLines(nil, lines)), "%q", lines)
	}
}

// A large message is converted block by block each time it is written. The conversion does
// not change the octets that the program has passed.
func TestBigRawMessagesToCRLF(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		body := randomLineEnds(r, 10000)
		for len(body) <= 2*smallRaw {
			body += randomLineEnds(r, 10000)
		}
		given := []byte("A: b\n\n" + body)
		before := bytes.Clone(given)
		m, err := NewRaw(given).Render(Options{})
		require.NoError(t, err)
		want := "A: b\r\n\r\n" + lineEnd.ReplaceAllString(body, "\r\n")
		if !strings.HasSuffix(want, "\r\n") {
			want += "\r\n"
		}
		require.True(t, want == string(written(t, m)))
		require.True(t, want == string(written(t, m)), "written again")
		require.Equal(t, before, given, "the program's octets have changed")
	}
}
