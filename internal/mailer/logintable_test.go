// SPDX-License-Identifier: MIT

package mailer

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the generated parts of docs/migration.md and docs/errors.md")

const (
	migrationPage = "../../docs/migration.md"
	tableBegins   = "<!-- The following table is generated: go test ./internal/mailer -run TestTableOfLoginNumbers -update -->\n"
	tableEnds     = "<!-- End of the generated table -->\n"
)

// loginNumbers contains the rows of the table in docs/migration.md. The field 'what' says
// what happens during a login, and each of the transcripts is an example. Send returns the
// same error number for all transcripts of a row. The field csmtp is the error number that
// class CSmtp reported, or "-" if CSmtp did not have the mechanism or the check.
var loginNumbers = []struct {
	what, csmtp string
	transcripts []string
}{
	{"no login is set, and the server offers AUTH", "204", []string{"204-no-login"}},
	{"no password is set", "205", []string{"205-no-password"}},
	{"the server does not offer AUTH", "0", []string{"ok-auth-not-offered"}},
	{"the same, after `SetLoginRequired(true)`", "-", []string{"417-login-required"}},
	{"the server offers no mechanism that the library knows", "417", []string{"417-no-known-mechanism"}},
	{"the server offers none of the mechanisms of `SetAuthMechanism`", "-", []string{"417-mechanism-not-offered"}},
	{"`USE_TLS_IF_OFFERED`, and the session has no TLS", "-", []string{"417-login-would-go-in-clear", "417-if-offered-stripped", "417-if-offered-stripped-token", "417-if-offered-stripped-external"}},
	{"PLAIN: `AUTH PLAIN` is refused", "302", []string{"302-plain-refused", "302-plain-temporary", "302-auth-421", "302-plain-250"}},
	{"LOGIN: `AUTH LOGIN` is refused", "303", []string{"303-login-refused", "303-login-250", "303-login-235"}},
	{"LOGIN: the user name is refused", "407", []string{"407-login-user-refused"}},
	{"LOGIN: the password is refused", "406", []string{"406-login-password-refused", "406-login-quoted"}},
	{"CRAM-MD5: `AUTH CRAM-MD5` is refused", "304", []string{"304-cram-md5-not-started"}},
	{"CRAM-MD5: the response is refused", "406", []string{"406-cram-md5-refused"}},
	{"DIGEST-MD5: `AUTH DIGEST-MD5` is refused", "305", []string{"305-digest-md5-not-started"}},
	{"DIGEST-MD5: the challenge is not valid", "306", []string{"306-digest-md5-bad-challenge", "306-digest-md5-no-auth-quality"}},
	{"DIGEST-MD5: the response is refused", "306", []string{"406-digest-md5-refused"}},
	{"SCRAM: the login is refused", "-", []string{"406-scram-refused", "406-refused-chosen", "406-refused-for-now", "406-refused-plus", "406-refused-unverified-tls"}},
	{"XOAUTH2 or OAUTHBEARER: the token is refused", "-", []string{"406-xoauth2-refused", "406-xoauth2-refused-and-closed", "406-oauthbearer-refused"}},
	{"EXTERNAL: the login is refused", "-", []string{"406-external-refused"}},
	{"SCRAM, CRAM-MD5 or DIGEST-MD5 is refused with 535, then PLAIN is refused", "-", []string{"406-refused-then-plain", "406-refused-then-plain-temporary", "406-refused-then-421"}},
	{"SCRAM, CRAM-MD5 or DIGEST-MD5 is refused with 535, then `AUTH LOGIN` is refused", "-", []string{"303-refused-then-login"}},
	{"SCRAM, CRAM-MD5 or DIGEST-MD5 is refused with 535, then the user name of LOGIN is refused", "-", []string{"407-refused-then-login"}},
	{"SCRAM, CRAM-MD5 or DIGEST-MD5 is refused with 535, then the password of LOGIN is refused", "-", []string{"406-refused-then-login"}},
	{"SCRAM, CRAM-MD5 or DIGEST-MD5 is refused with 535, then the connection ends", "-", []string{"406-refused-and-closed", "406-refused-and-closed-later"}},
	{"CRAM-MD5 or SCRAM: the challenge is not valid", "406", []string{"407-challenge-not-base64", "407-challenge-not-base64-tls", "407-scram-foreign-nonce"}},
	{"PLAIN: the server sends a second challenge", "302", []string{"407-challenge-after-plain"}},
	{"SCRAM: the server reports success without its signature", "-", []string{"407-scram-without-proof"}},
	{"SCRAM or DIGEST-MD5: the server fails to prove that it knows the password", "-", []string{"207-scram-sha-1-forged", "207-scram-sha-256-forged", "207-digest-md5-forged"}},
	{"there is no reply in time", "402", []string{"402-no-reply-to-auth"}},
	{"the connection ends, without TLS", "400", []string{"400-closed-at-auth", "400-closed-within-auth"}},
	{"the server ends TLS with close_notify", "400", []string{"400-closed-at-auth-tls"}},
	{"the TLS connection is lost without close_notify", "414", []string{"414-cut-at-auth-tls", "414-reset-at-auth-tls"}},
}

// TestTableOfLoginNumbers plays the transcripts in loginNumbers, and checks that the table
// in docs/migration.md contains the numbers that Send returns.
func TestTableOfLoginNumbers(t *testing.T) {
	var table strings.Builder
	table.WriteString("| what happens during the login | here | CSmtp |\n|---|---|---|\n")
	for _, row := range loginNumbers {
		numbers := map[Number]bool{}
		var n Number
		for _, name := range row.transcripts {
			n = playLogin(t, name)
			numbers[n] = true
		}
		assert.Len(t, numbers, 1, "%s: the transcripts give different numbers: %v", row.what, numbers)
		fmt.Fprintf(&table, "| %s | %d | %s |\n", row.what, n, strings.Replace(row.csmtp, "-", "", 1))
	}
	hosttest.RequireTable(t, tableBegins, tableEnds, table.String(), *update)
}

// For each transcript in which a login fails, loginNumbers contains this transcript or
// another one with the same error number.
func TestTableOfLoginNumbersIsComplete(t *testing.T) {
	var listed []string
	for _, row := range loginNumbers {
		listed = append(listed, row.transcripts...)
	}
	paths, err := filepath.Glob("../../smtp/testdata/*.txt")
	require.NoError(t, err)
	missing := map[Number]bool{}
	for _, path := range paths {
		script, err := smtptest.Load(path)
		require.NoError(t, err)
		n, _ := strconv.Atoi(script.Header.Get("expect"))
		if script.Header.Get("expect-op") == "AUTH" && !slices.Contains(listed, script.Name) {
			missing[Number(n)] = true
			assert.True(t, slices.ContainsFunc(listed, func(name string) bool { return strings.HasPrefix(name, fmt.Sprint(n)) }),
				"%s: the table does not contain %d", script.Name, n)
		}
	}
	for n := commandAuthPlain; n <= commandDigestMD5; n++ {
		assert.True(t, slices.ContainsFunc(listed, func(name string) bool { return strings.HasPrefix(name, fmt.Sprint(n)) }), "%d", n)
	}
}

// playLogin plays a transcript to a Mailer, and returns the error number of Send. It fails
// the test if the transcript expects another number.
func playLogin(t *testing.T, name string) Number {
	t.Helper()
	script, err := smtptest.Load("../../smtp/testdata/" + name + ".txt")
	require.NoError(t, err)
	server, err := script.Start(smtptest.Whole)
	require.NoError(t, err)
	defer server.Close()
	head := script.Header
	is := func(key, value string) bool { return head.Get(key) == value }

	h := New()
	defer Free(h)
	set := func(f func(*Mailer) error) { t.Helper(); mustCall(t, h, f) }
	security := map[string]int{"none": noSecurity, "starttls": useTLS, "tls": useSSL, "starttls-if-offered": useTLSIfOffered}
	authenticate := !is("authenticate", "no") && (head.Has("login") || head.Has("token"))
	set(func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(server.Port()), authenticate) })
	set(func(m *Mailer) error { return m.SetSecurityType(security[head.Get("security")]) })
	set(func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
	set(func(m *Mailer) error { return m.SetVerifyPeer(!is("verify", "no")) })
	set(func(m *Mailer) error { return m.SetAuthMechanism(head.Get("mechanism")) })
	set(func(m *Mailer) error { return m.SetLogin(head.Get("login")) })
	set(func(m *Mailer) error { return m.SetPassword(head.Get("password")) })
	set(func(m *Mailer) error { return m.SetLoginRequired(is("login-required", "yes")) })
	if head.Has("token") {
		set(func(m *Mailer) error { return m.SetAccessToken(head.Get("token")) })
	}
	if is("clear-login", "yes") {
		set(func(m *Mailer) error { return m.SetClearLogin(true) })
	}
	if ms, err := strconv.Atoi(head.Get("timeout")); err == nil {
		for step := timeoutConnect; step <= timeoutQuit; step++ {
			set(func(m *Mailer) error { return m.SetTimeout(step, uint32(ms)) })
		}
	}
	set(func(m *Mailer) error { return m.SetSenderMail("sender@test.example") })
	set(func(m *Mailer) error { return m.AddRecipient("rcpt@test.example", "") })
	set(func(m *Mailer) error { return m.SetSubject("A test") })
	set(func(m *Mailer) error { return m.AddMsgLine("Hello.") })
	n := Call(h, (*Mailer).Send)
	text := Value(h, (*Mailer).GetLastErrorText)
	require.NoError(t, server.Wait(), "%s: %s", name, text)
	want := NoError
	if !is("expect", "ok") {
		number, err := strconv.Atoi(head.Get("expect"))
		require.NoError(t, err)
		want = Number(number)
	}
	assert.Equal(t, want, n, "%s: %s", name, text)
	return n
}
