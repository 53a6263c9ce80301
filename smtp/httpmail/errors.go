// SPDX-License-Identifier: MIT

package httpmail

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"csmtp/smtp"
)

// Operations of this package, in addition to those of package smtp.
const (
	OpRequest  smtp.Op = "HTTPS request"  // up to the last octet of the message
	OpResponse smtp.Op = "HTTPS response" // after the last octet of the message
)

var (
	errUnknownService = errors.New("the service is not known")
	errNoToken        = errors.New("there is no access token")
	errBadToken       = errors.New("the access token has characters that are not allowed")
	errTotal          = errors.New("the time limit for the whole call was reached")
	errNoResponse     = errors.New("the service did not respond in time")
	errNoProgress     = errors.New("the service did not read the message in time")
	errClosed         = errors.New("the connection was lost")
	errPage           = errors.New("the response is a web page, not a response from the service")
	errRedirect       = errors.New("the response is a redirect; it is not followed, because the token must not be sent to another server")
)

// Hints of this package. They name no setting of package smtp.
const (
	HintSetToken smtp.Hint = "mail over HTTPS needs an access token; a password cannot be used"

	hintPage     smtp.Hint = "a proxy or a firewall may have sent it: check the endpoint and the proxy"
	hintRedirect smtp.Hint = "check the endpoint; if you trust the target, set it as the endpoint"
	hintEndpoint smtp.Hint = "is the endpoint an https server?"
)

// hints contains hints for the error codes of the services. The codes are in lower
// case.
var hints = map[string]smtp.Hint{
	"errorsendasdenied":               "the mailbox is not allowed to send as the address in From: give it the Send As permission, or use its own address as the sender",
	"errorinvalidrecipients":          "check the addresses of the recipients",
	"errormimecontentinvalid":         "the service cannot read the message",
	"mailboxnotenabledforrestapi":     "the account has no mailbox in Exchange Online, or the mailbox is inactive: check the login and the licence",
	"errorinvaliduser":                "the service does not know this mailbox: check the login",
	"request_resourcenotfound":        "the service does not know this user: check the login and the tenant",
	"resourcenotfound":                "the service does not know this user: check the login and the tenant",
	"accessnotconfigured":             "enable the Gmail API in the Google Cloud project of the client id",
	"service_disabled":                "enable the Gmail API in the Google Cloud project of the client id",
	"access_token_scope_insufficient": "the token has the wrong scope: it needs https://www.googleapis.com/auth/gmail.send or https://mail.google.com/",
	"insufficientpermissions":         "the token has the wrong scope: it needs https://www.googleapis.com/auth/gmail.send or https://mail.google.com/",
	"failedprecondition":              "the account has no mailbox: a service account must act for a user (domain-wide delegation)",
	"failed_precondition":             "the account has no mailbox: a service account must act for a user (domain-wide delegation)",
}

// hint returns a hint that says what to do about a refusal.
func (c *Client) hint(k class, s *statement) smtp.Hint {
	if s.html {
		return hintPage
	}
	if k == badToken && strings.Contains(strings.ToLower(s.message), "audience") {
		return smtp.Hint("the token is for another service: request it with the scope " + c.scope())
	}
	for _, word := range s.words() {
		if h, ok := hints[word]; ok {
			return h
		}
	}
	switch k {
	case badToken:
		return smtp.Hint("the access token is wrong, expired, or not for this service: get a new one with the scope " + c.scope())
	case forbidden:
		return c.proto.permission
	case noMailbox:
		return "the service does not know this mailbox: check the login and the endpoint"
	case wrongFrom:
		return hints["errorsendasdenied"]
	case tooBig:
		return "send smaller attachments"
	}
	return ""
}

func (c *Client) scope() string {
	if s := Scope(c.cfg.Service, c.cfg.Endpoint); s != "" {
		return s
	}
	return "https://mail.google.com/"
}

// doubt is the error for a mail that may have been delivered.
type doubt struct{ cause error }

func (d *doubt) Error() string {
	return "the message may have been delivered: " + d.cause.Error()
}
func (d *doubt) Unwrap() []error { return []error{smtp.ErrInDoubt, d.cause} }

func local(op smtp.Op, err error) *smtp.Error {
	return &smtp.Error{Op: op, Kind: smtp.KindLocal, Err: err}
}

func asError(err error) *smtp.Error {
	var e *smtp.Error
	if errors.As(err, &e) {
		return e
	}
	return local(smtp.OpConnect, err)
}

// dialError returns the error for a connection that could not be made. It replaces the
// hints of package smtp about ports, which do not apply to HTTPS.
func dialError(ctx context.Context, err error) error {
	e := asError(err)
	if strings.Contains(string(e.Hint), "465") || strings.Contains(string(e.Hint), "TLS on this port") {
		e.Hint = hintEndpoint
	}
	if e.Kind == smtp.KindCanceled && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		e.Kind, e.Err = smtp.KindTimeout, errTotal
	}
	return e
}

// statusOf returns the HTTP status of a refusal, or 0 if err is not a refusal.
func statusOf(err error) int {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Status
	}
	return 0
}

func isToken(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

func isClosed(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) ||
		errors.As(err, &op) && (op.Op == "read" || op.Op == "write")
}

// isTLSAlert reports whether the server or the client has ended the connection with a TLS
// alert.
func isTLSAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error")
}
