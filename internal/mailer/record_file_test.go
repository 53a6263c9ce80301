// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func readRecord(t *testing.T, path string) string {
	t.Helper()
	octets, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = smtptest.Parse(string(octets))
	require.NoError(t, err, "%s", octets)
	return string(octets)
}

// TestRecordUnusualAddresses records sessions with addresses of unusual forms, which the
// server repeats in its replies. None of the transcripts contains the addresses, and each
// of them can be replayed.
func TestRecordUnusualAddresses(t *testing.T) {
	for to, echo := range map[string]string{
		`"quo\"ted"@zyx.example`:  `<"quo\"ted"@zyx.example> quo"ted`,
		`"grea>ter"@zyx.example`:  `<"grea>ter"@zyx.example>: grea>ter`,
		`"a blank"@zyx.example`:   `mail for a blank at zyx.example`,
		"o'brien@zyx.example":     "O'Brien@ZYX.example, o%27brien",
		"literal@[198.51.100.7]":  "literal@[198.51.100.7]: Client host dsl.isp.example[203.0.113.9] rejected",
		"joe+newsletter@zyx.test": "joe: see https://x.test/?a=joe%2Bnewsletter%40zyx.test joe+2Bnewsletter+40zyx.test",
		"prvs=1234=joe@zyx.test":  "bounce+prvs=1234=joe=zyx.test@list.test",
	} {
		server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "RCPT", Do: "550 5.1.1 " + echo}}})
		h := New()
		defer Free(h)
		mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(server.Port()), false) })
		mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("bounce+" + "joe=zyx.test@sender.zyx.example") })
		mustCall(t, h, func(m *Mailer) error { return m.AddRecipient(to, "") })
		text, script := recordedScript(t, h, false, commandRcptTo, (*Mailer).Send)
		for _, private := range []string{"quo", "grea", "ter\"", "blank", "rien", "literal", "joe", "newsletter", "zyx", "198.51", "203.0", "isp.example", "1234"} {
			assert.NotContains(t, strings.ToLower(text), private, to)
		}
		assert.Contains(t, text, "C: RCPT TO:<*>\n")
		number, again := replay(t, script, false)
		assert.Equal(t, commandRcptTo, number)
		assert.Equal(t, spoken(text), spoken(again))
	}
}

// TestRecordWithoutContentsFromNowOn stops the recording of contents during a session.
func TestRecordWithoutContentsFromNowOn(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	path := filepath.Join(t.TempDir(), "session.txt")
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, true) })
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("localhost", uint16(server.Port()), noSecurity, false, "", "")
	})
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, false) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSubject("The second") })
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("second@test.example", "") })
	mustCall(t, h, (*Mailer).Send)
	text := readRecord(t, path)
	assert.Contains(t, text, "#   Subject: A subject")
	assert.Contains(t, text, "RCPT TO:<bob@test.example>")
	assert.Equal(t, 2, strings.Count(text, "C: RCPT TO:<*>"), text)
	assert.NotContains(t, text, "The second")
	assert.NotContains(t, text, "second@test.example")
	assert.Contains(t, text, "In some sessions, addresses")

	mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, true) }) // concerns the next session
	mustCall(t, h, (*Mailer).Send)
	assert.NotContains(t, readRecord(t, path), "The second")
}

// TestRecordContentsOfEachHandle records the sessions of two handles to one file. Each
// handle uses another path of the file, and only one of the handles records contents.
func TestRecordContentsOfEachHandle(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	folder := t.TempDir()
	path := filepath.Join(folder, "real", "session.txt")
	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
	require.NoError(t, os.Symlink("real", filepath.Join(folder, "other")))
	all, masked := handle(t, server), handle(t, server)
	mustCall(t, all, func(m *Mailer) error { return m.SetRecordFile(path, true) })
	mustCall(t, masked, func(m *Mailer) error {
		return m.SetRecordFile(filepath.Join(folder, "other", "session.txt"), false)
	})
	for _, h := range []uintptr{all, masked} {
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("localhost", uint16(server.Port()), noSecurity, false, "", "")
		})
	}
	for range 2 {
		mustCall(t, all, (*Mailer).Send)
		mustCall(t, masked, (*Mailer).Send)
	}
	text := readRecord(t, path)
	assert.Equal(t, 2, strings.Count(text, "=== connection"), text)
	assert.Equal(t, 2, strings.Count(text, "#   Subject: A subject"))
	assert.Equal(t, 2, strings.Count(text, "RCPT TO:<bob@test.example>"))
	assert.Equal(t, 2, strings.Count(text, "RCPT TO:<*>"))
}

// TestRecordingsAreForgotten records to more files than the number of transcripts that are
// kept in memory.
func TestRecordingsAreForgotten(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	folder := t.TempDir()
	once := func(h uintptr, i int) string {
		path := filepath.Join(folder, fmt.Sprint(i))
		mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, false) })
		mustCall(t, h, (*Mailer).Send)
		return path
	}
	used := handle(t, server)
	first := once(used, -1)
	for i := range 2 * mostUnused {
		h := handle(t, server)
		once(h, i)
		Free(h)
	}
	many := handle(t, server)
	for i := range 2 * mostUnused {
		once(many, 100+i)
	}
	recordings.Lock()
	assert.LessOrEqual(t, len(recordings.byPath), mostUnused+2)
	recordings.Unlock()
	mustCall(t, used, (*Mailer).Send) // the transcript of an open handle is kept
	assert.Equal(t, 2, strings.Count(readRecord(t, first), "=== connection"))
	h := handle(t, server) // the transcript that the handle 'many' has used last is kept too
	path := filepath.Join(folder, fmt.Sprint(100+2*mostUnused-1))
	mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, false) })
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, 2, strings.Count(readRecord(t, path), "=== connection"))
}

// TestRecordIsWrittenInOneStep checks that a transcript replaces the file. So a process
// that has opened the old file does not read the transcript. No temporary file remains.
func TestRecordIsWrittenInOneStep(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	folder := t.TempDir()
	path := filepath.Join(folder, "session.txt")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	reader, err := os.Open(path)
	require.NoError(t, err)
	defer reader.Close()
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, true) })
	mustCall(t, h, (*Mailer).Send)
	old, err := io.ReadAll(reader)
	require.NoError(t, err)
	assert.Equal(t, "old", string(old))
	assert.Contains(t, readRecord(t, path), "bob@test.example")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	before := readRecord(t, path)
	require.NoError(t, os.Link(path, filepath.Join(folder, "link"))) // after SetRecordFile
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, before, readRecord(t, path))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 2)
}

// TestRecordOfManyNames checks that a transcript contains no name even if there are more
// names than can be replaced.
func TestRecordOfManyNames(t *testing.T) {
	to := &recording{extent: &extent{}}
	for i := range 20_000 {
		to.describe(&settings{login: login{name: fmt.Sprintf("login%d%s", i, strings.Repeat("x", 300))}})
	}
	assert.True(t, to.extent.full.Load())
	assert.LessOrEqual(t, to.masks.words.size, mostWords)
	for i := range 1000 {
		name := fmt.Sprintf("login%d%s", i, strings.Repeat("x", 300))
		assert.Equal(t, "535 client.test.example: no", to.masks.reply("535 "+name+": no"))
	}
}

// TestRecordOfPool records the sessions of a pool. The record file is set in the settings
// of a relay, or in the configuration file. The transcript can be replayed.
func TestRecordOfPool(t *testing.T) {
	for _, by := range []string{"relay", "configuration"} {
		t.Run(by, func(t *testing.T) {
			server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "RCPT", Do: "550 5.1.1 <bob@test.example> no", Nth: 2}}})
			path := filepath.Join(t.TempDir(), "session.txt")
			relay := relayHandle(t, uint16(server.Port()))
			if by == "relay" {
				mustCall(t, relay, func(m *Mailer) error { return m.SetRecordFile(path, false) })
			} else {
				configureBy(t, "[*]\nrecord-file = "+path+"\n")
			}
			h, e := poolOf(t), &ends{}
			mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
			for range 2 {
				submit(t, h, 1, e)
				drained(t, h)
			}
			before := readRecord(t, path)
			assert.Contains(t, before, "from: address1@test.example\nto: address2@test.example\nexpect: 309\nexpect-outcome: REJECTED_PERMANENT\n")
			assert.Contains(t, before, "S: 550 5.1.1 <address2@test.example> no")
			assert.NotContains(t, before, "bob")
			Free(h)
			assert.Eventually(t, func() bool { return strings.Contains(readRecord(t, path), "C: QUIT\n") }, soon, 10*time.Millisecond)
		})
	}
}
