// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"io"
	"time"

	"csmtp/smtp/message"
)

// What a message may have beyond CSmtp: bodies, parts, header fields, keys.

func (m *mailer) SetTextBody(text string) error { m.message.Lines = []string{text}; return nil }
func (m *mailer) SetHTMLBody(html string) error { m.message.HTML = html; return nil }
func (m *mailer) SetFlowed(flowed bool) error   { m.message.Flowed = flowed; return nil }
func (m *mailer) SetEightBit(on bool) error     { m.settings.eightBit = on; return nil }

func (m *mailer) attach(a message.Attachment) error {
	m.message.Attachments = append(m.message.Attachments, a)
	return nil
}

func (m *mailer) AddAttachmentAs(path, name, contentType string) error {
	return m.attach(message.Attachment{Path: path, Name: name, ContentType: contentType})
}

func (m *mailer) AddAttachmentData(name, contentType string, data []byte) error {
	return m.attach(message.Attachment{Name: name, ContentType: contentType, Data: data})
}

// AddAttachmentReader's open gives the content from its beginning.
func (m *mailer) AddAttachmentReader(name, contentType string, size int64, open func() (io.ReadCloser, error)) error {
	if size < -1 {
		return faultf(badArgument, "AddAttachmentReader: a size of %d: use -1 when it is not known", size)
	}
	return m.attach(message.Attachment{Name: name, ContentType: contentType, Reader: open, Size: size})
}

func (m *mailer) AddInlineImage(path, contentID string) error {
	return m.attach(message.Attachment{Path: path, ContentID: contentID, Inline: true})
}

func (m *mailer) AddInlineImageData(contentID, name, contentType string, data []byte) error {
	return m.attach(message.Attachment{Name: name, ContentType: contentType, ContentID: contentID, Inline: true, Data: data})
}

func (m *mailer) SetCalendar(method, calendar string) error {
	m.message.Calendar = nil
	if method != "" || calendar != "" {
		m.message.Calendar = &message.Calendar{Method: method, Data: calendar}
	}
	return nil
}

func (m *mailer) AddHeader(name, value string) error {
	m.message.Headers = append(m.message.Headers, message.Field{Name: name, Value: value})
	return nil
}

func (m *mailer) DelHeaders() error { m.message.Headers = nil; return nil }

func (m *mailer) SetMessageID(id string) error {
	m.message.MessageID, m.ownID = id, id != ""
	return nil
}
func (m *mailer) GetMessageID() string { return m.message.MessageID }

func (m *mailer) SetDate(seconds int64) error {
	m.message.Date = time.Time{}
	if seconds != 0 {
		m.message.Date = time.Unix(seconds, 0)
	}
	return nil
}

func (m *mailer) AddFrom(email, name string) error {
	m.sender()
	m.message.From = append(m.message.From, message.Address{Name: name, Mail: email})
	return nil
}

func (m *mailer) SetSender(email, name string) error {
	m.message.Sender = message.Address{Name: name, Mail: email}
	return nil
}

func (m *mailer) SetInReplyTo(ids string) error   { m.message.InReplyTo = ids; return nil }
func (m *mailer) SetReferences(ids string) error  { m.message.References = ids; return nil }
func (m *mailer) SetAutoSubmitted(k string) error { m.message.AutoSubmitted = k; return nil }
func (m *mailer) SetListUnsubscribe(uris string, oneClick bool) error {
	m.message.ListUnsubscribe, m.message.ListUnsubscribeOneClick = uris, oneClick
	return nil
}

func (m *mailer) AddDKIMKey(domain, selector, key string) error {
	k, err := message.ParseDKIMKey(domain, selector, key)
	if err != nil {
		return err
	}
	m.message.DKIM = append(m.message.DKIM, k)
	return nil
}

func (m *mailer) DelDKIMKeys() error { m.message.DKIM = nil; return nil }

func (m *mailer) SetSMIMEKey(certificate, key string) error {
	m.message.SMIME = nil
	if certificate == "" {
		return nil
	}
	k, err := message.ParseSMIMEKey(certificate, key)
	m.message.SMIME = k
	return err
}

// RenderMessage gives the octets that Send would send.
func (m *mailer) RenderMessage() ([]byte, error) {
	rendered, err := m.render(message.Options{UTF8: true})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if size := rendered.Size(); size > 0 && size < 1<<31 {
		b.Grow(int(size))
	}
	_, err = rendered.WriteTo(&b)
	return b.Bytes(), err
}

func (m *mailer) SaveMessage(path string) error {
	rendered, err := m.render(message.Options{UTF8: true})
	if err != nil {
		return err
	}
	return writeFile(path, rendered)
}
