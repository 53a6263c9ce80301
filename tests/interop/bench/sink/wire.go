// SPDX-License-Identifier: MIT

package main

import (
	"net"
	"sync/atomic"
	"time"
)

// wire is a connection that counts reads and round trips, and delays the octets that arrive by
// the latency. Replies are not delayed, so each round trip takes the latency once, as on a long
// network path.
type wire struct {
	net.Conn
	counters *counters
	answered atomic.Bool // whether a reply was written since the last arrival

	latency time.Duration
	due     chan arrival
	rest    []byte
	err     error
}

type arrival struct {
	data []byte
	at   time.Time
	err  error
}

func newWire(conn net.Conn, c *counters, latency time.Duration) *wire {
	w := &wire{Conn: conn, counters: c, latency: latency}
	if latency > 0 {
		w.due = make(chan arrival, 1024)
		go w.pump()
	}
	return w
}

// arrived counts a read that returned n octets.
func (w *wire) arrived(n int) {
	if n == 0 {
		return
	}
	w.counters.arrivals.Add(1)
	if w.answered.Swap(false) {
		w.counters.turns.Add(1)
	}
}

func (w *wire) pump() {
	defer close(w.due)
	for {
		p := make([]byte, 64<<10)
		n, err := w.Conn.Read(p)
		w.arrived(n)
		w.due <- arrival{p[:n], time.Now().Add(w.latency), err}
		if err != nil {
			return
		}
	}
}

func (w *wire) Read(p []byte) (int, error) {
	if w.latency == 0 {
		n, err := w.Conn.Read(p)
		w.arrived(n)
		return n, err
	}
	for len(w.rest) == 0 {
		if w.err != nil {
			return 0, w.err
		}
		a, ok := <-w.due
		if !ok {
			return 0, net.ErrClosed
		}
		time.Sleep(time.Until(a.at))
		w.rest, w.err = a.data, a.err
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

func (w *wire) Write(p []byte) (int, error) {
	w.answered.Store(true)
	return w.Conn.Write(p)
}
