// SPDX-License-Identifier: MIT

package packaging

import (
	"debug/elf"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hardened does the checks of confined, protected and fortified.
func hardened(t *testing.T, path string, runpaths ...string) {
	t.Helper()
	confined(t, path, runpaths...)
	protected(t, path)
	fortified(t, path)
}

// protected checks that a library or program was built with the stack protector of the C
// library.
func protected(t *testing.T, path string) {
	t.Helper()
	assert.True(t, imports(t, path, func(name string) bool {
		return name == "__stack_chk_fail" || name == "__stack_chk_guard"
	}), "%s: no stack protector", path)
}

// fortified checks that a library or program was built with FORTIFY.
func fortified(t *testing.T, path string) {
	t.Helper()
	assert.True(t, imports(t, path, func(name string) bool { return strings.HasSuffix(name, "_chk") }), "%s: no FORTIFY", path)
}

// imports reports whether a file imports a symbol with a name for which match returns
// true.
func imports(t *testing.T, path string, match func(name string) bool) bool {
	t.Helper()
	f, err := elf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	symbols, err := f.ImportedSymbols()
	require.NoError(t, err)
	return slices.ContainsFunc(symbols, func(s elf.ImportedSymbol) bool { return match(s.Name) })
}

// confined checks that a library or program is position-independent and has no executable
// stack, that it was built with RELRO and BIND_NOW, and that it searches for libraries only
// in the folders in runpaths.
func confined(t *testing.T, path string, runpaths ...string) {
	t.Helper()
	f, err := elf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	assert.Equal(t, elf.ET_DYN, f.Type, "%s: not position independent", path)
	relro, stack := false, false
	for _, p := range f.Progs {
		assert.NotEqual(t, elf.PF_W|elf.PF_X, p.Flags&(elf.PF_W|elf.PF_X), "%s: memory that is writable and executable", path)
		relro = relro || p.Type == elf.PT_GNU_RELRO
		stack = stack || p.Type == elf.PT_GNU_STACK
	}
	assert.True(t, relro, "%s: no RELRO", path)
	assert.True(t, stack, "%s: no PT_GNU_STACK: the stack is executable", path)
	flags := func(tag elf.DynTag) (all uint64) {
		values, err := f.DynValue(tag)
		require.NoError(t, err)
		for _, v := range values {
			all |= v
		}
		return all
	}
	assert.NotZero(t, flags(elf.DT_FLAGS)&uint64(elf.DF_BIND_NOW)|flags(elf.DT_FLAGS_1)&uint64(elf.DF_1_NOW), "%s: no BIND_NOW", path)
	assert.Zero(t, flags(elf.DT_TEXTREL), "%s: relocations in its code", path)
	if !strings.Contains(filepath.Base(path), ".so") {
		assert.NotZero(t, flags(elf.DT_FLAGS_1)&uint64(elf.DF_1_PIE), "%s: no PIE", path)
	}
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		values, err := f.DynString(tag)
		require.NoError(t, err)
		for _, folder := range strings.Split(strings.Join(values, ":"), ":") {
			assert.True(t, folder == "" || slices.Contains(runpaths, folder), "%s: %s has %q", path, tag, folder)
		}
	}
}

// static checks that a program needs no library and no loader, and that its stack is not
// executable.
func static(t *testing.T, path string) {
	t.Helper()
	f, err := elf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	stack := false
	for _, p := range f.Progs {
		assert.NotEqual(t, elf.PT_INTERP, p.Type, "%s: needs a loader", path)
		assert.NotEqual(t, elf.PT_DYNAMIC, p.Type, "%s: is linked dynamically", path)
		assert.NotEqual(t, elf.PF_W|elf.PF_X, p.Flags&(elf.PF_W|elf.PF_X), "%s: memory that is writable and executable", path)
		stack = stack || p.Type == elf.PT_GNU_STACK && p.Flags&elf.PF_X == 0
	}
	assert.True(t, stack, "%s: the stack is executable", path)
}

// built returns a folder with the library and the programs that build.sh has built. If
// CSMTP_BUILD_DIR does not contain them, built runs build.sh.
func built(t *testing.T) string {
	t.Helper()
	out := os.Getenv("CSMTP_BUILD_DIR")
	if out != "" {
		if _, err := os.Stat(filepath.Join(out, "csmtp-login")); err == nil {
			return out
		}
	}
	out = t.TempDir()
	require.NoError(t, hosttest.Command(hosttest.Root(), []string{"CSMTP_BUILD_DIR=" + out}, "bash", "./build.sh"))
	return out
}

func TestBuildIsHardened(t *testing.T) {
	out := built(t)
	hardened(t, filepath.Join(out, "libcsmtp.so"))
	hardened(t, filepath.Join(out, "csmtp-send"), "$ORIGIN")
	hardened(t, filepath.Join(out, "csmtp-doctor"), "$ORIGIN")
	hardened(t, filepath.Join(out, "examples", "send-c"), "$ORIGIN/..")
	static(t, filepath.Join(out, "csmtp-login"))
	static(t, filepath.Join(out, "csmtp-testserver"))
	// The programs find the library after all of them were moved together.
	moved := t.TempDir()
	for _, name := range []string{"libcsmtp.so.1", "csmtp-send", "csmtp-doctor"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(moved, name), data, 0o755))
	}
	require.NoError(t, hosttest.Command(moved, nil, "./csmtp-send", "--version"))
	require.NoError(t, hosttest.Command(moved, nil, "./csmtp-doctor", "--version"))
}
