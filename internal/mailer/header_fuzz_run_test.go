// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf8"
)

func decodeLines(t *testing.T, body []byte) []byte {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(body), "\r\n", ""))
	if err != nil {
		t.Fatalf("not base64: %v: %.300q", err, body)
	}
	return text
}

// headerCalls encodes calls for FuzzHeaders. headerCall encodes one call: the index of the
// setter, a number and two texts.
func headerCalls(calls ...[]byte) []byte { return bytes.Join(calls, nil) }

func headerCall(setter, n int, a, b string) []byte {
	return append([]byte{byte(setter), byte(n)}, a+"\x1f"+b+"\x1f"...)
}

// FuzzHeaders calls arbitrary setters that affect a header. It passes texts that a parser
// could decode wrongly: with encoded words, with percent-encoding, in charsets that encode
// line ends differently, and with every line separator of Unicode. Either RenderMessage
// refuses the message, or two parsers that share no code with the writer find exactly the
// fields and parts that the setters demand.
func FuzzHeaders(f *testing.F) {
	evil := "=?us-ascii?Q?Hi=0D=0AX-Evil:_1=0D=0A=0D=0A<h1>x</h1>"
	f.Add(headerCall(0, 0, evil+strings.Repeat("_", 470)+"?=", ""), byte(0))
	f.Add(headerCall(0, 0, evil+strings.Repeat("_", 1000)+"?=", ""), byte(1))
	f.Add(headerCall(4, 0, evil+strings.Repeat("_w", 500)+"?=", ""), byte(0))
	f.Add(headerCall(1, 0, evil+strings.Repeat("_w", 500)+"?=", ""), byte(0))
	f.Add(headerCall(0, 0, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte("a\u2028"+strings.Repeat("b\r\nX-Evil: 1", 100)))+"?=", ""), byte(0))
	parameter := "text/plain; x*=utf-8''a%0D%0AX-Injected%3A%20yes%0D%0A%0D%0Abody"
	f.Add(headerCall(20, 0, parameter, ""), byte(0))
	f.Add(headerCalls(headerCall(19, 0, "a", parameter), headerCall(22, 0, "b", parameter), headerCall(24, 0, "c", parameter)), byte(0))
	f.Add(headerCall(23, 0, "a", "text/plain; x*0*=utf-8''a%0D; x*1*=%0AX: y"), byte(3))
	f.Add(headerCall(20, 0, "text/plain; *=utf-8''x; name*=utf-8''a%00; x*=iso-8859-1''%0d", ""), byte(3))
	f.Add(headerCalls(headerCall(9, 0, "X-A", evil+"?="), headerCall(10, 0, "~}=?", ""), headerCall(14, 0, "\x1b$B\"\x1b(B", ""), headerCall(33, 0, "", "")), byte(11))
	f.Add(headerCalls(headerCall(18, 0, "", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR"), headerCall(26, 0, "x", ""), headerCall(32, 0, "", "")), byte(12))
	f.Add(headerCalls(headerCall(31, 0, "test.example", "s.t"), headerCall(17, 1, "https://test.example/\x1d\x14\xff", ""), headerCall(28, 0, "", "")), byte(0))
	f.Add(headerCalls(headerCall(25, 0, "x", "text/plain"), headerCall(26, 0, "x", "")), byte(0))
	for setter := range headerSetters {
		for piece := setter % 4; piece < len(headerPieces); piece += 4 {
			f.Add(headerCall(setter, piece, "a\x1d"+string([]byte{byte(piece), byte(piece * 3)})+"b", "\x1d"+string([]byte{byte(piece), 0})), byte(piece))
		}
	}
	makeCallerFiles(f, f.TempDir())
	f.Fuzz(func(t *testing.T, calls []byte, charset byte) {
		h := New()
		defer Free(h)
		w := &wanted{leaves: 1, maybe: map[string]bool{}, counts: map[string]int{
			"Date": 1, "From": 1, "To": 1, "Subject": 1, "Message-Id": 1, "Mime-Version": 1, "Content-Type": 1}}
		w.maybe["Content-Transfer-Encoding"] = true
		name := fuzzedCharsets[int(charset)%len(fuzzedCharsets)]
		Call(h, func(m *Mailer) error { return m.SetCharSet(name) })
		Call(h, func(m *Mailer) error { return m.SetSenderMail("a@test.example") })
		Call(h, func(m *Mailer) error { return m.AddRecipient("b@test.example", "") })
		Call(h, func(m *Mailer) error { return m.AddMsgLine("Text.") })
		for rest := calls; len(rest) > 1; {
			set, n := headerSetters[int(rest[0])%len(headerSetters)], int(rest[1])
			a, after, _ := bytes.Cut(rest[2:], []byte{0x1f})
			b, after, _ := bytes.Cut(after, []byte{0x1f})
			rest = after
			number := Call(h, func(m *Mailer) error { return set(m, w, fuzzedText(a), fuzzedText(b), n) })
			if number == Internal {
				t.Fatal(Value(h, (*Mailer).GetLastErrorText))
			}
		}
		if name != "UTF-8" {
			w.subject = ""
		}
		var message []byte
		number := Call(h, func(m *Mailer) (err error) { message, err = m.RenderMessage(); return err })
		switch number {
		case NoError:
			w.check(t, message)
		case badInput, undefMailFrom, UndefRecipientMail:
			text := Value(h, (*Mailer).GetLastErrorText)
			if text == "" || !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00") {
				t.Fatalf("the error text is empty or invalid: %q", text)
			}
		default:
			t.Fatalf("%d: %s", number, Value(h, (*Mailer).GetLastErrorText))
		}
	})
}
