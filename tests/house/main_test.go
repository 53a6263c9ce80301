// SPDX-License-Identifier: MIT

// Package house tests the source tree: that each package imports only the packages that
// it is allowed to import, and that the documents agree with the code.
package house

import (
	"os"
	"testing"
)

// TestMain runs the tests in the root folder, so that the paths in the tests are the same
// as in the documents.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
