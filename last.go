// SPDX-License-Identifier: MIT

package main

import "csmtp/smtp"

// lastError does not go through call: it must not be an error of its own that
// a handle is bad.
func lastError(h uintptr) number {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last.number
}

func (m *mailer) GetLastErrorText() string { return m.last.text }

func (m *mailer) GetLastReply() string {
	if m.last.reply == nil {
		return ""
	}
	return m.last.reply.String()
}

func (m *mailer) GetLastReplyCode() int {
	if m.last.reply == nil {
		return 0
	}
	return m.last.reply.Code
}

func (m *mailer) GetLastEnhancedCode() string {
	if m.last.reply == nil || m.last.reply.Enhanced == (smtp.EnhancedCode{}) {
		return ""
	}
	return m.last.reply.Enhanced.String()
}
