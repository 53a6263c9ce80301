// SPDX-License-Identifier: MIT

// Package mailer is the Go twin of C++'s class CSmtp: a Mailer has settings, a
// message, and a session while it is connected. C knows it by its handle.
//
// This file has the table of handles and Call, the way to a Mailer; settings.go,
// compose.go and send.go have the methods; fault.go gives each error its ECSmtp
// number. The package knows nothing of C.
package mailer

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"csmtp/internal/secret"
	"csmtp/smtp"
	"csmtp/smtp/message"
)

type Mailer struct {
	mu    sync.Mutex  // one call at a time
	freed atomic.Bool // calls that wait for mu end then

	settings settings
	message  message.Message

	session    *smtp.Session
	dialled    *smtp.Config       // what session was made with
	purpose    purpose            // what it was made for
	target     target             // where it leads
	ctx        context.Context    // of session, and of what opens it
	endSession context.CancelFunc // ends session at once
	idle       bool               // session has been used, so the server may have closed it since
	logged     int                // settings.log.changes that session has followed
	resume     resumption

	refreshToken string     // a new one that the token server gave
	secrets      secret.Set // what its sessions show to nobody

	last      fault       // of the last call of any thread that failed
	result    smtp.Result // of the last attempt to send, or to connect for it
	attempted bool        // the call at work is one

	ownID  bool // the Message-ID was set by the program
	idUsed bool // a mail with the Message-ID was accepted

	// Touched without mu:
	inBatch atomic.Bool               // a SendBatch at work holds mu, and may be what is calling
	op      atomic.Pointer[operation] // the call at work that can be cancelled
	async   atomic.Pointer[asyncSend] // the last SendAsync

	flight   sync.Mutex
	flying   []*asyncSend      // those whose callback has not returned, guarded by flight
	reports  atomic.Int32      // of threads of their own
	visits   map[Thread]*visit // Guarded by visits
	disposed bool              // likewise
}

// mailers is the handle table. Numbers go up and are never reused.
var (
	mailers    sync.Map // uintptr -> *mailer
	lastHandle atomic.Uintptr
)

// StartHandles sets where the numbers start, so that a private copy of the
// library in a forked child can tell its own from its parent's. 0 changes nothing.
func StartHandles(first uintptr) {
	if first > 0 {
		lastHandle.Store(first - 1)
	}
}

func addMailer(m *Mailer) uintptr {
	h := lastHandle.Add(1)
	mailers.Store(h, m)
	return h
}

func Lookup(h uintptr) *Mailer {
	v, ok := mailers.Load(h)
	if !ok {
		return nil
	}
	return v.(*Mailer)
}

// New gives a handle, or 0 after a panic.
func New() (h uintptr) {
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	return addMailer(&Mailer{
		settings: defaultSettings(),
		message:  message.Message{Charset: "US-ASCII", Priority: priorityNormal},
	})
}

func Clone(h uintptr) (clone uintptr, n Number) {
	n = Call(h, func(m *Mailer) error {
		c := &Mailer{settings: m.settings.withoutCallbacks(), message: *m.message.Clone(), ownID: m.ownID}
		if !m.ownID {
			c.message.MessageID = ""
		}
		clone = addMailer(c)
		return nil
	})
	return clone, n
}

// Free cancels what another thread is doing with h, leaves the session
// and frees what was handed out. It returns when the callbacks of asynchronous
// Sends have returned, but for those that it is called in. After a panic the
// handle is gone all the same.
func Free(h uintptr) {
	v, ok := mailers.LoadAndDelete(h)
	if !ok {
		return
	}
	m := v.(*Mailer)
	flying := m.ground()
	m.cancelNow()
	if !m.inBatch.Load() {
		m.dispose()
		awaitCallbacks(flying)
		return
	}
	// The batch ends in moments, unless this is a callback of it: then it ends
	// after that.
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.dispose()
		awaitCallbacks(flying)
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
}

func (m *Mailer) dispose() {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.forgetVisits()
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	m.leave()
	m.settings.forget()
}

// Call is the only way from C to a mailer: it looks the handle up, takes its
// lock, turns a panic into a number, and keeps the error for the getters.
func Call(h uintptr, f func(*Mailer) error) Number {
	m := Lookup(h)
	if m == nil {
		return BadHandle
	}
	if m.inBatch.Load() {
		m.note(Gate.Self(), refused)
		return busy
	}
	n, r := m.call(f)
	if n == NoError || r != nil { // not freed meanwhile
		m.note(Gate.Self(), r)
	}
	return n
}

// Ask is call for a getter, which is no call that the getters tell of unless
// it fails.
func Ask(h uintptr, f func(*Mailer) error) Number {
	m := Lookup(h)
	if m == nil {
		return BadHandle
	}
	if m.inBatch.Load() {
		return busy
	}
	n, r := m.call(f)
	if n != NoError && r != nil {
		m.note(Gate.Self(), r)
	}
	return n
}

// Attempt is call for what starts to send: what the last mail left is cleared,
// also when the call ends before it has begun.
func Attempt(h uintptr, f func(*Mailer) error) Number {
	return Call(h, func(m *Mailer) error {
		m.begin()
		return f(m)
	})
}

// begin clears what the last attempt to send left.
func (m *Mailer) begin() {
	m.last, m.result, m.attempted = fault{}, smtp.Result{}, true
}

// Call runs f with the lock. r is what its caller is to be told of it: nil when
// it went well and was no attempt to send.
func (m *Mailer) call(f func(*Mailer) error) (n Number, r *Report) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.freed.Load() {
		return BadHandle, nil
	}
	m.attempted = false
	defer func() {
		if p := recover(); p != nil {
			n = m.fail(panicFault(p))
		}
		if n != NoError || m.attempted {
			r = m.report()
		}
	}()
	rehearsePanic(insideCall)
	if err := f(m); err != nil {
		return m.fail(err), nil
	}
	return NoError, nil
}

// Report is what there is to tell of the call that has just ended.
func (m *Mailer) report() *Report {
	r := &Report{last: m.last}
	if m.attempted {
		result := m.result
		r.result = &result
	}
	return r
}

// refused is the report of a call that a handle at work has refused.
var refused = &Report{last: fault{number: busy, text: "another call is at work with the handle: wait for its end, or cancel it"}}

// Where rehearsePanic is asked: panic_on.go.
const (
	insideCall = iota
	outsideCall
)

// Guarded is the recover of call for what must not wait for a mailer's lock.
func Guarded(f func() Number) (n Number) {
	defer func() {
		if recover() != nil {
			n = Internal
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// GuardedText is guarded for a text: "" after a panic.
func GuardedText(f func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = ""
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// Value is call for a getter: the zero value when the handle is bad.
func Value[T any](h uintptr, f func(*Mailer) T) (v T) {
	Ask(h, func(m *Mailer) error {
		v = f(m)
		return nil
	})
	return v
}

// fail keeps err as the mailer's last error and gives its number.
func (m *Mailer) fail(err error) Number {
	m.last = faultOf(err)
	return m.last.number
}
