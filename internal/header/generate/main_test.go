// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../../.."

// TestGeneratedFilesAreCurrent fails if the header or a method of Mailer was changed
// without running `go generate`.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	require.NoError(t, run(root, true))
}

// TestEveryFunctionHasItsEntry checks that gate.c and internal/gate/entries.c together
// define each function of the header exactly once.
func TestEveryFunctionHasItsEntry(t *testing.T) {
	lib, err := readLibrary(root)
	require.NoError(t, err)
	var text strings.Builder
	for _, path := range []string{"gate.c", "internal/gate/entries.c"} {
		b, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		text.Write(b)
	}
	for _, f := range lib.header.Functions {
		assert.Equal(t, 1, strings.Count(text.String(), "\n"+definition(f)+"\n{"), f.CName())
	}
}

// broken reads the library's header and methods, calls change to change them, and returns
// them.
func broken(t *testing.T, change func(*library)) *library {
	t.Helper()
	lib, err := readLibrary(root)
	require.NoError(t, err)
	change(lib)
	return lib
}

func TestMismatchIsAnError(t *testing.T) {
	_, err := exports(broken(t, func(l *library) { delete(l.methods, "SetSubject") }))
	assert.ErrorContains(t, err, "mailer.Mailer has no method SetSubject")
	_, err = exports(broken(t, func(l *library) { l.methods["SetSubject"] = method{[]string{"bool"}, []string{"error"}} }))
	assert.ErrorContains(t, err, "no rule converts C's const char * to Go's bool")
	_, err = exports(broken(t, func(l *library) { l.methods["SetSubject"] = method{nil, []string{"error"}} }))
	assert.ErrorContains(t, err, "takes 0 arguments")
	_, err = exports(broken(t, func(l *library) { l.methods["SetSubject"] = method{[]string{"string"}, []string{"bool", "error"}} }))
	assert.ErrorContains(t, err, "returns 2 values")
	_, err = abi(broken(t, func(l *library) { l.header.Functions = l.header.Functions[1:] }))
	assert.ErrorContains(t, err, "a released function or number must stay")
	writes["SetNothing"] = true
	defer delete(writes, "SetNothing")
	_, err = readLibrary(root)
	assert.ErrorContains(t, err, "irregular.go names SetNothing")
}
