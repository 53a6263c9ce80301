// SPDX-License-Identifier: MIT

package message

import (
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The memory of a message that still exists is not used for another message.
func TestMessagesShareNoMemory(t *testing.T) {
	var all []*Rendered
	var want []string
	for i := range 20 {
		m := small()
		m.Subject = strings.Repeat("x", 1+i*37)
		m.Lines = []string{strings.Repeat("y", 1+i*53)}
		if i%3 == 0 {
			m.HTML = "<p>" + m.Subject
			m.Calendar = &Calendar{Data: "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"}
		}
		r, err := m.Render(Options{UTF8: true})
		require.NoError(t, err)
		var b strings.Builder
		_, err = r.WriteTo(&b)
		require.NoError(t, err)
		all, want = append(all, r), append(want, b.String())
	}
	for i, r := range all {
		var b strings.Builder
		_, err := r.WriteTo(&b)
		require.NoError(t, err)
		require.Equal(t, want[i], b.String())
		require.Equal(t, []string{"recipient0@bench.example"}, r.Recipients())
	}
}

func TestKeepID(t *testing.T) {
	m := small()
	r, err := m.Render(Options{KeepID: true})
	require.NoError(t, err)
	require.NotEmpty(t, r.MessageID())
	require.Empty(t, m.MessageID)
}

func TestAllocationsOfSmallMessage(t *testing.T) {
	m := small()
	fewest := math.Inf(1)
	for range 50 { // the race detector makes a sync.Pool forget memory at random
		fewest = min(fewest, testing.AllocsPerRun(1, func() {
			m.MessageID = ""
			r, err := m.Render(Options{UTF8: true})
			if err == nil {
				_, err = r.WriteTo(io.Discard)
			}
			require.NoError(t, err)
			r.Release()
		}))
	}
	require.LessOrEqual(t, fewest, 3.0) // one for the Message-ID, one for WriteTo, and one more with the race detector
}
