// SPDX-License-Identifier: MIT

package smtptest

import (
	"errors"
	"net"
	"slices"
	"strings"
)

// command describes an SMTP command.
type command struct {
	last   bool // whether it must be the last command of a pipelined group (RFC 2920)
	octets bool // whether the octets of a BDAT chunk follow the command
	run    func(x *session, argument string) error
}

var commands map[string]command

func init() {
	commands = map[string]command{
		"HELO":     {last: true, run: func(x *session, a string) error { return x.hello("HELO", a) }},
		"EHLO":     {last: true, run: func(x *session, a string) error { return x.hello("EHLO", a) }},
		"LHLO":     {last: true, run: func(x *session, a string) error { return x.hello("LHLO", a) }},
		"STARTTLS": {last: true, run: (*session).startTLS},
		"AUTH":     {last: true, run: (*session).auth},
		"MAIL":     {run: (*session).mail},
		"RCPT":     {run: (*session).rcpt},
		"DATA":     {last: true, run: (*session).data},
		"BDAT":     {octets: true, run: (*session).bdat},
		"RSET":     {run: (*session).reset},
		"NOOP":     {last: true, run: func(x *session, _ string) error { return x.reply("NOOP", "250 2.0.0 OK") }},
		"QUIT":     {last: true, run: (*session).quit},
		"VRFY":     {last: true, run: func(x *session, _ string) error { return x.reply("", "252 2.1.5 Send and see") }},
		"HELP":     {last: true, run: func(x *session, _ string) error { return x.reply("", "214 2.0.0 See RFC 5321") }},
	}
}

// hello handles EHLO, HELO and LHLO. These commands also reset the transaction (RFC 5321,
// section 4.1.4).
func (x *session) hello(verb, name string) error {
	lmtp := x.options.LMTP
	switch {
	case lmtp != (verb == "LHLO"):
		return x.reply("", "500 5.5.1 %s is not for this protocol", verb)
	case !goodClientName(name):
		x.violation("argument of " + verb + ": " + visible(name))
		return x.reply("", "501 5.5.4 Want a domain or an address literal")
	}
	x.drop()
	x.spoken = nil
	x.note(func(r *SessionRecord) { r.ClientName = name })
	if verb == "HELO" {
		x.greeted, x.extended = true, false
		return x.reply("", "250 %s", x.options.Hostname)
	}
	f := x.fault("EHLO")
	x.extended = f == nil || f.Do[0] != '4' && f.Do[0] != '5'
	x.greeted = x.greeted || x.extended
	lines := append([]string{x.options.Hostname + " greets " + name}, x.keywords()...)
	text := "250-" + strings.Join(lines[:len(lines)-1], "\r\n250-") + "\r\n250 " + lines[len(lines)-1]
	if len(lines) == 1 {
		text = "250 " + lines[0]
	}
	if f != nil {
		return x.misbehave(f, text)
	}
	x.say(text)
	return nil
}

func (x *session) startTLS(argument string) error {
	switch {
	case x.secured || !x.offers("STARTTLS"):
		return x.reply("STARTTLS", "503 5.5.1 STARTTLS not offered")
	case argument != "":
		return x.reply("STARTTLS", "501 5.5.4 STARTTLS takes no argument")
	}
	if f := x.fault("STARTTLS"); f != nil {
		return x.misbehave(f, "220 2.0.0 Ready")
	}
	x.say("220 2.0.0 Ready")
	if err := x.flush(); err != nil {
		return err
	}
	// After STARTTLS the server forgets the client's EHLO (RFC 3207, section 4.2).
	x.forget()
	return x.handshake()
}

func (x *session) auth(argument string) error {
	mechanism, initial, ok := splitAuth("AUTH " + argument)
	switch {
	case !x.offers("AUTH"):
		return x.reply("AUTH", "502 5.5.1 AUTH not offered")
	case x.user != "" || x.envelope != nil:
		return x.reply("AUTH", "503 5.5.1 Not now")
	case !ok:
		return x.reply("AUTH", "501 5.5.4 Want AUTH mechanism [initial-response]")
	case !slices.Contains(x.mechanisms(), mechanism):
		return x.reply("AUTH", "504 5.5.4 Mechanism not offered")
	}
	if f := x.fault("AUTH"); f != nil {
		return x.misbehave(f, "235 2.7.0 Accepted")
	}
	known := accounts{passwords: x.options.Users, tokens: x.options.Tokens}
	v := newVerifier(mechanism, x.options.Hostname, known, x.tlsState())
	say := func(line string) error { x.say(line); return nil }
	hear := func() (string, error) { return x.hear(true) }
	err := exchange(v, initial, say, hear)
	if err == nil && slices.Contains(x.options.Unserved, mechanism) {
		err = errCredentials
	}
	switch {
	case err == nil:
		x.user = v.login()
		x.note(func(r *SessionRecord) { r.Mechanism, r.Login = mechanism, x.user })
		x.say("235 2.7.0 Accepted")
	case errors.Is(err, errCredentials):
		x.say("535 5.7.8 Authentication credentials invalid")
	case errors.Is(err, errMalformed), errors.Is(err, errBase64):
		x.violation(mechanism + ": " + err.Error())
		x.say("501 5.5.2 " + strings.ToUpper(err.Error()[:1]) + err.Error()[1:])
	case errors.Is(err, errCanceled):
		x.say("501 5.7.0 Authentication canceled")
	default:
		return err
	}
	return nil
}

func (x *session) reset(string) error {
	x.drop()
	return x.reply("RSET", "250 2.0.0 OK")
}

func (x *session) quit(string) error {
	if err := x.reply("QUIT", "221 2.0.0 Bye"); err != nil {
		return err
	}
	return errEnd
}

// forget discards what the server knows about the client, as STARTTLS requires.
func (x *session) forget() {
	x.drop()
	x.greeted, x.extended, x.spoken, x.user = false, false, nil, ""
}

func (x *session) run(secure bool) {
	err := x.greet(secure)
	for err == nil {
		err = x.next()
	}
	x.flush()
	x.drop()
	if err != errEnd {
		x.event("%s", ending(err))
	}
}

func ending(err error) string {
	switch {
	case isTimeout(err):
		return "silence for " + idleLimit.String()
	case errors.Is(err, net.ErrClosed):
		return "the server was closed"
	}
	return "the client closed the connection"
}

// next handles one command.
func (x *session) next() error {
	line, err := x.hear(false)
	if err != nil {
		return err
	}
	if stop := x.checkMailCount(); stop != nil {
		return stop
	}
	verb, argument, _ := strings.Cut(line, " ")
	x.verb = strings.ToUpper(verb)
	c, known := commands[x.verb]
	switch {
	case !known && x.hidden:
		return x.reply("", "500 5.5.1 Command not recognized")
	case !known:
		return x.reply("", `500 5.5.1 Command "%s" not recognized`, visible(verb))
	}
	if x.r.Buffered() > 0 && !c.octets && (c.last || !x.offers("PIPELINING")) {
		x.violation("octets after " + strings.ToUpper(verb) + ", sent before its reply (RFC 2920, section 3.1)")
		return x.sayAndEnd("503 5.5.0 Improper use of pipelining")
	}
	return c.run(x, argument)
}
