// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"io"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// pausing is a message. The field 'at' maps numbers of lines to functions: before such a
// line, WriteTo pauses and then calls the function.
type pausing struct {
	lines int
	pause time.Duration
	at    map[int]func()
}

func (p pausing) Size() int64 { return int64(p.lines) * 1000 }

func (p pausing) WriteTo(w io.Writer) (int64, error) {
	line := append(bytes.Repeat([]byte("a"), 998), "\r\n"...)
	total := int64(0)
	for i := range p.lines + 1 {
		if f := p.at[i]; f != nil {
			time.Sleep(p.pause)
			f()
		}
		if i == p.lines {
			break
		}
		n, err := w.Write(line)
		if total += int64(n); err != nil {
			return total, err
		}
	}
	return total, nil
}

// A message is sent even if the pause before its end is longer than Timeouts.DataBlock.
// With TLS, the session still holds the last records when the pause begins, and writes them
// after the pause.
func TestPauseBeforeTheEndOfAMessage(t *testing.T) {
	for _, security := range []Security{NoSecurity, ImplicitTLS} {
		for _, chunking := range []bool{false, true} {
			server := mailServer(t, smtptest.MailOptions{Discard: true, NoAuth: true})
			cfg := configFor(server, security)
			cfg.Timeouts = patient()
			cfg.Timeouts.DataBlock = 500 * time.Millisecond
			s, err := Dial(t.Context(), cfg)
			require.NoError(t, err)
			_, err = s.Send(&Envelope{From: "alice@test.example", Recipients: []Recipient{{Address: "bob@test.example"}}, Chunking: chunking},
				pausing{lines: 100, pause: 1200 * time.Millisecond, at: map[int]func(){100: func() {}}})
			require.NoError(t, err, "security %v, chunking %v", security, chunking)
			require.NoError(t, s.Quit())
		}
	}
}
