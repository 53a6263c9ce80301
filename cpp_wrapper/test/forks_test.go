// SPDX-License-Identifier: MIT

package test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestForks runs programs that use compat/CSmtp2008.h and compat/forks.h, and compiles
// them with each kit.
func TestForks(t *testing.T) {
	for name, want := range map[string]string{"class2008": "class of 2008", "forks": "forks"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := link(t, "g++", name, append(sanitized, "-std=c++11", "forks/"+name+".cpp")...)
			folder := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(folder, "Grüße € 😀.txt"), []byte("octets"), 0o600))
			server := receiver(t, smtptest.MailOptions{})
			got := execute(t, folder, program, "127.0.0.1", strconv.Itoa(server.Port()))
			require.Zero(t, got.status, got.output)
			require.NoError(t, server.WaitIdle(1, deadline))
			mails := server.Mails()
			require.Len(t, mails, 1)
			assert.Equal(t, want, subject(t, mails[0]))
		})
	}
	for _, k := range kits {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for _, source := range []string{"forks/class2008.cpp", "forks/forks.cpp"} {
				run(t, k.compiler, join(warnings, includes, k.compile(t), []string{"-std=c++11", "-fsyntax-only", source})...)
			}
		})
	}
}
