// SPDX-License-Identifier: MIT

package test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// csmtp_testserver.hpp can be compiled alone, with every compiler, as C++11 and as C++20.
func TestTestServerHeaderStandsAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alone.cpp")
	require.NoError(t, os.WriteFile(file, []byte("#include <csmtp_testserver.hpp>\n"+
		"int main() { csmtp::TestServer server; return static_cast<int>(server.Wait(0).size()); }\n"), 0o644))
	for _, compiler := range cxxCompilers {
		for _, standard := range []string{"c++11", "c++20"} {
			check(t, compiler, "-std="+standard, "-Wshadow", "-pedantic", file)
		}
	}
}

// The examples for GoogleTest and Catch2 pass. The sanitizers find no error in the
// first one.
func TestTestServerInFrameworks(t *testing.T) {
	if _, ok := cross(); ok {
		t.Skip("the frameworks are those of this system")
	}
	buildTestServer(t)
	for name, flags := range map[string][]string{
		"gtest":  join(sanitized, []string{"testserver/gtest.cpp", "-lgtest", "-lgtest_main"}),
		"catch2": {"-O0", "testserver/catch2.cpp"},
	} {
		header := map[string]string{"gtest": "gtest/gtest.h", "catch2": "catch2/catch.hpp"}[name]
		if _, err := os.Stat("/usr/include/" + header); err != nil {
			require.NotEqual(t, "true", os.Getenv("CI"), "%s is missing", header)
			t.Skipf("%s is missing", header)
		}
		program := link(t, "g++", name, join([]string{"-std=c++17"}, flags)...)
		got := execute(t, t.TempDir(), program)
		assert.Zero(t, got.status, got.output)
	}
	assertNoFolder(t)
}

// A forked child of the tested program does not end the server. If the program ignores
// SIGCHLD, the destructor of TestServer does not wait for a server that has ended.
func TestTestServerAndChildren(t *testing.T) {
	if _, ok := cross(); ok {
		t.Skip("the program forks")
	}
	buildTestServer(t)
	got := execute(t, t.TempDir(), link(t, "g++", "children", "-std=c++11", "testserver/children.cpp"))
	assert.Zero(t, got.status, got.output)
	assertNoFolder(t)
}

// The header can read JSON that is cut off at any position. It ignores case in the names
// of header fields, and reports an error if a response ends too early. It connects to the
// address that the ready file contains.
func TestTestServerResponses(t *testing.T) {
	if _, ok := cross(); ok {
		t.Skip("the server is a shell script")
	}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil && strings.Contains(address, "::") {
			t.Log("no IPv6 on the loopback interface:", err)
			continue
		}
		require.NoError(t, err)
		defer listener.Close()
		go func() {
			for {
				c, err := listener.Accept()
				if err != nil {
					return
				}
				http.ReadRequest(bufio.NewReader(c))
				io.WriteString(c, "HTTP/1.0 200 OK\r\nContent-Length: 20\r\n\r\n{\"mails\": [")
				c.Close()
			}
		}()
		dir := t.TempDir()
		server := filepath.Join(dir, "server")
		script := "#!/bin/sh\nwhile [ \"$1\" != --ready ]; do shift; done\n" +
			"echo http=http://" + listener.Addr().String() + "/token/ >\"$2.new\" && mv \"$2.new\" \"$2\"\nexec cat\n"
		require.NoError(t, os.WriteFile(server, []byte(script), 0o755))
		t.Setenv("CSMTP_TESTSERVER", server)
		t.Setenv("TMPDIR", t.TempDir())
		got := execute(t, dir, link(t, "g++", "details", join([]string{"-std=c++11"}, sanitized, []string{"testserver/details.cpp"})...))
		assert.Zero(t, got.status, got.output)
		assertNoFolder(t)
	}
}

// buildTestServer builds csmtp-testserver for csmtp_testserver.hpp, and sets TMPDIR to an
// empty folder, in which the header creates its temporary folders.
func buildTestServer(t *testing.T) {
	t.Helper()
	server := filepath.Join(hosttest.Folder(), "csmtp-testserver")
	require.NoError(t, hosttest.Command(hosttest.Root(), nil, "go", "build", "-o", server, "./tools/csmtp-testserver"))
	t.Setenv("CSMTP_TESTSERVER", server)
	t.Setenv("TMPDIR", t.TempDir())
}

// assertNoFolder asserts that the server and the header have left no temporary folder.
func assertNoFolder(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	assert.Empty(t, left)
}
