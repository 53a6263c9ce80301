// SPDX-License-Identifier: MIT

package embed

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"csmtp/internal/header"
	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// old is the folder with the unchanged headers of version 1.0.0.
const old = "testdata/1.0.0"

// oldLibrary makes a shared library with the name and the symbols of the library of version
// 1.0.0, and returns its folder. Its functions do nothing. A program that is linked with it
// needs only the symbols of version 1.0.0.
func oldLibrary(t *testing.T, h *header.Header) string {
	t.Helper()
	dir := t.TempDir()
	var code strings.Builder
	for _, f := range h.Functions {
		fmt.Fprintf(&code, "void %s(void) {}\n", f.CName())
	}
	source, script := filepath.Join(dir, "old.c"), filepath.Join(dir, "old.map")
	require.NoError(t, os.WriteFile(source, []byte(code.String()), 0o600))
	require.NoError(t, os.WriteFile(script, []byte("CSMTP_1 { global: CSmtp_*; local: *; };\n"), 0o600))
	require.NoError(t, hosttest.Command(dir, nil, "gcc", "-shared", "-fPIC", "-Wl,-soname,libcsmtp.so.1",
		"-Wl,--version-script="+script, source, "-o", "libcsmtp.so.1"))
	require.NoError(t, os.Symlink("libcsmtp.so.1", filepath.Join(dir, "libcsmtp.so")))
	return dir
}

// runOld runs a program with the library in a folder and a new server, and returns what
// it printed and the number of mails that the server received.
func runOld(t *testing.T, program, library string) (printed string, mails int) {
	t.Helper()
	server, err := smtptest.NewMailServer(smtptest.MailOptions{})
	require.NoError(t, err)
	defer server.Close()
	got := hosttest.Call{Program: program, Args: []string{strconv.Itoa(server.Port())}, Most: deadline,
		Env: []string{"LD_LIBRARY_PATH=" + library}}.Run(t)
	require.Zero(t, got.Status, "%s", got.Out+got.Errors)
	return got.Out, len(server.Mails())
}

// What testdata/old.cpp printed with the library of version 1.0.0.
const oldPrinted = `no recipient 203
bad address 903
bad address 903
bad address 309
bad address 209
no line 412
no sender 201
missing file 404
send 0
outcome 1, reply 250
354 yes
refused 309
outcome 4, reply 550
no TLS 414
wrong password 406
closed port 104
`

// A program that was compiled with the headers of 1.0.0 and linked with the library of 1.0.0
// also runs with this library, and prints the same error numbers. If CSMTP_OLD_LIBRARY names the
// folder of a library that was built from 1.0.0, the programs also run with that library.
func TestProgramsBuiltWith100Run(t *testing.T) {
	h, err := header.ReadFile(filepath.Join(old, "csmtp_c.h"))
	require.NoError(t, err)
	hosttest.Need(t, "gcc")
	hosttest.Need(t, "g++")
	dir, stub := t.TempDir(), oldLibrary(t, h)
	for _, c := range []struct {
		compiler, source, standard, printed string
		mails                               int
	}{
		{"gcc", "testdata/client.c", "-std=c99", "", 2},
		{"g++", "testdata/old.cpp", "-std=c++11", oldPrinted, 1},
	} {
		program := filepath.Join(dir, c.compiler)
		require.NoError(t, hosttest.Command(".", nil, c.compiler, c.standard, "-O1", "-Wall", "-Wextra", "-Werror", "-I"+old,
			c.source, "-o", program, "-L"+stub, "-lcsmtp"))
		printed, mails := runOld(t, program, hosttest.Library(t))
		assert.Equal(t, c.printed, printed, c.source)
		assert.Equal(t, c.mails, mails, "%s: mails that the server received", c.source)
		if folder := os.Getenv("CSMTP_OLD_LIBRARY"); folder != "" {
			before, mails := runOld(t, program, folder)
			assert.Equal(t, before, printed, "%s: with the library in CSMTP_OLD_LIBRARY", c.source)
			assert.Equal(t, c.mails, mails, "%s: with the library in CSMTP_OLD_LIBRARY", c.source)
		}
	}
}

// Every function, constant and type of 1.0.0 is still declared, with the same parameters
// and values, and the library exports every function of 1.0.0.
func TestNothingOf100IsGone(t *testing.T) {
	h, err := header.ReadFile(filepath.Join(old, "csmtp_c.h"))
	require.NoError(t, err)
	require.Len(t, h.Functions, 136)
	now := hosttest.Header(t)
	var program strings.Builder
	program.WriteString("#include \"csmtp_c.h\"\n")
	numbers := 0
	for _, e := range h.Enums {
		for _, v := range e.Values {
			numbers++
			value, found := now.Value(v.Name)
			assert.True(t, found, "%s is no longer declared", v.Name)
			assert.Equal(t, v.Value, value, v.Name)
			fmt.Fprintf(&program, "_Static_assert(%s == %d, %q);\n", v.Name, v.Value, v.Name)
		}
	}
	assert.Equal(t, 103, numbers)
	require.Len(t, h.Typedefs, 6)
	for _, d := range h.Typedefs {
		fmt.Fprintf(&program, "typedef %s;\n", d.Text)
	}
	// The program declares each function again. If the types differ, the compiler reports an error.
	for _, f := range h.Functions {
		_, found := now.Function(f.Name)
		assert.True(t, found, "%s is no longer declared", f.CName())
		var parameters []string
		for _, p := range f.Params {
			parameters = append(parameters, p.Type)
		}
		if len(parameters) == 0 {
			parameters = []string{"void"}
		}
		fmt.Fprintf(&program, "CSMTP_API %s CSMTP_CALL %s(%s);\n", f.Result, f.CName(), strings.Join(parameters, ", "))
	}
	hosttest.Need(t, "gcc")
	source := filepath.Join(t.TempDir(), "old.c")
	require.NoError(t, os.WriteFile(source, []byte(program.String()), 0o600))
	assert.NoError(t, hosttest.Command(hosttest.Root(), nil, "gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Iinclude", "-fsyntax-only", source),
		"csmtp_c.h breaks programs that were compiled with 1.0.0")

	hosttest.Need(t, "nm")
	out, err := exec.Command("nm", "-D", "--defined-only", libraryFile(t)).Output()
	require.NoError(t, err)
	for _, f := range h.Functions {
		assert.Contains(t, string(out), " T "+f.CName()+"@@CSMTP_1\n")
	}
}
