// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// started is a csmtp-testserver that runs in the background.
type started struct {
	t           *testing.T
	dir         string
	status      chan int
	out, errors bytes.Buffer // complete after the method 'done' has returned
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
	go func() { s.status <- run(ctx, append([]string{"--dir", s.dir}, args...), in, &s.out, &s.errors) }()
	return s
}

// ready waits for the file that shows that the server listens, and returns the values in it.
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
		require.Fail(s.t, "csmtp-testserver does not exit")
	}
	return -1
}

// converse sends each line after it has read the reply to the previous line. It returns the
// last reply.
func converse(t *testing.T, port string, lines ...string) (last string) {
	t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	require.NoError(t, err)
	defer conn.Close()
	return dialogue(t, conn, lines...)
}

func dialogue(t *testing.T, conn net.Conn, lines ...string) (last string) {
	t.Helper()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(conn)
	var err error
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
	s := start(t, "--user", "a:b:c", "--show", "--count", "1")
	ready := s.ready()
	info, err := os.Stat(filepath.Join(s.dir, "ready"))
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "the file holds the token")
	}
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
	s := start(t, "--quiet", "--stdin", "--fault", "RCPT: 452 4.2.2 Full", "--hide", "PIPELINING", "--extra", "LIMITS RCPTMAX=1")
	ready := s.ready()
	assert.Equal(t, "452 4.2.2 Full\r\n", converse(t, ready["port"], "EHLO me", "MAIL FROM:<>", "RCPT TO:<c@d.example>"))
	s.stdin.Close()
	assert.Equal(t, statusOK, s.done())
	assert.Empty(t, s.out.String())
}

func TestServeEnds(t *testing.T) {
	assert.Equal(t, statusOK, start(t, "--for", "20ms").done())
	s := start(t)
	s.ready()
	s.stop()
	assert.Equal(t, statusOK, s.done())
}

func script(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "hello.txt")
	require.NoError(t, os.WriteFile(path, []byte("description: x\nsecurity: none\nexpect: ok\n\n"+
		"S: 220 x\nC: EHLO *\nS: 250 x\nC: MAIL FROM:<a@b.example>\nS: 250 x\nC: RCPT TO:<c@d.example>\nS: 250 x\nC: DATA\nS: 354 x\nC...\nS: 250 x\nC: QUIT\nS: 221 x\n"), 0o644))
	return path
}

func TestScript(t *testing.T) {
	s := start(t, "--script", script(t), "--delivery", "byte", "--once")
	ready := s.ready()
	assert.Contains(t, converse(t, ready["port"], "EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "x\r\n.", "QUIT"), "221")
	assert.Equal(t, statusOK, s.done(), s.errors.String())
	text, err := os.ReadFile(filepath.Join(ready["mail"], "1.eml"))
	require.NoError(t, err)
	assert.Equal(t, "x\r\n", string(text))
	assert.Contains(t, string(read(t, filepath.Join(ready["mail"], "1.json"))), `"from": "a@b.example"`)
	assert.Contains(t, s.out.String(), "C: EHLO me\n")

	s = start(t, "--script", script(t), "--once")
	converse(t, s.ready()["port"], "HELO me")
	assert.Equal(t, statusFailed, s.done())
	assert.Contains(t, s.errors.String(), "hello line 6 (connection 1)\n want: EHLO *\n got:  HELO me\n")

	s = start(t, "--script", script(t), "--once", "--for", "20ms")
	assert.Equal(t, statusFailed, s.done())
	assert.Contains(t, s.errors.String(), "stopped before the end of the script")
}

func TestInvalidArguments(t *testing.T) {
	for _, args := range [][]string{
		{"extra"},
		{"--user", "hush"},
		{"--user", ":hush"},
		{"--fault", "explode"},
		{"--delivery", "bits"},
		{"--script", script(t), "--delivery", "bits"},
		{"--script", "no-such-script"},
		{"--script", "/no/such/file.txt"},
		{"--print-script", "no-such-script"},
		{"--once"},
		{"--port", "70000"},
		{"--tls-port", "-1"},
		{"--http", "nowhere"},
		{"--http", "0.0.0.0:8025"},
		{"--http", "[::]:8025"},
		{"--max-size", "0"},
		{"--keep", "none"},
		{"--for", "soon"},
		{"--for", "-5s"},
		{"--certificate", "golden"},
		{"--newest-tls", "1.4"},
		{"--mechanisms", "BASIC"},
		{"--hide"},
		{"--colour"},
		{"--dir", "/dev/null/x"},
		{"--ca-file", "/no/such/folder/ca.pem"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		var out, errOut bytes.Buffer
		assert.Equal(t, statusUsage, run(ctx, args, strings.NewReader(""), &out, &errOut), "%q", args)
		assert.NoError(t, ctx.Err(), "%q: the server has started", args)
		cancel()
		assert.Regexp(t, "^csmtp-testserver: .*\\n$", errOut.String())
		assert.NotContains(t, errOut.String(), "hush")
		assert.NotContains(t, errOut.String(), "flag")
		assert.Empty(t, out.String())
	}
}

func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	require.Equal(t, statusOK, run(t.Context(), args, strings.NewReader(""), &out, &errOut), "%s", errOut.String())
	return out.String()
}

func TestVersionIsThatOfTheLibrary(t *testing.T) {
	source, err := os.ReadFile("../../csmtp.go")
	require.NoError(t, err)
	assert.Contains(t, string(source), `const Version = "`+version+`"`)
	assert.Equal(t, "csmtp-testserver "+version+"\n", output(t, "--version"))
}

func TestReadyScriptsAreListedAndPrinted(t *testing.T) {
	listed := output(t, "--list-scripts")
	for _, name := range smtptest.ReadyScripts() {
		assert.Contains(t, listed, name+" ")
		script, err := smtptest.Parse(output(t, "--print-script", name))
		require.NoError(t, err)
		assert.Contains(t, listed, " "+script.Header.Get("description")+"\n")
	}
}

// The help contains all options and no others. The manual contains all options. tools/test
// compares the help with the completion files.
func TestHelpHasEveryOption(t *testing.T) {
	help := output(t, "--help")
	assert.Equal(t, help, output(t, "-h"))
	manual, err := os.ReadFile("../csmtp-testserver.1")
	require.NoError(t, err)
	page := strings.ReplaceAll(string(manual), `\-`, "-")
	options := map[string]bool{"--help": true}
	(&settings{}).flags().VisitAll(func(f *flag.Flag) {
		options["--"+f.Name] = true
		assert.Regexp(t, `(?m)^\.(B|BR|TP|I|RB|BI).*--`+f.Name+`\b`, page, "the manual")
	})
	found := map[string]bool{}
	for _, option := range regexp.MustCompile(`--[a-z][a-z0-9-]+`).FindAllString(help, -1) {
		found[option] = true
	}
	assert.Equal(t, options, found)
	for line := range strings.Lines(help) {
		assert.LessOrEqual(t, len(line), 90, line)
	}
}
