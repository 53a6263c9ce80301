// SPDX-License-Identifier: MIT

package main

import (
	"sync"

	"csmtp/smtp"
)

// thread identifies a thread of the program's: 0 is none that is known. An
// identity is not used again before forgetThreads has dropped it.
type thread uintptr

// gate is what the mailers ask of the gate. Tests without C put in their own.
var gate = struct {
	self   func() thread    // the calling thread
	ended  func() []thread  // those that ended since it was asked last
	doneAt func(int) uint64 // the asynchronous Sends whose callback runs on the calling thread
}{
	self:   func() thread { return 0 },
	ended:  func() []thread { return nil },
	doneAt: func(int) uint64 { return 0 },
}

// report is what the functions under "What happened" tell about one call.
type report struct {
	last   fault
	result *smtp.Result // nil: the call was no attempt to send, and the mailer's stands
}

// textKey names a string that was handed out: a getter and its index.
type textKey struct {
	getter string
	index  int
}

// heldText is a string in C's memory (exports_values.go makes them).
type heldText interface {
	holds(s string) bool
	free()
}

// visit is what a mailer keeps for one thread.
type visit struct {
	own   *report // of the thread's last call, if that failed or was an attempt to send
	texts map[textKey]heldText
}

// visits guards the visits of all mailers.
var visits struct {
	sync.Mutex
	of map[thread]map[*mailer]struct{} // which mailers keep something for a thread
}

// visit gives what m keeps for a thread, with visits locked; nil when m has
// been freed.
func (m *mailer) visit(t thread) *visit {
	if m.disposed {
		return nil
	}
	v := m.visits[t]
	if v == nil {
		v = &visit{}
		if m.visits == nil {
			m.visits = make(map[thread]*visit)
		}
		m.visits[t] = v
		if visits.of == nil {
			visits.of = make(map[thread]map[*mailer]struct{})
		}
		if visits.of[t] == nil {
			visits.of[t] = make(map[*mailer]struct{})
		}
		visits.of[t][m] = struct{}{}
	}
	return v
}

// forgetThreads drops what is kept for threads that have ended, with visits
// locked.
func forgetThreads() {
	for _, t := range gate.ended() {
		for m := range visits.of[t] {
			m.forgetVisit(t)
		}
	}
}

// forgetVisit drops what m keeps for a thread, with visits locked.
func (m *mailer) forgetVisit(t thread) {
	if v := m.visits[t]; v != nil {
		for _, text := range v.texts {
			text.free()
		}
		if v.own != nil {
			m.reports.Add(-1)
		}
	}
	delete(m.visits, t)
	delete(visits.of[t], m)
	if len(visits.of[t]) == 0 {
		delete(visits.of, t)
	}
}

// forgetVisits drops what m keeps for threads: m is freed.
func (m *mailer) forgetVisits() {
	visits.Lock()
	defer visits.Unlock()
	m.disposed = true
	for t := range m.visits {
		m.forgetVisit(t)
	}
	forgetThreads()
}

// note keeps r as what a thread is told about m from now on; nil for what the
// mailer tells everybody.
func (m *mailer) note(t thread, r *report) {
	if t == 0 || r == nil && m.reports.Load() == 0 {
		return
	}
	visits.Lock()
	defer visits.Unlock()
	forgetThreads()
	v := m.visits[t]
	if v == nil && r != nil {
		v = m.visit(t)
	}
	if v == nil || v.own == nil && r == nil {
		return
	}
	switch {
	case v.own == nil:
		m.reports.Add(1)
	case r == nil:
		m.reports.Add(-1)
	}
	v.own = r
}

// own gives what was noted for the calling thread.
func (m *mailer) own() *report {
	if m.reports.Load() == 0 {
		return nil
	}
	t := gate.self()
	visits.Lock()
	defer visits.Unlock()
	if v := m.visits[t]; v != nil {
		return v.own
	}
	return nil
}

// held gives the text that the calling thread was handed under key, when it
// still is s. A new one is made otherwise, and the old one freed; nil when none
// can be made.
func (m *mailer) held(key textKey, s string, newText func(string) heldText) heldText {
	t := gate.self()
	if old := m.heldBy(t, key, s); old != nil {
		return old
	}
	fresh := newText(s)
	if fresh == nil {
		return nil
	}
	visits.Lock()
	defer visits.Unlock()
	forgetThreads()
	v := m.visit(t)
	if v == nil {
		fresh.free()
		return nil
	}
	if old := v.texts[key]; old != nil {
		old.free()
	}
	if v.texts == nil {
		v.texts = map[textKey]heldText{}
	}
	v.texts[key] = fresh
	return fresh
}

func (m *mailer) heldBy(t thread, key textKey, s string) heldText {
	visits.Lock()
	defer visits.Unlock()
	if v := m.visits[t]; v != nil && v.texts[key] != nil && v.texts[key].holds(s) {
		return v.texts[key]
	}
	return nil
}
