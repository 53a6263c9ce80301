// SPDX-License-Identifier: MIT

package smtptest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"
)

// Start listens on a free port of the loopback interface and plays the script once. It plays the
// connections one after the other.
func (s *Script) Start(mode Mode) (*Server, error) {
	host, err := newMailServer(MailOptions{Users: map[string]string{}, Tokens: map[string]string{}, Discard: true})
	if err != nil {
		return nil, err
	}
	server, err := host.run(s, mode)
	if err != nil {
		return nil, err
	}
	server.limit = time.Now().Add(Limit)
	if server.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	go server.play()
	return server, nil
}

// run returns a Server that plays the script. For "* serve", it has the options of s, with the
// changes from the script's header.
func (s *MailServer) run(script *Script, mode Mode) (*Server, error) {
	if !slices.Contains(script.Modes(), mode) {
		return nil, fmt.Errorf("%s cannot be played in mode %v; the possible modes are %v", script.Name, mode, script.Modes())
	}
	server := &Server{script: script, mode: mode, host: s, options: s.options, stopped: make(chan struct{}), done: make(chan struct{})}
	if err := script.Header.configure(&server.options); err != nil {
		return nil, err
	}
	config, err := server.options.tlsConfig()
	if err != nil {
		return nil, err
	}
	if server.options.Certificate == s.options.Certificate {
		config.Certificates = s.tls.Certificates
	}
	server.tls = config
	for range script.Connections {
		server.arrivals = append(server.arrivals, make(chan *arrival, 1))
	}
	return server, nil
}

func (s *Server) play() {
	defer close(s.done)
	for i, steps := range s.script.Connections {
		a, err := s.take(i)
		if err != nil {
			s.fail(&Mismatch{Script: s.script.Name, Connection: i + 1, Line: steps[0].Line, Want: "a connection", Got: "none: " + reason(err)})
			return
		}
		err = s.playConnection(i+1, steps, a)
		close(a.played)
		if err != nil {
			s.fail(err)
			return
		}
	}
	s.host.mu.Lock()
	defer s.host.mu.Unlock()
	for i := range s.options.Faults {
		if f := &s.options.Faults[i]; f.Step != "" && f.seen < max(1, f.Nth) {
			s.fail(&Mismatch{Script: s.script.Name, Connection: len(s.script.Connections),
				Want: "a client that reaches " + f.Step + ", for the fault", Got: fmt.Sprintf("a client that reached it only %d time(s)", f.seen)})
		}
	}
}

// take returns the client's connection on which connection i of the script is played. It waits
// until the client has made this connection.
func (s *Server) take(i int) (*arrival, error) {
	if s.listener == nil {
		select {
		case a := <-s.arrivals[i]:
			return a, nil
		case <-s.stopped:
			return nil, errors.New("the script was stopped")
		}
	}
	s.listener.(*net.TCPListener).SetDeadline(s.limit)
	conn, err := s.listener.Accept()
	if err != nil {
		return nil, err
	}
	s.host.mu.Lock()
	defer s.host.mu.Unlock()
	return &arrival{conn: conn, record: s.host.newRecord(), played: make(chan struct{})}, nil
}

func (s *Server) playConnection(number int, steps []Step, a *arrival) error {
	defer a.conn.Close()
	p := newPlay(s, a.conn, a.record)
	defer func() {
		p.drop()
		s.host.reserve(-p.held)
	}()
	s.mu.Lock()
	s.conn = a.conn
	s.records = append(s.records, a.record)
	s.mu.Unlock()

	if a.secure && steps[0].Verb != "tls" {
		if err := p.startTLS(); err != nil {
			return err
		}
		if p.tlsFailed {
			return &Mismatch{Script: s.script.Name, Connection: number, Line: steps[0].Line, Want: "a TLS handshake", Got: "none that succeeded"}
		}
	}
	for i, step := range steps {
		err := p.do(step)
		if err == nil && i == len(steps)-1 && !step.ends() {
			err = p.finish()
		}
		if err != nil {
			var m *Mismatch
			if errors.As(err, &m) {
				m.Script, m.Connection, m.Line = s.script.Name, number, step.Line
			}
			return err
		}
	}
	return nil
}

// do plays one step. It collects output as long as possible: the mode Whole then sends the
// output in one write.
func (p *play) do(step Step) error {
	if line := p.unread; line != nil && step.Verb != "C" {
		p.unread = nil
		p.logClient(*line)
		p.ask(*line)
	}
	switch step.Verb {
	case "S":
		p.sent([]byte(step.Text))
		p.log(func(d *Dialogue) { d.server(step.Text) })
		p.answered(step.Text)
		p.out.WriteString(step.Text + "\r\n")
		return nil
	case "raw":
		p.event("raw %q", step.octets)
		p.sent(step.octets)
		p.out.Write(step.octets)
		return nil
	case "repeat":
		return p.repeat(step)
	}
	if err := p.flush(); err != nil {
		return err
	}
	switch step.Verb {
	case "C":
		return p.command(step)
	case "C...":
		return p.content(step)
	case "bdat":
		return p.chunk()
	case "serve":
		return p.serve(step)
	case "auth", "forged":
		return p.auth(step.Text, step.Verb == "forged")
	case "tls", "starttls":
		return p.startTLS()
	case "wait":
		p.pause(step.pause)
	case "drip":
		p.drip(step)
	case "stall":
		p.event("the server is silent")
		io.Copy(io.Discard, p.r)
	case "close":
		p.event("the server closes the connection")
		p.conn.Close()
	case "cut":
		p.event("the server ends the connection without closing TLS")
		p.raw.Close()
	case "reset":
		p.event("the server resets the connection")
		if tcp, is := p.raw.(*net.TCPConn); is {
			tcp.SetLinger(0)
		}
		p.raw.Close()
	case "leave":
		return p.leave()
	case "expect-close":
		return p.expectClose()
	case "expect-tls-failure":
		return p.expectTLSFailure()
	}
	return nil
}

// pause waits for the time d, or until the script ends.
func (p *play) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-p.run.stopped:
	}
}

// The method repeat writes the octets step.count times, or until the client closes the
// connection.
func (p *play) repeat(step Step) error {
	p.event("raw %q, %d times", step.octets, step.count)
	p.sent(step.octets)
	if err := p.flush(); err != nil {
		return err
	}
	w := bufio.NewWriterSize(p.conn, 64<<10)
	for range step.count {
		if _, err := w.Write(step.octets); err != nil {
			return nil
		}
	}
	w.Flush()
	return nil
}
