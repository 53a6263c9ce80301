// SPDX-License-Identifier: MIT

package message

import (
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
		`back\slash.txt`:                   `back\slash.txt`,
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
	for _, bad := range []string{"a/", "/", "..", "a\r\nb", "a\x00", "\x7f", `C:\a\`, "a\nContent-Type: text/html"} {
		m := simple()
		m.Attachments = []Attachment{{Name: bad, Data: []byte("x")}}
		_, err := m.Render(Options{})
		var e *Error
		require.ErrorAs(t, err, &e, "%q", bad)
		require.Equal(t, "SetAttachmentName", e.Field)
	}
	require.Equal(t, "b.txt", lastElement(`a\b.txt`, true))
	require.Equal(t, "b.txt", lastElement(`C:/a/b.txt`, true))
	require.Equal(t, `a\b.txt`, lastElement(`a\b.txt`, false))
}

func TestFileNameFromPath(t *testing.T) {
	for _, name := range []string{"a.txt", "Bücher 日本.pdf", `odd\"name`} {
		l := attachmentOf(t, Attachment{Path: fileOf(t, name, []byte("x"))}, Options{})
		require.Equal(t, name, l.dparam["filename"])
	}
	l := attachmentOf(t, Attachment{Path: fileOf(t, "Gr\xfc\xdfe", []byte("x"))}, Options{})
	require.Equal(t, "Gr_e", l.dparam["filename"], "neither UTF-8 nor the charset of the mail")
}

func TestMediaTypes(t *testing.T) {
	for name, want := range map[string]string{
		"a.pdf": "application/pdf", "A.PDF": "application/pdf", "a.jpeg": "image/jpeg", "a.tar.gz": "application/gzip",
		"a": octetStream, "a.": octetStream, "a.unknown": octetStream, "": octetStream, ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		require.Equal(t, want, typeByName(name), name)
	}
	for ext, kind := range mediaTypes {
		parsed, params, err := mime.ParseMediaType(kind)
		require.NoError(t, err)
		require.Empty(t, params)
		require.Equal(t, strings.ToLower(kind), parsed)
		require.Equal(t, strings.ToLower(ext), ext)
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
		require.Equal(t, "SetAttachmentType", e.Field)
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
		require.ErrorContains(t, err, "SetContentID", "%q", bad)
	}
}

// An attached message is not encoded, if that can be.
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
