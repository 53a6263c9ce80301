// SPDX-License-Identifier: MIT

// Package test holds the drop-in class and the C contract to their promises:
// programs are compiled, linked with libcsmtp and run against package smtptest.
//
// CSMTP_BUILD_DIR names a folder with a libcsmtp.so to use; without it one is
// built. CSMTP_FULL_MATRIX=1 compiles every program with every compiler and
// standard; without it that is done with those that use all of the header.
// CSMTP_TARGET has the programs made for another machine (target_test.go).
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

// deadline bounds one program, so that one that hangs fails.
const deadline = hosttest.Deadline

var (
	cxxCompilers = []string{"g++", "clang++"}
	cCompilers   = []string{"gcc", "clang"}
)

func TestMain(m *testing.M) { hosttest.Main(m) }

// library is the folder of libcsmtp.so, or of the target's library.
func library(t *testing.T) string {
	t.Helper()
	g, ok := cross()
	if !ok {
		return hosttest.Library(t)
	}
	dir := os.Getenv("CSMTP_BUILD_DIR")
	require.NotEmpty(t, dir, "CSMTP_TARGET=%s wants CSMTP_BUILD_DIR", targetName)
	require.FileExists(t, filepath.Join(dir, g.library))
	return dir
}

// warnings are those that the drop-in promises to be free of.
var warnings = []string{"-Wall", "-Wextra", "-Werror"}

var includes = []string{"-I..", "-I../../include", "-I../compat"}

// check compiles without making anything.
func check(t *testing.T, compiler string, args ...string) {
	t.Helper()
	if g, ok := cross(); ok {
		compiler, args = g.compiler(compiler), g.arguments(args)
	}
	run(t, compiler, join(warnings, includes, []string{"-fsyntax-only"}, args)...)
}

// link makes a program of the sources and gives its path.
func link(t *testing.T, compiler, name string, args ...string) string {
	t.Helper()
	lib := library(t)
	program := filepath.Join(hosttest.Folder(), fmt.Sprintf("%s-%s", name, compiler))
	if g, ok := cross(); ok {
		program += ".exe"
		run(t, g.compiler(compiler), join(warnings, includes, g.arguments(args), []string{
			"-o", program, filepath.Join(lib, g.library)}, g.flags)...)
		return program
	}
	run(t, compiler, join(warnings, includes, args, []string{
		"-o", program, "-L" + lib, "-lcsmtp", "-pthread", "-Wl,-rpath," + lib,
	})...)
	return program
}

// sanitized are the flags of a program that is to find memory errors.
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

// result of a program that ran to its end.
type result struct {
	status int
	output string
}

// execute runs a program in folder. The library trusts the test authority.
func execute(t *testing.T, folder, program string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	env := append(os.Environ(), "SSL_CERT_FILE="+authorityFile(t), "ASAN_OPTIONS=detect_leaks=0")
	if g, ok := cross(); ok {
		env = append(g.env(t, library(t)), env...)
		args = join(g.runner[1:], []string{program}, args)
		program = g.runner[0]
		hosttest.Need(t, program)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	cmd.Env = env
	// A file, not a pipe: what Wine leaves running would hold that open.
	out, err := os.Create(filepath.Join(t.TempDir(), "output"))
	require.NoError(t, err)
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	said, readErr := os.ReadFile(out.Name())
	require.NoError(t, readErr)
	output := strings.ReplaceAll(string(said), "\r\n", "\n")
	require.NoError(t, ctx.Err(), "%s hangs\n%s", filepath.Base(program), output)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		require.True(t, exit.Exited(), "%s: %v\n%s", filepath.Base(program), err, output)
	} else {
		require.NoError(t, err)
	}
	return result{status: cmd.ProcessState.ExitCode(), output: output}
}
