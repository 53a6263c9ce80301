// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHugeAttachment sends a large sparse file as an attachment. It checks that the
// memory of the program does not grow with the file, and that the SIZE parameter is
// exact. With CSMTP_LONG_TESTS=1, the file has 4 GiB.
func TestHugeAttachment(t *testing.T) {
	notOn(t, "the peak memory includes the emulator's", "x64", "Win32", "arm64", "armhf")
	size := int64(128 << 20)
	if os.Getenv("CSMTP_LONG_TESTS") != "" {
		size = 4 << 30
	}
	path := filepath.Join(t.TempDir(), "huge.bin")
	require.NoError(t, os.WriteFile(path, []byte("begin"), 0o600))
	require.NoError(t, os.Truncate(path, size))
	server := receiver(t, smtptest.MailOptions{Discard: true, MaxSize: 8 << 30})
	program := link(t, "g++", "huge", "-std=c++11", "tools/huge.cpp")
	got := execute(t, t.TempDir(), program, "127.0.0.1", strconv.Itoa(server.Port()), path)
	require.Zero(t, got.status, got.output)
	mails := server.Mails()
	require.Len(t, mails, 1)
	assert.Greater(t, mails[0].Size, size*4/3)
	assert.True(t, slices.Contains(mails[0].Params, fmt.Sprintf("SIZE=%d", mails[0].Size)), "%v does not announce %d", mails[0].Params, mails[0].Size)
	grown, err := strconv.Atoi(strings.TrimSpace(got.output))
	require.NoError(t, err)
	t.Logf("%d octets: peak resident memory grew by %d KiB", mails[0].Size, grown)
	assert.Less(t, grown, 24<<10, "growth of the peak memory in KiB")
}
