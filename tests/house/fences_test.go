// SPDX-License-Identifier: MIT

package house

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCodeBlocksOfDocuments compiles, runs or parses every code block of the
// documents, except those that other tests check.
func TestCodeBlocksOfDocuments(t *testing.T) {
	seen := map[string]int{}
	for page, text := range hosttest.Documents(t) {
		fences, _, err := hosttest.Fences(text)
		if !assert.NoError(t, err, page) {
			continue
		}
		for _, f := range fences {
			seen[f.Language]++
			if isEdit(t, page, f) {
				continue
			}
			t.Run(fmt.Sprintf("%s:%d", page, f.Line), func(t *testing.T) {
				assert.NoError(t, checkFence(t, page, f))
			})
		}
	}
	for _, language := range []string{"c", "cmake", "cpp", "csharp", "go", "ini", "java", "js", "php", "python", "ruby", "rust", "sh", "toml", "transcript", "xml"} {
		assert.Positive(t, seen[language], language)
	}
}

// isEdit reports whether a code block is a step of CONTRIBUTING.md that
// TestHowToAddSetFoo or TestHowToAddASASLMechanism applies.
func isEdit(t *testing.T, page string, f hosttest.Fence) bool {
	if page != "CONTRIBUTING.md" {
		return false
	}
	all := append(edits(t, "How to add a setter"), edits(t, "How to add a SASL mechanism")...)
	return slices.ContainsFunc(all, func(e edit) bool { return e.code == f.Text })
}

// checkFence returns an error if there is a mistake in a code block of a document. It
// skips the test if a compiler is missing.
func checkFence(t *testing.T, page string, f hosttest.Fence) error {
	switch f.Language {
	case "cpp":
		return compiles(t, f.Text, "cpp", "g++", "-std=c++11")
	case "c":
		return compiles(t, f.Text, "c", "gcc", "-std=c99")
	case "go":
		return buildsAsGo(t, f.Text)
	case "cmake":
		return configures(t, f.Text)
	case "python":
		return checks(t, f.Text, "block.py", "python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())")
	case "js":
		return checks(t, f.Text, "block.js", "node", "--check")
	case "php":
		return checks(t, f.Text, "block.php", "php", "-l")
	case "ruby":
		return checks(t, f.Text, "block.rb", "ruby", "-wc")
	case "sh":
		if err := hosttest.Command(".", nil, "bash", "-n", "-c", f.Text); err != nil {
			return err
		}
		for line := range strings.Lines(f.Text) {
			if err := checkCommand(filepath.Dir(page), line); err != nil {
				return err
			}
		}
		return nil
	case "transcript":
		_, err := smtptest.Parse(f.Text)
		return err
	case "toml":
		return checks(t, f.Text, "block.toml", "python3", "-c", "import sys, tomllib; tomllib.load(open(sys.argv[1], 'rb'))")
	case "conan", "make", "meson", "wrap": // TestEmptyProjectWith... of package packaging builds with these blocks
		return nil
	case "csharp", "java", "rust": // bindings/check.sh compiles these blocks
		return nil
	case "xml":
		return checks(t, f.Text, "block.xml", "python3", "-c", "import sys, xml.etree.ElementTree; xml.etree.ElementTree.parse(sys.argv[1])")
	case "ini": // TestConfigurationInDocuments of package mailer reads these blocks
		return nil
	}
	return fmt.Errorf("no test knows the language %q", f.Language)
}

func compiles(t *testing.T, code, ending, compiler string, flags ...string) error {
	hosttest.Need(t, compiler)
	source := filepath.Join(t.TempDir(), "block."+ending)
	require.NoError(t, os.WriteFile(source, []byte(code), 0o600))
	return hosttest.Command(".", nil, compiler, append(flags, "-Wall", "-Wextra", "-Werror", "-Iinclude", "-Icpp_wrapper", "-fsyntax-only", source)...)
}

// 'checks' writes code to a file, and runs a program that checks its syntax.
func checks(t *testing.T, code, name, program string, arguments ...string) error {
	hosttest.Need(t, program)
	source := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(source, []byte(code), 0o600))
	return hosttest.Command(".", nil, program, append(arguments, source)...)
}

// buildsAsGo returns an error if code cannot be built as a package of this module. The
// code can import other packages of the module.
func buildsAsGo(t *testing.T, code string) error {
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "block.go"), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(source, []byte(code), 0o600))
	replace := map[string]map[string]string{"Replace": {filepath.Join(hosttest.Root(), "tests/house/block/block.go"): source}}
	text, err := json.Marshal(replace)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, text, 0o600))
	return hosttest.Command(".", nil, "go", "build", "-overlay", overlay, "-o", os.DevNull, "./tests/house/block")
}

// 'configures' runs CMake to configure a project, and returns the error. The parameter code is the
// project's CMakeLists.txt. The project's folder csmtp is a link to this tree, and
// find_package(csmtp) finds this tree too. (packaging/cmake/consumer tests find_package with an
// installed csmtp.)
func configures(t *testing.T, code string) error {
	hosttest.Need(t, "cmake")
	dir := t.TempDir()
	require.NoError(t, os.Symlink(hosttest.Root(), filepath.Join(dir, "csmtp")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "found"), 0o700))
	// Use this tree instead of the archive, which TestEmptyProjectWith... of package packaging uses.
	code = regexp.MustCompile(`(?m)^  URL /path/to/csmtp/build/dist/\S+\n  URL_HASH SHA256=CHECKSUM\)`).ReplaceAllString(code, "  SOURCE_DIR $${CMAKE_SOURCE_DIR}/found)")
	code = strings.ReplaceAll(code, "/path/to/csmtp", hosttest.Root())
	for name, text := range map[string]string{
		"CMakeLists.txt":          code,
		"main.cpp":                "int main() {}\n",
		"found/csmtpConfig.cmake": "add_subdirectory(${CMAKE_SOURCE_DIR}/csmtp csmtp)\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return hosttest.Command(dir, nil, "cmake", "-S", ".", "-B", "build", "-Dcsmtp_DIR="+filepath.Join(dir, "found"))
}

// TestWrongCodeBlocksFail checks that, for most languages, a code block with a mistake
// fails.
func TestWrongCodeBlocksFail(t *testing.T) {
	for _, f := range []hosttest.Fence{
		{Language: "cpp", Text: "#include \"CSmtp.h\"\nvoid f(CSmtp &mail) { mail.SetFoos(1); }\n"},
		{Language: "c", Text: "#include \"csmtp_c.h\"\nint f(void) { return CSmtp_Send(); }\n"},
		{Language: "go", Text: "package main\n\nimport \"csmtp/smtp\"\n\nfunc main() { smtp.Foo() }\n"},
		{Language: "cmake", Text: "cmake_minimum_required(VERSION 3.16)\nproject(program LANGUAGES CXX)\nfind_package(csmtp REQUIRED)\n" +
			"add_executable(program main.cpp)\ntarget_link_libraries(program PRIVATE csmtp::foo)\n"},
		{Language: "python", Text: "def f(:\n"},
		{Language: "toml", Text: "[dependencies\n"},
		{Language: "xml", Text: "<dependency>\n"},
		{Language: "js", Text: "const a = ;\n"},
		{Language: "php", Text: "<?php\nfunction f(;\n"},
		{Language: "ruby", Text: "def f(\n"},
		{Language: "sh", Text: "./build.sh 'demo\n"},
		{Language: "sh", Text: "./build.sh demonstrate\n"},
		{Language: "text", Text: "anything\n"},
		{Text: "anything\n"},
	} {
		t.Run(f.Language, func(t *testing.T) {
			assert.Error(t, checkFence(t, "README.md", f), "%+v", f)
		})
	}
	good := hosttest.Fence{Language: "go", Text: "package main\n\nimport \"csmtp/smtp\"\n\nfunc main() { _ = smtp.Config{} }\n"}
	assert.NoError(t, checkFence(t, "README.md", good))
}

// TestCommandsOfDocuments checks the commands within sentences and tables.
func TestCommandsOfDocuments(t *testing.T) {
	checked := 0
	for page, text := range hosttest.Documents(t) {
		_, prose, err := hosttest.Fences(text)
		require.NoError(t, err, page)
		for _, span := range hosttest.Spans(prose) {
			if !isCommand(span) {
				continue
			}
			checked++
			assert.NoError(t, checkCommand(filepath.Dir(page), span), page)
		}
	}
	assert.Greater(t, checked, 30)
}

// TestWrongCommandsFail checks that checkCommand returns an error for a command that does
// not exist.
func TestWrongCommandsFail(t *testing.T) {
	for _, line := range []string{"./build.sh foo", "./build.sh test foo", "./build.sh bench -foo", "./build.sh package foo",
		"go test ./foo", "go test -run TestFoo1 ./smtp", "go get csmtp/foo", "go doc smtp", "cd foo && go test ./...", "examples/foo.sh python", "./check.sh python",
		"CSMTP_FOO=1 ./build.sh test", "csmtp-send --foo HOST", "csmtp-doctor --foo HOST", "csmtp-login --foo google a@b.example", "csmtp-testserver --foo", "conan create packaging/foo", "foo bar",
		"examples/check.sh basic", "man -l build/docs/man/man3/CSmtp_Foo.3"} {
		assert.Error(t, checkCommand(".", line), line)
	}
	for _, line := range []string{"./build.sh", "./build.sh cross arm64 test", "cd tests/interop && go test ./...", "PATH=x examples/check.sh python ruby"} {
		assert.NoError(t, checkCommand(".", line), line)
	}
	assert.NoError(t, checkCommand("examples", "./check.sh python"))
}

// TestREADMEIsShort checks that README.md has at most 150 lines, and that its commands
// are near the beginning.
func TestREADMEIsShort(t *testing.T) {
	text := hosttest.Documents(t)["README.md"]
	assert.LessOrEqual(t, strings.Count(text, "\n"), 150)
	fences, _, err := hosttest.Fences(text)
	require.NoError(t, err)
	at := slices.IndexFunc(fences, func(f hosttest.Fence) bool { return f.Text == "./build.sh demo\n./build.sh test\n" })
	require.GreaterOrEqual(t, at, 0)
	assert.LessOrEqual(t, fences[at].Line, 18)
}

// help returns the lines that `./build.sh help` prints about a command.
func help(command string) (string, error) {
	out, err := exec.Command("bash", "./build.sh", "help").Output()
	if err != nil {
		return "", err
	}
	var found strings.Builder
	for line := range strings.Lines(string(out)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "./build.sh" && words[1] == command {
			found.WriteString(line)
		}
	}
	if found.Len() == 0 {
		return "", fmt.Errorf("build.sh has no command %s", command)
	}
	return found.String(), nil
}
