// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"
)

// threads guards the records that all mailers keep about threads.
var threads struct {
	sync.Mutex
	of map[Thread]map[*Mailer]struct{} // for each thread, the mailers with a record about it
}

// forThread returns the record of m about a thread. It creates the record if there is none.
// It returns nil if m has been freed. threads must be locked.
func (m *Mailer) forThread(t Thread) *perThread {
	if m.disposed {
		return nil
	}
	v := m.perThread[t]
	if v == nil {
		v = &perThread{}
		if m.perThread == nil {
			m.perThread = make(map[Thread]*perThread)
		}
		m.perThread[t] = v
		if threads.of == nil {
			threads.of = make(map[Thread]map[*Mailer]struct{})
		}
		if threads.of[t] == nil {
			threads.of[t] = make(map[*Mailer]struct{})
		}
		threads.of[t][m] = struct{}{}
	}
	return v
}

// forgetThreads removes the records about threads that have ended. threads must be locked.
func forgetThreads() {
	for _, t := range Gate.Ended() {
		for m := range threads.of[t] {
			m.forgetThread(t)
		}
	}
}

// forgetThread removes the record of m about a thread. threads must be locked.
func (m *Mailer) forgetThread(t Thread) {
	if v := m.perThread[t]; v != nil {
		for _, text := range v.texts {
			text.Free()
		}
		if v.own != nil {
			m.reports.Add(-1)
		}
	}
	delete(m.perThread, t)
	delete(threads.of[t], m)
	if len(threads.of[t]) == 0 {
		delete(threads.of, t)
	}
}

// forgetAllThreads removes all records of m. It is called when m is freed.
func (m *Mailer) forgetAllThreads() {
	threads.Lock()
	defer threads.Unlock()
	m.disposed = true
	for t := range m.perThread {
		m.forgetThread(t)
	}
	forgetThreads()
}

// note stores r as the report about m that the calling thread gets. If r is nil, the thread
// gets the same report as the threads for which none is stored.
func (m *Mailer) note(r *Report) {
	if r == nil && m.reports.Load() == 0 {
		return
	}
	t := Gate.Self()
	if t == 0 {
		return
	}
	threads.Lock()
	defer threads.Unlock()
	forgetThreads()
	v := m.perThread[t]
	if v == nil && r != nil {
		v = m.forThread(t)
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

// Fail stores err as the last error of h for the calling thread.
func Fail(h uintptr, err error) {
	if m := Lookup(h); m != nil {
		m.note(&Report{last: faultOf(err)})
	}
}

// own returns the report that note has stored for the calling thread, or nil.
func (m *Mailer) own() *Report {
	if m.reports.Load() == 0 {
		return nil
	}
	t := Gate.Self()
	threads.Lock()
	defer threads.Unlock()
	forgetThreads()
	if v := m.perThread[t]; v != nil {
		return v.own
	}
	return nil
}

// Held returns a HeldText that is equal to s. If the HeldText that the calling thread last
// got for key is equal to s, Held returns it again. Otherwise Held frees that HeldText and
// returns a new one. It returns nil if it cannot create a HeldText.
func (m *Mailer) Held(key TextKey, s string, newText func(string) HeldText) HeldText {
	t := Gate.Self()
	if old := m.heldBy(t, key, s); old != nil {
		return old
	}
	fresh := newText(s)
	if fresh == nil {
		return nil
	}
	threads.Lock()
	defer threads.Unlock()
	forgetThreads()
	v := m.forThread(t)
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
	threads.Lock()
	defer threads.Unlock()
	if v := m.perThread[t]; v != nil && v.texts[key] != nil && v.texts[key].Holds(s) {
		return v.texts[key]
	}
	return nil
}
