// SPDX-License-Identifier: MIT

package test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The first program of docs/testing.md does what the page says, with each script.
func TestFirstStepsOfTestingPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/testing.md")
	require.NoError(t, err)
	fences, _, err := hosttest.Fences(string(page))
	require.NoError(t, err)
	source := ""
	for _, f := range fences {
		if f.Language == "cpp" && source == "" {
			source = f.Text
		}
	}
	server := smtptest.NewTest(t, smtptest.MailOptions{})
	folder := filepath.Dir(server.CAFile()) // the program reads ca.pem
	require.Equal(t, "ca.pem", filepath.Base(server.CAFile()))
	require.Equal(t, 1, strings.Count(source, "2525"))
	file := filepath.Join(t.TempDir(), "invoice.cpp")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(source, "2525", strconv.Itoa(server.Port()))), 0o644))
	program := link(t, "g++", "invoice", "-std=c++11", file)

	for _, step := range []struct {
		script string
		status int
		says   []string
	}{
		{"", 0, []string{"sent"}},
		{"wrong-password", 1, []string{"error 406", "535 5.7.8 Authentication credentials invalid"}},
		{"dropped-after-last-octet", 1, []string{"error 400", "do not simply try again"}},
		{"", 0, []string{"sent"}},
	} {
		if step.script != "" {
			assert.Contains(t, string(page), "--ca-file ca.pem --script "+step.script+"\n")
			server.PlayReady(step.script)
		}
		got := execute(t, folder, program)
		assert.Equal(t, step.status, got.status, got.output)
		for _, text := range step.says {
			assert.Contains(t, got.output, text)
			assert.Contains(t, strings.Join(strings.Fields(string(page)), " "), text)
		}
		if step.script != "" {
			server.Played()
			require.NoError(t, server.Play(nil, smtptest.Whole))
		}
	}
	assert.Len(t, server.Wait(2), 2)
}
