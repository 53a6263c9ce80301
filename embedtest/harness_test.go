// SPDX-License-Identifier: MIT

package embedtest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp/smtptest"
)

// deadline bounds one program, so that one that hangs fails.
const deadline = 90 * time.Second

var workFolder string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "csmtp-embed-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// Programs that give up being root read it too.
	if err := os.Chmod(folder, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workFolder = folder
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// need ends the test when a tool is missing: as a failure where CI counts on it.
func need(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", tool)
	}
	t.Skipf("%s is missing", tool)
}

func command(dir string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

var buildLibrary = sync.OnceValues(func() (string, error) {
	dir := os.Getenv("CSMTP_BUILD_DIR")
	if dir == "" {
		dir = filepath.Join(workFolder, "lib")
		if err := command("..", []string{"CSMTP_BUILD_DIR=" + dir}, "bash", "./build.sh", "lib"); err != nil {
			return "", err
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	_, err = os.Stat(filepath.Join(dir, "libcsmtp.so"))
	return dir, err
})

// library is the folder of libcsmtp.so.
func library(t *testing.T) string {
	t.Helper()
	dir, err := buildLibrary()
	require.NoError(t, err)
	return dir
}

// libraryFile is the file itself, links followed.
func libraryFile(t *testing.T) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(filepath.Join(library(t), "libcsmtp.so"))
	require.NoError(t, err)
	return path
}

var secondLibrary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(workFolder, "second", "libsecond.so")
	return path, command("second", nil, "go", "build", "-buildmode=c-shared", "-o", path, ".")
})

var programs sync.Map // name -> func() (string, error)

// program compiles hosts/NAME.c; loads.c alone is not linked with the library.
func program(t *testing.T, name string) string {
	t.Helper()
	need(t, "gcc")
	lib := library(t)
	once, _ := programs.LoadOrStore(name, sync.OnceValues(func() (string, error) {
		path := filepath.Join(workFolder, name)
		args := []string{"-O1", "-g", "-Wall", "-Wextra", "-Werror", "-I../include", "hosts/" + name + ".c",
			"-o", path, "-pthread", "-ldl", "-lrt"}
		if name != "loads" {
			args = append(args, "-L"+lib, "-lcsmtp", "-Wl,-rpath,"+lib)
		}
		return path, command(".", nil, "gcc", args...)
	}))
	path, err := once.(func() (string, error))()
	require.NoError(t, err)
	return path
}

// proof is a program and a mode, and how many mails the server must have then:
// just so many, or with a minus sign at least so many.
type proof struct {
	name, mode string
	mails      int
}

// run starts a server and the program, which must end well.
func (p proof) run(t *testing.T, env ...string) {
	t.Helper()
	path := program(t, p.name)
	p.runFile(t, path, env...)
}

func (p proof) runFile(t *testing.T, path string, env ...string) {
	t.Helper()
	server, err := smtptest.NewMailServer(smtptest.MailOptions{Discard: true})
	require.NoError(t, err)
	defer server.Close()
	port := strconv.Itoa(server.Port())

	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, port, p.mode)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "TEST_PORT="+port, "CSMTP_LIBRARY="+libraryFile(t))
	cmd.Env = append(cmd.Env, env...)
	cmd.WaitDelay = 5 * time.Second // a child left behind holds the pipe
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	require.NoError(t, ctx.Err(), "%s %s hangs\n%s", p.name, p.mode, &out)
	require.NoError(t, err, "%s %s\n%s", p.name, p.mode, &out)

	mails := len(server.Mails())
	if p.mails < 0 {
		assert.GreaterOrEqual(t, mails, -p.mails, "mails that arrived")
	} else {
		assert.Equal(t, p.mails, mails, "mails that arrived")
	}
	if testing.Verbose() && out.Len() > 0 {
		t.Logf("%s", &out)
	}
}

func runAll(t *testing.T, proofs []proof) {
	for _, p := range proofs {
		t.Run(p.name+"/"+p.mode, func(t *testing.T) {
			t.Parallel()
			p.run(t)
		})
	}
}
