// SPDX-License-Identifier: MIT

package embed

import (
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// One file: libcsmtp.a in the program. With the two linker options it starts
// late and keeps Go's threads closed like the shared library; what it cannot do
// is to serve a child that was forked after use.
func TestStaticLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the library once more")
	}
	hosttest.Need(t, "gcc")
	folder := t.TempDir()
	archive := filepath.Join(folder, "libcsmtp.a")
	require.NoError(t, hosttest.Command("../..", nil, "go", "build", "-trimpath", "-buildmode=c-archive", "-o", archive, "."))
	script, err := filepath.Abs("../../internal/gate/lazystart.ld")
	require.NoError(t, err)
	for _, p := range []proof{
		{"untouched", "linked", 0},
		{"untouched", "used", 1},
		{"forks", "daemon", 1},
		{"waits", "closed", -1},
		{"away", "static", 2},
	} {
		t.Run(p.name+"/"+p.mode, func(t *testing.T) {
			path := filepath.Join(folder, p.name)
			require.NoError(t, hosttest.Command(".", nil, "gcc", "-O1", "-I../../include", "-DCSMTP_STATIC", "hosts/"+p.name+".c",
				"-o", path, archive, "-Wl,-T,"+script, "-Wl,--wrap=pthread_create", "-pthread", "-ldl", "-lrt", "-lresolv"))
			p.runFile(t, path)
		})
	}
}
