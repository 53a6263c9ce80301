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
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// deadline bounds one program, so that one that hangs fails.
const deadline = 2 * time.Minute

var (
	cxxCompilers = []string{"g++", "clang++"}
	cCompilers   = []string{"gcc", "clang"}
)

var workFolder string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "csmtp-cpp-")
	if err != nil {
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

var buildLibrary = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv("CSMTP_BUILD_DIR"); dir != "" {
		file := "libcsmtp.so"
		if g, ok := cross(); ok {
			file = g.library
		}
		_, err := os.Stat(filepath.Join(dir, file))
		return dir, err
	}
	if targetName != "" {
		return "", fmt.Errorf("CSMTP_TARGET=%s wants CSMTP_BUILD_DIR", targetName)
	}
	dir := filepath.Join(workFolder, "lib")
	cmd := exec.Command("bash", "../../build.sh", "lib")
	cmd.Env = append(os.Environ(), "CSMTP_BUILD_DIR="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build.sh lib: %w\n%s", err, out)
	}
	return dir, nil
})

// library is the folder of libcsmtp.so, or of the target's library.
func library(t *testing.T) string {
	t.Helper()
	dir, err := buildLibrary()
	require.NoError(t, err)
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
	program := filepath.Join(workFolder, fmt.Sprintf("%s-%s", name, compiler))
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
var sanitized = []string{"-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}

func join(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func run(t *testing.T, tool string, args ...string) {
	t.Helper()
	need(t, tool)
	out, err := exec.Command(tool, args...).CombinedOutput()
	require.NoError(t, err, "%s %s\n%s", tool, strings.Join(args, " "), out)
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
		need(t, program)
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
