// SPDX-License-Identifier: MIT

package house

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Packages that contain only tests are not checked.
func TestEveryPackageHasAComment(t *testing.T) {
	const lacksOne = `{{if and .GoFiles (not .Doc)}}{{.ImportPath}}{{end}}`
	assert.Empty(t, list(t, "-f", lacksOne, "./..."))
}

// Packages for Go programs have examples in an external test package.
func TestPublicPackagesHaveExamples(t *testing.T) {
	for _, folder := range []string{"smtp", "smtp/message", "smtp/secret"} {
		assert.FileExists(t, filepath.Join(folder, "example_test.go"))
		outside := list(t, "-f", `{{join .XTestGoFiles "\n"}}`, "./"+folder)
		require.Contains(t, outside, "example_test.go")
	}
}
