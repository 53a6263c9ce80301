// SPDX-License-Identifier: MIT

// Package house tests the source tree: which package may import which other, and
// whether the documents agree with the code.
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
