// SPDX-License-Identifier: MIT

package hostile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

const (
	secret  = "Tr0ub4dor-secret"
	content = "From: <alice@test.example>\r\nSubject: x\r\n\r\nText.\r\n.\r\n..dots\r\n"
	stuffed = "From: <alice@test.example>\r\nSubject: x\r\n\r\nText.\r\n..\r\n...dots\r\n.\r\n"
)

type literal string

func (m literal) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, string(m))
	return int64(n), err
}
func (m literal) Size() int64 { return int64(len(m)) }

// pause divides what a server says before and after it hears from the client.
const pause = "\x1e"

// play says script to each client: what stands before the first pause at
// once, what follows after each time the client has said something, or nothing
// for a while; in pieces of step octets. Then it hangs up.
func play(conn net.Conn, script []byte, step int) (heard []byte) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
	buffer := make([]byte, 64<<10)
	for i, say := range bytes.Split(script, []byte(pause)) {
		if i > 0 {
			_ = conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond)) // both may wait for each other
			n, err := conn.Read(buffer)
			heard = append(heard, buffer[:n]...)
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return heard
			}
		}
		for len(say) > 0 {
			n := min(step, len(say))
			if _, err := conn.Write(say[:n]); err != nil {
				break
			}
			say = say[n:]
		}
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = conn.SetReadDeadline(time.Now().Add(3 * time.Second))
	rest, _ := io.ReadAll(conn)
	return append(heard, rest...)
}

// session is what a client made of a server.
type session struct {
	heard    []byte
	result   smtp.Result
	err      error
	trace    strings.Builder
	security smtp.Security
	noClear  bool
}

// meet lets a real client connect, log in and send one mail.
func meet(t testing.TB, script []byte, step int, settings byte) *session {
	s := &session{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var served sync.WaitGroup
	served.Add(1)
	go func() {
		defer served.Done()
		conn, err := l.Accept()
		if err == nil {
			s.heard = play(conn, script, step)
		}
	}()
	s.security = []smtp.Security{smtp.NoSecurity, smtp.STARTTLS, smtp.STARTTLSIfOffered, smtp.NoSecurity}[settings&3]
	s.noClear = settings&4 != 0
	config := &smtp.Config{
		Servers:   []smtp.Server{{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}},
		Security:  s.security,
		LocalName: "client.test.example",
		Timeouts:  smtp.Timeouts{Total: 300 * time.Millisecond, Quit: 50 * time.Millisecond},
		Trace:     func(_ smtp.Direction, line string) { s.trace.WriteString(line + "\n") },
		Auth:      &smtp.Auth{Credentials: sasl.Credentials{Login: "alice", Password: secret}, NoCleartext: s.noClear},
	}
	config.TLS.RootCAs = smtptest.Authority().Pool()
	if settings&8 != 0 {
		config.Auth.Token = func(bool) (string, error) { return secret, nil }
	}
	if names := sasl.Names(); settings&16 != 0 {
		config.Auth.Mechanisms = []string{names[int(settings>>5)%len(names)]}
	}
	client, err := smtp.Dial(context.Background(), config)
	if err == nil {
		envelope := &smtp.Envelope{From: "alice@test.example", Recipients: []smtp.Recipient{{Address: "bob@test.example"}, {Address: "carol@test.example"}}}
		s.result, err = client.Send(envelope, literal(content))
		_ = client.Quit()
	}
	s.err = err
	l.Close()
	served.Wait()
	return s
}

// check holds a session to what must be true whatever the server did.
func (s *session) check(t testing.TB) {
	var e *smtp.Error
	if s.err != nil && !errors.As(s.err, &e) {
		t.Fatalf("an error of another kind: %v", s.err)
	}
	clear, _, _ := bytes.Cut(s.heard, []byte("STARTTLS\r\n"))
	handshake := len(clear) < len(s.heard)
	if bare := bytes.ReplaceAll(clear, []byte("\r\n"), nil); bytes.ContainsAny(bare, "\r\n") {
		t.Fatalf("a bare CR or LF: %q", clear)
	}
	if n := bytes.Count(s.heard, []byte("\r\n.\r\n")); n > 1 {
		t.Fatalf("%d ends of data: %q", n, s.heard)
	}
	if s.security == smtp.STARTTLS || handshake {
		if bytes.Contains(clear, []byte("AUTH")) || bytes.Contains(clear, []byte("MAIL")) || bytes.Contains(s.heard[len(clear):], []byte("MAIL FROM")) {
			t.Fatalf("a login or a mail without TLS: %q", s.heard)
		}
	}
	switch s.result.Outcome {
	case smtp.Accepted, smtp.InDoubt:
		if !bytes.Contains(s.heard, []byte(stuffed)) {
			t.Fatalf("%s, and the message was not sent: %q", s.result.Outcome, s.heard)
		}
	}
	if (s.err == nil) != (s.result.Outcome == smtp.Accepted) {
		t.Fatalf("%s beside error %v", s.result.Outcome, s.err)
	}
	told := s.trace.String()
	if s.err != nil {
		told += s.err.Error()
	}
	for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("\x00alice\x00" + secret))} {
		if strings.Contains(told, form) {
			t.Fatalf("the secret is told: %s", told)
		}
		if s.noClear && bytes.Contains(s.heard, []byte(form)) {
			t.Fatalf("the secret went out in clear: %q", s.heard)
		}
	}
	if strings.ContainsAny(strings.ReplaceAll(told, "\n", ""), "\x00\x1b\r\x7f") {
		t.Fatalf("control characters are told: %q", told)
	}
}

// FuzzServer lets the fuzzer be the server: replies, EHLO lines, challenges,
// when they come and in what pieces.
func FuzzServer(f *testing.F) {
	for _, script := range seeds(f) {
		for _, settings := range []byte{0, 1, 2, 4, 8, 16 + 32} {
			f.Add(script, byte(7), settings)
		}
	}
	f.Fuzz(func(t *testing.T, script []byte, step, settings byte) {
		if len(script) > 64<<10 || bytes.Count(script, []byte(pause)) > 64 {
			return
		}
		if len(script) > 4<<10 && step < 100 {
			step = 100
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begun := time.Now()
		meet(t, script, int(step)+1, settings).check(t)
		if took := time.Since(begun); took > 15*time.Second {
			t.Fatalf("took %s", took)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
			t.Fatalf("allocated %d octets", grown)
		}
	})
}

// seeds are a good server by each mechanism and what the transcripts say.
func seeds(t testing.TB) [][]byte {
	ok := "250 ok\r\n" + pause
	mail := ok + ok + ok + "354 go\r\n" + pause + ok + "221 bye\r\n"
	hello := func(extensions string) string {
		return "220 hi\r\n" + pause + "250-hi\r\n" + extensions + "250 SIZE\r\n" + pause
	}
	all := [][]byte{
		[]byte(hello("") + mail),
		[]byte(hello("250-PIPELINING\r\n") + "250 a\r\n250 b\r\n250 c\r\n" + pause + "354 d\r\n" + pause + ok + "221 bye\r\n"),
		[]byte(hello("250-STARTTLS\r\n") + "220 go\r\n250 AUTH PLAIN\r\n" + pause),
		[]byte(hello("250-AUTH PLAIN LOGIN\r\n") + "235 in\r\n" + pause + mail),
		[]byte(hello("250-AUTH CRAM-MD5\r\n") + "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\r\n" + pause + "235 in\r\n" + pause + mail),
		[]byte(hello("250-AUTH SCRAM-SHA-256\r\n") + "334 \r\n" + pause + "334 cj14LHM9QUFBQSxpPTQwOTY=\r\n" + pause + "235 in\r\n" + pause + mail),
		[]byte(hello("250-AUTH XOAUTH2\r\n") + "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n" + pause + "535 no\r\n" + pause),
	}
	paths, err := filepath.Glob("../smtp/testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for i, path := range paths {
		if i%15 != 0 { // the rest differ in little but what is expected
			continue
		}
		file, err := os.Open(path)
		require.NoError(t, err)
		var said strings.Builder
		for lines := bufio.NewScanner(file); lines.Scan(); {
			line := lines.Text()
			if words, is := strings.CutPrefix(line, "S: "); is {
				said.WriteString(words + "\r\n")
			} else if strings.HasPrefix(line, "C") && said.Len() > 0 {
				said.WriteString(pause)
			}
		}
		file.Close()
		all = append(all, []byte(said.String()))
	}
	return all
}
