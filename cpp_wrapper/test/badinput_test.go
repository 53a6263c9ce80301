// SPDX-License-Identifier: MIT

package test

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mistakes maps the name of each mistake that tools/badinput.cpp makes to the expected error
// number and a part of the expected error text.
var mistakes = map[string]struct{ number, text string }{
	"AddRecipient(NULL)":        {"209", "AddRecipient: the address is NULL"},
	"AddCCRecipient(NULL)":      {"209", "AddCCRecipient: the address is NULL"},
	"AddBCCRecipient(NULL)":     {"209", "AddBCCRecipient: the address is NULL"},
	"AddAttachment(NULL)":       {"902", "AddAttachment: path is NULL"},
	"AddMsgLine(NULL)":          {"902", "AddMsgLine: text is NULL"},
	"SetSubject(NULL)":          {"902", "SetSubject: subject is NULL"},
	"SetSenderName(NULL)":       {"902", "SetSenderName: name is NULL"},
	"SetSenderMail(NULL)":       {"902", "SetSenderMail: email is NULL"},
	"SetReplyTo(NULL)":          {"902", "SetReplyTo: reply_to is NULL"},
	"SetXMailer(NULL)":          {"902", "SetXMailer: x_mailer is NULL"},
	"SetCharSet(NULL)":          {"902", "SetCharSet: charset is NULL"},
	"SetLogin(NULL)":            {"902", "SetLogin: login is NULL"},
	"SetPassword(NULL)":         {"902", "SetPassword: password is NULL"},
	"SetLocalHostName(NULL)":    {"902", "SetLocalHostName: name is NULL"},
	"SetSMTPServer(NULL)":       {"902", "SetSMTPServer: server is NULL"},
	"ConnectRemoteServer(NULL)": {"902", "ConnectRemoteServer: server is NULL"},
	"GetMsgLineText(0)":         {"412", "there is no line 0"},
	"DelMsgLine(max)":           {"412", "there is no line 4294967295"},
	"ModMsgLine(1)":             {"412", "there is no line 1"},
	"SetSecurityType(77)":       {"902", "unknown security type 77"},
	"SetTimeout(99)":            {"902", "unknown step 99"},
	"SetCAFile(missing)":        {"404", "/no/such/file.pem"},
	"recipient empty":           {"209", "empty"},
	"recipient without domain":  {"903", "domain"},
	"recipient with CRLF":       {"903", "carriage return"},
	"recipient's name with LF":  {"903", "line feed"},
	"recipient huge":            {"903", "an address has at most"},
	"sender empty":              {"201", "SetSenderMail"},
	"sender with CR":            {"903", "carriage return"},
	"sender with space":         {"903", "SetSenderMail"},
	"sender huge":               {"903", "an address has at most"},
	"sender's name with CR":     {"903", "carriage return"},
	"subject with CRLF":         {"903", "SetSubject"},
	"mailer with LF":            {"903", "SetXMailer"},
	"reply-to with CRLF":        {"903", "SetReplyTo"},
	"local name with CRLF":      {"903", "local name"},
	"local name huge":           {"903", "longer than 253"},
	"charset unknown":           {"903", "SetCharSet"},
	"charset with LF":           {"903", "SetCharSet"},
	"text in no charset":        {"903", "SetCharSet"},
	"server empty":              {"105", "SetSMTPServer"},
	"server huge":               {"903", "longer than 253"},
	"server with space":         {"903", "local host"},
	"server unknown":            {"105", "no-such-host.invalid"},
	"nobody":                    {"203", "AddRecipient"},
	"attachment empty":          {"404", "AddAttachment"},
	"attachment missing":        {"404", "no such file"},
	"attachment directory":      {"404", "is a directory"},
	"attachment unreadable":     {"404", "permission denied"},
	"attachment pipe":           {"404", "FIFO"},
	"attachment huge name":      {"404", "too long"},
}

// onlyWindowsMistakes contains the mistakes that can be made only on Windows, or whose
// error text is different there.
var onlyWindowsMistakes = map[string]struct{ number, text string }{
	"attachment missing":                   {"404", "not found"},
	"attachment unreadable":                {"404", "haring violation"},
	"attachment console":                   {"404", "cannot be read"},
	"attachment null device":               {"404", "is a device and not a regular file"},
	"attachment name with a question mark": {"404", "cannot be read"},
	"attachment drive":                     {"404", "not found"},
}

// expectedMistakes returns the mistakes that tools/badinput.cpp makes on the target,
// with their errors.
func expectedMistakes() map[string]struct{ number, text string } {
	expected := maps.Clone(mistakes)
	if windows() {
		maps.Copy(expected, onlyWindowsMistakes)
	}
	return expected
}

// TestBadInput checks the error that each mistake causes, and that nothing is sent.
func TestBadInput(t *testing.T) {
	program := link(t, "g++", "badinput", append(sanitized, "-std=c++14", "tools/badinput.cpp")...)
	folder := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(folder), 0o755)) // the program runs as another user
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secret"), []byte("x"), 0))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "directory"), 0o755))
	require.NoError(t, syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o666))
	server := receiver(t, smtptest.MailOptions{})
	got := execute(t, folder, program, "127.0.0.1", strconv.Itoa(server.Port()), folder)
	require.Zero(t, got.status, got.output)

	lines := strings.Split(strings.TrimSpace(got.output), "\n")
	expected := expectedMistakes()
	assert.Len(t, lines, len(expected), got.output)
	for _, line := range lines {
		part := strings.SplitN(line, "\t", 3)
		require.Len(t, part, 3, line)
		want, known := expected[part[0]]
		require.True(t, known, line)
		assert.Equal(t, want.number, part[1], line)
		assert.Contains(t, part[2], want.text, line)
		assert.LessOrEqual(t, len(part[2]), 400, line)
	}
	// The only mail sent is the one whose texts are long but valid.
	require.NoError(t, server.WaitIdle(1, deadline))
	assert.Len(t, server.Mails(), 1)
	assert.Len(t, server.Sessions(), 1)
}
