// SPDX-License-Identifier: MIT

package mailer

import (
	"csmtp/smtp"
	"csmtp/smtp/message"
)

// rendered is a message that can be sent: one that was built here, or a ready one.
type rendered interface {
	smtp.Message
	EnvelopeFrom() string
	Recipients() []string
	NeedsSMTPUTF8() bool
	EightBit() bool
	Binary() bool
}

// Send sends the message over the open session. If there is none, it opens one and
// ends it afterwards.
func (m *Mailer) Send() error {
	m.begin()
	return m.perform(&operation{}, m.send)
}

func (m *Mailer) send() error {
	built, err := m.prepare()
	if err != nil {
		return err
	}
	err = m.carry(built, func(o message.Options) (rendered, error) { return m.render(o) })
	m.idUsed = err == nil // a retry uses the same Message-ID
	return err
}

// prepare renders the message. It removes the Message-ID of a mail that was accepted,
// so that the next mail gets a new one.
func (m *Mailer) prepare() (rendered, error) {
	if m.idUsed && !m.ownID {
		m.message.MessageID = "" // the last mail's
	}
	m.idUsed = false
	return m.render(message.Options{UTF8: true})
}

// render checks and builds the message.
func (m *Mailer) render(o message.Options) (*message.Rendered, error) {
	if err := needPoller(); err != nil {
		return nil, err
	}
	if len(m.message.To)+len(m.message.Cc)+len(m.message.Bcc) == 0 {
		return nil, Faultf(undefRecipients, "there is no recipient: call AddRecipient, AddCCRecipient or AddBCCRecipient")
	}
	if m.GetMailFrom() == "" {
		return nil, Faultf(undefMailFrom, "the sender's address is missing: call SetSenderMail")
	}
	return m.message.Render(o)
}

// carry sends a message, and opens a session for it if there is none. again builds
// the message again if the server offers an extension that the settings allow.
func (m *Mailer) carry(built rendered, again func(message.Options) (rendered, error)) error {
	if err := m.renew(); err != nil {
		return err
	}
	own := m.session == nil
	if own {
		config, err := m.configure(&m.settings)
		if err != nil {
			return err
		}
		if err := m.connect(config); err != nil {
			return err
		}
	}
	if options := m.settings.carries(m.session); options.EightBit || options.Binary {
		var err error
		if built, err = again(options); err != nil {
			m.abandon()
			return err
		}
	}
	if err := m.transact(built, own); err != nil {
		m.abandon()
		return err
	}
	if own {
		m.leave()
	}
	m.last = fault{reply: m.result.Reply}
	return nil
}

// carries returns the extensions of the server that the message may use.
func (s *settings) carries(session *smtp.Session) message.Options {
	_, eightBit := session.Extension("8BITMIME")
	_, chunking := session.Extension("CHUNKING")
	_, binary := session.Extension("BINARYMIME")
	return message.Options{
		UTF8:     true,
		EightBit: s.eightBit && eightBit,
		Binary:   s.envelope.chunking == useBinary && chunking && binary,
	}
}

// transact sends the message. last reports whether the session ends with it. If the
// server has closed the session while it was idle, transact opens another one and
// tries once more, because the server has not accepted anything.
func (m *Mailer) transact(built rendered, last bool) error {
	kept := m.session.Sent() > 0 || m.idle
	err := m.transactOnce(built, last)
	if err == nil || !kept || !smtp.IsStale(err) {
		return err
	}
	config := m.dialled
	m.leave()
	if err := m.connect(config); err != nil {
		return err
	}
	return m.transactOnce(built, last)
}

func (m *Mailer) transactOnce(built rendered, last bool) (err error) {
	m.uses(m.endSession)
	m.idle = true
	send := m.session.Send
	if last {
		send = m.session.SendLast
	}
	m.result, err = send(m.settings.addressed(built), built)
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
