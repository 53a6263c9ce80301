// SPDX-License-Identifier: MIT

package servers

import (
	"errors"
	"os"
)

const debian13 = cache + "/trixie"

// Dovecot24 is Dovecot 2.4 in a separate Debian 13 installation. It is the only
// server here with SCRAM-SHA-1-PLUS and SCRAM-SHA-256-PLUS. It delivers to the
// Mailbox. Endpoints:
//
//	submission   STARTTLS offered; AUTH required, with or without TLS
//	submissions  implicit TLS
var Dovecot24 = &Kind{
	Name:  "dovecot24",
	needs: []string{debian13 + "/.complete", debian13 + "/usr/sbin/dovecot", debian13 + "/usr/lib/dovecot/submission-login"},
	start: startDovecot24,
}

func startDovecot24() (*Server, error) {
	s, err := newServer("dovecot24", "submission", "submissions")
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
	if err := errors.Join(
		os.Mkdir(s.path("run"), 0o755), os.Mkdir(s.path("state"), 0o755),
		os.Mkdir(s.path("maildir"), 0o755), nobody.own(s.path("maildir")),
		s.render("dovecot.conf", 0o644), s.render("users", 0o644),
	); err != nil {
		return s, err
	}
	return s, s.run("dovecot", insideDebian13(s.Dir), nil,
		"/usr/sbin/chroot", debian13, "/usr/sbin/dovecot", "-F", "-c", s.path("etc/dovecot.conf"))
}

// insideDebian13 returns shell commands that mount dir in the separate Debian 13
// installation, at the same path, together with /dev, /proc and an empty /tmp. The mounts
// disappear with the mount namespace.
func insideDebian13(dir string) string {
	there := debian13 + dir
	return "mount -t tmpfs -o mode=1777 tmpfs " + debian13 + "/tmp\n" +
		"mkdir -p " + there + "\nmount --bind " + dir + " " + there + "\n" +
		"mount --bind /dev " + debian13 + "/dev\nmount --bind /proc " + debian13 + "/proc"
}
