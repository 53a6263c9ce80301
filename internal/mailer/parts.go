// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"io"
	"strings"
	"time"

	"csmtp/smtp/message"
)

// This file contains methods that CSmtp did not have: for bodies, parts, header fields and
// keys.

// SetTextBody replaces all lines of the message. A line end at the end of text is removed,
// because each line is written with a line end.
func (m *Mailer) SetTextBody(text string) error {
	m.message.Lines = []string{strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")}
	return nil
}

func (m *Mailer) SetHTMLBody(html string) error { m.message.HTML = html; return nil }
func (m *Mailer) SetFlowed(flowed bool) error   { m.message.Flowed = flowed; return nil }
func (m *Mailer) SetEightBit(on bool) error     { m.edit().eightBit = on; return nil }

func (m *Mailer) attach(a message.Attachment) error {
	m.message.Attachments = append(m.message.Attachments, a)
	return nil
}

func (m *Mailer) AddAttachmentAs(path, name, contentType string) error {
	return m.attach(message.Attachment{Path: path, Name: name, ContentType: contentType})
}

func (m *Mailer) AddAttachmentData(name, contentType string, data []byte) error {
	return m.attach(message.Attachment{Name: name, ContentType: contentType, Data: data})
}

// AddAttachmentReader adds an attachment. Each call to 'open' returns a new reader, which
// reads the content from its beginning.
func (m *Mailer) AddAttachmentReader(name, contentType string, size int64, open func() (io.ReadCloser, error)) error {
	if size < -1 {
		return Faultf(BadArgument, "AddAttachmentReader: invalid size %d: use -1 if the size is not known", size)
	}
	return m.attach(message.Attachment{Name: name, ContentType: contentType, Reader: open, Size: size})
}

func (m *Mailer) AddInlineImage(path, contentID string) error {
	return m.attach(message.Attachment{Path: path, ContentID: contentID, Inline: true})
}

func (m *Mailer) AddInlineImageData(contentID, name, contentType string, data []byte) error {
	return m.attach(message.Attachment{Name: name, ContentType: contentType, ContentID: contentID, Inline: true, Data: data})
}

func (m *Mailer) SetCalendar(method, calendar string) error {
	m.message.Calendar = nil
	if method != "" || calendar != "" {
		m.message.Calendar = &message.Calendar{Method: method, Data: calendar}
	}
	return nil
}

func (m *Mailer) AddHeader(name, value string) error {
	m.message.Headers = append(m.message.Headers, message.Field{Name: name, Value: value})
	return nil
}

func (m *Mailer) DelHeaders() error { m.message.Headers = nil; return nil }

func (m *Mailer) SetMessageID(id string) error {
	if err := message.CheckMessageID(id); err != nil {
		return err
	}
	m.message.MessageID, m.ownID = id, id != ""
	return nil
}
func (m *Mailer) GetMessageID() string { return m.message.MessageID }

func (m *Mailer) SetDate(seconds int64) error {
	t, err := timeOf("SetDate", seconds)
	if err == nil {
		m.message.Date = t
	}
	return err
}

// timeOf converts a time_t to a Time. The time must be in the years 1900 to 9999 (RFC 5322,
// section 3.3; RFC 3339). timeOf returns the zero Time for 0.
func timeOf(method string, seconds int64) (time.Time, error) {
	const earliest, latest = -2208988800, 253402300799
	t := time.Unix(seconds, 0)
	switch {
	case seconds == 0:
		return time.Time{}, nil
	case seconds == -1:
		return t, Faultf(BadArgument, "%s: the time is -1, which time and mktime return on failure", method)
	case seconds < earliest || seconds > latest || t.Year() < 1900 || t.Year() > 9999:
		return t, Faultf(BadArgument, "%s: the time %d is not in the years 1900 to 9999: use seconds since 1970-01-01 UTC, not milliseconds", method, seconds)
	}
	return t, nil
}

func (m *Mailer) AddFrom(email, name string) error {
	m.sender()
	m.message.From = append(m.message.From, message.Address{Name: name, Mail: email})
	return nil
}

func (m *Mailer) SetSender(email, name string) error {
	m.message.Sender = message.Address{Name: name, Mail: email}
	return nil
}

func (m *Mailer) SetInReplyTo(ids string) error   { m.message.InReplyTo = ids; return nil }
func (m *Mailer) SetReferences(ids string) error  { m.message.References = ids; return nil }
func (m *Mailer) SetAutoSubmitted(k string) error { m.message.AutoSubmitted = k; return nil }
func (m *Mailer) SetListUnsubscribe(uris string, oneClick bool) error {
	m.message.ListUnsubscribe, m.message.ListUnsubscribeOneClick = uris, oneClick
	return nil
}

// RenderMessage returns the octets that Send would send.
func (m *Mailer) RenderMessage() ([]byte, error) {
	var b bytes.Buffer
	err := m.unchanged(func() error {
		rendered, err := m.render(message.Options{UTF8: true}, m.settings.server)
		if err != nil {
			return err
		}
		if size := rendered.Size(); size > 0 && size < 1<<31 {
			b.Grow(int(size))
		}
		_, err = rendered.WriteTo(&b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// SaveMessage writes to a file the octets that Send would send.
func (m *Mailer) SaveMessage(path string) error {
	return m.unchanged(func() error {
		rendered, err := m.render(message.Options{UTF8: true}, m.settings.server)
		if err != nil {
			return err
		}
		return writeFile(path, rendered)
	})
}
