// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inside is the CMakeLists.txt of a project that includes csmtp. The first %s stands for
// the code that includes csmtp, and the second for the folder of csmtp's source tree.
const inside = `cmake_minimum_required(VERSION 3.16)
project(theirs LANGUAGES CXX)
include(CTest)
%s
add_executable(theirs "%s/packaging/cmake/consumer/main.cpp")
target_link_libraries(theirs PRIVATE csmtp::csmtp)
add_test(NAME theirs COMMAND theirs)
install(TARGETS theirs DESTINATION bin)
`

// A project that includes csmtp gets the library. Unless the project asks for it, csmtp's
// programs and tests are not built, and no files of csmtp are installed.
func TestInsideAnotherProject(t *testing.T) {
	hosttest.Need(t, "cmake")
	root := hosttest.Root()
	for name, c := range map[string]struct {
		take    string
		options []string
		all     bool
	}{
		"add_subdirectory": {`add_subdirectory("` + root + `" csmtp)`, nil, false},
		"FetchContent": {"include(FetchContent)\nFetchContent_Declare(csmtp SOURCE_DIR \"" + root + "\")\nFetchContent_MakeAvailable(csmtp)",
			nil, false},
		"everything": {`add_subdirectory("` + root + `" csmtp)`, []string{"-DCSMTP_TOOLS=ON", "-DCSMTP_INSTALL=ON", "-DCSMTP_TESTS=ON"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "CMakeLists.txt"), fmt.Appendf(nil, inside, c.take, root), 0o644))
			build, prefix := filepath.Join(dir, "build"), filepath.Join(dir, "installed")
			output(t, dir, nil, "cmake", append([]string{"-S", ".", "-B", build, "-DCMAKE_BUILD_TYPE=Release"}, c.options...)...)
			output(t, dir, nil, "cmake", "--build", build)
			output(t, dir, nil, "cmake", "--install", build, "--prefix", prefix)
			tests := output(t, build, nil, "ctest", "-N")
			made := strings.Join(files(t, build), "\n")
			for _, program := range []string{"csmtp-send", "csmtp-doctor", "csmtp-login", "csmtp-testserver", "send-c", "send-cpp", "metrics-cpp"} {
				assert.Equal(t, c.all, strings.Contains(made, "/"+program+"\n"), program)
			}
			if c.all {
				assert.Contains(t, tests, "cpp_wrapper")
				assert.Contains(t, files(t, prefix), "bin/csmtp-send")
				for _, program := range []string{"csmtp-send", "csmtp-doctor", "csmtp-login", "csmtp-testserver"} {
					assert.Contains(t, files(t, prefix), "share/man/man1/"+program+".1")
					assert.Contains(t, files(t, prefix), "share/bash-completion/completions/"+program)
					assert.Contains(t, files(t, prefix), "share/zsh/site-functions/_"+program)
					assert.Contains(t, files(t, prefix), "share/fish/vendor_completions.d/"+program+".fish")
				}
				hardened(t, filepath.Join(prefix, "bin/csmtp-send"), "$ORIGIN/../lib")
				static(t, filepath.Join(prefix, "bin/csmtp-login"))
				static(t, filepath.Join(prefix, "bin/csmtp-testserver"))
				return
			}
			assert.Contains(t, tests, "Total Tests: 1")
			assert.Equal(t, []string{"bin/theirs"}, files(t, prefix))
			output(t, dir, nil, filepath.Join(build, "theirs"))
		})
	}
}

// 'only' returns an environment in which PATH contains nothing but the given commands. The
// tests do not give bash or other commands that Windows lacks.
func only(t *testing.T, commands ...string) []string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range commands {
		path, err := filepath.EvalSymlinks(hosttest.Need(t, name))
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(folder, name)))
	}
	return []string{"PATH=" + folder, "CC=", "CXX="}
}

// CMake reports a missing tool before it builds anything, and says what to install.
func TestCMakeNamesMissingTools(t *testing.T) {
	hosttest.Need(t, "cmake")
	host := []string{"ar", "as", "c++", "cc", "cmake", "gcc", "g++", "ld", "make", "nm", "ranlib"}
	dir := t.TempDir()
	toolchain := filepath.Join(dir, "windows.cmake")
	require.NoError(t, os.WriteFile(toolchain, []byte("set(CMAKE_SYSTEM_NAME Windows)\nset(CMAKE_SYSTEM_PROCESSOR AMD64)\n"+
		"set(CMAKE_C_COMPILER cc)\nset(CMAKE_CXX_COMPILER c++)\nset(CMAKE_RC_COMPILER false)\n"+
		"set(CMAKE_C_COMPILER_WORKS 1)\nset(CMAKE_CXX_COMPILER_WORKS 1)\n"), 0o644))
	for name, c := range map[string]struct {
		commands  []string
		arguments []string
		said      string
	}{
		"Go":       {host, nil, "csmtp needs Go: install go 1."},
		"too old":  {host, []string{"-DCSMTP_GO=/bin/false"}, "csmtp needs go 1."},
		"binutils": {append(host, "go"), []string{"-DCMAKE_TOOLCHAIN_FILE=" + toolchain}, "csmtp needs objcopy or llvm-objcopy, which is part of MinGW-w64"},
	} {
		t.Run(name, func(t *testing.T) {
			env := only(t, c.commands...)
			cmake := exec.Command("cmake", append([]string{"-S", hosttest.Root(), "-B", filepath.Join(dir, name),
				// Without this option, CMake also finds tools in the system's folders.
				"-DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF"}, c.arguments...)...)
			cmake.Env = append(os.Environ(), env...)
			out, err := cmake.CombinedOutput()
			require.Error(t, err, "%s", out)
			assert.Contains(t, strings.Join(strings.Fields(string(out)), " "), c.said)
		})
	}
}

// Without bash in PATH, CMake builds the same library, octet for octet, as build.sh, and
// programs with the same hardening. "cmake --install" runs ldconfig if the dynamic loader
// searches the folder into which the library is installed.
func TestInstalledByCMake(t *testing.T) {
	hosttest.Need(t, "cmake")
	dir := t.TempDir()
	build, prefix := filepath.Join(dir, "build"), filepath.Join(dir, "installed here")
	env := only(t, "ar", "as", "c++", "cc", "cmake", "g++", "gcc", "go", "ld", "make", "nm", "ranlib")
	output(t, hosttest.Root(), env, "cmake", "-S", ".", "-B", build, "-DBUILD_TESTING=OFF", "-DCMAKE_INSTALL_LIBDIR=lib")
	output(t, dir, env, "cmake", "--build", build)
	hardened(t, filepath.Join(build, "lib/libcsmtp.so"))
	sameFiles(t, hosttest.Library(t), filepath.Join(build, "lib"), "libcsmtp.so."+version(t))
	for _, program := range []string{"csmtp-send", "csmtp-doctor"} {
		hardened(t, filepath.Join(build, program), "$ORIGIN/lib")
		output(t, dir, nil, filepath.Join(build, program), "--version")
	}

	// This script replaces ldconfig. It pretends to search the folder in LOOKS_IN, and
	// records its arguments in NOTES.
	tools := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tools, "ldconfig"), []byte(`#!/bin/sh
echo "ldconfig $*" >>"$NOTES"
[ $# -gt 0 ] || exit "${FAILS:-0}"
printf '/usr/lib: (from <builtin>:0)\n\tlibx.so -> libx.so.1\n%s: (from /etc/ld.so.conf:1)\n' "$LOOKS_IN"
`), 0o755))
	notes := filepath.Join(dir, "notes")
	install := func(env ...string) (said string, ran bool) {
		require.NoError(t, os.WriteFile(notes, nil, 0o644))
		said = output(t, dir, append(env, "NOTES="+notes, "PATH="+tools+":"+os.Getenv("PATH")), "cmake", "--install", build, "--prefix", prefix)
		data, err := os.ReadFile(notes)
		require.NoError(t, err)
		return said, strings.Contains(string(data), "ldconfig \n")
	}
	said, ran := install("LOOKS_IN=" + prefix + "/lib")
	assert.True(t, ran)
	assert.Contains(t, said, "Ran ldconfig")
	said, ran = install("LOOKS_IN="+prefix+"/lib", "FAILS=1")
	assert.True(t, ran)
	assert.Contains(t, said, "Run ldconfig as root")
	said, ran = install("LOOKS_IN=/nowhere")
	assert.False(t, ran)
	for _, setting := range []string{"LD_LIBRARY_PATH=" + prefix + "/lib", "PKG_CONFIG_PATH=" + prefix + "/lib/pkgconfig", "CMAKE_PREFIX_PATH=" + prefix} {
		assert.Contains(t, said, setting)
	}
	said, ran = install("LOOKS_IN="+prefix+"/lib", "DESTDIR="+filepath.Join(dir, "staged"))
	assert.False(t, ran)
	assert.NotContains(t, said, "ldconfig")

	hardened(t, filepath.Join(prefix, "lib/libcsmtp.so.1"))
	for _, program := range []string{"csmtp-send", "csmtp-doctor"} {
		hardened(t, filepath.Join(prefix, "bin", program), "$ORIGIN/../lib")
		output(t, dir, nil, filepath.Join(prefix, "bin", program), "--version")
	}
	linksResolve(t, filepath.Join(prefix, "share/doc/csmtp"))
	for _, program := range []string{"csmtp-login", "csmtp-testserver"} {
		static(t, filepath.Join(prefix, "bin", program))
		output(t, dir, nil, filepath.Join(prefix, "bin", program), "--version")
	}
}
