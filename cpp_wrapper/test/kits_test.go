// SPDX-License-Identifier: MIT

package test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// kit is a compiler with a C++ standard library.
type kit struct {
	name, compiler string
	libcxx         string // version of libc++; "" for another library
	windows        bool
}

// kits lists the kits with which the tests compile the headers. MinGW has two thread
// models, posix and win32. With win32, its default, there is no <mutex> and no <thread>.
var kits = []kit{
	{name: "GCC", compiler: "g++"},
	{name: "clang with libstdc++", compiler: "clang++"},
	{name: "libc++ 14", compiler: "clang++-14", libcxx: "14"},
	{name: "libc++ 19", compiler: "clang++-19", libcxx: "19"},
	{name: "MinGW x64 win32", compiler: "x86_64-w64-mingw32-g++-win32", windows: true},
	{name: "MinGW x64 posix", compiler: "x86_64-w64-mingw32-g++-posix", windows: true},
	{name: "MinGW i686 win32", compiler: "i686-w64-mingw32-g++-win32", windows: true},
	{name: "MinGW i686 posix", compiler: "i686-w64-mingw32-g++-posix", windows: true},
}

// eachKit runs f for every kit.
func eachKit(t *testing.T, f func(t *testing.T, k kit)) {
	if _, across := cross(); across {
		t.Skip("uses its own compilers")
	}
	for _, k := range kits {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			hosttest.Need(t, k.compiler)
			f(t, k)
		})
	}
}

// compile returns the compiler flags that select the kit's standard library. link
// returns the linker arguments that must follow the objects.
func (k kit) compile(t *testing.T) []string {
	if k.libcxx == "" {
		return nil
	}
	return []string{"-nostdinc++", "-isystem", filepath.Join(k.folder(t), "include/c++/v1")}
}

func (k kit) link(t *testing.T) []string {
	if k.libcxx == "" {
		return nil
	}
	lib := filepath.Join(k.folder(t), "lib")
	return []string{"-nostdlib++", filepath.Join(lib, "libc++.a"), filepath.Join(lib, "libc++abi.a")}
}

// folder returns the folder of the kit's libc++. This is the installed one or, because
// Debian can install only one version at a time, the one that libcxx.sh has unpacked.
func (k kit) folder(t *testing.T) string {
	t.Helper()
	installed := filepath.Join("/usr/lib", "llvm-"+k.libcxx)
	for _, folder := range []string{installed, filepath.Join(hosttest.Root(), "build", "libcxx-"+k.libcxx, installed)} {
		if _, err := os.Stat(filepath.Join(folder, "lib", "libc++.a")); err == nil {
			return folder
		}
	}
	require.NotEqual(t, "true", os.Getenv("CI"), "libc++ %s is missing", k.libcxx)
	t.Skipf("libc++ %s is missing: run cpp_wrapper/test/libcxx.sh %s", k.libcxx, k.libcxx)
	return ""
}

// sampled returns the C++ standards to use in tests that do not use all standards with
// each kit. It returns an old standard for some kits, and a new one for the others. With
// CSMTP_FULL_MATRIX, it returns all standards.
func (k kit) sampled() []string {
	switch {
	case full:
		return standards
	case strings.HasSuffix(k.name, "win32") || k.compiler == "clang++" || k.libcxx == "14":
		return []string{"c++11"}
	}
	return []string{"c++20"}
}
