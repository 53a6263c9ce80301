// SPDX-License-Identifier: MIT

package httpmail

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"csmtp/smtp"
)

// Refusal says why the service refused a mail. The error for the mail wraps the Refusal.
// The texts of a Refusal contain no secret.
type Refusal struct {
	Status     int           // the HTTP status
	Code       string        // the service's code, such as "ErrorAccessDenied"; "" if there is none
	Message    string        // the service's text, shortened; "" if there is none
	RetryAfter time.Duration // how long to wait before the next attempt; 0 if the service does not say

	meaning string
}

// Error returns a text that says what the refusal means.
func (r *Refusal) Error() string { return r.meaning }

// statement contains what the body of a response says.
type statement struct {
	code    string // "" if there is none
	message string
	reasons []string // further codes
	id      string   // the id of the mail
	html    bool
	other   bool // whether the body is neither JSON nor a web page, and not empty
}

// parse parses the body of a response. Errors from Microsoft have the form {"error":
// {"code", "message", "innerError"}}, and errors from Google the form {"error": {"code": 403,
// "message", "status", "errors": [{"reason"}], "details": [{"reason"}]}}. Some gateways send
// errors in the form of RFC 6750.
func (c *Client) parse(r *response) *statement {
	s := &statement{html: isHTML(r.body)}
	if s.html || len(bytes.TrimSpace(r.body)) == 0 {
		return s
	}
	var f struct {
		ID          any             `json:"id"`
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	if json.Unmarshal(r.body, &f) != nil {
		s.other = true
		return s
	}
	s.id, _ = f.ID.(string)
	type reason struct {
		Reason any `json:"reason"`
	}
	var e struct {
		Code       any      `json:"code"`
		Status     any      `json:"status"`
		Message    any      `json:"message"`
		Errors     []reason `json:"errors"`
		Details    []reason `json:"details"`
		InnerError struct {
			Code any `json:"code"`
		} `json:"innerError"`
	}
	var plain string
	if json.Unmarshal(f.Error, &plain) == nil {
		s.code, s.message = c.clean(plain, 100), c.clean(f.Description, 500)
		return s
	}
	_ = json.Unmarshal(f.Error, &e) // a field of another type stays empty
	word := func(v any) string {
		t, _ := v.(string)
		return c.clean(t, 100)
	}
	s.code = word(e.Code)
	if s.code == "" {
		s.code = word(e.Status)
	}
	if t, ok := e.Message.(string); ok {
		s.message = c.clean(t, 500)
	}
	for _, r := range append(e.Details, e.Errors...) {
		if w := word(r.Reason); w != "" {
			s.reasons = append(s.reasons, w)
		}
	}
	if w := word(e.InnerError.Code); w != "" {
		s.reasons = append(s.reasons, w)
	}
	return s
}

// words returns the codes and the reasons in lower case.
func (s *statement) words() []string {
	words := []string{strings.ToLower(s.code)}
	for _, r := range s.reasons {
		words = append(words, strings.ToLower(r))
	}
	return words
}

// text returns a line with the status and what the service has said, for the SMTP reply.
func (s *statement) text(r *response) string {
	text := "HTTP " + r.line()
	add := func(part string) {
		if part != "" {
			text += ": " + part
		}
	}
	add(s.code)
	if len(s.reasons) > 0 && !strings.EqualFold(s.reasons[0], s.code) {
		add(s.reasons[0])
	}
	add(s.message)
	switch {
	case s.html:
		add("a web page (HTML)")
	case s.other && r.status >= 300:
		add("a response that is not JSON")
	}
	if id := r.header.Get("Request-Id"); id != "" && len(id) <= 100 && smtp.Visible(id) == id {
		text += " (request-id " + id + ")"
	}
	return text
}

// messageID returns the id that the service has given to the mail. It returns "" if there is
// none, or if it is too long or contains characters other than printable ASCII.
func (c *Client) messageID(r *response) string {
	id := c.parse(r).id
	if len(id) > 200 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return c.cfg.Net.Secrets.Hide(id)
}

// isHTML reports whether body begins with one of the tags with which web pages begin.
func isHTML(body []byte) bool {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body", "<!--", "<title"} {
		if len(body) >= len(tag) && bytes.EqualFold(body[:len(tag)], []byte(tag)) {
			return true
		}
	}
	return false
}
