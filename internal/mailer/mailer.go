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
	"slices"
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

	handle    uintptr // its number
	asyncLock sync.Mutex
	asyncs    []*asyncSend          // those whose callback has not returned, guarded by asyncLock
	reports   atomic.Int32          // of threads of their own
	perThread map[Thread]*perThread // guarded by threads
	disposed  bool                  // likewise
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
	m.handle = lastHandle.Add(1)
	mailers.Store(m.handle, m)
	return m.handle
}

// Lookup gives the Mailer of a handle that is alive, else nil.
func Lookup(h uintptr) *Mailer {
	if m := lookupAny(h); m != nil && !m.freed.Load() {
		return m
	}
	return nil
}

// lookupAny is Lookup for a handle that may have been freed, but has callbacks
// that have not returned.
func lookupAny(h uintptr) *Mailer {
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

// Free cancels what another thread is doing with h, leaves the session and
// frees what was handed out. It returns when the callbacks of asynchronous
// Sends have returned, but for those that it is called in; also when another
// call has freed h. After a panic the handle is gone all the same.
func Free(h uintptr) {
	m := lookupAny(h)
	if m == nil {
		return
	}
	asyncs, first := m.refuseCalls()
	if first && !m.end() {
		// The lock is not to be had: what waits for it cannot end before.
		asyncs = slices.DeleteFunc(asyncs, func(a *asyncSend) bool { return !a.sent.Load() })
	}
	awaitCallbacks(asyncs)
	m.asyncLock.Lock()
	defer m.asyncLock.Unlock()
	m.forget()
}

// end cancels what is at work and disposes of m. False: this is a callback of a
// batch that holds m, and m is disposed of when that ends.
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

// Call is the only way from C to a mailer: it looks the handle up, takes its
// lock, turns a panic into a number, and keeps the error for the getters.
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
	if n == NoError || r != nil { // not freed meanwhile
		m.note(r)
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
		m.note(r)
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
	return m.callLocked(f)
}

// callLocked is call by one that has taken the lock, and gives the lock back.
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
