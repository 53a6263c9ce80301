// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// setters are what a caller may call, each with two texts and a number.
var setters = []func(m *mailer, a, b string, n int) error{
	func(m *mailer, a, b string, n int) error { return m.AddRecipient(a, b) },
	func(m *mailer, a, b string, n int) error { return m.AddCCRecipient(a, b) },
	func(m *mailer, a, b string, n int) error { return m.AddBCCRecipient(a, b) },
	func(m *mailer, a, b string, n int) error { return m.AddMsgLine(a) },
	func(m *mailer, a, b string, n int) error { return m.SetSubject(a) },
	func(m *mailer, a, b string, n int) error { return m.SetSenderName(a) },
	func(m *mailer, a, b string, n int) error { return m.SetSenderMail(a) },
	func(m *mailer, a, b string, n int) error { return m.SetReplyTo(a) },
	func(m *mailer, a, b string, n int) error { return m.SetXMailer(a) },
	func(m *mailer, a, b string, n int) error { return m.SetCharSet(a) },
	func(m *mailer, a, b string, n int) error { return m.SetXPriority(n) },
	func(m *mailer, a, b string, n int) error { return m.SetHTML(n&1 != 0) },
	func(m *mailer, a, b string, n int) error { return m.SetReadReceipt(n&1 != 0) },
	func(m *mailer, a, b string, n int) error { return m.SetLocalHostName(a) },
	func(m *mailer, a, b string, n int) error { return m.SetTextBody(a) },
	func(m *mailer, a, b string, n int) error { return m.SetHTMLBody(a) },
	func(m *mailer, a, b string, n int) error { return m.SetFlowed(n&1 != 0) },
	func(m *mailer, a, b string, n int) error { return m.SetEightBit(n&1 != 0) },
	func(m *mailer, a, b string, n int) error { return m.AddAttachmentData(a, b, []byte(a+b)) },
	func(m *mailer, a, b string, n int) error { return m.AddInlineImageData(a, b, "image/png", []byte(b)) },
	func(m *mailer, a, b string, n int) error { return m.SetCalendar(a, b) },
	func(m *mailer, a, b string, n int) error { return m.AddHeader(a, b) },
	func(m *mailer, a, b string, n int) error { return m.SetMessageID(a) },
	func(m *mailer, a, b string, n int) error { return m.SetDate(int64(n) * 1e8) },
	func(m *mailer, a, b string, n int) error { return m.AddFrom(a, b) },
	func(m *mailer, a, b string, n int) error { return m.SetSender(a, b) },
	func(m *mailer, a, b string, n int) error { return m.SetInReplyTo(a) },
	func(m *mailer, a, b string, n int) error { return m.SetReferences(a) },
	func(m *mailer, a, b string, n int) error { return m.SetAutoSubmitted(a) },
	func(m *mailer, a, b string, n int) error { return m.SetListUnsubscribe(a, n&1 != 0) },
	func(m *mailer, a, b string, n int) error { return m.SetAuthMechanism(a) },
	func(m *mailer, a, b string, n int) error { return m.SetAuthorizationID(a) },
	func(m *mailer, a, b string, n int) error { return m.SetLogin(a) },
	func(m *mailer, a, b string, n int) error { return m.SetEnvelopeFrom(a) },
	func(m *mailer, a, b string, n int) error { return m.SetPartialDelivery(n&1 != 0) },
	func(m *mailer, a, b string, n int) error { return m.SetDSN(a, b, a) },
	func(m *mailer, a, b string, n int) error { return m.SetRecipientDSN(a, b, a) },
	func(m *mailer, a, b string, n int) error { return m.SetMTPriority(n) },
	func(m *mailer, a, b string, n int) error { return m.SetDeliverBy(n, a) },
	func(m *mailer, a, b string, n int) error { return m.SetHoldFor(uint32(n)) },
	func(m *mailer, a, b string, n int) error { return m.ModMsgLine(uint32(n), a) },
	func(m *mailer, a, b string, n int) error { return m.DelMsgLine(uint32(n)) },
	func(m *mailer, a, b string, n int) error { return m.ClearMessage() },
	func(m *mailer, a, b string, n int) error { return m.DelRecipients() },
	func(m *mailer, a, b string, n int) error { return m.DelHeaders() },
	func(m *mailer, a, b string, n int) error { m.GetMsgLineText(uint32(n)); return nil },
}

// sink says yes to everything and gives what it heard. It listens at a path:
// thousands of runs a second would use up the computer's TCP ports.
func sink(t testing.TB, path, extensions string) (heard func() []byte) {
	l, err := net.Listen("unix", path)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	var all bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		in := bufio.NewReader(io.TeeReader(conn, &all))
		answer, data := "220 sink\r\n", false
		for {
			if answer != "" {
				if _, err := io.WriteString(conn, answer); err != nil {
					return
				}
			}
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			answer = "250 2.0.0 yes\r\n"
			switch verb := strings.ToUpper(line); {
			case data && line != ".\r\n":
				answer = ""
			case data:
				data = false
			case strings.HasPrefix(verb, "EHLO"):
				answer = "250-sink\r\n" + extensions + "250 HELP\r\n"
			case strings.HasPrefix(verb, "AUTH"):
				answer = "235 in\r\n"
			case verb == "DATA\r\n":
				answer, data = "354 go\r\n", true
			case verb == "QUIT\r\n":
				answer = "221 bye\r\n"
			}
		}
	}()
	return func() []byte {
		l.Close()
		<-done
		return all.Bytes()
	}
}

const callersSecret = "Tr0ub4dor-secret"

// checkCaller holds what was heard to what must be true whatever was set.
func checkCaller(t *testing.T, heard []byte, n number, text string) {
	if strings.ContainsAny(strings.ReplaceAll(string(heard), "\r\n", ""), "\r\n") {
		t.Fatalf("a bare CR or LF: %q", heard)
	}
	var verbs, ends int
	data := false
	for _, line := range strings.SplitAfter(string(heard), "\r\n") {
		switch verb, _, _ := strings.Cut(strings.TrimSuffix(line, "\r\n"), " "); {
		case line == "":
		case data && line == ".\r\n":
			data = false
			ends++
		case data && len(line) > 1000:
			t.Fatalf("a line of %d octets", len(line))
		case data && line[0] == '.' && line[1] != '.':
			t.Fatalf("a dot that was not stuffed: %q", line)
		case data:
		case verb == "DATA":
			data = true
			verbs++
		case verb == "EHLO", verb == "AUTH", verb == "MAIL", verb == "RCPT", verb == "QUIT", verb == "RSET", verb == "*":
			verbs++
		default:
			t.Fatalf("%q is no command of ours: %q", line, heard)
		}
	}
	if n == noError && (ends != 1 || data) {
		t.Fatalf("sent, with %d ends of data: %q", ends, heard)
	}
	if n != noError && ends != 0 {
		t.Fatalf("%d: %s, with %d ends of data: %q", n, text, ends, heard)
	}
	if n == internal {
		t.Fatalf("a fault of our own: %s", text)
	}
	if n != noError && sentence(n) == "" || (n == noError) != (text == "") {
		t.Fatalf("number %d with text %q", n, text)
	}
	withoutLogin := ""
	for _, line := range strings.Split(string(heard), "\r\n") {
		if !strings.HasPrefix(line, "AUTH ") {
			withoutLogin += line + "\n"
		}
	}
	for _, form := range []string{callersSecret, base64.StdEncoding.EncodeToString([]byte(callersSecret))} {
		if strings.Contains(text, form) || strings.Contains(withoutLogin, form) {
			t.Fatalf("the secret is told: %s\n%q", text, heard)
		}
	}
}

// FuzzCaller lets the fuzzer be the program: any setter, in any order, with
// any octets; then a mail is sent to a server that says yes to everything.
func FuzzCaller(f *testing.F) {
	f.Add([]byte("\x03\x00.hello\x1e\x1e\x04\x00a subject\x1e"), byte(0))
	f.Add([]byte("\x00\x01x@test.example>\r\nRCPT TO:<y@test.example\x1eName\x1e"), byte(7))
	f.Add([]byte("\x15\x00X-A\x1ea\r\nBcc: c@test.example\x1e\x0e\x00.\n.\r\n.\r.\x00\x1e"), byte(3))
	f.Add([]byte("\x12\x00../a\"\xff.txt\x1etext/plain; x=\"\x1e\x21\x00<>\x1e\x23\x01SUCCESS\x1eFULL\x1e"), byte(15))
	f.Add([]byte("\x05\x00\xe4\xb8\xad =?x?=\x1e\x09\x00ISO-8859-1\x1e\x10\x01\x1e\x25\x09\x1e"), byte(31))
	dir, err := os.MkdirTemp("", "caller")
	require.NoError(f, err)
	f.Cleanup(func() { os.RemoveAll(dir) })
	f.Fuzz(func(t *testing.T, calls []byte, offers byte) {
		if len(calls) > 64<<10 {
			return
		}
		extensions := ""
		for i, x := range []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "AUTH PLAIN", "MT-PRIORITY", "DELIVERBY", "SIZE 100000"} {
			if offers>>i&1 != 0 {
				extensions += "250-" + x + "\r\n"
			}
		}
		path := filepath.Join(dir, "sink")
		heard := sink(t, path, extensions)
		h := newMailer()
		defer freeMailer(h)
		call(h, func(m *mailer) error { return m.SetSenderMail("alice@test.example") })
		call(h, func(m *mailer) error { return m.AddRecipient("bob@test.example", "") })
		call(h, func(m *mailer) error { return m.SetLogin("alice") })
		for rest := calls; len(rest) > 1; {
			set, n := setters[int(rest[0])%len(setters)], int(int8(rest[1]))
			one, after, _ := bytes.Cut(rest[2:], []byte{0x1e})
			two, after, _ := bytes.Cut(after, []byte{0x1e})
			rest = after
			if call(h, func(m *mailer) error { return set(m, string(one), string(two), n) }) == internal {
				t.Fatal(value(h, (*mailer).GetLastErrorText))
			}
		}
		call(h, func(m *mailer) error { return m.SetPassword(callersSecret) })
		call(h, func(m *mailer) error { return m.SetSMTPServer("unix:"+path, 0, true) })
		call(h, func(m *mailer) error { return m.SetTimeout(timeoutTotal, 5000) })
		begun := time.Now()
		sent := call(h, (*mailer).Send)
		if took := time.Since(begun); took > 20*time.Second {
			t.Fatalf("took %s", took)
		}
		text := ""
		if sent != noError {
			text = value(h, (*mailer).GetLastErrorText)
		}
		freeMailer(h)
		checkCaller(t, heard(), sent, text)
	})
}
