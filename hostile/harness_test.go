// SPDX-License-Identifier: MIT

package hostile

import (
	"bytes"
	"context"
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

var workFolder string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "csmtp-hostile-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workFolder = folder
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// buildLibrary makes libcsmtp.so with the build tags and gives its folder.
func buildLibrary(tags string) (string, error) {
	if dir := os.Getenv("CSMTP_BUILD_DIR"); dir != "" && tags == "" {
		dir, err := filepath.Abs(dir)
		return dir, err
	}
	dir := filepath.Join(workFolder, "lib"+tags)
	cmd := exec.Command("bash", "../build.sh", "lib")
	cmd.Env = append(os.Environ(), "CSMTP_BUILD_DIR="+dir, "GOFLAGS=-tags="+tags)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build.sh lib: %w\n%s", err, out)
	}
	return dir, nil
}

var (
	plainLibrary = sync.OnceValues(func() (string, error) { return buildLibrary("") })
	panicLibrary = sync.OnceValues(func() (string, error) { return buildLibrary("csmtp_panic") })
)

var sanitizers = []string{"-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}

// compile makes a C program that is linked with the library in lib.
func compile(t *testing.T, lib, name, source string, flags ...string) string {
	t.Helper()
	need(t, "gcc")
	program := filepath.Join(t.TempDir(), name)
	args := append([]string{"-std=gnu99", "-Wall", "-Wextra", "-Werror", "-Wno-nonnull", "-I../include", source,
		"-o", program, "-L" + lib, "-lcsmtp", "-pthread", "-ldl", "-Wl,-rpath," + lib}, flags...)
	out, err := exec.Command("gcc", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

// execute runs a program to its end, which must be a good one.
func execute(t *testing.T, most time.Duration, env []string, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(append(os.Environ(), "ASAN_OPTIONS=detect_leaks=0"), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	text := out.String()
	if len(text) > 8000 {
		text = text[:2000] + "\n...\n" + text[len(text)-6000:]
	}
	require.NoError(t, ctx.Err(), "%s hangs\n%s", filepath.Base(program), text)
	require.NoError(t, err, "%s %s\n%s", filepath.Base(program), strings.Join(args, " "), text)
	return out.String()
}
