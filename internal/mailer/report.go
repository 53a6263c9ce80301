// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"
	"time"

	"csmtp/smtp"
)

// Report contains what the functions under "What happened" in csmtp_c.h return about a
// call.
type Report struct {
	last   fault
	result *smtp.Result // nil if the call was not an attempt to send; then the mailer's result applies
	retry  bool         // whether it is safe to send the mail again
}

// ownReport is the report of a call, for the thread that has made the call.
type ownReport struct {
	last   fault
	result smtp.Result
	ofMail bool // whether the call was an attempt to send or to connect; otherwise 'result' does not apply
	retry  bool
}

// report returns a copy for the getters.
func (o *ownReport) report() *Report {
	r := &Report{last: o.last, retry: o.retry}
	if o.ofMail {
		result := o.result
		r.result = &result
	}
	return r
}

// GetLastErrorText returns the fixed text of the error number (see Sentence), and after it
// the text of the error itself.
func (r Report) GetLastErrorText() string {
	sentence, detail := Sentence(r.last.number), r.last.text
	if detail == "" || strings.Contains(sentence, detail[1:]) { // [1:] because the case of the first letter can differ
		return sentence
	}
	if sentence == "" {
		return detail
	}
	return sentence + " " + detail
}

func (r Report) GetLastReply() string        { return replyText(r.last.reply) }
func (r Report) GetLastReplyCode() int       { return replyCode(r.last.reply) }
func (r Report) GetLastEnhancedCode() string { return enhancedCode(r.last.reply) }

// GetPhase returns the step at which the call failed. In C, it is one of CSMTP_PHASE_...
func (r Report) GetPhase() int { return int(r.last.phase) }

// GetErrorKind returns the kind of the error. In C, it is one of CSMTP_KIND_..., which have
// the values of smtp.Kind.
func (r Report) GetErrorKind() int { return int(r.last.kind) }

func (r Report) IsLoginError() bool { return r.last.login() }

func (r Report) GetOutcome() int     { return int(r.mail().Outcome) }
func (r Report) IsSafeToRetry() bool { return r.retry }
func (r Report) GetQueueID() string  { return r.mail().QueueID }
func (r Report) GetResultCount() int { return len(r.mail().Recipients) }

// GetRetryAfter returns how many seconds the service asks clients to wait before they send
// more mail, or 0.
func (r Report) GetRetryAfter() int { return int(r.last.wait / time.Second) }

func (r Report) mail() smtp.Result {
	if r.result == nil {
		return smtp.Result{}
	}
	return *r.result
}

// row returns the result for the recipient with this index. It is empty if there is none.
func (r Report) row(row uint32) smtp.RecipientResult {
	if int64(row) >= int64(r.GetResultCount()) {
		return smtp.RecipientResult{}
	}
	return r.result.Recipients[row]
}

func (r Report) GetResultRecipient(row uint32) string    { return r.row(row).Address }
func (r Report) GetResultAccepted(row uint32) bool       { return r.row(row).Accepted }
func (r Report) GetResultCode(row uint32) int            { return replyCode(r.row(row).Reply) }
func (r Report) GetResultEnhancedCode(row uint32) string { return enhancedCode(r.row(row).Reply) }
func (r Report) GetResultReply(row uint32) string        { return replyText(r.row(row).Reply) }

func replyText(r *smtp.Reply) string {
	if r == nil {
		return ""
	}
	return r.String()
}

func replyCode(r *smtp.Reply) int {
	if r == nil {
		return 0
	}
	return r.Code
}

func enhancedCode(r *smtp.Reply) string {
	if r == nil || r.Enhanced.IsZero() {
		return ""
	}
	return r.Enhanced.String()
}
