// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"sync"
)

// NewMailServer starts a server. The caller must Close it.
func NewMailServer(options MailOptions) (*MailServer, error) {
	options.fillIn()
	options.Faults = slices.Clone(options.Faults) // they count occurrences
	for _, m := range options.Mechanisms {
		if !knownMechanism(m) {
			return nil, fmt.Errorf("unknown mechanism %q; known mechanisms are %v", m, Mechanisms)
		}
	}
	for _, f := range options.Faults {
		if err := f.check(); err != nil {
			return nil, err
		}
	}
	config, err := tlsConfig(options.Certificate, options.NewestTLS)
	if err != nil {
		return nil, err
	}
	if options.ModernTLS {
		config.MinVersion = tls.VersionTLS12
	}
	config.ClientAuth, config.ClientCAs = tls.VerifyClientCertIfGiven, Authority().Pool()
	s := &MailServer{options: options, tls: config, closing: make(chan struct{}), conns: map[net.Conn]bool{}}
	s.changed = sync.NewCond(&s.mu)
	if s.plain, err = net.Listen("tcp", net.JoinHostPort(options.Host, "0")); err != nil {
		return nil, err
	}
	if s.secure, err = net.Listen("tcp", net.JoinHostPort(options.Host, "0")); err != nil {
		s.plain.Close()
		return nil, err
	}
	if options.UnixSocket != "" {
		if s.unix, err = net.Listen("unix", options.UnixSocket); err != nil {
			s.plain.Close()
			s.secure.Close()
			return nil, err
		}
		go s.accept(s.unix, false)
	}
	go s.accept(s.plain, false)
	go s.accept(s.secure, true)
	return s, nil
}

func (s *MailServer) accept(listener net.Listener, secure bool) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			conn.Close()
			return
		}
		s.conns[conn] = true
		record := &SessionRecord{Number: len(s.records) + 1, Violations: []string{}}
		s.records = append(s.records, record)
		s.sessions.Add(1)
		s.mu.Unlock()
		go s.serve(conn, secure, record)
	}
}

func (s *MailServer) serve(conn net.Conn, secure bool, record *SessionRecord) {
	defer s.sessions.Done()
	newSession(s, conn, record).run(secure)
	conn.Close()
	s.mu.Lock()
	delete(s.conns, conn)
	s.changed.Broadcast()
	done := record.copy()
	s.mu.Unlock()
	if s.options.Ended != nil {
		s.options.Ended(done)
	}
}
