// SPDX-License-Identifier: MIT

package packaging

import (
	"os"
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dist.sh signs SHA256SUMS with the key CSMTP_SIGN_KEY. gpg accepts the signature, and
// refuses it after SHA256SUMS was changed.
func TestChecksumsAreSigned(t *testing.T) {
	for _, program := range []string{"gpg", "gpg-agent", "gpgconf"} {
		hosttest.Need(t, program)
	}
	home, err := os.MkdirTemp("", "gpg") // short, because gpg creates sockets in it
	require.NoError(t, err)
	env := []string{"GNUPGHOME=" + home}
	t.Cleanup(func() {
		hosttest.Command(home, env, "gpgconf", "--kill", "all")
		os.RemoveAll(home)
	})
	gpg := func(args ...string) error {
		return hosttest.Command(home, env, "gpg", append([]string{"--batch", "--passphrase", "", "--pinentry-mode", "loopback"}, args...)...)
	}
	require.NoError(t, gpg("--quick-generate-key", "release@test.example", "ed25519", "sign", "never"))
	dist := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dist, "csmtp-1.0.0-linux-x64.tar.gz"), []byte("archive"), 0o644))
	sums := func(key string) error {
		return hosttest.Command(hosttest.Root(), append(env, "CSMTP_SIGN_KEY="+key), "bash", "-c",
			`set -eu; root=$PWD out=$0 dist=$0; . packaging/dist/archive.sh; version=1.0.0; checksums`, dist)
	}
	signature := filepath.Join(dist, "SHA256SUMS.asc")
	require.NoError(t, sums(""))
	assert.Equal(t, "0eb3e36bfb24dcd9bb1d1bece1531216b59539a8fde17ee80224af0653c92aa3  csmtp-1.0.0-linux-x64.tar.gz\n", read(t, filepath.Join(dist, "SHA256SUMS")))
	assert.NoFileExists(t, signature)
	require.NoError(t, sums("release@test.example"))
	assert.NoError(t, gpg("--verify", signature, filepath.Join(dist, "SHA256SUMS")))
	require.NoError(t, os.WriteFile(filepath.Join(dist, "SHA256SUMS"), []byte("changed"), 0o644))
	assert.Error(t, gpg("--verify", signature, filepath.Join(dist, "SHA256SUMS")))
	assert.Error(t, sums("nobody@test.example"), "a missing key must not give unsigned files")
	assert.NoFileExists(t, signature)
}
