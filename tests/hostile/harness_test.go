// SPDX-License-Identifier: MIT

package hostile

import (
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { hosttest.Main(m) }

var panicLibrary = sync.OnceValues(func() (string, error) { return hosttest.Build("csmtp_panic") })

var sanitizers = append([]string{"-g", "-O1"}, hosttest.Sanitizers...)

// compile compiles a C program, links it with the library in the folder lib, and returns
// the path of the program.
func compile(t *testing.T, lib, name, source string, flags ...string) string {
	t.Helper()
	hosttest.Need(t, "gcc")
	program := filepath.Join(t.TempDir(), name)
	args := append([]string{"-std=gnu99", "-Wall", "-Wextra", "-Werror", "-Wno-nonnull", "-I../../include", source,
		"-o", program, "-L" + lib, "-lcsmtp", "-pthread", "-ldl", "-Wl,-rpath," + lib}, flags...)
	out, err := exec.Command("gcc", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

// execute runs a program, which must exit with 0, and returns its output.
func execute(t *testing.T, most time.Duration, env []string, program string, args ...string) string {
	t.Helper()
	got := hosttest.Call{Program: program, Args: args, Env: env, Most: most}.Run(t)
	output := got.Out + got.Errors
	require.Zero(t, got.Status, "%s", output)
	return output
}
