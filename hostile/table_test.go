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
				assert.FileExists(t, filepath.Join("../smtp/testdata", name))
				continue
			}
			folder, test, found := strings.Cut(name, ": ")
			require.True(t, found, "%q", name)
			assert.True(t, has(t, filepath.Join("..", strings.TrimSpace(folder)), test), "%s is not there", name)
		}
	}
	require.Equal(t, 53, rows)
}

// has tells whether a test of that name is in a folder.
func has(t *testing.T, folder, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	head := regexp.MustCompile(`(?m)^func ` + test + `\(`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if head.Match(text) {
			return true
		}
	}
	return false
}
