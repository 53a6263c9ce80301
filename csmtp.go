// SPDX-License-Identifier: MIT

// Command csmtp is built as a C shared library (go build -buildmode=c-shared).
//
// A mailer is the Go twin of C++'s class CSmtp: settings, a message, and a
// session when connected. C holds it by a number. This file has the table of
// those numbers and the one way in, call; settings.go, compose.go and send.go
// have the methods; fault.go turns any error into CSmtp's numbers.
package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"csmtp/internal/secret"
	"csmtp/smtp"
	"csmtp/smtp/message"
)

// Version of the library; the header's and the package's are checked against it.
const Version = "1.0.0"

type mailer struct {
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
	visits   map[thread]*visit // guarded by visits
	disposed bool              // likewise
}

// mailers is the handle table. Numbers go up and are never reused.
var (
	mailers    sync.Map // uintptr -> *mailer
	lastHandle atomic.Uintptr
)

// startHandles sets where the numbers start, so that a private copy of the
// library in a forked child can tell its own from its parent's. 0 changes nothing.
func startHandles(first uintptr) {
	if first > 0 {
		lastHandle.Store(first - 1)
	}
}

func addMailer(m *mailer) uintptr {
	h := lastHandle.Add(1)
	mailers.Store(h, m)
	return h
}

func lookup(h uintptr) *mailer {
	v, ok := mailers.Load(h)
	if !ok {
		return nil
	}
	return v.(*mailer)
}

// newMailer gives a handle, or 0 after a panic.
func newMailer() (h uintptr) {
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	return addMailer(&mailer{
		settings: defaultSettings(),
		message:  message.Message{Charset: "US-ASCII", Priority: priorityNormal},
	})
}

func cloneMailer(h uintptr) (clone uintptr, n number) {
	n = call(h, func(m *mailer) error {
		c := &mailer{settings: m.settings.withoutCallbacks(), message: *m.message.Clone(), ownID: m.ownID}
		if !m.ownID {
			c.message.MessageID = ""
		}
		clone = addMailer(c)
		return nil
	})
	return clone, n
}

// freeMailer cancels what another thread is doing with h, leaves the session
// and frees what was handed out. It returns when the callbacks of asynchronous
// Sends have returned, but for those that it is called in. After a panic the
// handle is gone all the same.
func freeMailer(h uintptr) {
	v, ok := mailers.LoadAndDelete(h)
	if !ok {
		return
	}
	m := v.(*mailer)
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

func (m *mailer) dispose() {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.forgetVisits()
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	m.leave()
	m.settings.forget()
}

// call is the only way from C to a mailer: it looks the handle up, takes its
// lock, turns a panic into a number, and keeps the error for the getters.
func call(h uintptr, f func(*mailer) error) number {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	if m.inBatch.Load() {
		m.note(gate.self(), refused)
		return busy
	}
	n, r := m.call(f)
	if n == noError || r != nil { // not freed meanwhile
		m.note(gate.self(), r)
	}
	return n
}

// ask is call for a getter, which is no call that the getters tell of unless
// it fails.
func ask(h uintptr, f func(*mailer) error) number {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	if m.inBatch.Load() {
		return busy
	}
	n, r := m.call(f)
	if n != noError && r != nil {
		m.note(gate.self(), r)
	}
	return n
}

// attempt is call for what starts to send: what the last mail left is cleared,
// also when the call ends before it has begun.
func attempt(h uintptr, f func(*mailer) error) number {
	return call(h, func(m *mailer) error {
		m.begin()
		return f(m)
	})
}

// begin clears what the last attempt to send left.
func (m *mailer) begin() {
	m.last, m.result, m.attempted = fault{}, smtp.Result{}, true
}

// call runs f with the lock. r is what its caller is to be told of it: nil when
// it went well and was no attempt to send.
func (m *mailer) call(f func(*mailer) error) (n number, r *report) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.freed.Load() {
		return badHandle, nil
	}
	m.attempted = false
	defer func() {
		if p := recover(); p != nil {
			n = m.fail(panicFault(p))
		}
		if n != noError || m.attempted {
			r = m.report()
		}
	}()
	rehearsePanic(insideCall)
	if err := f(m); err != nil {
		return m.fail(err), nil
	}
	return noError, nil
}

// report is what there is to tell of the call that has just ended.
func (m *mailer) report() *report {
	r := &report{last: m.last}
	if m.attempted {
		result := m.result
		r.result = &result
	}
	return r
}

// refused is the report of a call that a handle at work has refused.
var refused = &report{last: fault{number: busy, text: "another call is at work with the handle: wait for its end, or cancel it"}}

// Where rehearsePanic is asked: panic_on.go.
const (
	insideCall = iota
	outsideCall
)

// guarded is the recover of call for what must not wait for a mailer's lock.
func guarded(f func() number) (n number) {
	defer func() {
		if recover() != nil {
			n = internal
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// guardedText is guarded for a text: "" after a panic.
func guardedText(f func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = ""
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// value is call for a getter: the zero value when the handle is bad.
func value[T any](h uintptr, f func(*mailer) T) (v T) {
	ask(h, func(m *mailer) error {
		v = f(m)
		return nil
	})
	return v
}

// fail keeps err as the mailer's last error and gives its number.
func (m *mailer) fail(err error) number {
	m.last = faultOf(err)
	return m.last.number
}
