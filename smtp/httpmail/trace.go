// SPDX-License-Identifier: MIT

package httpmail

import (
	"fmt"
	"slices"
	"strings"

	"csmtp/smtp"
	"csmtp/smtp/internal/text"
	"csmtp/smtp/secret"
)

const mask = secret.Mask

// event calls Trace with an Event.
func (c *Client) event(format string, a ...any) {
	if c.cfg.Net.Trace != nil {
		c.cfg.Net.Trace(smtp.Event, smtp.Visible(fmt.Sprintf(format, a...)))
	}
}

// traceLine calls Trace with a line of the request.
func (c *Client) traceLine(line string) {
	if c.cfg.Net.Trace != nil {
		c.cfg.Net.Trace(smtp.ClientLine, c.clean(line, 1000))
	}
}

// tracedFields contains the header fields of a response that the log shows.
var tracedFields = []string{"Content-Type", "Date", "Location", "Request-Id", "Client-Request-Id", "Retry-After", "Www-Authenticate"}

// traceResponse calls Trace with the status line of a response, the header fields in
// tracedFields, and the first lines of the body. If the body is a web page, it calls Trace with
// an Event instead of the body.
func (c *Client) traceResponse(r *response) {
	trace := c.cfg.Net.Trace
	if trace == nil {
		return
	}
	show := func(line string) { trace(smtp.ServerLine, c.clean(line, 1000)) }
	show(r.protocol + " " + r.line())
	for _, name := range tracedFields {
		for _, value := range r.header[name] {
			show(name + ": " + value)
		}
	}
	if isHTML(r.body) {
		trace(smtp.Event, fmt.Sprintf("a web page (HTML), %d octets", len(r.body)))
		return
	}
	lines := slices.DeleteFunc(strings.Split(c.cfg.Net.Secrets.Hide(string(r.body)), "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	for _, line := range lines[:min(len(lines), 40)] {
		show(strings.TrimRight(line, " \t\r"))
	}
}

// clean converts a text to one line of limited length, without secrets.
func (c *Client) clean(s string, most int) string {
	return strings.TrimSpace(text.Bounded(lineEnds.Replace(c.cfg.Net.Secrets.Hide(s)), most))
}

var lineEnds = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ")
