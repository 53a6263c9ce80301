// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Limit is the time limit for playing a script, from Start to the end of Wait.
const Limit = 30 * time.Second

// Mismatch is the error for a client that does not follow the script.
type Mismatch struct {
	Script     string
	Connection int // from 1
	Line       int // in the script file; 0 if none applies
	Want, Got  string
}

func (m *Mismatch) Error() string {
	return fmt.Sprintf("%s line %d (connection %d)\n want: %s\n got:  %s", m.Script, m.Line, m.Connection, m.Want, m.Got)
}

// Server plays one script to the client that connects to it.
type Server struct {
	script   *Script
	mode     Mode
	listener net.Listener
	tls      *tls.Config
	limit    time.Time
	done     chan struct{} // closed when the last connection has been played

	mu   sync.Mutex
	conn net.Conn
	data [][]byte
	log  Dialogue
	err  error
}

func (s *Script) usesTLS() bool {
	for _, steps := range s.Connections {
		for _, step := range steps {
			if step.Verb == "tls" || step.Verb == "starttls" {
				return true
			}
		}
	}
	return false
}

// Addr returns the host and port to connect to.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Port returns the port to connect to on 127.0.0.1.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Data returns the content of each message of a "C..." step or BDAT, without the dot-stuffing, in
// order.
func (s *Server) Data() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.data...)
}

// Dialogue returns the dialogue so far, with secrets masked.
func (s *Server) Dialogue() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// Wait waits until the script has ended, the client has deviated from it, or Limit has passed. The
// error is a *Mismatch unless the network failed. The server no longer listens afterwards.
func (s *Server) Wait() error {
	<-s.done
	s.refuseMore()
	s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close ends the script immediately, for a test that has already failed.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	if s.conn != nil {
		s.conn.Close()
	}
	s.mu.Unlock()
	<-s.done
}

// refuseMore fails if the client has opened a connection that is not in the script. The client has
// finished, so its connections have already reached the listener.
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

// reason returns the text of an error of a read or an accept, without addresses.
func reason(err error) string {
	if isTimeout(err) {
		return fmt.Sprintf("silence until the limit of %v", Limit)
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return op.Err.Error()
	}
	return err.Error()
}
