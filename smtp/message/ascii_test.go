// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"testing"

	"csmtp/smtp/internal/text"

	"github.com/stretchr/testify/require"
)

func TestASCIIInPieces(t *testing.T) {
	for n := range 40 {
		b := []byte(strings.Repeat("\x7f", n))
		require.True(t, text.IsASCII(b))
		require.Zero(t, countHigh(b))
		for i := range b {
			b[i] |= 0x80
			require.False(t, text.IsASCII(b), "%d of %d", i, n)
			require.Equal(t, i+1, countHigh(b))
		}
		for i := range b {
			b[i] = 0x80
			require.False(t, text.IsASCII(b[i:]))
			b[i] = 0
			require.Equal(t, n-i-1, countHigh(b))
		}
	}
}

func TestPrintable(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			b := []byte(strings.Repeat("~", 20))
			b[at] = byte(c)
			want := 16
			if c < ' ' || c >= 0x7f {
				want = min(want, at/8*8)
			}
			require.Equal(t, want, printable(b), "0x%02x at %d", c, at)
		}
	}
}

func TestLinesFit(t *testing.T) {
	most := strings.Repeat("x", longest)
	for text, want := range map[string]bool{
		"": true, most: true, most + "\r\n": true, most + "x": false, most + "x\r\n": false,
		"a\r\n" + most + "\r\nb\r\n": true, "a\r\n" + most + "x\r\nb\r\n": false,
		most + "\r\n" + most: true, most + "\r\n" + most + "x": false, most + "\r\n" + most + "\r\n": true,
	} {
		require.Equal(t, want, linesFit([]byte(text)), "%d octets", len(text))
	}
}
