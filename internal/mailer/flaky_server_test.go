// SPDX-License-Identifier: MIT

package mailer

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// world records what happened at several flaky servers. The test compares this record with
// the results that the library reports.
type world struct {
	mu        sync.Mutex
	delivered map[string]int             // by mail and recipient
	ids       map[string]map[string]bool // Message-IDs by mail
	mayDoubt  bool                       // whether the outcome of a mail can be unknown to the client
	log       []string
	open      int // the number of open sessions
}

// settle waits until no session is open. A server may accept a canceled connection after settle
// has returned. Such a session ends without a command.
func (w *world) settle(t *testing.T) {
	require.Eventually(t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.open == 0
	}, soon, time.Millisecond, "sessions of the servers do not end")
}

func (w *world) note(format string, a ...any) {
	w.mu.Lock()
	w.log = append(w.log, fmt.Sprintf(format, a...))
	w.mu.Unlock()
}

// flaky is a server with random faults. At each step, it can reply 4yz, 5yz or 421, reply
// that a limit is exceeded, or close the connection before or after its reply. Otherwise it
// accepts mail.
type flaky struct {
	*world
	name       string
	rnd        *rand.Rand
	oneIn      int // the probability of a fault at a step is 1/oneIn; 0: no faults
	extensions []string
	rcptLimit  int    // the maximum number of recipients in a transaction; 0: no limit
	rcptReply  string // the reply to a recipient that exceeds rcptLimit
	mailLimit  int    // the maximum number of mails in a session; 0: no limit
	mailReply  string
	silent     bool // whether one of the faults is that the server stops replying

	sessions int
}

// flakySession is one session of a flaky server.
type flakySession struct {
	*flaky
	conn   net.Conn
	in     *bufio.Reader
	mails  int
	mail   string // "" if no transaction is open
	rcpts  []string
	asked  int
	chunks []byte
}

func (f *flaky) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		f.begin()
		go func() {
			defer f.end()
			defer c.Close()
			s := &flakySession{flaky: f, conn: c, in: bufio.NewReader(c)}
			s.talk()
		}()
	}
}

func (f *flaky) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions++
	f.open++
}

func (f *flaky) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open--
}

// accepted returns the number of sessions that have begun.
func (f *flaky) accepted() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sessions
}

// say writes the reply in 'right', unless a fault occurs. The result ok reports whether say
// has written this reply. The result 'on' reports whether the session continues. The
// parameter committed says that the mail was already delivered: a fault then leaves the mail
// in doubt.
func (s *flakySession) say(step, right string, committed bool) (ok, on bool) {
	fault := ""
	s.mu.Lock()
	if s.oneIn > 0 && s.rnd.IntN(s.oneIn) == 0 {
		faults := []string{"cut", "cut after", "421", "451", "452", "550"}
		if s.silent {
			faults = append(faults, "silent")
		}
		if committed || step == "BDAT" {
			faults = []string{"cut", "cut after"}
		}
		fault = faults[s.rnd.IntN(len(faults))]
	}
	if (fault == "cut" || fault == "cut after") && (committed || step == "DATA" || slices.Contains(s.extensions, "CHUNKING")) {
		s.mayDoubt = true // the whole message may have been sent
	}
	s.mu.Unlock()
	s.note("%s %s: %s %q", s.name, step, right, fault)
	switch fault {
	case "cut":
		return false, false
	case "silent":
		s.mu.Lock()
		s.mayDoubt = true
		s.mu.Unlock()
		_, _ = io.Copy(io.Discard, s.in)
		return false, false
	case "421":
		fmt.Fprintf(s.conn, "421 4.3.2 Closing\r\n")
		return false, false
	case "451", "452", "550":
		_, err := fmt.Fprintf(s.conn, "%s %s.3.0 Not this one\r\n", fault, fault[:1])
		return false, err == nil
	}
	_, err := io.WriteString(s.conn, right+"\r\n")
	return true, err == nil && fault == ""
}

func (s *flakySession) reset() { s.mail, s.rcpts, s.asked, s.chunks = "", nil, 0, nil }

func (s *flakySession) talk() {
	if _, on := s.say("greeting", "220 flaky", false); !on {
		return
	}
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		on := true
		switch verb {
		case "EHLO":
			_, on = s.say(verb, "250-flaky\r\n250-"+strings.Join(append(s.extensions, "8BITMIME"), "\r\n250-")+"\r\n250 HELP", false)
		case "HELO":
			_, on = s.say(verb, "250 flaky", false)
		case "MAIL":
			on = s.startMail(rest)
		case "RCPT":
			on = s.rcpt(rest)
		case "DATA":
			on = s.data()
		case "BDAT":
			on = s.bdat(rest)
		case "RSET":
			s.reset()
			_, err = io.WriteString(s.conn, "250 2.0.0 Reset\r\n")
		case "QUIT":
			_, _ = io.WriteString(s.conn, "221 2.0.0 Bye\r\n")
			return
		default:
			_, err = io.WriteString(s.conn, "500 5.5.1 What\r\n")
		}
		if !on || err != nil {
			return
		}
	}
}

func (s *flakySession) startMail(rest string) bool {
	if s.mailLimit > 0 && s.mails >= s.mailLimit {
		s.note("%s MAIL: %s", s.name, s.mailReply)
		_, err := io.WriteString(s.conn, s.mailReply+"\r\n")
		return err == nil && !strings.HasPrefix(s.mailReply, "421")
	}
	ok, on := s.say("MAIL "+rest, "250 2.1.0 Ok", false)
	if ok {
		s.reset()
		s.mails++
		s.mail = strings.TrimPrefix(strings.Split(rest, "@")[0], "FROM:<")
	}
	return on
}

func (s *flakySession) rcpt(rest string) bool {
	if s.mail == "" {
		_, err := io.WriteString(s.conn, "503 5.5.1 MAIL first\r\n")
		return err == nil
	}
	if s.asked++; s.rcptLimit > 0 && len(s.rcpts) >= s.rcptLimit {
		_, err := io.WriteString(s.conn, s.rcptReply+"\r\n")
		return err == nil
	}
	to := strings.TrimSuffix(strings.TrimPrefix(rest, "TO:<"), ">")
	ok, on := s.say("RCPT "+to, "250 2.1.5 Ok", false)
	if ok {
		s.rcpts = append(s.rcpts, to)
	}
	return on
}

func (s *flakySession) data() bool {
	if len(s.rcpts) == 0 {
		_, err := io.WriteString(s.conn, "503 5.5.1 RCPT first\r\n")
		return err == nil
	}
	ok, on := s.say("DATA", "354 Go on", false)
	if !ok || !on {
		return on
	}
	var content strings.Builder
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			return s.judge(content.String())
		}
		content.WriteString(line)
	}
}

func (s *flakySession) bdat(rest string) bool {
	size, last, _ := strings.Cut(rest, " ")
	n, _ := strconv.Atoi(size)
	chunk := make([]byte, n)
	if _, err := io.ReadFull(s.in, chunk); err != nil {
		return false
	}
	if len(s.rcpts) == 0 {
		_, err := io.WriteString(s.conn, "503 5.5.1 RCPT first\r\n")
		return err == nil
	}
	s.chunks = append(s.chunks, chunk...)
	if last == "LAST" {
		return s.judge(string(s.chunks))
	}
	_, on := s.say("BDAT", "250 2.0.0 Ok", false)
	return on
}

// judge delivers the message or, at random, refuses it. It reports whether the session
// continues.
func (s *flakySession) judge(content string) bool {
	s.mu.Lock()
	refuse := s.oneIn > 0 && s.rnd.IntN(2*s.oneIn) == 0
	code := []string{"451 4.3.0", "550 5.7.1", "452 4.3.1", "421 4.3.2"}[s.rnd.IntN(4)]
	if !refuse {
		for _, to := range s.rcpts {
			s.delivered[s.mail+" "+to]++
		}
		if s.ids[s.mail] == nil {
			s.ids[s.mail] = map[string]bool{}
		}
		for line := range strings.Lines(content) {
			if strings.HasPrefix(line, "Message-ID: ") {
				s.ids[s.mail][line] = true
			}
		}
	}
	s.mu.Unlock()
	if refuse {
		s.note("%s refuses %s: %s", s.name, s.mail, code)
		_, err := io.WriteString(s.conn, code+" Not this message\r\n")
		s.reset()
		return err == nil && code[:3] != "421"
	}
	s.note("%s delivers %s to %q", s.name, s.mail, s.rcpts)
	s.reset()
	_, on := s.say("end", "250 2.0.0 Ok: queued", true)
	return on
}
