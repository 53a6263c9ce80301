// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"csmtp/internal/pool"
)

// Pool sends mails over several relays. Package internal/pool decides which relay sends
// which mail; the files pool*.go of this package send the mails. The sessions of a relay,
// which stay open between mails, are in pool_session.go. The function fate, in
// pool_fate.go, decides when another relay may send a mail that has failed.
//
// The handle of a pool also has a Mailer. This Mailer stores the pool's last error; it has
// no message and no session.
type Pool struct {
	owner *Mailer

	mu      sync.Mutex
	sched   *pool.Scheduler
	relays  []*poolRelay
	mails   map[*pooled]struct{} // the mails whose callback has not returned
	ending  int                  // the number of these mails that have ended, and only wait for their callback
	waiters []*waiter            // the calls that wait
	roomy   time.Time            // when calls that wait for room in the queue were last woken
	soon    *time.Timer          // wakes the calls that wait for room, if they were not woken at once
	timer   *time.Timer
	wake    time.Time // when timer fires
	closed  bool      // whether further mails are refused
	freed   bool
	closing map[*asyncSend]struct{} // the sessions that are being closed with QUIT

	journal   Journal
	reconcile Reconcile
	events    poolEvents
	inWait    bool           // callbacks run inside PoolWait
	calls     chan func()    // the callbacks that are to run inside PoolWait
	pending   atomic.Int32   // the number of goroutines that wait for such a callback
	orphaned  chan struct{}  // closed by abandonWait when the program will not call PoolWait again
	doing     turns          // limits how many done callbacks run at the same time
	asking    turns          // limits how many calls to Reconcile run at the same time
	running   map[uint64]int // maps the id of an asyncSend to the number of its running callbacks

	abandonWait sync.Once
}

// mostCallbacks is the maximum number of done callbacks that run at the same time. It is
// also the maximum number of calls to Reconcile that run at the same time.
const mostCallbacks = 32

// Journal contains the callbacks that record attempts to send a mail. Both may be nil. Each
// call to Sending that returns true is followed by one call to Ended.
type Journal struct {
	// Sending is called before the first octet of a mail is sent to a relay. If it
	// returns false, the mail is not sent.
	Sending func(call uint64, id string, relay int, messageID string) bool
	// Ended is called with the outcome of the attempt. If it returns false, the mail ends
	// with an error, even if the outcome is that the mail was accepted.
	Ended func(call uint64, id string, relay, outcome int, queueID, reply string) bool
}

// Reconcile returns whether a mail that is in doubt was delivered.
type Reconcile func(call uint64, id string, relay int, messageID string) int

// The results of Reconcile, with the values that C uses.
const (
	reconcileUnknown = iota
	reconcileDelivered
	reconcileNotDelivered
)

// The default settings of a pool and its relays.
const (
	defaultSessions     = 4
	defaultIdle         = 10 * time.Second
	defaultQueue        = 1000
	defaultPause        = time.Second
	defaultLongestPause = 5 * time.Minute
)

// NewPool returns the handle of a new pool without relays. After a panic, it returns 0.
func NewPool() (h uintptr) {
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	m := newMailer(defaultSettings())
	m.pool = newPool(m)
	return addMailer(m)
}

func newPool(owner *Mailer) *Pool {
	return &Pool{
		owner:    owner,
		sched:    &pool.Scheduler{Queue: defaultQueue, First: defaultPause, Longest: defaultLongestPause},
		mails:    map[*pooled]struct{}{},
		calls:    make(chan func()),
		orphaned: make(chan struct{}),
		doing:    make(turns, mostCallbacks),
		asking:   make(turns, mostCallbacks),
		closing:  map[*asyncSend]struct{}{},
		running:  map[uint64]int{},
	}
}

// lookupPool returns the pool of a handle. If the handle is not a pool, lookupPool stores
// an error as the last error of the handle.
func lookupPool(h uintptr) (*Pool, Number) {
	m := Lookup(h)
	if m == nil {
		return nil, unknown(h)
	}
	if m.pool == nil {
		m.note(&ownReport{last: faultOf(Faultf(BadArgument, "the handle is not a pool: create one with PoolNew"))})
		return nil, BadArgument
	}
	return m.pool, NoError
}

// noted stores err as the last error of the pool's handle.
func (p *Pool) noted(err error) Number {
	if err == nil {
		p.owner.note(nil)
		return NoError
	}
	f := faultOf(err)
	p.owner.note(&ownReport{last: f})
	p.owner.mu.Lock()
	defer p.owner.mu.Unlock()
	p.owner.change(func() { p.owner.last = f })
	return f.number
}

// guardedPool runs f and returns its result. If f panics, it stores an error as the last
// error of h, and returns Internal.
func guardedPool(h uintptr, f func() Number) (n Number) {
	defer func() {
		if v := recover(); v != nil {
			n = Internal
			if m := Lookup(h); m != nil {
				m.note(&ownReport{last: faultOf(panicFault(v))})
			}
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// PoolDo calls f with the pool of h, and stores the error of f as the pool's last error. It
// is used for calls from C.
func PoolDo(h uintptr, f func(*Pool) error) Number {
	return guardedPool(h, func() Number {
		p, n := lookupPool(h)
		if p == nil {
			return n
		}
		return p.noted(f(p))
	})
}

// PoolValue returns what f returns for the pool of h. It returns the zero value if h is not
// a pool or f fails.
func PoolValue[T any](h uintptr, f func(*Pool) (T, error)) (v T) {
	guardedPool(h, func() Number {
		p, n := lookupPool(h)
		if p == nil {
			return n
		}
		value, err := f(p)
		if err != nil {
			return p.noted(err)
		}
		v = value
		return NoError
	})
	return v
}

// AddRelay adds a relay with the settings of the mailer that the handle refers to. The pool
// stores the name only for GetRelayName, for events and for error texts.
func (p *Pool) AddRelay(handle uintptr, name string) error {
	var r *poolRelay
	n := Call(handle, func(m *Mailer) error {
		if m.pool != nil {
			return Faultf(BadArgument, "PoolAddRelay: 'relay' is the handle of a pool: pass a handle with the settings of a server")
		}
		r = newPoolRelay(*m.settings, name)
		return nil
	})
	if n != NoError {
		return handleError(handle, n, "PoolAddRelay: the handle of the relay is invalid or busy")
	}
	if name == "" {
		r.name = r.settings.serverName()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errPoolClosed("PoolAddRelay")
	}
	r.number = p.sched.AddRelay(time.Now(), pool.Limits{Weight: 1, Sessions: defaultSessions})
	p.relays = append(p.relays, r)
	p.pump()
	return nil
}

func errPoolClosed(function string) error {
	return Faultf(canceled, "%s: the pool accepts no more mails, because PoolDrain or Free was called", function)
}

// relay returns the relay with the given number. p.mu must be held.
func (p *Pool) relay(function string, relay uint32) (*poolRelay, error) {
	if int64(relay) >= int64(len(p.relays)) {
		return nil, Faultf(BadArgument, "%s: there is no relay %d: the pool has %d", function, relay, len(p.relays))
	}
	return p.relays[relay], nil
}

// set changes the limits of a relay.
func (p *Pool) set(function string, relay uint32, f func(*pool.Limits)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.relay(function, relay); err != nil {
		return err
	}
	l := p.sched.Limits(int(relay))
	f(&l)
	p.sched.SetLimits(int(relay), l)
	p.pump()
	return nil
}

// The maximum values of a relay's settings.
const mostSessions, mostWeight, mostRate = 1000, 1_000_000, 1_000_000

func (p *Pool) SetWeight(relay, weight uint32) error {
	if weight < 1 || weight > mostWeight {
		return Faultf(BadArgument, "PoolSetWeight: invalid weight %d: use a number from 1 to %d", weight, mostWeight)
	}
	return p.set("PoolSetWeight", relay, func(l *pool.Limits) { l.Weight = int(weight) })
}

func (p *Pool) SetSessions(relay, sessions uint32) error {
	if sessions < 1 || sessions > mostSessions {
		return Faultf(BadArgument, "PoolSetSessions: invalid number of sessions %d: use a number from 1 to %d", sessions, mostSessions)
	}
	return p.set("PoolSetSessions", relay, func(l *pool.Limits) { l.Sessions = int(sessions) })
}

// SetRate limits the number of mails that a relay sends in a number of seconds. If mails is
// 0, there is no limit.
func (p *Pool) SetRate(relay, mails, seconds uint32) error {
	if mails > mostRate || mails > 0 && (seconds < 1 || seconds > 86400) {
		return Faultf(BadArgument, "PoolSetRate: invalid rate of %d mails in %d seconds: use at most %d mails, and 1 to 86400 seconds", mails, seconds, mostRate)
	}
	return p.set("PoolSetRate", relay, func(l *pool.Limits) {
		l.Rate, l.Per = int(mails), time.Duration(seconds)*time.Second
	})
}

// SetSessionMails limits the number of mails that are sent over one session. 0 means no
// limit.
func (p *Pool) SetSessionMails(relay, mails uint32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := p.relay("PoolSetSessionMails", relay)
	if err == nil {
		r.perSession = int(min(mails, 1<<30))
	}
	return err
}

// SetIdle sets how long a session without a mail stays open.
func (p *Pool) SetIdle(relay, milliseconds uint32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := p.relay("PoolSetIdle", relay)
	if err == nil {
		r.idleTime = time.Duration(milliseconds) * time.Millisecond
		p.pump()
	}
	return err
}

// SetQueue sets the maximum number of mails that wait in the queue. 0 means no limit.
func (p *Pool) SetQueue(mails uint32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sched.Queue = int(min(mails, 1<<30))
	p.announce()
	return nil
}

// SetPause sets how long a relay that has failed pauses: the first pause and the longest
// pause, in milliseconds.
func (p *Pool) SetPause(first, longest uint32) error {
	if first == 0 || longest < first {
		return Faultf(BadArgument, "PoolSetPause: invalid pauses of %d and %d ms: the first must be at least 1 ms, and the longest must not be shorter than the first", first, longest)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sched.First, p.sched.Longest = time.Duration(first)*time.Millisecond, time.Duration(longest)*time.Millisecond
	p.pump()
	return nil
}

// SetPatience sets the maximum time that a mail waits while no relay can send it.
func (p *Pool) SetPatience(milliseconds uint32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sched.Patience = time.Duration(milliseconds) * time.Millisecond
	p.pump()
	return nil
}

// SetJournal sets the journal. It fails while the pool has mails, so all attempts of a mail
// are recorded in the same journal.
func (p *Pool) SetJournal(j Journal) error {
	return p.setCallback("PoolSetJournal", func() { p.journal = j })
}

func (p *Pool) SetReconcile(f Reconcile) error {
	return p.setCallback("PoolSetReconcile", func() { p.reconcile = f })
}

// SetCallbacksInWait sets whether the pool's callbacks run inside PoolWait.
func (p *Pool) SetCallbacksInWait(in bool) error {
	return p.setCallback("PoolSetCallbacksInWait", func() { p.inWait = in })
}

// setCallback calls 'set', which changes the callbacks of the pool. It returns an error
// instead if the pool has mails.
func (p *Pool) setCallback(function string, set func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.mails) > 0 {
		return Faultf(busy, "%s: the pool has mails: call this function before the first mail", function)
	}
	set()
	return nil
}

// announce wakes those calls to await whose wait may be over. p.mu must be held.
func (p *Pool) announce() {
	room := slices.ContainsFunc(p.waiters, func(w *waiter) bool { return w.room }) && p.wakesForRoom()
	for _, w := range p.waiters {
		if len(p.events.queue) > 0 || room && w.room || w.over() {
			select {
			case w.wake <- struct{}{}:
			default: // it is already awake
			}
		}
	}
}

// pump starts the mails that can be sent now. p.mu must be held.
func (p *Pool) pump() {
	if t := p.pumpNow(time.Now()); t.mail != nil {
		go p.work(t)
	}
}

// pumpNow is like pump, but leaves one of the mails to the caller: it returns this mail as
// a task, which the caller must perform.
func (p *Pool) pumpNow(now time.Time) (own task) {
	if p.freed && len(p.mails) == 0 {
		return task{}
	}
	start, ended, wake := p.sched.Next(now)
	for _, i := range start {
		if own.mail != nil {
			go p.work(own)
		}
		c, r := i.Value.(*pooled), p.relays[i.Relay()]
		own = task{mail: c, session: p.take(r, c.fresh), relay: r.number, most: r.perSession}
	}
	p.ending += len(ended)
	for _, i := range ended {
		go p.conclude(i.Value.(*pooled))
	}
	if len(start)+len(ended) > 0 {
		p.announce()
	}
	for _, r := range p.relays {
		if at := p.expire(r, now); !at.IsZero() && (wake.IsZero() || at.Before(wake)) {
			wake = at
		}
	}
	p.wakeUp(now, wake)
	return own
}

// wakeUp makes sure that pump is called at the time 'wake' or earlier. p.mu must be held.
func (p *Pool) wakeUp(now, wake time.Time) {
	if wake.IsZero() || p.timer != nil && !wake.Before(p.wake) {
		return
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	p.wake = wake
	var timer *time.Timer
	timer = time.AfterFunc(max(wake.Sub(now), 0), func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.timer == timer {
			p.timer = nil
		}
		p.pump()
	})
	p.timer = timer
}
