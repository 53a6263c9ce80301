// SPDX-License-Identifier: MIT

// Package mailer implements the C++ class CSmtp in Go: a Mailer has settings, a
// message, and a session while it is connected. C refers to it by its handle.
//
// This file has the table of handles and Call, which runs all calls from C;
// settings.go, compose.go and send.go have the methods; fault.go maps errors to
// ECSmtp numbers. The package does not use cgo.
package mailer

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"csmtp/internal/secret"
	"csmtp/smtp"
	"csmtp/smtp/message"
)

// Mailer has the settings, the message and the session of one handle.
type Mailer struct {
	mu    sync.Mutex  // allows one call at a time
	freed atomic.Bool // calls that wait for mu then return

	settings settings
	message  message.Message

	session    *smtp.Session
	dialled    *smtp.Config       // the configuration of session
	purpose    purpose            // the settings that session was opened for
	target     target             // the server of session
	peer       string             // the address that session, or the last attempt to open one, reached
	ctx        context.Context    // of session, also while it is being opened
	endSession context.CancelFunc // ends session at once
	idle       bool               // session has been used, so the server may have closed it since
	logged     int                // the value of settings.log.changes that session uses
	resume     resumption

	refreshToken string     // the new one from the token server
	secrets      secret.Set // hidden in all texts of its sessions

	last      fault       // of the last call of any thread that failed
	result    smtp.Result // of the last attempt to send or to connect
	attempted bool        // the current call is such an attempt

	ownID  bool // the program has set the Message-ID
	idUsed bool // a mail with the Message-ID was accepted

	// Used without mu:
	inBatch atomic.Bool               // a SendBatch holds mu; one of its callbacks may be calling
	op      atomic.Pointer[operation] // the current call, if it can be cancelled
	async   atomic.Pointer[asyncSend] // the last SendAsync

	handle    uintptr
	asyncLock sync.Mutex
	asyncs    []*asyncSend          // those whose callback has not returned; guarded by asyncLock
	reports   atomic.Int32          // number of threads that have their own report
	perThread map[Thread]*perThread // guarded by threads
	disposed  bool                  // guarded by threads
}

// mailers is the table of handles. Handles increase and are never reused.
var (
	mailers    sync.Map // uintptr -> *mailer
	lastHandle atomic.Uintptr
)

// StartHandles sets the first handle, so that a private copy of the library in a
// forked child can distinguish its handles from those of its parent. 0 changes
// nothing.
func StartHandles(first uintptr) {
	if first > 0 {
		lastHandle.Store(first - 1)
	}
}

func addMailer(m *Mailer) uintptr {
	m.handle = lastHandle.Add(1)
	mailers.Store(m.handle, m)
	return m.handle
}

// Lookup returns the Mailer of a handle, or nil if the handle is not valid.
func Lookup(h uintptr) *Mailer {
	if m := lookupAny(h); m != nil && !m.freed.Load() {
		return m
	}
	return nil
}

// lookupAny is Lookup that also finds a freed handle if one of its callbacks has
// not returned.
func lookupAny(h uintptr) *Mailer {
	v, ok := mailers.Load(h)
	if !ok {
		return nil
	}
	return v.(*Mailer)
}

// New returns a handle, or 0 after a panic.
func New() (h uintptr) {
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	return addMailer(&Mailer{
		settings: defaultSettings(),
		message:  message.Message{Charset: "US-ASCII", Priority: priorityNormal},
	})
}

// Clone returns a new handle with a copy of the settings and the message of h.
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

// Free cancels the calls of other threads on h, ends the session and frees the
// strings that C got. It waits for the callbacks of asynchronous Sends, except those
// that call it, even if another call has freed h. It frees h even after a panic.
func Free(h uintptr) {
	m := lookupAny(h)
	if m == nil {
		return
	}
	asyncs, first := m.refuseCalls()
	if first && !m.end() {
		// m is still locked, and asynchronous Sends that wait for the lock cannot end.
		asyncs = slices.DeleteFunc(asyncs, func(a *asyncSend) bool { return !a.sent.Load() })
	}
	awaitCallbacks(asyncs)
	m.asyncLock.Lock()
	defer m.asyncLock.Unlock()
	m.forget()
}

// end cancels the current call and disposes of m. It returns false in a callback of
// a batch that holds m: m is then disposed of when the batch ends.
func (m *Mailer) end() bool {
	m.cancelNow()
	if !m.inBatch.Load() {
		m.dispose()
		return true
	}
	disposed := make(chan struct{})
	go func() {
		defer close(disposed)
		m.dispose()
	}()
	select {
	case <-disposed:
		return true
	case <-time.After(2 * time.Second):
		return false
	}
}

func (m *Mailer) dispose() {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.forgetAllThreads()
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	m.leave()
	m.settings.forget()
}

// Call runs f on the mailer of h, for a call from C. It holds the mailer's lock,
// converts a panic to a number, and keeps the error for the getters.
func Call(h uintptr, f func(*Mailer) error) Number {
	m := Lookup(h)
	if m == nil {
		return BadHandle
	}
	if m.inBatch.Load() {
		m.note(refused)
		return busy
	}
	n, r := m.call(f)
	if n == NoError || r != nil { // m was not freed meanwhile
		m.note(r)
	}
	return n
}

// Ask is Call for a getter. It changes the report of the calling thread only if f
// fails.
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
		m.note(r)
	}
	return n
}

// Attempt is Call for a method that sends or connects. It clears the results of the
// last attempt first, even if f fails before it sends anything.
func Attempt(h uintptr, f func(*Mailer) error) Number {
	return Call(h, func(m *Mailer) error {
		m.begin()
		return f(m)
	})
}

// begin clears the results of the last attempt to send.
func (m *Mailer) begin() {
	m.last, m.result, m.attempted = fault{}, smtp.Result{}, true
	if m.session == nil {
		m.peer = ""
	}
}

// call runs f with the lock. r is the report for the calling thread, or nil if f
// succeeded and was not an attempt to send.
func (m *Mailer) call(f func(*Mailer) error) (n Number, r *Report) {
	m.mu.Lock()
	return m.callLocked(f)
}

// callLocked is call for a caller that holds the lock. It releases the lock.
func (m *Mailer) callLocked(f func(*Mailer) error) (n Number, r *Report) {
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

// report returns the report of the call that has just ended.
func (m *Mailer) report() *Report {
	r := &Report{last: m.last}
	if m.attempted {
		result := m.result
		r.result = &result
	}
	return r
}

// refused is the report of a call on a busy handle.
var refused = &Report{last: fault{number: busy, text: "the handle is busy with another call: wait for its end, or cancel it"}}

// The places where rehearsePanic is called: panic_on.go.
const (
	insideCall = iota
	outsideCall
)

// Guarded runs f without a mailer's lock, and returns Internal after a panic.
func Guarded(f func() Number) (n Number) {
	defer func() {
		if recover() != nil {
			n = Internal
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// GuardedText runs f without a mailer's lock, and returns "" after a panic.
func GuardedText(f func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = ""
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// Value returns the result of a getter, or the zero value if h is not valid.
func Value[T any](h uintptr, f func(*Mailer) T) (v T) {
	Ask(h, func(m *Mailer) error {
		v = f(m)
		return nil
	})
	return v
}

// fail keeps err as the mailer's last error and returns its number.
func (m *Mailer) fail(err error) Number {
	m.last = faultOf(err)
	return m.last.number
}
