// SPDX-License-Identifier: MIT

package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMetadataServer gets a token from a metadata server at its real address,
// 169.254.169.254. The server runs in a separate network namespace. Although a proxy is
// set, the token must be requested without the proxy.
func TestMetadataServer(t *testing.T) {
	if os.Getuid() != 0 && os.Getenv("CI") != "true" {
		t.Skip("a network namespace needs root")
	}
	i := startIssuer(t)
	program := buildProgram(t, "oauth/check.c")
	const script = `set -e
ip link set lo up
ip addr add 169.254.169.254/32 dev lo
"$1" oauth/tokens.py "$2" 169.254.169.254 80 >"$3" &
trap 'kill $!' EXIT
until grep -q port "$3"; do sleep 0.1; done
"$4"
grep granted "$3" >&2
`
	run := exec.Command("unshare", "--net", "bash", "-c", script, "test", debianPython, i.files["settings.json"], filepath.Join(i.dir, "said"), program)
	run.Env = append(os.Environ(), "HTTP_PROXY=http://192.0.2.1:3128", "HTTPS_PROXY=http://192.0.2.1:3128", "http_proxy=http://192.0.2.1:3128", "NO_PROXY=",
		"IDENTITY_ENDPOINT=", "CSMTP_CONFIG=")
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Regexp(t, `(?m)^0 scope mail, application default, expires \S+$`, string(out))
	assert.Contains(t, string(out), `"granted": "azure identity"`)
}
