// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"

	"csmtp/smtp/message"
)

// ready is a message that exists already, with the envelope it was given.
type ready struct {
	*message.Rendered
	from       *string
	recipients []string
	given      bool // recipients were given, be it none
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

// SendRaw sends data as it is; a from of nil and recipients of nil are taken
// from its header.
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
			built, err := raw.Render(o)
			if err != nil {
				return nil, err
			}
			return ready{Rendered: built, from: from, recipients: splitAddresses(recipients), given: recipients != nil}, nil
		}
		// What an existing message holds is not ours to encode: 8BITMIME is
		// taken for granted here, and looked at when the server is known.
		built, err := build(message.Options{UTF8: true, EightBit: true})
		if err != nil {
			return err
		}
		if len(built.Recipients()) == 0 {
			return Faultf(undefRecipients, "the message names no recipient: give them to SendRaw")
		}
		return m.carry(built, build)
	})
}

// splitAddresses reads "a@example.org, <b@example.org>"; a comma in a quoted
// local part does not count.
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
