// SPDX-License-Identifier: MIT

package servers

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/smtp"
	"testing"
	"time"
)

// plainClient logs in with the standard library's client, which knows nothing
// of ours, and sends one mail.
func plainClient(t *testing.T, s *Server, endpoint string, u User, recipients ...string) error {
	t.Helper()
	e := s.Endpoint(endpoint).String()
	trust := &tls.Config{RootCAs: s.CA.Pool, ServerName: HostName}
	conn, err := net.Dial("tcp", e)
	if endpoint == "smtps" {
		conn, err = tls.Dial("tcp", e, trust)
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	c, err := smtp.NewClient(conn, HostName)
	if err != nil {
		return err
	}
	if err := c.Hello("probe.example"); err != nil {
		return err
	}
	if endpoint != "smtps" {
		if err := c.StartTLS(trust); err != nil {
			return err
		}
	}
	if err := c.Auth(smtp.PlainAuth("", u.Name, u.Password, HostName)); err != nil {
		return err
	}
	if err := c.Mail(u.Name); err != nil {
		return err
	}
	for _, r := range recipients {
		if err := c.Rcpt(r); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte("Subject: probe\r\n\r\n.a dot\r\n")); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

func TestPostfix(t *testing.T) {
	s := Get(t, Postfix)
	for _, endpoint := range []string{"open", "submission", "smtps", "strict"} {
		for _, u := range []User{Alice, Bob} {
			one, two := "one-"+endpoint+u.Name, "two-"+endpoint+u.Name
			if err := plainClient(t, s, endpoint, u, one, two); err != nil {
				t.Fatalf("%s at %s: %v\n%s", u.Name, endpoint, err, s.Log())
			}
			mail := s.Mailbox.Await(t, one)
			if mail.From != u.Name || len(mail.Recipients) != 2 || mail.Recipients[1] != two {
				t.Errorf("%s: envelope %+v", endpoint, mail)
			}
			if text := mail.Read(t); !bytes.HasSuffix(text, []byte("\nSubject: probe\n\n.a dot\n")) {
				t.Errorf("%s: delivered %q", endpoint, text)
			}
		}
	}
	wrong := User{Alice.Name, "wrong"}
	if err := plainClient(t, s, "submission", wrong, Bob.Name); err == nil {
		t.Error("a wrong password logs in")
	}
}
