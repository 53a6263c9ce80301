// SPDX-License-Identifier: MIT

package hostile

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// TestMemoryStaysFlat sends many mails on one handle, and others on a new handle for each
// mail. The use of memory, file descriptors and threads must not grow. With CSMTP_SOAK=1,
// it sends 100,000 mails on one handle and 20,000 on new handles.
func TestMemoryStaysFlat(t *testing.T) {
	kept, fresh := "4000", "1500"
	if os.Getenv("CSMTP_SOAK") != "" {
		kept, fresh = "100000", "20000"
	}
	server, err := smtptest.NewMailServer(smtptest.MailOptions{Discard: true})
	require.NoError(t, err)
	defer server.Close()
	lib := hosttest.Library(t)
	out := execute(t, 20*time.Minute, nil, compile(t, lib, "soak", "hosts/soak.c"), strconv.Itoa(server.Port()), kept, fresh)
	t.Logf("\n%s", out)
	require.Equal(t, 20, strings.Count(out, " mails: "), out)
}

// TestMemoryFails makes each of the first 8 allocations of the library's C code fail in turn.
func TestMemoryFails(t *testing.T) {
	lib := hosttest.Library(t)
	program := compile(t, lib, "nomemory", "hosts/nomemory.c", "-Wl,--export-dynamic")
	failures := 0
	for n := 1; n <= 8; n++ {
		if !strings.Contains(execute(t, time.Minute, nil, program, strconv.Itoa(n)), "0 failed") {
			failures++
		}
	}
	require.GreaterOrEqual(t, failures, 2, "too few allocations failed")
}
