// SPDX-License-Identifier: MIT

package main

// What a thread that has not called is told, by the names that C has for it.

func (m *mailer) GetLastErrorText() string             { return m.told().text() }
func (m *mailer) GetLastReply() string                 { return m.told().reply() }
func (m *mailer) GetLastReplyCode() int                { return m.told().replyCode() }
func (m *mailer) GetLastEnhancedCode() string          { return m.told().enhancedCode() }
func (m *mailer) GetOutcome() int                      { return m.told().outcome() }
func (m *mailer) IsSafeToRetry() bool                  { return m.told().safeToRetry() }
func (m *mailer) GetQueueID() string                   { return m.told().queueID() }
func (m *mailer) GetResultCount() int                  { return m.told().rows() }
func (m *mailer) GetResultRecipient(row uint32) string { return m.told().rowRecipient(row) }
func (m *mailer) GetResultAccepted(row uint32) bool    { return m.told().rowAccepted(row) }
func (m *mailer) GetResultCode(row uint32) int         { return m.told().rowCode(row) }
