// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// MailOptions configures a MailServer. With the zero value, the server is correct, and offers the
// usual extensions and all mechanisms. Its only user is alice@test.example, with the password
// "s3cret pass" and the token "good-token".
type MailOptions struct {
	Host       string            // address to listen on; "127.0.0.1" if empty
	Port       int               // the port with STARTTLS; 0 means a free port
	TLSPort    int               // the port with implicit TLS; 0 means a free port
	Hostname   string            // the server's name in replies; "mail.test.example" if empty
	Users      map[string]string // passwords by login
	Tokens     map[string]string // bearer tokens by login
	Mechanisms []string          // the mechanisms to offer; nil means all that the connection allows
	Unserved   []string          // mechanisms that are offered but refused with 535
	NoAuth     bool              // whether AUTH is not offered
	AuthFirst  bool              // whether MAIL before a login is refused with 530
	TLSFirst   bool              // whether AUTH and MAIL without TLS are refused with 530 (RFC 3207, section 4)

	Hide    []string // keywords that are not offered, such as "PIPELINING"
	Extra   []string // additional EHLO lines, such as "LIMITS RCPTMAX=10" or "REQUIRETLS"
	MaxSize int64    // octets; 64 MiB if 0

	LMTP        bool   // whether the server speaks LMTP (RFC 2033) instead of SMTP
	UnixSocket  string // the path of a socket on which the server listens too
	Certificate string // a name of package certs; "good" if empty
	NewestTLS   string // the newest version, "1.0" to "1.3"; all if empty
	ModernTLS   bool   // whether TLS 1.1 and older versions are refused

	Folder  string // the folder in which mail number N is stored as N.eml and N.json; "": in memory
	Discard bool   // whether only the envelope, size and checksum of mails are kept

	Faults []Fault // if there are several faults for a step, the first is used

	// Limits for clients that are not trusted; 0 means no limit.
	MaxSessions   int   // sessions at the same time; more are refused with 421
	MaxRecipients int   // recipients of a mail; more are refused with 452
	MaxPending    int64 // octets of all mails that are being received; more are refused with 452
	MaxDialogue   int   // octets of the recorded dialogue of a session

	// Received, if not nil, is called before the reply 250 to a mail, with the mail and the
	// record of its session so far. If Received is set, the server keeps neither mails nor
	// the records of sessions that have ended.
	Received func(Mail, SessionRecord)
	// Ended, if not nil, is called with the record of each session that has ended. Several
	// goroutines can call it at the same time.
	Ended func(SessionRecord)
}

func (o *MailOptions) fillIn() {
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	if o.Hostname == "" {
		o.Hostname = "mail.test.example"
	}
	if o.Users == nil {
		o.Users = map[string]string{"alice@test.example": "s3cret pass"}
	}
	if o.Tokens == nil {
		o.Tokens = map[string]string{"alice@test.example": "good-token"}
	}
	if o.MaxSize == 0 {
		o.MaxSize = 64 << 20
	}
}

// MailServer receives mail on two ports, one with STARTTLS and one with implicit TLS. By
// default, these are free ports of the loopback interface.
type MailServer struct {
	options MailOptions
	tls     *tls.Config
	plain   net.Listener
	secure  net.Listener
	unix    net.Listener

	closing  chan struct{}
	sessions sync.WaitGroup

	mu       sync.Mutex
	changed  *sync.Cond
	conns    map[net.Conn]bool
	records  []*SessionRecord
	begun    int // sessions
	mails    []Mail
	received int   // mails
	pending  int64 // octets of mails that are being received
	stage    *stage
	closed   bool
}

// Addr returns the host:port of the listener that offers STARTTLS.
func (s *MailServer) Addr() string { return s.plain.Addr().String() }

// TLSAddr returns the host:port of the listener with implicit TLS.
func (s *MailServer) TLSAddr() string { return s.secure.Addr().String() }

// Port returns the port of Addr.
func (s *MailServer) Port() int { return s.plain.Addr().(*net.TCPAddr).Port }

// TLSPort returns the port of TLSAddr.
func (s *MailServer) TLSPort() int { return s.secure.Addr().(*net.TCPAddr).Port }

// WriteCA writes the certificate of Authority in PEM to the file ca.pem in folder, and returns
// the path of the file.
func WriteCA(folder string) (string, error) {
	path := filepath.Join(folder, "ca.pem")
	return path, os.WriteFile(path, Authority().PEM(), 0o644)
}

// Close ends the server and every session, and returns when all have ended.
func (s *MailServer) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
		s.plain.Close()
		s.secure.Close()
		if s.unix != nil {
			s.unix.Close()
		}
		for conn := range s.conns {
			conn.Close()
		}
		s.stage.close()
		s.changed.Broadcast()
	}
	s.mu.Unlock()
	s.sessions.Wait()
}

// Sessions returns a record of each session so far, including running ones, in the order in which
// they began.
func (s *MailServer) Sessions() []SessionRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]SessionRecord, len(s.records))
	for i, r := range s.records {
		all[i] = r.copy()
	}
	return all
}

// Begun returns the number of sessions that have begun. It is also the Number of the newest
// session.
func (s *MailServer) Begun() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}

// Mails returns the mails received so far.
func (s *MailServer) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// WaitIdle waits until n mails have been received and no session is open. It returns an error if
// this takes longer than 'most' or the server is closed.
func (s *MailServer) WaitIdle(n int, most time.Duration) error {
	late := false
	timer := time.AfterFunc(most, func() {
		s.mu.Lock()
		late = true
		s.changed.Broadcast()
		s.mu.Unlock()
	})
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.received < n || len(s.conns) > 0 {
		if late || s.closed {
			return fmt.Errorf("%d mails of %d received, %d sessions open", s.received, n, len(s.conns))
		}
		s.changed.Wait()
	}
	return nil
}

// fault returns the fault for the present occurrence of a step, or nil if there is none.
func (x *session) fault(step string) *Fault {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	var found *Fault
	for i := range x.options.Faults {
		f := &x.options.Faults[i]
		if f.Step != step {
			continue
		}
		f.seen++
		if found == nil && (f.Nth == 0 || f.Nth == f.seen) {
			found = f
		}
	}
	return found
}
