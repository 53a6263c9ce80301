// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sample = "../../examples/cpp/sample.cpp"

// TestSampleCompilesForEveryProvider compiles the sample program once for each provider
// that the program supports.
func TestSampleCompilesForEveryProvider(t *testing.T) {
	text, err := os.ReadFile(sample)
	require.NoError(t, err)
	providers := map[string]bool{}
	for _, m := range regexp.MustCompile(`\(test_(\w+)\)`).FindAllStringSubmatch(string(text), -1) {
		providers["test_"+m[1]] = true
	}
	require.GreaterOrEqual(t, len(providers), 8)
	for provider := range providers {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			check(t, "g++", "-std=c++11", "-D"+provider, sample)
		})
	}
	check(t, "clang++", "-std=c++20", sample)
}

// TestSampleRuns runs the sample against package smtptest.
func TestSampleRuns(t *testing.T) {
	for _, security := range []string{"USE_TLS", "USE_SSL"} {
		t.Run(security, func(t *testing.T) {
			server := receiver(t, smtptest.MailOptions{Users: map[string]string{"login@example.com": "s3cret pass"}})
			port := map[string]int{"USE_TLS": server.Port(), "USE_SSL": server.TLSPort()}[security]
			program := link(t, "g++", "sample-"+security, "-std=c++11", "-Dtest_own_server", `-DOWN_SERVER="localhost"`,
				fmt.Sprintf("-DOWN_PORT=%d", port), "-DOWN_SECURITY="+security, `-DOWN_LOGIN="login@example.com"`,
				`-DOWN_PASSWORD="s3cret pass"`, fmt.Sprintf("-DOWN_CA_FILE=%q", authorityFile(t)), sample)
			got := execute(t, t.TempDir(), program)
			require.Zero(t, got.status, got.output)
			require.NoError(t, server.WaitIdle(1, deadline))
			mails := server.Mails()
			require.Len(t, mails, 1)
			assert.Equal(t, "A mail of the sample program", subject(t, mails[0]))
			assert.Equal(t, "login@example.com", mails[0].Login)
			assert.NotEmpty(t, mails[0].TLS)
			assert.Len(t, mails[0].Recipients, 2)
			body := string(mails[0].Data)
			assert.Contains(t, body, "\r\nThis mail has one attachment.\r\n")
			assert.NotContains(t, body, "taken out again")
			assert.NotContains(t, body, "will be changed")
			assert.Contains(t, body, "sample.txt")
		})
	}
}

// TestExamples runs the examples in C and C++, with the right and a wrong password.
func TestExamples(t *testing.T) {
	for name, program := range map[string]string{
		"C++": link(t, "g++", "send", "-std=c++11", "../../examples/cpp/send.cpp"),
		"C":   link(t, "gcc", "send", "-std=c99", "../../examples/c/send.c"),
	} {
		t.Run(name, func(t *testing.T) {
			server := receiver(t, smtptest.MailOptions{AuthFirst: true})
			args := []string{"localhost", strconv.Itoa(server.Port()), "alice@test.example"}
			got := execute(t, t.TempDir(), program, append(args, "s3cret pass", authorityFile(t))...)
			require.Zero(t, got.status, got.output)
			mails := server.Mails()
			require.NotEmpty(t, mails)
			assert.Equal(t, "alice@test.example", mails[0].Login)
			assert.NotEmpty(t, subject(t, mails[0]))

			got = execute(t, t.TempDir(), program, append(args, "not it", authorityFile(t))...)
			assert.Equal(t, 1, got.status, got.output)
			assert.Contains(t, got.output, "535", "the error must contain the server's reply")
			assert.NotContains(t, got.output, "not it")
		})
	}
}
