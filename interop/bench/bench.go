// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// bench has what all workloads share.
type bench struct {
	*settings
	clientCPU, sinkCPU int
	near, far          *sinkProcess // on the client's CPU, and on the other
	ways               map[string]bool
}

func newBench(s *settings) (*bench, error) {
	b := &bench{settings: s}
	if runtime.NumCPU() > 1 {
		b.sinkCPU = 1
	}
	if err := b.makeFiles(); err != nil {
		return nil, err
	}
	var err error
	if b.near, err = b.startSink(b.clientCPU); err != nil {
		return nil, err
	}
	if b.far, err = b.startSink(b.sinkCPU); err != nil {
		b.near.stop()
		return nil, err
	}
	return b, nil
}

func (b *bench) stop() {
	b.near.stop()
	b.far.stop()
}

// makeFiles writes what the clients read: a mail, files, certificates.
func (b *bench) makeFiles() error {
	var mail bytes.Buffer
	mail.WriteString("From: <sender@bench.example>\r\nTo: <recipient0@bench.example>\r\nSubject: A mail of about one kilobyte\r\n" +
		"Date: Tue, 24 Nov 2026 07:00:00 +0000\r\nMessage-ID: <0123456789abcdef0123456789abcdef@client.bench.example>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n")
	for range 11 {
		mail.WriteString("All happy families are alike; each unhappy one is so in its way.\r\n")
	}
	if err := os.WriteFile(b.path("mail.eml"), mail.Bytes(), 0o644); err != nil {
		return err
	}
	small := make([]byte, sizeSmall)
	_, _ = rand.Read(small)
	if err := os.WriteFile(b.path(fileSmall), small, 0o644); err != nil {
		return err
	}
	if b.wants("W4") && !b.quick {
		f, err := os.Create(b.path(fileBig))
		if err != nil {
			return err
		}
		defer f.Close()
		for range sizeBig / sizeSmall {
			if _, err := f.Write(small); err != nil {
				return err
			}
		}
	}
	return writeIdentity(b.path("ca.pem"), b.path("server.pem"))
}

// has tells whether a client's driver was built.
func (b *bench) has(client string) bool {
	if client == source {
		_, err := os.Stat("/usr/sbin/smtp-source")
		return err == nil
	}
	c := commands[client]
	switch c[0] {
	case "node":
		_, err := os.Stat(b.path("node/node_modules/nodemailer"))
		return err == nil
	case "python3":
		_, err := exec.LookPath(c[0])
		return err == nil
	}
	_, err := os.Stat(b.path(c[0]))
	return err == nil
}

// sample is one run of one client.
type sample struct {
	rate        float64 // in the workload's unit
	cpu         float64 // us a mail, or ms a MB
	memory      float64 // peak, MB
	turns       float64 // a mail, with its share of the session's
	allocations float64 // a mail; drivers in Go alone
	resumed     bool
	took        time.Duration
}

// once runs a client once and checks that everything arrived.
func (b *bench) once(w *workload, client string, mails int) (*sample, error) {
	t := w.task
	t.mails = mails
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
		return nil, fmt.Errorf("%s: %d mails arrived of %d", client, c.Mails, total)
	}
	return w.sample(r, c), nil
}

// sample works out the figures of one run.
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

// result is what came of a workload: samples of each client, one a round.
type result struct {
	*workload
	samples map[string][]*sample
}

type results map[string]*result

// measure does all rounds of a workload.
func (b *bench) measure(w *workload) (*result, error) {
	r := &result{workload: w, samples: make(map[string][]*sample)}
	clients := make([]string, 0, len(w.clients))
	mails := make(map[string]int)
	for _, client := range w.clients {
		if !b.has(client) {
			continue
		}
		clients = append(clients, client)
		n, err := b.calibrate(w, client)
		if err != nil {
			return nil, err
		}
		mails[client] = n
	}
	rounds, limit := b.rounds, 75*time.Second
	if w.unit == "ms" {
		rounds *= 3
	}
	start := time.Now()
	for round := 0; round < rounds && (round < 3 || time.Since(start) < limit); round++ {
		got, err := b.round(w, clients, mails)
		if err != nil {
			return nil, err
		}
		for client, s := range got {
			r.samples[client] = append(r.samples[client], s)
		}
	}
	return r, nil
}

// calibrate finds how many mails take about as long as a run should.
func (b *bench) calibrate(w *workload, client string) (int, error) {
	if w.first == w.most {
		return w.first, nil
	}
	aim := 350 * time.Millisecond
	if b.quick {
		aim = 30 * time.Millisecond
	}
	s, err := b.once(w, client, w.first)
	if err != nil {
		return 0, err
	}
	rate := s.rate
	if w.unit == "MB/s" {
		rate /= sizeSmall / mega
	}
	n := int(rate * aim.Seconds() / float64(w.task.sessions))
	return min(max(n, w.first), w.most), nil
}

// round runs every client once.
func (b *bench) round(w *workload, clients []string, mails map[string]int) (map[string]*sample, error) {
	got := make(map[string]*sample)
	if !w.together {
		for _, client := range clients {
			s, err := b.once(w, client, mails[client])
			if err != nil {
				return nil, err
			}
			got[client] = s
		}
		return got, nil
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failed error
	for _, client := range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s, err := b.once(w, client, mails[client])
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
			}
			got[client] = s
		}()
		time.Sleep(150 * time.Millisecond) // one start does not slow another
	}
	wg.Wait()
	return got, failed
}

// extras are figures that no sink gives: W7's cost of linking, W8, the size.
func (b *bench) extras(all results) error {
	if !b.wants("link") {
		return nil
	}
	return nil
}

var _ = strconv.Itoa
var _ = strings.TrimSpace
