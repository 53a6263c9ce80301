// SPDX-License-Identifier: MIT

package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

var standards = []string{"c++11", "c++14", "c++17", "c++20", "c++2b"}

// strictWarnings contains the flags for further warnings. The documentation makes no
// promise about them.
var strictWarnings = []string{"-Wpedantic", "-Wshadow", "-Wconversion", "-Wnon-virtual-dtor", "-Woverloaded-virtual"}

var full = os.Getenv("CSMTP_FULL_MATRIX") != ""

// sampled reports whether the compiler and the standard form one of two combinations. Checks that do
// not use all combinations use only these two.
func sampled(compiler, standard string) bool {
	return compiler == "g++" && standard == "c++11" || compiler == "clang++" && standard == "c++20"
}

// knows reports whether the compiler supports the standard.
func knows(compiler, standard string) bool {
	return exec.Command(compiler, "-std="+standard, "-fsyntax-only", "-x", "c++", os.DevNull).Run() == nil
}

// eachDialect runs f for every compiler and standard.
func eachDialect(t *testing.T, f func(t *testing.T, compiler, standard string)) {
	for _, compiler := range cxxCompilers {
		for _, standard := range standards {
			t.Run(compiler+" "+standard, func(t *testing.T) {
				t.Parallel()
				hosttest.Need(t, compiler)
				if !knows(compiler, standard) {
					require.NotContains(t, []string{"c++11", "c++14", "c++17", "c++20"}, standard)
					t.Skipf("%s does not support %s", compiler, standard)
				}
				f(t, compiler, standard)
			})
		}
	}
}

func TestEveryMethodInEveryDialect(t *testing.T) {
	eachDialect(t, func(t *testing.T, compiler, standard string) {
		args := join(strictWarnings, []string{"-std=" + standard, "tools/everymethod.cpp"})
		check(t, compiler, args...)
		if full || sampled(compiler, standard) {
			check(t, compiler, append(args, "-DLINUX", "-DCSMTP_LEGACY_TLS")...)
		}
	})
}

func TestStrictInEveryDialect(t *testing.T) {
	eachDialect(t, func(t *testing.T, compiler, standard string) {
		check(t, compiler, join(strictWarnings, []string{"-std=" + standard, "tools/strict.cpp"})...)
	})
}

func TestCompanionsInEveryDialect(t *testing.T) {
	eachDialect(t, func(t *testing.T, compiler, standard string) {
		if !full && !sampled(compiler, standard) {
			return
		}
		for _, file := range []string{"CSmtp.cpp", "base64.cpp", "md5.cpp"} {
			check(t, compiler, join(strictWarnings, []string{"-std=" + standard, "../compat/" + file})...)
		}
	})
}

// programs returns the sources of each test program, keyed by its name.
func programs(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	files, err := filepath.Glob("programs/*.cpp")
	require.NoError(t, err)
	for _, f := range files {
		found[strings.TrimSuffix(filepath.Base(f), ".cpp")] = []string{f}
	}
	// This program also compiles the files in compat/ that have the names of the old
	// class's source files.
	found["several"] = []string{
		"programs/several/main.cpp", "programs/several/service.cpp",
		"../compat/CSmtp.cpp", "../compat/base64.cpp", "../compat/md5.cpp",
	}
	require.GreaterOrEqual(t, len(found), 15)
	if windows() {
		for _, posix := range []string{"only_include", "singleton_daemon", "linux_names"} {
			delete(found, posix)
		}
	}
	return found
}

// TestProgramsInEveryDialect compiles each program with one compiler and standard that TestPrograms
// does not use. With CSMTP_FULL_MATRIX, it uses all compilers and standards.
func TestProgramsInEveryDialect(t *testing.T) {
	if !full {
		for name, sources := range programs(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				flags := []string{"-std=c++20", "-DLINUX"}
				if windows() {
					// Like the old md5.h, md5.h contains `using namespace std`. Since C++17, windows.h
					// does not compile after it.
					flags = []string{"-std=c++14"}
				}
				check(t, "clang++", append(sources, flags...)...)
			})
		}
		return
	}
	all := programs(t)
	eachDialect(t, func(t *testing.T, compiler, standard string) {
		for _, sources := range all {
			check(t, compiler, append(sources, "-std="+standard)...)
			if !windows() {
				check(t, compiler, append(sources, "-std="+standard, "-DLINUX")...)
			}
		}
	})
}

func TestContractAsC99(t *testing.T) {
	for _, compiler := range cCompilers {
		t.Run(compiler, func(t *testing.T) {
			for _, standard := range []string{"c99", "c11"} {
				check(t, compiler, "-Wpedantic", "-Wconversion", "-std="+standard, "tools/header.c")
			}
			got := execute(t, t.TempDir(), link(t, compiler, "header", "-std=c99", "tools/header.c"))
			require.Zero(t, got.status, got.output)
		})
	}
}
