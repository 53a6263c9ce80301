// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"
)

// NewMailServer starts a server. The caller must call its method Close.
func NewMailServer(options MailOptions) (*MailServer, error) {
	s, err := newMailServer(options)
	if err != nil {
		return nil, err
	}
	if err := s.listen(); err != nil {
		for _, l := range []net.Listener{s.plain, s.secure} {
			if l != nil {
				l.Close()
			}
		}
		return nil, err
	}
	if s.unix != nil {
		go s.accept(s.unix, false)
	}
	go s.accept(s.plain, false)
	go s.accept(s.secure, true)
	return s, nil
}

// Check returns the error that NewMailServer would return for invalid options, or nil. It does not
// try to listen.
func (o MailOptions) Check() error {
	_, err := newMailServer(o)
	return err
}

// newMailServer checks the options, and returns a server that does not listen yet.
func newMailServer(options MailOptions) (*MailServer, error) {
	options.fillIn()
	options.Faults = slices.Clone(options.Faults) // the server counts the occurrences of steps in the copy
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
	config, err := options.tlsConfig()
	if err != nil {
		return nil, err
	}
	s := &MailServer{options: options, tls: config, closing: make(chan struct{}), conns: map[net.Conn]bool{}}
	s.changed = sync.NewCond(&s.mu)
	return s, nil
}

func (o *MailOptions) tlsConfig() (*tls.Config, error) {
	config, err := tlsConfig(o.Certificate, o.NewestTLS)
	if err != nil {
		return nil, err
	}
	if o.ModernTLS {
		config.MinVersion = tls.VersionTLS12
	}
	config.ClientAuth, config.ClientCAs = tls.VerifyClientCertIfGiven, Authority().Pool()
	return config, nil
}

func (s *MailServer) listen() (err error) {
	o := &s.options
	if s.plain, err = net.Listen("tcp", net.JoinHostPort(o.Host, strconv.Itoa(o.Port))); err != nil {
		return err
	}
	if s.secure, err = net.Listen("tcp", net.JoinHostPort(o.Host, strconv.Itoa(o.TLSPort))); err != nil {
		return err
	}
	if o.UnixSocket != "" {
		// Remove a socket that an earlier server has not removed.
		if info, err := os.Lstat(o.UnixSocket); err == nil && info.Mode()&os.ModeSocket != 0 {
			if conn, err := net.Dial("unix", o.UnixSocket); err == nil {
				conn.Close()
				return fmt.Errorf("%s: another server listens there", o.UnixSocket)
			}
			os.Remove(o.UnixSocket)
		}
		s.unix, err = net.Listen("unix", o.UnixSocket)
	}
	return err
}

// accept serves the connections to a listener until the server is closed. If Accept fails for
// another reason, for example because there are too many open files, accept tries again.
func (s *MailServer) accept(listener net.Listener, secure bool) {
	const shortest, longest = 5 * time.Millisecond, time.Second
	pause := shortest
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			select {
			case <-s.closing:
				return
			case <-time.After(pause):
			}
			pause = min(2*pause, longest)
			continue
		}
		pause = shortest
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			conn.Close()
			return
		}
		if most := s.options.MaxSessions; most > 0 && len(s.conns) >= most {
			s.mu.Unlock()
			if !secure {
				io.WriteString(conn, "421 4.7.0 Too many sessions at the same time\r\n")
			}
			conn.Close()
			continue
		}
		s.conns[conn] = true
		record := s.newRecord()
		on := s.stage.next(record, secure)
		s.sessions.Add(1)
		s.mu.Unlock()
		go s.serve(conn, secure, record, on)
	}
}

// newRecord returns the record of a new session. The caller holds s.mu.
func (s *MailServer) newRecord() *SessionRecord {
	s.begun++
	record := &SessionRecord{Number: s.begun, Violations: []string{}, Dialogue: Dialogue{most: s.options.MaxDialogue}}
	s.records = append(s.records, record)
	return record
}

// serve runs the session of a connection or, if 'on' is not nil, plays a script on the
// connection.
func (s *MailServer) serve(conn net.Conn, secure bool, record *SessionRecord, on *arrival) {
	defer s.sessions.Done()
	if on != nil {
		on.play(conn)
	} else {
		newSession(s, conn, record).run(secure)
	}
	conn.Close()
	s.mu.Lock()
	done := record.copy()
	s.mu.Unlock()
	// The session counts towards MaxSessions until Ended has returned. This limits the number
	// of goroutines even if Ended blocks.
	if s.options.Ended != nil {
		s.options.Ended(done)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
	if s.options.Received != nil {
		s.records = slices.DeleteFunc(s.records, func(r *SessionRecord) bool { return r == record })
	}
	s.changed.Broadcast()
}
