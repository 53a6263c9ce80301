// SPDX-License-Identifier: MIT

package smtptest

import (
	"context"
	"time"
)

// TB is the part of testing.TB that Test needs.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
	TempDir() string
}

// patience is the time limit of the methods of Test that wait.
const patience = 10 * time.Second

// Test is a MailServer for one test. If one of its own methods fails, it ends the test.
type Test struct {
	*MailServer
	t  TB
	ca string
}

// NewTest starts a server, which is closed at the end of the test.
func NewTest(t TB, options MailOptions) *Test {
	t.Helper()
	server, err := NewMailServer(options)
	if err != nil {
		t.Fatalf("the mail server did not start: %v", err)
	}
	t.Cleanup(server.Close)
	ca, err := WriteCA(t.TempDir())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return &Test{MailServer: server, t: t, ca: ca}
}

// CAFile returns the path of a file with the certificate of Authority. A client must trust this
// certificate.
func (s *Test) CAFile() string { return s.ca }

// Wait waits until n mails have been received and no session is open, and returns the
// mails.
func (s *Test) Wait(n int) []Mail {
	s.t.Helper()
	if err := s.WaitIdle(n, patience); err != nil {
		s.t.Fatalf("%v", err)
	}
	return s.Mails()
}

// PlayReady makes the server play a built-in script to the clients that connect next.
// ReadyScripts returns the names of the built-in scripts.
func (s *Test) PlayReady(name string) {
	s.t.Helper()
	script, err := ReadyScript(name)
	if err == nil {
		err = s.Play(script, script.Modes()[0])
	}
	if err != nil {
		s.t.Fatalf("%v", err)
	}
}

// PlayText makes the server play the script in text to the clients that connect next.
func (s *Test) PlayText(text string) {
	s.t.Helper()
	script, err := Parse(text)
	if err != nil {
		s.t.Fatalf("line %v", err)
	}
	script.Name = "script"
	if err := s.Play(script, script.Modes()[0]); err != nil {
		s.t.Fatalf("%v", err)
	}
}

// Played waits until the script has been played to its end. If the client does not follow the
// script, Played ends the test.
func (s *Test) Played() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.WaitPlayed(ctx); err != nil {
		s.t.Fatalf("%v", err)
	}
}
