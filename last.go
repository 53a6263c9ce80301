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
	if own := m.own(); own != nil {
		return own.last.number
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.told().last.number
}

// told is what the calling thread is told about h: about its own last call on h
// when that failed or was an attempt to send, without waiting for the call of
// another thread, else about the last such call of any thread. ofMail asks for
// the result, which a call that was no attempt to send does not have; it is nil
// when h could not be asked.
func told(h uintptr, ofMail bool) (r report) {
	m := lookup(h)
	if m == nil || m.inBatch.Load() {
		return r
	}
	if own := m.own(); own != nil && (own.result != nil || !ofMail) {
		return *own
	}
	ask(h, func(m *mailer) error {
		r = m.told()
		return nil
	})
	return r
}

// told is what the calling thread is told, to one that holds the lock.
func (m *mailer) told() report {
	r := report{last: m.last, result: &m.result}
	if a := m.async.Load(); a != nil && !a.begun.Load() { // it has the lock next
		r = report{result: &smtp.Result{}}
	}
	if own := m.own(); own != nil {
		r.last = own.last
		if own.result != nil {
			r.result = own.result
		}
	}
	result := *r.result
	r.result = &result
	return r
}

func (r report) text() string         { return r.last.text }
func (r report) reply() string        { return replyText(r.last.reply) }
func (r report) replyCode() int       { return replyCode(r.last.reply) }
func (r report) enhancedCode() string { return enhancedCode(r.last.reply) }
func (r report) outcome() int         { return int(r.mail().Outcome) }
func (r report) safeToRetry() bool    { return r.result != nil && r.result.SafeToRetry() }
func (r report) queueID() string      { return r.mail().QueueID }
func (r report) rows() int            { return len(r.mail().Recipients) }

func (r report) mail() smtp.Result {
	if r.result == nil {
		return smtp.Result{}
	}
	return *r.result
}

// row gives an empty row where there is none.
func (r report) row(row uint32) smtp.RecipientResult {
	if int64(row) >= int64(r.rows()) {
		return smtp.RecipientResult{}
	}
	return r.result.Recipients[row]
}

func (r report) rowRecipient(row uint32) string    { return r.row(row).Address }
func (r report) rowAccepted(row uint32) bool       { return r.row(row).Accepted }
func (r report) rowCode(row uint32) int            { return replyCode(r.row(row).Reply) }
func (r report) rowEnhancedCode(row uint32) string { return enhancedCode(r.row(row).Reply) }
func (r report) rowReply(row uint32) string        { return replyText(r.row(row).Reply) }

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
