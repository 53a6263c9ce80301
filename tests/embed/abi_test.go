// SPDX-License-Identifier: MIT

package embed

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// private is the name of an exported function that csmtp_c.h does not declare. In a forked
// child, the library loads a private copy of itself, and calls this function in the copy.
const private = "csmtp_private_adopt"

// functions returns the sorted names of the header's functions.
func functions(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, f := range hosttest.Header(t).Functions {
		names = append(names, f.CName())
	}
	sort.Strings(names)
	return names
}

// The header still declares the interface for which existing programs were compiled. abi.txt
// records this interface: each function of csmtp_c.h with its types, each constant and each
// type. internal/header/generate adds lines to abi.txt, but never changes a line. In this
// test, the compiler compares abi.txt with the header.
func TestABIMatchesRecord(t *testing.T) {
	hosttest.Need(t, "gcc")
	text, err := os.ReadFile("abi.txt")
	require.NoError(t, err)
	var program strings.Builder
	program.WriteString("#include \"csmtp_c.h\"\n")
	lines := map[string]int{}
	members := map[string][][2]string{} // the type and the name of each member, by struct
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		kind, declaration, _ := strings.Cut(line, " ")
		lines[kind]++
		switch kind {
		case "function":
			declaration = strings.Replace(declaration, " CSmtp_", " CSMTP_CALL CSmtp_", 1)
			fmt.Fprintf(&program, "CSMTP_API %s;\n", declaration)
		case "number":
			fmt.Fprintf(&program, "_Static_assert(%s, %q);\n", strings.Replace(declaration, " = ", " == ", 1), line)
		case "type":
			fmt.Fprintf(&program, "typedef %s;\n", declaration)
		case "member":
			m := regexp.MustCompile(`^(\w+) \d+ (.*) (\w+)$`).FindStringSubmatch(declaration)
			require.NotNil(t, m, line)
			members[m[1]] = append(members[m[1]], [2]string{m[2], m[3]})
		default:
			t.Errorf("abi.txt: unknown kind of line: %q", line)
		}
	}
	for name, list := range members { // the lines are in the order of the members
		fmt.Fprintf(&program, "struct recorded%s {\n", name)
		for _, m := range list {
			fmt.Fprintf(&program, "%s %s;\n", m[0], m[1])
		}
		program.WriteString("};\n")
		for _, m := range list {
			fmt.Fprintf(&program, "_Static_assert(offsetof(%s, %s) == offsetof(struct recorded%s, %s), \"%s\");\n", name, m[1], name, m[1], m[1])
			fmt.Fprintf(&program, "_Static_assert(__builtin_types_compatible_p(__typeof__(((%s *)0)->%s), %s), \"%s\");\n", name, m[1], m[0], m[1])
		}
	}
	require.Equal(t, map[string]int{"CSmtpEvent": 22}, sizes(members))
	require.Len(t, functions(t), lines["function"])
	require.Greater(t, lines["number"], 80)
	require.Greater(t, lines["type"], 5)
	source := filepath.Join(t.TempDir(), "abi.c")
	require.NoError(t, os.WriteFile(source, []byte(program.String()), 0o600))
	assert.NoError(t, hosttest.Command(hosttest.Root(), nil, "gcc", "-std=c11", "-Wall", "-Wextra", "-Werror",
		"-Iinclude", "-fsyntax-only", source), "csmtp_c.h differs from abi.txt, so it breaks existing programs")
}

func sizes(members map[string][][2]string) map[string]int {
	n := map[string]int{}
	for name, list := range members {
		n[name] = len(list)
	}
	return n
}

// The header, the C sources with the entry points (gate.c and entries.c) and the built
// library have the same functions.
func TestABIOfHeaderGateAndLibrary(t *testing.T) {
	var entries []string
	for _, path := range []string{"../../gate.c", "../../internal/gate/entries.c"} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?m)^[\w *]+CSMTP_CALL (CSmtp_\w+)\([^;]*?\)\n\{`).FindAllStringSubmatch(string(text), -1) {
			entries = append(entries, m[1])
		}
	}
	sort.Strings(entries)
	assert.Equal(t, functions(t), entries, "functions of the header, and entries of gate.c and entries.c")

	hosttest.Need(t, "nm")
	out, err := exec.Command("nm", "-D", "--defined-only", libraryFile(t)).Output()
	require.NoError(t, err)
	var exported []string
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		field := strings.Fields(line)
		require.Len(t, field, 3, line)
		if field[1] == "A" {
			assert.Equal(t, "CSMTP_1", field[2])
			continue
		}
		assert.Equal(t, "T", field[1], line)
		name, version, _ := strings.Cut(field[2], "@@")
		assert.Equal(t, "CSMTP_1", version, "the version of %s", name)
		if name != private {
			exported = append(exported, name)
		}
	}
	sort.Strings(exported)
	assert.Equal(t, functions(t), exported, "functions of the header, and exports of the library")
}

func TestABIOfTheFile(t *testing.T) {
	hosttest.Need(t, "readelf")
	out, err := exec.Command("readelf", "-W", "-d", "-l", libraryFile(t)).Output()
	require.NoError(t, err)
	text := string(out)
	assert.Contains(t, text, "Library soname: [libcsmtp.so.1]")
	assert.Contains(t, text, "NODELETE", "the Go runtime cannot be unloaded")
	assert.Contains(t, text, "NOW")
	assert.Contains(t, text, "GNU_RELRO")
	assert.NotContains(t, text, "TEXTREL")
	assert.NotRegexp(t, `GNU_STACK.*RWE`, text)
	assert.NotRegexp(t, `RPATH|RUNPATH`, text)
	for _, m := range regexp.MustCompile(`\(NEEDED\).*\[(.*)\]`).FindAllStringSubmatch(text, -1) {
		assert.Regexp(t, `^(libc|libresolv|libpthread|libdl|ld-linux[\w-]*)\.so`, m[1], "an unexpected dependency")
	}
	// The loader reserves only 1.6 KiB of static thread-local storage for libraries that
	// are loaded later. Each private copy of the library in a forked child uses a part of
	// this memory.
	tls := regexp.MustCompile(`(?m)^\s+TLS\s+\w+ \w+ \w+ \w+ 0x0*(\w+)`).FindStringSubmatch(text)
	require.NotNil(t, tls)
	assert.LessOrEqual(t, len(tls[1]), 2, "static TLS of 0x%s octets", tls[1])
}

// An object file that was compiled against csmtp_c.h of 1.0.0 works with this library.
func TestABIServesOldPrograms(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the object is for amd64")
	}
	hosttest.Need(t, "gcc")
	lib := hosttest.Library(t)
	path := filepath.Join(t.TempDir(), "client")
	require.NoError(t, hosttest.Command(".", nil, "gcc", "testdata/client-1.0.0-amd64.o", "-o", path, "-L"+lib, "-lcsmtp", "-Wl,-rpath,"+lib))
	proof{program: "client", mode: "1.0.0", mails: 2}.runFile(t, path)
}
