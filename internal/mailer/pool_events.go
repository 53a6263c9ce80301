// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"
	"sync/atomic"
	"time"

	"csmtp/internal/pool"
	"csmtp/smtp"
)

// poolEvents is the event callback of a pool.
type poolEvents struct {
	call    atomic.Pointer[func(*Event)] // nil if there is no callback
	calling sync.Mutex                   // held during a call, so that calls do not overlap

	queue []*Event // the events that PoolWait is to report; guarded by the lock of the pool
}

// wanted reports whether an event callback is set.
func (v *poolEvents) wanted() bool { return v.call.Load() != nil }

// SetEventCallback sets the function that is called for the events of all relays and mails.
// Only one call runs at a time. nil clears the callback.
func (p *Pool) SetEventCallback(f func(*Event)) error {
	p.events.calling.Lock()
	defer p.events.calling.Unlock()
	if f == nil {
		p.events.call.Store(nil)
		return nil
	}
	p.events.call.Store(&f)
	return nil
}

// report calls the callback with e, or puts e in the queue for PoolWait. It does nothing if
// e is nil. p.mu must not be held.
func (p *Pool) report(e *Event) {
	if e == nil || !p.events.wanted() {
		return
	}
	p.mu.Lock()
	if p.inWait && !p.isOrphaned() {
		p.events.queue = append(p.events.queue, e)
		p.announce()
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.callEvent(e)
}

func (p *Pool) isOrphaned() bool {
	select {
	case <-p.orphaned:
		return true
	default:
		return false
	}
}

func (p *Pool) callEvent(e *Event) {
	p.events.calling.Lock()
	defer p.events.calling.Unlock()
	if call := p.events.call.Load(); call != nil {
		defer func() { _ = recover() }()
		(*call)(e)
	}
}

// runEvent calls the callback for the first event in the queue. It returns false if the
// queue is empty. p.mu must be held; it is released during the call.
func (p *Pool) runEvent() bool {
	if len(p.events.queue) == 0 {
		return false
	}
	e := p.events.queue[0]
	p.events.queue = p.events.queue[1:]
	p.mu.Unlock()
	p.callEvent(e)
	p.mu.Lock()
	return true
}

// lastEvents is called at the end of free, when the sessions have ended. It reports the
// remaining events, and clears the callback.
func (p *Pool) lastEvents() {
	p.mu.Lock()
	for p.runEvent() {
	}
	p.mu.Unlock()
	_ = p.SetEventCallback(nil)
}

// noteAttempt counts an attempt, and stores its relay and its server for later events of c.
func (p *Pool) noteAttempt(c *pooled, s *poolSession, relay int) {
	if !p.events.wanted() {
		return
	}
	c.tries++
	c.relay, c.lastServer = relay, ""
	if s.session != nil {
		c.lastServer = s.session.Server().String()
	} else if s.web != nil {
		c.lastServer = s.web.Server().String()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c.relayName = p.relays[relay].name
}

// event returns an event of the mail c. Its kind follows from the outcome.
func (c *pooled) event(err error) *Event {
	e := c.mailEvent(&c.end.result, err, c.submitted)
	e.Relay, e.Name, e.Server = c.relay, c.relayName, smtp.Visible(c.lastServer)
	return &e
}

// attemptFailed reports that an attempt has failed because of the relay.
func (p *Pool) attemptFailed(c *pooled, err error) {
	if !p.events.wanted() {
		return
	}
	e := c.event(err)
	e.Kind = eventRetry
	p.report(e)
}

// mailEnded reports the end of a mail.
func (p *Pool) mailEnded(c *pooled) {
	if !p.events.wanted() {
		return
	}
	var err error
	if c.end.last.number != NoError {
		err = c.end.last
	}
	p.report(c.event(err))
}

// healthEvent returns an event if a relay has been paused or has resumed, and otherwise nil.
// 'before' is the relay's state before the change. err is the error that caused the pause, or
// nil. p.mu must be held.
func (p *Pool) healthEvent(relay int, before pool.State, err error) *Event {
	if !p.events.wanted() {
		return nil
	}
	e := &Event{Relay: relay, Name: p.relays[relay].name}
	switch after, pause := p.sched.State(time.Now(), relay); {
	case after == pool.Up && before != pool.Up:
		e.Kind = eventResumed
	case after == pool.Down && before != pool.Down && pause > 0:
		e.Kind, e.Total = eventPaused, pause
		if err != nil {
			f := faultOf(err)
			e.Error, e.ReplyCode = f.number, replyCode(f.reply)
		}
	default:
		return nil
	}
	return e
}
