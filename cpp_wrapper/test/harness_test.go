// SPDX-License-Identifier: MIT

// Package test tests class CSmtp and the C functions. It compiles C and C++ programs,
// links them with libcsmtp, and runs them against package smtptest.
//
// CSMTP_BUILD_DIR is the folder of the libcsmtp.so to use; if it is not set, the
// library is built. With CSMTP_FULL_MATRIX=1, every program is compiled with every
// compiler and every standard; otherwise, only the programs that use the whole header
// are. CSMTP_TARGET selects another machine to compile for (target_test.go).
package test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// deadline is how long a program may run, and how long a test waits for its mails.
const deadline = hosttest.Deadline

var (
	cxxCompilers = []string{"g++", "clang++"}
	cCompilers   = []string{"gcc", "clang"}
)

func TestMain(m *testing.M) { hosttest.Main(m) }

// library returns the folder that contains libcsmtp.so or, if CSMTP_TARGET is set, the
// library of the target.
func library(t *testing.T) string {
	t.Helper()
	g, ok := cross()
	if !ok {
		return hosttest.Library(t)
	}
	dir := os.Getenv("CSMTP_BUILD_DIR")
	require.NotEmpty(t, dir, "CSMTP_TARGET=%s needs CSMTP_BUILD_DIR", targetName)
	require.FileExists(t, filepath.Join(dir, g.library))
	return dir
}

// warnings contains the compiler flags with which the headers must compile without a
// warning.
var warnings = []string{"-Wall", "-Wextra", "-Werror"}

var includes = []string{"-I..", "-I../../include", "-I../compat"}

// check compiles without writing an output file.
func check(t *testing.T, compiler string, args ...string) {
	t.Helper()
	if g, ok := cross(); ok {
		compiler, args = g.compiler(compiler), g.arguments(args)
	}
	run(t, compiler, join(warnings, includes, []string{"-fsyntax-only"}, args)...)
}

// link compiles and links a program and returns its path.
func link(t *testing.T, compiler, name string, args ...string) string {
	t.Helper()
	lib := library(t)
	program := filepath.Join(hosttest.Folder(), fmt.Sprintf("%s-%s", name, compiler))
	if g, ok := cross(); ok {
		program += ".exe"
		run(t, g.compiler(compiler), join(warnings, includes, g.arguments(args), []string{
			"-o", program, filepath.Join(lib, g.library)}, g.flags, ending(t, args))...)
		return program
	}
	run(t, compiler, join(warnings, includes, args, []string{
		"-o", program, "-L" + lib, "-lcsmtp", "-pthread", "-Wl,-rpath," + lib,
	})...)
	return program
}

// sanitized contains the compiler flags that make a program detect memory errors.
var sanitized = append([]string{"-g", "-O1"}, hosttest.Sanitizers...)

func join(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func run(t *testing.T, tool string, args ...string) {
	t.Helper()
	hosttest.Need(t, tool)
	require.NoError(t, hosttest.Command(".", nil, tool, args...))
}

// result is the exit status and output of a program.
type result struct {
	status int
	output string
}

// execute runs a program in the given folder, with an environment in which the library
// trusts the test's CA.
func execute(t *testing.T, folder, program string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	env := append(os.Environ(), "SSL_CERT_FILE="+authorityFile(t), "ASAN_OPTIONS=detect_leaks=0")
	record := filepath.Join(t.TempDir(), "ended")
	if recordsEnd() {
		env = append(env, "CSMTP_TEST_ENDED="+onDrive(record))
	}
	if g, ok := cross(); ok {
		env = append(g.env(t, library(t)), env...)
		args = join(g.runner[1:], []string{program}, args)
		program = g.runner[0]
		hosttest.Need(t, program)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	cmd.Env = env
	// The output goes to a file, because processes that Wine leaves running would keep
	// a pipe open.
	out, err := os.Create(filepath.Join(t.TempDir(), "output"))
	require.NoError(t, err)
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	said, readErr := os.ReadFile(out.Name())
	require.NoError(t, readErr)
	output := strings.ReplaceAll(string(said), "\r\n", "\n")
	require.NoError(t, ctx.Err(), "%s: the time limit expired\n%s", filepath.Base(program), output)
	if status, crashed := afterEnd(err, record); crashed {
		countCrash(t, program, status)
		return result{status: status, output: ownErrors.ReplaceAllString(output, "")}
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		require.True(t, exit.Exited(), "%s: %v\n%s", filepath.Base(program), err, output)
	} else {
		require.NoError(t, err)
	}
	return result{status: cmd.ProcessState.ExitCode(), output: output}
}
