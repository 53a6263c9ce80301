// SPDX-License-Identifier: MIT

package house

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// logsInWithFoo is the source of a test that logs in with X-FOO.
const logsInWithFoo = `package mailer

import (
	"bufio"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fooServer starts a server that offers X-FOO and other mechanisms. To a response from the
// client, it replies with the text in 'answer', followed by the client's response.
func fooServer(t *testing.T, answer string) (port uint16, heard chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	heard = make(chan string, 20)
	go func() {
		defer l.Close()
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(c, "220 mail.test.example ready\r\n")
		for lines := bufio.NewScanner(c); lines.Scan(); {
			line := lines.Text()
			heard <- line
			switch verb, _, _ := strings.Cut(line, " "); verb {
			case "EHLO":
				io.WriteString(c, "250-mail.test.example\r\n250 AUTH PLAIN X-FOO CRAM-MD5\r\n")
			case "AUTH":
				io.WriteString(c, "334 bm93\r\n")
			case "QUIT":
				io.WriteString(c, "221 bye\r\n")
				return
			default:
				response, _ := base64.StdEncoding.DecodeString(line)
				io.WriteString(c, answer+" was "+string(response)+"\r\n")
			}
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port), heard
}

func TestFoo(t *testing.T) {
	for answer, want := range map[string]Number{"235 2.7.0": NoError, "535 5.7.8": badLoginPass} {
		port, heard := fooServer(t, answer)
		h := New()
		defer Free(h)
		var log strings.Builder
		call := func(f func(*Mailer) error) Number { return Call(h, f) }
		require.Equal(t, NoError, call(func(m *Mailer) error {
			return m.SetLogCallback(func(_ int, line string) { log.WriteString(line + "\n") })
		}))
		require.Equal(t, want, call(func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", port, noSecurity, true, "alice", "s3cret pass")
		}), log.String())
		assert.Regexp(t, "^EHLO ", <-heard)
		assert.Equal(t, "AUTH X-FOO", <-heard, "the strongest mechanism is tried first")
		assert.NotContains(t, log.String(), <-heard)
		assert.Contains(t, log.String(), answer+" was alice")
		assert.NotRegexp(t, "[0-9a-f]{64}", log.String(), "the log shows the HMAC")
		require.Equal(t, NoError, call((*Mailer).DisconnectRemoteServer))
	}
	h := New()
	defer Free(h)
	assert.Equal(t, NoError, Call(h, func(m *Mailer) error { return m.SetAuthMechanism("x-foo") }))
}
`

// TestHowToAddASASLMechanism follows the section "How to add a SASL mechanism" of
// CONTRIBUTING.md.
func TestHowToAddASASLMechanism(t *testing.T) {
	list := edits(t, "How to add a SASL mechanism")
	require.Len(t, list, 2)
	changed := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(changed, "smtp/sasl"), os.DirFS("smtp/sasl")))
	for _, e := range list {
		e.apply(t, changed)
	}
	tested := filepath.Join(changed, "internal/mailer/foo_test.go")
	require.NoError(t, os.MkdirAll(filepath.Dir(tested), 0o755))
	require.NoError(t, os.WriteFile(tested, []byte(logsInWithFoo), 0o600))

	root, err := os.Getwd()
	require.NoError(t, err)
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	require.NoError(t, filepath.WalkDir(changed, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(changed, path)
			overlay.Replace[filepath.Join(root, name)] = path
		}
		return err
	}))
	text, err := json.Marshal(overlay)
	require.NoError(t, err)
	file := filepath.Join(changed, "overlay.json")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	require.NoError(t, hosttest.Command(root, nil, "go", "test", "-overlay", file, "-run", "^(TestFoo|TestMechanismTable)$",
		"-count=1", "./smtp/sasl", "./internal/mailer"))
}
