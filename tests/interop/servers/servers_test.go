// SPDX-License-Identifier: MIT

package servers

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"
)

// plainClient logs in and sends one mail with Go's net/smtp, which shares no code with csmtp.
func plainClient(t *testing.T, s *Server, endpoint string, u User, recipients ...string) error {
	t.Helper()
	e := s.Endpoint(endpoint).String()
	implicit := strings.HasPrefix(endpoint, "smtps") || endpoint == "submissions"
	trust := &tls.Config{RootCAs: s.CA.Pool, ServerName: HostName}
	conn, err := net.Dial("tcp", e)
	if implicit {
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
	if !implicit {
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

// TestServers checks that each server accepts mail from a user, refuses a wrong
// password, and delivers mail unchanged.
func TestServers(t *testing.T) {
	for _, c := range []struct {
		kind      *Kind
		endpoints []string
	}{
		{Postfix, []string{"open", "submission", "smtps", "strict"}},
		{Exim, []string{"open", "smtps"}},
		{Dovecot, []string{"submission", "submissions"}},
		{Sendmail, []string{"open", "smtps"}},
	} {
		t.Run(c.kind.Name, func(t *testing.T) {
			t.Parallel()
			s := Get(t, c.kind)
			for _, endpoint := range c.endpoints {
				for _, u := range []User{Alice, Bob} {
					one, two := "one-"+endpoint+u.Name, "two-"+endpoint+u.Name
					if err := plainClient(t, s, endpoint, u, one, two); err != nil {
						t.Fatalf("%s at %s: %v\n%s", u.Name, endpoint, err, s.Log())
					}
					mail := s.Await(t, one)
					if mail.From != u.Name || len(mail.Recipients) != 2 || mail.Recipients[1] != two {
						t.Errorf("%s: envelope %+v", endpoint, mail)
					}
					text := bytes.ReplaceAll(mail.Read(t), []byte("\r\n"), []byte("\n"))
					if !bytes.Contains(text, []byte("\nSubject: probe\n")) || !bytes.HasSuffix(text, []byte("\n\n.a dot\n")) {
						t.Errorf("%s: delivered %q", endpoint, text)
					}
				}
				if err := plainClient(t, s, endpoint, User{Alice.Name, "wrong"}, Bob.Name); err == nil {
					t.Errorf("%s: a wrong password was accepted", endpoint)
				}
			}
		})
	}
}
