// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"
	"time"

	"csmtp/smtp"
)

// EventKind is what an Event reports. The names in C begin with CSMTP_EVENT.
type EventKind int

const (
	eventConnected EventKind = iota + 1
	eventNotConnected
	eventTLS
	eventLogin
	eventLoginFailed
	eventReady
	eventDisconnected
	eventSent
	eventRefused
	eventDoubt
	eventFailed
	eventRetry
	eventPaused
	eventResumed
)

var milestones = map[smtp.Milestone]EventKind{
	smtp.Connected:    eventConnected,
	smtp.NotConnected: eventNotConnected,
	smtp.TLSStarted:   eventTLS,
	smtp.LoggedIn:     eventLogin,
	smtp.LoginFailed:  eventLoginFailed,
	smtp.Ready:        eventReady,
	smtp.Disconnected: eventDisconnected,
}

// Event reports what happened to a connection, a mail or a relay. It contains no secret and
// no part of a message. Each eventConnected is followed by one eventDisconnected. For each
// mail, there is exactly one of eventSent, eventRefused, eventDoubt and eventFailed.
type Event struct {
	Kind       EventKind
	Relay      int    // the number of the relay in the pool, or NoEventRelay; 0 without a pool
	Name       string // the name of the relay; "" without a pool
	Server     string // "host:port"; "" if there was none
	Outcome    int
	Error      Number
	ReplyCode  int
	Attempts   int // the number of sessions over which the client has tried to send the mail
	Recipients int
	Accepted   int // the number of recipients for whom the mail was accepted
	Octets     int64

	smtp.Durations
	Envelope, Content, Reply time.Duration
}

// NoEventRelay is the value of Event.Relay for a pool's mail that was sent to no relay.
const NoEventRelay = -1

// SetEventCallback sets the function that is called for each event. Only one call runs at a
// time. nil clears the callback.
func (m *Mailer) SetEventCallback(f func(*Event)) error {
	if m.settings.event != nil {
		m.stopSharing() // sessions that end in this call are reported to the old callback
	}
	m.edit().event, m.edit().eventOrigin = oneAtATime(f), Origin{}
	return nil
}

// SetEventOrigin is SetEventCallback for C. h may be the handle of a pool.
func (m *Mailer) SetEventOrigin(o Origin) error {
	var f func(*Event)
	if o.Function != 0 {
		f = Gate.Event(o)
	}
	if m.pool != nil {
		return m.pool.SetEventCallback(f)
	}
	err := m.SetEventCallback(f)
	m.edit().eventOrigin = o
	return err
}

// oneAtATime returns a function that calls f. Only one of its calls runs at a time.
func oneAtATime(f func(*Event)) func(*Event) {
	if f == nil {
		return nil
	}
	var one sync.Mutex
	return func(e *Event) {
		one.Lock()
		defer one.Unlock()
		f(e)
	}
}

// measure returns the function that reports the events of a session. It returns nil if there
// is no event callback. When an event occurs, the function calls the callback that is set at
// that time.
func (m *Mailer) measure() func(smtp.Measurement) {
	if m.settings.event == nil {
		return nil
	}
	return func(x smtp.Measurement) {
		if report := m.settings.event; report != nil {
			e := Event{Kind: milestones[x.What], Server: smtp.Visible(x.Server.String()), ReplyCode: x.Code, Durations: x.Durations}
			e.failedWith(x.Err)
			report(&e)
		}
	}
}

// failedWith sets the error number and the reply code of the event. The type of err is a
// pointer: if it were the interface error, a nil pointer would not be equal to nil.
func (e *Event) failedWith(err *smtp.Error) {
	if err != nil {
		f := faultOf(err)
		e.Error, e.ReplyCode = f.number, replyCode(f.reply)
	}
}

// counted runs f, which sends the mail of m, and then reports the event of the mail.
func (m *Mailer) counted(f func() error) error {
	if m.settings.event == nil {
		return f()
	}
	began := time.Now()
	err := error(Faultf(Internal, "the call has panicked"))
	defer func() {
		m.countMail(m, err, began)
	}()
	err = f()
	return err
}

// countMail reports the event for the end of c's mail, which was sent over the session of
// m.
func (m *Mailer) countMail(c *Mailer, err error, began time.Time) {
	if report := m.settings.event; report != nil {
		e := c.mailEvent(&c.result, err, began)
		e.Server = m.serverOfEvents()
		report(&e)
	}
}

// mailEvent returns the event for the end of a mail. The parameter began says when the call
// began.
func (m *Mailer) mailEvent(r *smtp.Result, err error, began time.Time) Event {
	e := Event{
		Outcome: int(r.Outcome), ReplyCode: replyCode(r.Reply), Attempts: m.tries,
		Recipients: len(r.Recipients), Accepted: acceptedRows(r), Octets: r.Times.Octets,
		Envelope: r.Times.Envelope, Content: r.Times.Content, Reply: r.Times.Reply,
	}
	if e.Recipients == 0 { // nothing was tried
		e.Recipients = m.planned
	}
	switch r.Outcome {
	case smtp.Accepted, smtp.Partial:
		e.Kind = eventSent
	case smtp.RejectedTemporary, smtp.RejectedPermanent:
		e.Kind = eventRefused
	case smtp.InDoubt:
		e.Kind = eventDoubt
	default:
		e.Kind = eventFailed
	}
	if err != nil {
		f := faultOf(err)
		e.Error = f.number
		if f.reply != nil {
			e.ReplyCode = f.reply.Code
		}
	}
	if !began.IsZero() {
		e.Total = time.Since(began)
	}
	return e
}

// retried reports that an attempt to send the mail of c has failed with err, and that the
// client tries to send the mail over another session.
func (m *Mailer) retried(c *Mailer, err error) {
	if report := m.settings.event; report != nil {
		e := c.mailEvent(&c.result, err, time.Time{})
		e.Kind, e.Server = eventRetry, m.serverOfEvents()
		report(&e)
	}
}

// noteServer stores the server of an attempt for later events.
func (m *Mailer) noteServer(s smtp.Server) {
	if m.settings.event != nil {
		m.lastServer = s.String()
	}
}

// serverOfEvents returns the name of the current call's server, for an event.
func (m *Mailer) serverOfEvents() string {
	if m.session != nil {
		m.noteServer(m.session.Server())
	}
	return smtp.Visible(m.lastServer)
}

// countBatch reports the event of each mail of a batch. The parameter held contains the
// mails that could be locked, and err is the error of the others.
func (m *Mailer) countBatch(held []*carried, numbers []Number, err error, began time.Time) {
	if m.settings.event == nil {
		return
	}
	own := make([]*Mailer, len(numbers))
	for _, c := range held {
		own[c.row] = c.Mailer
	}
	var unheld Mailer
	for row, c := range own {
		switch {
		case c == nil:
			m.countMail(&unheld, err, began)
		case numbers[row] == NoError:
			m.countMail(c, nil, began)
		default:
			m.countMail(c, c.last, began)
		}
	}
}
