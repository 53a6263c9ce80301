// SPDX-License-Identifier: MIT

package servers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

const (
	sendmailBinary = cache + "/sendmail/usr/libexec/sendmail/sendmail"
	sendmailCF     = cache + "/sendmail/usr/share/sendmail/cf"
)

// Sendmail delivers to the Mailbox. It replies to RCPT with 450 for tempfail@ and 550 for
// refused@, and to a bare LF in the data with 421. Endpoints:
//
//	open   STARTTLS and AUTH offered, neither required
//	smtps  implicit TLS; EXTERNAL with a client certificate
var Sendmail = &Kind{
	Name: "sendmail",
	needs: []string{
		sendmailBinary, sendmailCF + "/m4/cf.m4", "/usr/bin/m4", "/usr/sbin/saslpasswd2",
		saslPlugins + "/libscram.so", saslPlugins + "/libsasldb.so",
	},
	start: startSendmail,
}

func startSendmail() (*Server, error) {
	s, err := newServer("sendmail", "open", "smtps")
	if err != nil {
		return s, err
	}
	if err := s.startRelay(); err != nil {
		return s, err
	}
	s.set("CF", sendmailCF)
	s.set("View", "/mnt/csmtp")
	key, err := os.ReadFile(s.CA.ServerKey)
	if err != nil {
		return s, err
	}
	if err := errors.Join(
		os.Mkdir(s.path("queue"), 0o700),
		os.WriteFile(s.path("etc/server.key"), key, 0o600), // Sendmail refuses a key that others can read
		s.sasldb(account{0, 0}),
		s.render("sendmail.mc", 0o644), s.render("hosts", 0o644), s.render("inside.sh", 0o644),
		s.renderTo("Sendmail.conf", "sasl/Sendmail.conf", 0o644),
	); err != nil {
		return s, err
	}
	cf, err := exec.Command("/usr/bin/m4", "-D_CF_DIR_="+sendmailCF+"/", s.path("etc/sendmail.mc")).Output()
	if err != nil {
		return s, fmt.Errorf("m4: %w", err)
	}
	if err := os.WriteFile(s.path("etc/sendmail.cf"), cf, 0o644); err != nil {
		return s, err
	}
	return s, s.run("sendmail", ". "+s.path("etc/inside.sh"), nil, sendmailBinary, "-bD", "-C", "/mnt/csmtp/etc/sendmail.cf")
}
