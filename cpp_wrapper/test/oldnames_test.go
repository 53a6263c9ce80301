// SPDX-License-Identifier: MIT

package test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNamesAndTypes runs programs that depend on the types of the old enumerations, on
// names of their own, and on where and how the header is included.
func TestNamesAndTypes(t *testing.T) {
	notOn(t, "tests only the headers", "windows", "arm64", "armhf")
	for _, k := range []kit{kits[0], kits[1]} {
		for _, standard := range k.sampled() {
			for name, sources := range map[string][]string{
				"types":        {"names/types.cpp"},
				"in_namespace": {"names/in_namespace.cpp"},
				"declared":     {"names/base64_declared.cpp", "../compat/base64.cpp"},
				"defined":      {"names/base64_defined.cpp", "../compat/base64.cpp"},
			} {
				t.Run(k.name+" "+name, func(t *testing.T) {
					t.Parallel()
					got := execute(t, t.TempDir(), k.build(t, standard, sources...))
					require.Zero(t, got.status, got.output)
				})
			}
			t.Run(k.name+" without exceptions", func(t *testing.T) {
				t.Parallel()
				object := filepath.Join(t.TempDir(), "unit.o")
				run(t, k.compiler, join(warnings, includes, []string{"-std=" + standard, "-fno-exceptions", "-c", "-o", object, "names/no_exceptions.cpp"})...)
				got := execute(t, t.TempDir(), k.build(t, standard, "names/no_exceptions_main.cpp", object))
				require.Zero(t, got.status, got.output)
			})
		}
	}
	for _, k := range kits {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			source := "names/types.cpp"
			run(t, k.compiler, join(warnings, includes, k.compile(t), []string{"-std=c++11", "-fsyntax-only", source})...)
		})
	}
}
