// SPDX-License-Identifier: MIT

package mailer

import "csmtp/smtp"

// This file has the getters for the last error and the result of the last Send.

// LastError returns the number of the last error of h. It does not use Call, because Call
// would replace the last error.
func LastError(h uintptr) Number {
	m := Lookup(h)
	if m == nil {
		return unknown(h)
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

// UnusableText returns the text of the error that every call on h returns because h is not
// a valid handle or because a batch uses h. It returns "" if h can be used.
func UnusableText(h uintptr) string {
	m := Lookup(h)
	switch {
	case m == nil:
		return Sentence(unknown(h))
	case m.inBatch.Load():
		return refused.last.text
	}
	return ""
}

// Told returns the report of a call on h that failed or was an attempt to send. If the
// calling thread's last call was such a call, Told returns its report, and does not wait
// for a call from another thread. Otherwise it returns the report of the last such call from
// any thread. If ofMail is set, the thread's own call counts only if it was an attempt to
// send, because other calls have no result. If h is not valid or a batch uses it, the
// report is empty and its field result is nil.
func Told(h uintptr, ofMail bool) (r Report) {
	m := Lookup(h)
	if m == nil || m.inBatch.Load() {
		return r
	}
	if own := m.own(); own != nil && (own.result != nil || !ofMail) {
		return *own
	}
	Ask(h, func(m *Mailer) error {
		r = m.told()
		return nil
	})
	return r
}

// told returns the report for the calling thread. m must be locked.
func (m *Mailer) told() Report {
	r := Report{last: m.last, result: &m.result, retry: m.retry}
	if a := m.async.Load(); a != nil && !a.begun.Load() { // the asynchronous Send has not begun
		r = Report{result: &smtp.Result{}}
	}
	if own := m.own(); own != nil {
		r.last = own.last
		if own.result != nil {
			r.result, r.retry = own.result, own.retry
		}
	}
	result := *r.result
	r.result = &result
	return r
}
