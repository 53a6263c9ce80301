// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordedScript calls a method of a mailer while its sessions are recorded, and returns
// the transcript.
func recordedScript(t *testing.T, h uintptr, contents bool, want Number, f func(*Mailer) error) (text string, script *smtptest.Script) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "session.txt")
	mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, contents) })
	n := Call(h, f)
	require.Equal(t, want, n, Value(h, (*Mailer).GetLastErrorText))
	octets, err := os.ReadFile(path)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	script, err = smtptest.Parse(string(octets))
	require.NoError(t, err, "%s", octets)
	return string(octets), script
}

// replay plays a transcript to a new mailer. The settings of the mailer are those in the
// header of the transcript. It returns the error number, and the transcript of the new
// session.
func replay(t *testing.T, script *smtptest.Script, contents bool) (Number, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "again.txt")
	server, err := script.Start(smtptest.Whole)
	require.NoError(t, err)
	defer server.Close()
	header := script.Header
	h := New()
	defer Free(h)
	security := map[string]int{"none": noSecurity, "starttls": useTLS, "starttls-if-offered": useTLSIfOffered, "tls": useSSL}[header.Get("security")]
	mustCall(t, h, func(m *Mailer) error {
		return m.SetSMTPServer("localhost", uint16(server.Port()), header.Get("authenticate") != "no")
	})
	mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(security) })
	mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin(header.Get("login")) })
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword(header.Get("password")) })
	mustCall(t, h, func(m *Mailer) error { return m.SetLMTP(header.Get("lmtp") == "yes") })
	mustCall(t, h, func(m *Mailer) error { return m.SetPartialDelivery(header.Get("partial") == "yes") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail(header.Get("from")) })
	if header.Has("mechanism") {
		mustCall(t, h, func(m *Mailer) error { return m.SetAuthMechanism(header.Get("mechanism")) })
	}
	for _, to := range header.All("to") {
		mustCall(t, h, func(m *Mailer) error { return m.AddRecipient(to, "") })
	}
	mustCall(t, h, func(m *Mailer) error { return m.AddMsgLine("Another text.") })
	mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(path, contents) })
	send := (*Mailer).Send
	if header.Get("action") == "connect" {
		send = func(m *Mailer) error {
			return m.ConnectRemoteServer("localhost", uint16(server.Port()), security, header.Get("authenticate") != "no", "", "")
		}
	}
	n := Call(h, send)
	require.NoError(t, server.Wait(), server.Dialogue())
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	return n, string(again)
}

// spoken returns a transcript without its comments and its date.
func spoken(text string) string {
	return regexp.MustCompile(`(?m)^(#|description:).*\n`).ReplaceAllString(text, "")
}

var recordFaults = map[string]struct {
	options smtptest.MailOptions
	set     func(m *Mailer) error
	number  Number
	has     []string
}{
	"accepted": {has: []string{"* starttls\n", "* auth SCRAM-SHA-256-PLUS\nS: 235", "C...\nC: QUIT\n", "expect: ok", "S: 221"}},
	"accepted by LOGIN, implicit TLS": {set: func(m *Mailer) error {
		if err := m.SetAuthMechanism("LOGIN"); err != nil {
			return err
		}
		return m.SetSecurityType(useSSL)
	}, has: []string{"* tls\n", "* auth LOGIN"}},
	"wrong password, SCRAM": {set: func(m *Mailer) error {
		m.SetAuthMechanism("SCRAM-SHA-256")
		return m.SetPassword("another secret")
	}, number: badLoginPass, has: []string{"expect: 406", "C: AUTH SCRAM-SHA-256 *\n", "S: 535"}},
	"wrong password, LOGIN": {set: func(m *Mailer) error {
		m.SetAuthMechanism("LOGIN")
		return m.SetPassword("another secret")
	}, number: badLoginPass, has: []string{`S: 334 {base64 "Username:"}` + "\nC: ~.*\n"}},
	"wrong password, CRAM-MD5": {set: func(m *Mailer) error {
		m.SetAuthMechanism("CRAM-MD5")
		return m.SetPassword("another secret")
	}, number: badLoginPass, has: []string{"C: AUTH CRAM-MD5\nS: 334 {base64"}},
	"recipient refused": {set: func(m *Mailer) error { return m.AddRecipient("refused@test.example", "") }, number: commandRcptTo,
		has: []string{"expect-reply-code: 550", "expect-outcome: REJECTED_PERMANENT", "C: RCPT TO:<*>"}},
	"greylisted":       {options: smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "RCPT", Do: "450 4.7.1 Greylisted"}}}, number: commandRcptTo, has: []string{"S: 450 4.7.1 Greylisted"}},
	"closed at DATA":   {options: smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "DATA", Do: "close"}}}, number: connectionClosed, has: []string{"* close\n"}},
	"lost in the end":  {options: smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Do: "close"}}}, number: connectionClosed, has: []string{"IN_DOUBT", "C...\n"}},
	"STARTTLS hidden":  {options: smtptest.MailOptions{Hide: []string{"STARTTLS"}}, number: startTLSNotSupported, has: []string{"expect: 416"}},
	"expired":          {options: smtptest.MailOptions{Certificate: "expired"}, number: sslProblem, has: []string{"certificate: expired", "* expect-tls-failure"}},
	"no PIPELINING":    {options: smtptest.MailOptions{Hide: []string{"PIPELINING"}}},
	"no login offered": {options: smtptest.MailOptions{NoAuth: true}, has: []string{"expect: ok"}},
}

// TestRecordedSessionReplays records sessions and plays each transcript to another mailer.
// The other mailer's Send must end in the same way.
func TestRecordedSessionReplays(t *testing.T) {
	for name, c := range recordFaults {
		for _, contents := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				server := serve(t, c.options)
				h := handle(t, server)
				mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useTLS) })
				mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(server.Port()), true) })
				mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
				if c.set != nil {
					mustCall(t, h, c.set)
				}
				if Lookup(h).settings.security == useSSL {
					mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(server.TLSPort()), true) })
				}
				text, script := recordedScript(t, h, contents, c.number, (*Mailer).Send)
				plain := spoken(text)
				for _, want := range c.has {
					if contents && strings.Contains(want, "<*>") {
						want = strings.ReplaceAll(want, "<*>", "<refused@test.example>")
					}
					assert.Contains(t, plain, want)
				}
				for _, secret := range []string{"s3cret", "another secret", "czNjcmV0"} {
					assert.NotContains(t, text, secret)
				}
				for _, private := range []string{"bob@test.example", "refused@test.example", "A subject", "Hello."} {
					assert.Equal(t, contents && strings.Contains(text, private), strings.Contains(text, private), text)
				}
				number, again := replay(t, script, contents)
				assert.Equal(t, c.number, number, text)
				assert.Equal(t, plain, spoken(again))
			})
		}
	}
}

// TestRecordFileIsPrivate checks that a transcript is not written through a symbolic link, to a
// file with several names, to a device, or to another user's file, and that the mode of its
// file is 0600.
func TestRecordFileIsPrivate(t *testing.T) {
	h := New()
	defer Free(h)
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	require.NoError(t, os.WriteFile(at("target"), []byte("old"), 0o644))
	require.NoError(t, os.Symlink(at("target"), at("symbolic")))
	require.NoError(t, os.Symlink(at("none"), at("dangling")))
	require.NoError(t, os.Link(at("target"), at("hard")))
	for _, path := range []string{at("symbolic"), at("dangling"), at("hard"), at("target"), folder, "/dev/null", "/dev/stdout", at("none/x")} {
		text := mustFail(t, h, fileNotExist, func(m *Mailer) error { return m.SetRecordFile(path, false) })
		assert.Contains(t, text, "SetRecordFile: ")
	}
	octets, err := os.ReadFile(at("target"))
	require.NoError(t, err)
	assert.Equal(t, "old", string(octets))
	_, err = os.Lstat(at("none"))
	assert.ErrorIs(t, err, os.ErrNotExist)

	require.NoError(t, os.WriteFile(at("open"), nil, 0o666))
	mustCall(t, h, func(m *Mailer) error { return m.SetRecordFile(at("open"), false) })
	info, err := os.Stat(at("open"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	if os.Geteuid() == 0 { // only root can give a file to another user
		require.NoError(t, os.WriteFile(at("foreign"), []byte("old"), 0o600))
		require.NoError(t, os.Chown(at("foreign"), 65534, -1))
		text := mustFail(t, h, fileNotExist, func(m *Mailer) error { return m.SetRecordFile(at("foreign"), false) })
		assert.Contains(t, text, "belongs to another user")
		octets, err := os.ReadFile(at("foreign"))
		require.NoError(t, err)
		assert.Equal(t, "old", string(octets))
	}

	// A link that replaces the file later is not followed either, and the mail is sent.
	server := serve(t, smtptest.MailOptions{})
	sender := handle(t, server)
	mustCall(t, sender, func(m *Mailer) error { return m.SetRecordFile(at("later"), false) })
	require.NoError(t, os.Remove(at("later")))
	require.NoError(t, os.Symlink(at("none"), at("later")))
	mustCall(t, sender, (*Mailer).Send)
	_, err = os.Lstat(at("none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// TestRecordByConfiguration records the sessions of two mailers to the file that the
// configuration file names.
func TestRecordByConfiguration(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	path := filepath.Join(t.TempDir(), "session.txt")
	configureBy(t, "[*]\nrecord-file = "+path+"\nrecord-contents = yes\n")
	for range 2 {
		mustCall(t, handle(t, server), (*Mailer).Send)
	}
	octets, err := os.ReadFile(path)
	require.NoError(t, err)
	script, err := smtptest.Parse(string(octets))
	require.NoError(t, err)
	assert.Len(t, script.Connections, 2)
	assert.Contains(t, string(octets), "#   Subject: A subject\n")
	assert.Contains(t, string(octets), "C: RCPT TO:<bob@test.example>")
	configureBy(t, "[*]\nrecord-contents = perhaps\n")
	assert.Contains(t, mustFail(t, handle(t, server), badConfig, (*Mailer).Send), "record-contents must be yes or no")
}
