// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"

	"csmtp/smtp/message"
)

// Priorities, with the values that C uses.
const (
	priorityHigh   = 2
	priorityNormal = 3
	priorityLow    = 4
)

func (m *Mailer) AddRecipient(email, name string) error {
	m.message.To = append(m.message.To, message.Address{Name: name, Mail: email})
	return nil
}

func (m *Mailer) AddCCRecipient(email, name string) error {
	m.message.Cc = append(m.message.Cc, message.Address{Name: name, Mail: email})
	return nil
}

func (m *Mailer) AddBCCRecipient(email, name string) error {
	m.message.Bcc = append(m.message.Bcc, message.Address{Name: name, Mail: email})
	return nil
}

func (m *Mailer) AddAttachment(path string) error {
	if path == "" {
		return Faultf(fileNotExist, "AddAttachment: the path is empty")
	}
	m.message.Attachments = append(m.message.Attachments, message.Attachment{Path: path})
	return nil
}

func (m *Mailer) AddMsgLine(text string) error {
	m.message.Lines = append(m.message.Lines, text)
	return nil
}

// ClearMessage clears the recipients, the attachments and the lines, as the original CSmtp
// does. It also clears all values that belong to one message and that the original CSmtp
// does not have. It keeps all other values.
func (m *Mailer) ClearMessage() error {
	old := &m.message
	m.message = message.Message{
		Charset:      old.Charset,
		From:         slices.Clip(old.From[:min(len(old.From), 1)]), // removes those of AddFrom
		ReplyTo:      old.ReplyTo,
		Subject:      old.Subject,
		XMailer:      old.XMailer,
		Priority:     old.Priority,
		ReadReceipt:  old.ReadReceipt,
		LinesAreHTML: old.LinesAreHTML,
		Flowed:       old.Flowed,
		DKIM:         old.DKIM,
		SMIME:        old.SMIME,
	}
	m.ownID, m.idUsed = false, false
	if m.settings.envelope.forOneMail() {
		m.edit().envelope.clear()
	}
	return nil
}

func (m *Mailer) DelRecipients() error    { m.message.To = nil; return nil }
func (m *Mailer) DelCCRecipients() error  { m.message.Cc = nil; return nil }
func (m *Mailer) DelBCCRecipients() error { m.message.Bcc = nil; return nil }
func (m *Mailer) DelAttachments() error   { m.message.Attachments = nil; return nil }
func (m *Mailer) DelMsgLines() error      { m.message.Lines = nil; return nil }

// line returns an error if the message has no line with this number. Lines are counted
// from 0.
func (m *Mailer) line(method string, line uint32) error {
	if int64(line) >= int64(len(m.message.Lines)) {
		return Faultf(outOfMsgRange, "%s: there is no line %d: the message has %d lines, counted from 0", method, line, len(m.message.Lines))
	}
	return nil
}

func (m *Mailer) DelMsgLine(line uint32) error {
	if err := m.line("DelMsgLine", line); err != nil {
		return err
	}
	m.message.Lines = append(m.message.Lines[:line], m.message.Lines[line+1:]...)
	return nil
}

func (m *Mailer) ModMsgLine(line uint32, text string) error {
	if err := m.line("ModMsgLine", line); err != nil {
		return err
	}
	m.message.Lines[line] = text
	return nil
}

func (m *Mailer) GetMsgLineText(line uint32) (string, error) {
	if err := m.line("GetMsgLineText", line); err != nil {
		return "", err
	}
	return m.message.Lines[line], nil
}

func (m *Mailer) GetRecipientCount() int    { return len(m.message.To) }
func (m *Mailer) GetCCRecipientCount() int  { return len(m.message.Cc) }
func (m *Mailer) GetBCCRecipientCount() int { return len(m.message.Bcc) }
func (m *Mailer) GetMsgLines() int          { return len(m.message.Lines) }

// sender returns the first address of From. If there is none, it first adds an empty
// address.
func (m *Mailer) sender() *message.Address {
	if len(m.message.From) == 0 {
		m.message.From = []message.Address{{}}
	}
	return &m.message.From[0]
}

// from returns the first address of From, or an empty address if there is none.
func (m *Mailer) from() message.Address {
	if len(m.message.From) == 0 {
		return message.Address{}
	}
	return m.message.From[0]
}

func (m *Mailer) SetSenderName(name string) error  { m.sender().Name = name; return nil }
func (m *Mailer) SetSenderMail(email string) error { m.sender().Mail = email; return nil }
func (m *Mailer) GetSenderName() string            { return m.from().Name }
func (m *Mailer) GetMailFrom() string              { return m.from().Mail }

func (m *Mailer) SetSubject(subject string) error { m.message.Subject = subject; return nil }
func (m *Mailer) GetSubject() string              { return m.message.Subject }
func (m *Mailer) SetReplyTo(replyTo string) error { m.message.ReplyTo = replyTo; return nil }
func (m *Mailer) GetReplyTo() string              { return m.message.ReplyTo }
func (m *Mailer) SetXMailer(mailer string) error  { m.message.XMailer = mailer; return nil }
func (m *Mailer) GetXMailer() string              { return m.message.XMailer }

// As in class CSmtp, SetCharSet never fails. If the name is unknown, Send fails.
func (m *Mailer) SetCharSet(charset string) error { m.message.Charset = charset; return nil }

// SetStrict sets whether Send refuses texts that it otherwise accepts for compatibility:
// texts in an unknown charset, and subjects and names with control characters.
func (m *Mailer) SetStrict(strict bool) error { m.edit().strict = strict; return nil }

func (m *Mailer) SetReadReceipt(request bool) error { m.message.ReadReceipt = request; return nil }

func (m *Mailer) SetXPriority(priority int) error {
	if priority != priorityHigh && priority != priorityLow {
		priority = priorityNormal
	}
	m.message.Priority = priority
	return nil
}

func (m *Mailer) GetXPriority() int { return m.message.Priority }

func (m *Mailer) SetHTML(html bool) error { m.message.LinesAreHTML = html; return nil }
func (m *Mailer) GetHTML() bool           { return m.message.LinesAreHTML }
