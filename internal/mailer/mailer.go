// SPDX-License-Identifier: MIT

// Package mailer implements the C++ class CSmtp in Go. A Mailer has settings, a message
// and, while it is connected, a session. C refers to the Mailer by a handle.
//
// This file contains type Mailer and the table of handles. The other important files are
// call.go (Call, which runs most calls from C), handles.go (creates and frees a Mailer),
// server.go, compose.go and send.go (methods), and fault.go (maps errors to the numbers of
// ECSmtp). The package does not use cgo.
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
	lent   bool      // whether other mailers may use the same settings
	queued *settings // shared by the copies of this mail in pools; nil until lendQueued makes it

	session    *smtp.Session
	web        *httpmail.Client   // sends mail over HTTPS; used in place of 'session'
	socket     socket             // the socket of 'session'
	dialled    *smtp.Config       // the configuration of 'session'
	purpose    *purpose           // the settings with which 'session' was opened
	target     *target            // the server of 'session'
	ctx        context.Context    // for token requests; canceled when the session ends or the time limit of the call has passed
	endSession context.CancelFunc // ends 'session' at once
	logged     int                // settings.log.changes when 'session' got its log
	resume     resumption
	recorder   *recorder    // records the open or the last session; nil if there is no record file
	account    *account     // the settings to which the field 'logins' belongs; nil before the first login
	logins     *smtp.Logins // nil before the first login

	tokenInfo      string // the claims that GetTokenInfo returns
	tokenFileError string // the error of the token file; "" if there is none

	failed     []smtp.Server // the servers that failed during the current call
	tries      int           // the number of sessions over which the current call has sent the mail
	planned    int           // the number of recipients of the current call's mail, if the mail could be built
	lastServer string        // the server of the last session that 'tries' counts, for events

	secrets *secret.Set // the secrets that are hidden in all texts of the sessions; nil: none

	idle         bool // whether 'session' is from an earlier call: the server may have closed it
	loginSkipped bool // whether the open or last session is not logged in although credentials are set
	unpipelined  bool // whether sessions no longer use PIPELINING, because a server could not handle it
	attempted    bool // whether the current call is an attempt to send or to connect

	// Used without mu:
	changing  atomic.Bool            // whether the field heritage is being changed
	inherited atomic.Pointer[Mailer] // in a forked child: the mailer of the parent, until 'heritage' is copied
	next      atomic.Pointer[Mailer] // the next mailer in 'table'
	before    *Mailer                // the previous mailer in 'table'; guarded by table.mu

	inBatch atomic.Bool               // whether SendBatch or PoolSend holds mu: calls in callbacks return busy
	op      atomic.Pointer[operation] // the current call, if it can be canceled
	async   atomic.Pointer[asyncSend] // the last SendAsync

	handle    uintptr
	shares    *sharing    // the key of the shared sessions that the asynchronous Sends of m use
	pool      *Pool       // nil if the handle is not a pool
	pooled    bool        // whether m is a mail in a pool
	sealed    atomic.Bool // whether m is a mail in a pool, and the mail has not ended
	hidden    bool        // whether m exists only to hold a session; the program then has no handle for m
	lost      bool        // whether a child cannot use m: it was being changed at the fork, or is in a pool
	sending   bool        // in a child: whether the parent has called SendAsync for m
	asyncLock sync.Mutex
	asyncs    []*asyncSend            // the Sends whose callbacks have not returned; guarded by asyncLock
	reports   atomic.Int32            // the number of threads with their own report
	perThread *perThread              // the first of the records about threads; guarded by 'threads'
	batcher   atomic.Pointer[batcher] // the thread whose report is in 'heritage'; nil if none; see noteAll
	disposed  bool                    // guarded by 'threads'
}

// heritage is the part of a mailer that a forked child copies from its parent.
type heritage struct {
	settings *settings // never nil, and perhaps shared; only what the method edit returns may be changed
	message  message.Message

	ownID  bool // whether the program has set the Message-ID
	idUsed bool // whether a mail with this Message-ID was accepted

	refreshToken string // the refresh token that the token server issued in place of the one in 'settings'
	refreshed    int    // the value of settings.login.tokens when refreshToken was issued

	last   fault       // the error of the last call that failed, on any thread
	result smtp.Result // the result of the last attempt to send or to connect
	retry  bool        // whether the mail of the attempt in 'result' is safe to send again
	peer   string      // the server's address in the open session, or in the last attempt to open one
}

// mailers is the table of handles. Handles are numbers that increase, and no number is used
// twice.
var (
	mailers    sync.Map // uintptr -> *Mailer
	lastHandle atomic.Uintptr
)

// StartHandles prepares the table of handles. The parameter first is the number of the first
// new handle. In a private copy of the library, parent is the table of the parent process,
// and StartHandles adds the parent's handles. Otherwise parent is nil.
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

// unknown returns the error number for a handle for which Lookup returns nil.
func unknown(h uintptr) Number {
	if m := lookupAny(h); m != nil && m.lost && !m.freed.Load() {
		return Forked
	}
	return BadHandle
}

// lookupAny is like Lookup, but it also finds a handle that a child cannot use, and a freed
// handle until all of the handle's callbacks have returned.
func lookupAny(h uintptr) *Mailer {
	v, ok := mailers.Load(h)
	if !ok || v.(*Mailer).hidden {
		return nil
	}
	return v.(*Mailer)
}

// resumption contains the TLS session tickets for one server, one set of settings and one
// identity. These three make up the key.
type resumption struct {
	key   string
	cache tls.ClientSessionCache
}
