// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A text that contains control characters only after it is decoded is refused before MAIL.
func TestDecodedTextIsCheckedBeforeMAIL(t *testing.T) {
	words := "=?us-ascii?Q?Hello=0D=0AX-Evil:_1=0D=0AContent-Type:_text/html=0D=0A=0D=0A<h1>phish</h1>" + strings.Repeat("_w", 470) + "?="
	parameter := "text/plain; x*=utf-8''a%0D%0AX-Injected%3A%20yes%0D%0A%0D%0Abody"
	path := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	for name, set := range map[string]func(m *Mailer) error{
		"SetSubject":               func(m *Mailer) error { return m.SetSubject(words) },
		"SetXMailer":               func(m *Mailer) error { return m.SetXMailer(words) },
		"SetSenderName":            func(m *Mailer) error { return m.SetSenderName(words) },
		"AddRecipient":             func(m *Mailer) error { return m.AddRecipient("c@test.example", words) },
		"SetSender":                func(m *Mailer) error { return m.SetSender("c@test.example", words) },
		"AddHeader":                func(m *Mailer) error { return m.AddHeader("X-A", words) },
		"attachment name":          func(m *Mailer) error { return m.AddAttachmentData(words, "", nil) },
		"attachment content_type":  func(m *Mailer) error { return m.AddAttachmentData("a", parameter, nil) },
		"attachment content_type ": func(m *Mailer) error { return m.AddAttachmentAs(path, "a", parameter) },
		"attachment content_type\"": func(m *Mailer) error {
			return m.AddInlineImageData("id@test.example", "a", parameter, []byte("x"))
		},
	} {
		text := refusedBeforeMAIL(t, set, (*Mailer).Send)
		require.Contains(t, text, strings.Trim(name, ` "`))
		require.Contains(t, text, "remove it")
	}
}

func TestAttachmentNamesAreOneComponent(t *testing.T) {
	h := New()
	defer Free(h)
	dir := t.TempDir()
	mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("a@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("b@test.example", "") })
	mustCall(t, h, func(m *Mailer) error { return m.SetHTMLBody("<p>x") })
	for i, name := range []string{`..\..\evil.exe`, "../../evil.exe", `C:\a\evil.exe`, "C:evil.exe", `..%5C..%5Cevil.exe`, "=?utf-8?q?..=5Cevil.exe?="} {
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", `\`))
		require.NoError(t, os.WriteFile(path, []byte{byte(i)}, 0o600))
		mustCall(t, h, func(m *Mailer) error { return m.AddAttachment(path) })
		mustCall(t, h, func(m *Mailer) error { return m.AddInlineImage(path, "id@test.example") })
		mustCall(t, h, func(m *Mailer) error { return m.AddAttachmentAs(path, name, "") })
		mustCall(t, h, func(m *Mailer) error { return m.AddAttachmentData(name, "", []byte("x")) })
		mustCall(t, h, func(m *Mailer) error { return m.AddInlineImageData("id@test.example", name, "image/png", nil) })
		mustCall(t, h, func(m *Mailer) error { return m.AddAttachmentReader(name, "", -1, reading("x")) })
	}
	var message []byte
	mustCall(t, h, func(m *Mailer) (err error) { message, err = m.RenderMessage(); return err })
	require.Equal(t, 36, strings.Count(string(message), `; filename=evil.exe`+"\r\n"))
	require.Equal(t, 36, strings.Count(string(message), `; name=evil.exe`+"\r\n"))
	require.Equal(t, 72, strings.Count(string(message), "evil"))
}
