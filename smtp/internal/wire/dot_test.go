// SPDX-License-Identifier: MIT

package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainDots returns the output that a DotWriter must write for an input. It is a simple
// implementation. The tests compare DotWriter with it.
func plainDots(in []byte) string {
	s := strings.ReplaceAll(string(in), "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	if s == "" {
		return ".\r\n"
	}
	s = strings.TrimSuffix(s, "\n")
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = "." + l
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n.\r\n"
}

// dotted returns the output of a DotWriter for an input. It divides the input at the
// indexes in cuts, and writes each part separately.
func dotted(t testing.TB, in []byte, buffer int, cuts ...int) string {
	var out bytes.Buffer
	bw := bufio.NewWriterSize(&out, buffer)
	d := NewDotWriter(bw)
	from := 0
	for _, cut := range append(cuts, len(in)) {
		n, err := d.Write(in[from:cut])
		require.NoError(t, err)
		require.Equal(t, cut-from, n)
		from = cut
	}
	require.NoError(t, d.Close())
	require.NoError(t, bw.Flush())
	return out.String()
}

func TestDots(t *testing.T) {
	for in, want := range map[string]string{
		"":                    ".\r\n",
		"a":                   "a\r\n.\r\n",
		"a\r\n":               "a\r\n.\r\n",
		"a\n":                 "a\r\n.\r\n",
		"a\r":                 "a\r\n.\r\n",
		"\r\n":                "\r\n.\r\n",
		"\n":                  "\r\n.\r\n",
		"\r":                  "\r\n.\r\n",
		".":                   "..\r\n.\r\n",
		"..":                  "...\r\n.\r\n",
		".\r\n":               "..\r\n.\r\n",
		"a\r\n.\r\nb":         "a\r\n..\r\nb\r\n.\r\n",
		"a\n.\nb":             "a\r\n..\r\nb\r\n.\r\n",
		"a\r.\rb":             "a\r\n..\r\nb\r\n.\r\n",
		"a\n.\r\nQUIT":        "a\r\n..\r\nQUIT\r\n.\r\n",
		"a\r\n.\nQUIT":        "a\r\n..\r\nQUIT\r\n.\r\n",
		"a\r\n.\rQUIT":        "a\r\n..\r\nQUIT\r\n.\r\n",
		"a\r\r\nb":            "a\r\n\r\nb\r\n.\r\n",
		"a\n\rb":              "a\r\n\r\nb\r\n.\r\n",
		"a.b\r\nc.\r\n":       "a.b\r\nc.\r\n.\r\n",
		"\x00\xff\r\n.\x00\n": "\x00\xff\r\n..\x00\r\n.\r\n",
	} {
		require.Equal(t, want, plainDots([]byte(in)), "the model, for %q", in)
		require.Equal(t, want, dotted(t, []byte(in), 16), "%q", in)
		for cut := range len(in) + 1 {
			require.Equal(t, want, dotted(t, []byte(in), 16, cut), "%q cut at %d", in, cut)
			for second := cut; second <= len(in); second++ {
				require.Equal(t, want, dotted(t, []byte(in), 16, cut, second), "%q cut at %d and %d", in, cut, second)
			}
		}
	}
}

// Every text of six octets from the alphabet is converted correctly, wherever it is split.
func TestDotsExhaustively(t *testing.T) {
	const alphabet = "\r\n.a"
	var in [6]byte
	for n := range 4096 {
		for i := range in {
			in[i] = alphabet[n>>(2*i)&3]
		}
		want := plainDots(in[:])
		for cut := range len(in) + 1 {
			if got := dotted(t, in[:], 16, cut); got != want {
				t.Fatalf("%q cut at %d: %q, want %q", in, cut, got, want)
			}
		}
	}
}

func TestDotsRandomly(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"\r\n", "\n", "\r", ".", "a", strings.Repeat("b", 76) + "\r\n", strings.Repeat("c", 5000), "\r\n.\r\n"}
	for range 2000 {
		var in []byte
		for range rnd.IntN(40) {
			in = append(in, pieces[rnd.IntN(len(pieces))]...)
		}
		var cuts []int
		for at := 0; at < len(in); at += 1 + rnd.IntN(3000) {
			cuts = append(cuts, at)
		}
		check(t, in, dotted(t, in, 16+rnd.IntN(5000), cuts...))
	}
}

// check compares the output 'got' with the result of plainDots, and checks the rules that a
// server relies on.
func check(t testing.TB, in []byte, got string) {
	if want := plainDots(in); got != want {
		t.Fatalf("%.300q: got %.300q, want %.300q", in, got, want)
	}
	bare := strings.ReplaceAll(got, "\r\n", "")
	if strings.ContainsAny(bare, "\r\n") {
		t.Fatalf("bare CR or LF in %.300q", got)
	}
	if got != ".\r\n" && strings.Index(got, "\r\n.\r\n") != len(got)-5 {
		t.Fatalf("not exactly one terminator in %.300q", got)
	}
}

func FuzzDotWriter(f *testing.F) {
	f.Add([]byte("a\r\n.\r\nb"), uint16(3), uint8(7))
	f.Add([]byte("\r.\n.\r\n"), uint16(1), uint8(0))
	f.Fuzz(func(t *testing.T, in []byte, step uint16, buffer uint8) {
		var cuts []int
		for at := int(step); step > 0 && at < len(in); at += int(step) {
			cuts = append(cuts, at)
		}
		check(t, in, dotted(t, in, 16+int(buffer), cuts...))
	})
}

func TestDotsPassErrorsOn(t *testing.T) {
	full := errors.New("full")
	for _, in := range []string{strings.Repeat("x", 100), strings.Repeat("\n", 100), strings.Repeat(".\r\n", 100), strings.Repeat("\r", 100)} {
		d := NewDotWriter(bufio.NewWriterSize(&stopping{err: full}, 16))
		n, err := d.Write([]byte(in))
		require.ErrorIs(t, err, full)
		require.Less(t, n, len(in))
		require.ErrorIs(t, d.Close(), full)
	}
}

type stopping struct{ err error }

func (s *stopping) Write([]byte) (int, error) { return 0, s.err }

func BenchmarkDotWriter(b *testing.B) {
	base64 := bytes.Repeat([]byte(strings.Repeat("QUJD", 19)+"\r\n"), 16384/78)
	text := bytes.Repeat([]byte("A line of ordinary text, as people write it.\r\n.\r\n\r\n"), 16384/51)
	unix := bytes.Repeat([]byte("A line of ordinary text, as people write it.\n"), 16384/45)
	for _, bench := range []struct {
		name string
		data []byte
	}{{"base64", base64}, {"text", text}, {"LF", unix}} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.data)))
			b.ReportAllocs()
			bw := bufio.NewWriterSize(io.Discard, 16<<10)
			d := NewDotWriter(bw)
			for b.Loop() {
				d.Write(bench.data)
			}
		})
	}
}

// WriteClean writes the same octets as Write, although it does not check them.
func TestWriteClean(t *testing.T) {
	pieces := []string{"", "QUJD", "QUJDRA==\r\n", "\r\n", "abc\r\nde", ".", "..\r\n", "x\r", "\n", "a\n.b", "QUJD\r\nQUJD"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var checked, unchecked, chunked, plain bytes.Buffer
		d := [2]*DotWriter{NewDotWriter(bufio.NewWriterSize(&checked, 64)), NewDotWriter(bufio.NewWriterSize(&unchecked, 64))}
		bw := [2]*bufio.Writer{bufio.NewWriter(&chunked), bufio.NewWriter(&plain)}
		c := [2]*ChunkWriter{}
		for i := range c {
			c[i] = NewChunkWriter(bw[i], func(bool, int) error { return nil })
		}
		failed := [2]error{}
		for range 1 + random.IntN(6) {
			p := []byte(pieces[random.IntN(len(pieces))])
			_, err := d[0].Write(p)
			require.NoError(t, err)
			if clean := !bytes.Contains(p, []byte(".")) && CheckLines(p) == nil && !bytes.HasPrefix(p, []byte("\n")); clean {
				_, err = d[1].WriteClean(p)
				_, failed[1] = c[1].WriteClean(p)
			} else {
				_, err = d[1].Write(p)
				_, failed[1] = c[1].Write(p)
			}
			require.NoError(t, err)
			_, failed[0] = c[0].Write(p)
			require.Equal(t, failed[0], failed[1])
			if failed[0] != nil {
				break
			}
		}
		refused := failed[0] != nil
		for i := range 2 {
			require.NoError(t, d[i].Close())
			require.NoError(t, d[i].w.Flush())
			if !refused {
				failed[i] = c[i].Close()
			}
			require.NoError(t, bw[i].Flush())
		}
		require.Equal(t, failed[0], failed[1])
		require.Equal(t, checked.String(), unchecked.String())
		require.Equal(t, chunked.String(), plain.String())
	}
}
