// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestQuick runs the drivers that need no installed packages: those for csmtp, go-mail and
// the standard libraries of Go and Python. ./build.sh bench -quick also runs the other drivers.
func TestQuick(t *testing.T) {
	here, err := os.Getwd()
	require.NoError(t, err)
	lib, set := os.LookupEnv("CSMTP_BUILD_DIR")
	if set {
		lib, err = filepath.Abs(lib)
		require.NoError(t, err)
	} else {
		lib = t.TempDir()
		build := exec.Command("../../../build.sh", "lib")
		build.Env = append(os.Environ(), "CSMTP_BUILD_DIR="+lib)
		out, err := build.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	dir := t.TempDir()
	run := exec.Command(filepath.Join(here, "run.sh"), "-quick", "-only", "W1,W3-resumed,W5-100,W8")
	run.Env = append(os.Environ(), "CSMTP_BUILD_DIR="+lib, "BENCH_DIR="+dir, "BENCH_OWN=1")
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, client := range []string{ours, oursBatch, oursChunks, netSMTP, goMail, smtplib, floor, floorBatch} {
		assert.Regexp(t, `\| \**`+regexp.QuoteMeta(client)+`\** \| [0-9]`, string(out))
	}
	assert.Contains(t, string(out), "| W5-100 csmtp Send, flushes without EHLO and QUIT | ≤ 3 | 3 | met |")
	assert.Contains(t, string(out), "| POCO Net | - |")
	for _, name := range []string{"results.md", "results.svg"} {
		assert.FileExists(t, filepath.Join(dir, name))
	}
}
