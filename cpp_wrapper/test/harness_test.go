// SPDX-License-Identifier: MIT

// Package test holds the drop-in class and the C contract to their promises:
// programs are compiled, linked with libcsmtp and run against package smtptest.
//
// CSMTP_BUILD_DIR names a folder with a libcsmtp.so to use; without it one is
// built. CSMTP_FULL_MATRIX=1 compiles every program with every compiler and
// standard; without it that is done with those that use all of the header.
package test

import (
	"bytes"
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
		_, err := os.Stat(filepath.Join(dir, "libcsmtp.so"))
		return dir, err
	}
	dir := filepath.Join(workFolder, "lib")
	cmd := exec.Command("bash", "../../build.sh", "lib")
	cmd.Env = append(os.Environ(), "CSMTP_BUILD_DIR="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build.sh lib: %w\n%s", err, out)
	}
	return dir, nil
})

// library is the folder of libcsmtp.so.
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
	run(t, compiler, join(warnings, includes, []string{"-fsyntax-only"}, args)...)
}

// link makes a program of the sources and gives its path.
func link(t *testing.T, compiler, name string, args ...string) string {
	t.Helper()
	lib := library(t)
	program := filepath.Join(workFolder, fmt.Sprintf("%s-%s", name, compiler))
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
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+authorityFile(t), "ASAN_OPTIONS=detect_leaks=0")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	require.NoError(t, ctx.Err(), "%s hangs\n%s", filepath.Base(program), &out)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		require.True(t, exit.Exited(), "%s: %v\n%s", filepath.Base(program), err, &out)
	} else {
		require.NoError(t, err)
	}
	return result{status: cmd.ProcessState.ExitCode(), output: out.String()}
}
