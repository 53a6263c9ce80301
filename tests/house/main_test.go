// SPDX-License-Identifier: MIT

// Package house tests the tree itself: which package may use which, and that
// the documents agree with the code.
package house

import (
	"os"
	"testing"
)

// TestMain runs the tests in the root folder, so that they name files as the
// documents do.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
