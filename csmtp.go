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

	refreshToken string // a new one that the token server gave

	last   fault       // of the last call that failed
	result smtp.Result // of the last Send

	ownID  bool // the Message-ID was set by the program
	idUsed bool // a mail with the Message-ID was accepted

	// Touched without mu:
	inBatch atomic.Bool               // a SendBatch at work holds mu, and may be what is calling
	op      atomic.Pointer[operation] // the call at work that can be cancelled
	async   atomic.Pointer[asyncSend] // the last SendAsync

	texts map[textKey]heldText
}

// textKey names a string that was handed out: a getter and its index.
type textKey struct {
	getter string
	index  int
}

// heldText is a string in C's memory (exports.go makes them).
type heldText interface {
	text() string
	free()
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
// and frees what was handed out. After a panic the handle is gone all the same.
func freeMailer(h uintptr) {
	v, ok := mailers.LoadAndDelete(h)
	if !ok {
		return
	}
	defer func() { _ = recover() }()
	m := v.(*mailer)
	m.freed.Store(true)
	m.cancelNow()
	if !m.inBatch.Load() {
		m.dispose()
		return
	}
	// The batch ends in moments, unless this is a callback of it: then it ends
	// after that.
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.dispose()
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
}

func (m *mailer) dispose() {
	m.mu.Lock()
	defer m.mu.Unlock()
	rehearsePanic(outsideCall)
	m.leave()
	m.settings.forget()
	for _, t := range m.texts {
		t.free()
	}
	m.texts = nil
}

// call is the only way from C to a mailer: it looks the handle up, takes its
// lock, turns a panic into a number, and keeps the error for the getters.
func call(h uintptr, f func(*mailer) error) (n number) {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	if m.inBatch.Load() {
		return busy
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.freed.Load() {
		return badHandle
	}
	defer func() {
		if p := recover(); p != nil {
			n = m.fail(panicFault(p))
		}
	}()
	rehearsePanic(insideCall)
	if err := f(m); err != nil {
		return m.fail(err)
	}
	return noError
}

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
	call(h, func(m *mailer) error {
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
