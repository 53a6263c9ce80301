// SPDX-License-Identifier: MIT

package test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func assertNoSecret(t *testing.T, text, secret string) {
	t.Helper()
	assert.NotContains(t, text, secret)
	for shift := range 3 {
		code := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
		assert.NotContains(t, text, code[4:len(code)-4], "in base64")
	}
}

// mail runs csmtp-send with a sender, a subject and a text.
func mail(t *testing.T, env []string, text string, args ...string) hosttest.Result {
	t.Helper()
	return hosttest.Call{Program: compiled(t, "send"), Args: append([]string{"-f", user, "-s", "A subject"}, args...), Env: env,
		Input: strings.NewReader(text)}.Run(t)
}

func at(server *smtptest.MailServer) string { return fmt.Sprintf("localhost:%d", server.Port()) }

// parsed is a message as Python's email package parses it.
type parsed struct {
	From, To, Cc, Subject, Text, HTML string
	Extra                             string `json:"X-Extra"`
	Bcc                               *string
	Files                             map[string]string // in base64
	Defects                           int
}

const reader = `
import base64, email, email.policy, json, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.SMTP)
r = {k: str(m[k]) for k in ("From", "To", "Cc", "Subject", "X-Extra") if m[k]}
r["Bcc"] = m["Bcc"]
text, html = m.get_body(("plain",)), m.get_body(("html",))
r["Text"], r["HTML"] = [p.get_content().replace("\r\n", "\n") if p else "" for p in (text, html)]
r["Files"] = {a.get_filename(): base64.b64encode(a.get_payload(decode=True)).decode() for a in m.iter_attachments()}
r["Defects"] = sum(len(p.defects) for p in m.walk())
json.dump(r, sys.stdout)
`

func readMail(t *testing.T, message []byte) parsed {
	t.Helper()
	hosttest.Need(t, "python3")
	cmd := exec.Command("python3", "-c", reader)
	cmd.Stdin = bytes.NewReader(message)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &complaints)
	var p parsed
	require.NoError(t, json.Unmarshal(out, &p), "%s", out)
	return p
}

// --preview prints the message that the server would receive.
func TestSendAndPreview(t *testing.T) {
	folder := t.TempDir()
	html, file, name := filepath.Join(folder, "page.html"), filepath.Join(folder, "raw.bin"), filepath.Join(folder, "Übersicht 表.txt")
	octets := bytes.Repeat([]byte{0, 1, 254, '\r', '\n'}, 1000)
	require.NoError(t, os.WriteFile(html, []byte("<p>Grüße</p>\n"), 0o600))
	require.NoError(t, os.WriteFile(file, octets, 0o600))
	require.NoError(t, os.WriteFile(name, []byte("text\n"), 0o600))
	server := serve(t, smtptest.MailOptions{})
	args := []string{"-f", `"Ångström, Zoë" <alice@test.example>`, "-t", "Bob <bob@test.example>", "--to=carol@test.example", "--cc", "Jürgen <j@test.example>",
		"--bcc", "secret@test.example", "--subject=Grüße: 表", "--html", html, "--attach", file, "-a" + name, "--header", "X-Extra: more",
		"--message-id", "<one@test.example>", "--ca-file", authority(t), at(server)}
	want := parsed{From: `"Ångström, Zoë" <alice@test.example>`, To: "Bob <bob@test.example>, carol@test.example",
		Cc: "Jürgen <j@test.example>", Subject: "Grüße: 表", Text: "Grüße\n.\nEnde\n", HTML: "<p>Grüße</p>\n", Extra: "more",
		Files: map[string]string{"raw.bin": base64.StdEncoding.EncodeToString(octets), "Übersicht 表.txt": "dGV4dAo="}}
	text := "\xEF\xBB\xBFGrüße\n.\nEnde\n"

	preview := mail(t, nil, text, append(args, "--preview", "--user", "nobody is asked for a password")...)
	require.Zero(t, preview.Status, preview.Errors)
	assert.Equal(t, want, readMail(t, []byte(preview.Out)))
	assert.Empty(t, server.Sessions(), "no network")

	got := mail(t, nil, text, args...)
	require.Zero(t, got.Status, got.Errors)
	assert.Empty(t, got.Out+got.Errors)
	require.NoError(t, server.WaitIdle(1, hosttest.Deadline))
	received := server.Mails()[0]
	assert.NotEmpty(t, received.TLS)
	assert.Len(t, received.Recipients, 4)
	assert.Equal(t, want, readMail(t, received.Data))
	assert.Equal(t, plain(preview.Out), plain(string(received.Data)), "except for date and boundary")
}

func plain(message string) string {
	message = regexp.MustCompile(`(?m)^Date: .*$`).ReplaceAllString(message, "Date:")
	return regexp.MustCompile(`=_[0-9a-f]{16,}`).ReplaceAllString(message, "=_")
}

func TestSendHTMLAlone(t *testing.T) {
	html := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(html, []byte("<p>Hi</p>\n"), 0o600))
	got := mail(t, nil, "", "-t", user, "--html", html, "--preview")
	require.Zero(t, got.Status, got.Errors)
	assert.Contains(t, got.Out, "Content-Type: text/html")
	p := readMail(t, []byte(got.Out))
	assert.Equal(t, "<p>Hi</p>\n", p.HTML)
	assert.Empty(t, p.Text)
}

func TestSendLogsIn(t *testing.T) {
	server := serve(t, smtptest.MailOptions{AuthFirst: true, TLSFirst: true, Tokens: map[string]string{user: "t0ken-of-the-test"}})
	for _, secret := range []string{"CSMTP_PASSWORD=" + password, "CSMTP_TOKEN=t0ken-of-the-test"} {
		for _, way := range [][]string{{at(server)}, {"--security=ssl", fmt.Sprintf("--port=%d", server.TLSPort()), "localhost"}} {
			got := mail(t, []string{secret}, "text", append(way, "-t", user, "-u", user, "-v", "--ca-file", authority(t))...)
			require.Zero(t, got.Status, got.Errors)
			assert.Contains(t, got.Errors, "Sent: 250 ")
			assert.Contains(t, got.Errors, "C: AUTH ")
			_, value, _ := strings.Cut(secret, "=")
			assertNoSecret(t, got.Errors, value)
		}
	}
	require.NoError(t, server.WaitIdle(4, hosttest.Deadline))
}

func TestSendUsesConfiguration(t *testing.T) {
	server := serve(t, smtptest.MailOptions{AuthFirst: true})
	config := filepath.Join(t.TempDir(), "csmtp.conf")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "[*]\nserver = localhost\nport = %d\nsecurity = starttls\nlogin = %s\npassword = %s\nca-file = %s\n",
		server.Port(), user, password, authority(t)), 0o600))
	got := mail(t, []string{"CSMTP_CONFIG=" + config}, "text", "-t", user)
	require.Zero(t, got.Status, got.Errors)
	require.NoError(t, server.WaitIdle(1, hosttest.Deadline))
	assert.Equal(t, user, server.Mails()[0].Login)
	got = mail(t, []string{"CSMTP_CONFIG=" + config + ".missing"}, "text", "-t", user)
	assert.Equal(t, 2, got.Status)
}

// To send over HTTPS, csmtp-send needs a token, but not the argument HOST.
func TestSendOverHTTPS(t *testing.T) {
	service, err := smtptest.NewHTTPService(smtptest.HTTPOptions{Tokens: []string{"a-token-of-the-test"}})
	require.NoError(t, err)
	defer service.Close()
	folder := t.TempDir()
	ca, err := smtptest.WriteCA(folder)
	require.NoError(t, err)
	token := filepath.Join(folder, "token")
	require.NoError(t, os.WriteFile(token, []byte("a-token-of-the-test\n"), 0o600))
	common := []string{"-t", "bob@test.example", "--bcc", "carol@test.example", "--transport-endpoint", service.URL(), "--ca-file", ca}
	for i, name := range []string{"microsoft-graph", "gmail-api"} {
		got := mail(t, nil, "Hello.\n", append(common, "--transport", name, "--token-file", token, "-v")...)
		require.Zero(t, got.Status, got.Errors)
		require.Len(t, service.Mails(), i+1)
		sent := service.Mails()[i]
		assert.Equal(t, []string{"bob@test.example", "carol@test.example"}, sent.Rcpt)
		assert.Contains(t, sent.Target, "me/")
		assert.Equal(t, "Hello.\n", readMail(t, sent.Message).Text)
		assert.Contains(t, got.Errors, "Sent: 250 HTTP 20")
		assertNoSecret(t, got.Errors, "a-token-of-the-test")
	}
	for text, args := range map[string][]string{
		"--token-file": {"--transport", "gmail-api"},
		"must be smtp, microsoft-graph or gmail-api": {"--transport", "gmail", "--token-file", token},
		"--transport-endpoint: the endpoint":         {"--transport", "gmail-api", "--token-file", token, "--transport-endpoint", "http://h"},
	} {
		got := mail(t, nil, "Hello.\n", append(common, args...)...)
		assert.Equal(t, 2, got.Status, text)
		assert.Contains(t, got.Errors, text)
	}
	wrong := filepath.Join(folder, "wrong")
	require.NoError(t, os.WriteFile(wrong, []byte("another-token-of-the-test\n"), 0o600))
	got := mail(t, nil, "Hello.\n", append(common, "--transport", "microsoft-graph", "--token-file", wrong)...)
	assert.Equal(t, 3, got.Status)
	assert.Contains(t, got.Errors, "HTTP 401")
	assertNoSecret(t, got.Errors, "another-token-of-the-test")
	assert.Len(t, service.Mails(), 2)
}
