// SPDX-License-Identifier: MIT

package embed

import (
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"
)

// deadline bounds one program, so that one that hangs fails.
const deadline = 90 * time.Second

func TestMain(m *testing.M) { hosttest.Main(m) }

// libraryFile is the file itself, links followed.
func libraryFile(t *testing.T) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(filepath.Join(hosttest.Library(t), "libcsmtp.so"))
	require.NoError(t, err)
	return path
}

var secondLibrary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(hosttest.Folder(), "second", "libsecond.so")
	return path, hosttest.Command("second", nil, "go", "build", "-buildmode=c-shared", "-o", path, ".")
})

var loads = sync.OnceValues(func() (string, error) {
	path := filepath.Join(hosttest.Folder(), "loads")
	return path, hosttest.Command(".", nil, "gcc", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-I../../include", "hosts/loads.c",
		"-o", path, "-pthread", "-ldl", "-lrt")
})

// program compiles hosts/NAME.c; loads.c alone is not linked with the library.
func program(t *testing.T, name string) string {
	t.Helper()
	if name != "loads" {
		return hosttest.Link(t, "gcc", name, "-O1", "-g", "tests/embed/hosts/"+name+".c", "-ldl", "-lrt")
	}
	hosttest.Need(t, "gcc")
	path, err := loads()
	require.NoError(t, err)
	return path
}

// proof is a program and a mode, and how many mails the server must have then:
// just mails, or, where that depends on time, atLeast.
type proof struct {
	program, mode string
	mails         int
	atLeast       int
}

// run starts a server and the program, which must end well.
func (p proof) run(t *testing.T, env ...string) {
	t.Helper()
	path := program(t, p.program)
	p.runFile(t, path, env...)
}

func (p proof) runFile(t *testing.T, path string, env ...string) {
	t.Helper()
	server, err := smtptest.NewMailServer(smtptest.MailOptions{Discard: true})
	require.NoError(t, err)
	defer server.Close()
	port := strconv.Itoa(server.Port())

	got := hosttest.Call{Program: path, Args: []string{port, p.mode}, Most: deadline,
		Env: append([]string{"TEST_PORT=" + port, "CSMTP_LIBRARY=" + libraryFile(t)}, env...)}.Run(t)
	said := got.Out + got.Errors
	require.Zero(t, got.Status, "%s %s\n%s", p.program, p.mode, said)

	mails := len(server.Mails())
	if p.atLeast > 0 {
		assert.GreaterOrEqual(t, mails, p.atLeast, "mails that arrived")
	} else {
		assert.Equal(t, p.mails, mails, "mails that arrived")
	}
	if testing.Verbose() && said != "" {
		t.Logf("%s", said)
	}
}

func runAll(t *testing.T, proofs []proof) {
	for _, p := range proofs {
		t.Run(p.program+"/"+p.mode, func(t *testing.T) {
			t.Parallel()
			p.run(t)
		})
	}
}
