// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fragile is a server that offers PIPELINING, but ends the session if commands arrive
// between a message and its reply. If the field 'when' is "QUIT", only QUIT has this
// effect; if it is "after", the server sends the reply before it ends the session; if it is
// "BDAT", the server also offers CHUNKING. If 'loses' is set, the server does not deliver the
// message after which it ends the session.
type fragile struct {
	Server
	when  string // "MAIL", "QUIT", "BDAT", "after"
	loses bool
	mu    sync.Mutex
	mails []string // subjects, as delivered
	begun int      // sessions
}

func (f *fragile) start(t testing.TB) *fragile {
	f.Server = serve(t, f.talk)
	return f
}

func (f *fragile) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fragile) counts() (mails []string, sessions int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.mails...), f.begun
}

func (f *fragile) talk(c net.Conn) {
	f.note(func() { f.begun++ })
	in := bufio.NewReaderSize(c, 64<<10)
	io.WriteString(c, "220 fragile\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		subject, whole := "", false
		switch verb := strings.Fields(line)[0]; verb {
		case "EHLO":
			extensions := "250-fragile\r\n250 PIPELINING\r\n"
			if f.when == "BDAT" {
				extensions = "250-fragile\r\n250-CHUNKING\r\n250 PIPELINING\r\n"
			}
			io.WriteString(c, extensions)
			continue
		case "DATA":
			io.WriteString(c, "354 go\r\n")
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
				if s, found := strings.CutPrefix(line, "Subject: "); found {
					subject = strings.TrimSpace(s)
				}
			}
			whole = true
		case "BDAT":
			var size int64
			fmt.Sscanf(line, "BDAT %d", &size)
			text, _ := io.ReadAll(io.LimitReader(in, size))
			_, subject, _ = strings.Cut(strings.Split(string(text), "\r\n")[0], ": ")
			whole = true
		case "QUIT":
			io.WriteString(c, "221 bye\r\n")
			return
		}
		next, _ := in.Peek(in.Buffered())
		follows := len(next) > 0 && whole && (f.when != "QUIT" || strings.HasPrefix(string(next), "QUIT"))
		if whole && !(follows && f.loses) {
			f.note(func() { f.mails = append(f.mails, subject) })
		}
		if follows && f.when != "after" {
			return
		}
		io.WriteString(c, "250 2.0.0 OK\r\n")
		if follows {
			return
		}
	}
}

func numbered(n int, chunking bool) []Mail {
	mails := make([]Mail, n)
	for i := range mails {
		env := envelopeTo("rcpt@test.example")
		env.Chunking = chunking
		mails[i] = Mail{env, text(fmt.Sprintf("Subject: %d\r\n\r\nHello.\r\n", i))}
	}
	return mails
}

// sendAll sends a batch as a program would: it opens another session for the mails for
// which IsStale reports true, and does not send mails in doubt again.
func sendAll(t *testing.T, cfg *Config, mails []Mail) []Outcome {
	outcomes := make([]Outcome, len(mails))
	for from := 0; from < len(mails); {
		s, err := Dial(context.Background(), cfg)
		require.NoError(t, err)
		out := s.SendBatch(mails[from:])
		s.Quit()
		next := len(mails)
		for i := range out {
			if IsStale(out[i].Err) && from+i > 0 {
				next = from + i
				break
			}
			outcomes[from+i] = out[i].Outcome
		}
		require.Greater(t, next, from, "a session must get at least one mail done")
		from = next
	}
	return outcomes
}

// If a server fails because commands arrive between a message and its reply, the client
// waits for the reply to each message in the rest of the batch and in later batches.
func TestBatchAtAFragileServer(t *testing.T) {
	for _, when := range []string{"MAIL", "after", "BDAT"} {
		for _, loses := range []bool{false, true} {

			t.Run(fmt.Sprintf("%s/loses=%v", when, loses), func(t *testing.T) {
				t.Parallel()
				f := (&fragile{when: when, loses: loses && when != "after"}).start(t)
				cfg := &Config{Servers: []Server{f.Server}, Known: &Known{}, Timeouts: allOf(20 * time.Second)}
				doubts := 0
				const n = 40
				outcomes := sendAll(t, cfg, numbered(n, when == "BDAT"))
				for i, o := range outcomes {
					if o == InDoubt {
						doubts++
						continue
					}
					assert.Equal(t, Accepted, o, "mail %d", i)
				}
				switch when {
				case "MAIL":
					assert.Equal(t, InDoubt, outcomes[0])
					assert.Equal(t, 1, doubts)
				case "BDAT":
					assert.Equal(t, 2, doubts, "the second group has two mails")
				default:
					assert.Zero(t, doubts)
				}
				got, sessions := f.counts()
				assert.Equal(t, 2, sessions)
				seen := map[string]bool{}
				for _, subject := range got {
					assert.False(t, seen[subject], "mail %s came twice", subject)
					seen[subject] = true
				}
				for i, o := range outcomes {
					assert.True(t, o == InDoubt || seen[fmt.Sprint(i)], "mail %d is lost", i)
				}
				for _, o := range sendAll(t, cfg, numbered(5, when == "BDAT")) {
					assert.Equal(t, Accepted, o, "it is remembered")
				}
				_, sessions = f.counts()
				assert.Equal(t, 3, sessions)
			})
		}
	}
}

// A server that cannot handle commands between a message and its reply may also fail if
// QUIT is sent with the final dot.
func TestLastMailAtAFragileServer(t *testing.T) {
	f := (&fragile{when: "QUIT"}).start(t)
	cfg := &Config{Servers: []Server{f.Server}, Known: &Known{}, Timeouts: allOf(20 * time.Second)}
	for _, want := range []Outcome{InDoubt, Accepted, Accepted} {
		s, err := Dial(context.Background(), cfg)
		require.NoError(t, err)
		res, _ := s.SendLast(envelopeTo("rcpt@test.example"), hello)
		assert.Equal(t, want, res.Outcome)
		s.Quit()
	}
}

// If a server fails even if nothing is sent between a message and its reply, the client
// does not open a third session: two mails are in doubt, and the others are not sent.
func TestBatchAtAServerThatAlwaysFails(t *testing.T) {
	server := serve(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		io.WriteString(c, "220 a\r\n")
		for data := false; ; {
			line, err := in.ReadString('\n')
			switch {
			case err != nil || line == ".\r\n":
				return
			case data:
			case strings.HasPrefix(line, "EHLO"):
				io.WriteString(c, "250-a\r\n250 PIPELINING\r\n")
			case line == "DATA\r\n":
				data = true
				io.WriteString(c, "354 go\r\n")
			default:
				io.WriteString(c, "250 ok\r\n")
			}
		}
	})
	cfg := &Config{Servers: []Server{server}, Known: &Known{}, Timeouts: allOf(20 * time.Second)}
	outcomes := sendAll(t, cfg, numbered(5, false))
	assert.Equal(t, []Outcome{InDoubt, InDoubt, NotSent, NotSent, NotSent}, outcomes)
}

// Known keeps a limited number of servers for a limited time, and may be used by several
// goroutines.
func TestKnown(t *testing.T) {
	k := &Known{}
	now := time.Now()
	var all sync.WaitGroup
	for i := range 2 * mostKnown {
		all.Add(1)
		go func() {
			defer all.Done()
			k.noteWait(fmt.Sprint(i), now.Add(time.Duration(i)*time.Second))
			k.mustWait("another", now)
		}()
	}
	all.Wait()
	assert.Len(t, k.waits, mostKnown)
	last := fmt.Sprint(2*mostKnown - 1)
	assert.True(t, k.mustWait(last, now))
	assert.False(t, k.mustWait(last, now.Add(2*knownFor)))
	assert.Len(t, k.waits, mostKnown-1)
	k.noteSlow("a", true, now)
	assert.True(t, k.isSlow("a", now.Add(knownFor)))
	assert.False(t, k.isSlow("a", now.Add(2*knownFor)))
	assert.Empty(t, k.slow)
	k.noteWait("a", now)
	k.Forget()
	assert.False(t, k.mustWait("a", now))
	(*Known)(nil).noteWait("a", now)
	assert.False(t, (*Known)(nil).mustWait("a", now))
}

// A session assumes that the server is as slow or as fast as it was at the end of the previous
// session.
func TestKnownSlowServer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("sessions wait for replies on their threads only on Linux")
	}
	var delay atomic.Int64
	server := serve(t, func(c net.Conn) {
		in := bufio.NewScanner(c)
		reply := func(text string) { time.Sleep(time.Duration(delay.Load())); io.WriteString(c, text) }
		reply("220 test\r\n")
		for in.Scan() {
			if in.Text() == "QUIT" {
				reply("221 bye\r\n")
				return
			}
			reply("250 ok\r\n")
		}
	})
	known := &Known{}
	session := func() (began, ended bool) {
		s, err := Dial(t.Context(), &Config{Servers: []Server{server}, OnThread: true, Known: known})
		require.NoError(t, err)
		began = s.wasSlow
		for range 50 { // on a busy machine, single replies are slow
			require.NoError(t, s.Noop())
		}
		ended = s.link.Slow()
		require.NoError(t, s.Quit())
		return began, ended
	}
	delay.Store(int64(10 * time.Millisecond))
	began, ended := session()
	assert.False(t, began)
	assert.True(t, ended)
	began, ended = session()
	assert.True(t, began)
	assert.True(t, ended)
	delay.Store(0)
	began, _ = session()
	assert.True(t, began)
	require.Eventually(t, func() bool { // the replies of a busy machine can be slow
		began, _ = session()
		return !began
	}, time.Minute, time.Millisecond)
	known.Forget()
	assert.Empty(t, known.slow)
}
