// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"crypto/tls"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/smtp/sasl"
)

// csmtp is our own package smtp.
type csmtp struct {
	config   *smtp.Config
	envelope smtp.Envelope
	text     *bytes.Reader
	whole    smtp.Message // instead of text, where there is a file
	session  *smtp.Session
}

func newCSmtp(o *options, text []byte, config *tls.Config) client {
	c := &csmtp{text: bytes.NewReader(text), config: &smtp.Config{
		Servers: []smtp.Server{{Host: "127.0.0.1", Port: o.port}}, LocalName: name,
	}}
	if config != nil {
		c.config.Security = smtp.STARTTLS
		c.config.TLS = smtp.TLSConfig{RootCAs: config.RootCAs, SessionCache: config.ClientSessionCache}
	}
	if o.login {
		c.config.Auth = &smtp.Auth{Mechanisms: []string{"PLAIN"}, Required: true,
			Credentials: sasl.Credentials{Login: user, Password: secret}}
	}
	c.envelope.From = from
	for _, to := range recipients(o) {
		c.envelope.Recipients = append(c.envelope.Recipients, smtp.Recipient{Address: to})
	}
	if o.file != "" {
		m := message.Message{From: []message.Address{{Mail: from}}, To: []message.Address{{Mail: recipients(o)[0]}},
			Subject: subject, Lines: []string{line}, Attachments: []message.Attachment{{Path: o.file}}}
		c.whole, _ = m.Render(message.Options{})
	}
	return c
}

func (c *csmtp) open() (err error) {
	c.session, err = smtp.Dial(context.Background(), c.config)
	return err
}

func (c *csmtp) send() error {
	if c.whole != nil {
		_, err := c.session.Send(&c.envelope, c.whole)
		return err
	}
	c.text.Seek(0, 0)
	_, err := c.session.Send(&c.envelope, c.text)
	return err
}

func (c *csmtp) close() error { return c.session.Quit() }
