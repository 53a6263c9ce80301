// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"crypto/tls"
	"strings"

	"github.com/wneessen/go-mail"
)

// goMail sends with wneessen/go-mail, without the NOOP and RSET that it sends by
// default for each mail.
type goMail struct {
	*mail.Client
	message *mail.Msg
	failed  error
}

func newGoMail(o *options, _ []byte, config *tls.Config) client {
	with := []mail.Option{mail.WithPort(o.port), mail.WithHELO(name), mail.WithoutNoop(), mail.WithoutRset()}
	if config == nil {
		with = append(with, mail.WithTLSPolicy(mail.NoTLS))
	} else {
		with = append(with, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTLSConfig(config))
	}
	if o.login {
		with = append(with, mail.WithSMTPAuth(mail.SMTPAuthPlain), mail.WithUsername(user), mail.WithPassword(secret))
	}
	c := &goMail{message: mail.NewMsg()}
	c.Client, c.failed = mail.NewClient("127.0.0.1", with...)
	if c.failed == nil {
		c.failed = c.message.From(from)
	}
	if c.failed == nil {
		c.failed = c.message.To(recipients(o)...)
	}
	c.message.Subject(subject)
	c.message.SetBodyString(mail.TypeTextPlain, strings.Repeat(line, lines))
	if o.file != "" {
		c.message.AttachFile(o.file)
	}
	return c
}

func (c *goMail) open() error {
	if c.failed != nil {
		return c.failed
	}
	return c.DialWithContext(context.Background())
}

func (c *goMail) send() error  { return c.Send(c.message) }
func (c *goMail) close() error { return c.Close() }
