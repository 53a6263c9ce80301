// SPDX-License-Identifier: MIT

// Package mailer implements the C++ class CSmtp in Go. A Mailer has settings, a message
// and, while it is connected, a session. C refers to it by a handle.
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
	"csmtp/smtp/httpmail"
	"csmtp/smtp/message"
	"csmtp/smtp/secret"
)

// Mailer has the settings, the message and the session of one handle.
type Mailer struct {
	mu    sync.Mutex  // held during a call
	freed atomic.Bool // set by Free; calls that wait for mu then return BadHandle

	heritage

	session    *smtp.Session
	web        *httpmail.Client   // the client for mail over HTTPS, used instead of session
	socket     socket             // of session
	dialled    *smtp.Config       // the configuration of session
	purpose    *purpose           // the settings that session was opened for
	target     *target            // the server of session
	ctx        context.Context    // of requests for tokens; it ends with the session, or with the time limit of the call
	endSession context.CancelFunc // ends session at once
	logged     int                // the value of settings.log.changes that session uses
	resume     resumption
	recorder   *recorder    // records the open session, or recorded the last one; nil: they are not recorded
	account    *account     // the account to which logins belongs; nil before the first login
	logins     *smtp.Logins // nil before the first login

	tokenInfo      string // what CheckToken learnt
	tokenFileError string // what is wrong with the token file; "": nothing

	failed     []smtp.Server // the servers that failed during the current call
	tries      int           // the number of sessions over which the current call has sent the mail
	planned    int           // the number of recipients of the current call's mail, if the mail could be built
	lastServer string        // the server of the last of these sessions, for events

	secrets secret.Set // the secrets to hide in all texts of the sessions

	idle         bool // whether session was used before: the server may have closed it since
	loginSkipped bool // whether the open session, or the last one, has no login although one is set
	unpipelined  bool // whether a server could not handle PIPELINING, so that sessions do not use it
	attempted    bool // whether the current call is an attempt to send or to connect

	// Used without mu:
	changing  atomic.Bool            // whether heritage is being changed
	inherited atomic.Pointer[Mailer] // in a forked child: the mailer of the parent process, until its heritage has been copied
	next      atomic.Pointer[Mailer] // in table
	before    *Mailer                // the previous mailer in table, guarded by the lock of table

	inBatch atomic.Bool               // whether a SendBatch holds mu; calls can come from its callbacks
	op      atomic.Pointer[operation] // the current call, if it can be canceled
	async   atomic.Pointer[asyncSend] // the last SendAsync

	handle    uintptr
	shares    *sharing    // the key of the shared sessions that asynchronous Sends of m have used
	pool      *Pool       // the pool, if the handle is one; otherwise nil
	pooled    bool        // whether m is a mail in a pool
	sealed    atomic.Bool // whether m is a mail in a pool and has not ended
	hidden    bool        // whether m is a session for which the program has no handle
	lost      bool        // whether a child cannot use m, which was changing at the fork or belongs to a pool
	sending   bool        // whether the parent has called SendAsync
	asyncLock sync.Mutex
	asyncs    []*asyncSend          // the Sends whose callback has not returned; guarded by asyncLock
	reports   atomic.Int32          // number of threads that have their own report
	perThread map[Thread]*perThread // guarded by threads
	disposed  bool                  // guarded by threads
}

// heritage is the part of a mailer that a forked child inherits.
type heritage struct {
	settings settings
	message  message.Message

	ownID  bool // whether the program has set the Message-ID
	idUsed bool // whether a mail with the Message-ID was accepted

	refreshToken string // the token that the token server issued in place of the configured one
	refreshed    int    // the value of settings.login.tokens when refreshToken was issued

	last   fault       // the error of the last call that failed, on any thread
	result smtp.Result // the result of the last attempt to send or to connect
	retry  bool        // whether the mail of that attempt is safe to send again
	peer   string      // the address that session, or the last attempt to open one, reached
}

// mailers is the table of handles. The numbers of handles increase, and no number is used
// again.
var (
	mailers    sync.Map // uintptr -> *mailer
	lastHandle atomic.Uintptr
)

// StartHandles prepares the table of handles. In a private copy of the library, parent
// is the table of the parent process, whose handles are added, and first is the first
// handle that is not the parent's.
func StartHandles(first uintptr, parent *Table) {
	lastHandle.Store(first - 1)
	if parent != nil {
		inheritAll(parent)
	}
}

func addMailer(m *Mailer) uintptr {
	m.handle = lastHandle.Add(1)
	enter(m)
	return m.handle
}

// Lookup returns the Mailer of a handle, or nil if the handle is not valid.
func Lookup(h uintptr) *Mailer {
	m := lookupAny(h)
	if m == nil || m.freed.Load() {
		return nil
	}
	if m.inherited.Load() != nil {
		m.inherit()
	}
	if m.lost {
		return nil
	}
	return m
}

// unknown returns the number of the error for a handle that Lookup does not find.
func unknown(h uintptr) Number {
	if m := lookupAny(h); m != nil && m.lost && !m.freed.Load() {
		return Forked
	}
	return BadHandle
}

// lookupAny is like Lookup, but also finds a freed handle if one of its callbacks has not
// returned.
func lookupAny(h uintptr) *Mailer {
	v, ok := mailers.Load(h)
	if !ok || v.(*Mailer).hidden {
		return nil
	}
	return v.(*Mailer)
}

// resumption contains TLS session tickets for one server, one set of settings and one
// identity. key is composed of these.
type resumption struct {
	key   string
	cache tls.ClientSessionCache
}
