// SPDX-License-Identifier: MIT

package wire

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLines(t *testing.T) {
	text := "250-one\r\n250 two\n\r\n\nthree\rfour\r\r\n" + strings.Repeat("x", MaxLine) + "\r\n"
	want := []string{"250-one", "250 two", "", "", "three\rfour\r", strings.Repeat("x", MaxLine)}
	for name, src := range map[string]io.Reader{
		"whole":   strings.NewReader(text),
		"octets":  iotest.OneByteReader(strings.NewReader(text)),
		"halves":  iotest.HalfReader(strings.NewReader(text)),
		"dataerr": iotest.DataErrReader(strings.NewReader(text)),
	} {
		r := NewReader(src)
		for i, w := range want {
			line, err := r.Line()
			require.NoError(t, err, "%s line %d", name, i)
			require.Equal(t, w, string(line), "%s line %d", name, i)
		}
		_, err := r.Line()
		require.Equal(t, io.EOF, err, name)
	}
}

func TestLineTooLong(t *testing.T) {
	for _, end := range []string{"\n", ""} {
		r := NewReader(strings.NewReader(strings.Repeat("x", MaxLine+1) + end + strings.Repeat("y", MaxLine)))
		_, err := r.Line()
		require.ErrorIs(t, err, ErrLineTooLong)
	}
	r := NewReader(iotest.OneByteReader(endless('x')))
	_, err := r.Line()
	require.ErrorIs(t, err, ErrLineTooLong)
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestLineCutShort(t *testing.T) {
	r := NewReader(strings.NewReader("250 o"))
	_, err := r.Line()
	require.Equal(t, io.ErrUnexpectedEOF, err)

	broken := errors.New("broken")
	r = NewReader(io.MultiReader(strings.NewReader("250 ok\r\n25"), iotest.ErrReader(broken)))
	line, err := r.Line()
	require.NoError(t, err)
	require.Equal(t, "250 ok", string(line))
	_, err = r.Line()
	require.Equal(t, broken, err)
	require.Equal(t, 2, r.Buffered())
}

func TestBuffered(t *testing.T) {
	r := NewReader(strings.NewReader("220 a\r\n250 b\r\n25"))
	assert.False(t, r.HasLine())
	assert.Zero(t, r.Buffered())
	require.NoError(t, r.Fill())
	assert.True(t, r.HasLine())
	_, err := r.Line()
	require.NoError(t, err)
	assert.Equal(t, 9, r.Buffered())
	_, err = r.Line()
	require.NoError(t, err)
	assert.False(t, r.HasLine())
	assert.Equal(t, 2, r.Buffered())
	r.Reset(strings.NewReader("354 c\n"))
	line, err := r.Line()
	require.NoError(t, err)
	assert.Equal(t, "354 c", string(line))
}

// If a source repeatedly returns neither octets nor an error, Fill returns an error.
func TestNoProgress(t *testing.T) {
	_, err := NewReader(idle{}).Line()
	require.ErrorIs(t, err, io.ErrNoProgress)
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }
