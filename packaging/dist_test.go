// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	"debug/pe"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests check what dist.sh has built in CSMTP_BUILD_DIR, for the targets in
// CSMTP_DIST_TARGETS. dist.sh runs them.

// A distTarget is a system for which dist.sh builds.
type distTarget struct {
	name     string
	machine  elf.Machine
	class    elf.Class
	emulator []string // the command that runs its programs on this machine; empty if they need no emulator
	musl     string   // the path of musl's loader, if the target's C library is musl
	image    uint16   // the DllCharacteristics of the files if the target is Windows, otherwise 0
	arm      bool     // whether the target is Windows on arm64
}

func (d distTarget) path(t *testing.T, elements ...string) string {
	return filepath.Join(append([]string{madeFolder(t, "dist"), d.name}, elements...)...)
}

// command returns a command that runs a program of the target.
func (d distTarget) command(t *testing.T, program string, args ...string) *exec.Cmd {
	argv := append(append(slices.Clone(d.emulator), d.path(t, "bin", program)), args...)
	return exec.Command(argv[0], argv[1:]...)
}

var distTargets = []distTarget{
	{name: "linux-x64", machine: elf.EM_X86_64, class: elf.ELFCLASS64},
	{name: "linux-arm64", machine: elf.EM_AARCH64, class: elf.ELFCLASS64, emulator: []string{"qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"}},
	{name: "linux-armhf", machine: elf.EM_ARM, class: elf.ELFCLASS32, emulator: []string{"qemu-arm-static", "-L", "/usr/arm-linux-gnueabihf"}},
	{name: "linux-musl-x64", machine: elf.EM_X86_64, class: elf.ELFCLASS64, musl: "/lib/ld-musl-x86_64.so.1"},
	{name: "linux-musl-arm64", machine: elf.EM_AARCH64, class: elf.ELFCLASS64, musl: "/lib/ld-musl-aarch64.so.1",
		emulator: []string{"qemu-aarch64-static", "-L", filepath.Join(os.Getenv("CSMTP_BUILD_DIR"), "musl-arm64")}},
	{name: "windows-x64", image: pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE | pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT | pe.IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA},
	{name: "windows-x86", image: pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE | pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT},
	{name: "windows-arm64", arm: true, image: pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE | pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT | pe.IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA},
}

// eachTarget runs a test for each target that dist.sh has built.
func eachTarget(t *testing.T, test func(t *testing.T, d distTarget)) {
	names := strings.Fields(os.Getenv("CSMTP_DIST_TARGETS"))
	if len(names) == 0 {
		t.Skip("packaging/dist.sh runs this test")
	}
	for _, name := range names {
		i := slices.IndexFunc(distTargets, func(d distTarget) bool { return d.name == name })
		require.GreaterOrEqual(t, i, 0, "unknown target %s", name)
		t.Run(name, func(t *testing.T) { test(t, distTargets[i]) })
	}
}

// eachLinux runs a test for each target with an ELF library.
func eachLinux(t *testing.T, test func(t *testing.T, d distTarget)) {
	eachTarget(t, func(t *testing.T, d distTarget) {
		if d.image == 0 {
			test(t, d)
		}
	})
}

func openELF(t *testing.T, path string) *elf.File {
	t.Helper()
	f, err := elf.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// The library exports exactly the functions of the header and csmtp_private_adopt, and all
// files are for the target's processor.
func TestDistExports(t *testing.T) {
	eachLinux(t, func(t *testing.T, d distTarget) {
		want := append(strings.Fields(read(t, "functions.txt")), "csmtp_private_adopt")
		slices.Sort(want)
		f := openELF(t, d.path(t, "lib", "libcsmtp.so"))
		symbols, err := f.DynamicSymbols()
		require.NoError(t, err)
		var got []string
		for _, s := range symbols {
			if s.Section != elf.SHN_UNDEF && s.Section != elf.SHN_ABS {
				got = append(got, s.Name)
				assert.Equal(t, "CSMTP_1", s.Version, s.Name)
			}
		}
		slices.Sort(got)
		assert.Equal(t, want, got)
		soname, err := f.DynString(elf.DT_SONAME)
		require.NoError(t, err)
		assert.Equal(t, []string{"libcsmtp.so.1"}, soname)
		for _, file := range []string{"lib/libcsmtp.so", "bin/csmtp-send", "bin/csmtp-doctor", "bin/csmtp-login", "bin/csmtp-testserver"} {
			f := openELF(t, d.path(t, file))
			assert.Equal(t, d.machine, f.Machine, file)
			assert.Equal(t, d.class, f.Class, file)
			assert.Nil(t, f.Section(".symtab"), "%s is not stripped", file)
		}
	})
}

// The files need only libcsmtp.so.1 and the libraries of glibc, and no symbol that is newer
// than glibc 2.17, which CentOS 7 has.
func TestDistNeedsOnlyAnOldCLibrary(t *testing.T) {
	libraries := regexp.MustCompile(`^(libcsmtp\.so\.1|libc\.so\.6|libpthread\.so\.0|libdl\.so\.2|libm\.so\.6|libresolv\.so\.2|librt\.so\.1|ld-linux[-\w]*\.so\.\d)$`)
	version := regexp.MustCompile(`^GLIBC_2\.(\d+)(\.\d+)?$`)
	eachLinux(t, func(t *testing.T, d distTarget) {
		if d.musl != "" {
			return // TestDistForMusl
		}
		for _, file := range []string{"lib/libcsmtp.so", "bin/csmtp-send", "bin/csmtp-doctor"} {
			f := openELF(t, d.path(t, file))
			needed, err := f.ImportedLibraries()
			require.NoError(t, err)
			symbols, err := f.ImportedSymbols()
			require.NoError(t, err)
			require.NotEmpty(t, symbols)
			for _, library := range needed {
				assert.Regexp(t, libraries, library, file)
			}
			for _, s := range symbols {
				if s.Version == "" || s.Version == "CSMTP_1" {
					continue
				}
				m := version.FindStringSubmatch(s.Version)
				require.NotNil(t, m, "%s needs %s@%s", file, s.Name, s.Version)
				minor, err := strconv.Atoi(m[1])
				require.NoError(t, err)
				assert.LessOrEqual(t, minor, 17, "%s needs %s@%s", file, s.Name, s.Version)
			}
		}
	})
}

// The files are hardened in the same way as those of the packages. packaging/README.md
// lists the exceptions: musl has no FORTIFY, and the stack protector for armhf is zig's.
func TestDistIsHardened(t *testing.T) {
	eachLinux(t, func(t *testing.T, d distTarget) {
		for file, runpaths := range map[string][]string{"lib/libcsmtp.so": nil, "bin/csmtp-send": {"$ORIGIN/../lib"}, "bin/csmtp-doctor": {"$ORIGIN/../lib"}} {
			confined(t, d.path(t, file), runpaths...)
			if d.machine != elf.EM_ARM {
				protected(t, d.path(t, file))
			}
			if d.musl == "" {
				fortified(t, d.path(t, file))
			}
		}
		static(t, d.path(t, "bin/csmtp-login"))
		static(t, d.path(t, "bin/csmtp-testserver"))
	})
}

// serve starts the csmtp-testserver of the target, and returns what it has written to
// the file dir/ready.
func (d distTarget) serve(t *testing.T, dir string) map[string]string {
	t.Helper()
	server := d.command(t, "csmtp-testserver", "--dir", dir, "--for", "10m", "--user", "bob:s3cret pass")
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	ready := map[string]string{}
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "ready"))
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			ready[key] = value
		}
		return err == nil && ready["port"] != ""
	}, 2*time.Minute, 50*time.Millisecond)
	return ready
}

// csmtp-send, which uses the library, sends a mail to the csmtp-testserver of the
// target, with TLS and a login. The mail arrives as it was sent.
func TestDistSends(t *testing.T) {
	eachLinux(t, func(t *testing.T, d distTarget) {
		dir := t.TempDir()
		for _, program := range []string{"csmtp-send", "csmtp-doctor", "csmtp-login", "csmtp-testserver"} {
			out, err := d.command(t, program, "--version").CombinedOutput()
			require.NoError(t, err, "%s: %s", program, out)
			assert.Contains(t, string(out), version(t))
		}
		ready := d.serve(t, dir)
		password := filepath.Join(dir, "password")
		require.NoError(t, os.WriteFile(password, []byte("s3cret pass\n"), 0o600))
		send := d.command(t, "csmtp-send", "--port", ready["port"], "--ca-file", filepath.Join(dir, "ca.pem"), "--user", "bob",
			"--password-file", password, "--from", "bob@test.example", "--to", "alice@test.example", "--subject", "from "+d.name, "localhost")
		send.Stdin = strings.NewReader("sent by the files of dist\n")
		out, err := send.CombinedOutput()
		require.NoError(t, err, "%s", out)
		mail := read(t, filepath.Join(dir, "mail", "1.eml"))
		assert.Contains(t, mail, "\nSubject: from "+d.name)
		assert.Contains(t, mail, "sent by the files of dist")
	})
}

// The archive of a target contains exactly the files of its folder, without the names
// of users, and SHA256SUMS lists all archives.
func TestDistArchives(t *testing.T) {
	sums := map[string]string{}
	for line := range strings.Lines(read(t, filepath.Join(madeFolder(t, "dist"), "SHA256SUMS"))) {
		sum, file, found := strings.Cut(strings.TrimSpace(line), "  ")
		require.True(t, found, line)
		sums[file] = sum
	}
	eachTarget(t, func(t *testing.T, d distTarget) {
		name := fmt.Sprintf("csmtp-%s-%s", version(t), d.name)
		file, list := name+".tar.gz", packedInTar
		if d.image != 0 {
			file, list = name+".zip", packedInZip
		}
		data, err := os.ReadFile(filepath.Join(madeFolder(t, "dist"), file))
		require.NoError(t, err)
		sum := sha256.Sum256(data)
		assert.Equal(t, hex.EncodeToString(sum[:]), sums[file])
		var packed, present []string
		for _, path := range list(t, data) {
			packed = append(packed, strings.Trim(strings.TrimPrefix(path, name), "/"))
		}
		require.NoError(t, filepath.WalkDir(d.path(t), func(path string, entry fs.DirEntry, err error) error {
			relative, _ := filepath.Rel(d.path(t), path)
			if relative != "." && !(d.image != 0 && entry.IsDir()) {
				present = append(present, relative)
			}
			return err
		}))
		slices.Sort(packed)
		slices.Sort(present)
		assert.Equal(t, present, slices.DeleteFunc(packed, func(s string) bool { return s == "" }))
		for _, file := range []string{"include/csmtp/csmtp_c.h", "include/csmtp/CSmtp.h", "include/csmtp/compat/CSmtp.cpp",
			"lib/cmake/csmtp/csmtpConfig.cmake", "meson.build", "LICENSE", "README.md", "licenses/csmtp-go-and-modules.txt", "sbom.cdx.json"} {
			assert.Contains(t, present, file)
		}
	})
}

// packedInTar lists the files of a .tar.gz, and checks their owners and modes.
func packedInTar(t *testing.T, data []byte) (names []string) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		require.NoError(t, err)
		assert.Zero(t, h.Uid+h.Gid, h.Name)
		assert.Empty(t, h.Uname+h.Gname, h.Name)
		assert.True(t, h.Typeflag == tar.TypeSymlink || h.Mode&0o022 == 0, "%s: others may write to it", h.Name)
		names = append(names, h.Name)
	}
}

// packedInZip lists the files of a zip.
func packedInZip(t *testing.T, data []byte) (names []string) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	return names
}

// The list of components contains the modules that are part of the Go programs, with
// their versions, and the C++ library.
func TestDistComponents(t *testing.T) {
	eachTarget(t, func(t *testing.T, d distTarget) {
		var bom struct {
			BOMFormat string `json:"bomFormat"`
			Metadata  struct {
				Component struct{ Name, Version string }
			}
			Components []struct{ Name, Version string }
		}
		require.NoError(t, json.Unmarshal([]byte(read(t, d.path(t, "sbom.cdx.json"))), &bom))
		assert.Equal(t, "CycloneDX", bom.BOMFormat)
		assert.Equal(t, "csmtp", bom.Metadata.Component.Name)
		assert.Equal(t, version(t), bom.Metadata.Component.Version)
		versions := map[string]string{}
		for _, c := range bom.Components {
			versions[c.Name] = c.Version
		}
		files := []string{"lib/libcsmtp.so", "bin/csmtp-login", "bin/csmtp-testserver"}
		if d.image != 0 {
			files = []string{"bin/csmtp.dll", "bin/csmtp-login.exe", "bin/csmtp-testserver.exe"}
		}
		if d.image != 0 && !d.arm {
			assert.Contains(t, versions, "libstdc++")
		} else {
			assert.Contains(t, versions, "libc++")
		}
		if d.image != 0 {
			assert.Contains(t, versions, "mingw-w64")
		}
		assert.Equal(t, strings.TrimPrefix(runtime.Version(), "go"), strings.TrimPrefix(versions["std"], "go"))
		for _, file := range files {
			out, err := exec.Command("go", "version", "-m", d.path(t, file)).Output()
			require.NoError(t, err)
			for _, m := range regexp.MustCompile(`\tdep\t(\S+)\t(\S+)`).FindAllStringSubmatch(string(out), -1) {
				assert.Equal(t, m[2], versions[m[1]], "%s: %s", file, m[1])
			}
		}
	})
}
