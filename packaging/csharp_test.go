// SPDX-License-Identifier: MIT

package packaging

import (
	"os"
	"os/exec"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPackageForCSharpNamesMissingPackages runs csharp.sh without each command that it needs.
func TestPackageForCSharpNamesMissingPackages(t *testing.T) {
	page, err := os.ReadFile(hosttest.Root() + "/docs/install.md")
	require.NoError(t, err)
	for command, name := range map[string]string{"mcs": "mono-mcs", "mono": "mono-runtime", "python3": "python3"} {
		cmd := exec.Command("bash", "packaging/csharp.sh", "-o", t.TempDir(), "no-such-library", "linux-x64")
		cmd.Dir = hosttest.Root()
		cmd.Env = append(os.Environ(), machine(t, []string{command}, anyUser)...)
		out, err := cmd.CombinedOutput()
		require.Error(t, err, "%s", out)
		assert.Regexp(t, `(?m)^csharp\.sh: missing: (\S+ )*`+name+`( \S+)*\. Install .*: apt-get install .*\b`+name+`\b`, string(out), "without %s", command)
		assert.Contains(t, string(page), name)
	}
}
