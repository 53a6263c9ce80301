// SPDX-License-Identifier: MIT

// Package mailer implements the C++ class CSmtp in Go: a Mailer has settings, a
// message, and a session while it is connected. C refers to it by its handle.
//
// This file has the Mailer and the table of handles; call.go has Call, which runs
// all calls from C; handles.go makes and frees a Mailer; server.go, compose.go and
// send.go have methods; fault.go maps errors to ECSmtp numbers. The package does
// not use cgo.
package mailer

import (
	"context"
	"crypto/tls"
	"sync"
	"sync/atomic"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/smtp/secret"
)

// Mailer has the settings, the message and the session of one handle.
type Mailer struct {
	mu    sync.Mutex  // held during a call
	freed atomic.Bool // set by Free: calls that wait for mu return

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

	unpipelined bool          // a server did not cope with PIPELINING, so sessions do not use it
	failed      []smtp.Server // those that failed during the current call

	refreshToken string     // the token that the token server issued in place of the configured one
	secrets      secret.Set // hidden in all texts of its sessions

	last      fault       // the error of the last call that failed, on any thread
	result    smtp.Result // the result of the last attempt to send or to connect
	retry     bool        // the mail of that attempt is safe to send again
	attempted bool        // the current call is such an attempt

	ownID  bool // the program has set the Message-ID
	idUsed bool // a mail with the Message-ID was accepted

	// Used without mu:
	inBatch atomic.Bool               // a SendBatch holds mu; the caller may be one of its callbacks
	op      atomic.Pointer[operation] // the current call, if it can be canceled
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

// resumption keeps TLS session tickets for one server, one set of settings and
// one identity. key is made of these.
type resumption struct {
	key   string
	cache tls.ClientSessionCache
}
