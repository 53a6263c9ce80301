// SPDX-License-Identifier: MIT

package packaging

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// `man -l PAGE` shows the manual page of every function, even after the folder was
// moved.
func TestEveryFunctionHasAPage(t *testing.T) {
	hosttest.Need(t, "doxygen")
	hosttest.Need(t, "man")
	out := t.TempDir()
	require.NoError(t, hosttest.Command(hosttest.Root(), nil, "bash", "docs/make.sh", out))
	moved := filepath.Join(t.TempDir(), "moved")
	require.NoError(t, os.Rename(filepath.Join(out, "man"), moved))
	for i, f := range hosttest.Header(t).Functions {
		page := filepath.Join(moved, "man3", f.CName()+".3")
		text := read(t, page)
		assert.NotContains(t, "\n"+text, "\n.so ", page)
		assert.Contains(t, text, f.CName())
		if i%40 == 0 { // only some pages, because formatting one takes a second
			shown := output(t, "/", []string{"MANPAGER=cat", "MANWIDTH=100", "LC_ALL=C.UTF-8"}, "man", "-l", page)
			assert.Contains(t, shown, f.CName())
			assert.NotContains(t, shown, "can't open")
		}
	}
	send := output(t, "/", []string{"MANPAGER=cat", "LC_ALL=C.UTF-8"}, "man", "-l", filepath.Join(moved, "man3", "CSmtp_Send.3"))
	assert.Contains(t, send, "CSmtp_Send")
	assert.Contains(t, send, "To send several mails over one session", "the group's comment")
	count := output(t, "/", []string{"MANPAGER=cat", "LC_ALL=C.UTF-8"}, "man", "-l", filepath.Join(moved, "man3", "CSmtp_GetCCRecipientCount.3"))
	assert.Contains(t, strings.Join(strings.Fields(count), " "), "int CSmtp_GetCCRecipientCount (CSmtpHandle h) Return the number",
		"the comment of several functions")
	assert.Contains(t, read(t, filepath.Join(out, "html", "index.html")), "Message and settings", "the main page")
}
