// SPDX-License-Identifier: MIT

package servers

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Dovecot is Dovecot 2.3: its submission server, which delivers to the Mailbox, and its
// LMTP server, which stores mail itself (see AwaitMaildir). It accepts the access tokens
// that Token returns. Endpoints:
//
//	submission   STARTTLS offered; AUTH required, with or without TLS
//	submissions  implicit TLS; EXTERNAL with a client certificate
//	lmtp         STARTTLS offered; also the unix socket LMTPSocket
var Dovecot = &Kind{
	Name: "dovecot",
	needs: []string{
		"/usr/sbin/dovecot", "/usr/lib/dovecot/submission-login", "/usr/lib/dovecot/lmtp",
	},
	start: startDovecot,
}

func startDovecot() (*Server, error) {
	s, err := newServer("dovecot", "submission", "submissions", "lmtp")
	if err != nil {
		return s, err
	}
	nobody, err := lookupAccount("nobody")
	if err != nil {
		return s, err
	}
	if err := s.startRelay(); err != nil {
		return s, err
	}
	keys := s.path("etc/keys/default/HS256")
	if err := errors.Join(
		os.Mkdir(s.path("run"), 0o755), os.Mkdir(s.path("state"), 0o755),
		os.Mkdir(s.path("maildir"), 0o755), nobody.own(s.path("maildir")),
		os.MkdirAll(keys, 0o755),
		os.WriteFile(filepath.Join(keys, "default"), []byte(base64.StdEncoding.EncodeToString([]byte(TokenKey))), 0o644),
		s.render("dovecot.conf", 0o644), s.render("oauth2.ext", 0o644), s.render("users", 0o644),
	); err != nil {
		return s, err
	}
	return s, s.run("dovecot", "", nil, "/usr/sbin/dovecot", "-F", "-c", s.path("etc/dovecot.conf"))
}

// LMTPSocket returns the path of Dovecot's Unix socket for LMTP.
func (s *Server) LMTPSocket() string { return s.path("run/lmtp") }

// AwaitMaildir waits until Dovecot's LMTP server has stored a mail for a local part, and
// returns this mail. There must be only one.
func (s *Server) AwaitMaildir(t testing.TB, local string) []byte {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		names, err := filepath.Glob(s.path("maildir/" + local + "/new/*"))
		if err != nil || len(names) > 1 {
			t.Fatalf("mail for %s: %v %v", local, names, err)
		}
		if len(names) == 1 {
			return Mail{File: names[0]}.Read(t)
		}
		if time.Now().After(deadline) {
			t.Fatalf("no mail for %s in Dovecot's folders within 30 s", local)
		}
	}
}
