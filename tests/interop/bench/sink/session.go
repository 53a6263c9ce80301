// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strconv"
	"sync"
)

// session is the session with one client. It buffers replies while more input is
// available, as a server that offers PIPELINING must do (RFC 2920).
type session struct {
	l       *listener
	conn    net.Conn // the wire, or the TLS connection over the wire
	in      []byte
	r, w    int // in[r:w] has been read but not processed
	out     []byte
	mailed  bool // whether 'out' contains a reply that accepts a mail
	secured bool
	ehlo    string
}

// buffers contains buffers to reuse, since allocating 64 KiB per connection would
// affect the figures.
var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

func newSession(l *listener, conn net.Conn) *session {
	s := &session{l: l, conn: newWire(conn, &l.counters, l.options.latency)}
	s.ehlo = l.options.ehlo(false)
	return s
}

func (s *session) run() {
	buffer := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buffer)
	s.in = buffer[:]
	defer func() { s.conn.Close() }()
	s.say("220 sink ESMTP")
	for {
		line, err := s.line()
		if err != nil || !s.obey(line) {
			return
		}
	}
}

// fill sends the buffered replies and reads more input.
func (s *session) fill() error {
	if err := s.flush(); err != nil {
		return err
	}
	if s.r == s.w {
		s.r, s.w = 0, 0
	} else if s.w == len(s.in) {
		copy(s.in, s.in[s.r:s.w])
		s.r, s.w = 0, s.w-s.r
		if s.w == len(s.in) {
			return io.ErrShortBuffer
		}
	}
	n, err := s.conn.Read(s.in[s.w:])
	s.w += n
	if n > 0 {
		return nil
	}
	return err
}

func (s *session) flush() error {
	if len(s.out) == 0 {
		return nil
	}
	_, err := s.conn.Write(s.out)
	s.out = s.out[:0]
	s.l.replied(s.mailed)
	s.mailed = false
	return err
}

func (s *session) say(reply string) {
	s.out = append(append(s.out, reply...), "\r\n"...)
}

// line returns the next command without its line end. The result is valid until the next
// call.
func (s *session) line() ([]byte, error) {
	for {
		if i := bytes.IndexByte(s.in[s.r:s.w], '\n'); i >= 0 {
			line := s.in[s.r : s.r+i]
			s.r += i + 1
			return bytes.TrimSuffix(line, []byte("\r")), nil
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// obey executes one command. It reports whether the session continues.
func (s *session) obey(line []byte) bool {
	verb := line
	if i := bytes.IndexByte(line, ' '); i >= 0 {
		verb = line[:i]
	}
	switch string(bytes.ToUpper(verb)) {
	case "MAIL":
		s.say("250 2.1.0 Ok")
	case "RCPT":
		s.l.recipients.Add(1)
		s.say("250 2.1.5 Ok")
	case "DATA":
		s.say("354 End data with <CR><LF>.<CR><LF>")
		return s.data() == nil && s.accept()
	case "BDAT":
		return s.chunk(line)
	case "RSET", "NOOP":
		s.say("250 2.0.0 Ok")
	case "EHLO":
		s.out = append(s.out, s.ehlo...)
	case "HELO":
		s.say("250 sink")
	case "STARTTLS":
		return s.startTLS()
	case "AUTH":
		return s.auth(line)
	case "QUIT":
		s.say("221 2.0.0 Bye")
		s.flush()
		return false
	default:
		s.say("500 5.5.1 Command unrecognized")
	}
	return true
}

func (s *session) accept() bool {
	s.l.mails.Add(1)
	s.mailed = true
	s.say("250 2.0.0 Ok: queued as 4XyZ12")
	return true
}

// data discards content up to the final dot. It searches for dots and not for line ends,
// because dots are less frequent.
func (s *session) data() error {
	start := true // whether the next octet is at the start of a line
	for {
		for s.r < s.w {
			i := bytes.IndexByte(s.in[s.r:s.w], '.')
			if i < 0 {
				break
			}
			at := s.r + i
			if at == s.r && !start || at > s.r && s.in[at-1] != '\n' {
				s.skip(i+1, &start)
				continue
			}
			for s.w-at < 3 {
				s.skip(at-s.r, &start)
				if err := s.fill(); err != nil {
					return err
				}
				at = s.r
			}
			ends := s.in[at+1] == '\r' && s.in[at+2] == '\n'
			s.skip(at-s.r, &start)
			if ends {
				s.r += 3
				return nil
			}
			s.skip(1, &start)
		}
		s.skip(s.w-s.r, &start)
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// skip discards and counts n octets of content. It sets *start to whether the next octet is at
// the start of a line.
func (s *session) skip(n int, start *bool) {
	if n == 0 {
		return
	}
	s.l.octets.Add(int64(n))
	s.r += n
	*start = s.in[s.r-1] == '\n'
}

// chunk executes BDAT (RFC 3030).
func (s *session) chunk(line []byte) bool {
	words := bytes.Fields(line)
	if len(words) < 2 {
		s.say("501 5.5.4 Syntax: BDAT size [LAST]")
		return true
	}
	n, err := strconv.ParseInt(string(words[1]), 10, 64)
	if err != nil || n < 0 {
		s.say("501 5.5.4 Bad size")
		return true
	}
	last := len(words) == 3 && bytes.EqualFold(words[2], []byte("LAST"))
	for left := n; ; {
		step := min(left, int64(s.w-s.r))
		s.r += int(step)
		if left -= step; left == 0 {
			break
		}
		if s.fill() != nil {
			return false
		}
	}
	s.l.octets.Add(n)
	if last {
		return s.accept()
	}
	s.say("250 2.0.0 Ok")
	return true
}

func (s *session) startTLS() bool {
	if s.l.tls == nil || s.secured {
		s.say("502 5.5.1 Not offered")
		return true
	}
	s.say("220 2.0.0 Ready to start TLS")
	if s.flush() != nil || s.r != s.w {
		return false // an attacker could have inserted the octets before the handshake
	}
	conn := tls.Server(s.conn, s.l.tls)
	if conn.Handshake() != nil {
		return false
	}
	if conn.ConnectionState().DidResume {
		s.l.resumed.Add(1)
	}
	s.conn, s.secured, s.ehlo = conn, true, s.l.options.ehlo(true)
	return true
}

// auth accepts any PLAIN login (RFC 4616), with or without an initial response.
func (s *session) auth(line []byte) bool {
	words := bytes.Fields(line)
	if len(words) < 2 || !bytes.EqualFold(words[1], []byte("PLAIN")) {
		s.say("504 5.5.4 PLAIN only")
		return true
	}
	if len(words) == 2 {
		s.say("334 ")
		if _, err := s.line(); err != nil {
			return false
		}
	}
	s.l.logins.Add(1)
	s.say("235 2.7.0 Ok")
	return true
}
