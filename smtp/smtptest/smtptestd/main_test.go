// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// started is a command that runs in the background.
type started struct {
	t           *testing.T
	dir         string
	status      chan int
	out, errors bytes.Buffer // valid after done
	stop        context.CancelFunc
	stdin       io.WriteCloser
}

func start(t *testing.T, args ...string) *started {
	t.Helper()
	s := &started{t: t, dir: t.TempDir(), status: make(chan int, 1)}
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	s.stop = stop
	t.Cleanup(stop)
	in, stdin := io.Pipe()
	s.stdin = stdin
	go func() { s.status <- run(ctx, append([]string{"-dir", s.dir}, args...), in, &s.out, &s.errors) }()
	return s
}

// ready waits for the file "ready" and returns its values.
func (s *started) ready() map[string]string {
	s.t.Helper()
	var text []byte
	require.Eventually(s.t, func() (there bool) {
		var err error
		text, err = os.ReadFile(filepath.Join(s.dir, "ready"))
		return err == nil
	}, 10*time.Second, 5*time.Millisecond)
	values := map[string]string{}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[key] = value
	}
	return values
}

func (s *started) done() int {
	s.t.Helper()
	select {
	case status := <-s.status:
		return status
	case <-time.After(15 * time.Second):
		require.Fail(s.t, "smtptestd does not exit")
	}
	return -1
}

// converse sends each line after the reply to the previous one. It returns the last reply.
func converse(t *testing.T, port string, lines ...string) (last string) {
	t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	require.NoError(t, err)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(conn)
	for i := 0; ; i++ {
		for {
			last, err = r.ReadString('\n')
			if err != nil {
				return last
			}
			if len(last) < 4 || last[3] != '-' {
				break
			}
		}
		if i == len(lines) {
			return last
		}
		io.WriteString(conn, lines[i]+"\r\n")
	}
}

var oneMail = []string{"EHLO me.example", "AUTH PLAIN AGEAYjpj", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>",
	"DATA", "Subject: \x1b[31mhi\r\n\r\nthere\r\n.", "QUIT"}

func TestServe(t *testing.T) {
	s := start(t, "-users", "a:b:c", "-show", "-deliver-count", "1")
	ready := s.ready()
	assert.Equal(t, "127.0.0.1", ready["host"])
	assert.FileExists(t, ready["ca"])
	assert.NotEmpty(t, ready["tls_port"])
	assert.Contains(t, converse(t, ready["port"], oneMail...), "221")
	require.Equal(t, statusOK, s.done())

	out := s.out.String()
	assert.Contains(t, out, "=== session 1\nS: 220 ")
	assert.Contains(t, out, "C: AUTH PLAIN ****\n")
	assert.NotContains(t, out, "AGEAYjpj")
	assert.Contains(t, out, "=== mail 1, from <a@b.example> to <c@d.example>, ")
	assert.Contains(t, out, "\n\nthere\n")
	assert.NotContains(t, out, "\x1b")
	assert.FileExists(t, filepath.Join(ready["mail"], "1.eml"))
	assert.FileExists(t, filepath.Join(ready["mail"], "1.json"))

	text, err := os.ReadFile(ready["sessions"])
	require.NoError(t, err)
	var record struct {
		Login      string
		Mails      int
		RoundTrips int `json:"round_trips"`
		Dialogue   []string
	}
	require.NoError(t, json.Unmarshal(text, &record))
	assert.Equal(t, "a", record.Login)
	assert.Equal(t, 1, record.Mails)
	assert.Equal(t, len(oneMail), record.RoundTrips)
	assert.Contains(t, record.Dialogue, "C: QUIT")
}

func TestServeMisbehaves(t *testing.T) {
	s := start(t, "-quiet", "-stdin", "-fault", "RCPT: 452 4.2.2 Full", "-hide", "PIPELINING", "-extra", "LIMITS RCPTMAX=1")
	ready := s.ready()
	assert.Equal(t, "452 4.2.2 Full\r\n", converse(t, ready["port"], "EHLO me", "MAIL FROM:<>", "RCPT TO:<c@d.example>"))
	s.stdin.Close()
	assert.Equal(t, statusOK, s.done())
	assert.Empty(t, s.out.String())
}

func TestServeEnds(t *testing.T) {
	assert.Equal(t, statusOK, start(t, "-for", "20ms").done())
	s := start(t)
	s.ready()
	s.stop()
	assert.Equal(t, statusOK, s.done())
}

func script(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "hello.txt")
	require.NoError(t, os.WriteFile(path, []byte("description: x\nsecurity: none\nexpect: ok\n\n"+
		"S: 220 x\nC: EHLO *\nS: 250 x\nC: DATA\nS: 354 x\nC...\nS: 250 x\nC: QUIT\nS: 221 x\n"), 0o644))
	return path
}

func TestScript(t *testing.T) {
	s := start(t, "-script", script(t), "-mode", "byte")
	ready := s.ready()
	assert.Contains(t, converse(t, ready["port"], "EHLO me", "DATA", "x\r\n.", "QUIT"), "221")
	assert.Equal(t, statusOK, s.done(), s.errors.String())
	text, err := os.ReadFile(filepath.Join(ready["mail"], "1.eml"))
	require.NoError(t, err)
	assert.Equal(t, "x\r\n", string(text))
	assert.Contains(t, s.out.String(), "C: EHLO me\n")

	s = start(t, "-script", script(t))
	converse(t, s.ready()["port"], "HELO me")
	assert.Equal(t, statusFailed, s.done())
	assert.Contains(t, s.errors.String(), "hello line 6 (connection 1)\n want: EHLO *\n got:  HELO me\n")

	s = start(t, "-script", script(t), "-for", "20ms")
	assert.Equal(t, statusFailed, s.done())
	assert.Contains(t, s.errors.String(), "stopped before the end of the script")
}

func TestInvalidArguments(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"-dir", t.TempDir(), "extra"},
		{"-dir", t.TempDir(), "-users", "secret"},
		{"-dir", t.TempDir(), "-fault", "explode"},
		{"-dir", t.TempDir(), "-mode", "bits"},
		{"-dir", "/dev/null/x"},
	} {
		var out, errOut bytes.Buffer
		assert.Equal(t, statusUsage, run(t.Context(), args, strings.NewReader(""), &out, &errOut), "%q", args)
		assert.NotEmpty(t, errOut.String())
	}
}
