// SPDX-License-Identifier: MIT

package main

import "csmtp/smtp"

// What happened: the last error, and the result of the last Send.

// lastError does not go through call: it must not be an error of its own that
// a handle is bad.
func lastError(h uintptr) number {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	if m.inBatch.Load() {
		return busy
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last.number
}

func (m *mailer) GetLastErrorText() string    { return m.last.text }
func (m *mailer) GetLastReply() string        { return replyText(m.last.reply) }
func (m *mailer) GetLastReplyCode() int       { return replyCode(m.last.reply) }
func (m *mailer) GetLastEnhancedCode() string { return enhancedCode(m.last.reply) }

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

func (m *mailer) GetOutcome() int     { return int(m.result.Outcome) }
func (m *mailer) IsSafeToRetry() bool { return m.result.SafeToRetry() }
func (m *mailer) GetQueueID() string  { return m.result.QueueID }
func (m *mailer) GetResultCount() int { return len(m.result.Recipients) }

// row gives an empty row where there is none.
func (m *mailer) row(row uint32) smtp.RecipientResult {
	if int64(row) >= int64(len(m.result.Recipients)) {
		return smtp.RecipientResult{}
	}
	return m.result.Recipients[row]
}

func (m *mailer) GetResultRecipient(row uint32) string    { return m.row(row).Address }
func (m *mailer) GetResultAccepted(row uint32) bool       { return m.row(row).Accepted }
func (m *mailer) GetResultCode(row uint32) int            { return replyCode(m.row(row).Reply) }
func (m *mailer) GetResultEnhancedCode(row uint32) string { return enhancedCode(m.row(row).Reply) }
func (m *mailer) GetResultReply(row uint32) string        { return replyText(m.row(row).Reply) }
