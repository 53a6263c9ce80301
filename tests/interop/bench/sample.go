// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"time"
)

// sample is one run of one client.
type sample struct {
	rate        float64 // in the workload's unit
	cpu         float64 // us per mail, or ms per MB
	memory      float64 // peak, MB
	turns       float64 // round trips per mail, including those for opening and ending the session
	allocations float64 // per mail; only for drivers in Go
	resumed     bool
	took        time.Duration
}

// once runs a client once and checks that all mails arrived. (Postfix's smtp-sink does not count
// them.)
func (b *bench) once(w *workload, client string, mails int) (*sample, error) {
	if err := b.fresh(client); err != nil {
		return nil, err
	}
	t := w.task
	t.mails = mails
	if t.file != "" {
		t.file = b.path(t.file)
	}
	total := int64(mails * t.sessions)
	if w.postfix {
		port, stop, err := b.startPostfix(b.clientCPU)
		if err != nil {
			return nil, err
		}
		defer stop()
		r, err := b.measured(b.clientCPU, t.command(client, port)...)
		if err != nil {
			return nil, err
		}
		return &sample{rate: float64(total) / r.wall.Seconds(), cpu: float64(r.cpu.Microseconds()) / float64(total),
			memory: float64(r.memory) / 1000, took: r.wall}, nil
	}
	sink := b.near
	if w.apart {
		sink = b.far
	}
	port, err := sink.open(w.sink)
	if err != nil {
		return nil, err
	}
	r, err := b.measured(b.clientCPU, t.command(client, port)...)
	c, closed := sink.close(port)
	if err != nil {
		return nil, err
	}
	if closed != nil {
		return nil, closed
	}
	if c.Mails != total {
		return nil, fmt.Errorf("%s: %d of %d mails arrived", client, c.Mails, total)
	}
	return w.sample(r, c), nil
}

// sample returns the figures of one run.
func (w *workload) sample(r *ran, c *counted) *sample {
	end := c.Mailed
	if w.last {
		end = c.Last
	}
	took := time.Duration(end - c.First)
	mails := float64(c.Mails)
	s := &sample{memory: float64(r.memory) * 1024 / mega, turns: float64(c.Turns) / mails, allocations: r.number("allocations"),
		resumed: c.Resumed > 0, took: r.wall}
	switch w.unit {
	case "ms":
		s.rate = float64(c.Mailed-r.start) / 1e6
		s.cpu = float64(r.cpu.Microseconds()) / mails
	case "MB/s":
		size := float64(sizeSmall)
		if w.task.file == fileBig {
			size = sizeBig
		}
		s.rate = mails * size / mega / took.Seconds()
		s.cpu = r.cpu.Seconds() * 1000 / (mails * size / mega)
	default:
		s.rate = mails / took.Seconds()
		s.cpu = float64(r.cpu.Microseconds()) / mails
	}
	return s
}
