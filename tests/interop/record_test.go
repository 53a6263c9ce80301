// SPDX-License-Identifier: MIT

package interop

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/internal/mailer"
	"csmtp/smtp"
	"csmtp/smtp/smtptest"
	"csmtp/tests/interop/servers"
)

// send sends a mail with the settings and records the session. If 'contents' is true, the
// transcript also contains the addresses and the message. It returns the error number and the
// transcript.
func send(t *testing.T, contents bool, settings ...func(m *mailer.Mailer) error) (mailer.Number, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "session.txt")
	h := mailer.New()
	require.NotZero(t, h)
	defer mailer.Free(h)
	settings = append(settings, func(m *mailer.Mailer) error { return m.SetRecordFile(path, contents) })
	for _, set := range settings {
		require.Equal(t, mailer.NoError, mailer.Call(h, set), mailer.Told(h, false).GetLastErrorText())
	}
	n := mailer.Call(h, (*mailer.Mailer).Send)
	text, err := os.ReadFile(path)
	require.NoError(t, err, mailer.Told(h, false).GetLastErrorText())
	return n, string(text)
}

// spoken returns a transcript without its comments and its description, which contains the
// date.
func spoken(text string) string {
	return regexp.MustCompile(`(?m)^(#|description:).*\n`).ReplaceAllString(text, "")
}

// TestRecordedSessionReplays records sessions with real servers. It then plays each
// transcript to the same client, and records this session too. Both transcripts must be
// equal. (A transcript contains * instead of the parts that can differ, and fixed challenges
// instead of the server's.)
func TestRecordedSessionReplays(t *testing.T) {
	for _, w := range []way{
		{servers.Postfix, "open", smtp.NoSecurity}, {servers.Postfix, "submission", smtp.STARTTLS}, {servers.Postfix, "smtps", smtp.ImplicitTLS},
		{servers.Exim, "open", smtp.NoSecurity}, {servers.Exim, "open", smtp.STARTTLS}, {servers.Exim, "smtps", smtp.ImplicitTLS},
	} {
		for name, to := range map[string]string{"accepted": "record@" + servers.Domain, "refused": "refused@" + servers.Domain} {
			for _, contents := range []bool{false, true} {
				t.Run(w.String()+"/"+name, func(t *testing.T) {
					s := servers.Get(t, w.kind)
					e := s.Endpoint(w.endpoint)
					login := w.security != smtp.NoSecurity && name == "accepted"
					common := func(m *mailer.Mailer) error {
						m.SetSecurityType([...]int{smtp.NoSecurity: 0, smtp.STARTTLS: 1, smtp.ImplicitTLS: 2}[w.security])
						return m.AddMsgLine("Hello.")
					}
					number, text := send(t, contents, common,
						func(m *mailer.Mailer) error { return m.SetSMTPServer(e.Host, uint16(e.Port), login) },
						func(m *mailer.Mailer) error { return m.SetCAFile(s.CA.File) },
						func(m *mailer.Mailer) error { return m.SetLogin(servers.Alice.Name) },
						func(m *mailer.Mailer) error { return m.SetPassword(servers.Alice.Password) },
						func(m *mailer.Mailer) error { return m.SetSenderMail("alice@test.example") },
						func(m *mailer.Mailer) error { return m.AddRecipient(to, "") },
						func(m *mailer.Mailer) error { return m.SetSubject("A recorded mail") },
					)
					if name == "accepted" {
						require.Equal(t, mailer.NoError, number, text)
						s.Await(t, to).Remove(t)
					}
					assert.NotContains(t, text, servers.Alice.Password)
					if !contents {
						for _, private := range []string{to, "A recorded mail", "Hello."} {
							assert.NotContains(t, text, private)
						}
					}
					script, err := smtptest.Parse(text)
					require.NoError(t, err, text)
					player, err := script.Start(smtptest.Whole)
					require.NoError(t, err)
					defer player.Close()
					ca, err := smtptest.WriteCA(t.TempDir())
					require.NoError(t, err)
					again, second := send(t, contents, common,
						func(m *mailer.Mailer) error { return m.SetSMTPServer("localhost", uint16(player.Port()), login) },
						func(m *mailer.Mailer) error { return m.SetCAFile(ca) },
						func(m *mailer.Mailer) error { return m.SetLogin(script.Header.Get("login")) },
						func(m *mailer.Mailer) error { return m.SetPassword(script.Header.Get("password")) },
						func(m *mailer.Mailer) error { return m.SetSenderMail(script.Header.Get("from")) },
						func(m *mailer.Mailer) error { return m.AddRecipient(script.Header.Get("to"), "") },
					)
					require.NoError(t, player.Wait(), player.Dialogue())
					assert.Equal(t, number, again)
					assert.Equal(t, spoken(text), spoken(second))
				})
			}
		}
	}
}
