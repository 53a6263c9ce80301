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

// TestLibcxx compiles, links and runs programs with libc++ in every standard.
func TestLibcxx(t *testing.T) {
	attachment := filepath.Join(t.TempDir(), "a file.bin")
	require.NoError(t, os.WriteFile(attachment, []byte("octets\n"), 0o600))
	eachKit(t, func(t *testing.T, k kit) {
		if k.libcxx == "" {
			return
		}
		for _, standard := range standards {
			t.Run(standard, func(t *testing.T) {
				t.Parallel()
				server := receiver(t, smtptest.MailOptions{})
				got := execute(t, t.TempDir(), k.build(t, standard, "tools/everymethod.cpp"),
					"localhost", strconv.Itoa(server.Port()), "tls", "alice@test.example", "s3cret pass", attachment)
				require.Zero(t, got.status, got.output)
				require.NoError(t, server.WaitIdle(2, deadline))
				assert.Len(t, server.Mails(), 2)

				server = receiver(t, smtptest.MailOptions{NoAuth: true})
				got = execute(t, t.TempDir(), k.build(t, standard, "-DWITH_FUNCTIONAL", "tools/spellings.cpp"), "127.0.0.1", strconv.Itoa(server.Port()))
				require.Zero(t, got.status, got.output)
			})
		}
		t.Run("callbacks", func(t *testing.T) {
			t.Parallel()
			server := receiver(t, smtptest.MailOptions{NoAuth: true})
			got := execute(t, t.TempDir(), k.build(t, "c++2b", "tools/callbacks.cpp"), "127.0.0.1", strconv.Itoa(server.Port()))
			require.Zero(t, got.status, got.output)
		})
	})
}

// build compiles and links a program with the kit and returns its path.
func (k kit) build(t *testing.T, standard string, args ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	lib := library(t)
	run(t, k.compiler, join(warnings, []string{"-Wpedantic"}, includes, k.compile(t), []string{"-std=" + standard}, args,
		[]string{"-o", program, "-L" + lib, "-lcsmtp", "-pthread", "-Wl,-rpath," + lib}, k.link(t))...)
	return program
}
