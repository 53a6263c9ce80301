// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"crypto/sha256"
	"os"
	"slices"
	"sync"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/message"
)

// Asynchronous Sends of handles without a session share sessions. The Sends of all handles
// with the same settings use at most mostShared sessions at a time. After a mail was sent
// over a session, the session stays open for the next Send, but not longer than
// defaultIdle. It is closed earlier if all handles that have used a session with these
// settings are freed or use other shared sessions.

// mostShared is the maximum number of sessions for handles with the same settings.
const mostShared = defaultSessions

// sharing contains the settings that must be equal in two handles if they are to share a
// session.
type sharing struct {
	purpose  purpose
	timeouts smtp.Timeouts
	charset  string   // the charset with which replies are decoded
	secret   [32]byte // SHA-256 of password and token
	handle   uintptr  // the handle, if it has an event callback, or its tokens come from a callback or a token server; otherwise 0
	events   bool     // whether the handle has an event callback
}

// shared contains the sessions of the handles with the same value of sharing.
type shared struct {
	users   int // the number of handles that use these sessions: see usesShared and stopSharing
	busy    int // the number of sessions that are being opened or are sending a mail
	idle    []*parked
	waiting []chan *parked
	closing []chan struct{} // one for each session that is being closed because it was idle for too long
}

// parked is an open session between two mails. It belongs to a Mailer for which the program
// has no handle. The Mailer is in the table of handles, so that a forked child finds it and
// closes its copy of the session's descriptor.
type parked struct {
	*Mailer
	timer *time.Timer
}

var sharedSessions = struct {
	sync.Mutex
	of map[sharing]*shared
}{of: map[sharing]*shared{}}

// sharing returns the key in sharedSessions for the current settings. ok is false if the
// handle cannot share sessions.
func (m *Mailer) sharing() (key sharing, ok bool) {
	o := m.op.Load()
	s := m.settings
	if o == nil || !o.ours || m.session != nil || s.record != (record{}) || os.Getenv(configVariable) != "" {
		return key, false
	}
	key = sharing{purpose: s.purpose(), timeouts: s.timeouts, charset: m.message.Charset}
	key.purpose.proof.password, key.purpose.token = 0, 0
	key.secret = sha256.Sum256([]byte(s.login.password + "\x00" + s.login.fixed))
	if s.login.callback || s.login.grant != nil || s.login.token != nil && s.login.fixed == "" {
		key.handle, key.purpose.token = m.handle, s.login.tokens
	}
	if s.event != nil {
		key.handle, key.events = m.handle, true
	}
	return key, true
}

// borrow makes an idle session for the current settings the session of m. If no session is
// idle, m has none afterwards, and the caller may open one. If mostShared sessions are in
// use, borrow waits until another Send gives back a session.
func (m *Mailer) borrow(key sharing) error {
	m.usesShared(key)
	sharedSessions.Lock()
	k := sharedSessions.of[key]
	var p *parked
	if n := len(k.idle); n > 0 {
		p = k.idle[n-1]
		k.idle = k.idle[:n-1]
		k.busy++
	} else if k.busy < mostShared {
		k.busy++
	} else {
		turn := make(chan *parked, 1)
		k.waiting = append(k.waiting, turn)
		sharedSessions.Unlock()
		return m.awaitTurn(key, k, turn)
	}
	sharedSessions.Unlock()
	m.unpark(p)
	return nil
}

func (m *Mailer) awaitTurn(key sharing, k *shared, turn chan *parked) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	m.uses(cancel)
	defer m.uses(nil)
	select {
	case p := <-turn:
		m.unpark(p)
		return nil
	case <-ctx.Done():
	}
	sharedSessions.Lock()
	at := slices.Index(k.waiting, turn)
	if at >= 0 {
		k.waiting = slices.Delete(k.waiting, at, at+1)
	}
	sharedSessions.Unlock()
	if at < 0 { // passOn has already chosen this Send as the next one
		passOn(key, <-turn)
	}
	return errCanceled()
}

// carryShared sends a message over a shared session.
func (m *Mailer) carryShared(key sharing, built rendered, again func(message.Options) (rendered, error)) error {
	if err := m.borrow(key); err != nil {
		return err
	}
	sent := false
	defer func() { m.giveBack(key, sent) }()
	if m.session == nil {
		config, err := m.configure(m.settings)
		if err != nil {
			return err
		}
		m.target = new(m.settings.target())
		if err := m.connect(config); err != nil {
			return err
		}
	}
	logNotes(m.dialled.Trace, built)
	if err := m.transact(built, again, false); err != nil {
		return err
	}
	sent = true
	m.change(func() { m.last = fault{reply: m.result.Reply} })
	return nil
}

// giveBack makes the session that borrow took, or that was opened after borrow, available to
// other Sends. The parameter keep says whether another mail can be sent over the session. If
// not, giveBack ends the session, and another Send may open one.
func (m *Mailer) giveBack(key sharing, keep bool) {
	var p *parked
	m.uses(nil) // first: after this, Cancel cannot end the session that giveBack checks and keeps
	if keep && m.session != nil && m.session.Usable() {
		p = m.park()
	} else {
		m.abandon()
	}
	passOn(key, p)
}

// passOn gives the session p to the next Send that waits. If p is nil, this Send may open a
// session. If no Send waits, p becomes idle, or is closed if no handle uses these sessions.
func passOn(key sharing, p *parked) {
	sharedSessions.Lock()
	defer sharedSessions.Unlock()
	k := sharedSessions.of[key]
	if len(k.waiting) > 0 {
		k.waiting[0] <- p
		k.waiting = k.waiting[1:]
		return
	}
	k.busy--
	switch {
	case p == nil:
	case k.users == 0:
		go p.close()
	default:
		p.timer = time.AfterFunc(defaultIdle, func() { expireShared(key, p) })
		k.idle = append(k.idle, p)
	}
	forgetShared(key, k)
}

// forgetShared removes the entry of key if no handle uses it and it has no sessions.
// sharedSessions must be locked.
func forgetShared(key sharing, k *shared) {
	if k.users == 0 && k.busy == 0 && len(k.idle) == 0 {
		delete(sharedSessions.of, key)
	}
}

func expireShared(key sharing, p *parked) {
	sharedSessions.Lock()
	k := sharedSessions.of[key]
	at := -1
	if k != nil {
		at = slices.Index(k.idle, p)
	}
	ended := make(chan struct{})
	if at >= 0 {
		k.idle = slices.Delete(k.idle, at, at+1)
		k.closing = append(k.closing, ended)
		forgetShared(key, k)
	}
	sharedSessions.Unlock()
	if at < 0 {
		return
	}
	p.close()
	sharedSessions.Lock()
	defer sharedSessions.Unlock()
	k.closing = slices.DeleteFunc(k.closing, func(c chan struct{}) bool { return c == ended })
	close(ended)
}

// usesShared records that m uses the sessions of key, and no longer uses the sessions of
// any other key.
func (m *Mailer) usesShared(key sharing) {
	if m.shares != nil && *m.shares == key {
		return
	}
	m.stopSharing()
	sharedSessions.Lock()
	defer sharedSessions.Unlock()
	k := sharedSessions.of[key]
	if k == nil {
		k = &shared{}
		sharedSessions.of[key] = k
	}
	k.users++
	m.shares = &key
}

// stopSharing records that m no longer uses shared sessions. If no other handle uses the
// sessions that m has used, stopSharing closes the idle ones among them.
func (m *Mailer) stopSharing() {
	if m.shares == nil {
		return
	}
	key := *m.shares
	m.shares = nil
	sharedSessions.Lock()
	k := sharedSessions.of[key]
	k.users--
	var idle []*parked
	var closing []chan struct{}
	if key.events { // the event callback must not be called after stopSharing has returned
		closing = slices.Clone(k.closing)
	}
	if k.users == 0 {
		idle, k.idle = k.idle, nil
		forgetShared(key, k)
	}
	sharedSessions.Unlock()
	var quits sync.WaitGroup
	for _, p := range idle {
		quits.Go(p.close)
	}
	quits.Wait()
	for _, ended := range closing {
		<-ended
	}
}

// park removes the session from m and returns it as a parked session.
func (m *Mailer) park() *parked {
	p := &parked{Mailer: newMailer(settings{})}
	p.hidden = true
	addMailer(p.Mailer)
	m.dialled.Trace = nil // the log belongs to m, which may be freed before the session ends
	m.session.SetTrace(nil)
	p.Mailer.takeSession(m)
	return p
}

// unpark makes a parked session the session of m, or closes it if it can no longer be used.
func (m *Mailer) unpark(p *parked) {
	if p == nil {
		return
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	if !p.session.Usable() {
		go p.close()
		return
	}
	m.takeSession(p.Mailer)
	remove(p.Mailer)
	m.purpose, m.logged = new(m.settings.purpose()), m.settings.log.changes
	m.dialled.Trace = m.settings.log.trace()
	m.session.SetTrace(m.dialled.Trace)
}

// takeSession moves the session of another Mailer to m.
func (m *Mailer) takeSession(from *Mailer) {
	m.session, m.dialled, m.endSession, m.ctx = from.session, from.dialled, from.endSession, from.ctx
	m.target, m.unpipelined, m.loginSkipped, m.idle = from.target, from.unpipelined, from.loginSkipped, true
	m.change(func() { m.peer, m.socket = from.peer, from.socket })
	from.session, from.dialled, from.endSession = nil, nil, nil
	from.change(func() { from.socket = socket{} })
}

func (p *parked) close() {
	p.leave()
	remove(p.Mailer)
}
