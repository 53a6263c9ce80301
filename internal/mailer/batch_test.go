// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// letters returns a handle that sends to the server, and n handles with mails.
func letters(t *testing.T, server *smtptest.MailServer, n int) (h uintptr, mails []uintptr) {
	h = handle(t, server)
	for i := range n {
		mail := handle(t, server)
		mustCall(t, mail, func(m *Mailer) error { return m.SetSubject(fmt.Sprintf("Mail %d", i)) })
		mustCall(t, mail, func(m *Mailer) error { return m.SetSMTPServer("no.such.host.invalid", 25, false) })
		mails = append(mails, mail)
	}
	return h, mails
}

func outcome(h uintptr) smtp.Outcome { return smtp.Outcome(Value(h, (*Mailer).GetOutcome)) }

func TestBatchIsOneSession(t *testing.T) {
	for _, chunking := range []int{useDATA, useBDAT} {
		server := serve(t, smtptest.MailOptions{})
		h, mails := letters(t, server, 5)
		for _, mail := range mails {
			mustCall(t, mail, func(m *Mailer) error { return m.SetChunking(chunking) })
		}
		for range 2 { // the second batch uses the same handles
			numbers := make([]Number, 5)
			require.Equal(t, NoError, SendBatch(h, mails, numbers))
			require.Equal(t, make([]Number, 5), numbers)
		}
		records := waitIdle(t, server, 10)
		require.Len(t, records, 2)
		ids := map[string]bool{}
		for i, mail := range mails {
			assert.Equal(t, smtp.Accepted, outcome(mail))
			assert.Equal(t, 250, Value(mail, (*Mailer).GetLastReplyCode))
			assert.NotEmpty(t, Value(mail, (*Mailer).GetQueueID))
			assert.Equal(t, 1, Value(mail, (*Mailer).GetResultCount))
			assert.Contains(t, string(server.Mails()[i].Data), fmt.Sprintf("Subject: Mail %d\r\n", i))
		}
		for _, m := range server.Mails() {
			ids[string(m.Data)] = true
		}
		assert.Len(t, ids, 10, "distinct Message-IDs")
		assert.Empty(t, records[0].Violations)
	}
}

// Each mail has its own error number. SendBatch returns the first one that is not 0.
func TestBatchWithBadMails(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "RCPT", Do: "550 5.1.1 No such user", Nth: 2}}})
	h, mails := letters(t, server, 5)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	mustCall(t, mails[3], (*Mailer).DelRecipients)
	shrinking := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(shrinking, make([]byte, 1<<20), 0o600))
	mustCall(t, mails[2], func(m *Mailer) error { return m.AddAttachment(shrinking) })
	mustCall(t, mails[2], func(m *Mailer) error {
		return m.SetProgressCallback(func(sent, total int64) bool { return os.Truncate(shrinking, 10) == nil })
	})
	numbers := make([]Number, 5)
	require.Equal(t, commandRcptTo, SendBatch(h, mails, numbers))
	require.Equal(t, []Number{NoError, commandRcptTo, msgBodyError, undefRecipients, NoError}, numbers)
	assert.Equal(t, commandRcptTo, LastError(h))
	assert.Equal(t, "550 5.1.1 No such user", Value(h, (*Mailer).GetLastReply))
	for i, want := range []smtp.Outcome{smtp.Accepted, smtp.RejectedPermanent, smtp.NotSent, smtp.NotSent, smtp.Accepted} {
		assert.Equal(t, want, outcome(mails[i]), "mail %d", i)
		assert.Equal(t, numbers[i], LastError(mails[i]))
	}
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	require.Len(t, waitIdle(t, server, 2), 2, "sessions: the file that shrank ended the first one")
}

// If a server ends the session between two mails, the next mail is sent over a new session.
// If the server ends the session during the transaction of a mail, the batch ends.
func TestBatchAndSessionsThatEnd(t *testing.T) {
	for do, sessions := range map[string]int{"close after 2": 3, "421 after 2": 3} {
		server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Do: do}}})
		h, mails := letters(t, server, 5)
		numbers := make([]Number, 5)
		require.Equal(t, NoError, SendBatch(h, mails, numbers), do)
		require.Len(t, waitIdle(t, server, 5), sessions, do)
	}
	server := serve(t, smtptest.MailOptions{Extra: []string{"LIMITS MAILMAX=2"}})
	h, mails := letters(t, server, 5)
	require.Equal(t, NoError, SendBatch(h, mails, make([]Number, 5)))
	require.Len(t, waitIdle(t, server, 5), 3)

	server = serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Do: "421", Nth: 2}}})
	h, mails = letters(t, server, 4)
	numbers := make([]Number, 4)
	require.Equal(t, msgBodyError, SendBatch(h, mails, numbers))
	require.Len(t, waitIdle(t, server, 1), 1)
	for i, want := range []smtp.Outcome{smtp.Accepted, smtp.RejectedTemporary, smtp.NotSent, smtp.NotSent} {
		assert.Equal(t, want, outcome(mails[i]))
		assert.Equal(t, i > 0, numbers[i] != NoError)
		assert.Equal(t, i > 0, Value(mails[i], (*Mailer).IsSafeToRetry))
	}
	require.Equal(t, NoError, SendBatch(h, mails[1:], numbers[1:]))
}

// If a server ends every session at MAIL, the library stops after a few sessions, and does
// not open one for each mail.
func TestBatchEndsAfterSessionsWithoutProgress(t *testing.T) {
	type fault = smtptest.Fault
	for name, c := range map[string]struct {
		faults   []fault
		hidden   []string
		kept     bool
		accepted int
		sessions int
	}{
		"421 to each MAIL":           {faults: []fault{{Step: "MAIL", Do: "421"}}, sessions: 2},
		"closed at each MAIL":        {faults: []fault{{Step: "MAIL", Do: "close"}}, sessions: 2},
		"no pipelining":              {faults: []fault{{Step: "MAIL", Do: "421"}}, hidden: []string{"PIPELINING"}, sessions: 2},
		"over the session of h":      {faults: []fault{{Step: "MAIL", Do: "421"}}, kept: true, sessions: 2},
		"421 to the first MAIL":      {faults: []fault{{Step: "MAIL", Do: "421", Nth: 1}}, accepted: 9, sessions: 2},
		"a limit of the session":     {faults: []fault{{Do: "421 after 2"}}, accepted: 10, sessions: 5},
		"after two mails were taken": {faults: []fault{{Do: "421 after 2"}, {Step: "MAIL", Do: "421", Nth: 3}}, accepted: 9, sessions: 6},
	} {
		server := serve(t, smtptest.MailOptions{Faults: c.faults, Hide: c.hidden})
		h, mails := letters(t, server, 10)
		if c.kept {
			mustCall(t, h, func(m *Mailer) error {
				return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
			})
		}
		numbers := make([]Number, len(mails))
		SendBatch(h, mails, numbers)
		accepted := 0
		for i, mail := range mails {
			assert.Equal(t, numbers[i], LastError(mail))
			if numbers[i] == NoError {
				accepted++
				continue
			}
			assert.Contains(t, []Number{commandMailFrom, connectionClosed}, numbers[i], "%s: mail %d", name, i)
			assert.True(t, Value(mail, (*Mailer).IsSafeToRetry), "%s: mail %d", name, i)
			assert.NotEqual(t, smtp.InDoubt, outcome(mail))
		}
		assert.Equal(t, c.accepted, accepted, name)
		require.Len(t, waitIdle(t, server, c.accepted), c.sessions, name)
	}
}

func TestBatchWithoutServer(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mails := letters(t, server, 2)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", deadPort(t), false) })
	numbers := make([]Number, 2)
	require.Equal(t, wsaConnect, SendBatch(h, mails, numbers))
	require.Equal(t, []Number{wsaConnect, wsaConnect}, numbers)
	require.Equal(t, wsaConnect, LastError(mails[1]))
	require.Equal(t, NoError, SendBatch(h, nil, nil), "an empty batch needs no server")
}

// If a handle of the batch cannot be used, SendBatch fails before it sends anything.
func TestBatchHandles(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mails := letters(t, server, 2)
	stale := New()
	Free(stale)
	for want, list := range map[Number][][]uintptr{
		BadHandle:   {{0}, {mails[0], stale}, {1 << 40}},
		BadArgument: {{mails[0], mails[1], mails[0]}, {mails[0], h}},
	} {
		for _, handles := range list {
			numbers := make([]Number, len(handles))
			require.Equal(t, want, SendBatch(h, handles, numbers))
			require.Equal(t, want, LastError(h))
			for _, n := range numbers {
				require.Equal(t, want, n)
			}
			mustCall(t, mails[0], func(*Mailer) error { return nil })
		}
	}
	require.Equal(t, BadHandle, SendBatch(stale, mails, make([]Number, 2)))

	Lookup(mails[1]).mu.Lock() // as a call from another thread does
	numbers := make([]Number, 2)
	require.Equal(t, busy, SendBatch(h, mails, numbers))
	Lookup(mails[1]).mu.Unlock()
	require.Equal(t, []Number{busy, busy}, numbers)
	require.Equal(t, NoError, SendBatch(h, mails, numbers))
	waitIdle(t, server, 2)
}

// In a callback, a call on a handle of the batch returns an error at once.
func TestBatchCallbacks(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mails := letters(t, server, 3)
	lines := 0
	mustCall(t, h, func(m *Mailer) error {
		return m.SetLogCallback(func(int, string) {
			lines++
			for _, other := range append(mails, h) {
				require.Equal(t, busy, Call(other, func(*Mailer) error { return nil }))
				require.Equal(t, busy, LastError(other))
			}
		})
	})
	require.Equal(t, NoError, SendBatch(h, mails, make([]Number, 3)))
	require.Greater(t, lines, 10)
	waitIdle(t, server, 3)
}

// A batch ends if its sending handle or any of its mails is canceled or freed.
func TestBatchCanceled(t *testing.T) {
	for name, end := range map[string]func(h uintptr, mails []uintptr){
		"carrier": func(h uintptr, _ []uintptr) { Cancel(h) },
		"mail":    func(_ uintptr, mails []uintptr) { Cancel(mails[2]) },
		"free":    func(_ uintptr, mails []uintptr) { Free(mails[2]) },
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Do: "stall", Nth: 2}}})
			h, mails := letters(t, server, 3)
			numbers := make([]Number, 3)
			done := make(chan Number)
			go func() { done <- SendBatch(h, mails, numbers) }()
			require.Eventually(t, func() bool {
				return len(server.Sessions()) == 1 && strings.Contains(server.Sessions()[0].Dialogue.String(), "the server is silent")
			}, 20*time.Second, 5*time.Millisecond)
			end(h, mails)
			require.Equal(t, canceled, <-done)
			require.Equal(t, NoError, numbers[0])
			require.Equal(t, canceled, numbers[2])
			if name != "free" {
				require.Equal(t, smtp.NotSent, outcome(mails[2]))
			}
		})
	}
}

// After SendBatch, IsSafeToRetry returns true for the sending handle only if it returns
// true for every mail, because another call to SendBatch sends all mails again.
func TestBatchIsSafeToRetryOnlyAsAWhole(t *testing.T) {
	for name, c := range map[string]struct {
		faults []smtptest.Fault
		want   bool
	}{
		"all refused temporarily":    {[]smtptest.Fault{{Step: "RCPT", Do: "450 4.2.1 Later"}}, true},
		"one refused temporarily":    {[]smtptest.Fault{{Step: "RCPT", Do: "450 4.2.1 Later", Nth: 2}}, false},
		"the first one, temporarily": {[]smtptest.Fault{{Step: "RCPT", Do: "450 4.2.1 Later", Nth: 1}}, false},
		"one refused permanently":    {[]smtptest.Fault{{Step: "RCPT", Do: "550 5.1.1 No", Nth: 2}, {Step: "RCPT", Do: "450 4.2.1 Later"}}, false},
		"the second is in doubt":     {[]smtptest.Fault{{Step: "RCPT", Do: "450 4.2.1 Later", Nth: 1}, {Step: "end of data", Do: "close"}}, false},
	} {
		h, mails := letters(t, serve(t, smtptest.MailOptions{Faults: c.faults}), 3)
		require.NotEqual(t, NoError, SendBatch(h, mails, make([]Number, 3)), name)
		all := true
		for _, mail := range mails {
			all = all && Value(mail, (*Mailer).IsSafeToRetry)
		}
		assert.Equal(t, c.want, all, "%s: the mails", name)
		assert.Equal(t, c.want, Value(h, (*Mailer).IsSafeToRetry), name)
	}
}
