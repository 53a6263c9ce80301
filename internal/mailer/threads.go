// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"
)

// threads guards the records that all mailers keep about threads.
var threads struct {
	sync.Mutex
	of       map[Thread]*perThread // for each thread, the first of the records about it
	batchers map[Thread]*batcher
}

// batcher identifies a thread that has called SendBatch. A mail refers to it while the thread's
// report about the mail is in the field heritage of the mail.
type batcher struct {
	thread Thread // 0 if the thread has ended; guarded by 'threads'
}

// recordOf returns the record of m about a thread, or nil if there is none. threads must be
// locked.
func (m *Mailer) recordOf(t Thread) *perThread {
	v := m.perThread
	for v != nil && v.thread != t {
		v = v.next
	}
	return v
}

// forThread returns the record of m about a thread. It creates the record if there is none.
// It returns nil if m has been freed. threads must be locked.
func (m *Mailer) forThread(t Thread) *perThread {
	if m.disposed {
		return nil
	}
	v := m.recordOf(t)
	if v == nil {
		v = &perThread{mailer: m, thread: t, next: m.perThread, after: threads.of[t]}
		m.perThread = v
		if v.after != nil {
			v.after.before = v
		}
		if threads.of == nil {
			threads.of = make(map[Thread]*perThread)
		}
		threads.of[t] = v
	}
	return v
}

// forgetThreads removes the records about threads that have ended. threads must be locked.
func forgetThreads() {
	for _, t := range Gate.Ended() {
		for threads.of[t] != nil {
			threads.of[t].remove()
		}
		if b := threads.batchers[t]; b != nil {
			b.thread = 0
			delete(threads.batchers, t)
		}
	}
}

// remove removes v from both lists, and frees its texts. threads must be locked.
func (v *perThread) remove() {
	for _, text := range v.texts {
		text.Free()
	}
	if v.told {
		v.mailer.reports.Add(-1)
	}
	link := &v.mailer.perThread
	for *link != v {
		link = &(*link).next
	}
	*link = v.next
	if v.after != nil {
		v.after.before = v.before
	}
	switch {
	case v.before != nil:
		v.before.after = v.after
	case v.after != nil:
		threads.of[v.thread] = v.after
	default:
		delete(threads.of, v.thread)
	}
}

// forgetAllThreads removes all records of m. It is called when m is freed.
func (m *Mailer) forgetAllThreads() {
	threads.Lock()
	defer threads.Unlock()
	m.disposed = true
	for m.perThread != nil {
		m.perThread.remove()
	}
	forgetThreads()
}

// lockThreads locks threads, removes the records about threads that have ended, and returns the
// calling thread. If that thread is unknown, lockThreads returns 0 and locks nothing.
func lockThreads() Thread {
	t := Gate.Self()
	if t != 0 {
		threads.Lock()
		forgetThreads()
	}
	return t
}

// note stores r as the report about m that the calling thread gets. If r is nil, the thread
// gets the same report as the threads for which none is stored.
func (m *Mailer) note(r *ownReport) {
	if r == nil && !m.hasReport() {
		return
	}
	t := lockThreads()
	if t == 0 {
		return
	}
	defer threads.Unlock()
	m.noteFor(t, r)
}

// noteFor stores r as the report about m that the thread t gets. threads must be locked.
func (m *Mailer) noteFor(t Thread, r *ownReport) {
	v := m.recordOf(t)
	if v == nil && r != nil {
		v = m.forThread(t)
	}
	switch {
	case v == nil:
	case r != nil:
		if !v.told {
			m.reports.Add(1)
		}
		if v.own == nil {
			v.own = new(ownReport)
		}
		v.told, *v.own = true, *r
	case v.told:
		m.reports.Add(-1)
		v.told, *v.own = false, ownReport{}
	}
	// The field batcher is cleared last, and hasReport reads it first. So a thread that does not lock
	// 'threads' does not miss its report while another thread copies it.
	if m.batchedBy(t) {
		m.batcher.Store(nil)
	}
}

// batchedBy reports whether the report in the field heritage belongs to the thread t. threads must
// be locked.
func (m *Mailer) batchedBy(t Thread) bool {
	b := m.batcher.Load()
	return b != nil && b.thread == t
}

// hasReport reports whether a report about m is stored for any thread. threads need not be
// locked.
func (m *Mailer) hasReport() bool { return m.batcher.Load() != nil || m.reports.Load() != 0 }

// noteAll makes the report of each mail the report of the calling thread, as the method note
// does. The mails must be locked. Most mails are not used again, so noteAll does not copy the
// reports: each stays in the field heritage of its mail, and keepReport copies it when that
// field is about to change.
func noteAll(mails []*carried) {
	t := lockThreads()
	if t == 0 {
		return
	}
	defer threads.Unlock()
	b := threads.batchers[t]
	if b == nil {
		if threads.batchers == nil {
			threads.batchers = make(map[Thread]*batcher)
		}
		b = &batcher{thread: t}
		threads.batchers[t] = b
	}
	for _, c := range mails {
		c.noteFor(t, nil)
		c.batcher.Store(b)
	}
}

// keepReport copies the report out of the field heritage for the thread that it belongs to, if
// it belongs to one. It must be called before the field changes.
func (m *Mailer) keepReport() {
	if m.batcher.Load() == nil {
		return
	}
	threads.Lock()
	defer threads.Unlock()
	switch b := m.batcher.Load(); {
	case b == nil:
	case b.thread == 0: // the thread has ended
		m.batcher.Store(nil)
	default:
		var r ownReport
		m.attempt(&r)
		m.noteFor(b.thread, &r)
	}
}

// dropReports removes the calling thread's reports about the mails. It is called when a batch
// begins, because the batch makes new reports. The mails must be locked.
func dropReports(mails []*carried) {
	t := lockThreads()
	if t == 0 {
		return
	}
	defer threads.Unlock()
	for _, c := range mails {
		if c.batchedBy(t) {
			c.batcher.Store(nil)
		}
	}
}

// Fail stores err as the last error of h for the calling thread.
func Fail(h uintptr, err error) {
	if m := Lookup(h); m != nil {
		m.note(&ownReport{last: faultOf(err)})
	}
}

// own returns a copy of the report that is stored for the calling thread, or nil.
func (m *Mailer) own() *Report {
	if !m.hasReport() {
		return nil
	}
	t := lockThreads()
	if t == 0 {
		return nil
	}
	defer threads.Unlock()
	var r ownReport
	stored := &r
	if m.batchedBy(t) {
		m.attempt(&r)
	} else if v := m.recordOf(t); v != nil && v.told {
		stored = v.own
	} else {
		return nil
	}
	return stored.report()
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
	if v := m.recordOf(t); v != nil && v.texts[key] != nil && v.texts[key].Holds(s) {
		return v.texts[key]
	}
	return nil
}
