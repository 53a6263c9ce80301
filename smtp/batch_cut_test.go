// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// cutter receives mail, and ends the connection after it has read or written a given
// number of octets. A mail counts as delivered once its last octet has been read.
type cutter struct {
	reads, writes int // how many more octets may be read and written; negative: no limit
	mu            sync.Mutex
	delivered     map[string]int
}

var errCut = errors.New("cut")

func (c *cutter) talk(conn net.Conn, ehlo string) {
	in := bufio.NewReader(&cutReader{c, conn})
	say := func(text string) bool {
		n := len(text)
		if c.writes >= 0 {
			n = min(n, c.writes)
			c.writes -= n
		}
		_, err := io.WriteString(conn, text[:n])
		return err == nil && n == len(text)
	}
	deliver := func(content string) {
		c.mu.Lock()
		c.delivered[strings.TrimSpace(content[len("Subject: "):])]++
		c.mu.Unlock()
	}
	answer := "220 cutter\r\n"
	for say(answer) {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer = "250 2.0.0 Ok\r\n"
		switch {
		case strings.HasPrefix(line, "EHLO"):
			answer = ehlo
		case line == "DATA\r\n":
			if !say("354 go\r\n") {
				return
			}
			content := ""
			for line = ""; line != ".\r\n"; content += line {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			deliver(strings.TrimSuffix(content, ".\r\n"))
		case strings.HasPrefix(line, "BDAT"):
			size, _ := strconv.Atoi(strings.Fields(line)[1])
			chunk := make([]byte, size)
			if _, err := io.ReadFull(in, chunk); err != nil {
				return
			}
			deliver(string(chunk))
		}
	}
}

type cutReader struct {
	*cutter
	conn net.Conn
}

func (r *cutReader) Read(p []byte) (int, error) {
	if r.reads < 0 {
		return r.conn.Read(p)
	}
	if r.reads == 0 {
		return 0, errCut
	}
	n, err := r.conn.Read(p[:min(len(p), r.reads)])
	r.reads -= n
	return n, err
}

// For each octet of a batch, in both directions, the connection is cut after this octet. A
// delivered mail is never reported as safe to retry, and a mail that is reported as
// accepted has been delivered.
func TestBatchCutAtEveryOctet(t *testing.T) {
	for name, c := range map[string]struct {
		extensions string
		chunking   bool
		inDoubt    int
	}{
		"stepwise":  {"", false, 1},
		"pipelined": {"250-PIPELINING\r\n", false, 1},
		"group":     {"250-PIPELINING\r\n250-CHUNKING\r\n", true, 3},
	} {
		for _, replies := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", name, replies), func(t *testing.T) {
				t.Parallel()
				for octets, done := 0, false; !done; octets++ {
					require.Less(t, octets, 2000)
					cut := &cutter{reads: -1, writes: -1, delivered: map[string]int{}}
					if replies {
						cut.writes = octets
					} else {
						cut.reads = octets
					}
					done = sendCut(t, cut, "250-cutter\r\n"+c.extensions+"250 8BITMIME\r\n", c.chunking, c.inDoubt)
				}
			})
		}
	}
}

// sendCut sends three mails to a server that 'cut' plays, and checks their results. At most
// 'most' mails may be in doubt. sendCut reports whether all mails were accepted.
func sendCut(t *testing.T, cut *cutter, ehlo string, chunking bool, most int) bool {
	over := make(chan struct{})
	server := serve(t, func(c net.Conn) {
		defer close(over)
		defer c.Close()
		cut.talk(c, ehlo)
	})
	s, err := Dial(context.Background(), &Config{Servers: []Server{server}, LocalName: "a.example", Timeouts: patient()})
	if err != nil {
		return false
	}
	mails := make([]Mail, 3)
	for i := range mails {
		env := envelopeTo("b@x.example")
		env.Chunking = chunking
		mails[i] = Mail{env, text(fmt.Sprintf("Subject: %d\r\n", i))}
	}
	out := s.SendBatch(mails)
	s.Close()
	<-over
	doubts, accepted := 0, 0
	for i, d := range out {
		got := cut.delivered[strconv.Itoa(i)]
		where := fmt.Sprintf("mail %d, %d octets in, %d out: %v %v", i, cut.reads, cut.writes, d.Outcome, d.Err)
		require.LessOrEqual(t, got, 1, where)
		require.Equal(t, d.Outcome == InDoubt, errors.Is(d.Err, ErrInDoubt), where)
		require.Equal(t, d.Outcome == Accepted, d.Err == nil, where)
		require.False(t, IsStale(d.Err) && d.Outcome != NotSent, where)
		switch d.Outcome {
		case Accepted:
			accepted++
			require.Equal(t, 1, got, where)
			require.Equal(t, i+1, accepted, where)
		case NotSent:
			require.Zero(t, got, where)
			require.True(t, d.SafeToRetry(), where)
		case InDoubt:
			doubts++
		default:
			t.Fatal(where)
		}
	}
	require.LessOrEqual(t, doubts, most)
	return accepted == 3
}
