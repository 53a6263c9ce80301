// SPDX-License-Identifier: MIT

package interop

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/tests/interop/servers"
)

// needDebian13 skips a test whose server needs Debian 13, because installing Debian 13
// takes minutes. To run these tests, as root:
//
//	CSMTP_INTEROP_DEBIAN13=1 go test -run 'TestLoginPlus|TestOpenSMTPD' .
func needDebian13(t *testing.T) {
	t.Helper()
	if !debian13Wanted() {
		t.Skip("set CSMTP_INTEROP_DEBIAN13=1 to install Debian 13 and run this test")
	}
}

func debian13Wanted() bool { return os.Getenv("CSMTP_INTEROP_DEBIAN13") != "" }

// TestLoginPlus logs in to Dovecot 2.4 with and without channel binding.
func TestLoginPlus(t *testing.T) {
	needDebian13(t)
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

// TestOpenSMTPD logs in to OpenSMTPD and sends a mail.
func TestOpenSMTPD(t *testing.T) {
	needDebian13(t)
	for _, w := range []way{
		{servers.OpenSMTPD, "open", smtp.STARTTLS},
		{servers.OpenSMTPD, "submission", smtp.STARTTLS},
		{servers.OpenSMTPD, "smtps", smtp.ImplicitTLS},
	} {
		for _, mechanism := range []string{"PLAIN", "LOGIN"} {
			t.Run(w.String()+" "+w.endpoint+" "+mechanism, func(t *testing.T) {
				rightLogin(t, w, mechanism)
				wrongLogin(t, w, mechanism)
			})
		}
	}
}
