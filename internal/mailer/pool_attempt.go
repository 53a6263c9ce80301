// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"errors"
	"time"

	"csmtp/internal/pool"
	"csmtp/smtp"
	"csmtp/smtp/httpmail"
)

// task is an attempt to send a mail over a session of a relay.
type task struct {
	mail    *pooled
	session *poolSession
	relay   int
	most    int // the maximum number of mails per session; 0: no limit
	count   int // after the attempt: which counter of relayCounts it increments; see countOf
}

// work makes an attempt. If another mail can be sent as soon as the attempt has ended, work
// also makes the attempt for that mail, and so on. So one goroutine sends the mails of a
// busy session, and the goroutine's stack need not grow again for each mail.
func (p *Pool) work(t task) {
	for t.mail != nil {
		t = p.attempt(t)
	}
}

// attempt sends a mail over a session of a relay, and decides what happens to the mail
// afterwards. 'next' is the attempt that the caller must make next, if its field mail is not
// nil.
func (p *Pool) attempt(t task) (next task) {
	c, relay := t.mail, t.relay
	t.count = countNothing
	reported := false
	defer func() {
		if v := recover(); v != nil { // a programming error in this package
			c.failed(panicFault(v))
			if !reported {
				_, next = p.release(t, nil, pool.End, pool.Unknown)
			}
			go p.conclude(c)
		}
	}()
	before := c.end
	at, used, recorded, err := p.try(t)
	t.session.recordEnd(&c.end.result, err)
	if errors.Is(err, smtp.ErrPipelining) {
		t.session.unpipelined = true
	}
	move, health := c.fate(err, at, used)
	p.noteAttempt(c, t.session, relay)
	doubtful := at == sending && c.end.result.Outcome == smtp.InDoubt
	c.failed(err)
	t.count = countOf(&c.end.result, err)
	if doubtful {
		reported = true
		if _, other := p.release(t, err, pool.End, health); other.mail != nil { // now, because Reconcile may take a long time
			go p.work(other)
		}
		move, err = p.settle(c, relay, err)
	}
	if recorded && !doubtful {
		p.countAttempt(&t) // so that the journal sees the attempt in the counts
	}
	if recorded && !p.recordEnd(c, relay) {
		move, err = pool.End, Faultf(canceled, "the journal did not record what happened to the mail (%v)", c.end.result.Outcome)
		c.failed(err)
	}
	if err != nil && move != pool.End && before.result.Outcome == smtp.RejectedTemporary && c.end.result.Outcome == smtp.NotSent {
		c.end = before // an earlier refusal says more than the failure of this relay
	}
	ended := move == pool.End
	if !ended {
		p.attemptFailed(c, err)
	}
	switch {
	case !doubtful:
		reported = true
		ended, next = p.release(t, err, move, health)
	case !ended:
		p.again(c)
	}
	if ended && next.mail != nil && p.callsBack(c) {
		go p.conclude(c) // the session's next mail does not wait for the callbacks
	} else if ended {
		p.conclude(c)
	}
	return next
}

// try makes an attempt. The result 'at' is the last stage that the attempt has reached. The
// result used reports whether the session had already been used for another mail. The result
// recorded reports whether the journal has recorded the beginning of the attempt.
func (p *Pool) try(t task) (at stage, used, recorded bool, err error) {
	beginPoolWork()
	defer endPoolWork()
	c, s := t.mail, t.session
	c.end.result = smtp.Result{}
	s.user.Store(c.call)
	s.op.Store(&c.call.op)
	defer s.op.Store(nil)
	at = connecting
	defer func() {
		if v := recover(); v != nil {
			s.drop() // the session may be in the middle of a message
			err = panicFault(v)
			if at == sending {
				c.end.result = smtp.Result{Outcome: smtp.InDoubt}
			} else {
				at = preparing
			}
		}
	}()
	if c.call.op.wasCanceled() {
		return preparing, false, false, errCanceled()
	}
	if c.fresh {
		s.leave()
	}
	used = s.isOpen()
	send, built, err := s.ready(c)
	if send == nil {
		return connecting, used, false, err
	}
	at = preparing
	if err != nil {
		return at, used, false, err
	}
	if err := p.recordBegin(c, t.relay); err != nil {
		return at, used, false, err
	}
	recorded = true
	if err := p.keepRate(c); err != nil {
		return at, used, recorded, err
	}
	s.uses(s.endSession)
	s.idle = true
	s.last = t.most > 0 && s.carried()+1 >= t.most
	at = sending
	envelope := c.settings.addressed(built)
	c.end.result, err = send(envelope, s.recorder.watch(envelope, built))
	if err == nil && c.end.result.Outcome == smtp.Accepted {
		releaseMessage(c.built)
		c.built = nil
	}
	return at, used, recorded, err
}

// overslept is how much longer than planned waitTurn may sleep. If waitTurn sleeps even
// longer, it reserves a new time for the mail.
const overslept = 100 * time.Millisecond

// keepRate waits until the rate of the relay allows the transaction of c.
func (p *Pool) keepRate(c *pooled) error {
	return waitTurn(func() (now time.Time, wait time.Duration) {
		p.mu.Lock()
		defer p.mu.Unlock()
		now = time.Now()
		return now, p.sched.Reserve(now, c.item)
	}, c.sleep)
}

// waitTurn calls reserve and waits as long as reserve says. If the wait takes much longer,
// because the process was stopped, waitTurn reserves and waits a second time: many mails
// may be late, and they must not be sent all at once. There is no third time: otherwise a
// mail might never start on a host whose timers are always late.
func waitTurn(reserve func() (now time.Time, wait time.Duration), sleep func(time.Duration) error) error {
	for range 2 {
		now, wait := reserve()
		if err := sleep(wait); err != nil {
			return err
		}
		if wait <= 0 || time.Since(now) < wait+overslept {
			break
		}
	}
	return nil
}

// ready opens the session for a mail, unless it is open already. It returns the function
// that sends the mail, and the message to be sent. If the session could not be opened, the
// function is nil.
func (s *poolSession) ready(c *pooled) (send func(*smtp.Envelope, smtp.Message) (smtp.Result, error), built rendered, err error) {
	if s.session == nil {
		over, warnings, err := s.overHTTPS()
		if err != nil {
			return nil, nil, err
		}
		if over != nil {
			if err := s.openHTTPS(over, warnings); err != nil {
				return nil, nil, err
			}
			// Prepare opens a connection if none is open, so that this does not delay the mail
			// after keepRate has waited for the mail's turn.
			err := s.web.Prepare()
			s.noteConnection()
			if err != nil {
				return nil, nil, err
			}
			logNotes(over.log.trace(), c.built)
			header := httpmail.Header(c.built.Addresses())
			send = func(e *smtp.Envelope, m smtp.Message) (smtp.Result, error) { return s.sendOverHTTPS(e, header, m) }
			return send, c.built, nil
		}
		if err := s.openFor(c); err != nil {
			return nil, nil, err
		}
	}
	built, err = c.settings.fitting(s.session, c.built, c.again)
	if err == nil {
		logNotes(s.dialled.Trace, built)
	}
	send = func(e *smtp.Envelope, m smtp.Message) (smtp.Result, error) {
		if s.last {
			return s.session.SendLast(e, m)
		}
		return s.session.Send(e, m)
	}
	return send, built, err
}

// sendOverHTTPS sends a message to the HTTPS service of the session.
func (s *poolSession) sendOverHTTPS(e *smtp.Envelope, header httpmail.Header, m smtp.Message) (smtp.Result, error) {
	s.posted++
	result, err := s.web.Send(e, header, m)
	s.noteConnection()
	return result, err
}

func errCanceled() error { return Faultf(canceled, "canceled before anything was sent") }

// openFor opens the session for a mail.
func (s *poolSession) openFor(c *pooled) error {
	config, err := s.configure(s.settings)
	if err != nil {
		return err
	}
	s.target = new(s.settings.target())
	return s.connect(config)
}

// sleep waits for the time d. It returns an error at once if the mail is canceled.
func (c *pooled) sleep(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.call.op.uses(cancel)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errCanceled()
	}
}

// release ends an attempt: it gives the session back to the relay and, unless the mail has
// ended, puts the mail back in the queue. If other mails can be sent now, next is the
// attempt for one of them, which the caller must make.
func (p *Pool) release(t task, err error, move pool.Move, health pool.Health) (ended bool, next task) {
	c, s := t.mail, t.session
	var changed *Event
	defer func() { p.report(changed) }() // without the lock
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	r := p.relays[t.relay]
	r.counts.add(t.count, now)
	if err != nil && health != pool.Good && health != pool.Unknown {
		r.last = faultOf(err)
	}
	c.call.op.uses(nil)
	keep := true
	if s.session != nil && (health == pool.Failed || health == pool.Trouble || health == pool.Crowded) {
		s.session.MarkFailed() // the next session uses another server of the relay
		keep = len(s.dialled.Servers) == 1
	}
	p.put(r, s, keep, now)
	before, _ := p.sched.State(now, t.relay)
	ended = p.sched.Report(now, c.item, move, health)
	changed = p.healthEvent(t.relay, before, err)
	if ended {
		p.ending++
	} else {
		p.waits(c)
	}
	next = p.pumpNow(now)
	p.announce()
	return ended, next
}

// countAttempt counts an attempt before release would count it.
func (p *Pool) countAttempt(t *task) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.relays[t.relay].counts.add(t.count, time.Now())
	t.count = countNothing
}

// again puts a mail back in the queue because Reconcile has found that it was not
// delivered.
func (p *Pool) again(c *pooled) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ending-- // release has counted the mail as ended
	p.sched.Again(time.Now(), c.item)
	p.waits(c)
	p.pump()
	p.announce()
}

// waits is called when c begins to wait in the queue. If c is canceled afterwards, it is
// removed from the queue. p.mu must be held.
func (p *Pool) waits(c *pooled) { c.call.op.uses(func() { go p.unqueue(c) }) }

// unqueue ends a mail that was canceled while it was in the queue.
func (p *Pool) unqueue(c *pooled) {
	p.mu.Lock()
	found := c.item != nil && p.sched.Cancel(c.item)
	if found {
		p.ending++
	}
	p.pump()
	p.announce()
	p.mu.Unlock()
	if found {
		c.failed(errCanceled())
		p.conclude(c)
	}
}

// settle calls Reconcile, which says what happened to a mail in doubt. It stores the
// outcome, and returns two values: what the pool does with the mail, and the mail's error.
func (p *Pool) settle(c *pooled, relay int, err error) (pool.Move, error) {
	ask := p.reconcile
	if ask == nil {
		return pool.End, err
	}
	answer := reconcileUnknown
	p.asking.run(c.call.id, func() {
		p.call(c, func() { answer = ask(c.call.id, c.name, relay, c.messageID) })
	})
	switch answer {
	case reconcileDelivered:
		r := &c.end.result
		r.Outcome = smtp.Accepted
		for i := range r.Recipients {
			if r.Recipients[i].Reply == nil || r.Recipients[i].Reply.Code/100 == 2 {
				r.Recipients[i].Accepted = true
			}
			if !r.Recipients[i].Accepted {
				r.Outcome = smtp.Partial
			}
		}
		c.failed(nil)
		return pool.End, nil
	case reconcileNotDelivered:
		c.end.result = smtp.Result{Outcome: smtp.NotSent}
		e := Faultf(connectionClosed, "the connection was lost before the reply to the message, and Reconcile found that the message was not delivered").(fault)
		e.passes = true
		c.failed(e)
		return pool.Other, e
	}
	return pool.End, err
}

// recordBegin calls the journal before a mail is sent. It returns an error if the journal
// refuses the mail.
func (p *Pool) recordBegin(c *pooled, relay int) error {
	record := p.journal.Sending // not changed while the pool has mails
	if record == nil {
		return nil
	}
	taken := false
	p.call(c, func() { taken = record(c.call.id, c.name, relay, c.messageID) })
	if !taken {
		return Faultf(canceled, "the journal refused the mail: nothing was sent")
	}
	return nil
}

// recordEnd calls the journal with the outcome of an attempt whose beginning it has
// recorded. It reports whether the journal has recorded the outcome.
func (p *Pool) recordEnd(c *pooled, relay int) bool {
	record := p.journal.Ended
	if record == nil {
		return true
	}
	taken := false
	reply := c.end.result.Reply
	if c.end.last.reply != nil {
		reply = c.end.last.reply
	}
	p.call(c, func() {
		taken = record(c.call.id, c.name, relay, int(c.end.result.Outcome), c.end.result.QueueID, replyText(reply))
	})
	return taken
}
