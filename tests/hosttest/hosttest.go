// SPDX-License-Identifier: MIT

// Package hosttest is for tests of programs that use libcsmtp: it finds or
// builds the library, compiles a program against it, and runs that in bounded
// time.
//
// CSMTP_BUILD_DIR names a folder with a libcsmtp.so to use, from where the
// tests run; without it one is built.
package hosttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/internal/header"

	"github.com/stretchr/testify/require"
)

// Deadline bounds one program, so that one that hangs fails.
const Deadline = 2 * time.Minute

// slower is by how much CSMTP_SLOWER, a number, stretches what a program may
// take: sanitize.sh runs them under valgrind.
var slower = sync.OnceValue(func() time.Duration {
	n, err := strconv.Atoi(os.Getenv("CSMTP_SLOWER"))
	if err != nil || n < 1 {
		return 1
	}
	return time.Duration(n)
})

var folder string

// Folder is where what all tests of the package share may be put. Other users
// may read it: some programs give up being root.
func Folder() string { return folder }

// Main runs the tests of a package with a folder for programs that goes when
// they end. TestMain calls it.
func Main(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "csmtp-host-"); err == nil {
		err = os.Chmod(folder, 0o755)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// Need ends the test when a tool is missing: as a failure where CI counts on it.
func Need(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", tool)
	}
	t.Skipf("%s is missing", tool)
}

// Root is the folder of go.mod.
var Root = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	panic("no go.mod above the test")
})

// Header is include/csmtp_c.h, read.
func Header(t *testing.T) *header.Header {
	t.Helper()
	h, err := header.ReadFile(filepath.Join(Root(), "include", "csmtp_c.h"))
	require.NoError(t, err)
	require.Greater(t, len(h.Functions), 100)
	return h
}

// Command runs a tool in dir, with env besides the test's own; what it prints
// is in the error.
func Command(dir string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// Build makes libcsmtp.so with a build tag and gives its folder.
func Build(tag string) (string, error) {
	dir := filepath.Join(folder, "lib"+tag)
	env := []string{"CSMTP_BUILD_DIR=" + dir}
	if tag != "" {
		env = append(env, "CSMTP_TAGS="+tag)
	}
	return dir, Command(Root(), env, "bash", "./build.sh", "lib")
}

var library = sync.OnceValues(func() (dir string, err error) {
	if dir = os.Getenv("CSMTP_BUILD_DIR"); dir == "" {
		if dir, err = Build(""); err != nil {
			return "", err
		}
	}
	dir, err = filepath.Abs(dir)
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "libcsmtp.so"))
	}
	return dir, err
})

// Library is the folder of libcsmtp.so.
func Library(t *testing.T) string {
	t.Helper()
	dir, err := library()
	require.NoError(t, err)
	return dir
}

var programs sync.Map // what Link was told -> func() (string, error)

// Link compiles a program of C or C++ once, without a warning, and gives its
// path. args are sources, from Root, and flags.
func Link(t *testing.T, compiler, name string, args ...string) string {
	t.Helper()
	Need(t, compiler)
	lib := Library(t)
	once, _ := programs.LoadOrStore(fmt.Sprint(compiler, name, args), sync.OnceValues(func() (string, error) {
		program := filepath.Join(folder, name+"-"+compiler)
		all := append([]string{"-Wall", "-Wextra", "-Werror", "-Iinclude", "-Icpp_wrapper"}, args...)
		return program, Command(Root(), nil, compiler, append(all, "-o", program, "-L"+lib, "-lcsmtp", "-pthread", "-Wl,-rpath,"+lib)...)
	}))
	program, err := once.(func() (string, error))()
	require.NoError(t, err)
	return program
}

// Sanitizers are the flags of a program that is to find memory errors.
var Sanitizers = []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=all"}

// Call is one run of a program.
type Call struct {
	Program string
	Args    []string
	Env     []string // besides the test's own
	Folder  string   // to run in; a new one if empty
	Input   io.Reader
	Most    time.Duration // it may take; Deadline if 0
}

// Result of a program that ran to its end.
type Result struct {
	Status      int
	Out, Errors string // standard output and standard error
	Took        time.Duration
}

// Run runs a program to its end, which must not be a signal.
func (c Call) Run(t *testing.T) Result {
	t.Helper()
	most := c.Most
	if most == 0 {
		most = Deadline
	}
	ctx, cancel := context.WithTimeout(context.Background(), most*slower())
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Program, c.Args...)
	if cmd.Dir = c.Folder; cmd.Dir == "" {
		cmd.Dir = t.TempDir()
	}
	cmd.Env = append(append(os.Environ(), "ASAN_OPTIONS=detect_leaks=0"), c.Env...)
	cmd.Stdin = c.Input
	cmd.WaitDelay = 5 * time.Second // a child left behind holds the pipe
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	said := filepath.Base(c.Program) + " " + strings.Join(c.Args, " ") + "\n" + clipped(out.String()+complaints.String())
	require.NoError(t, ctx.Err(), "%s hangs", said)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		require.True(t, exit.Exited(), "%v: %s", err, said)
	} else {
		require.NoError(t, err, "%s", said)
	}
	return Result{Status: cmd.ProcessState.ExitCode(), Out: out.String(), Errors: complaints.String(), Took: took}
}

// clipped keeps the two ends of what is too long to read.
func clipped(s string) string {
	if len(s) > 8000 {
		return s[:2000] + "\n...\n" + s[len(s)-6000:]
	}
	return s
}
