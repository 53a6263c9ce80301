// SPDX-License-Identifier: MIT

package test

import (
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func driver(t *testing.T) string {
	return link(t, "g++", "drive", append(sanitized, "-std=c++17", "tools/drive.cpp")...)
}

// drive runs tools/drive.cpp and returns the line that each command printed.
func drive(t *testing.T, program string, server *smtptest.MailServer, security string, commands ...string) []string {
	t.Helper()
	port := server.Port()
	if security == "ssl" {
		port = server.TLSPort()
	}
	args := []string{"localhost", strconv.Itoa(port), security, "alice@test.example", "s3cret pass"}
	got := execute(t, t.TempDir(), program, append(args, commands...)...)
	require.Zero(t, got.status, got.output)
	lines := strings.Split(strings.TrimSpace(got.output), "\n")
	require.Len(t, lines, len(commands), got.output)
	return lines
}

// assertSuccess checks that each line reports success.
func assertSuccess(t *testing.T, lines []string) {
	t.Helper()
	for _, line := range lines {
		assert.Regexp(t, ` 0$`, line)
	}
}

func TestSessions(t *testing.T) {
	program := driver(t)
	for name, c := range map[string]struct {
		commands        string
		sessions, mails int
	}{
		"a session by hand":      {"connect send send send disconnect", 1, 3},
		"by hand, twice":         {"connect send disconnect connect send disconnect", 2, 2},
		"connect leaves another": {"connect send connect send disconnect", 2, 2},
		"Send alone closes":      {"send send", 2, 2},
		"alone, then by hand":    {"send connect send send", 2, 3},
		"by hand, then alone":    {"connect send disconnect send", 2, 2},
		"a copy has no session":  {"connect send copy send", 2, 2},
		"a move keeps it":        {"connect send move send disconnect", 1, 2},
		"disconnect is harmless": {"disconnect disconnect send disconnect", 1, 1},
	} {
		for _, security := range []string{"none", "tls", "ssl"} {
			t.Run(name+" "+security, func(t *testing.T) {
				t.Parallel()
				server := receiver(t, smtptest.MailOptions{})
				assertSuccess(t, drive(t, program, server, security, strings.Fields(c.commands)...))
				require.NoError(t, server.WaitIdle(c.mails, deadline))
				assert.Len(t, server.Mails(), c.mails)
				assert.Len(t, server.Sessions(), c.sessions)
				for _, s := range server.Sessions() {
					assert.Contains(t, s.Dialogue.String(), "C: QUIT")
					assert.Empty(t, s.Violations)
				}
			})
		}
	}
}

// TestReuseAfterFault checks that an object can be used again at once after an error.
func TestReuseAfterFault(t *testing.T) {
	program := driver(t)
	for fault, want := range map[string]string{
		"greeting#1: close":                     "400",
		"greeting#1: 554 Not today":             "402",
		"EHLO#1: reset":                         "400",
		"STARTTLS#1: 454 4.7.0 Not now":         "413",
		"TLS#1: close":                          "414",
		"AUTH#1: 535 5.7.8 No":                  "304",
		"AUTH#1: close":                         "400",
		"MAIL#1: 451 4.3.0 Later":               "300",
		"RCPT#1: 550 5.1.1 Unknown":             "309",
		"RCPT#1: 421 4.3.2 Closing":             "309",
		"DATA#1: 451 4.3.0 Later":               "307",
		"body#1: reset":                         "400",
		"end of data#1: 552 5.2.2 Mailbox full": "310",
		"end of data#1: close":                  "400",
		"end of data#1: garble":                 "407",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			for _, commands := range []string{"send send", "connect send disconnect connect send disconnect"} {
				f, err := smtptest.ParseFault(fault)
				require.NoError(t, err)
				server := receiver(t, smtptest.MailOptions{Faults: []smtptest.Fault{f}, Mechanisms: []string{"CRAM-MD5"}})
				lines := drive(t, program, server, "tls", strings.Fields(commands)...)
				failed := 0
				for _, line := range lines[:len(lines)/2] {
					if number := strings.Fields(line)[1]; number != "0" {
						failed++
						assert.Equal(t, want, number, line)
						_, reply, _ := strings.Cut(fault, ": ")
						if reply[0] >= '0' && reply[0] <= '9' {
							assert.Contains(t, line, reply)
						}
						break
					}
				}
				assert.Equal(t, 1, failed, lines)
				assertSuccess(t, lines[len(lines)/2:])
			}
		})
	}
}

// TestReuseAfterMistake checks that an object can be used again after a mistake of the
// program. Each mistake except the wrong password is found before a session is opened.
func TestReuseAfterMistake(t *testing.T) {
	program := driver(t)
	for mistake, c := range map[string]struct{ repair, want string }{
		"wrong-password": {"right-password", "406"},
		"wrong-port":     {"right-port", "104"},
		"wrong-host":     {"right-port", "105"},
		"missing-file":   {"no-files", "404"},
		"no-sender":      {"sender", "201"},
		"nobody":         {"bob", "203"},
	} {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			server := receiver(t, smtptest.MailOptions{Mechanisms: []string{"CRAM-MD5"}})
			lines := drive(t, program, server, "tls", "send", mistake, "send", c.repair, "send")
			assert.Regexp(t, "^send "+c.want+" .+", lines[2])
			assertSuccess(t, append(lines[:2:2], lines[3:]...))
			require.NoError(t, server.WaitIdle(2, deadline))
			for _, s := range server.Sessions() {
				assert.False(t, c.want != "406" && s.Mails == 0, "a session was opened:\n%s", s.Dialogue.String())
			}
		})
	}
}

// TestDroppedIdleSession checks that a mail is sent in a new session if the server
// ended the old one between two mails.
func TestDroppedIdleSession(t *testing.T) {
	program := driver(t)
	for _, fault := range []string{"close after 1", "421 after 1"} {
		for _, security := range []string{"none", "tls", "ssl"} {
			t.Run(fault+" "+security, func(t *testing.T) {
				t.Parallel()
				f, err := smtptest.ParseFault(fault)
				require.NoError(t, err)
				server := receiver(t, smtptest.MailOptions{Faults: []smtptest.Fault{f}})
				assertSuccess(t, drive(t, program, server, security, "connect", "send", "send", "send", "disconnect"))
				require.NoError(t, server.WaitIdle(3, deadline))
				assert.Len(t, server.Mails(), 3)
				assert.Len(t, server.Sessions(), 3)
			})
		}
	}
}
