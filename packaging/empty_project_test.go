// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests follow the section "C and C++" of docs/install.md in an empty folder: they write
// the files of the document, run its commands, and run the program, which sends a mail to
// csmtp-testserver. packaging/consumers.sh and packaging/windows/build.sh run them.

// archive is a file that ./build.sh dist or packaging/package.sh has made.
type archive struct{ path, sha256 string }

// linuxArchive returns the archive that CSMTP_ARCHIVE names or, without it, the .tar.gz of
// package.sh.
func linuxArchive(t *testing.T) archive {
	t.Helper()
	path := os.Getenv("CSMTP_ARCHIVE")
	if path == "" {
		found, err := filepath.Glob(filepath.Join(madeFolder(t, "packages"), "csmtp-*-linux-*.tar.gz"))
		require.NoError(t, err)
		require.Len(t, found, 1)
		path = found[0]
	}
	return newArchive(t, path)
}

func newArchive(t *testing.T, path string) archive {
	t.Helper()
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(read(t, path)))
	return archive{path, hex.EncodeToString(sum[:])}
}

// A section maps each language to the code blocks of a section of the document, in order.
type section map[string][]string

// instructions returns the sections below "C and C++", and the section "Send the first mail". The
// keys of the map are the headings. In the code blocks, the paths and the checksum are those of the
// archive.
func instructions(t *testing.T, a archive) map[string]section {
	t.Helper()
	page := read(t, "../docs/install.md")
	_, text, found := strings.Cut(page, "\n## C and C++\n")
	require.True(t, found)
	text, _, found = strings.Cut(text, "\n## ")
	require.True(t, found)
	_, first, found := strings.Cut(page, "\n## Send the first mail\n")
	require.True(t, found)
	first, _, found = strings.Cut(first, "\n## ")
	require.True(t, found)
	text += "\n### Send the first mail\n" + first
	folder := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(a.path), ".tar.gz"), ".zip")
	text = regexp.MustCompile(`/path/to/csmtp/build/dist/csmtp-[\w.-]+\.(tar\.gz|zip)`).ReplaceAllLiteralString(text, a.path)
	text = regexp.MustCompile(`csmtp-\d[\d.]*-(linux|windows)-x64`).ReplaceAllLiteralString(text, folder)
	text = strings.NewReplacer("/path/to/csmtp", hosttest.Root(), "CHECKSUM", a.sha256).Replace(text)
	all := map[string]section{}
	heading := ""
	for _, part := range regexp.MustCompile(`(?m)^### `).Split(text, -1) {
		if len(all) > 0 {
			heading, part, _ = strings.Cut(part, "\n")
		}
		fences, _, err := hosttest.Fences(part)
		require.NoError(t, err)
		all[heading] = section{}
		for _, f := range fences {
			all[heading][f.Language] = append(all[heading][f.Language], f.Text)
		}
	}
	return all
}

// project is a new folder with main.cpp, the program that the document shows.
type project struct {
	folder string
	all    map[string]section
	env    []string
}

func newProject(t *testing.T, a archive) project {
	t.Helper()
	p := project{t.TempDir(), instructions(t, a), nil}
	p.write(t, "main.cpp", p.all[""]["cpp"][0])
	return p
}

func (p project) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.folder, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// run runs commands of the document with bash.
func (p project) run(t *testing.T, commands string) {
	t.Helper()
	require.NotEmpty(t, commands)
	output(t, p.folder, append(p.env, "CSMTP_BUILD_DIR="), "bash", "-euxc", "unset CC CXX\n"+commands)
}

// 'sends' runs the program, with the configuration of the document and csmtp-testserver, and
// checks the mail that the server has received.
func (p project) sends(t *testing.T, program ...string) {
	t.Helper()
	server := filepath.Join(t.TempDir(), "csmtp-testserver")
	output(t, hosttest.Root(), []string{"CGO_ENABLED=0"}, "go", "build", "-o", server, "./tools/csmtp-testserver")
	line := p.all["Send the first mail"]["sh"][0]
	m := regexp.MustCompile(`(?m)^csmtp-testserver (.*) --port (\d+) (.*)$`).FindStringSubmatch(line)
	require.NotNil(t, m, line)
	dir := filepath.Join(p.folder, "server")
	require.NoError(t, os.RemoveAll(dir))
	command := exec.Command(server, strings.Fields(m[1]+" "+m[3])...)
	command.Dir = p.folder
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	require.NoError(t, command.Start())
	defer func() {
		command.Process.Kill()
		command.Wait()
	}()
	var port []string
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(filepath.Join(dir, "ready"))
		port = regexp.MustCompile(`(?m)^port=(\d+)$`).FindStringSubmatch(string(text))
		return port != nil
	}, 2*time.Minute, 20*time.Millisecond, "%s", &log)
	p.write(t, "try.ini", strings.Replace(p.all["Send the first mail"]["ini"][0], m[2], port[1], 1))
	said := output(t, p.folder, append(p.env, "CSMTP_CONFIG=try.ini"), program[0], program[1:]...)
	assert.Empty(t, said)
	mail := read(t, filepath.Join(dir, "mail/1.eml"))
	assert.Contains(t, mail, "\nSubject: Hello from C++\r\n")
	assert.Contains(t, mail, "\nThey have arrived.\r\n")
}

func TestEmptyProjectWithCMake(t *testing.T) {
	p := newProject(t, linuxArchive(t))
	s := p.all["CMake"]
	p.write(t, "CMakeLists.txt", s["cmake"][0])
	p.run(t, s["sh"][0])
	p.sends(t, "build/hello")
	p.write(t, "CMakeLists.txt", strings.Replace(s["cmake"][0], "SHA256=", "SHA256=00", 1))
	out, err := exec.Command("cmake", "-S", p.folder, "-B", filepath.Join(p.folder, "other")).CombinedOutput()
	assert.Error(t, err, "a wrong checksum was accepted:\n%s", out)
}

func TestEmptyProjectWithTheTree(t *testing.T) {
	p := newProject(t, linuxArchive(t))
	p.env = only(t, "ar", "as", "bash", "c++", "cc", "cmake", "g++", "gcc", "go", "ld", "make", "nm", "ranlib")
	s := p.all["CMake and the source tree"]
	p.write(t, "CMakeLists.txt", s["cmake"][0])
	p.run(t, s["sh"][0])
	p.sends(t, "build/hello")
}

func TestEmptyProjectWithMeson(t *testing.T) {
	hosttest.Need(t, "meson")
	p := newProject(t, linuxArchive(t))
	s := p.all["Meson"]
	p.write(t, "meson.build", s["meson"][0])
	p.write(t, "subprojects/csmtp.wrap", s["wrap"][0])
	p.run(t, s["sh"][0])
	p.sends(t, "build/hello")

	t.Run("pkg-config", func(t *testing.T) {
		p := newProject(t, linuxArchive(t))
		p.write(t, "meson.build", s["meson"][0])
		commands := strings.SplitAfter(p.all["make and pkg-config"]["sh"][0], "\n")
		p.run(t, strings.Join(commands[:2], "")+s["sh"][0])
		p.sends(t, "build/hello")
	})
}

func TestEmptyProjectWithMake(t *testing.T) {
	for _, heading := range []string{"make and pkg-config", "make"} {
		t.Run(heading, func(t *testing.T) {
			p := newProject(t, linuxArchive(t))
			s := p.all[heading]
			p.write(t, "Makefile", s["make"][0])
			p.run(t, s["sh"][0])
			p.sends(t, "./hello")
		})
	}
}

// Conan packs the archive, and then builds the source tree.
func TestEmptyProjectWithConan(t *testing.T) {
	conan := os.Getenv("CSMTP_CONAN")
	require.NotEmpty(t, conan, "run packaging/consumers.sh, which installs Conan and sets CSMTP_CONAN")
	p := newProject(t, linuxArchive(t))
	p.env = []string{"CONAN_HOME=" + filepath.Join(p.folder, "conan"), "PATH=" + filepath.Dir(conan) + ":" + os.Getenv("PATH")}
	// Conan must not download anything.
	p.run(t, "conan profile detect; conan remote disable '*'")
	s := p.all["Conan"]
	p.write(t, "CMakeLists.txt", s["cmake"][0])
	p.write(t, "conanfile.txt", s["conan"][0])
	p.run(t, s["sh"][0])
	p.run(t, s["sh"][1])
	p.sends(t, "build/hello")

	create, _, found := strings.Cut(s["sh"][0], " -o ")
	require.True(t, found)
	for options, said := range map[string]string{
		`-o "csmtp/*:archive=/nowhere"`:                                              "set both options archive and sha256",
		`-o "csmtp/*:archive=` + linuxArchive(t).path + `" -o "csmtp/*:sha256=00"`:   "sha256",
		strings.TrimSpace(strings.TrimPrefix(s["sh"][0], create)) + " -s os=Windows": "does not contain bin/csmtp.dll",
		"-s os=Macos": "csmtp is for Linux and Windows",
	} {
		cmd := exec.Command("bash", "-c", create+" "+options+" --test-folder=")
		cmd.Dir, cmd.Env = p.folder, append(os.Environ(), p.env...)
		out, err := cmd.CombinedOutput()
		assert.Error(t, err, options)
		assert.Contains(t, string(out), said, options)
	}

	require.NoError(t, os.RemoveAll(filepath.Join(p.folder, "build")))
	p.run(t, "conan remove -c csmtp; "+create)
	p.run(t, s["sh"][1])
	p.sends(t, "build/hello")
}

// vcpkg/check.cmake replaces vcpkg.
func TestEmptyProjectWithVcpkg(t *testing.T) {
	a := linuxArchive(t)
	m := regexp.MustCompile(`(?m)^export (\S+)$`).FindAllStringSubmatch(instructions(t, a)["vcpkg"]["sh"][0], -1)
	require.Len(t, m, 2)
	for name, env := range map[string][]string{
		"path": {m[0][1], m[1][1]},
		"URL":  {strings.Replace(m[0][1], "=", "=file://", 1), m[1][1]},
		"tree": {"CSMTP_ARCHIVE="},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t, a)
			p.env = env
			p.write(t, "CMakeLists.txt", p.all["Conan"]["cmake"][0])
			made := filepath.Join(t.TempDir(), "a package")
			output(t, ".", p.env, "cmake", "-DRUN=ON", "-DOUT="+made, "-P", "vcpkg/check.cmake")
			assert.FileExists(t, filepath.Join(made, "tools/csmtp/csmtp-send"))
			assert.FileExists(t, filepath.Join(made, "share/csmtp/usage"))
			assert.NoFileExists(t, filepath.Join(made+".build", "send-cpp"), "the port builds examples")
			p.run(t, "cmake -S . -B build -DCMAKE_PREFIX_PATH='"+made+"'; cmake --build build")
			p.sends(t, "build/hello")
		})
	}
	for _, wrong := range [][]string{{"CSMTP_ARCHIVE=" + a.path, "CSMTP_SHA256=00"}, {"CSMTP_ARCHIVE=" + a.path, "CSMTP_SHA256="}} {
		cmd := exec.Command("cmake", "-DOUT="+t.TempDir(), "-P", "vcpkg/check.cmake")
		cmd.Env = append(os.Environ(), wrong...)
		out, err := cmd.CombinedOutput()
		assert.Error(t, err)
		assert.Contains(t, strings.Join(strings.Fields(string(out)), " "), "has the SHA-256 checksum "+a.sha256)
	}
}
