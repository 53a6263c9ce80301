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

// TestHugeAttachment sends a sparse file in constant memory, its size announced
// to the octet. CSMTP_LONG_TESTS=1 makes it one of 4 GiB.
func TestHugeAttachment(t *testing.T) {
	notOn(t, "the peak of memory is not the program's own", "windows", "arm64", "armhf")
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
	assert.True(t, slices.Contains(mails[0].Params, fmt.Sprintf("SIZE=%d", mails[0].Size)), "%v is not %d", mails[0].Params, mails[0].Size)
	grown, err := strconv.Atoi(strings.TrimSpace(got.output))
	require.NoError(t, err)
	t.Logf("%d octets: peak resident memory grew by %d KiB", mails[0].Size, grown)
	assert.Less(t, grown, 24<<10, "KiB")
}
