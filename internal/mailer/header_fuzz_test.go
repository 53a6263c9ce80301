// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// headerPieces contains texts that a fuzzed text can refer to. A reference has three octets:
// 0x1d, the index of a piece, and a number that determines how many times the piece occurs.
var headerPieces = []string{
	"\r\n", "\r", "\n", "\x00", "\x0b", "\x0c", "\x1c", "\x1e", "\x7f", "\u0085", "\u2028", "\u2029", "\u00a0", "\u200b", "\ufeff", "\u3000", "\uff20",
	"\t", " ", "  ", "x", "_w", "ü", "日", "😀", "\xe4", "\x81\x97", "\x1b$B!w\x1b(B", "~{VP~}",
	"=?us-ascii?Q?", "=?UTF-8?B?", "=?utf-8?q?", "=?iso-8859-1?q?", "=?utf-7?q?", "=?utf-16be?q?", "=?x?b?", "?=", "?= =?utf-8?q?",
	"=0D=0A", "=0d=0aX-Evil:_1=0d=0a=0d=0a", "=00", "=1B", "=E2=80=A8", "=5C", "DQpYLUV2aWw6IDENCg0K", "w7w=", "+AA0ACg-",
	"%0D%0A", "%0d%0aX-Evil%3A%201%0d%0a%0d%0a", "%00", "%E2%80%A8", "%5C", "%2F", "%250A",
	"text/plain; ", "x*=utf-8''", "x*0*=utf-8''a", "; x*1*=", "; x=\"", "name*=utf-8''", "*=utf-8''", "message/rfc822", "multipart/mixed; boundary=a",
	"\r\nX-Evil: 1\r\n\r\n", "\n X-Evil: 1", ": ", ", ", "; ", "<", ">", "(", ")", "\"", "\\", "/", "@", "a@test.example", "<a@test.example>", "https://",
	"mailto:", "BEGIN:VCALENDAR\nMETHOD:", "\nEND:VCALENDAR", "REQUEST", "--=_",
}

var fuzzedCharsets = []string{"UTF-8", "", "US-ASCII", "ISO-8859-1", "windows-1252", "Shift_JIS", "GB18030", "GBK", "Big5", "EUC-KR", "EUC-JP",
	"ISO-2022-JP", "HZ-GB-2312", "UTF-16", "UTF-16BE", "UTF-7", "KOI8-R", "IBM037", "macintosh", "gb2312"}

// fuzzedText replaces the references to headerPieces with the pieces. It returns at most
// 10,000 octets.
func fuzzedText(in []byte) string {
	const most = 10_000
	var b strings.Builder
	for i := 0; i < len(in) && b.Len() < most; i++ {
		if in[i] != 0x1d || i+2 >= len(in) {
			b.WriteByte(in[i])
			continue
		}
		piece := headerPieces[int(in[i+1])%len(headerPieces)]
		count := 1 + int(in[i+2])*int(in[i+2])/8
		b.WriteString(strings.Repeat(piece, min(count, 1+(most-b.Len())/len(piece))))
		i += 2
	}
	s := b.String()
	return s[:min(len(s), most)]
}

// wanted describes the message that the calls should produce.
type wanted struct {
	counts  map[string]int  // the number of fields of each name
	maybe   map[string]bool // fields that may occur once or not at all
	leaves  int
	subject string // "" is not compared
	data    []string
}

// fuzzedControls matches the control characters that become blanks in a subject.
var fuzzedControls = regexp.MustCompile(`[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]`)

// headerSetters contains the setters that affect a header. Each of them gets two texts and
// a number, and records in w what it adds to the message.
var headerSetters = []func(m *Mailer, w *wanted, a, b string, n int) error{
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.subject = fuzzedControls.ReplaceAllString(a, " ")
		return m.SetSubject(a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error { return m.SetSenderName(a) },
	func(m *Mailer, w *wanted, a, b string, n int) error { return m.SetSenderMail(a) },
	func(m *Mailer, w *wanted, a, b string, n int) error { w.one("Reply-To", a); return m.SetReplyTo(a) },
	func(m *Mailer, w *wanted, a, b string, n int) error { w.one("X-Mailer", a); return m.SetXMailer(a) },
	func(m *Mailer, w *wanted, a, b string, n int) error { return m.AddRecipient(a, b) },
	func(m *Mailer, w *wanted, a, b string, n int) error { return m.AddRecipient("c@test.example", a) },
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.counts["Cc"] = 1
		return m.AddCCRecipient("c@test.example", a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error { return m.AddBCCRecipient(a, b) },
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.counts[textproto.CanonicalMIMEHeaderKey(a)]++
		return m.AddHeader(a, b)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.counts["X-Own"]++
		return m.AddHeader("X-Own", a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error { return m.SetMessageID(a) },
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.one("In-Reply-To", a)
		return m.SetInReplyTo(a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.one("References", a)
		return m.SetReferences(a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.counts["Sender"] = 1
		return m.AddFrom("d@test.example", a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error { w.one("Sender", "x"); return m.SetSender(a, b) },
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.one("Auto-Submitted", a)
		return m.SetAutoSubmitted(a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.one("List-Unsubscribe", a)
		w.one("List-Unsubscribe-Post", a)
		return m.SetListUnsubscribe(a, n&1 != 0)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		if m.message.Calendar == nil && a+b != "" {
			w.leaves += 2
		}
		if a+b == "" {
			return nil
		}
		return m.SetCalendar(a, b)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.attach("attached")
		return m.AddAttachmentData(a, b, []byte("attached"))
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.attach("attached")
		return m.AddAttachmentData("a.txt", a, []byte("attached"))
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.attach("image")
		return m.AddInlineImageData(a, b, "image/png", []byte("image"))
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.attach("image")
		return m.AddInlineImageData("id@test.example", a, b, []byte("image"))
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.attach("read")
		return m.AddAttachmentReader(a, b, -1, reading("read"))
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.attach(callerTextContent)
		return m.AddAttachmentAs(callerText, a, b)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.attach(callerTextContent)
		return m.AddInlineImage(callerText, a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		if m.message.HTML == "" {
			w.leaves++
		}
		return m.SetHTMLBody("<p>" + a)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		fields := 0
		if n == priorityHigh || n == priorityLow {
			fields = 1
		}
		w.counts["X-Priority"], w.counts["Importance"] = fields, fields
		return m.SetXPriority(n)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.counts["Disposition-Notification-To"] = 1
		return m.SetReadReceipt(true)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error { return m.SetFlowed(n&1 != 0) },
	func(m *Mailer, w *wanted, a, b string, n int) error { return m.SetDate(int64(n) << 25) },
	func(m *Mailer, w *wanted, a, b string, n int) error {
		err := m.AddDKIMKey(a, b, callerKeys().ed25519)
		if err == nil {
			w.counts["Dkim-Signature"]++
		}
		return err
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		w.counts["Dkim-Signature"]++
		return m.AddDKIMKey("test.example", "s", callerKeys().ed25519)
	},
	func(m *Mailer, w *wanted, a, b string, n int) error {
		if m.message.SMIME == nil {
			w.leaves++
		}
		return m.SetSMIMEKey(callerKeys().certificate, callerKeys().key)
	},
}

// one records how many fields with this name may occur: at most one if value is not empty,
// and none if value is empty.
func (w *wanted) one(name, value string) {
	w.maybe[name] = value != ""
}

func (w *wanted) attach(data string) {
	w.leaves++
	w.data = append(w.data, data)
}

// check parses the message with splitHeader and with net/mail, and compares both results
// with w.
func (w *wanted) check(t *testing.T, message []byte) {
	t.Helper()
	fields, _, err := splitHeader(message)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, f := range fields {
		counts[textproto.CanonicalMIMEHeaderKey(f.name)]++
	}
	for name, n := range counts {
		if want := w.counts[name]; n != want && !(n == 1 && want == 0 && w.maybe[name]) {
			t.Fatalf("%d fields named %s, want %d: %.3000q", n, name, want, message)
		}
	}
	for name, n := range w.counts {
		if counts[name] != n {
			t.Fatalf("%d fields named %s, want %d: %.3000q", counts[name], name, n, message)
		}
	}
	read, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		t.Fatalf("net/mail: %v: %.3000q", err, message)
	}
	for name, values := range read.Header {
		if len(values) != counts[name] {
			t.Fatalf("net/mail finds %d fields named %s: %.3000q", len(values), name, message)
		}
	}
	if len(read.Header) != len(counts) {
		t.Fatalf("net/mail finds other fields: %v", read.Header)
	}
	if subject := w.subject; subject != "" && !strings.Contains(subject, "=?") && utf8.ValidString(subject) {
		got, err := (&mime.WordDecoder{}).DecodeHeader(read.Header.Get("Subject"))
		if err != nil || strings.Trim(got, " \t") != strings.Trim(subject, " \t") {
			t.Fatalf("the subject %q was decoded as %q, %v", subject, got, err)
		}
	}
	var data []string
	leaves := walkParts(t, textproto.MIMEHeader(read.Header), read.Body, message, &data)
	if leaves != w.leaves {
		t.Fatalf("%d parts, want %d: %.3000q", leaves, w.leaves, message)
	}
	for _, want := range w.data {
		i := slices.IndexFunc(data, func(got string) bool { return got == want || lines(got) == lines(want) })
		if i < 0 {
			t.Fatalf("no part contains %q: %q", want, data)
		}
		data = slices.Delete(data, i, i+1)
	}
}

// lines returns s with LF as the line end, and without a line end at the end of the text.
// It is used for attached messages, in which sending changes only the line ends.
func lines(s string) string {
	return strings.TrimSuffix(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
}

// walkParts parses an entity with both parsers. It returns the number of parts that are not
// multiparts, and appends their contents to data.
func walkParts(t *testing.T, header textproto.MIMEHeader, body io.Reader, entity []byte, data *[]string) int {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type %q: %v", header.Get("Content-Type"), err)
	}
	for name, value := range params {
		if strings.ContainsAny(value, "\r\n\x00") {
			t.Fatalf("the parameter %s contains a line end or NUL: %q", name, value)
		}
	}
	fields, strictBody, err := splitHeader(entity)
	if err != nil {
		t.Fatal(err)
	}
	if d := header.Get("Content-Disposition"); d != "" {
		_, params, err := mime.ParseMediaType(d)
		if err != nil || strings.ContainsAny(params["filename"], "/\\\r\n\x00") {
			t.Fatalf("Content-Disposition %q: %v", d, err)
		}
	}
	seen := map[string]bool{}
	for _, f := range fields {
		name := textproto.CanonicalMIMEHeaderKey(f.name)
		if strings.HasPrefix(name, "Content-") && seen[name] {
			t.Fatalf("the field %s occurs twice: %.3000q", name, entity)
		}
		seen[name] = true
	}
	if !strings.HasPrefix(kind, "multipart/") {
		var text []byte
		if header.Get("Content-Transfer-Encoding") == "base64" {
			text = decodeLines(t, strictBody)
		} else {
			text = strictBody
		}
		*data = append(*data, string(text))
		return 1
	}
	strict, err := splitParts(strictBody, params["boundary"])
	if err != nil {
		t.Fatal(err)
	}
	leaves, r := 0, multipart.NewReader(body, params["boundary"])
	for i := 0; ; i++ {
		part, err := r.NextRawPart()
		if err == io.EOF {
			if i != len(strict) {
				t.Fatalf("mime/multipart finds %d parts, want %d", i, len(strict))
			}
			return leaves
		}
		if err != nil {
			t.Fatal(err)
		}
		for name := range part.Header {
			switch name {
			case "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Id":
			default:
				t.Fatalf("a part has the field %s: %.3000q", name, strict[i])
			}
		}
		leaves += walkParts(t, part.Header, part, strict[i], data)
	}
}
