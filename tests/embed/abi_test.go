// SPDX-License-Identifier: MIT

package embed

import (
	"flag"
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

// abi.txt is what programs are linked against: each function with its types,
// each number, each type of csmtp_c.h. A line of it never changes and never
// goes; a new one is added by go test ./tests/embed -run ABI -record.
const recordFile = "abi.txt"

var record = flag.Bool("record", false, "add what is new in csmtp_c.h to "+recordFile)

// private is how the library speaks to its copy in a forked child.
const private = "csmtp_private_adopt"

var (
	comment     = regexp.MustCompile(`(?s)/\*.*?\*/`)
	directive   = regexp.MustCompile(`(?m)^#.*$`)
	enumeration = regexp.MustCompile(`(?s)enum\s*\{(.*?)\}`)
	enumerator  = regexp.MustCompile(`(\w+)\s*=\s*(-?\w+)`)
	function    = regexp.MustCompile(`CSMTP_API\s+([^;{]*?)\s*CSMTP_CALL\s+(CSmtp_\w+)\s*\(([^;]*)\)\s*;`)
	typeName    = regexp.MustCompile(`typedef\s+([^;]+);`)
	parameter   = regexp.MustCompile(`^(.*?)(\w+)$`)
	blank       = regexp.MustCompile(`\s+`)
)

func header(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../include/csmtp_c.h")
	require.NoError(t, err)
	return directive.ReplaceAllString(comment.ReplaceAllString(string(text), ""), "")
}

// types drops the names of parameters: they may be improved.
func types(parameters string) string {
	if parameters = strings.TrimSpace(parameters); parameters == "void" {
		return parameters
	}
	var list []string
	for _, p := range strings.Split(parameters, ",") {
		p = blank.ReplaceAllString(strings.TrimSpace(p), " ")
		list = append(list, strings.TrimSpace(parameter.FindStringSubmatch(p)[1]))
	}
	return strings.Join(list, ", ")
}

// contract lists the header, a line for each promise.
func contract(t *testing.T) []string {
	t.Helper()
	text := header(t)
	var lines []string
	for _, e := range enumeration.FindAllStringSubmatch(text, -1) {
		for _, m := range enumerator.FindAllStringSubmatch(e[1], -1) {
			lines = append(lines, "number "+m[1]+" = "+m[2])
		}
	}
	for _, m := range typeName.FindAllStringSubmatch(text, -1) {
		lines = append(lines, "type "+blank.ReplaceAllString(strings.TrimSpace(m[1]), " "))
	}
	for _, m := range function.FindAllStringSubmatch(text, -1) {
		lines = append(lines, "function "+blank.ReplaceAllString(m[1], " ")+" "+m[2]+"("+types(m[3])+")")
	}
	sort.Strings(lines)
	return lines
}

func functions(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, m := range function.FindAllStringSubmatch(header(t), -1) {
		names = append(names, m[2])
	}
	sort.Strings(names)
	return names
}

func TestABIIsAsRecorded(t *testing.T) {
	now := contract(t)
	require.Greater(t, len(now), 150, "the header was not understood")
	text, err := os.ReadFile(recordFile)
	require.NoError(t, err)
	recorded := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range recorded {
		assert.Contains(t, now, line, "changed or gone: programs are linked against it")
	}
	if t.Failed() {
		return
	}
	if *record {
		require.NoError(t, os.WriteFile(recordFile, []byte(strings.Join(now, "\n")+"\n"), 0o644))
		return
	}
	for _, line := range now {
		assert.Contains(t, recorded, line, "new: record it by go test ./tests/embed -run ABI -record")
	}
}

// Every number of the enumerations is given, so that none can move.
func TestABINumbersAreWritten(t *testing.T) {
	for _, e := range enumeration.FindAllStringSubmatch(header(t), -1) {
		for _, item := range strings.Split(e[1], ",") {
			if item = strings.TrimSpace(item); item != "" {
				assert.Regexp(t, `^CSMTP_\w+\s*=\s*-?\d+$`, item)
			}
		}
	}
}

// The header, the gate and the library name the same functions.
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
	assert.Equal(t, functions(t), entries, "the header and the entries")

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
	assert.Equal(t, functions(t), exported, "header and library")
}

func TestABIOfTheFile(t *testing.T) {
	hosttest.Need(t, "readelf")
	out, err := exec.Command("readelf", "-W", "-d", "-l", libraryFile(t)).Output()
	require.NoError(t, err)
	text := string(out)
	assert.Contains(t, text, "Library soname: [libcsmtp.so.1]")
	assert.Contains(t, text, "NODELETE", "it cannot be unloaded")
	assert.Contains(t, text, "NOW")
	assert.Contains(t, text, "GNU_RELRO")
	assert.NotContains(t, text, "TEXTREL")
	assert.NotRegexp(t, `GNU_STACK.*RWE`, text)
	assert.NotRegexp(t, `RPATH|RUNPATH`, text)
	for _, m := range regexp.MustCompile(`\(NEEDED\).*\[(.*)\]`).FindAllStringSubmatch(text, -1) {
		assert.Regexp(t, `^(libc|libresolv|libpthread|libdl|ld-linux[\w-]*)\.so`, m[1], "a library that a program would need")
	}
	// A process has 1.6 KiB of static TLS for what it loads, each copy of a
	// forked child's included.
	tls := regexp.MustCompile(`(?m)^\s+TLS\s+\w+ \w+ \w+ \w+ 0x0*(\w+)`).FindStringSubmatch(text)
	require.NotNil(t, tls)
	assert.LessOrEqual(t, len(tls[1]), 2, "static TLS of 0x%s octets", tls[1])
}

// A program of 1.0.0, kept as the object that its compiler made.
func TestABIServesOldPrograms(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the object is for amd64")
	}
	hosttest.Need(t, "gcc")
	lib := hosttest.Library(t)
	path := filepath.Join(t.TempDir(), "client")
	require.NoError(t, hosttest.Command(".", nil, "gcc", "testdata/client-1.0.0-amd64.o", "-o", path, "-L"+lib, "-lcsmtp", "-Wl,-rpath,"+lib))
	proof{"client", "1.0.0", 2}.runFile(t, path)
}
