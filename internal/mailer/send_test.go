// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSendAloneClosesItsSession(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
	records := waitIdle(t, server, 2)
	require.Len(t, records, 2)
	assert.Equal(t, 250, Value(h, (*Mailer).GetLastReplyCode))
	assert.Contains(t, Value(h, (*Mailer).GetLastReply), Value(h, (*Mailer).GetQueueID))
	for _, r := range records {
		assert.Equal(t, 1, r.Mails)
		assert.Empty(t, r.Violations)
		assert.Regexp(t, `(?m)^C: QUIT$`, r.Dialogue.String())
	}
}

func TestMailsBetweenConnectAndDisconnectShareSession(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	for range 3 {
		mustCall(t, h, (*Mailer).Send)
	}
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	records := waitIdle(t, server, 1)
	require.Len(t, records, 1)
	assert.Equal(t, 3, records[0].Mails)
	assert.NotRegexp(t, `(?m)^C: RSET`, records[0].Dialogue.String())
}

func TestDroppedIdleSessionIsReplacedOnce(t *testing.T) {
	for _, do := range []string{"close after 1", "421 after 1"} {
		server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Do: do}}})
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
		})
		for range 4 {
			mustCall(t, h, (*Mailer).Send)
		}
		mustCall(t, h, (*Mailer).DisconnectRemoteServer)
		assert.Len(t, server.Mails(), 4, do)
		assert.Len(t, waitIdle(t, server, 4), 4, do)
	}
}

func TestHandleIsUsableAfterAnyError(t *testing.T) {
	for _, step := range []string{"greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "end of data"} {
		for _, do := range []string{"close", "garble", "421", "550 5.0.0 No"} {
			server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: step, Do: do, Nth: 1}}})
			h := handle(t, server)
			if n := Call(h, (*Mailer).Send); step == "EHLO" && do == "550 5.0.0 No" {
				assert.Equal(t, commandEHLO, n) // the client does not try HELO if a login is set
			} else {
				assert.NotEqual(t, NoError, n, "%s: %s", step, do)
			}
			mustCall(t, h, (*Mailer).Send)
			assert.Equal(t, NoError, LastError(h))
			want := 1
			if step == "end of data" && (do == "close" || do == "garble") {
				want = 2 // the first mail is in doubt, and was delivered
			}
			assert.Equal(t, want, len(server.Mails()), "%s: %s", step, do)
			server.Close()
		}
	}
}

func TestErrorTextHoldsServerReply(t *testing.T) {
	server := serve(t, smtptest.MailOptions{AuthFirst: true})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(server.Port()), false) })
	text := mustFail(t, h, commandMailFrom, (*Mailer).Send)
	assert.Contains(t, text, "530")
	assert.Equal(t, 530, Value(h, (*Mailer).GetLastReplyCode))
	assert.True(t, strings.HasPrefix(Value(h, (*Mailer).GetLastReply), "530 "))
	assert.Regexp(t, `^5\.\d\.\d$`, Value(h, (*Mailer).GetLastEnhancedCode))
}

func TestAllOrNothingAndPartialDelivery(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.AddCCRecipient("refused@test.example", "") })
	text := mustFail(t, h, commandRcptTo, (*Mailer).Send)
	assert.Contains(t, text, "refused@test.example")
	assert.Empty(t, server.Mails())
	assert.Equal(t, int(smtp.RejectedPermanent), Value(h, (*Mailer).GetOutcome))

	mustCall(t, h, func(m *Mailer) error { return m.SetPartialDelivery(true) })
	mustCall(t, h, (*Mailer).Send)
	require.Len(t, server.Mails(), 1)
	assert.Equal(t, int(smtp.Partial), Value(h, (*Mailer).GetOutcome))
	require.Equal(t, 2, Value(h, (*Mailer).GetResultCount))
	Call(h, func(m *Mailer) error {
		assert.True(t, m.GetResultAccepted(0))
		assert.False(t, m.GetResultAccepted(1))
		assert.Equal(t, "refused@test.example", m.GetResultRecipient(1))
		assert.Equal(t, 550, m.GetResultCode(1))
		assert.Zero(t, m.GetResultCode(2))
		return nil
	})
}

func TestOnlyRetryKeepsMessageID(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Do: "451 4.3.0 Later", Nth: 1}}})
	h := handle(t, server)
	mustFail(t, h, msgBodyError, (*Mailer).Send)
	assert.True(t, Value(h, (*Mailer).IsSafeToRetry))
	first := Value(h, (*Mailer).GetMessageID)
	require.NotEmpty(t, first)
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, first, Value(h, (*Mailer).GetMessageID))
	mustCall(t, h, (*Mailer).Send)
	assert.NotEqual(t, first, Value(h, (*Mailer).GetMessageID))
	mustCall(t, h, func(m *Mailer) error { return m.SetMessageID("<mine@test.example>") })
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
	assert.Contains(t, string(server.Mails()[3].Data), "<mine@test.example>")
}

func TestInDoubtIsReported(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Do: "close", Nth: 1}}})
	h := handle(t, server)
	mustFail(t, h, connectionClosed, (*Mailer).Send)
	assert.Equal(t, int(smtp.InDoubt), Value(h, (*Mailer).GetOutcome))
	assert.False(t, Value(h, (*Mailer).IsSafeToRetry))
}

func TestMissingFieldsAreFoundBeforeConnecting(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	missing := filepath.Join(t.TempDir(), "missing")
	for _, row := range []struct {
		want  Number
		spoil func(*Mailer) error
	}{
		{undefRecipients, (*Mailer).DelRecipients},
		{undefMailFrom, func(m *Mailer) error { return m.SetSenderMail("") }},
		{UndefRecipientMail, func(m *Mailer) error { return m.AddRecipient("", "") }},
		{fileNotExist, func(m *Mailer) error { return m.AddAttachment(missing) }},
		{fileNotExist, func(m *Mailer) error { return m.AddAttachment(os.TempDir()) }},
		{badInput, func(m *Mailer) error { return m.SetSubject("a\r\nBcc: eve@test.example") }},
		{badInput, func(m *Mailer) error { return m.AddRecipient("bob@test.example\r\nRCPT TO:<eve@test.example>", "") }},
		{badInput, func(m *Mailer) error { return m.SetCharSet("no-such-charset") }},
		{badInput, func(m *Mailer) error { m.SetStrict(true); return m.AddMsgLine("gr\xfc\xdfe") }},
	} {
		h := handle(t, server)
		mustCall(t, h, row.spoil)
		mustFail(t, h, row.want, (*Mailer).Send)
	}
	assert.Empty(t, server.Sessions())
}

func TestSendRaw(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mail := "From: Alice <alice@test.example>\nTo: bob@test.example\nBcc: eve@test.example\nSubject: raw\n\nHello.\n.\n"
	mustCall(t, h, func(m *Mailer) error { return m.SendRaw([]byte(mail), nil, nil) })
	from, to := "bounce@test.example", "carol@test.example, <\"a,b\"@test.example>"
	path := filepath.Join(t.TempDir(), "a.eml")
	require.NoError(t, os.WriteFile(path, []byte(mail), 0o600))
	mustCall(t, h, func(m *Mailer) error { return m.SendRawFile(path, &from, &to) })
	mails := server.Mails()
	require.Len(t, mails, 2)
	assert.Equal(t, "alice@test.example", mails[0].From)
	assert.Len(t, mails[0].Recipients, 2)
	assert.NotRegexp(t, `(?im)^bcc`, string(mails[0].Data))
	assert.True(t, strings.HasSuffix(string(mails[0].Data), "\r\n\r\nHello.\r\n.\r\n"))
	assert.Equal(t, from, mails[1].From)
	assert.Equal(t, `"a,b"@test.example`, mails[1].Recipients[1].Address)
	// If the list of recipients is empty, SendRaw fails, and does not use the recipients in
	// the header.
	for _, empty := range []string{"", " ", ",", " , "} {
		mustFail(t, h, undefRecipients, func(m *Mailer) error { return m.SendRaw([]byte(mail), &from, &empty) })
	}
	require.Len(t, server.Mails(), 2)
	none := "Subject: nobody\n\nHello.\n"
	mustFail(t, h, undefRecipients, func(m *Mailer) error { return m.SendRaw([]byte(none), &from, nil) })
}

func TestRenderAndSaveAreWhatIsSent(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetDate(1_800_000_000) })
	mustCall(t, h, func(m *Mailer) error { return m.SetMessageID("<mine@test.example>") })
	var rendered []byte
	mustCall(t, h, func(m *Mailer) (err error) { rendered, err = m.RenderMessage(); return err })
	path := filepath.Join(t.TempDir(), "saved.eml")
	mustCall(t, h, func(m *Mailer) error { return m.SaveMessage(path) })
	mustCall(t, h, (*Mailer).Send)
	saved, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(rendered), string(saved))
	assert.Equal(t, string(rendered), string(server.Mails()[0].Data))
	mustFail(t, h, fileNotExist, func(m *Mailer) error { return m.SaveMessage(filepath.Join(path, "below")) })
}

// If an attachment changes while it is being sent, Send fails. The client does not send the
// end of the message, so the server does not deliver it.
func TestChangedAttachmentIsNotDelivered(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	for name, change := range map[string]func(path string) error{
		"shrinks": func(path string) error { return os.Truncate(path, 1<<20) },
		"grows":   func(path string) error { return os.Truncate(path, 9<<20) },
	} {
		for _, chunking := range []int{0, 1} {
			path := filepath.Join(t.TempDir(), "a.bin")
			require.NoError(t, os.WriteFile(path, make([]byte, 8<<20), 0o600))
			h := handle(t, server)
			mustCall(t, h, func(m *Mailer) error { return m.AddAttachment(path) })
			mustCall(t, h, func(m *Mailer) error { return m.SetChunking(chunking) })
			mustCall(t, h, func(m *Mailer) error {
				return m.SetProgressCallback(func(sent, _ int64) bool { return sent < 100_000 || change(path) == nil })
			})
			assert.Contains(t, mustFail(t, h, msgBodyError, (*Mailer).Send), "the mail was not sent", name)
			assert.Equal(t, int(smtp.NotSent), Value(h, (*Mailer).GetOutcome), name)
			assert.True(t, Value(h, (*Mailer).IsSafeToRetry), name)
			mustCall(t, h, func(m *Mailer) error { return m.SetProgressCallback(nil) })
			mustCall(t, h, (*Mailer).Send)
		}
	}
	assert.Len(t, server.Mails(), 4, "mails that were sent after each failure")
}
