// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"archive/zip"
	"cmp"
	"debug/elf"
	"debug/pe"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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

// unpackDebs unpacks the .deb packages in a temporary folder, and returns the folder and the
// architecture of the packages. CSMTP_DEBS names the folder of the packages, relative to
// CSMTP_BUILD_DIR; the default is packages.
func unpackDebs(t *testing.T) (into, architecture string) {
	t.Helper()
	into = t.TempDir()
	debs, err := filepath.Glob(filepath.Join(madeFolder(t, cmp.Or(os.Getenv("CSMTP_DEBS"), "packages")), "*.deb"))
	require.NoError(t, err)
	require.Len(t, debs, 3)
	for _, deb := range debs {
		require.NoError(t, hosttest.Command(into, nil, "dpkg-deb", "-x", deb, into))
		field, err := exec.Command("dpkg-deb", "-f", deb, "Architecture").Output()
		require.NoError(t, err)
		architecture = strings.TrimSpace(string(field))
	}
	return into, architecture
}

// pkg-config and CMake find the headers and the library of the .deb packages.
func TestDebPackagesAreFound(t *testing.T) {
	into, _ := unpackDebs(t)
	folders, err := filepath.Glob(filepath.Join(into, "usr/lib/*/pkgconfig"))
	require.NoError(t, err)
	require.Len(t, folders, 1)
	variable := func(name string) string {
		command := exec.Command("pkg-config", "--variable="+name, "csmtp")
		command.Env = append(os.Environ(), "PKG_CONFIG_PATH="+folders[0])
		value, err := command.Output()
		require.NoError(t, err)
		return strings.TrimSpace(string(value))
	}
	assert.FileExists(t, filepath.Join(variable("includedir"), "csmtp_c.h"))
	assert.FileExists(t, filepath.Join(variable("libdir"), "libcsmtp.so"))
	project := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(project, "CMakeLists.txt"), []byte(`cmake_minimum_required(VERSION 3.16)
project(found LANGUAGES NONE)
find_package(csmtp REQUIRED PATHS "$ENV{CSMTP_FOUND}" NO_DEFAULT_PATH)
get_target_property(library csmtp::csmtp IMPORTED_LOCATION)
get_target_property(include csmtp::csmtp INTERFACE_INCLUDE_DIRECTORIES)
foreach(path IN LISTS library include)
  if(NOT EXISTS "${path}")
    message(FATAL_ERROR "${path} does not exist")
  endif()
endforeach()
`), 0o644))
	require.NoError(t, hosttest.Command(project, []string{"CSMTP_FOUND=" + filepath.Join(folders[0], "../cmake/csmtp")}, "cmake", "-S", ".", "-B", "build"))
}

func TestDebPackagesAreHardened(t *testing.T) {
	into, architecture := unpackDebs(t)
	libraries, err := filepath.Glob(filepath.Join(into, "usr/lib/*/libcsmtp.so.1.*"))
	require.NoError(t, err)
	require.Len(t, libraries, 1)
	bin := filepath.Join(into, "usr/bin")
	compiled := []string{libraries[0], filepath.Join(bin, "csmtp-send"), filepath.Join(bin, "csmtp-doctor")}
	linkedByGo := []string{filepath.Join(bin, "csmtp-login"), filepath.Join(bin, "csmtp-testserver")}
	for _, file := range compiled {
		confined(t, file)
		fortified(t, file)
		if architecture != "armhf" { // see the table of exceptions in README.md
			protected(t, file)
		}
	}
	for _, file := range linkedByGo {
		static(t, file)
	}
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "armhf": elf.EM_ARM}
	for _, file := range slices.Concat(compiled, linkedByGo) {
		assert.Equal(t, machines[architecture], openELF(t, file).Machine, file)
	}
	for _, program := range []string{"csmtp-send", "csmtp-doctor", "csmtp-login", "csmtp-testserver"} {
		for _, file := range []string{"bash-completion/completions/%s", "zsh/vendor-completions/_%s", "fish/vendor_completions.d/%s.fish", "man/man1/%s.1.gz"} {
			assert.FileExists(t, filepath.Join(into, "usr/share", fmt.Sprintf(file, program)))
		}
	}
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
	static(t, filepath.Join(into, "bin/csmtp-login"))
	static(t, filepath.Join(into, "bin/csmtp-testserver"))
}

// Windows can load the DLL and the programs at any address, and does not execute their
// data.
func TestWindowsIsHardened(t *testing.T) {
	for platform, want := range map[string]uint16{
		"x64":   pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE | pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT | pe.IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA,
		"Win32": pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE | pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT,
	} {
		for _, file := range []string{"csmtp.dll", "csmtp-send.exe", "csmtp-doctor.exe", "csmtp-login.exe", "csmtp-testserver.exe"} {
			t.Run(platform+" "+file, func(t *testing.T) { hardenedImage(t, filepath.Join(madeFolder(t, "windows"), platform, file), want) })
		}
	}
}

// hardenedImage checks that a PE file has the characteristics in 'want'.
func hardenedImage(t *testing.T, path string, want uint16) {
	t.Helper()
	f, err := pe.Open(path)
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
	assert.Equal(t, want, got&want, "characteristics %#x", got)
	assert.NotZero(t, relocations, "there are no relocations")
	assert.Zero(t, f.Characteristics&pe.IMAGE_FILE_RELOCS_STRIPPED, "there are no relocations")
	for _, s := range f.Sections {
		const both = pe.IMAGE_SCN_MEM_WRITE | pe.IMAGE_SCN_MEM_EXECUTE
		assert.NotEqual(t, uint32(both), s.Characteristics&both, "section %s is writable and executable", s.Name)
	}
}

// The zip contains the programs, the documents, and a solution whose files exist.
func TestWindowsZip(t *testing.T) {
	name := fmt.Sprintf("csmtp-%s-windows", version(t))
	z, err := zip.OpenReader(filepath.Join(madeFolder(t, "windows"), name+".zip"))
	require.NoError(t, err)
	defer z.Close()
	read := func(file string) string {
		f, err := z.Open(name + "/" + file)
		require.NoError(t, err, file)
		defer f.Close()
		octets, err := io.ReadAll(f)
		require.NoError(t, err)
		return string(octets)
	}
	for _, file := range []string{
		"include/csmtp_c.h", "include/CSmtp.h", "include/csmtp_testserver.hpp", "include/csmtp_testprocess.hpp", "include/compat/CSmtp.cpp", "csmtp.props", "csmtpConfig.cmake", "LICENSE", "README.md",
		"docs/migration.md", "docs/providers.md", "docs/visual-studio.md",
	} {
		read(file)
	}
	for _, platform := range []string{"x64", "Win32"} {
		for _, file := range []string{"csmtp.dll", "csmtp.lib", "csmtp-send.exe", "csmtp-doctor.exe", "csmtp-login.exe", "csmtp-testserver.exe"} {
			read(platform + "/" + file)
		}
	}
	project := read("sample/sample.vcxproj")
	require.NoError(t, xml.Unmarshal([]byte(project), new(struct{ XMLName xml.Name })))
	for _, m := range regexp.MustCompile(`(?:ClCompile Include|Import Project)="([^"$]+)"`).FindAllStringSubmatch(project, -1) {
		read(path.Join("sample", strings.ReplaceAll(m[1], `\`, "/")))
	}
	id := regexp.MustCompile(`<ProjectGuid>(\{[-0-9A-F]{36}\})<`).FindStringSubmatch(project)
	require.NotNil(t, id)
	solution := read("sample/sample.sln")
	assert.Contains(t, solution, `= "sample", "sample.vcxproj", "`+id[1]+`"`)
	for _, configuration := range regexp.MustCompile(`\.ActiveCfg = (.*)`).FindAllStringSubmatch(solution, -1) {
		assert.Contains(t, project, `Include="`+strings.TrimSpace(configuration[1])+`"`)
	}
}

// The files for Windows are the same regardless of who builds them, in which folder, and
// with which Go settings.
func TestWindowsIsTheSameEverywhere(t *testing.T) {
	epoch := []string{"SOURCE_DATE_EPOCH=1700000000", "CSMTP_NO_CHECK=yes"}
	source, env := elsewhere(t)
	one, other := t.TempDir(), t.TempDir()
	makeIn(t, hosttest.Root(), one, "022", append(epoch, "GOFLAGS="), "packaging/windows/build.sh")
	makeIn(t, source, other, "077", append(epoch, env...), "packaging/windows/build.sh")
	sameFiles(t, filepath.Join(one, "windows"), filepath.Join(other, "windows"), "x64/csmtp.dll", "x64/csmtp.lib",
		"x64/csmtp-send.exe", "x64/csmtp-doctor.exe", "x64/csmtp-login.exe", "x64/csmtp-testserver.exe", "Win32/csmtp.dll", "Win32/csmtp.lib", "csmtp.def", fmt.Sprintf("csmtp-%s-windows.zip", version(t)))
}
