// SPDX-License-Identifier: MIT

package mailer

import (
	"sync/atomic"
	"time"

	"csmtp/smtp/oauth"
)

// A forked child copies the field heritage of each of its parent's mailers. It cannot copy
// the field if another thread of the parent was changing the field at the time of the fork.
// So a fork waits for the changes that have begun, and a change waits for a fork that has
// begun. Gate.Fork counts the forks and the changes that have begun and not ended.

// Fork is memory that the mailers share with internal/gate. It records which forks and
// changes have begun and not ended.
type Fork struct {
	Running uint32 // the number of threads that are about to fork
	_       [60]byte
	Changes [16]struct { // each handle uses one of them, so that two threads rarely use the same one
		Running int32
		_       [60]byte
	}
	Locks [16]int32 // for each locked file, its descriptor plus 1; 0 if the element is not used
}

func init() { oauth.HoldLock = holdLock }

// holdLock registers the descriptor of a locked file. A child that is forked before release
// is called closes the descriptor. Otherwise the file would stay locked until the child
// ends.
func holdLock(descriptor uintptr) (release func()) {
	for i := range Gate.Fork.Locks {
		lock := &Gate.Fork.Locks[i]
		if atomic.CompareAndSwapInt32(lock, 0, int32(descriptor)+1) {
			return func() { atomic.StoreInt32(lock, 0) }
		}
	}
	return func() {}
}

// beginChange waits until no thread is forking, but at most a second, and records that the
// field heritage of m is being changed. It first calls keepReport, because
// the change may overwrite the report in that field.
func (m *Mailer) beginChange() {
	m.keepReport()
	f := Gate.Fork
	running := &f.Changes[m.handle%uintptr(len(f.Changes))].Running
	for range 10_000 { // one second, which is longer than a fork waits
		atomic.AddInt32(running, 1)
		if atomic.LoadUint32(&f.Running) == 0 {
			m.changing.Store(true)
			return
		}
		atomic.AddInt32(running, -1)
		time.Sleep(100 * time.Microsecond)
	}
	atomic.AddInt32(running, 1)
	m.changing.Store(true)
}

func (m *Mailer) endChange() {
	m.changing.Store(false)
	atomic.AddInt32(&Gate.Fork.Changes[m.handle%uintptr(len(Gate.Fork.Changes))].Running, -1)
}

// change runs f, which changes the field heritage of m.
func (m *Mailer) change(f func()) {
	if m.changing.Load() {
		f()
		return
	}
	m.beginChange()
	defer m.endChange()
	f()
}

// unchanged runs f, which is a part of a call. f can take a long time, and can call
// callbacks of the program. While f runs, the program can fork. If f changes the field
// heritage, it must call change.
func (m *Mailer) unchanged(f func() error) error {
	if !m.changing.Load() {
		return f()
	}
	m.endChange()
	defer m.beginChange()
	return f()
}
