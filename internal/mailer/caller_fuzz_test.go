// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"

	"github.com/stretchr/testify/require"
)

// check fails the test if the sink received an invalid command, an invalid message, the
// secret outside AUTH, or more messages than 'most'.
func (s *sunk) check(t *testing.T, most int) {
	t.Helper()
	said := s.commands.String()
	if strings.ContainsAny(strings.ReplaceAll(said, "\r\n", ""), "\r\n") {
		t.Fatalf("a bare CR or LF: %q", said)
	}
	withoutLogin := ""
	for _, line := range strings.Split(strings.TrimSuffix(said, "\r\n"), "\r\n") {
		switch verb, _, _ := strings.Cut(line, " "); verb {
		case "EHLO", "LHLO", "AUTH", "MAIL", "RCPT", "DATA", "BDAT", "QUIT", "RSET", "NOOP", "*", "":
		default:
			t.Fatalf("%q is not a command of this client: %q", line, said)
		}
		if !strings.HasPrefix(line, "AUTH ") {
			withoutLogin += line + "\n"
		}
	}
	if len(s.messages) > most {
		t.Fatalf("%d messages: %q", len(s.messages), said)
	}
	for _, m := range s.messages {
		m.check(t)
		withoutLogin += m.text
	}
	if tellsSecret(withoutLogin) {
		t.Fatalf("the secret was sent outside AUTH: %q", withoutLogin)
	}
}

func (m sunkMessage) check(t *testing.T) {
	t.Helper()
	if m.binary {
		return
	}
	if strings.ContainsAny(strings.ReplaceAll(m.text, "\r\n", ""), "\r\n") {
		t.Fatalf("a bare CR or LF in the message: %q", m.text)
	}
	for _, line := range strings.Split(m.text, "\r\n") {
		if len(line) > 998+1 || m.chunked && len(line) > 998 {
			t.Fatalf("a line of %d octets", len(line))
		}
		if !m.chunked && strings.HasPrefix(line, ".") && !strings.HasPrefix(line, "..") {
			t.Fatalf("a leading dot that was not doubled: %q", line)
		}
	}
}

func tellsSecret(text string) bool {
	return strings.Contains(text, callersSecret) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(callersSecret)))
}

// ways contains the ways to send a mail. The third argument of the fuzzer chooses one.
var ways = []func(h uintptr, server string, calls []byte) Number{
	func(h uintptr, server string, calls []byte) Number { return Call(h, (*Mailer).Send) },
	func(h uintptr, server string, calls []byte) Number {
		return Call(h, func(m *Mailer) error { return m.SendRaw(calls, nil, nil) })
	},
	func(h uintptr, server string, calls []byte) Number {
		to := "bob@test.example, <carol@test.example>"
		return Call(h, func(m *Mailer) error { return m.SendRaw(calls, &to, &to) })
	},
	func(h uintptr, server string, calls []byte) Number {
		return Call(h, func(m *Mailer) error { return m.SendRawFile(callerFile(len(calls)), nil, nil) })
	},
	func(h uintptr, server string, calls []byte) Number {
		if n := SendAsync(h, nil); n != NoError {
			return n
		}
		return WaitAsync(h, 2*time.Minute)
	},
	func(h uintptr, server string, calls []byte) Number {
		if n := Call(h, func(m *Mailer) error {
			return m.ConnectRemoteServer(server, 0, doNotSet, true, "", callersSecret)
		}); n != NoError {
			return n
		}
		n := Call(h, (*Mailer).Send)
		if n == NoError {
			Call(h, (*Mailer).KeepAlive)
			n = Call(h, (*Mailer).Send)
		}
		return n
	},
	func(h uintptr, server string, calls []byte) Number {
		one, n := Clone(h)
		if n != NoError {
			return n
		}
		defer Free(one)
		two, n := Clone(h)
		if n != NoError {
			return n
		}
		defer Free(two)
		return SendBatch(h, []uintptr{one, two}, make([]Number, 2))
	},
}

const batchWay = 6

// setUp makes some valid calls and those that the fuzzer has chosen. It passes each line of
// the log and each error text to 'told'.
func setUp(t *testing.T, h uintptr, calls []byte, told func(string)) {
	Call(h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	Call(h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
	Call(h, func(m *Mailer) error { return m.SetLogin("alice") })
	Call(h, func(m *Mailer) error {
		return m.SetLogCallback(func(_ int, line string) { told(line) })
	})
	for rest := calls; len(rest) > 1; {
		set, n := setters[int(rest[0])%len(setters)], int(int8(rest[1]))
		one, after, _ := bytes.Cut(rest[2:], []byte{0x1e})
		two, after, _ := bytes.Cut(after, []byte{0x1e})
		rest = after
		number := Call(h, func(m *Mailer) error { return set(m, string(one), string(two), n) })
		if number != NoError {
			told(Value(h, (*Mailer).GetLastErrorText))
		}
		if number == Internal {
			t.Fatal(Value(h, (*Mailer).GetLastErrorText))
		}
	}
	Call(h, func(m *Mailer) error { return m.SetPassword(callersSecret) })
	Call(h, func(m *Mailer) error { return m.SetTimeout(timeoutTotal, 60_000) })
}

var offered = []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "AUTH PLAIN XOAUTH2", "MT-PRIORITY\r\n250-DELIVERBY\r\n250-FUTURERELEASE 9999999 2099-12-31T00:00:00Z",
	"CHUNKING\r\n250-BINARYMIME", "SIZE 100000"}

// FuzzCaller calls arbitrary setters in an arbitrary order with arbitrary octets. It then
// sends a mail, in one of the possible ways, to a server on a Unix socket that accepts
// everything.
func FuzzCaller(f *testing.F) {
	for way := range byte(len(ways)) {
		f.Add([]byte("\x03\x00.hello\x1e\x1e\x04\x00a subject\x1e"), byte(0), way)
		f.Add([]byte("From: a@test.example\r\nTo: b@test.example\r\nSubject: x\n\n.\nText\r.\r\n"), byte(1), way)
	}
	f.Add([]byte("\x00\x01x@test.example>\r\nRCPT TO:<y@test.example\x1eName\x1e"), byte(7), byte(0))
	f.Add([]byte("\x15\x00X-A\x1ea\r\nBcc: c@test.example\x1e\x0e\x00.\n.\r\n.\r.\x00\x1e"), byte(3), byte(0))
	f.Add([]byte("\x12\x00../a\"\xff.txt\x1etext/plain; x=\"\x1e\x21\x00<>\x1e\x23\x01SUCCESS\x1eFULL\x1e"), byte(15), byte(0))
	f.Add([]byte("\x05\x00\xe4\xb8\xad =?x?=\x1e\x09\x00ISO-8859-1\x1e\x10\x01\x1e\x25\x09\x1e"), byte(31), byte(4))
	for i := range setters {
		for _, n := range []byte{0, 1, 6, 9, 10, 13} { // callerFiles: three files, a folder, a FIFO and /dev/full; callerSaves: also a file, a FIFO, a folder and invalid paths
			f.Add([]byte{byte(i), n, 'a', 0x1e, 'b', 0x1e, 3, 0, '.', 'x'}, byte(0xff), n%byte(len(ways)))
		}
	}
	dir, err := os.MkdirTemp("", "caller")
	require.NoError(f, err)
	f.Cleanup(func() { os.RemoveAll(dir) })
	makeCallerFiles(f, dir)
	f.Fuzz(func(t *testing.T, calls []byte, offers, way byte) {
		if len(calls) > 64<<10 {
			return
		}
		extensions := ""
		for i, x := range offered {
			if offers>>i&1 != 0 {
				extensions += "250-" + x + "\r\n"
			}
		}
		path := filepath.Join(dir, "sink")
		heard := sink(t, path, extensions)
		h := New()
		defer Free(h)
		var told strings.Builder
		setUp(t, h, calls, func(text string) { told.WriteString(text + "\n") })
		Call(h, func(m *Mailer) error { return m.SetSMTPServer("unix:"+path, 0, true) })
		begun := time.Now()
		sent := ways[int(way)%len(ways)](h, "unix:"+path, calls)
		if took := time.Since(begun); took > 3*time.Minute {
			t.Fatalf("took %s", took)
		}
		text, outcome := "", smtp.Outcome(Value(h, (*Mailer).GetOutcome))
		if sent != NoError {
			text = Value(h, (*Mailer).GetLastErrorText)
			told.WriteString(text)
		}
		Free(h)
		s := heard()
		s.check(t, 1+int(way)%len(ways)/5)
		if int(way)%len(ways) == batchWay && sent != NoError {
			s.messages = nil // the first of two mails may have been sent before the second one failed
		}
		checkSent(t, s, sent, text, outcome)
		if tellsSecret(told.String()) {
			t.Fatalf("a text of the library contains the secret: %s", told.String())
		}
	})
}

// checkSent checks that the error number, its text and the outcome agree with each other
// and with what the sink received.
func checkSent(t *testing.T, s *sunk, sent Number, text string, outcome smtp.Outcome) {
	t.Helper()
	switch {
	case sent == Internal:
		t.Fatalf("internal error: %s", text)
	case sent != NoError && Sentence(sent) == "", (sent == NoError) != (text == ""):
		t.Fatalf("error number %d with error text %q", sent, text)
	case sent == NoError && (outcome != smtp.Accepted || len(s.messages) == 0 || s.open):
		t.Fatalf("success with outcome %s, but the sink received %d messages", outcome, len(s.messages))
	case sent != NoError && outcome == smtp.Accepted:
		t.Fatalf("error %d: %s, but the outcome is accepted", sent, text)
	case sent != NoError && outcome == smtp.NotSent && len(s.messages) > 0 && !s.open && s.messages[0].text != "":
		t.Fatalf("error %d: %s, but a complete message was sent: %q", sent, text, s.commands.String())
	}
}
