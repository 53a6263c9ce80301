// SPDX-License-Identifier: MIT

package embed

import (
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// TestStaticLibrary links programs with libcsmtp.a, and uses two additional linker
// options. With these, the Go runtime starts at the first call and its threads block the
// host's signals, as in the shared library. Calls in a child that was forked after the
// first call return CSMTP_FORKED.
func TestStaticLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the library again")
	}
	hosttest.Need(t, "gcc")
	folder := t.TempDir()
	archive := filepath.Join(folder, "libcsmtp.a")
	require.NoError(t, hosttest.Command("../..", nil, "go", "build", "-trimpath", "-buildmode=c-archive", "-o", archive, "."))
	script, err := filepath.Abs("../../internal/gate/lazystart.ld")
	require.NoError(t, err)
	for _, p := range []proof{
		{program: "untouched", mode: "linked"},
		{program: "untouched", mode: "used", mails: 1},
		{program: "forks", mode: "daemon", mails: 1},
		{program: "waits", mode: "closed", atLeast: 1},
		{program: "away", mode: "static", mails: 2},
	} {
		t.Run(p.program+"/"+p.mode, func(t *testing.T) {
			path := filepath.Join(folder, p.program)
			require.NoError(t, hosttest.Command(".", nil, "gcc", "-O1", "-I../../include", "-DCSMTP_STATIC", "hosts/"+p.program+".c",
				"-o", path, archive, "-Wl,-T,"+script, "-Wl,--wrap=pthread_create", "-pthread", "-ldl", "-lrt", "-lresolv"))
			p.runFile(t, path)
		})
	}
}
