// SPDX-License-Identifier: MIT

package message

import (
	"math/rand/v2"
	"mime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func attachmentOf(t *testing.T, a Attachment, o Options) leaf {
	t.Helper()
	m := simple()
	m.Attachments = []Attachment{a}
	b := rendered(t, m, o)
	for line := range strings.SplitSeq(string(b), "\r\n") {
		require.LessOrEqual(t, len(line), 78, line)
	}
	_, parts := read(t, b)
	return parts[len(parts)-1]
}

func TestFileNames(t *testing.T) {
	for given, want := range map[string]string{
		"plain.txt":                        "plain.txt",
		"with space; and \"quotes\".pdf":   "with space; and \"quotes\".pdf",
		`back\slash.txt`:                   "slash.txt",
		`..\..\evil.exe`:                   "evil.exe",
		`../..\evil.exe`:                   "evil.exe",
		`..\../evil.exe`:                   "evil.exe",
		"C:evil.exe":                       "evil.exe",
		"c:C:evil.exe":                     "evil.exe",
		`\\?\C:\evil.exe`:                  "evil.exe",
		`file:///C:/a/evil.exe`:            "evil.exe",
		"evil.exe. . ":                     "evil.exe",
		"evil.exe\u3000":                   "evil.exe",
		"..%5C..%5Cevil.exe":               "evil.exe",
		"..%2f..%2Fevil.exe":               "evil.exe",
		"..%255C..%255Cevil.exe":           "..%255C..%255Cevil.exe",
		"%43%3Aevil.exe":                   "evil.exe",
		"=?UTF-8?Q?..=5C..=5Cevil.exe?=":   "evil.exe",
		"=?utf-8?b?Li4vLi4vZXZpbC5leGU=?=": "evil.exe",
		"a =?x?Q?=5C?= b":                  " b",
		"100% /50%":                        "50%",
		"a:b.txt":                          "b.txt",
		"12:30.txt":                        "12:30.txt",
		".profile":                         ".profile",
		"...a":                             "...a",
		`C:\Users\me\Bücher.txt`:           "Bücher.txt",
		`c:\a/b\c.txt`:                     "c.txt",
		`\\server\share\ä.doc`:             "ä.doc",
		"/tmp/x/y.tar.gz":                  "y.tar.gz",
		"../../etc/passwd":                 "passwd",
		"C:/a/b.txt":                       "b.txt",
		"CON":                              "CON",
		"日本語のファイル名.pdf":                    "日本語のファイル名.pdf",
		"👩‍👩‍👧‍👦 family.png":               "👩‍👩‍👧‍👦 family.png",
		"a%20b*c'd.txt":                    "a%20b*c'd.txt",
		"tab\there.txt":                    "tab\there.txt",
		strings.Repeat("x", 250):           strings.Repeat("x", 250),
		strings.Repeat("长", 200) + ".docx": strings.Repeat("长", 200) + ".docx",
		"=?UTF-8?B?eA==?=":                 "=?UTF-8?B?eA==?=",
	} {
		l := attachmentOf(t, Attachment{Name: given, Data: []byte("x")}, Options{})
		require.Equal(t, want, l.dparam["filename"])
		old, err := (&mime.WordDecoder{}).DecodeHeader(l.params["name"])
		require.NoError(t, err)
		if !strings.HasPrefix(want, "=?") {
			require.Equal(t, want, old)
		}
	}
	for _, bad := range []string{"a/", "/", "..", ".", "...", ". .", `\`, `..\`, `a\.`, "C:", "C:..", "%2e%2e", "a%5c", "=?utf-8?q?=2e=2e?=", "a%2F%0A%2Fb%0Ac",
		"=?utf-8?q?a=0Ab?=", "a\r\nb", "a\x00", "\x7f", `C:\a\`, "a\nContent-Type: text/html"} {
		m := simple()
		m.Attachments = []Attachment{{Name: bad, Data: []byte("x")}}
		_, err := m.Render(Options{})
		var e *Error
		require.ErrorAs(t, err, &e, "%q", bad)
		require.Equal(t, "Attachment.Name", string(e.Field))
	}
}

// Whatever the file name is, only one component of it is sent.
func TestFileNamesAreOneComponent(t *testing.T) {
	pieces := []string{"..", ".", "/", `\`, "C:", "a", "evil.exe", " ", "%5C", "%2f", "%252F", "=?utf-8?q?=5C?=", "=?utf-8?b?Lw==?=", "\u3000", "日", "=?", "?=", "%"}
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		var given strings.Builder
		for range 1 + r.IntN(8) {
			given.WriteString(pieces[r.IntN(len(pieces))])
		}
		name, err := utf8Charset.fileName(&Attachment{Name: given.String()})
		if err != nil || strings.TrimSpace(given.String()) == "" {
			require.Empty(t, name)
			continue
		}
		forms := []string{name, decodeHex(name, '%')}
		words, err := (&mime.WordDecoder{}).DecodeHeader(name)
		require.NoError(t, err)
		forms = append(forms, words)
		for _, form := range forms {
			require.NotContains(t, form, "/", "%q", given.String())
			require.NotContains(t, form, `\`, "%q", given.String())
			require.NotEmpty(t, strings.Trim(form, ". \u3000"), "%q", given.String())
		}
	}
}

func TestFileNameFromPath(t *testing.T) {
	for name, want := range map[string]string{
		"a.txt": "a.txt", "Bücher 日本.pdf": "Bücher 日本.pdf", `odd\"name`: `"name`, `..\..\evil.exe`: "evil.exe", "...": "attachment", `a\`: "attachment",
		"C:x.txt": "x.txt", "a%2Fb": "b",
	} {
		for _, inline := range []bool{false, true} {
			l := attachmentOf(t, Attachment{Path: fileOf(t, name, []byte("octets of "+name)), Inline: inline}, Options{})
			require.Equal(t, want, l.dparam["filename"])
			require.Equal(t, "octets of "+name, string(l.body), "the file that was named")
		}
	}
	l := attachmentOf(t, Attachment{Path: fileOf(t, "Gr\xfc\xdfe", []byte("x"))}, Options{})
	require.Equal(t, "Gr_e", l.dparam["filename"], "neither UTF-8 nor the charset of the mail")
}

// The values of RFC 2231 parameters are checked after decoding.
func TestParametersAreCheckedAfterDecoding(t *testing.T) {
	for _, bad := range []string{
		"text/plain; x*=utf-8''a%0D%0AX-Injected%3A%20yes%0D%0A%0D%0Abody", "text/plain; x*=utf-8''%00", "text/plain; x*=us-ascii''a%1Bb",
		"text/plain; x*=utf-8''a%0Db", "text/plain; x*=utf-8''a%0A", "text/plain; x*=utf-8''%7F", "text/plain; x*=utf-8''a%FFb",
		"text/plain; x*0*=utf-8''a%0D; x*1*=%0AX: y", "text/plain; x*0*=utf-8''a; x*1*=%0A", "text/plain; x*0=a; x*1*=%0A", "text/plain; *=utf-8''x",
		"text/plain; x=\"=?utf-8?q?=0Ab?=\"", "text/plain; charset*=utf-8''utf-8%0AX-Evil%3A%201", "message/rfc822; x*=utf-8''%0A",
	} {
		for name, a := range map[string]Attachment{
			"data":   {Name: "a.txt", ContentType: bad, Data: []byte("x")},
			"file":   {Path: fileOf(t, "a.txt", []byte("x")), ContentType: bad},
			"inline": {Name: "a.png", ContentType: bad, ContentID: "a@b", Inline: true, Data: []byte("x")},
		} {
			m := simple()
			m.HTML, m.Attachments = "<p>x", []Attachment{a}
			_, err := m.Render(Options{})
			var e *Error
			require.ErrorAs(t, err, &e, "%s %q", name, bad)
			require.Equal(t, "Attachment.ContentType", string(e.Field))
			refusedWell(t, err)
		}
	}
	l := attachmentOf(t, Attachment{Name: "a", ContentType: "text/x; a*=utf-8''%E2%80%A8%C2%85; b*0*=utf-8''%C3%BC; b*1=\"%0A\"; c=\"%0D%0A\"", Data: []byte("x")}, Options{})
	require.Equal(t, map[string]string{"a": "\u2028\u0085", "b": "ü%0A", "c": "%0D%0A", "name": "a"}, l.params)
	l = attachmentOf(t, Attachment{Name: "a", ContentType: "text/x; a=\"ü\"", Data: []byte("x")}, Options{})
	require.Equal(t, "ü", l.params["a"])
}

func TestMediaTypes(t *testing.T) {
	for name, want := range map[string]string{
		"a.pdf": "application/pdf", "A.PDF": "application/pdf", "a.jpeg": "image/jpeg", "a.tar.gz": "application/gzip",
		"a": octetStream, "a.": octetStream, "a.unknown": octetStream, "": octetStream, ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		require.Equal(t, want, typeByName(name), name)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(mediaTypes[1:])) {
		fields := strings.Fields(line)
		require.Equal(t, strings.Join(fields, " ")+"\n", line)
		kind := fields[0]
		parsed, params, err := mime.ParseMediaType(kind)
		require.NoError(t, err)
		require.Empty(t, params)
		require.Equal(t, strings.ToLower(kind), parsed)
		for _, ext := range fields[1:] {
			require.Equal(t, strings.ToLower(ext), ext)
			require.Equal(t, kind, typeByName("a."+ext))
			require.False(t, listed[ext], "%s is listed twice", ext)
			listed[ext] = true
		}
	}
	l := attachmentOf(t, Attachment{Name: "x.bin", ContentType: `Text/Plain; charset="koi8-r"; name=other; x*=UTF-8''%C3%BC`, Data: []byte("x")}, Options{})
	require.Equal(t, "text/plain", l.kind)
	require.Equal(t, "koi8-r", l.params["charset"])
	require.Equal(t, "x.bin", l.params["name"])
	require.Equal(t, "ü", l.params["x"])
	for _, bad := range []string{"text", "text/", "/x", "te xt/plain", "text/plain\r\nX: y", "multipart/mixed", "a/b/c", "text/plain;", strings.Repeat("x", 200) + "/x", "text/plain; " + strings.Repeat("x", 200) + "=y"} {
		m := simple()
		m.Attachments = []Attachment{{Name: "x", ContentType: bad}}
		_, err := m.Render(Options{})
		if bad == "text/plain;" {
			require.NoError(t, err)
			continue
		}
		var e *Error
		require.ErrorAs(t, err, &e, bad)
		require.Equal(t, "Attachment.ContentType", string(e.Field))
	}
}

func TestContentID(t *testing.T) {
	for given, want := range map[string]string{"a": "<a>", "<a@b>": "<a@b>", "cid:a": "<a>", "": ""} {
		require.Equal(t, want, attachmentOf(t, Attachment{Name: "x", ContentID: given, Inline: true}, Options{}).header.Get("Content-Id"))
	}
	for _, bad := range []string{"a b", "a>b", "ü", "a\r\nb", "<>a"} {
		m := simple()
		m.Attachments = []Attachment{{Name: "x", ContentID: bad}}
		_, err := m.Render(Options{})
		require.ErrorContains(t, err, "Attachment.ContentID", "%q", bad)
	}
}

// An attached message is sent without encoding if possible.
func TestAttachedMessage(t *testing.T) {
	seven := "Subject: x\n\nbody\n.\n"
	l := attachmentOf(t, Attachment{Name: "a.eml", Data: []byte(seven)}, Options{})
	require.Equal(t, "message/rfc822", l.kind)
	require.Equal(t, "7bit", l.header.Get("Content-Transfer-Encoding"))
	require.Equal(t, strings.ReplaceAll(seven, "\n", "\r\n"), string(l.body))
	l = attachmentOf(t, Attachment{Path: fileOf(t, "b.eml", []byte("Subject: x\r\n\r\nno line end"))}, Options{})
	require.Equal(t, "message/rfc822", l.kind)
	require.Equal(t, "Subject: x\r\n\r\nno line end", string(l.body))

	eight := "Subject: x\r\n\r\nü\r\n"
	l = attachmentOf(t, Attachment{Name: "a.eml", Data: []byte(eight)}, Options{EightBit: true})
	require.Equal(t, "8bit", l.header.Get("Content-Transfer-Encoding"))
	require.Equal(t, eight, string(l.body))
	for _, text := range []string{eight, "Subject: x\n\n\x00", "Subject: x\n\n" + strings.Repeat("x", 999)} {
		l = attachmentOf(t, Attachment{Name: "a.eml", Data: []byte(text)}, Options{})
		require.Equal(t, octetStream, l.kind)
		require.Equal(t, "base64", l.header.Get("Content-Transfer-Encoding"))
		require.Equal(t, text, string(l.body))
		require.Equal(t, "a.eml", l.dparam["filename"])
	}
}

func TestOneSource(t *testing.T) {
	m := simple()
	m.Attachments = []Attachment{{Path: "/etc/passwd", Data: []byte("x")}}
	_, err := m.Render(Options{})
	require.ErrorContains(t, err, "more than one source")
}

// File names are quoted if they have blanks, or characters that have a meaning in RFC
// 2231 or in comments.
func TestFileNamesInQuotes(t *testing.T) {
	for name, want := range map[string]string{
		"it's.txt":            `filename="it's.txt"`,
		"a*b.txt":             `filename="a*b.txt"`,
		"100%.txt":            `filename="100%.txt"`,
		"a%41.txt":            `filename="a%41.txt"`,
		"UTF-8''x.txt":        `filename="UTF-8''x.txt"`,
		"a(1).txt":            `filename="a(1).txt"`,
		" a b.txt":            `filename=" a b.txt"`,
		"plain-1_2+3.txt":     "filename=plain-1_2+3.txt",
		"x' y*(z)% \"q\".txt": `filename="x' y*(z)% \"q\".txt"`,
	} {
		h, err := utf8Charset.attachmentPart(&Attachment{Name: name, Data: []byte("x")}, &Options{}, unsigned)
		require.NoError(t, err)
		require.Contains(t, string(h.fields), "\r\nContent-Disposition: attachment; "+want+"\r\n")
		require.Contains(t, string(h.fields), strings.TrimPrefix(want, "file"))
	}
}

// Python's parser finds no defect, and reads every name as the program has set it.
func TestPythonReadsFileNames(t *testing.T) {
	pieces := []string{"'", "*", "%", "(", ")", " ", "%41", "''", "UTF-8''", "a", "b.txt", "\\", `"`, ";", "=", "?", "😀", "ü", "long name ", "<", ">", "@", ",", "[", "]", "filename*0*="}
	r := rand.New(rand.NewPCG(7, 8))
	pythonReads(t, cases(200), func(i int) pythonCase {
		var b strings.Builder
		for range 1 + r.IntN(14) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		name := baseName(b.String() + "x")
		m := simple()
		m.Attachments = []Attachment{{Name: name, Data: []byte("x")}}
		old := !asGiven(name)
		return pythonCase{ID: name, Raw: rendered(t, m, testOptions()), Parts: []pythonPart{{Path: "0.1", Body: []byte("x"), Name: &name, OldName: &old}}}
	})
}

// No line has more than 78 octets, and no line of an encoded name has more than 77,
// no matter which characters the name contains and how long the parameter's name is.
func TestLinesOfLongNames(t *testing.T) {
	for _, char := range []string{"😀", "ü", "日", "👩‍👩‍👧‍👦", "aü", "'", "(", `"`, " x"} {
		for n := 1; n < 120; n++ {
			name := strings.Repeat(char, n) + ".txt"
			p, err := utf8Charset.attachmentPart(&Attachment{Name: name, ContentType: `text/x; quite-a-long-parameter-name="` + strings.Repeat("ü", n) + `"`, Data: []byte("x")}, &Options{}, unsigned)
			require.NoError(t, err)
			for line := range strings.SplitSeq(string(p.fields), "\r\n") {
				require.LessOrEqual(t, len(line), wantedLine, "%q", line)
				require.False(t, len(line) == wantedLine && strings.HasPrefix(line, " filename*"), "%q", line)
			}
			_, params, err := mime.ParseMediaType(strings.ReplaceAll(field(string(p.fields), "Content-Disposition"), "\r\n", ""))
			require.NoError(t, err)
			require.Equal(t, name, params["filename"])
		}
	}
}

func TestBlankNameIsNone(t *testing.T) {
	for _, blank := range []string{"", " ", "   ", "\u00a0", "\u3000 "} {
		l := attachmentOf(t, Attachment{Name: blank, Data: []byte("x")}, Options{})
		require.Empty(t, l.dparam)
		require.Empty(t, l.params)
		l = attachmentOf(t, Attachment{Name: blank, Path: fileOf(t, "a.txt", []byte("x"))}, Options{})
		require.Equal(t, "a.txt", l.dparam["filename"])
		require.Equal(t, "text/plain", l.kind)
	}
}
