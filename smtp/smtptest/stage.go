// SPDX-License-Identifier: MIT

package smtptest

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// stage is a script that a MailServer plays to its clients, and the state of the script. With
// "repeat: yes", the script has several runs, each of which is a Server. The lock of the
// MailServer guards the stage.
type stage struct {
	script  *Script
	mode    Mode
	repeat  bool
	server  *MailServer
	current *Server   // the run for the next connection; nil if no script is played on it
	runs    []*Server // the runs that have not ended
	played  int       // the number of runs that were played to their end
	failed  error     // the error of the first run that failed
}

// Progress describes the script that a MailServer plays.
type Progress struct {
	Script string    // the name of the script
	State  string    // "none", "waiting", "playing", "played" or "failed"
	Runs   int       // the number of times that the script was played to its end
	Error  *Mismatch // in state "failed"
}

// Play makes the server play a script to the clients that connect from now on, instead of the
// script of an earlier call. After the last connection of the script, the server plays the script
// again if its header has "repeat: yes"; otherwise, it serves clients as if there were no script.
// If script is nil, Play only ends the earlier script.
func (s *MailServer) Play(script *Script, mode Mode) error {
	var run *Server
	if script != nil {
		var err error
		if run, err = s.run(script, mode); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stage.close()
	s.stage = nil
	if run != nil {
		s.stage = &stage{script: script, mode: mode, repeat: script.Header.Get("repeat") == "yes", server: s}
		s.stage.begin(run)
		if s.closed {
			s.stage.close()
		}
	}
	s.changed.Broadcast()
	return nil
}

// begin starts the Server 'run', which plays its script on the next connections.
func (g *stage) begin(run *Server) {
	g.current = run
	g.runs = append(g.runs, run)
	go func() {
		run.play()
		g.server.mu.Lock()
		g.server.changed.Broadcast()
		g.server.mu.Unlock()
	}()
}

// close ends the script.
func (g *stage) close() {
	if g == nil {
		return
	}
	g.current = nil
	for _, run := range g.runs {
		run.end()
	}
}

// The method next returns the arrival for a new connection. It returns nil if no script is
// played on this connection.
func (g *stage) next(record *SessionRecord, secure bool) *arrival {
	if g == nil || g.current == nil {
		return nil
	}
	g.collect()
	run := g.current
	if g.failed != nil {
		g.current = nil
		return nil
	}
	a := &arrival{secure: secure, record: record, to: run.arrivals[run.given], run: run, played: make(chan struct{})}
	run.given++
	if run.given < len(run.arrivals) {
		return a
	}
	g.current = nil
	if g.repeat {
		if again, err := g.server.run(g.script, g.mode); err == nil { // cannot fail: it succeeded before
			g.begin(again)
		}
	}
	return a
}

// The method play passes the connection to the script, and waits until the script has ended on
// this connection.
func (a *arrival) play(conn net.Conn) {
	a.conn = conn
	a.to <- a
	select {
	case <-a.played:
	case <-a.run.done:
	}
}

// collect removes the runs that have ended from g.runs, counts those that succeeded, and keeps the
// error of the first one that failed.
func (g *stage) collect() {
	var open []*Server
	for _, run := range g.runs {
		select {
		case <-run.done:
		default:
			open = append(open, run)
			continue
		}
		run.mu.Lock()
		err := run.err
		run.mu.Unlock()
		if err == nil {
			g.played++
		} else if g.failed == nil {
			g.failed = err
		}
	}
	g.runs = open
}

// Progress returns the state of the script that was passed to the last call to Play.
func (s *MailServer) Progress() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.progress()
}

func (s *MailServer) progress() Progress {
	g := s.stage
	if g == nil {
		return Progress{State: "none"}
	}
	g.collect()
	p := Progress{Script: g.script.Name, Runs: g.played, State: "waiting"}
	for _, run := range g.runs {
		if run.given > 0 {
			p.State = "playing"
		}
	}
	switch {
	case g.failed != nil:
		p.State, p.Error = "failed", &Mismatch{Script: g.script.Name, Got: g.failed.Error()}
		errors.As(g.failed, &p.Error)
	case p.State == "waiting" && g.played > 0:
		p.State = "played"
	}
	return p
}

// WaitPlayed waits until the script has been played to its end. It returns an error if ctx ends
// first or the server is closed, and a *Mismatch if a client deviates from the script.
func (s *MailServer) WaitPlayed(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		s.changed.Broadcast()
		s.mu.Unlock()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		p := s.progress()
		switch {
		case p.State == "none":
			return errors.New("no script is set")
		case p.State == "played":
			return nil
		case p.State == "failed":
			return p.Error
		case ctx.Err() != nil || s.closed:
			return fmt.Errorf("stopped before the end of the script %s (state: %s)", p.Script, p.State)
		}
		s.changed.Wait()
	}
}
