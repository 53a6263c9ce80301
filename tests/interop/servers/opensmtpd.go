// SPDX-License-Identifier: MIT

package servers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// OpenSMTPD is OpenSMTPD 7 in a separate Debian 13 installation. It offers AUTH only
// within TLS, and does not offer PIPELINING. It delivers a separate mail to each
// recipient. Endpoints:
//
//	open        STARTTLS and AUTH offered, neither required
//	submission  STARTTLS and AUTH required
//	smtps       implicit TLS, AUTH required
var OpenSMTPD = &Kind{
	Name:  "opensmtpd",
	needs: []string{debian13 + "/.complete", debian13 + "/usr/sbin/smtpd"},
	start: startOpenSMTPD,
}

func startOpenSMTPD() (*Server, error) {
	s, err := newServer("opensmtpd", "open", "submission", "smtps")
	if err != nil {
		return s, err
	}
	nobody, err := lookupAccount("nobody")
	if err != nil {
		return s, err
	}
	var creds strings.Builder
	for _, u := range []User{Alice, Bob} {
		hash, err := exec.Command("openssl", "passwd", "-6", u.Password).Output()
		if err != nil {
			return s, fmt.Errorf("openssl passwd: %w", err)
		}
		fmt.Fprintf(&creds, "%s\t%s", u.Name, hash)
	}
	key, err := os.ReadFile(s.CA.ServerKey)
	if err != nil {
		return s, err
	}
	if err := errors.Join(
		os.Mkdir(s.path("spool"), 0o711), os.Mkdir(s.path("run"), 0o755),
		nobody.own(string(s.Mailbox)),
		os.WriteFile(s.path("etc/server.key"), key, 0o600), // OpenSMTPD refuses a key that others can read
		os.WriteFile(s.path("etc/creds"), []byte(creds.String()), 0o644),
		s.render("smtpd.conf", 0o644),
	); err != nil {
		return s, err
	}
	// The paths of the spool and of the CA certificates are compiled into OpenSMTPD.
	authorities := debian13 + "/etc/ssl/certs"
	inside := insideDebian13(s.Dir) + "\nmkdir -p " + debian13 + "/var/spool/smtpd " + authorities + "\n" +
		"mount -t tmpfs -o mode=755 tmpfs " + authorities + "\n" +
		"cp " + s.CA.File + " " + authorities + "/ca-certificates.crt\n" +
		"mount --bind " + s.path("spool") + " " + debian13 + "/var/spool/smtpd\n" +
		"mount --bind " + s.path("run") + " " + debian13 + "/run"
	return s, s.run("smtpd", inside, nil, "/usr/sbin/chroot", debian13, "/usr/sbin/smtpd", "-d", "-f", s.path("etc/smtpd.conf"))
}
