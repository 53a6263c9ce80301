// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sunk contains what a sink has received.
type sunk struct {
	commands strings.Builder // each line as received
	messages []sunkMessage
	open     bool // whether the last message is incomplete
}

type sunkMessage struct {
	text    string // as received, without the final dot
	chunked bool
	binary  bool
}

// sink starts a server that accepts and records everything. The server listens on a Unix
// socket, because hundreds of runs per second would use up the TCP ports. 'heard' stops the
// server and returns what it has received.
func sink(t testing.TB, path, extensions string) (heard func() *sunk) {
	l, err := net.Listen("unix", path)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	s := &sunk{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.SetDeadline(time.Now().Add(time.Minute))
			s.drop() // the last session may have been aborted
			s.serve(bufio.NewReader(conn), conn, extensions)
			conn.Close()
		}
	}()
	return func() *sunk {
		l.Close()
		<-done
		return s
	}
}

func (s *sunk) serve(in *bufio.Reader, out io.Writer, extensions string) {
	answer, recipients, lmtp, binary := "220 sink\r\n", 0, false, false
	const yes = "250 2.0.0 yes\r\n"
	for {
		if _, err := io.WriteString(out, answer); err != nil {
			return
		}
		line, err := in.ReadString('\n')
		s.commands.WriteString(line)
		if err != nil {
			return
		}
		answer = yes
		ended := false
		switch verb, rest, _ := strings.Cut(strings.TrimSuffix(line, "\r\n"), " "); verb {
		case "EHLO", "LHLO":
			lmtp = verb == "LHLO"
			answer = "250-sink\r\n" + extensions + "250 HELP\r\n"
		case "AUTH":
			answer = "235 in\r\n"
		case "MAIL":
			recipients, binary = 0, strings.Contains(line, "BODY=BINARYMIME")
		case "RCPT":
			recipients++
		case "DATA":
			if _, err := io.WriteString(out, "354 go\r\n"); err != nil {
				return
			}
			s.open = true
			text, ok := untilDot(in)
			s.messages = append(s.messages, sunkMessage{text: text})
			if !ok {
				return
			}
			ended = true
		case "BDAT":
			size, last := bdatSize(rest)
			text := make([]byte, size)
			n, err := io.ReadFull(in, text)
			if !s.open {
				s.messages = append(s.messages, sunkMessage{chunked: true, binary: binary})
			}
			s.open = true
			s.messages[len(s.messages)-1].text += string(text[:n])
			if err != nil {
				return
			}
			ended = last
		case "RSET":
			s.drop()
		case "QUIT":
			answer = "221 bye\r\n"
		}
		if ended {
			s.open = false
			if lmtp {
				answer = strings.Repeat(yes, recipients)
			}
		}
	}
}

// drop discards an incomplete message.
func (s *sunk) drop() {
	if s.open {
		s.open = false
		s.messages = s.messages[:len(s.messages)-1]
	}
}

// untilDot reads a message up to the line with a single dot, which it discards.
func untilDot(in *bufio.Reader) (text string, ok bool) {
	var all strings.Builder
	for {
		line, err := in.ReadString('\n')
		if line == ".\r\n" {
			return all.String(), true
		}
		all.WriteString(line)
		if err != nil {
			return all.String(), false
		}
	}
}

// bdatSize parses the argument of BDAT, such as "1234 LAST".
func bdatSize(argument string) (size int, last bool) {
	digits, rest, _ := strings.Cut(argument, " ")
	for _, d := range digits {
		if d < '0' || d > '9' || size > 1<<24 {
			return 0, false
		}
		size = size*10 + int(d-'0')
	}
	return size, rest == "LAST"
}
