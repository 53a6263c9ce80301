// SPDX-License-Identifier: MIT

package main

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// listener accepts sessions on its own port.
type listener struct {
	net.Listener
	options options
	tls     *tls.Config
	counters
	sessions sync.WaitGroup // and the loop that accepts them
}

func listen(o options, identity *tls.Certificate) (*listener, error) {
	l := &listener{options: o}
	if o.tls != "none" {
		if identity == nil {
			return nil, errors.New("TLS needs -cert")
		}
		l.tls = &tls.Config{Certificates: []tls.Certificate{*identity}, SessionTicketsDisabled: !o.tickets}
	}
	var err error
	if l.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	l.sessions.Go(l.accept)
	return l, nil
}

func (l *listener) port() int { return l.Addr().(*net.TCPAddr).Port }

func (l *listener) accept() {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		l.began()
		l.sessions.Go(func() { newSession(l, conn).run() })
	}
}

// close stops the listener, waits up to 2 seconds for its sessions to end, and returns its
// counters.
func (l *listener) close() Stats {
	l.Listener.Close()
	done := make(chan struct{})
	go func() { l.sessions.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(2 * time.Second): // count what an unfinished session has sent so far
	}
	return l.stats()
}
