// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These programs send the mail that the tests in docs/testing.md expect. They do not use
// csmtp.
const invoicePython = `import smtplib
import ssl

def send_invoice(host, port, ca):
    with smtplib.SMTP(host, port) as client:
        client.starttls(context=ssl.create_default_context(cafile=ca))
        client.sendmail("alice@test.example", ["bob@test.example"], "Subject: SUBJECT\r\n\r\nPlease pay.\r\n")
`

const invoiceNode = `const net = require('node:net');
exports.sendInvoice = (host, port) => new Promise((resolve, reject) => {
  const client = net.connect(port, host);
  const lines = ['EHLO me', 'MAIL FROM:<alice@test.example>', 'RCPT TO:<bob@test.example>', 'DATA', 'Subject: SUBJECT\r\n\r\nPlease pay.\r\n.', 'QUIT'];
  client.on('data', (data) => { if (/^\d{3} .*\r\n$/m.test(data) && lines.length) client.write(lines.shift() + '\r\n'); });
  client.on('close', resolve);
  client.on('error', reject);
});
`

const invoiceGo = `package invoice

import (
	"fmt"
	"net/smtp"
)

func send(host string, port int) {
	c, err := smtp.Dial(fmt.Sprintf("%s:%d", host, port))
	if err != nil {
		panic(err)
	}
	defer c.Quit()
	c.Mail("SENDER")
	c.Rcpt("bob@test.example")
	if w, err := c.Data(); err == nil {
		w.Write([]byte("Subject: Your invoice\r\n\r\nPlease pay.\r\n"))
		w.Close()
	}
}
`

// blocks returns the code blocks in docs/testing.md that are in the given language.
func blocks(t *testing.T, language string) (texts []string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/testing.md")
	require.NoError(t, err)
	fences, _, err := hosttest.Fences(string(page))
	require.NoError(t, err)
	for _, f := range fences {
		if f.Language == language {
			texts = append(texts, f.Text)
		}
	}
	return texts
}

func write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
}

// In a folder with the helper files, the tests for pytest, Node.js and Go in docs/testing.md
// succeed. They fail if the program sends a different mail.
func TestHelpersAsInTestingPage(t *testing.T) {
	server := filepath.Join(t.TempDir(), "csmtp-testserver")
	require.NoError(t, hosttest.Command(".", nil, "go", "build", "-o", server, "."))
	env := []string{"CSMTP_TESTSERVER=" + server, "PYTHONDONTWRITEBYTECODE=1"}

	t.Run("pytest", func(t *testing.T) {
		hosttest.Need(t, "python3")
		folder, texts := t.TempDir(), blocks(t, "python")
		require.Len(t, texts, 2)
		require.NoError(t, os.CopyFS(filepath.Join(folder, "csmtp_testserver"), os.DirFS("../../bindings/python/csmtp_testserver")))
		write(t, folder, map[string]string{"conftest.py": texts[0], "test_invoice.py": texts[1]})
		run := func(subject string) error {
			write(t, folder, map[string]string{"invoice.py": strings.ReplaceAll(invoicePython, "SUBJECT", subject)})
			return hosttest.Command(folder, env, "python3", "-m", "pytest", "-q", "-p", "no:cacheprovider")
		}
		assert.NoError(t, run("Your invoice"))
		assert.ErrorContains(t, run("Another"), "1 failed")
	})
	t.Run("node", func(t *testing.T) {
		hosttest.Need(t, "node")
		folder, texts := t.TempDir(), blocks(t, "js")
		require.Len(t, texts, 1)
		helper, err := os.ReadFile("../../bindings/node/testserver.js")
		require.NoError(t, err)
		write(t, folder, map[string]string{"testserver.js": string(helper), "invoice.test.js": texts[0]})
		run := func(subject string) error {
			write(t, folder, map[string]string{"invoice.js": strings.ReplaceAll(invoiceNode, "SUBJECT", subject)})
			return hosttest.Command(folder, env, "node", "--test")
		}
		assert.NoError(t, run("Your invoice"))
		assert.ErrorContains(t, run("Another"), "fail 1")
	})
	t.Run("go", func(t *testing.T) {
		folder, texts, commands := t.TempDir(), blocks(t, "go"), ""
		require.Len(t, texts, 1)
		for _, text := range blocks(t, "sh") {
			if strings.HasPrefix(text, "go mod ") {
				commands += text
			}
		}
		require.Equal(t, 1, strings.Count(texts[0], "// your program"))
		sums, err := os.ReadFile("../../go.sum") // with it, the go command asks no server for checksums
		require.NoError(t, err)
		write(t, folder, map[string]string{
			"go.sum":          string(sums),
			"go.mod":          "module invoice.example/invoice\n\ngo 1.26\n",
			"invoice_test.go": strings.ReplaceAll(texts[0], "// your program", "send(host, port)"),
		})
		run := func(sender string, command ...string) error {
			write(t, folder, map[string]string{"send.go": strings.ReplaceAll(invoiceGo, "SENDER", sender)})
			return hosttest.Command(folder, []string{"GOPROXY=off", "GOFLAGS=", "GOWORK=off"}, command[0], command[1:]...)
		}
		require.NoError(t, run("alice@test.example", "bash", "-ec", strings.ReplaceAll(commands, "/path/to/csmtp", hosttest.Root())))
		assert.NoError(t, run("alice@test.example", "go", "test", "."))
		assert.ErrorContains(t, run("eve@test.example", "go", "test", "."), "eve@test.example")
	})
}
