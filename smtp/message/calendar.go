// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"strings"
)

// This file creates calendar parts (RFC 6047, section 2.4). The parameter method of the
// Content-Type must equal the METHOD of the calendar. If it does not, mail programs do not
// show buttons to accept or decline.

// calendarData returns the calendar in UTF-8 with CRLF line ends, and its method.
func (t *tree) calendarData() ([]byte, string, error) {
	const field = FieldCalendar
	c := t.m.Calendar
	u, _, err := t.cs.decode(field, c.Data)
	if err != nil {
		return nil, "", err
	}
	data := wholeLines(nil, []string{strings.TrimPrefix(u, "\ufeff")})
	if !hasFoldPrefix(data, "BEGIN:VCALENDAR") {
		return nil, "", invalid(field, u, "is not iCalendar text, which starts with BEGIN:VCALENDAR", nil)
	}
	inside := calendarMethod(data)
	switch {
	case c.Method != "" && !allOf(c.Method, isToken):
		return nil, "", invalid(field, c.Method, "is not a method such as REQUEST", nil)
	case inside == "":
		return nil, "", invalid(field, c.Method, "the calendar has no METHOD property; add one, such as METHOD:REQUEST", nil)
	case c.Method != "" && !strings.EqualFold(c.Method, inside):
		return nil, "", invalid(field, c.Method, "is not the METHOD of the calendar, which is "+visible(inside), nil)
	}
	return data, strings.ToUpper(inside), nil
}

// calendarMethod returns the METHOD property of the calendar itself, not that of one of its
// components. It returns "" if there is none.
func calendarMethod(data []byte) string {
	depth := 0
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, crlf)
		data = rest
		switch {
		case hasFoldPrefix(line, "BEGIN:"):
			depth++
		case hasFoldPrefix(line, "END:"):
			depth--
		case depth == 1 && hasFoldPrefix(line, "METHOD:"):
			method := strings.TrimSpace(string(line[len("METHOD:"):]))
			if !allOf(method, isToken) {
				return ""
			}
			return method
		}
	}
	return ""
}

func hasFoldPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
}

// calendarView returns the part of multipart/alternative that contains the calendar. Mail
// programs show it with buttons to accept or decline.
func (t *tree) calendarView() (*part, error) {
	data, method, err := t.calendarData()
	if err != nil {
		return nil, err
	}
	memory := new(textMemory)
	h := memory.header()
	h.name("Content-Type")
	h.token("text/calendar")
	h.param("charset", "UTF-8")
	h.param("method", method)
	h.end()
	memory.body = newTextBody(data, t.o.EightBit, t.signed)
	return t.encoded(&h, memory)
}

// calendarFile returns a part with the same calendar as an attached file.
func (t *tree) calendarFile() (*part, error) {
	data, _, err := t.calendarData()
	if err != nil {
		return nil, err
	}
	return t.attachment(&Attachment{Name: "invite.ics", ContentType: "application/ics", Data: data})
}
