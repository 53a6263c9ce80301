// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASCIIWhereverItEnds(t *testing.T) {
	for n := range 40 {
		text := []byte(strings.Repeat("\x7f", n))
		require.True(t, allASCII(text))
		require.Zero(t, countHigh(text))
		for i := range text {
			text[i] |= 0x80
			require.False(t, allASCII(text), "%d of %d", i, n)
			require.Equal(t, i+1, countHigh(text))
		}
		for i := range text {
			text[i] = 0x80
			require.False(t, allASCII(text[i:]))
			text[i] = 0
			require.Equal(t, n-i-1, countHigh(text))
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
