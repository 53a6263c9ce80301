// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limit is the time limit for playing a script, from Start to the end of Wait.
const Limit = 30 * time.Second

// Mismatch is the error for a client that does not follow the script.
type Mismatch struct {
	Script     string
	Connection int // from 1
	Line       int // the line in the script; 0 if there is none
	Want, Got  string
}

func (m *Mismatch) Error() string {
	return fmt.Sprintf("%s line %d (connection %d)\n want: %s\n got:  %s", m.Script, m.Line, m.Connection, m.Want, m.Got)
}

// stageLimit is the time limit for one connection of a script that a MailServer plays.
const stageLimit = 10 * time.Minute

// Server plays one script to the client that connects to it. A Server either has a listener of its
// own, or belongs to a stage: a MailServer then passes connections to it.
type Server struct {
	script   *Script
	mode     Mode
	host     *MailServer // serves at "* serve", and keeps records and mails
	options  MailOptions // a copy of the options of host, with the changes from the script's header
	tls      *tls.Config
	listener net.Listener    // nil on a stage
	arrivals []chan *arrival // on a stage: one channel for each connection of the script
	given    int             // the number of connections that the stage has assigned to this run
	limit    time.Time       // zero on a stage
	stopped  chan struct{}   // closed when the script must end
	done     chan struct{}   // closed when the script has ended or failed

	mu      sync.Mutex
	conn    net.Conn
	data    [][]byte
	records []*SessionRecord
	err     error
}

// arrival is a connection on which a script is played.
type arrival struct {
	conn   net.Conn
	secure bool // whether TLS begins with the connection
	record *SessionRecord
	to     chan *arrival
	run    *Server
	played chan struct{} // closed when the script has ended on this connection
}

// Addr returns the host:port to which a client must connect.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Port returns the port of 127.0.0.1 to which a client must connect.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Data returns the content of each message that was read by a step "C..." or "* bdat", in order
// and without the dot-stuffing.
func (s *Server) Data() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.data...)
}

// Dialogue returns the dialogue so far, with secrets masked.
func (s *Server) Dialogue() string {
	s.mu.Lock()
	records := slices.Clone(s.records)
	s.mu.Unlock()
	s.host.mu.Lock()
	defer s.host.mu.Unlock()
	var b strings.Builder
	for i, r := range records {
		fmt.Fprintf(&b, "* connection %d\n%s", i+1, r.Dialogue.String())
	}
	return b.String()
}

// Wait waits until the script has ended, the client has deviated from it, or Limit has passed. It
// returns a *Mismatch if the client has not followed the script, and another error if the network
// failed. After Wait, the server no longer listens.
func (s *Server) Wait() error {
	<-s.done
	s.refuseMore()
	s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close ends the script immediately. It can be called instead of Wait or after it.
func (s *Server) Close() {
	s.listener.Close()
	s.end()
	<-s.done
}

// end ends the script. It does not wait.
func (s *Server) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.stopped:
	default:
		close(s.stopped)
	}
	if s.conn != nil {
		s.conn.Close()
	}
}

// refuseMore makes the script fail if the client has opened a connection that is not in the
// script. When refuseMore is called, the client has finished, and all its connections have
// reached the listener.
func (s *Server) refuseMore() {
	s.mu.Lock()
	failed := s.err != nil
	s.mu.Unlock()
	if failed {
		return
	}
	s.listener.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Millisecond))
	conn, err := s.listener.Accept()
	if err != nil {
		return
	}
	conn.Close()
	s.fail(&Mismatch{
		Script: s.script.Name, Connection: len(s.script.Connections) + 1,
		Want: "no further connection", Got: "a connection",
	})
}

func (s *Server) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// reason returns the text of a network error, without the addresses.
func reason(err error) string {
	if isTimeout(err) {
		return "silence until the time limit"
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return op.Err.Error()
	}
	return err.Error()
}
