// SPDX-License-Identifier: MIT

package mailer

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In FIPS 140-only mode, a mail whose login needs a forbidden algorithm or uses a password
// that is too short fails with 417, and the error text gives the reason. The mode can be set
// only at the start of a process.
func TestFIPSOnlyIs417(t *testing.T) {
	if !fips140.Enforced() {
		again := exec.Command(os.Args[0], "-test.run=^TestFIPSOnlyIs417$", "-test.v")
		again.Env = append(os.Environ(), "GODEBUG=fips140=only")
		out, err := again.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: TestFIPSOnlyIs417")
		return
	}
	for _, c := range []struct{ mechanism, password string }{
		{"CRAM-MD5", "a long enough password"},
		{"DIGEST-MD5", "a long enough password"},
		{"SCRAM-SHA-256", "short7"},
	} {
		server := serve(t, smtptest.MailOptions{Mechanisms: []string{c.mechanism}})
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetPassword(c.password) })
		text := mustFail(t, h, 417, (*Mailer).Send)
		assert.Contains(t, text, "FIPS 140-only mode", c.mechanism)
		assert.NotContains(t, text, c.password)
		assert.Empty(t, server.Mails())
	}
}
