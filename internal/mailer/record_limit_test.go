// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
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

// TestRecordOfDialogueIsBounded records a dialogue that is longer than the maximum size of
// a transcript.
func TestRecordOfDialogueIsBounded(t *testing.T) {
	d := &dialogue{masks: &masks{}, extent: &extent{}}
	for range 30_000 {
		d.hear(smtp.ClientLine, "NOOP", time.Time{}, nil)
		d.hear(smtp.ServerLine, "250 OK "+strings.Repeat("x", 50), time.Time{}, nil)
	}
	assert.Less(t, len(d.text(2*mostRecord)), mostRecord+1000)
	assert.True(t, strings.HasSuffix(d.text(2*mostRecord), "is too large.\n* leave\n"))
}

// TestRecordIsBounded sends more messages than a transcript can contain, in one session and
// in several sessions. The file and the memory do not exceed their maximum, and the file is
// not written again after it is full.
func TestRecordIsBounded(t *testing.T) {
	for name, sessions := range map[string]int{"one session": 1, "several sessions": 15} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, smtptest.MailOptions{})
			path := filepath.Join(t.TempDir(), "session.txt")
			h := handle(t, server)
			mustCall(t, h, func(m *Mailer) error { return m.AddMsgLine(strings.Repeat(strings.Repeat("x", 70)+"\r\n", 1000)) })
			mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, true) })
			other := handle(t, server)
			mustCall(t, other, func(m *Mailer) error { return m.SetRecordFile(path, true) })
			for range sessions {
				mustCall(t, h, func(m *Mailer) error {
					return m.ConnectRemoteServer("localhost", uint16(server.Port()), noSecurity, false, "", "")
				})
				for range 30 / sessions {
					mustCall(t, h, (*Mailer).Send)
				}
				mustCall(t, h, (*Mailer).DisconnectRemoteServer)
			}
			octets, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(octets), mostRecord)
			assert.Equal(t, 1, strings.Count(string(octets), "# The recording ends here"))
			_, err = smtptest.Parse(string(octets))
			assert.NoError(t, err)
			m := Lookup(h)
			kept := 0
			for _, d := range m.recorder.to.sessions {
				for _, line := range d.lines {
					kept += len(line.text) + 1
				}
			}
			assert.LessOrEqual(t, kept, mostRecord+1000)
			assert.Nil(t, m.recorder.now)

			old := time.Now().Add(-time.Hour).Truncate(time.Second)
			require.NoError(t, os.Chtimes(path, old, old))
			mustCall(t, h, (*Mailer).Send)
			mustCall(t, other, (*Mailer).Send)
			info, err := os.Stat(path)
			require.NoError(t, err)
			assert.Equal(t, old, info.ModTime(), "a full transcript is written again")
		})
	}
}

// TestRecordOfManyRecipientsIsBounded records a mail whose recipients alone exceed the
// maximum size of a transcript.
func TestRecordOfManyRecipientsIsBounded(t *testing.T) {
	for _, contents := range []bool{false, true} {
		r := &recording{extent: &extent{}}
		to := make([]string, 50_000)
		for i := range to {
			to[i] = strings.Repeat("x", 40) + "@test.example"
		}
		r.header.transaction("alice@test.example", to, contents)
		assert.Less(t, len(r.text()), mostRecord)
		assert.Contains(t, r.text(), "# The remaining recipients are left out")
	}
}
