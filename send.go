// SPDX-License-Identifier: MIT

package main

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
func (m *mailer) Send() error { return m.perform(&operation{}, m.send) }

func (m *mailer) send() error {
	m.result = smtp.Result{}
	if m.idUsed && !m.ownID {
		m.message.MessageID = "" // the last mail's
	}
	m.idUsed = false
	built, err := m.render(message.Options{UTF8: true})
	if err != nil {
		return err
	}
	err = m.carry(built, func(o message.Options) (rendered, error) { return m.render(o) })
	m.idUsed = err == nil // a retry has the same
	return err
}

// render checks and builds the message before anything is on the wire.
func (m *mailer) render(o message.Options) (*message.Rendered, error) {
	if len(m.message.To)+len(m.message.Cc)+len(m.message.Bcc) == 0 {
		return nil, faultf(undefRecipients, "there is no recipient: call AddRecipient, AddCCRecipient or AddBCCRecipient")
	}
	if m.GetMailFrom() == "" {
		return nil, faultf(undefMailFrom, "the sender's address is missing: call SetSenderMail")
	}
	return m.message.Render(o)
}

// carry sends what was built, connecting for it when there is no session.
// again builds it for what the server can carry, where that was asked for.
func (m *mailer) carry(built rendered, again func(message.Options) (rendered, error)) error {
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
	if options := m.carries(); options.EightBit || options.Binary {
		var err error
		if built, err = again(options); err != nil {
			m.abandon()
			return err
		}
	}
	if err := m.transact(built); err != nil {
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
func (m *mailer) carries() message.Options {
	_, eightBit := m.session.Extension("8BITMIME")
	_, chunking := m.session.Extension("CHUNKING")
	_, binary := m.session.Extension("BINARYMIME")
	return message.Options{
		UTF8:     true,
		EightBit: m.settings.eightBit && eightBit,
		Binary:   m.settings.envelope.chunking == useBinary && chunking && binary,
	}
}

// transact carries the mail. A kept session that turns out to have died while
// it was idle is replaced once, silently: nothing had been accepted.
func (m *mailer) transact(built rendered) error {
	kept := m.session.Sent() > 0 || m.idle
	err := m.transactOnce(built)
	if err == nil || !kept || !smtp.IsStale(err) {
		return err
	}
	config := m.dialled
	m.drop()
	if err := m.connect(config); err != nil {
		return err
	}
	return m.transactOnce(built)
}

func (m *mailer) transactOnce(built rendered) (err error) {
	m.uses(m.endSession)
	m.idle = true
	e := m.settings.envelope.build(built.EnvelopeFrom(), built.Recipients())
	e.SMTPUTF8 = built.NeedsSMTPUTF8()
	e.Progress = m.settings.progress
	switch {
	case built.Binary():
		e.Body = smtp.BodyBinaryMIME
	case built.EightBit():
		e.Body = smtp.Body8BitMIME
	}
	m.result, err = m.session.Send(e, built)
	return err
}
