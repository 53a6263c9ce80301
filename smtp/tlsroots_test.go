// SPDX-License-Identifier: MIT

package smtp

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

// On a computer without a list of authorities the error text says that there is no list,
// and not that the authority is unknown. Package x509 reads the list only once, so the
// test runs in a process of its own.
func TestNoSystemRoots(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the system verifies certificates")
	}
	const own = "CSMTP_TEST_NO_ROOTS"
	if os.Getenv(own) == "" {
		c := exec.Command(os.Args[0], "-test.run=^TestNoSystemRoots$")
		c.Env = append(os.Environ(), own+"=1", "SSL_CERT_FILE=/does/not/exist", "SSL_CERT_DIR=/does/not/exist")
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return
	}
	for _, kind := range []certs.Kind{certs.Good, certs.SelfSigned, certs.MissingIntermediate} {
		peer := newTLSPeer(t, tlsServer(testCA.Issue(kind)))
		_, err := shake(t, trusting(func(c *Config) { c.TLS.RootCAs = nil }), peer.addr, "localhost")
		e := tlsError(t, err, KindTLS)
		require.ErrorContains(t, e.Err, "no list of trusted certificate authorities")
		require.Equal(t, HintSystemRoots, e.Hint)
		<-peer.seen
	}
}
