// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"

	"csmtp/smtp"
)

// Thread identifies a thread of the program's: 0 is none that is known. An
// identity is not used again before forgetThreads has dropped it.
type Thread uintptr

// Gate is what the mailers ask of the gate. Tests without C put in their own.
var Gate = struct {
	Self   func() Thread    // the calling thread
	Ended  func() []Thread  // those that ended since it was asked last
	DoneAt func(int) uint64 // the asynchronous Sends whose callback runs on the calling thread
}{
	Self:   func() Thread { return 0 },
	Ended:  func() []Thread { return nil },
	DoneAt: func(int) uint64 { return 0 },
}

// Report is what the functions under "What happened" tell about one call.
type Report struct {
	last   fault
	result *smtp.Result // nil: the call was no attempt to send, and the mailer's stands
}

// TextKey names a string that was handed out: a getter and its index.
type TextKey struct {
	Getter string
	Index  int
}

// HeldText is a string in C's memory (exports_values.go makes them).
type HeldText interface {
	Holds(s string) bool
	Free()
}

// visit is what a mailer keeps for one thread.
type visit struct {
	own   *Report // of the thread's last call, if that failed or was an attempt to send
	texts map[TextKey]HeldText
}

// visits guards the visits of all mailers.
var visits struct {
	sync.Mutex
	of map[Thread]map[*Mailer]struct{} // which mailers keep something for a thread
}

// visit gives what m keeps for a thread, with visits locked; nil when m has
// been freed.
func (m *Mailer) visit(t Thread) *visit {
	if m.disposed {
		return nil
	}
	v := m.visits[t]
	if v == nil {
		v = &visit{}
		if m.visits == nil {
			m.visits = make(map[Thread]*visit)
		}
		m.visits[t] = v
		if visits.of == nil {
			visits.of = make(map[Thread]map[*Mailer]struct{})
		}
		if visits.of[t] == nil {
			visits.of[t] = make(map[*Mailer]struct{})
		}
		visits.of[t][m] = struct{}{}
	}
	return v
}

// forgetThreads drops what is kept for threads that have ended, with visits
// locked.
func forgetThreads() {
	for _, t := range Gate.Ended() {
		for m := range visits.of[t] {
			m.forgetVisit(t)
		}
	}
}

// forgetVisit drops what m keeps for a thread, with visits locked.
func (m *Mailer) forgetVisit(t Thread) {
	if v := m.visits[t]; v != nil {
		for _, text := range v.texts {
			text.Free()
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
func (m *Mailer) forgetVisits() {
	visits.Lock()
	defer visits.Unlock()
	m.disposed = true
	for t := range m.visits {
		m.forgetVisit(t)
	}
	forgetThreads()
}

// note keeps r as what a thread is told about m from now on; nil for what the
// Mailer tells everybody.
func (m *Mailer) note(t Thread, r *Report) {
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

// Fail makes err the last error of the calling thread on h.
func Fail(h uintptr, err error) {
	if m := Lookup(h); m != nil {
		m.note(Gate.Self(), &Report{last: faultOf(err)})
	}
}

// own gives what was noted for the calling thread.
func (m *Mailer) own() *Report {
	if m.reports.Load() == 0 {
		return nil
	}
	t := Gate.Self()
	visits.Lock()
	defer visits.Unlock()
	if v := m.visits[t]; v != nil {
		return v.own
	}
	return nil
}

// Held gives the text that the calling thread was handed under key, when it
// still is s. A new one is made otherwise, and the old one freed; nil when none
// can be made.
func (m *Mailer) Held(key TextKey, s string, newText func(string) HeldText) HeldText {
	t := Gate.Self()
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
		fresh.Free()
		return nil
	}
	if old := v.texts[key]; old != nil {
		old.Free()
	}
	if v.texts == nil {
		v.texts = map[TextKey]HeldText{}
	}
	v.texts[key] = fresh
	return fresh
}

func (m *Mailer) heldBy(t Thread, key TextKey, s string) HeldText {
	visits.Lock()
	defer visits.Unlock()
	if v := m.visits[t]; v != nil && v.texts[key] != nil && v.texts[key].Holds(s) {
		return v.texts[key]
	}
	return nil
}
