// SPDX-License-Identifier: MIT

package servers

import (
	"errors"
	"os"
)

const eximBinary = cache + "/exim/usr/sbin/exim4"

// Exim uses Cyrus SASL for some mechanisms. It refuses the recipients that Postfix
// refuses, except full@ and over@. It replies to a message with 550 if the subject contains
// REFUSE-DATA, and with 451 if the subject contains DEFER-DATA. Endpoints:
//
//	open   STARTTLS and AUTH offered, neither required
//	smtps  implicit TLS; EXTERNAL with a client certificate
var Exim = &Kind{
	Name: "exim",
	needs: []string{
		eximBinary, "/usr/sbin/saslpasswd2",
		saslPlugins + "/libscram.so", saslPlugins + "/libsasldb.so",
	},
	start: startExim,
}

func startExim() (*Server, error) {
	s, err := newServer("exim", "open", "smtps")
	if err != nil {
		return s, err
	}
	exim, err := lookupAccount("Debian-exim")
	if err != nil {
		return s, err
	}
	s.set("Binary", eximBinary)
	if err := errors.Join(
		os.Mkdir(s.path("spool"), 0o755),
		exim.own(s.path("spool")), exim.own(s.path("log")), exim.own(string(s.Mailbox)),
		s.sasldb(exim),
		s.render("exim.conf", 0o644), s.render("users", 0o644),
		s.renderTo("sasl.conf", "sasl/exim.conf", 0o644),
	); err != nil {
		return s, err
	}
	env := []string{"SASL_CONF_PATH=" + s.path("sasl")}
	return s, s.run("exim", "", env, eximBinary, "-C", s.path("etc/exim.conf"), "-bdf")
}
