// SPDX-License-Identifier: MIT

//go:build machines

package embed

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// Virtual machines that turn SIGSEGV into exceptions still do this while 4 threads send
// mails with the library. The machines are installed for the examples, so
// examples/check.sh runs this test with -tags machines.
func TestMachines(t *testing.T) {
	const jna = "/usr/share/java/jna.jar"
	for _, m := range []struct{ name, compiler, source, compile, run string }{
		// Use only the C1 compiler, because C2 replaces frequent faults with explicit
		// null checks.
		{"java", "javac", "Machine.java", "javac -encoding UTF-8 -cp " + jna + " -d %[1]s %[2]s",
			"java -XX:TieredStopAtLevel=1 -cp " + jna + ":%[1]s Machine"},
		{"mono", "mcs", "Machine.cs", "mcs -warnaserror -out:%[1]s/machine.exe %[2]s", "mono %[1]s/machine.exe"},
	} {
		t.Run(m.name, func(t *testing.T) {
			hosttest.Need(t, m.compiler)
			folder := t.TempDir()
			source, err := filepath.Abs("machines/" + m.source)
			require.NoError(t, err)
			require.NoError(t, hosttest.Command(".", nil, "sh", "-c", fmt.Sprintf(m.compile, folder, source)))
			wrapper := filepath.Join(folder, "run")
			require.NoError(t, os.WriteFile(wrapper, []byte("#!/bin/sh\nexec "+fmt.Sprintf(m.run, folder)+" \"$@\"\n"), 0o755))
			proof{program: m.name, mode: "faults", mails: 40}.runFile(t, wrapper, "LD_LIBRARY_PATH="+hosttest.Library(t))
		})
	}
}
