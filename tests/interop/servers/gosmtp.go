// SPDX-License-Identifier: MIT

package servers

import (
	"crypto/tls"
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

// GoSMTP is emersion/go-smtp, which runs in this process. It offers extensions that no
// server in Debian's packages has. It replies to RCPT with 450 for tempfail@ and 550 for
// refused@. Over LMTP, it replies with 552 for lmtpno@ after the content. It sets
// Mail.Parameters. Endpoints:
//
//	open  STARTTLS, no AUTH
//	lmtp
var GoSMTP = &Kind{Name: "gosmtp", start: startGoSMTP}

func startGoSMTP() (*Server, error) {
	s, err := newServer("gosmtp", "open", "lmtp")
	if err != nil {
		return s, err
	}
	for _, name := range []string{"open", "lmtp"} {
		l, err := net.Listen("tcp", s.Endpoint(name).String())
		if err != nil {
			return s, err
		}
		err = s.goSMTP(l, func(g *smtp.Server) {
			g.LMTP = name == "lmtp"
			g.EnableREQUIRETLS = true
			g.MaxRecipients = 5 // advertised as LIMITS
			g.MaxMessageBytes = 60 << 20
			// DELIVERBY and MT-PRIORITY are not enabled: go-smtp expects their
			// parameters in RCPT, but RFC 2852 and RFC 6710 define them for MAIL.
		})
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// startRelay starts the server to which a submission server relays its mail. In
// templates, Relay is the port of this server.
func (s *Server) startRelay() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.set("Relay", l.Addr().(*net.TCPAddr).Port)
	return s.goSMTP(l, func(*smtp.Server) {})
}

// goSMTP runs go-smtp on the listener l, and stores every mail in the Mailbox.
func (s *Server) goSMTP(l net.Listener, configure func(*smtp.Server)) error {
	cert, err := tls.LoadX509KeyPair(s.CA.ServerCert, s.CA.ServerKey)
	if err != nil {
		return err
	}
	g := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &goSession{mailbox: s.Mailbox}, nil
	}))
	g.Domain = HostName
	g.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	g.ReadTimeout, g.WriteTimeout = time.Minute, time.Minute
	g.EnableSMTPUTF8, g.EnableDSN, g.EnableBINARYMIME = true, true, true
	g.ErrorLog = noLog{}
	configure(g)
	go func() { _ = g.Serve(l) }()
	s.closers = append(s.closers, func() { _ = g.Close() })
	return nil
}

// noLog discards go-smtp's messages about connections that end without QUIT.
type noLog struct{}

func (noLog) Printf(string, ...any) {}
func (noLog) Println(...any)        {}

type goSession struct {
	mailbox    Mailbox
	envelope   []string
	parameters []string
}

func (g *goSession) Mail(from string, o *smtp.MailOptions) error {
	g.envelope = []string{from}
	g.parameters = []string{fmt.Sprintf("size=%d body=%s utf8=%t requiretls=%t ret=%s envid=%q",
		o.Size, o.Body, o.UTF8, o.RequireTLS, o.Return, o.EnvelopeID)}
	return nil
}

func (g *goSession) Rcpt(to string, o *smtp.RcptOptions) error {
	switch local, _, _ := strings.Cut(to, "@"); local {
	case "tempfail":
		return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "Mailbox busy, try later"}
	case "refused":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Recipient refused by test policy"}
	}
	g.envelope = append(g.envelope, to)
	g.parameters = append(g.parameters, fmt.Sprintf("notify=%v orcpt=%q", o.Notify, o.OriginalRecipient))
	return nil
}

func (g *goSession) Data(body io.Reader) error {
	return g.mailbox.put(g.envelope, g.parameters, body)
}

// LMTPData refuses the recipient lmtpno@ and stores the mail for the other recipients.
func (g *goSession) LMTPData(body io.Reader, status smtp.StatusCollector) error {
	kept := g.envelope[:1:1]
	for _, to := range g.envelope[1:] {
		if strings.HasPrefix(to, "lmtpno@") {
			status.SetStatus(to, &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "Over quota"})
			continue
		}
		kept = append(kept, to)
	}
	return g.mailbox.put(kept, g.parameters, body)
}

func (g *goSession) Reset()        { g.envelope, g.parameters = nil, nil }
func (g *goSession) Logout() error { return nil }

var mailNumber atomic.Int64

// put stores a mail as deliver.sh does. It also stores the parameters of MAIL and RCPT in
// NAME.par.
func (m Mailbox) put(envelope, parameters []string, body io.Reader) error {
	name := filepath.Join(string(m), fmt.Sprintf("%d.%06d", time.Now().Unix(), mailNumber.Add(1)))
	f, err := os.Create(name + ".tmp")
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, body); err != nil {
		return err
	}
	for ending, lines := range map[string][]string{".env": envelope, ".par": parameters} {
		if err := os.WriteFile(name+ending, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			return err
		}
	}
	return os.Rename(name+".tmp", name+".eml")
}
