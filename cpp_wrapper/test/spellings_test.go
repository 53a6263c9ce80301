// SPDX-License-Identifier: MIT

package test

import (
	"strconv"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// TestSpellings passes callbacks of every kind that std::function accepts, in programs
// with and without <functional>.
func TestSpellings(t *testing.T) {
	for _, define := range []string{"-DALONE", "-DWITH_FUNCTIONAL"} {
		t.Run(define, func(t *testing.T) {
			t.Parallel()
			program := link(t, "g++", "spellings"+define, join(sanitized, []string{"-std=c++14", define, "tools/spellings.cpp"})...)
			server := receiver(t, smtptest.MailOptions{NoAuth: true})
			got := execute(t, t.TempDir(), program, "127.0.0.1", strconv.Itoa(server.Port()))
			require.Zero(t, got.status, got.output)
		})
	}
}

func TestSpellingsInEveryKit(t *testing.T) {
	eachKit(t, func(t *testing.T, k kit) {
		for _, standard := range k.sampled() {
			for _, define := range []string{"-DALONE", "-DWITH_FUNCTIONAL"} {
				run(t, k.compiler, join(warnings, strictWarnings, includes, k.compile(t), []string{"-std=" + standard, define, "-fsyntax-only", "tools/spellings.cpp"})...)
			}
		}
	})
}
