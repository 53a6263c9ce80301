// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refuseInLatin1 starts a server that refuses MAIL. The text of its reply is in ISO-8859-1.
func refuseInLatin1(t *testing.T) uint16 {
	t.Helper()
	return rude(t, nil, "220 mail.example", func(command string) string {
		if strings.HasPrefix(command, "MAIL") {
			return "550 5.7.1 Gesperrt f\xfcr geh\xe4use7"
		}
		return "250 ok"
	})
}

// Replies that are not UTF-8 are decoded with the charset that the handle or the
// configuration file sets. So the getters, the error text and the log show them correctly.
// The charset can change during a session.
func TestReplyInTheCharset(t *testing.T) {
	port := refuseInLatin1(t)
	h := New()
	t.Cleanup(func() { Free(h) })
	var log []string
	mustCall(t, h, func(m *Mailer) error {
		return m.SetLogCallback(func(_ int, line string) { log = append(log, line) })
	})
	mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
	mustCall(t, h, func(m *Mailer) error { return m.AddMsgLine("Hello.") })
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("gehäuse7") })
	check := func(want string) {
		t.Helper()
		log = nil
		text := mustFail(t, h, 300, (*Mailer).Send)
		assert.Contains(t, text, want)
		assert.Contains(t, Value(h, (*Mailer).GetLastReply), want)
		assert.Contains(t, strings.Join(log, "\n"), want)
	}
	connect := func() {
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", port, noSecurity, false, "", "")
		})
	}
	connect()
	check("Gesperrt f\ufffdr ****")
	connect()
	mustCall(t, h, func(m *Mailer) error { return m.SetCharSet("ISO-8859-1") })
	check("Gesperrt für ****")
	connect()
	mustCall(t, h, func(m *Mailer) error { return m.SetCharSet("UTF-8") })
	check("Gesperrt f\ufffdr ****")

	path := filepath.Join(t.TempDir(), "csmtp.conf")
	require.NoError(t, os.WriteFile(path, []byte("[*]\ncharset = windows-1252\n"), 0o600))
	t.Setenv(configVariable, path)
	connect()
	check("Gesperrt für ****")
}
