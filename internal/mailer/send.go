// SPDX-License-Identifier: MIT

package mailer

import (
	"csmtp/smtp"
	"csmtp/smtp/message"
)

// rendered is a message ready to be sent, ours or a ready one.
type rendered interface {
	smtp.Message
	EnvelopeFrom() string
	Recipients() []string
	NeedsSMTPUTF8() bool
	EightBit() bool
	Binary() bool
}

// Send sends the message over the open session, or over one of its own.
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
	m.idUsed = err == nil // a retry has the same
	return err
}

// prepare renders the next mail: a new one has a new Message-ID.
func (m *Mailer) prepare() (rendered, error) {
	if m.idUsed && !m.ownID {
		m.message.MessageID = "" // the last mail's
	}
	m.idUsed = false
	return m.render(message.Options{UTF8: true})
}

// render checks and builds the message before anything is on the wire.
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

// carry sends what was built, connecting for it when there is no session for it.
// again builds it for what the server can carry, where that was asked for.
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

// carries tells what of the server's offers the message may use.
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

// transact carries the mail; last tells that the session ends with it. A kept
// session that turns out to have died while it was idle is replaced once,
// silently: nothing had been accepted.
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

// addressed makes the envelope of a mail.
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
