// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// startRelay starts the server to which a submission server hands its mail
// on: an SMTP server of other hands than ours, in this process, that offers
// all it can and puts every mail into the Mailbox. Templates know its port as
// Relay.
func (s *Server) startRelay() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	relay := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &relaySession{mailbox: s.Mailbox}, nil
	}))
	relay.Domain = "relay." + Domain
	relay.ReadTimeout, relay.WriteTimeout = time.Minute, time.Minute
	relay.EnableSMTPUTF8, relay.EnableDSN, relay.EnableBINARYMIME = true, true, true
	relay.ErrorLog = relayLog{}
	go func() { _ = relay.Serve(l) }()
	s.closers = append(s.closers, func() { _ = relay.Close() })
	s.set("Relay", l.Addr().(*net.TCPAddr).Port)
	return nil
}

// relayLog drops what go-smtp would print about connections that just end.
type relayLog struct{}

func (relayLog) Printf(string, ...any) {}
func (relayLog) Println(...any)        {}

type relaySession struct {
	mailbox  Mailbox
	envelope []string
}

func (r *relaySession) Mail(from string, _ *smtp.MailOptions) error {
	r.envelope = []string{from}
	return nil
}

func (r *relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	r.envelope = append(r.envelope, to)
	return nil
}

func (r *relaySession) Data(body io.Reader) error { return r.mailbox.put(r.envelope, body) }
func (r *relaySession) Reset()                    { r.envelope = nil }
func (r *relaySession) Logout() error             { return nil }

var mailNumber atomic.Int64

// put does in Go what deliver.sh does.
func (m Mailbox) put(envelope []string, body io.Reader) error {
	name := filepath.Join(string(m), fmt.Sprintf("%d.%06d", time.Now().Unix(), mailNumber.Add(1)))
	f, err := os.Create(name + ".tmp")
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, body); err != nil {
		return err
	}
	if err := os.WriteFile(name+".env", []byte(strings.Join(envelope, "\n")+"\n"), 0o644); err != nil {
		return err
	}
	return os.Rename(name+".tmp", name+".eml")
}
