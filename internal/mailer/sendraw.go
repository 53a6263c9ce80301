// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"

	"csmtp/smtp/message"
)

// ready is a complete message that the program has built, with its envelope.
type ready struct {
	*message.Rendered
	from       *string
	recipients []string
	given      bool // whether the program has passed a list of recipients, which may be empty
}

func (r ready) EnvelopeFrom() string {
	if r.from != nil {
		return *r.from
	}
	return r.Rendered.EnvelopeFrom()
}

func (r ready) Recipients() []string {
	if r.given {
		return r.recipients
	}
	return r.Rendered.Recipients()
}

// SendRaw sends a complete message. The reverse-path is the address set with SetEnvelopeFrom
// or, if none is set, 'from'; "<>" is the null reverse-path. If 'from' is also nil or "", SendRaw
// takes the reverse-path from the header. If recipients is nil, SendRaw takes the recipients
// from the header.
func (m *Mailer) SendRaw(data []byte, from, recipients *string) error {
	return m.sendReady(message.NewRaw(data), from, recipients)
}

func (m *Mailer) SendRawFile(path string, from, recipients *string) error {
	return m.sendReady(message.OpenRaw(path), from, recipients)
}

func (m *Mailer) sendReady(raw *message.Raw, from, recipients *string) error {
	m.begin()
	path, given := m.reversePath(from)
	// A service that sends over HTTPS uses the addresses in the header. So they must be
	// valid even if the program has passed the envelope.
	https := m.mayBeHTTPS()
	raw.HaveFrom, raw.HaveRecipients = given && !https, recipients != nil && !https
	return m.counted(func() error { return m.perform(&operation{}, m.sendingReady(raw, path, given, recipients)) })
}

// sendingReady returns the function that builds and sends the message.
func (m *Mailer) sendingReady(raw *message.Raw, path *string, given bool, recipients *string) func() error {
	return func() error {
		build := func(o message.Options) (rendered, error) {
			// The message cannot be encoded again. The session checks that the server
			// offers 8BITMIME.
			o.EightBit = true
			built, err := raw.Render(o)
			if err != nil {
				return nil, err
			}
			return ready{Rendered: built, from: path, recipients: splitAddresses(recipients), given: recipients != nil}, nil
		}
		built, err := build(message.Options{UTF8: true})
		if err != nil {
			return err
		}
		if len(built.Recipients()) == 0 {
			return Faultf(undefRecipients, "the message has no recipient: pass recipients to SendRaw")
		}
		if !given && built.EnvelopeFrom() == "" {
			return Faultf(undefMailFrom, "no sender was found in From or Sender (or, if the message has Resent-* fields, in Resent-From): pass the reverse-path to SendRaw, or \"<>\" for the null path")
		}
		return m.carry(built, build)
	}
}

// reversePath returns 'from' without angle brackets, or nil if 'from' is nil or "". 'given'
// reports whether the program has passed a reverse-path, either to SendRaw or to
// SetEnvelopeFrom.
func (m *Mailer) reversePath(from *string) (path *string, given bool) {
	given = m.settings.envelope.from != ""
	if from == nil || *from == "" {
		return nil, given
	}
	bare := withoutBrackets(*from)
	return &bare, true
}

// withoutBrackets returns a path without angle brackets.
func withoutBrackets(path string) string {
	if strings.HasPrefix(path, "<") && strings.HasSuffix(path, ">") {
		return path[1 : len(path)-1]
	}
	return path
}

// splitAddresses splits a list such as "a@example.org, <b@example.org>". A comma in a
// quoted local part does not separate addresses.
func splitAddresses(list *string) []string {
	if list == nil {
		return nil
	}
	var found []string
	var quoted bool
	start := 0
	add := func(end int) {
		if one := withoutBrackets(strings.Trim((*list)[start:end], " \t\r\n")); one != "" {
			found = append(found, one)
		}
	}
	for i := 0; i < len(*list); i++ {
		switch c := (*list)[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			add(i)
			start = i + 1
		}
	}
	add(len(*list))
	return found
}
