// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"time"

	"csmtp/internal/pool"
	"csmtp/smtp"
	"csmtp/smtp/message"
)

// pooled is a mail in a pool: a copy of the program's mail. The copy has its own handle,
// with which the done callback gets the outcome. The handle is freed when this callback has
// returned.
type pooled struct {
	*Mailer
	call      *asyncSend
	item      *pool.Item
	built     rendered
	again     func(message.Options) (rendered, error) // builds the message for a server with other extensions
	name      string                                  // the id that the program has given to the mail
	messageID string
	told      func(call uint64, mail uintptr, n Number)
	copied    *uintptr  // where to store the handle of the copy; nil after it was stored
	submitted time.Time // when the mail was submitted; zero if the pool had no event callback then
	relay     int       // the relay of the last attempt, or NoEventRelay
	relayName string    // the name of that relay

	fresh bool // whether the mail must be sent over a new session
	twice int  // how many times the relay has replied 421 to MAIL for this mail in a new session
	end   end
}

// end is what the attempts to send a mail have shown so far. The getters do not return it
// until the mail has ended. Otherwise, a program that polls the getters could send the mail
// again while another relay still sends it.
type end struct {
	result smtp.Result
	last   fault
	retry  bool
}

// snapshot returns a copy of the mail of m, which must be locked.
func (m *Mailer) snapshot() (*pooled, error) {
	m.change(func() {
		if m.idUsed && !m.ownID {
			m.message.MessageID = "" // the last mail's
		}
		m.idUsed = false
	})
	var copied *message.Message
	if err := m.unchanged(func() (err error) {
		copied, err = m.message.Snapshot()
		return err
	}); err != nil {
		return nil, err
	}
	s := m.lendQueued()
	c := &pooled{
		Mailer: &Mailer{heritage: heritage{settings: s, message: *copied, ownID: true}, lent: true, pooled: true},
		call:   newAsyncSend(),
	}
	server := s.server
	c.again = func(o message.Options) (rendered, error) { return c.render(o, server) }
	var err error
	if c.built, err = c.render(message.Options{UTF8: true}, server); err != nil {
		return nil, err
	}
	c.planned = len(c.built.Recipients())
	c.messageID = c.message.MessageID
	m.change(func() { m.message.MessageID = c.messageID })
	return c, nil
}

// failed stores err, the error of an attempt, in c.end. err is nil if the attempt
// succeeded.
func (c *pooled) failed(err error) {
	if err == nil {
		c.end.last, c.end.retry = fault{reply: c.end.result.Reply}, false
		return
	}
	c.end.last = faultOf(err)
	c.end.retry = c.end.result.SafeToRetry(c.end.last)
}

// publish copies c.end to where the getters find it.
func (c *pooled) publish() {
	c.Mailer.mu.Lock()
	defer c.Mailer.mu.Unlock()
	c.attempted = true
	c.change(func() { c.result, c.last, c.retry = c.end.result, c.end.last, c.end.retry })
	c.call.number, c.call.report = c.last.number, new(ownReport)
	c.report(c.call.report)
	c.call.begun.Store(true)
}

// Submit puts a copy of a mail in the queue, and returns the handle of the copy. If the
// queue is full, Submit waits for room, but not longer than limit. 'name' is the id that the
// program has given to the mail. The pool calls 'told' when the mail has ended.
func (p *Pool) Submit(mail uintptr, name string, limit time.Duration, told func(call uint64, mail uintptr, n Number)) (h uintptr, err error) {
	err = p.SubmitTo(mail, name, limit, told, &h)
	return h, err
}

// SubmitTo puts a copy of a mail in the queue, as Submit does. It stores the handle of the
// copy in h before 'told' is called.
func (p *Pool) SubmitTo(mail uintptr, name string, limit time.Duration, told func(call uint64, mail uintptr, n Number), h *uintptr) (err error) {
	*h = 0
	var c *pooled
	p.mu.Lock()
	err = p.refuses("PoolSubmit")
	tooMany := p.full() && limit == 0
	p.mu.Unlock()
	if err != nil {
		return err
	}
	n := Attempt(mail, func(m *Mailer) (err error) {
		if tooMany {
			return nil
		}
		if m.pool != nil {
			return Faultf(BadArgument, "PoolSubmit: 'mail' is the handle of a pool: pass the handle of a mail")
		}
		if c, err = m.snapshot(); err == nil {
			m.change(func() { m.idUsed, m.last = true, fault{} })
		}
		return err
	})
	switch {
	case n != NoError:
		return handleError(mail, n, "the handle of the mail is invalid or busy")
	case tooMany:
		return p.errFull()
	}
	c.name, c.told, c.copied = name, told, h
	if !p.enqueue(c, limit) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if err := p.refuses("PoolSubmit"); err != nil {
			return err
		}
		return p.errFull()
	}
	return nil
}

// handleError returns the error that the pool stores if a call on the handle h failed with
// the number n. If the last error of h has the number n, handleError returns that error. If
// not, it returns a new error with this number and the given text.
func handleError(h uintptr, n Number, otherwise string) error {
	if Lookup(h) != nil {
		if r := Told(h, false); r.last.number == n {
			return r.last
		}
	}
	return Faultf(n, "%s", otherwise)
}

// refuses returns an error if the pool does not accept mails. p.mu must be held.
func (p *Pool) refuses(function string) error {
	switch {
	case p.closed:
		return errPoolClosed(function)
	case len(p.relays) == 0:
		return Faultf(BadArgument, "%s: the pool has no relay: call PoolAddRelay", function)
	}
	return nil
}

// full reports whether the queue is full. It also returns true if the mails that have ended
// and wait for their callbacks would fill the queue. p.mu must be held.
func (p *Pool) full() bool {
	return p.sched.Queue > 0 && max(p.sched.Queued(), p.ending-mostCallbacks) >= p.sched.Queue
}

// mostOften is the minimum time between two wake-ups of the calls that wait for room in the
// queue. If half of the queue is free, they are woken at once.
const mostOften = time.Millisecond

// wakesForRoom reports whether announce wakes the calls that wait for room in the queue. If
// mails are sent fast, waking a call for each of them would take longer than sending them.
// p.mu must be held.
func (p *Pool) wakesForRoom() bool {
	if p.full() {
		return false
	}
	if now := time.Now(); p.sched.Queued() <= p.sched.Queue/2 || now.Sub(p.roomy) >= mostOften {
		p.roomy = now
		return true
	}
	if p.soon == nil {
		p.soon = time.AfterFunc(mostOften, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.soon = nil
			p.announce()
		})
	}
	return false
}

func (p *Pool) errFull() error {
	return Faultf(busy, "PoolSubmit: the queue is full: %d mails are waiting", p.sched.Queue)
}

// enqueue puts c in the queue. If the queue is full, it waits for room, but not longer than
// limit. It returns false if it has not put c in the queue.
func (p *Pool) enqueue(c *pooled, limit time.Duration) (taken bool) {
	c.relay = NoEventRelay
	if p.events.wanted() {
		c.submitted = time.Now()
	}
	put := func() bool {
		if p.closed || c.call.op.wasCanceled() {
			return true
		}
		if p.full() {
			return false
		}
		c.item = p.sched.Submit(time.Now(), c)
		taken = true
		if c.name == "" {
			c.name = c.messageID
		}
		c.async.Store(c.call)
		c.asyncs = []*asyncSend{c.call}
		handle := addMailer(c.Mailer)
		if c.copied != nil {
			*c.copied = handle
			c.copied = nil
		}
		c.sealed.Store(true)
		p.mails[c] = struct{}{}
		p.waits(c)
		p.pump()
		return true
	}
	p.mu.Lock()
	ended := put()
	p.mu.Unlock()
	if ended || limit == 0 {
		return taken
	}
	if leave, ok := p.entersWait(); ok {
		p.awaitRoom(limit, func() bool { return p.closed || c.call.op.wasCanceled() }, put)
		leave()
	}
	return taken
}

// conclude calls the callbacks for a mail that has ended, and removes the mail from the
// pool. The caller must already have counted the mail in p.ending.
func (p *Pool) conclude(c *pooled) {
	if c.end.last.number == NoError && c.end.result.Outcome == smtp.NotSent {
		c.failed(p.noRelay())
	}
	c.publish()
	c.call.sent.Store(true)
	p.mailEnded(c)
	if c.told != nil {
		p.doing.run(c.call.id, func() {
			p.call(c, func() {
				// If sealed were set to false earlier, Free would wait for a callback that has not
				// begun.
				c.sealed.Store(false)
				c.told(c.call.id, c.handle, c.call.number)
			})
		})
	}
	c.sealed.Store(false)
	c.refuseCalls()
	c.dispose()
	c.removeAsync(c.call)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ending--
	delete(p.mails, c)
	p.announce()
}

// callsBack reports whether conclude calls callbacks of the program for c.
func (p *Pool) callsBack(c *pooled) bool { return c.told != nil || p.events.wanted() }

// noRelay returns the error of a mail that no relay has tried to send, because none can
// send mails now.
func (p *Pool) noRelay() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range slices.Backward(p.relays) {
		if r.last.number != NoError {
			f := r.last
			f.text = "no relay of the pool can be used now. The last error of " + r.name + ": " + f.text
			return f
		}
	}
	f := Faultf(wsaConnect, "no relay of the pool can be used now").(fault)
	f.passes = true
	return f
}

// PoolSend sends the mail of a handle through a pool, and waits until the mail has ended.
func PoolSend(h, mail uintptr) Number {
	return guardedPool(h, func() Number {
		p, n := lookupPool(h)
		if p == nil {
			return n
		}
		return p.send(mail)
	})
}

func (p *Pool) send(mail uintptr) Number {
	p.mu.Lock()
	err := p.refuses("PoolSend")
	p.mu.Unlock()
	if err == nil {
		if leave, ok := p.entersWait(); ok {
			defer leave()
		} else {
			err = Faultf(busy, "PoolSend: called in a callback of this pool, or in a callback that a callback of this pool is waiting for: use PoolSubmit")
		}
	}
	if err != nil {
		return p.noted(err)
	}
	n := Attempt(mail, func(m *Mailer) error {
		if m.pool != nil {
			return Faultf(BadArgument, "PoolSend: 'mail' is the handle of a pool: pass the handle of a mail")
		}
		// inBatch must be set before the call to snapshot, which may call callbacks: calls in
		// these callbacks must not wait for m.
		m.inBatch.Store(true)
		defer m.inBatch.Store(false)
		c, err := m.snapshot()
		if err != nil {
			return err
		}
		o := &operation{ours: true}
		return m.perform(o, func() error { return p.sendFor(m, c, o) })
	})
	if n == NoError {
		return p.noted(nil)
	}
	return p.noted(handleError(mail, n, "the handle of the mail is invalid or busy"))
}

// sendFor sends c, the copy of m's mail, and stores the outcome in m.
func (p *Pool) sendFor(m *Mailer, c *pooled, o *operation) error {
	o.uses(func() { p.cancel(c) })
	defer o.uses(nil)
	if !p.enqueue(c, -1) {
		if o.wasCanceled() {
			return errCanceled()
		}
		return errPoolClosed("PoolSend")
	}
	p.await(-1, func() bool {
		_, waits := p.mails[c]
		return !waits
	})
	r := c.call.report
	m.change(func() {
		m.result, m.retry = r.result, r.retry
		m.idUsed = r.last.number == NoError
		m.last = r.last
	})
	if r.last.number != NoError {
		return r.last
	}
	return nil
}

// cancel cancels a mail, even if it waits for room in the queue. After cancel has returned,
// no new attempt to send the mail begins.
func (p *Pool) cancel(c *pooled) {
	c.call.op.cancel()
	go func() { // the caller may hold p.mu
		p.mu.Lock()
		defer p.mu.Unlock()
		p.announce()
	}()
}
