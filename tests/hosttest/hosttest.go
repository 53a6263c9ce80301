// SPDX-License-Identifier: MIT

// Package hosttest helps tests of programs that use libcsmtp: it finds or builds
// the library, compiles a program against it, and runs the program with a time
// limit.
//
// CSMTP_BUILD_DIR names the folder of the libcsmtp.so to use, relative to the
// test's folder; without it, the library is built.
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

// Deadline is the time limit for one program. If a program runs longer, the test fails.
const Deadline = 2 * time.Minute

// slower returns the factor by which time limits are multiplied: CSMTP_SLOWER, or 1 if
// this variable is not set. sanitize.sh sets it for programs under valgrind.
var slower = sync.OnceValue(func() time.Duration {
	n, err := strconv.Atoi(os.Getenv("CSMTP_SLOWER"))
	if err != nil || n < 1 {
		return 1
	}
	return time.Duration(n)
})

var folder string

// Folder returns a temporary folder that all tests of the package share. Other users can
// read it, because some of the programs give up root privileges.
func Folder() string { return folder }

// Main runs the tests of a package, and exits with their status. It creates Folder before
// the tests, and removes it afterwards. TestMain calls it.
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

// Need returns the path of a tool. If the tool is missing, the test is skipped or, if
// CI=true, fails.
func Need(t *testing.T, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", tool)
	}
	t.Skipf("%s is missing", tool)
	return ""
}

// Root returns the top folder of the source tree, which contains go.mod.
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

// Header returns the parsed include/csmtp_c.h.
func Header(t *testing.T) *header.Header {
	t.Helper()
	h, err := header.ReadFile(filepath.Join(Root(), "include", "csmtp_c.h"))
	require.NoError(t, err)
	require.Greater(t, len(h.Functions), 100)
	return h
}

// Command runs a tool in dir, with env added to the test's environment. The error
// contains the tool's output.
func Command(dir string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// Build builds libcsmtp.so with a build tag and returns the folder that contains it.
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

// Library returns the folder of libcsmtp.so.
func Library(t *testing.T) string {
	t.Helper()
	dir, err := library()
	require.NoError(t, err)
	return dir
}

var programs sync.Map // arguments of Link -> func() (string, error)

// Link compiles a program once and returns its path. A warning is an error. args
// are source files, relative to Root, and compiler flags.
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

// Sanitizers are the compiler flags for AddressSanitizer and
// UndefinedBehaviorSanitizer.
var Sanitizers = []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=all"}

// Call is one run of a program.
type Call struct {
	Program string
	Args    []string
	Env     []string // variables to add to the test's environment
	Folder  string   // the working directory; a new one if it is ""
	Input   io.Reader
	Most    time.Duration // the time limit; Deadline if 0
}

// Result contains the output and the exit status of a program.
type Result struct {
	Status      int
	Out, Errors string // standard output and standard error
	Took        time.Duration
}

// command returns the command for c, and its context, which is done after the time limit.
func (c Call) command(t *testing.T) (*exec.Cmd, context.Context, context.CancelFunc) {
	most := c.Most
	if most == 0 {
		most = Deadline
	}
	ctx, cancel := context.WithTimeout(context.Background(), most*slower())
	cmd := exec.CommandContext(ctx, c.Program, c.Args...)
	if cmd.Dir = c.Folder; cmd.Dir == "" {
		cmd.Dir = t.TempDir()
	}
	cmd.Env = append(append(os.Environ(), "ASAN_OPTIONS=detect_leaks=0"), c.Env...)
	cmd.Stdin = c.Input
	return cmd, ctx, cancel
}

// Run runs a program. It fails the test if the program exceeds its time limit or
// is killed by a signal.
func (c Call) Run(t *testing.T) Result {
	t.Helper()
	cmd, ctx, cancel := c.command(t)
	defer cancel()
	cmd.WaitDelay = 5 * time.Second // a child of the program can keep the pipes open
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	report := filepath.Base(c.Program) + " " + strings.Join(c.Args, " ") + "\n" + clipped(out.String()+complaints.String())
	require.NoError(t, ctx.Err(), "the time limit expired: %s", report)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		require.True(t, exit.Exited(), "%v: %s", err, report)
	} else {
		require.NoError(t, err, "%s", report)
	}
	return Result{Status: cmd.ProcessState.ExitCode(), Out: out.String(), Errors: complaints.String(), Took: took}
}

// clipped returns s. If s is long, clipped omits its middle part.
func clipped(s string) string {
	if len(s) > 8000 {
		return s[:2000] + "\n...\n" + s[len(s)-6000:]
	}
	return s
}
