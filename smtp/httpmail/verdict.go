// SPDX-License-Identifier: MIT

package httpmail

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"csmtp/smtp"
)

// verdict contains what the client knows about a mail at the end of an exchange.
type verdict struct {
	ctx      context.Context
	complete bool      // whether the client has begun to write the last octets of the request
	failed   error     // why the request could not be written; nil if it was written
	broken   bool      // whether the error in 'failed' was caused by the connection rather than by the message
	response *response // nil if there is none
	err      error     // why there is no response
	res      *smtp.Result
}

// judge sets the outcome of the mail, and returns its error or nil.
func (c *Client) judge(v *verdict) *smtp.Error {
	switch {
	case v.failed != nil && !v.broken:
		return c.messageFailed(v)
	case v.response == nil:
		return c.lost(v)
	}
	r := v.response
	reply, e := c.read(r, v.complete)
	v.res.Reply = reply
	if e == nil {
		v.res.Outcome = smtp.Accepted
		v.res.QueueID = c.messageID(r)
		for i := range v.res.Recipients {
			v.res.Recipients[i].Accepted, v.res.Recipients[i].Reply = true, reply
		}
		return nil
	}
	e.Reply = reply
	switch {
	case errors.Is(e, smtp.ErrInDoubt):
		v.res.Outcome = smtp.InDoubt
		return e
	case reply.Temporary():
		v.res.Outcome = smtp.RejectedTemporary
	default:
		v.res.Outcome = smtp.RejectedPermanent
	}
	for i := range v.res.Recipients {
		v.res.Recipients[i].Reply = reply
	}
	return e
}

// messageFailed returns the error for a message that could not be read completely, that is too
// big, or that Progress has canceled. The service has not received a complete request.
func (c *Client) messageFailed(v *verdict) *smtp.Error {
	e := &smtp.Error{Op: OpRequest, Kind: smtp.KindLocal, Err: v.failed}
	if errors.Is(v.failed, errCanceled) {
		e.Kind = smtp.KindCanceled
	}
	return e
}

// lost returns the error for a request without a response. If the service may have received
// the whole request, lost sets the outcome to InDoubt.
func (c *Client) lost(v *verdict) *smtp.Error {
	cause := v.err
	if v.failed != nil && v.failed != errEarly && isTimeout(v.err) {
		cause = v.failed // the failed write is the cause; the client has only waited for an explanation
	}
	e := &smtp.Error{Op: OpRequest, Kind: smtp.KindClosed}
	if v.complete {
		e.Op = OpResponse
	}
	switch {
	case v.ctx.Err() != nil && errors.Is(v.ctx.Err(), context.Canceled):
		e.Kind, cause = smtp.KindCanceled, context.Cause(v.ctx)
	case v.ctx.Err() != nil:
		e.Kind, cause = smtp.KindTimeout, errTotal
	case isTimeout(cause) && v.complete:
		e.Kind, cause = smtp.KindTimeout, errNoResponse
	case isTimeout(cause):
		e.Kind, cause = smtp.KindTimeout, errNoProgress
	case isClosed(cause):
		cause = errClosed
	case isTLSAlert(cause):
		e.Op, e.Kind, cause = smtp.OpTLS, smtp.KindTLS, errors.New(c.clean(cause.Error(), 200))
	case errors.Is(cause, errTooLong), errors.Is(cause, errInterim), errors.Is(cause, errSwitched):
		e.Kind = smtp.KindProtocol
	default:
		e.Kind, cause = smtp.KindProtocol, fmt.Errorf("the response is not valid HTTP: %s", c.clean(cause.Error(), 200))
	}
	e.Err = cause
	if v.complete {
		v.res.Outcome = smtp.InDoubt
		e.Err = &doubt{cause}
	}
	return e
}

// line returns the status and its meaning, such as "429 Too Many Requests".
func (r *response) line() string {
	return strings.TrimSpace(strconv.Itoa(r.status) + " " + http.StatusText(r.status))
}

// read converts the response to an SMTP reply, for programs that know only SMTP codes. It
// returns the reply and, if the mail was not accepted, an error. If complete is false, the
// service cannot have received the whole message.
func (c *Client) read(r *response, complete bool) (*smtp.Reply, *smtp.Error) {
	said := c.parse(r)
	reply := &smtp.Reply{Code: 250, Lines: []string{smtp.Visible(said.text(r))}}
	e := &smtp.Error{Op: OpResponse, Kind: smtp.KindRefused}
	refusal := &Refusal{Status: r.status, Code: said.code, Message: said.message, RetryAfter: retryAfter(r.header, time.Now())}
	class := classOf(r.status, said.words())
	switch {
	case r.status/100 == 2 && !complete:
		e.Kind, e.Err = smtp.KindProtocol, &doubt{errEarly}
		return reply, e
	case r.status == c.proto.accepted && !said.html:
		return reply, nil
	case r.status/100 == 2:
		e.Kind, e.Err = smtp.KindProtocol, &doubt{fmt.Errorf("the service did not respond with %d, the status for an accepted mail", c.proto.accepted)}
		if said.html {
			e.Err, e.Hint = &doubt{errPage}, hintPage
		}
		return reply, e
	case r.status/100 == 3:
		reply.Code = 554
		e.Kind, e.Err, e.Hint = smtp.KindProtocol, errRedirect, hintRedirect
		return reply, e
	case class == fails && complete:
		reply.Code = 451
		e.Err = &doubt{fmt.Errorf("the service failed after it had received the message")}
		return reply, e
	}
	reply.Code = class.code()
	refusal.meaning = class.meaning(refusal.RetryAfter)
	e.Op, e.Hint, e.Err = class.op(), c.hint(class, said), refusal
	if class == tooBig {
		e.Err = fmt.Errorf("%w: the limit of %s is %d octets", smtp.ErrTooBig, c.cfg.Service, c.proto.most())
	}
	return reply, e
}

// class is the meaning of a refusal.
type class int

const (
	refused   class = iota // the message or the request is not accepted
	badToken               // 401
	forbidden              // the token or the account is not allowed to send
	wrongFrom              // the account is not allowed to use this From address
	noMailbox              // the account has no mailbox
	tooBig                 // 413
	throttled              // 429, 503 and others: the service asks the client to try again later
	fails                  // 500, 502, 504 and others: an error inside the service
)

func (k class) code() int {
	switch k {
	case badToken:
		return 535
	case throttled, fails:
		return 451
	case tooBig:
		return 552
	case refused:
		return 554
	}
	return 550
}

func (k class) op() smtp.Op {
	switch k {
	case badToken, forbidden, noMailbox:
		return smtp.OpAUTH
	case wrongFrom:
		return smtp.OpMAIL
	}
	return OpResponse
}

func (k class) meaning(wait time.Duration) string {
	switch k {
	case badToken:
		return "the service refused the access token"
	case forbidden:
		return "the service does not permit this"
	case wrongFrom:
		return "the service refused the sender"
	case noMailbox:
		return "the service did not find the mailbox"
	case throttled, fails:
		if wait > 0 {
			return "try again in " + wait.String()
		}
		return "try again later"
	}
	return "the service did not accept the mail"
}

// classOf returns the meaning of a refusal with the given status and words. The words are the
// error codes and reasons of the response, in lower case.
func classOf(status int, words []string) class {
	has := func(list ...string) bool {
		for _, w := range words {
			for _, l := range list {
				if w == l {
					return true
				}
			}
		}
		return false
	}
	switch {
	case has("errorsendasdenied", "erroraccessdeniedsendas", "erroradminmaxsendas"):
		return wrongFrom
	case has("errormessagesizeexceeded", "requestentitytoolarge", "uploadtoolarge"):
		return tooBig
	case has("ratelimitexceeded", "userratelimitexceeded", "dailylimitexceeded", "quotaexceeded", "resource_exhausted",
		"toomanyrequests", "applicationthrottled", "errorserverbusy", "errormailboxstoreunavailable", "errortoomanyobjectsopened") && status/100 == 4:
		return throttled
	case has("mailboxnotenabledforrestapi", "errorinvaliduser", "request_resourcenotfound", "resourcenotfound", "errornonexistentmailbox", "failedprecondition", "failed_precondition"):
		return noMailbox
	}
	switch status {
	case 401:
		return badToken
	case 403, 407:
		return forbidden
	case 404, 410:
		return noMailbox
	case 413:
		return tooBig
	case 408, 423, 425, 429, 503, 509:
		return throttled
	}
	if status >= 500 && status != 501 && status != 505 {
		return fails
	}
	return refused
}

// retryAfter returns how long the field Retry-After (RFC 9110, section 10.2.3) asks the client
// to wait, at most mostWait seconds. It returns 0 if the field is missing or invalid, or if its
// time has passed.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 63); err == nil {
		return time.Duration(min(seconds, mostWait)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now).Round(time.Second), mostWait*time.Second)
	}
	return 0
}

// mostWait is the largest result of retryAfter, in seconds.
const mostWait = 7 * 24 * 3600
