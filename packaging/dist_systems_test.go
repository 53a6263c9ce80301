// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"debug/elf"
	"debug/pe"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The files for musl need only musl, and the programs name musl's loader.
func TestDistForMusl(t *testing.T) {
	eachLinux(t, func(t *testing.T, d distTarget) {
		if d.musl == "" {
			return
		}
		for _, file := range []string{"lib/libcsmtp.so", "bin/csmtp-send", "bin/csmtp-doctor"} {
			f := openELF(t, d.path(t, file))
			needed, err := f.ImportedLibraries()
			require.NoError(t, err)
			for _, library := range needed {
				assert.Contains(t, []string{"libc.so", "libcsmtp.so.1"}, library, file)
			}
			symbols, err := f.ImportedSymbols()
			require.NoError(t, err)
			for _, s := range symbols {
				assert.NotContains(t, s.Version, "GLIBC", "%s needs %s", file, s.Name)
			}
			if strings.HasPrefix(file, "bin/") {
				assert.Equal(t, d.musl, interpreter(t, f), file)
			}
		}
	})
}

// interpreter returns the path of a program's loader.
func interpreter(t *testing.T, f *elf.File) string {
	t.Helper()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			octets := make([]byte, p.Filesz)
			_, err := p.ReadAt(octets, 0)
			require.NoError(t, err)
			return strings.TrimRight(string(octets), "\x00")
		}
	}
	return ""
}

// With musl, a program that is linked with the library sends a mail. A program that loads
// the library with dlopen gets an error from dlopen, and continues. Debian's musl-gcc
// compiles both programs, for this processor.
func TestDistLinkedWithMusl(t *testing.T) {
	eachLinux(t, func(t *testing.T, d distTarget) {
		if d.musl == "" || d.emulator != nil {
			return
		}
		folder := t.TempDir()
		lib := d.path(t, "lib")
		linked, loaded := filepath.Join(folder, "send"), filepath.Join(folder, "load")
		require.NoError(t, hosttest.Command(hosttest.Root(), nil, "musl-gcc", "-std=c99", "-I"+d.path(t, "include/csmtp"), "examples/c/send.c",
			"-o", linked, "-L"+lib, "-lcsmtp", "-Wl,-rpath,"+lib))
		source := filepath.Join(folder, "load.c")
		require.NoError(t, os.WriteFile(source, []byte(`#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
  if (argc != 2 || dlopen(argv[1], RTLD_NOW) != NULL)
    return 1;
  puts(dlerror());
  return 0;
}
`), 0o644))
		require.NoError(t, hosttest.Command(folder, nil, "musl-gcc", source, "-o", loaded))

		out, err := exec.Command(loaded, filepath.Join(lib, "libcsmtp.so")).CombinedOutput()
		require.NoError(t, err, "dlopen: %s", out)
		assert.Contains(t, string(out), "initial-exec TLS resolves to dynamic definition")

		dir := t.TempDir()
		ready := d.serve(t, dir)
		out, err = exec.Command(linked, "localhost", ready["port"], "bob", "s3cret pass", filepath.Join(dir, "ca.pem")).CombinedOutput()
		t.Logf("the program: %v\n%s", err, out)
		assert.FileExists(t, filepath.Join(dir, "mail", "1.eml"))
	})
}

// The files for Windows are hardened, and run on the target's processor. They need only DLLs
// that are part of Windows 10, and the DLL exports exactly the functions of the header.
func TestDistForWindows(t *testing.T) {
	machines := map[string]uint16{
		"windows-x64": pe.IMAGE_FILE_MACHINE_AMD64, "windows-x86": pe.IMAGE_FILE_MACHINE_I386, "windows-arm64": pe.IMAGE_FILE_MACHINE_ARM64,
	}
	system := regexp.MustCompile(`^(?i)(kernel32|msvcrt|shell32|ntdll|advapi32|bcryptprimitives|api-ms-win-crt-[a-z0-9-]+)\.dll$`)
	eachTarget(t, func(t *testing.T, d distTarget) {
		if d.image == 0 {
			return
		}
		for _, file := range []string{"csmtp.dll", "csmtp-send.exe", "csmtp-doctor.exe", "csmtp-login.exe", "csmtp-testserver.exe"} {
			path := d.path(t, "bin", file)
			hardenedImage(t, path, d.image)
			f, err := pe.Open(path)
			require.NoError(t, err)
			defer f.Close()
			assert.Equal(t, machines[d.name], f.Machine, file)
			assert.Zero(t, f.TimeDateStamp, "%s contains the time of its build", file)
			needed, err := f.ImportedLibraries()
			require.NoError(t, err)
			out, err := exec.Command("llvm-readobj", "--coff-imports", path).Output()
			require.NoError(t, err)
			for _, m := range regexp.MustCompile(`(?m)^  Name: (.*)$`).FindAllStringSubmatch(string(out), -1) {
				needed = append(needed, m[1])
			}
			require.NotEmpty(t, needed, file)
			for _, name := range needed {
				assert.True(t, system.MatchString(name) || name == "csmtp.dll" && file != name, "%s needs %s", file, name)
			}
		}
		assert.FileExists(t, d.path(t, "lib/csmtp.lib"))
		functions := strings.Fields(read(t, "functions.txt"))
		assert.Equal(t, functions, strings.Fields(read(t, d.path(t, "lib/csmtp.def")))[3:])
		out, err := exec.Command("llvm-readobj", "--coff-exports", d.path(t, "bin/csmtp.dll")).Output()
		require.NoError(t, err)
		var exported []string
		for _, m := range regexp.MustCompile(`(?m)^  Name: (.*)$`).FindAllStringSubmatch(string(out), -1) {
			exported = append(exported, m[1])
		}
		assert.Equal(t, functions, exported)
	})
}

// The port for vcpkg installs the archives for Windows. vcpkg/check.cmake replaces vcpkg.
func TestDistForWindowsInVcpkg(t *testing.T) {
	eachTarget(t, func(t *testing.T, d distTarget) {
		if d.image == 0 {
			return
		}
		a := newArchive(t, filepath.Join(madeFolder(t, "dist"), fmt.Sprintf("csmtp-%s-%s.zip", version(t), d.name)))
		made := filepath.Join(t.TempDir(), "package")
		output(t, ".", []string{"CSMTP_ARCHIVE=" + a.path, "CSMTP_SHA256=" + a.sha256}, "cmake", "-DWINDOWS=ON", "-DOUT="+made, "-P", "vcpkg/check.cmake")
		for _, file := range []string{"bin/csmtp.dll", "lib/csmtp.lib", "tools/csmtp/csmtp-send.exe", "share/csmtp/csmtpConfig.cmake", "share/csmtp/usage"} {
			assert.FileExists(t, filepath.Join(made, file))
		}
		assert.NoFileExists(t, filepath.Join(made, "bin/csmtp-send.exe"))
	})
}

// No file contains the path of the folder in which it was built. A build of the library and the
// programs in another folder, by another user, gives the same octets. The test builds all
// targets again, so it runs only with CSMTP_LONG_TESTS=1.
func TestDistIsTheSameEverywhere(t *testing.T) {
	if os.Getenv("CSMTP_LONG_TESTS") == "" {
		t.Skip("builds all targets again: set CSMTP_LONG_TESTS=1")
	}
	source, env := elsewhere(t)
	zig, err := filepath.Abs(os.Getenv("CSMTP_ZIG"))
	require.NoError(t, err)
	env = append(env, "CSMTP_NO_CHECK=yes", "CSMTP_ZIG="+zig)
	eachTarget(t, func(t *testing.T, d distTarget) {
		other := t.TempDir()
		makeIn(t, source, other, "077", env, "packaging/dist.sh", d.name)
		files := []string{"lib/libcsmtp.so", "bin/csmtp-send", "bin/csmtp-doctor", "bin/csmtp-login", "bin/csmtp-testserver"}
		archive := fmt.Sprintf("csmtp-%s-%s.tar.gz", version(t), d.name)
		if d.image != 0 {
			files = []string{"bin/csmtp.dll", "lib/csmtp.lib", "bin/csmtp-send.exe", "bin/csmtp-doctor.exe", "bin/csmtp-login.exe", "bin/csmtp-testserver.exe"}
			archive = strings.TrimSuffix(archive, ".tar.gz") + ".zip"
		}
		for _, file := range append(files, "sbom.cdx.json") {
			sameFiles(t, madeFolder(t, "dist"), filepath.Join(other, "dist"), filepath.Join(d.name, file))
		}
		sameFiles(t, madeFolder(t, "dist"), filepath.Join(other, "dist"), archive)
		for _, file := range files {
			data := read(t, filepath.Join(other, "dist", d.name, file))
			for _, trace := range []string{source, other, hosttest.Root() + "/", filepath.Dir(zig), "csmtp_panic"} {
				assert.NotContains(t, data, trace, "%s contains a path or a setting of its build", file)
			}
		}
	})
}
