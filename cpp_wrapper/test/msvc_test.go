// SPDX-License-Identifier: MIT

package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// visualC returns the arguments that make clang behave like a version of Visual C++:
// 19.00 is Visual Studio 2015, and 19.40 is Visual Studio 2022. GCC's extensions are
// errors. The headers in msvc/include declare only what the standards guarantee.
func visualC(processor, version string) []string {
	return []string{
		"--target=" + processor + "-pc-windows-msvc", "-fms-compatibility", "-fms-extensions",
		"-fms-compatibility-version=" + version, "-nostdinc", "-fno-builtin",
		"-isystem", "msvc/include", "-I../../include", "-I..", "-I../compat",
		"-Wall", "-Wextra", "-Wgnu", "-Wpedantic", "-Werror", "-U__clang__",
	}
}

// TestVisualC compiles a C++ and a C program in the dialect of Visual C++.
func TestVisualC(t *testing.T) {
	if _, across := cross(); across {
		t.Skip("tests only the headers")
	}
	for _, processor := range []string{"x86_64", "i686"} {
		for standard, version := range map[string]string{"c++11": "19.00", "c++14": "19.00", "c++17": "19.16", "c++20": "19.40"} {
			// visualC undefines __clang__. If it is defined again, the headers take the compiler
			// for clang-cl.
			defines := []string{"-DWINDOWS_FIRST"}
			if full || standard == "c++11" && processor == "i686" || standard == "c++20" && processor == "x86_64" {
				defines = append(defines, "-DWINDOWS_LAST", "-DCSMTP_STRICT", "-DCSMTP_STATIC", "-DCSMTP_LEGACY_TLS", "-D__clang__")
			}
			for _, define := range defines {
				t.Run(processor+" "+standard+" "+define, func(t *testing.T) {
					t.Parallel()
					run(t, "clang++", append(visualC(processor, version), "-std="+standard, define, "-fsyntax-only", "msvc/program.cpp")...)
				})
			}
		}
		for _, standard := range []string{"c89", "c11", "c17"} {
			t.Run(processor+" "+standard, func(t *testing.T) {
				t.Parallel()
				run(t, "clang", append(visualC(processor, "19.40"), "-std="+standard, "-fsyntax-only", "msvc/program.c")...)
			})
		}
	}
}

// TestVisualCImports checks that, on x86, functions are called with the C calling
// convention, and are imported from the DLL only if CSMTP_STATIC is not defined.
func TestVisualCImports(t *testing.T) {
	if _, across := cross(); across {
		t.Skip("tests only the headers")
	}
	hosttest.Need(t, "clang")
	for define, want := range map[string]string{
		"-DCSMTP_SHARED": `declare dllimport i32 @CSmtp_New\(\)`,
		"-DCSMTP_STATIC": `declare (dso_local )?i32 @CSmtp_New\(\)`,
	} {
		out := filepath.Join(t.TempDir(), "program.ll")
		args := append(visualC("i686", "19.40"), define, "-S", "-emit-llvm", "-o", out, "msvc/program.c")
		text, err := exec.Command("clang", args...).CombinedOutput()
		require.NoError(t, err, string(text))
		code, err := os.ReadFile(out)
		require.NoError(t, err)
		assert.Regexp(t, want, string(code))
	}
}

// TestClangCL runs ./build.sh msvc with the headers in msvc/include instead of those of
// Visual C++. It also checks that the command fails without headers.
func TestClangCL(t *testing.T) {
	if _, across := cross(); across {
		t.Skip("tests only the headers")
	}
	hosttest.Need(t, "clang")
	folder, err := filepath.Abs("msvc/include")
	require.NoError(t, err)
	require.NoError(t, hosttest.Command(hosttest.Root(), []string{"CSMTP_MSVC_INCLUDE=" + folder}, "bash", "./build.sh", "msvc"))

	err = hosttest.Command(hosttest.Root(), []string{"CSMTP_MSVC_INCLUDE=" + t.TempDir()}, "bash", "./build.sh", "msvc")
	assert.ErrorContains(t, err, "do not compile")
	err = hosttest.Command(hosttest.Root(), []string{"CSMTP_MSVC_INCLUDE="}, "bash", "./build.sh", "msvc")
	assert.ErrorContains(t, err, "CSMTP_MSVC_INCLUDE is not set")
}
