// SPDX-License-Identifier: MIT

package interop

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"csmtp/interop/servers"
	"csmtp/smtp"
)

// TestLoginPlus logs in with channel binding at Dovecot 2.4. Its Debian 13
// takes minutes to install, so it runs when asked for (as root):
//
//	CSMTP_INTEROP_DEBIAN13=1 go test -run TestLoginPlus .
func TestLoginPlus(t *testing.T) {
	if os.Getenv("CSMTP_INTEROP_DEBIAN13") == "" {
		return
	}
	plus := []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"}
	for _, w := range []way{
		{servers.Dovecot24, "submission", smtp.STARTTLS},
		{servers.Dovecot24, "submissions", smtp.ImplicitTLS},
	} {
		for _, mechanism := range append(slices.Clone(plus), "PLAIN", "CRAM-MD5", "SCRAM-SHA-256") {
			t.Run(w.String()+" "+mechanism, func(t *testing.T) {
				rightLogin(t, w, mechanism)
				wrongLogin(t, w, mechanism)
			})
		}
		t.Run(w.String()+" strongest", func(t *testing.T) {
			auth := credentials("", servers.Alice, time.Time{})
			auth.Mechanisms = nil
			d := openWith(t, w, auth)
			require.NotEmpty(t, d.line("-- logged in with SCRAM-SHA-256-PLUS"))
		})
	}
}
