// SPDX-License-Identifier: MIT

// Package packaging tests the files from which packages are built.
package packaging

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func version(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^const Version = "(.*)"$`).FindStringSubmatch(read(t, "../csmtp.go"))
	require.NotNil(t, m)
	return m[1]
}

// The symbols file must list exactly the functions in abi.txt, csmtp_private_adopt and CSMTP_1,
// none of them with a later version than that of the library.
func TestSymbolsAreThoseOfTheABI(t *testing.T) {
	var want, got []string
	for _, m := range regexp.MustCompile(`(?m)^function .*\b(CSmtp_\w+)\(`).FindAllStringSubmatch(read(t, "../tests/embed/abi.txt"), -1) {
		want = append(want, m[1])
	}
	want = append(want, "CSMTP_1", "csmtp_private_adopt")
	lines := strings.Split(strings.TrimSpace(read(t, "debian/libcsmtp1.symbols")), "\n")
	assert.Equal(t, "libcsmtp.so.1 libcsmtp1 #MINVER#", lines[0])
	for _, line := range lines[1:] {
		m := regexp.MustCompile(`^ (\w+)@CSMTP_1 (\d+\.\d+\.\d+)$`).FindStringSubmatch(line)
		require.NotNil(t, m, line)
		assert.LessOrEqual(t, slices.Compare(numbers(t, m[2]), numbers(t, version(t))), 0, line)
		got = append(got, m[1])
	}
	for _, name := range want {
		assert.True(t, slices.Contains(got, name), "debian/libcsmtp1.symbols lacks %s", name)
	}
	assert.Len(t, got, len(want), "a symbol is unknown or listed twice")
}

// numbers returns the numbers of a version such as "1.10.0".
func numbers(t *testing.T, version string) []int {
	var all []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		require.NoError(t, err)
		all = append(all, n)
	}
	return all
}

// The copyright file of the packages must name the holders of the copyrights and contain,
// word for word, the licences of the library, of Go, and of every module that is linked
// with the library.
func TestCopyrightHasAllLicences(t *testing.T) {
	plain := func(text string) string {
		return strings.Join(strings.Fields(regexp.MustCompile(`(?m)^ \.$`).ReplaceAllString(text, "")), " ")
	}
	notice := plain(read(t, "debian/copyright"))
	_, own, _ := strings.Cut(read(t, "../LICENSE"), "authors\n")
	assert.Contains(t, notice, plain(own))
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	theirs, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "LICENSE"))
	if err != nil { // in a distribution's package of Go, the licence is in another folder
		theirs = []byte("Redistribution and use in source and binary forms")
	}
	licences := map[string]string{"Go": string(theirs)}
	embedding := read(t, "../docs/embedding.md")
	for module, dir := range linkedModules(t) {
		licences[module] = read(t, filepath.Join(dir, "LICENSE"))
		assert.Contains(t, notice, module, "debian/copyright does not name a module")
		assert.Contains(t, embedding, module, "docs/embedding.md does not name a module")
	}
	for from, licence := range licences {
		terms := licence[strings.Index(licence, "Redistribution and use"):]
		assert.Contains(t, notice, plain(terms), "the licence of %s", from)
		for _, m := range regexp.MustCompile(`(?m)^Copyright (?:\(c\) )?(\d.*?)\.?( All rights reserved\.)?$`).FindAllStringSubmatch(licence, -1) {
			assert.Contains(t, notice, m[1], "the copyright of %s", from)
		}
	}
}

// linkedModules returns the modules that are linked with the library on any of the systems
// for which it is built, and their directories.
func linkedModules(t *testing.T) map[string]string {
	t.Helper()
	modules := map[string]string{}
	for _, system := range []string{"linux", "windows", "darwin", "freebsd"} {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "csmtp")
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=1")
		out, err := list.Output()
		require.NoError(t, err, system)
		for line := range strings.Lines(string(out)) {
			if module, dir, found := strings.Cut(strings.TrimSpace(line), "\t"); found {
				modules[module] = dir
			}
		}
	}
	require.Contains(t, modules, "golang.org/x/text")
	return modules
}

func TestVcpkgManifest(t *testing.T) {
	var m struct {
		Name, Version, Description, License, Supports string
		Dependencies                                  []struct {
			Name string
			Host bool
		}
	}
	d := json.NewDecoder(strings.NewReader(read(t, "vcpkg/csmtp/vcpkg.json")))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&m))
	assert.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, m.Name)
	assert.Equal(t, "csmtp", m.Name)
	assert.Equal(t, version(t), m.Version)
	assert.NotEmpty(t, m.Description)
	assert.Equal(t, "MIT AND BSD-3-Clause", m.License)
	assert.NotEmpty(t, m.Supports)
	var names []string
	for _, dependency := range m.Dependencies {
		assert.True(t, dependency.Host, "%s must be a host dependency, because it runs during the build", dependency.Name)
		names = append(names, dependency.Name)
	}
	portfile := read(t, "vcpkg/csmtp/portfile.cmake")
	for function, port := range map[string]string{"vcpkg_cmake_configure": "vcpkg-cmake", "vcpkg_cmake_config_fixup": "vcpkg-cmake-config"} {
		assert.Contains(t, portfile, function)
		assert.Contains(t, names, port)
	}
}

func TestVcpkgPortfileRuns(t *testing.T) {
	hosttest.Need(t, "cmake")
	out, err := exec.Command("cmake", "-DOUT="+t.TempDir(), "-P", "vcpkg/check.cmake").CombinedOutput()
	assert.NoError(t, err, "%s", out)
}

// TestConanRecipe checks only the files of the recipe. TestEmptyProjectWithConan runs the recipe
// with Conan.
func TestConanRecipe(t *testing.T) {
	hosttest.Need(t, "python3")
	for _, file := range []string{"conan/conanfile.py", "conan/test_package/conanfile.py"} {
		out, err := exec.Command("python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", file).CombinedOutput()
		assert.NoError(t, err, "%s", out)
	}
	recipe := read(t, "conan/conanfile.py")
	_, export, _ := strings.Cut(recipe, "def export_sources")
	export, _, _ = strings.Cut(export, "def validate")
	for _, m := range regexp.MustCompile(`"([\w./-]+)"[,)]`).FindAllStringSubmatch(export, -1) {
		if m[1] != "/" && !strings.HasPrefix(m[1], "/*") {
			_, err := os.Stat(filepath.Join("..", m[1]))
			assert.NoError(t, err)
		}
	}
	assert.Equal(t, read(t, "cmake/consumer/main.cpp"), read(t, "conan/test_package/main.cpp"), "the two copies of the program must be the same")
}

func TestScriptsParse(t *testing.T) {
	scripts, err := filepath.Glob("*.sh")
	require.NoError(t, err)
	for _, script := range append(scripts, "../docs/make.sh", "cmake/consumer/check.sh", "cmake/documents.sh") {
		out, err := exec.Command("bash", "-n", script).CombinedOutput()
		assert.NoError(t, err, "%s", out)
	}
}
