// SPDX-License-Identifier: MIT

package main

import (
	"sync"
	"time"
)

// result contains the samples of a workload: one for each client in each round.
type result struct {
	*workload
	samples map[string][]*sample
}

type results map[string]*result

// measure runs all rounds of a workload.
func (b *bench) measure(w *workload) (*result, error) {
	r := &result{workload: w, samples: make(map[string][]*sample)}
	if w.postfix && !b.has(source) {
		return r, nil
	}
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
	if w.unit == "ms" && !b.quick {
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

// calibrate returns the number of mails that a client must send in each session so that it
// runs for the intended time.
func (b *bench) calibrate(w *workload, client string) (int, error) {
	if w.first == w.most {
		return w.first, nil
	}
	aim := 350 * time.Millisecond
	if b.quick {
		aim = 30 * time.Millisecond
	}
	// In a short run, the start takes a large part of the time, and the measured rate is too low.
	// So if the number of mails has at least doubled, it is determined again with a run of that
	// number.
	n := w.first
	for range 3 {
		s, err := b.once(w, client, n)
		if err != nil {
			return 0, err
		}
		rate := s.rate
		if w.unit == "MB/s" {
			rate /= sizeSmall / mega
		}
		before := n
		n = min(max(int(rate*aim.Seconds()/float64(w.task.sessions)), w.first), w.most)
		if b.quick || n < 2*before {
			break
		}
	}
	return n, nil
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
		time.Sleep(150 * time.Millisecond) // otherwise, the starting processes would slow each other down
	}
	wg.Wait()
	return got, failed
}
