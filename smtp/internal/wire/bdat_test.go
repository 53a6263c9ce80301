// SPDX-License-Identifier: MIT

package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// unchunk reads BDAT commands as a server does.
func unchunk(t *testing.T, wire []byte) (content []byte, sizes []int) {
	for {
		head, rest, found := bytes.Cut(wire, []byte("\r\n"))
		require.True(t, found)
		fields := strings.Fields(string(head))
		require.Equal(t, "BDAT", fields[0])
		size, err := strconv.Atoi(fields[1])
		require.NoError(t, err)
		content = append(content, rest[:size]...)
		sizes = append(sizes, size)
		wire = rest[size:]
		if len(fields) == 3 {
			require.Equal(t, "LAST", fields[2])
			require.Empty(t, wire)
			return content, sizes
		}
	}
}

func TestChunks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{0, 1, 100, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2 * ChunkSize, 3*ChunkSize + 17} {
		in := make([]byte, size)
		for i := range in {
			in[i] = "\r\n.\x00a"[rnd.IntN(5)]
		}
		var out bytes.Buffer
		bw := bufio.NewWriter(&out)
		var told []string
		c := NewChunkWriter(bw, func(last bool, size int) error {
			told = append(told, fmt.Sprint(last, size))
			return bw.Flush()
		})
		c.Binary()
		for rest := in; len(rest) > 0; {
			n := min(1+rnd.IntN(100000), len(rest))
			m, err := c.Write(rest[:n])
			require.NoError(t, err)
			require.Equal(t, n, m)
			rest = rest[n:]
		}
		require.NoError(t, c.Close())
		got, sizes := unchunk(t, out.Bytes())
		require.True(t, bytes.Equal(in, got), "size %d", size)
		require.Len(t, sizes, max(1, (size+ChunkSize-1)/ChunkSize), "size %d: no chunk more than needed", size)
		require.Len(t, told, len(sizes))
		for i, n := range sizes {
			require.Equal(t, fmt.Sprint(i == len(sizes)-1, n), told[i])
		}

		out.Reset()
		c.Reset(bw)
		require.NoError(t, c.Close())
		got, _ = unchunk(t, out.Bytes())
		require.Empty(t, got, "nothing is left from the message before")
	}
}

func TestChunksPassErrorsOn(t *testing.T) {
	refused := errors.New("refused")
	c := NewChunkWriter(bufio.NewWriter(&bytes.Buffer{}), func(bool, int) error { return refused })
	_, err := c.Write(make([]byte, 3*ChunkSize))
	require.ErrorIs(t, err, refused)

	c = NewChunkWriter(bufio.NewWriter(&stopping{err: refused}), func(bool, int) error { return nil })
	_, err = c.Write(make([]byte, 3*ChunkSize))
	require.ErrorIs(t, err, refused)
}

// In a message that is not binary, every CR and LF belongs to a CRLF, no matter how the
// message is split into writes. A message with a bare CR or LF is not sent.
func TestChunksOfLines(t *testing.T) {
	const alphabet = "\r\na."
	var all func(prefix string, n int)
	all = func(prefix string, n int) {
		bare := strings.ContainsAny(strings.ReplaceAll(prefix, "\r\n", ""), "\r\n")
		for cut := 0; cut <= len(prefix); cut++ {
			var out bytes.Buffer
			bw := bufio.NewWriter(&out)
			c := NewChunkWriter(bw, func(bool, int) error { return bw.Flush() })
			_, err := c.Write([]byte(prefix[:cut]))
			if err == nil {
				_, err = c.Write([]byte(prefix[cut:]))
			}
			if err == nil {
				err = c.Close()
			}
			if bare {
				require.ErrorIs(t, CheckLines([]byte(prefix)), ErrBareLineEnd, "%q", prefix)
				require.ErrorIs(t, err, ErrBareLineEnd, "%q cut at %d", prefix, cut)
				require.Zero(t, out.Len(), "%q cut at %d", prefix, cut)
				continue
			}
			require.NoError(t, err, "%q cut at %d", prefix, cut)
			require.NoError(t, CheckLines([]byte(prefix)), "%q", prefix)
			got, _ := unchunk(t, out.Bytes())
			require.Equal(t, prefix, string(got))
		}
		if n > 0 {
			for _, b := range alphabet {
				all(prefix+string(b), n-1)
			}
		}
	}
	all("", 5)
}
