// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"

	"csmtp/smtp/message"
)

// ready is a complete message of the program, with an envelope.
type ready struct {
	*message.Rendered
	from       *string
	recipients []string
	given      bool // the program has set recipients, perhaps an empty list
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

// SendRaw sends data unchanged. If from or recipients is nil, it takes them from the
// header of data.
func (m *Mailer) SendRaw(data []byte, from, recipients *string) error {
	return m.sendReady(message.NewRaw(data), from, recipients)
}

func (m *Mailer) SendRawFile(path string, from, recipients *string) error {
	return m.sendReady(message.OpenRaw(path), from, recipients)
}

func (m *Mailer) sendReady(raw *message.Raw, from, recipients *string) error {
	m.begin()
	raw.HaveFrom, raw.HaveRecipients = from != nil, recipients != nil
	return m.perform(&operation{}, func() error {
		build := func(o message.Options) (rendered, error) {
			// An existing message cannot be encoded again. The session checks that
			// the server offers 8BITMIME.
			o.EightBit = true
			built, err := raw.Render(o)
			if err != nil {
				return nil, err
			}
			return ready{Rendered: built, from: from, recipients: splitAddresses(recipients), given: recipients != nil}, nil
		}
		built, err := build(message.Options{UTF8: true})
		if err != nil {
			return err
		}
		if len(built.Recipients()) == 0 {
			return Faultf(undefRecipients, "the message has no recipient: pass recipients to SendRaw")
		}
		return m.carry(built, build)
	})
}

// splitAddresses splits "a@example.org, <b@example.org>". A comma in a quoted local
// part is not a separator.
func splitAddresses(list *string) []string {
	if list == nil {
		return nil
	}
	var found []string
	var quoted bool
	start := 0
	add := func(end int) {
		one := strings.Trim((*list)[start:end], " \t\r\n")
		if strings.HasPrefix(one, "<") && strings.HasSuffix(one, ">") {
			one = one[1 : len(one)-1]
		}
		if one != "" {
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
