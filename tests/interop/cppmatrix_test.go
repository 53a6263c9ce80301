// SPDX-License-Identifier: MIT

package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/tests/interop/servers"
)

var (
	securities = []struct{ name, endpoint string }{
		{"none", "open"}, {"starttls", "submission"}, {"ssl", "smtps"},
	}
	mechanisms = []string{"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"}
)

// TestMailMatrix runs a C++ program that sends mail to Postfix with every
// mechanism over every kind of security, and compares the mails that arrive with those
// that were sent, octet by octet.
func TestMailMatrix(t *testing.T) {
	s := servers.Get(t, servers.Postfix)
	program := buildProgram(t, "postfix/mailmatrix.cpp")
	parts := makeParts(t)
	for i, security := range securities {
		for j, mechanism := range mechanisms {
			t.Run(security.name+"/"+mechanism, func(t *testing.T) {
				t.Parallel()
				user := []servers.User{servers.Alice, servers.Bob}[(i+j)%2]
				cell := fmt.Sprintf("%d%d", i, j)
				e := s.Endpoint(security.endpoint)
				out, err := exec.Command(program, e.Host, strconv.Itoa(e.Port), security.name, mechanism,
					user.Name, user.Password, s.CA.File, parts, cell).CombinedOutput()
				require.NoError(t, err, "%s\n%s", out, s.Log())
				assert.Empty(t, string(out))
				for _, kind := range []string{"text", "html"} {
					receive(t, s, parts, kind, cell, user, mechanism, security.name != "none")
				}
			})
		}
	}
}

// receive waits for one mail and compares it with the mail that the program has sent.
func receive(t *testing.T, s *servers.Server, parts, kind, cell string, user servers.User, mechanism string, tls bool) {
	at := "-" + kind + "-" + cell + "@" + servers.Domain
	mail := s.Await(t, "to"+at)
	defer mail.Remove(t)
	assert.Equal(t, "alice@test.example", mail.From, "reverse-path")
	assert.Equal(t, []string{"bcc" + at, "cc" + at, "plain" + at, "to" + at, "zweite" + at}, mail.Recipients)

	received, _, _ := strings.Cut(string(mail.Read(t)), "\n\n")
	assert.Contains(t, received, "(Authenticated sender: "+user.Name+")")
	assert.Equal(t, tls, strings.Contains(received, "using TLSv1."), "TLS in %s", received)

	want := map[string]any{
		"From": [][]string{{"Søren Ærø", "alice@test.example"}},
		"To":   [][]string{{"Doe, Jane (Sales)", "to" + at}, {"Jürgen Groß", "zweite" + at}},
		"Cc":   [][]string{{"山田太郎", "cc" + at}, {"", "plain" + at}}, "Reply-To": [][]string{{"", "answers@test.example"}},
		"hidden": []string{"bcc" + at, "Agent"}, "X-Mailer": "mailmatrix 1.0",
		"Subject": "Plain text, naïve café ☕ and a subject so long that it has to be folded more than once",
		"type":    "text/plain", "body": filepath.Join(parts, "text.txt"), "X-Priority": "2 (High)",
		"files": [][]string{},
	}
	if kind == "html" {
		want["Subject"], want["X-Priority"] = "HTML with files", nil
		want["type"], want["body"] = "text/html", filepath.Join(parts, "page.html")
		files := [][]string{}
		for _, name := range fileNames {
			files = append(files, []string{name, filepath.Join(parts, name)})
		}
		want["files"] = files
	}
	spec, err := json.Marshal(want)
	require.NoError(t, err)
	specFile := filepath.Join(t.TempDir(), "want.json")
	require.NoError(t, os.WriteFile(specFile, spec, 0o600))
	out, err := exec.Command("python3", "postfix/compare.py", specFile, mail.File).CombinedOutput()
	assert.NoError(t, err, "%s, %s: %s", kind, mechanism, out)
}
