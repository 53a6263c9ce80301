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

// deadline is the time limit for one program. A program that runs longer counts as hung.
const deadline = 90 * time.Second

func TestMain(m *testing.M) { hosttest.Main(m) }

// libraryFile returns the path of the library, with symbolic links resolved.
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

// program compiles hosts/NAME.c and links it with the library. It does not link loads.c
// with the library, because loads.c loads the library by dlopen.
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

// proof is one run of a host program.
type proof struct {
	program, mode string
	mails         int // the number of mails that the server must receive
	sessions      int // if positive, the number of sessions with the server
	atLeast       int // if positive, the minimum number of mails; 'mails' is then ignored
}

// run compiles the program and runs it with a new server. The program must exit with 0.
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
		assert.GreaterOrEqual(t, mails, p.atLeast, "mails that the server received")
	} else {
		assert.Equal(t, p.mails, mails, "mails that the server received")
	}
	if p.sessions > 0 {
		assert.Len(t, server.Sessions(), p.sessions, "sessions")
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
