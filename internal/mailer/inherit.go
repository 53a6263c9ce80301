// SPDX-License-Identifier: MIT

package mailer

import (
	"runtime/debug"
	"sync"
	"sync/atomic"

	"csmtp/internal/forked"
)

// A child that is forked after the library was used has a copy of its parent's memory. The
// Go runtime of the parent does not run in the child, so the child uses a private copy of
// the library (see internal/gate). The private copy has the same code, so it can read the
// parent's mailers, which are in the parent's table. When the child uses a handle for the
// first time, the private copy copies the field heritage of the parent's mailer. So setters
// do nothing to prepare for a child, and each secret is stored only once.

// Table is the list of the mailers in one image of the library. An image is the library
// that the program has loaded, or a private copy. In a child, the private copy reads the
// table of the parent.
type Table struct {
	first atomic.Pointer[Mailer]
	mu    sync.Mutex
}

var table Table

// OwnTable returns the table of this image. Its address never changes.
func OwnTable() *Table { return &table }

// enter adds m to the table of handles. After each step of enter, the list is valid,
// because a child may be forked between any two steps.
func enter(m *Mailer) {
	mailers.Store(m.handle, m)
	table.mu.Lock()
	defer table.mu.Unlock()
	m.next.Store(table.first.Load())
	table.first.Store(m)
	if next := m.next.Load(); next != nil {
		next.before = m
	}
}

// remove removes m from the table of handles.
func remove(m *Mailer) {
	table.mu.Lock()
	defer table.mu.Unlock()
	if _, ok := mailers.LoadAndDelete(m.handle); !ok {
		return
	}
	next := m.next.Load()
	if m.before != nil {
		m.before.next.Store(next)
	} else {
		table.first.Store(next)
	}
	if next != nil {
		next.before = m.before
	}
}

// inheritAll adds the parent's handles to those of the child. It closes the descriptors of
// the parent's sessions in the child, so that a server notices when the parent closes a
// session.
func inheritAll(parent *Table) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { _ = recover() }()
	for old := parent.first.Load(); old != nil; old = old.next.Load() {
		if !old.changing.Load() {
			old.socket.close()
		}
		if old.freed.Load() || old.hidden {
			continue
		}
		m := &Mailer{heritage: heritage{settings: &initial}, lent: true, handle: old.handle, lost: old.lost || old.pool != nil || old.pooled}
		source := old
		if older := old.inherited.Load(); older != nil { // the parent is a child that never used the handle
			source = older
		}
		m.inherited.Store(source)
		lastHandle.Store(max(lastHandle.Load(), m.handle))
		enter(m)
	}
}

var inheriting sync.Mutex

// inherit copies the field heritage of the parent's mailer, unless another thread has
// already done so.
func (m *Mailer) inherit() {
	inheriting.Lock()
	defer inheriting.Unlock()
	old := m.inherited.Load()
	if old == nil {
		return
	}
	m.lost = m.lost || !m.inheritFrom(old)
	m.inherited.Store(nil)
}

func (m *Mailer) inheritFrom(old *Mailer) (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			m.heritage = heritage{settings: new(settings)}
		}
	}()
	if old.changing.Load() { // the child was forked without running the handlers of pthread_atfork
		return false
	}
	forked.Copy(&m.heritage, &old.heritage)
	m.lent = false
	m.sending = old.sending || old.async.Load() != nil
	if m.restore() != nil {
		m.heritage = heritage{settings: new(settings)}
		return false
	}
	return true
}

// restore sets the fields that forked.Copy cannot copy.
func (k *heritage) restore() error {
	s := k.settings
	if s.progressed.Function != 0 {
		s.progress = Gate.Progress(s.progressed)
	}
	if s.eventOrigin.Function != 0 {
		s.event = oneAtATime(Gate.Event(s.eventOrigin))
	}
	if s.log.origin.Function != 0 {
		s.log.call = Gate.Log(s.log.origin, nil)
	}
	l := &s.login
	switch {
	case l.origin.Function != 0:
		l.token = Gate.Token(l.origin, nil)
	case l.fixed != "":
		l.token = constant(l.fixed)
	}
	if l.grant != nil && k.refreshToken != "" && k.refreshed == l.tokens {
		l.grant.RefreshToken = k.refreshToken // the server may no longer accept the old one
	}
	for i := range k.message.Attachments {
		if a := &k.message.Attachments[i]; a.Tag != ([3]uintptr{}) {
			a.Reader = Gate.Read(Origin{a.Tag[0], a.Tag[1], a.Tag[2]})
		}
	}
	return k.message.RestoreKeys()
}
