// SPDX-License-Identifier: MIT

package servers

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Mailbox is a folder of delivered mail: NAME.eml is a mail, and NAME.env is its envelope
// with one address per line, the reverse-path first.
type Mailbox string

// Mail is a delivered mail.
type Mail struct {
	File       string // the mail as the server stored it; its line ends can be LF
	From       string // reverse-path
	Recipients []string
	Parameters string // the parameters of MAIL and RCPT, one line each; only if go-smtp received the mail
}

// All returns the mails to a recipient, or every mail if recipient is "".
func (m Mailbox) All(recipient string) ([]Mail, error) {
	names, err := filepath.Glob(filepath.Join(string(m), "*.eml"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var found []Mail
	for _, name := range names {
		envelope, err := os.ReadFile(strings.TrimSuffix(name, ".eml") + ".env")
		if os.IsNotExist(err) {
			continue // another test has removed the file in the meantime
		}
		if err != nil {
			return nil, err
		}
		lines := strings.Split(strings.TrimSuffix(string(envelope), "\n"), "\n")
		mail := Mail{File: name, From: lines[0], Recipients: lines[1:]}
		slices.Sort(mail.Recipients)
		if parameters, err := os.ReadFile(strings.TrimSuffix(name, ".eml") + ".par"); err == nil {
			mail.Parameters = string(parameters)
		}
		if recipient == "" || slices.Contains(mail.Recipients, recipient) {
			found = append(found, mail)
		}
	}
	return found, nil
}

// Await waits for the mail to a recipient and returns it. The test fails if the recipient
// has more than one mail.
func (s *Server) Await(t testing.TB, recipient string) Mail {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		found, err := s.Mailbox.All(recipient)
		if err != nil {
			t.Fatalf("mailbox: %v", err)
		}
		if len(found) > 1 {
			t.Fatalf("%d mails for %s, want one", len(found), recipient)
		}
		if len(found) == 1 {
			return found[0]
		}
		if time.Now().After(deadline) {
			t.Fatalf("no mail for %s arrived within 60 s\n%s", recipient, s.Log())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Read returns the mail as the server stored it.
func (m Mail) Read(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile(m.File)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Remove removes the mail's files, to save space.
func (m Mail) Remove(t testing.TB) {
	t.Helper()
	files, err := filepath.Glob(strings.TrimSuffix(m.File, ".eml") + ".*")
	if err != nil {
		t.Error(err)
	}
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			t.Error(err)
		}
	}
}
