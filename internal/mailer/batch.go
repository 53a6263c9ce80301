// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"time"

	"csmtp/smtp"
)

// carried is one mail of a SendBatch. Its Mailer is locked until the batch ends.
type carried struct {
	*Mailer
	built  rendered
	row    int          // the mail's index in the list that the program has passed
	before *smtp.Result // the result of an earlier session in which some recipients got the mail, or nil
	err    error        // the error that makes another session necessary
}

// notYet is stored as the error number of a mail that has no outcome yet.
const notYet Number = -1

// SendBatch sends the mails of handles over the session of h. It stores the error number of
// each mail in numbers.
func SendBatch(h uintptr, handles []uintptr, numbers []Number) Number {
	for i := range numbers {
		numbers[i] = notYet
	}
	n := Attempt(h, func(m *Mailer) error {
		m.inBatch.Store(true)
		defer m.inBatch.Store(false)
		began := time.Now()
		mails, err := hold(h, handles)
		defer release(mails)
		dropReports(mails)
		for _, c := range mails {
			c.change(c.begin)
		}
		if err == nil && len(mails) > 0 {
			o := &operation{}
			err = m.perform(o, func() error { return m.sendBatch(o, mails, numbers) })
		}
		for _, c := range mails {
			if numbers[c.row] == notYet { // nothing was tried
				c.ended(err, numbers)
			}
		}
		m.countBatch(mails, numbers, err, began)
		return err
	})
	for i := range numbers {
		if numbers[i] == notYet {
			numbers[i] = n // nothing was tried
		}
	}
	return n
}

func (m *Mailer) sendBatch(o *operation, mails []*carried, numbers []Number) error {
	for _, c := range mails {
		c.op.Store(o)
		var err error
		if c.built, err = c.prepare(m.settings.server); err != nil {
			c.ended(err, numbers)
			continue
		}
		c.planned = len(c.built.Recipients())
	}
	if s, warnings, err := m.overHTTPS(); err != nil {
		return err
	} else if s != nil {
		m.deliverHTTPS(s, warnings, mails, numbers)
	} else if err := m.deliverSMTP(mails, numbers); err != nil {
		return err
	}
	m.change(func() { m.last = fault{} })
	for _, c := range mails {
		if numbers[c.row] == NoError {
			releaseMessage(c.built)
		}
	}
	for _, c := range mails {
		m.change(func() { m.result = c.result })
		if c.last.number != NoError { // return the first error
			err := c.last
			// If one of the mails is not safe to send again, the whole batch is not safe
			// to send again, because another call would send all mails.
			err.final = slices.ContainsFunc(mails, func(c *carried) bool { return !c.retry })
			return err
		}
	}
	return nil
}

func (m *Mailer) deliverSMTP(mails []*carried, numbers []Number) error {
	if err := m.renew(); err != nil {
		return err
	}
	own := m.session == nil
	m.uses(m.endSession)
	m.deliver(mails, own, numbers)
	switch {
	case own:
		m.leave()
	case m.session != nil && !m.session.Usable():
		m.abandon()
	}
	return nil
}

// hold locks the mailers of a batch. err is the error of the first mailer that cannot be
// locked. If another thread uses a mailer, hold fails instead of waiting: a callback on
// that thread could be waiting for a mailer that hold has already locked.
func hold(h uintptr, handles []uintptr) (mails []*carried, err error) {
	for row, handle := range handles {
		m, e := holdOne(h, handle, row, mails)
		switch {
		case e == nil:
			mails = append(mails, &carried{Mailer: m, row: row})
		case err == nil:
			err = e
		}
	}
	return mails, err
}

func holdOne(h, handle uintptr, row int, mails []*carried) (*Mailer, error) {
	if handle == h {
		return nil, Faultf(BadArgument, "SendBatch: mail %d is the handle that sends the batch: use a clone of it", row)
	}
	m := Lookup(handle)
	if m == nil {
		return nil, Faultf(BadHandle, "SendBatch: mail %d is not a valid handle, or was freed", row)
	}
	if !m.mu.TryLock() {
		for _, c := range mails {
			if c.Mailer == m {
				return nil, Faultf(BadArgument, "SendBatch: mail %d is the same handle as mail %d: use a clone of it", row, c.row)
			}
		}
		return nil, Faultf(busy, "SendBatch: mail %d is in use by another call", row)
	}
	if m.freed.Load() {
		m.mu.Unlock()
		return nil, Faultf(BadHandle, "SendBatch: mail %d is not a valid handle, or was freed", row)
	}
	if !m.enterBatch() {
		m.mu.Unlock()
		return nil, Faultf(busy, "SendBatch: mail %d is being sent by SendAsync", row)
	}
	return m, nil
}

// release unlocks the mailers of a batch. It also stores the report of each mail for the
// getters on the calling thread.
func release(mails []*carried) {
	noteAll(mails)
	for _, c := range mails {
		c.op.Store(nil)
		c.inBatch.Store(false)
		c.mu.Unlock()
	}
}

// ended records the outcome of a mail. err is nil if the mail was accepted.
func (c *carried) ended(err error, numbers []Number) {
	if err != nil {
		c.change(func() { numbers[c.row] = c.fail(err) })
		return
	}
	numbers[c.row] = NoError
	c.change(func() {
		c.idUsed = true
		c.last = fault{reply: c.result.Reply}
	})
}

// A batch ends if a server has neither accepted nor refused a mail in mostFruitless
// consecutive sessions. The limit is needed because some servers accept every login and end
// every session at MAIL.
const mostFruitless = 2

// deliver sends the mails that have no outcome yet. If a session ends before all mails were
// sent, deliver sends the rest over another session if onward allows this. 'own' says whether
// the session is to end with the batch.
func (m *Mailer) deliver(mails []*carried, own bool, numbers []Number) {
	kept := m.session != nil && (m.session.Sent() > 0 || m.idle)
	if m.session == nil {
		config, err := m.configure(m.settings)
		if err == nil {
			err = m.connect(config)
		}
		if err != nil {
			endAll(mails, numbers, func(*carried) error { return err })
			return
		}
	}
	fruitless := 0 // consecutive sessions with this server in which it neither accepted nor refused a mail
	for {
		var waiting []*carried
		for _, c := range mails {
			if numbers[c.row] == notYet {
				waiting = append(waiting, c)
			}
		}
		if len(waiting) == 0 {
			return
		}
		how, progress := m.deliverOnce(waiting, own, kept, numbers)
		kept = false
		if how == stay {
			return
		}
		fruitless++
		if progress || how == nextServer {
			fruitless = 0
		}
		if fruitless == mostFruitless {
			endAll(waiting, numbers, func(c *carried) error { return c.err })
			return
		}
		if err := m.goOn(how); err != nil {
			endAll(waiting, numbers, func(c *carried) error { return m.alsoFailed(c.err, err, how) })
			return
		}
	}
}

// endAll records an error as the outcome of each mail that has no outcome yet. err returns
// the error for a mail.
func endAll(mails []*carried, numbers []Number, err func(*carried) error) {
	for _, c := range mails {
		if numbers[c.row] == notYet {
			c.ended(err(c), numbers)
		}
	}
}

// deliverOnce sends the mails in the list 'waiting' over the current session. The result
// 'next' says how to send the mails that still have no outcome. The result progress says
// whether the server accepted or refused any mail. 'own' is as in deliver, and 'kept' says
// whether the session may have been used before the batch.
func (m *Mailer) deliverOnce(waiting []*carried, own, kept bool, numbers []Number) (next onward, progress bool) {
	m.idle = true
	batch := make([]smtp.Mail, 0, len(waiting))
	ready := waiting[:0:0]
	for _, c := range waiting {
		// The message may have been built for extensions of another server.
		if o := c.settings.carries(m.session); o.EightBit || o.Binary || c.built.EightBit() || c.built.Binary() {
			built, err := c.render(o, m.settings.server)
			if err != nil {
				c.ended(err, numbers)
				continue
			}
			c.built = built
		}
		logNotes(m.dialled.Trace, c.built)
		envelope := c.settings.addressed(c.built)
		envelope.Before = c.before
		batch = append(batch, smtp.Mail{Envelope: envelope, Message: m.recorder.watch(envelope, c.built)})
		ready = append(ready, c)
		c.tries++
		m.noteServer(m.session.Server())
	}
	send := m.session.SendBatch
	if own {
		send = m.session.SendBatchLast
	}
	for i, d := range send(batch) {
		c := ready[i]
		c.change(func() { c.result = d.Result })
		accepted := acceptedRows(c.before)
		c.before, c.err = earlier(&c.result), d.Err
		delivered := acceptedRows(c.before) > accepted
		progress = progress || delivered || !smtp.AnotherSession(d.Err) && !smtp.AnotherServer(d.Err)
		how := m.onward(d.Err, i > 0 || kept || delivered)
		if how == stay {
			c.ended(d.Err, numbers)
			continue
		}
		m.retried(c.Mailer, d.Err)
		next = max(next, how)
	}
	return next, progress
}
