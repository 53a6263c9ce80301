// SPDX-License-Identifier: MIT

package test

import (
	"strconv"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// TestLifetimes compiles a program with the sanitizers and runs it. In the program,
// threads share an object, or an object is destroyed before its asynchronous Send has
// ended.
func TestLifetimes(t *testing.T) {
	for name, flags := range map[string][]string{
		"address": sanitized,
		"thread":  {"-g", "-O1", "-fsanitize=thread"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "thread" {
				notOn(t, "no ThreadSanitizer", "x64", "Win32", "arm64", "armhf")
			}
			program := link(t, "g++", "lifetimes-"+name, join(flags, []string{"-std=c++11", "tools/lifetimes.cpp"})...)
			server := receiver(t, smtptest.MailOptions{NoAuth: true})
			got := execute(t, t.TempDir(), program, "127.0.0.1", strconv.Itoa(server.Port()))
			require.Zero(t, got.status, got.output)
		})
	}
}
