// SPDX-License-Identifier: MIT

package smtptest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// Start listens on a free port of the loopback interface and plays the script once. It plays the
// connections one after the other.
func (s *Script) Start(mode Mode) (*Server, error) {
	if !slices.Contains(s.Modes(), mode) {
		return nil, fmt.Errorf("%s cannot be played in mode %v; its Modes method returns the possible ones", s.Name, mode)
	}
	server := &Server{script: s, mode: mode, limit: time.Now().Add(Limit), done: make(chan struct{})}
	if s.usesTLS() {
		config, err := tlsConfig(s.Header.Get("certificate"), s.Header.Get("newest-tls"))
		if err != nil {
			return nil, err
		}
		server.tls = config
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server.listener = listener
	go server.play()
	return server, nil
}

func (s *Server) play() {
	defer close(s.done)
	for i, steps := range s.script.Connections {
		if err := s.playConnection(i+1, steps); err != nil {
			s.fail(err)
			return
		}
	}
}

func (s *Server) playConnection(number int, steps []Step) error {
	s.listener.(*net.TCPListener).SetDeadline(s.limit)
	conn, err := s.listener.Accept()
	if err != nil {
		return &Mismatch{Script: s.script.Name, Connection: number, Line: steps[0].Line, Want: "a connection", Got: "none: " + reason(err)}
	}
	defer conn.Close()
	conn.SetDeadline(s.limit)
	s.mu.Lock()
	s.conn = conn
	s.log.event("connection %d", number)
	s.mu.Unlock()

	p := newPlay(s, conn)
	for i, step := range steps {
		err := p.do(step)
		if err == nil && i == len(steps)-1 && !ends[step.Verb] {
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

// do plays one step. It buffers output as long as possible, so that mode Whole sends one
// segment.
func (p *play) do(step Step) error {
	switch step.Verb {
	case "S":
		p.challenged = strings.HasPrefix(step.Text, "334")
		p.log(func(d *Dialogue) { d.server(step.Text) })
		p.pending.WriteString(step.Text + "\r\n")
		return nil
	case "raw":
		p.log(func(d *Dialogue) { d.event("raw %q", step.octets) })
		p.pending.Write(step.octets)
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
	case "auth", "forged":
		return p.auth(step.Text, step.Verb == "forged")
	case "tls", "starttls":
		return p.startTLS()
	case "wait":
		time.Sleep(step.pause)
	case "drip":
		p.drip(step)
	case "stall":
		io.Copy(io.Discard, p.r)
	case "close":
		p.log(func(d *Dialogue) { d.event("the server closes the connection") })
		p.conn.Close()
	case "cut":
		p.log(func(d *Dialogue) { d.event("the server ends the connection without closing TLS") })
		p.tcp.Close()
	case "reset":
		p.log(func(d *Dialogue) { d.event("the server resets the connection") })
		p.tcp.SetLinger(0)
		p.tcp.Close()
	case "leave":
		return p.leave()
	case "expect-close":
		return p.expectClose()
	case "expect-tls-failure":
		return p.expectTLSFailure()
	}
	return nil
}

// repeat writes the octets step.count times. It stops early if the client closes.
func (p *play) repeat(step Step) error {
	p.log(func(d *Dialogue) { d.event("raw %q, %d times", step.octets, step.count) })
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
