// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In FIPS 140-only mode, the algorithms of some mechanisms panic. New returns an error for such
// a mechanism, and the method TryNext of this error returns true. The test runs itself in
// another process, because the mode can be set only when a process starts.
func TestFIPSOnly(t *testing.T) {
	if !fips140.Enforced() {
		again := exec.Command(os.Args[0], "-test.run=^TestFIPSOnly$", "-test.v")
		again.Env = append(os.Environ(), "GODEBUG=fips140=only")
		out, err := again.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: TestFIPSOnly")
		return
	}
	for _, name := range Names() {
		for _, password := range []string{"short", strings.Repeat("x", 13), strings.Repeat("x", 14)} {
			c := Credentials{Login: "joe", Password: password, Token: func(bool) (string, error) { return "token", nil }}
			m, err := New(name, c, Channel{Host: "h", Offered: []string{name}})
			scram := strings.HasPrefix(name, "SCRAM-")
			md5 := strings.HasSuffix(name, "-MD5")
			sha1 := strings.HasPrefix(name, "SCRAM-SHA-1") && !strings.HasPrefix(name, "SCRAM-SHA-1"+"2")
			if md5 || sha1 || scram && len(password) < 14 {
				assertReason(t, err, Forbidden, name)
				assert.ErrorContains(t, err, "FIPS 140-only mode")
				assert.True(t, err.(*Error).TryNext())
				assert.NotContains(t, err.Error(), password)
				continue
			}
			if err != nil {
				assertReason(t, err, NoBinding, name)
				continue
			}
			_, err = m.Start()
			assert.NoError(t, err, name)
		}
	}
	// A whole exchange of SCRAM-SHA-256 uses only permitted algorithms.
	m, err := New("SCRAM-SHA-256", Credentials{Login: "joe", Password: "a long password"}, Channel{Host: "h"})
	require.NoError(t, err)
	ir, err := m.Start()
	require.NoError(t, err)
	_, nonce, _ := strings.Cut(string(ir), "r=")
	_, err = m.Next([]byte("r=" + nonce + "abc,s=c2FsdHNhbHRzYWx0c2FsdA==,i=4096"))
	require.NoError(t, err)
}
