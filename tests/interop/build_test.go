// SPDX-License-Identifier: MIT

package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var library struct {
	once sync.Once
	dir  string
	text string // the output of build.sh
	err  error
}

// buildLibrary returns the folder of libcsmtp.so: CSMTP_BUILD_DIR or, if that is
// not set, a temporary folder that cleanUp removes.
func buildLibrary(t *testing.T) string {
	t.Helper()
	library.once.Do(func() {
		if dir, set := os.LookupEnv("CSMTP_BUILD_DIR"); set {
			library.dir, library.err = filepath.Abs(dir)
			return
		}
		if library.dir, library.err = os.MkdirTemp("", "csmtp-library-"); library.err != nil {
			return
		}
		build := exec.Command("../../build.sh", "lib")
		build.Env = append(os.Environ(), "CSMTP_BUILD_DIR="+library.dir)
		out, err := build.CombinedOutput()
		library.text, library.err = string(out), err
	})
	require.NoError(t, library.err, library.text)
	return library.dir
}

func cleanUp() {
	if _, set := os.LookupEnv("CSMTP_BUILD_DIR"); !set && library.dir != "" {
		_ = os.RemoveAll(library.dir)
	}
}

// buildProgram compiles a C or C++ program, links it with the library, and returns
// its path.
func buildProgram(t *testing.T, source string) string {
	t.Helper()
	lib := buildLibrary(t)
	compiler, standard := setting("CC", "gcc"), "-std=c99"
	if filepath.Ext(source) == ".cpp" {
		compiler, standard = setting("CXX", "g++"), "-std=c++11"
	}
	program := filepath.Join(t.TempDir(), "program")
	out, err := exec.Command(compiler, standard, "-O1", "-Wall", "-Wextra", "-Werror", "-I../../include", "-I../../cpp_wrapper",
		source, "-o", program, "-L"+lib, "-lcsmtp", "-Wl,-rpath,"+lib).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

func setting(variable, otherwise string) string {
	if v := os.Getenv(variable); v != "" {
		return v
	}
	return otherwise
}
