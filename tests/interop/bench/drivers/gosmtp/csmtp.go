// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"runtime"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/smtp/sasl"
)

// csmtp sends with package smtp of this project.
type csmtp struct {
	config   *smtp.Config
	envelope smtp.Envelope
	text     *bytes.Reader
	whole    smtp.Message // used instead of the field text if there is a file
	fresh    bool         // whether each mail gets a new session
	session  *smtp.Session
}

func newCSmtp(o *options, text []byte, config *tls.Config) client {
	c := &csmtp{text: bytes.NewReader(text), config: &smtp.Config{
		Servers: []smtp.Server{{Host: "127.0.0.1", Port: o.port}}, LocalName: name,
	}}
	if o.sessions == 1 {
		c.config.OnThread = true
		c.config.SpareProcessor = func() bool { return true }
		runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))) // OnThread needs at least two processors
	}
	c.fresh = o.fresh
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
	send := c.session.Send
	if c.fresh {
		send = c.session.SendLast
	}
	message := c.whole
	if message == nil {
		c.text.Seek(0, 0)
		message = c.text
	}
	_, err := send(&c.envelope, message)
	return err
}

func (c *csmtp) close() error { return c.session.Quit() }
