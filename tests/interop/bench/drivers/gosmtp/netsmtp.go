// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net/smtp"
	"os"
)

// netSMTP sends with the standard library's client. That client does not compose
// messages, so netSMTP encodes a file itself, block by block.
type netSMTP struct {
	o      *options
	text   []byte
	config *tls.Config
	to     []string
	*smtp.Client
}

func newNetSMTP(o *options, text []byte, config *tls.Config) client {
	return &netSMTP{o: o, text: text, config: config, to: recipients(o)}
}

func (c *netSMTP) open() (err error) {
	if c.Client, err = smtp.Dial(fmt.Sprintf("127.0.0.1:%d", c.o.port)); err != nil {
		return err
	}
	if err = c.Hello(name); err != nil {
		return err
	}
	if c.config != nil {
		if err = c.StartTLS(c.config); err != nil {
			return err
		}
	}
	if c.o.login {
		return c.Auth(smtp.PlainAuth("", user, secret, "127.0.0.1"))
	}
	return nil
}

func (c *netSMTP) send() error {
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, to := range c.to {
		if err := c.Rcpt(to); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if c.o.file != "" {
		err = writeFile(w, c.o.file)
	} else {
		_, err = w.Write(c.text)
	}
	if err != nil {
		return err
	}
	return w.Close()
}

func (c *netSMTP) close() error { return c.Quit() }

func writeFile(to io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Fprintf(to, "From: <%s>\r\nSubject: %s\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"+
		"Content-Transfer-Encoding: base64\r\n\r\n", from, subject)
	encoder := base64.NewEncoder(base64.StdEncoding, &folder{w: bufio.NewWriterSize(to, 64<<10)})
	if _, err := io.CopyBuffer(struct{ io.Writer }{encoder}, struct{ io.Reader }{f}, make([]byte, 57<<10)); err != nil {
		return err
	}
	return encoder.Close()
}

// folder breaks lines after 76 octets (RFC 2045, section 6.8).
type folder struct {
	w      *bufio.Writer
	column int
}

func (f *folder) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		step := min(76-f.column, len(p))
		f.w.Write(p[:step])
		p = p[step:]
		if f.column += step; f.column == 76 {
			f.w.WriteString("\r\n")
			f.column = 0
		}
	}
	return n, f.w.Flush()
}
