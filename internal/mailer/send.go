// SPDX-License-Identifier: MIT

package mailer

import (
	"csmtp/smtp"
	"csmtp/smtp/message"
)

// rendered is a message that can be sent. Either this package has built it, or the program
// has (type ready).
type rendered interface {
	smtp.Message
	EnvelopeFrom() string
	Recipients() []string
	NeedsSMTPUTF8() bool
	EightBit() bool
	Binary() bool
	Notes() []message.Note
	Addresses() message.Addresses
}

// releaseMessage releases the memory of a message that was accepted.
func releaseMessage(built rendered) {
	if r, ok := built.(*message.Rendered); ok {
		r.Release()
	}
}

// Send sends the message over the open session. If no session is open, it opens one, and
// ends it after the mail.
func (m *Mailer) Send() error {
	m.begin()
	return m.counted(func() error { return m.perform(&operation{}, m.send) })
}

func (m *Mailer) send() error {
	server := m.settings.server
	if m.session != nil || m.web != nil {
		server = ""
		if m.target != nil {
			server = m.target.server
		}
	}
	built, err := m.prepare(server)
	if err != nil {
		return err
	}
	err = m.carry(built, func(o message.Options) (rendered, error) { return m.render(o, server) })
	if err == nil {
		releaseMessage(built)
	}
	m.change(func() { m.idUsed = err == nil }) // after a failure, the next attempt uses the same Message-ID
	return err
}

// prepare builds the message for server. If a mail with the current Message-ID was accepted
// before, it first removes the Message-ID, so that the mail gets a new one.
func (m *Mailer) prepare(server string) (rendered, error) {
	m.change(func() {
		if m.idUsed && !m.ownID {
			m.message.MessageID = "" // the last mail's
		}
		m.idUsed = false
	})
	return m.render(message.Options{UTF8: true}, server)
}

// render checks and builds the message for server.
func (m *Mailer) render(o message.Options, server string) (*message.Rendered, error) {
	if err := needPoller(); err != nil {
		return nil, err
	}
	if len(m.message.To)+len(m.message.Cc)+len(m.message.Bcc) == 0 {
		return nil, Faultf(undefRecipients, "there is no recipient: call AddRecipient, AddCCRecipient or AddBCCRecipient")
	}
	if m.GetMailFrom() == "" {
		return nil, Faultf(undefMailFrom, "the sender's address is missing: call SetSenderMail")
	}
	charset, err := m.charset(server)
	if err != nil {
		return nil, err
	}
	o.Charset, o.Locale, o.Strict = charset, localeCharset(), m.settings.strict
	o.KeepID = true
	built, err := m.message.Render(o)
	if err == nil && m.message.MessageID == "" {
		m.change(func() { m.message.MessageID = built.MessageID() })
	}
	return built, err
}

// carry sends the message 'built'. If no session is open, it opens one. 'again' is a function
// that rebuilds the message for a server with other extensions.
func (m *Mailer) carry(built rendered, again func(message.Options) (rendered, error)) error {
	m.planned = len(built.Recipients())
	if s, warnings, err := m.overHTTPS(); err != nil {
		return err
	} else if s != nil {
		return m.carryHTTPS(s, warnings, built)
	}
	if err := m.renew(); err != nil {
		return err
	}
	if key, ok := m.sharing(); ok {
		return m.carryShared(key, built, again)
	}
	own := m.session == nil
	if own {
		config, err := m.configure(m.settings)
		if err != nil {
			return err
		}
		if err := m.connect(config); err != nil {
			return err
		}
	}
	logNotes(m.dialled.Trace, built)
	if err := m.transact(built, again, own); err != nil {
		m.abandon()
		return err
	}
	if own {
		m.leave()
	}
	m.change(func() { m.last = fault{reply: m.result.Reply} })
	return nil
}

// logNotes writes a line to the log for each text that is not UTF-8 and whose charset was
// not set. The line names the charset in which the text is sent.
func logNotes(trace func(smtp.Direction, string), built rendered) {
	if trace == nil {
		return
	}
	for _, note := range built.Notes() {
		note.Field = wordOf(note.Field)
		trace(smtp.Event, "warning: "+note.String())
	}
}

// carries returns the extensions of the server that the settings allow the message to use.
func (s *settings) carries(session *smtp.Session) message.Options {
	return message.Options{
		UTF8:     true,
		EightBit: s.eightBit && session.Offers("8BITMIME"),
		Binary:   s.envelope.chunking == useBinary && session.Offers("CHUNKING") && session.Offers("BINARYMIME"),
	}
}

// fitting returns the message in a form that suits the extensions of the server. It calls
// 'again' if 'built' needs an extension that the server lacks, if 'built' is binary, or if the
// message may use 8BITMIME or BINARYMIME. Otherwise it returns 'built'.
func (s *settings) fitting(session *smtp.Session, built rendered, again func(message.Options) (rendered, error)) (rendered, error) {
	o := s.carries(session)
	if o.EightBit || o.Binary || built.Binary() || built.EightBit() && !session.Offers("8BITMIME") {
		return again(o)
	}
	return built, nil
}

// transact sends the message. 'last' says whether the session is to end after it. After a
// failure, transact sends the message over another session, as long as onward allows this.
func (m *Mailer) transact(built rendered, again func(message.Options) (rendered, error), last bool) error {
	built, err := m.settings.fitting(m.session, built, again)
	if err != nil {
		return err
	}
	var before *smtp.Result
	for kept := m.session.Sent() > 0 || m.idle; ; {
		err := m.transactOnce(built, last, before)
		if err == nil {
			return nil
		}
		accepted := acceptedRows(before)
		before = earlier(&m.result)
		how := m.onward(err, kept || acceptedRows(before) > accepted)
		if how == stay {
			return err
		}
		m.retried(m, err)
		kept = false
		e := m.goOn(how)
		if e == nil {
			built, e = m.settings.fitting(m.session, built, again)
		}
		if e != nil {
			return m.alsoFailed(err, e, how)
		}
	}
}

func (m *Mailer) transactOnce(built rendered, last bool, before *smtp.Result) error {
	m.uses(m.endSession)
	m.idle = true
	m.tries++
	m.noteServer(m.session.Server())
	send := m.session.Send
	if last {
		send = m.session.SendLast
	}
	envelope := m.settings.addressed(built)
	envelope.Before = before
	result, err := send(envelope, m.recorder.watch(envelope, built))
	m.change(func() { m.result = result })
	return err
}

// addressed returns the envelope of a message.
func (s *settings) addressed(built rendered) *smtp.Envelope {
	e := s.envelope.build(built.EnvelopeFrom(), built.Recipients())
	e.SMTPUTF8 = built.NeedsSMTPUTF8()
	e.Progress = s.progress
	switch {
	case built.Binary():
		e.Body = smtp.BodyBinaryMIME
	case built.EightBit():
		e.Body = smtp.Body8BitMIME
	}
	return e
}
