// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A session ends with QUIT after DisconnectRemoteServer, after a failed Send, and when the
// server's limit of mails per session is reached.
func TestQuitAfterLastMail(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Extra: []string{"LIMITS MAILMAX=1"},
		Faults: []smtptest.Fault{{Step: "end of data", Do: "554 5.6.0 I do not like it", Nth: 3}}})
	h := handle(t, server)
	connect := func() {
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
		})
	}
	connect()
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send) // in a new session, because the server accepts only one mail per session
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	connect()
	mustFail(t, h, msgBodyError, (*Mailer).Send)
	records := waitIdle(t, server, 2)
	require.Len(t, records, 3)
	for i, r := range records {
		assert.Contains(t, fmt.Sprint(r.Dialogue), "QUIT", "session %d", i+1)
	}
}
