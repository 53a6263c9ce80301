// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"debug/pe"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests check what package.sh and windows/build.sh have built in
// CSMTP_BUILD_DIR. Both scripts run them.

func madeFolder(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(os.Getenv("CSMTP_BUILD_DIR"), name))
	require.NoError(t, err)
	return dir
}

func TestDebPackagesAreHardened(t *testing.T) {
	into := t.TempDir()
	debs, err := filepath.Glob(filepath.Join(madeFolder(t, "packages"), "*.deb"))
	require.NoError(t, err)
	require.Len(t, debs, 3)
	for _, deb := range debs {
		require.NoError(t, hosttest.Command(into, nil, "dpkg-deb", "-x", deb, into))
	}
	libraries, err := filepath.Glob(filepath.Join(into, "usr/lib/*/libcsmtp.so.1.*"))
	require.NoError(t, err)
	require.Len(t, libraries, 1)
	hardened(t, libraries[0])
	hardened(t, filepath.Join(into, "usr/bin/csmtp-send"))
	hardened(t, filepath.Join(into, "usr/bin/csmtp-doctor"))
}

func TestArchiveIsHardened(t *testing.T) {
	into := t.TempDir()
	archives, err := filepath.Glob(filepath.Join(madeFolder(t, "packages"), "*.tar.gz"))
	require.NoError(t, err)
	require.Len(t, archives, 1)
	require.NoError(t, hosttest.Command(into, nil, "tar", "-xzf", archives[0], "--strip-components=1"))
	hardened(t, filepath.Join(into, "lib/libcsmtp.so.1"))
	hardened(t, filepath.Join(into, "bin/csmtp-send"), "$ORIGIN/../lib")
	hardened(t, filepath.Join(into, "bin/csmtp-doctor"), "$ORIGIN/../lib")
}

// Windows can load the DLL at any address, and does not execute its data.
func TestWindowsIsHardened(t *testing.T) {
	for platform, want := range map[string]uint16{
		"x64":   pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE | pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT | pe.IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA,
		"Win32": pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE | pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT,
	} {
		f, err := pe.Open(filepath.Join(madeFolder(t, "windows"), platform, "csmtp.dll"))
		require.NoError(t, err)
		defer f.Close()
		var got uint16
		var relocations uint32
		switch h := f.OptionalHeader.(type) {
		case *pe.OptionalHeader64:
			got, relocations = h.DllCharacteristics, h.DataDirectory[pe.IMAGE_DIRECTORY_ENTRY_BASERELOC].Size
		case *pe.OptionalHeader32:
			got, relocations = h.DllCharacteristics, h.DataDirectory[pe.IMAGE_DIRECTORY_ENTRY_BASERELOC].Size
		}
		assert.Equal(t, want, got&want, "%s: characteristics %#x", platform, got)
		assert.NotZero(t, relocations, "%s: has no relocations", platform)
		assert.Zero(t, f.Characteristics&pe.IMAGE_FILE_RELOCS_STRIPPED, "%s: has no relocations", platform)
		for _, s := range f.Sections {
			const both = pe.IMAGE_SCN_MEM_WRITE | pe.IMAGE_SCN_MEM_EXECUTE
			assert.NotEqual(t, uint32(both), s.Characteristics&both, "%s: section %s is writable and executable", platform, s.Name)
		}
	}
}

// The files for Windows do not depend on the user, the folder and Go's settings with
// which they are built.
func TestWindowsIsTheSameEverywhere(t *testing.T) {
	epoch := []string{"SOURCE_DATE_EPOCH=1700000000", "CSMTP_NO_CHECK=yes"}
	source, env := elsewhere(t)
	one, other := t.TempDir(), t.TempDir()
	makeIn(t, hosttest.Root(), one, "022", append(epoch, "GOFLAGS="), "packaging/windows/build.sh")
	makeIn(t, source, other, "077", append(epoch, env...), "packaging/windows/build.sh")
	sameFiles(t, filepath.Join(one, "windows"), filepath.Join(other, "windows"), "x64/csmtp.dll", "x64/csmtp.lib",
		"Win32/csmtp.dll", "Win32/csmtp.lib", "csmtp.def", fmt.Sprintf("csmtp-%s-windows.zip", version(t)))
}
