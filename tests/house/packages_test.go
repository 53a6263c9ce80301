// SPDX-License-Identifier: MIT

package house

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryPackageHasAComment looks at the packages that are more than tests.
func TestEveryPackageHasAComment(t *testing.T) {
	const lacksOne = `{{if and .GoFiles (not .Doc)}}{{.ImportPath}}{{end}}`
	assert.Empty(t, list(t, "-f", lacksOne, "./..."))
}

// TestPackagesForProgramsHaveExamples: package smtp and message are shown from
// outside.
func TestPackagesForProgramsHaveExamples(t *testing.T) {
	for _, folder := range []string{"smtp", "smtp/message"} {
		assert.FileExists(t, filepath.Join(folder, "example_test.go"))
		outside := list(t, "-f", `{{join .XTestGoFiles "\n"}}`, "./"+folder)
		require.Contains(t, outside, "example_test.go")
	}
}
