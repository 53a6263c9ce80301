// SPDX-License-Identifier: MIT

package mailer

// These methods have the names of the getters in C. They return what a thread gets if it
// has made no call.

func (m *Mailer) GetLastErrorText() string             { return m.told().GetLastErrorText() }
func (m *Mailer) GetLastReply() string                 { return m.told().GetLastReply() }
func (m *Mailer) GetLastReplyCode() int                { return m.told().GetLastReplyCode() }
func (m *Mailer) GetLastEnhancedCode() string          { return m.told().GetLastEnhancedCode() }
func (m *Mailer) GetPhase() int                        { return m.told().GetPhase() }
func (m *Mailer) GetOutcome() int                      { return m.told().GetOutcome() }
func (m *Mailer) IsSafeToRetry() bool                  { return m.told().IsSafeToRetry() }
func (m *Mailer) GetErrorKind() int                    { return m.told().GetErrorKind() }
func (m *Mailer) IsLoginError() bool                   { return m.told().IsLoginError() }
func (m *Mailer) GetRetryAfter() int                   { return m.told().GetRetryAfter() }
func (m *Mailer) GetQueueID() string                   { return m.told().GetQueueID() }
func (m *Mailer) GetResultCount() int                  { return m.told().GetResultCount() }
func (m *Mailer) GetResultRecipient(row uint32) string { return m.told().GetResultRecipient(row) }
func (m *Mailer) GetResultAccepted(row uint32) bool    { return m.told().GetResultAccepted(row) }
func (m *Mailer) GetResultCode(row uint32) int         { return m.told().GetResultCode(row) }
