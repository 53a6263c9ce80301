// SPDX-License-Identifier: MIT

package servers

import (
	"errors"
	"os"
)

// Postfix uses Cyrus SASL. It replies to RCPT with 450 for tempfail@, 550 for refused@ and
// unknown@, 452 for full@, 552 for over@, and 421 for drop@. Endpoints:
//
//	open        STARTTLS and AUTH offered, neither required
//	submission  STARTTLS and AUTH required
//	smtps       implicit TLS, AUTH required
//	clientcert  implicit TLS, client certificate required, no AUTH
//	strict      like open; refuses bare LF, early pipelining and invalid EHLO names
//	bare        no service extensions
//	helo        does not know EHLO
var Postfix = &Kind{
	Name: "postfix",
	needs: []string{
		"/usr/sbin/postfix", "/usr/sbin/saslpasswd2",
		"/usr/lib/postfix/sbin/master",
		saslPlugins + "/libscram.so", saslPlugins + "/libsasldb.so",
	},
	start: startPostfix,
}

func startPostfix() (*Server, error) {
	s, err := newServer("postfix", "open", "submission", "smtps", "clientcert", "strict", "bare", "helo")
	if err != nil {
		return s, err
	}
	postfix, err := lookupAccount("postfix")
	if err != nil {
		return s, err
	}
	nobody, err := lookupAccount("nobody")
	if err != nil {
		return s, err
	}
	if err := errors.Join(
		os.Mkdir(s.path("spool"), 0o755), os.Mkdir(s.path("data"), 0o755),
		postfix.own(s.path("data")), nobody.own(string(s.Mailbox)),
		s.sasldb(postfix),
		s.render("main.cf", 0o644), s.render("master.cf", 0o644),
		s.render("recipients", 0o644), s.render("helo-only", 0o644),
		s.renderTo("smtpd.conf", "etc/sasl/smtpd.conf", 0o644),
	); err != nil {
		return s, err
	}
	// Postfix calls fsync for each step of a mail. The queue is on a tmpfs, where fsync
	// takes no time.
	spool := "mount -t tmpfs -o mode=755 tmpfs " + s.path("spool")
	return s, s.run("postfix", spool, nil, "/usr/sbin/postfix", "-c", s.path("etc"), "start-fg")
}
