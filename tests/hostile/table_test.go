// SPDX-License-Identifier: MIT

package hostile

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTableNamesTests: every test that README.md names is there.
func TestTableNamesTests(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	rows := 0
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || strings.HasPrefix(line, "|---") || strings.Contains(line, "shown by") {
			continue
		}
		rows++
		for _, name := range strings.Split(cells[2], ", ") {
			name = strings.TrimSpace(name)
			if strings.HasSuffix(name, ".txt") {
				assert.FileExists(t, filepath.Join("../../smtp/testdata", name))
				continue
			}
			folder, test, found := strings.Cut(name, ": ")
			require.True(t, found, "%q", name)
			folder = filepath.Join("../..", strings.TrimSpace(folder))
			test, proof, with := strings.Cut(test, "/")
			assert.True(t, has(t, folder, `(?m)^func `+test+`\(`), "%s is not there", name)
			if program, mode, _ := strings.Cut(proof, "/"); with {
				assert.True(t, has(t, folder, `proof\{"`+program+`", "`+mode+`"|\{"`+program+`", "`+mode+`", -?\d`), "%s is not there", name)
			}
		}
	}
	require.Equal(t, 84, rows)
}

// has tells whether the tests of a folder say something.
func has(t *testing.T, folder, pattern string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	what := regexp.MustCompile(pattern)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if what.Match(text) {
			return true
		}
	}
	return false
}
