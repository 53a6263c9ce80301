// SPDX-License-Identifier: MIT

// Package browser tests the page of csmtp-testserver in headless Chromium.
package browser

import (
	"bufio"
	"flag"
	"fmt"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the screenshots in docs/")

func TestMain(m *testing.M) { hosttest.Main(m) }

// program builds csmtp-testserver and returns its path.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(hosttest.Folder(), "csmtp-testserver")
	return path, hosttest.Command(hosttest.Root(), nil, "go", "build", "-o", path, "./tools/csmtp-testserver")
})

// server is a running csmtp-testserver.
type server struct {
	t      *testing.T
	ready  map[string]string
	cmd    *exec.Cmd
	folder string
}

func start(t *testing.T) *server {
	t.Helper()
	path, err := program()
	require.NoError(t, err)
	s := &server{t: t, ready: map[string]string{}, folder: t.TempDir()}
	s.cmd = exec.Command(path, "--dir", s.folder, "--quiet", "--for", "10m")
	s.cmd.Stderr = os.Stderr
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	})
	await(t, "the server listens", func() bool {
		file, err := os.Open(filepath.Join(s.folder, "ready"))
		if err != nil {
			return false
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			key, value, _ := strings.Cut(lines.Text(), "=")
			s.ready[key] = value
		}
		return true
	})
	return s
}

// send sends a mail. The lines of 'message' end in LF.
func (s *server) send(message string) {
	s.t.Helper()
	client, err := smtp.Dial("127.0.0.1:" + s.ready["port"])
	require.NoError(s.t, err)
	defer client.Close()
	require.NoError(s.t, client.Mail("alice@test.example"))
	require.NoError(s.t, client.Rcpt("bob@test.example"))
	data, err := client.Data()
	require.NoError(s.t, err)
	_, err = data.Write([]byte(strings.ReplaceAll(message, "\n", "\r\n")))
	require.NoError(s.t, err)
	require.NoError(s.t, data.Close())
	require.NoError(s.t, client.Quit())
}

// letter returns a mail with text and HTML.
func letter(subject, html string) string {
	return fmt.Sprintf("Date: "+time.Now().Format(time.RFC1123Z)+"\nMessage-ID: <1@test.example>\nFrom: =?utf-8?Q?Zo=C3=AB?= <alice@test.example>\n"+
		"To: Bob <bob@test.example>\nSubject: %s\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"+
		"--b\nContent-Type: text/plain; charset=utf-8\n\nThe text.\n--b\nContent-Type: text/html; charset=utf-8\n\n%s\n--b--\n", subject, html)
}

// New mails appear without a reload of the page, and each view of a mail shows its content.
func TestInbox(t *testing.T) {
	s, b := start(t), launch(t)
	p := b.open(s.ready["http"])
	p.look(1100, 800, "light")
	p.see(`document.querySelector("#none") && !document.querySelector("#none").hidden`)
	s.send(letter("First", "<h1>The page</h1>"))
	p.see(`document.querySelectorAll("#list tbody tr").length === 1`)
	p.see(`document.querySelector("#subject").textContent === "First"`)
	s.send("Subject: =?utf-8?Q?Zweite_Gr=C3=BC=C3=9Fe?=\nFrom: Eve <eve@test.example>\n\nOnly text.\n")
	p.see(`document.querySelectorAll("#list tbody tr").length === 2`)
	assert.Equal(t, "Zweite Grüße", p.eval(`document.querySelector("#list tbody tr td:nth-child(4)").textContent`), "the newest first")
	assert.Equal(t, "First", p.eval(`document.querySelector("#subject").textContent`), "the mail that is read stays")
	assert.Contains(t, p.text(`document.querySelector("#status").textContent`), "2 mails. New: Zweite Grüße")
	assert.Equal(t, "(2) Test inbox", p.eval("document.title"))
	cell := p.text(`document.querySelector("#list tbody tr td:nth-child(5)").textContent`)
	assert.Contains(t, cell, "error: no Date")
	assert.Contains(t, cell, "no DKIM")
	await(t, "the frame", func() bool { return strings.Contains(p.frame(), "<h1>The page</h1>") })

	for view, want := range map[string]string{
		"text": "The text.", "criticism": "no DKIM signature", "headers": "Zoë <alice@test.example>", "parts": "text/html; charset", "source": "--b--",
		"dialogue": "C: MAIL FROM:<alice@test.example>",
	} {
		if view == "parts" {
			want = "text/html; utf-8"
		}
		p.click("#tab-" + view)
		p.see(fmt.Sprintf(`document.querySelector("#panel").textContent.includes(%q)`, want))
		assert.Equal(t, "true", p.eval(fmt.Sprintf(`document.querySelector("#tab-%s").getAttribute("aria-selected")`, view)))
	}

	p.click("#clear")
	p.see(`!document.querySelector("#none").hidden && document.querySelector("#mail").hidden`)
	assert.Equal(t, 1, p.dialogs, "it asks first")
	assert.Empty(t, p.errors())

	require.NoError(t, s.cmd.Process.Kill())
	p.see(`document.querySelector("#status").textContent.includes("cannot be reached")`)
}

// If many mails arrive at once, the page lists all of them.
func TestManyMails(t *testing.T) {
	s, b := start(t), launch(t)
	p := b.open(s.ready["http"])
	p.see(`!document.querySelector("#none").hidden`)
	for i := range 200 {
		s.send(letter(fmt.Sprintf("Mail %d", i+1), "<p>x</p>"))
	}
	p.see(`document.querySelectorAll("#list tbody tr").length === 200`)
	p.see(`document.querySelector("#status").textContent.startsWith("200 mails.")`)
	assert.Equal(t, "Mail 200", p.eval(`document.querySelector("#list tbody tr td:nth-child(4)").textContent`))
	assert.Empty(t, p.errors())
}

// With --render, csmtp-testserver shows one message without a list of mails, and ends
// when the browser closes the page.
func TestPreview(t *testing.T) {
	path, err := program()
	require.NoError(t, err)
	cmd := exec.Command(path, "--render", "--for", "10m")
	cmd.Env = append(os.Environ(), "BROWSER=true")
	cmd.Stdin = strings.NewReader(letter("Not sent", "<h1>The page</h1>"))
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	t.Cleanup(func() { cmd.Process.Kill() })
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	go func() { ended <- cmd.Wait() }()
	p := launch(t).open(strings.TrimSpace(address))
	p.look(1000, 600, "light")
	p.see(`document.querySelector("#subject").textContent === "Not sent" && document.title === "Preview"`)
	await(t, "the frame", func() bool { return strings.Contains(p.frame(), "<h1>The page</h1>") })
	assert.EqualValues(t, 0, p.eval(`document.querySelector("#list").getClientRects().length + document.querySelector("#clear").getClientRects().length`))
	assert.Empty(t, p.errors())
	p.eval("location.reload()") // a reload does not end csmtp-testserver
	p.see(`document.querySelector("#subject").textContent === "Not sent"`)
	p.do("Page.close", values{}, nil)
	select {
	case err := <-ended:
		assert.NoError(t, err)
	case <-time.After(hosttest.Deadline):
		assert.Fail(t, "the preview does not end")
	}
}

// Every function of the page can be used with the keyboard alone.
func TestKeyboard(t *testing.T) {
	s, b := start(t), launch(t)
	for i := range 3 {
		s.send(letter(fmt.Sprintf("Mail %d", i+1), "<p>x</p>"))
	}
	p := b.open(s.ready["http"])
	p.look(1100, 800, "light")
	subject := func(want string) {
		t.Helper()
		p.see(fmt.Sprintf(`document.querySelector("#subject").textContent === %q`, want))
	}
	subject("Mail 3")
	p.press("Tab", 9)
	p.see(`document.activeElement.id === "clear"`)
	p.press("Tab", 9)
	p.see(`document.activeElement.dataset.number === "3"`)
	p.press("j", 'J')
	subject("Mail 2")
	p.press("k", 'K')
	subject("Mail 3")
	p.press("ArrowDown", 40)
	subject("Mail 2")
	p.press("End", 35)
	subject("Mail 1")
	p.see(`document.activeElement.dataset.number === "1"`)
	p.press("Home", 36)
	subject("Mail 3")
	p.press("Enter", 13)
	p.see(`document.activeElement.id === "subject"`)
	p.press("Tab", 9)
	p.see(`document.activeElement.id === "tab-html"`)
	p.press("ArrowRight", 39)
	p.see(`document.activeElement.id === "tab-text" && document.querySelector("#panel").textContent.includes("The text.")`)
	p.press("End", 35)
	p.see(`document.activeElement.id === "tab-dialogue"`)
	p.press("Tab", 9)
	p.see(`document.activeElement.id === "panel"`)
	// The focus stays where it is when a new mail arrives.
	p.press("j", 'J')
	subject("Mail 2")
	p.eval(`document.querySelector('[data-number="2"]').focus()`)
	s.send(letter("Mail 4", "<p>x</p>"))
	p.see(`document.querySelectorAll("#list tbody tr").length === 4`)
	assert.Equal(t, "2", p.eval(`document.activeElement.dataset.number`))
	assert.Empty(t, p.errors())
}

// A narrow screen shows either the list or one mail, and nothing is wider than the
// screen.
func TestNarrowScreen(t *testing.T) {
	s, b := start(t), launch(t)
	s.send(letter("A "+strings.Repeat("very long subject ", 20)+strings.Repeat("x", 500), `<table width="2000"><tr><td>wide</td></tr></table>`))
	p := b.open(s.ready["http"])
	p.look(360, 640, "dark")
	p.eval("location.reload()")
	p.see(`document.querySelectorAll("#list tbody tr").length === 1`)
	fits := func() {
		t.Helper()
		assert.Equal(t, true, p.eval("document.documentElement.scrollWidth <= 360"))
	}
	visible := func(id string, want bool) {
		t.Helper()
		p.see(fmt.Sprintf(`(document.querySelector("#%s").getClientRects().length > 0) === %t`, id, want))
	}
	visible("list", true)
	visible("mail", false)
	fits()
	p.click("#list tbody tr")
	visible("mail", true)
	visible("list", false)
	fits()
	for _, view := range []string{"text", "headers", "parts", "source", "criticism", "dialogue"} {
		p.click("#tab-" + view)
		fits()
	}
	p.click("#back")
	visible("list", true)
	visible("mail", false)
	assert.Empty(t, p.errors())
}
