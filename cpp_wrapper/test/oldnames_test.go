// SPDX-License-Identifier: MIT

package test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNamesAndTypes runs programs that depend on the types of the old enumerations,
// that declare or define names of the old class themselves, or that include CSmtp.h in
// a namespace.
func TestNamesAndTypes(t *testing.T) {
	programs := map[string][]string{
		"types":        {"names/types.cpp"},
		"in_namespace": {"names/in_namespace.cpp"},
		"declared":     {"names/base64_declared.cpp", "../compat/base64.cpp"},
		"defined":      {"names/base64_defined.cpp", "../compat/base64.cpp"},
	}
	if windows() { // Windows has no weak definitions
		programs["defined"] = programs["defined"][:1]
	}
	// 'runs' builds and starts the programs, and then a program that consists of a file
	// compiled with exceptions and a file compiled without them.
	runs := func(on, compiler, standard string, build func(t *testing.T, name string, sources ...string) string) {
		for name, sources := range programs {
			t.Run(on+" "+name, func(t *testing.T) {
				t.Parallel()
				got := execute(t, t.TempDir(), build(t, name, sources...))
				require.Zero(t, got.status, got.output)
			})
		}
		t.Run(on+" without exceptions", func(t *testing.T) {
			t.Parallel()
			object := filepath.Join(t.TempDir(), "unit.o")
			run(t, compiler, join(warnings, includes, []string{"-std=" + standard, "-fno-exceptions", "-c", "-o", object, "names/no_exceptions.cpp"})...)
			got := execute(t, t.TempDir(), build(t, "no_exceptions", "names/no_exceptions_main.cpp", object))
			require.Zero(t, got.status, got.output)
		})
	}
	if g, across := cross(); across {
		runs(targetName, g.compiler("g++"), "c++11", func(t *testing.T, name string, sources ...string) string {
			return link(t, "g++", "names-"+name, append(sources, "-std=c++11")...)
		})
		return
	}
	for _, k := range []kit{kits[0], kits[1]} {
		for _, standard := range k.sampled() {
			runs(k.name, k.compiler, standard, func(t *testing.T, _ string, sources ...string) string { return k.build(t, standard, sources...) })
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
