// SPDX-License-Identifier: MIT

package smtp

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// parsedReply returns the reply with the given text, as a session reads it.
func parsedReply(text string) *Reply {
	code, _ := strconv.Atoi(text[:3])
	enhanced, rest := parseEnhanced(code, []byte(text[4:]))
	return &Reply{Code: code, Enhanced: enhanced, Lines: strings.Split(string(rest), "\n")}
}

func TestTooManyRecipients(t *testing.T) {
	for text, want := range map[string]bool{
		"452 4.5.3 Error: too many recipients":                                                  true, // Postfix
		"452 too many recipients":                                                               true, // Exim
		"552 too many recipients":                                                               true, // Exim; RFC 821
		"452 4.5.3 Too many recipients":                                                         true, // Sendmail, Exchange
		"451 4.5.3 Too many recipients":                                                         true, // OpenSMTPD
		"452 4.5.3 Your message has too many recipients. For more information":                  true, // Gmail
		"451 4.3.0 Multiple destination domains per transaction is unsupported":                 true, // Google Workspace
		"452 Maximum number of recipients exceeded":                                             true,
		"450 Requested action not taken: only one recipient at a time":                          true,
		"452 recipient limit reached (100)":                                                     true,
		"552 5.5.3 Too many":                                                                    true,
		"452 4.2.2 Mailbox full":                                                                false,
		"452 4.3.1 Insufficient system storage":                                                 false,
		"452 Requested action not taken: insufficient system storage":                           false,
		"552 5.2.2 Over quota":                                                                  false,
		"450 4.2.0 Recipient address rejected: Greylisted":                                      false,
		"452 4.7.1 Too many recipients received this hour":                                      false,
		"550 5.5.3 Too many recipients":                                                         false,
		"452 4.2.2 The recipient has exceeded the limit":                                        false,
		"452 Recipient mailbox exceeded its limit":                                              false,
		"552 5.2.2 Recipient storage limit exceeded":                                            false,
		"452 Message size exceeds the recipient's limit":                                        false,
		"450 4.2.1 The recipient has exceeded the number of messages it may receive":            false,
		"452 4.5.3 Too many recipients for this mailbox":                                        true,
		"250 2.1.5 recipient ok, limit 100":                                                     false,
		"450 4.7.1 Recipient address rejected: rate limit exceeded, try again in a few minutes": false,
		"452 Recipient limit exceeded (rate-limited)":                                           false,
		"451 recipients.example.com: limit exceeded":                                            false,
		"451 <rcpt@example.com>: limit exceeded":                                                false,
		"452 too many recipients at day.example.com":                                            true,
	} {
		assert.Equal(t, want, tooManyRecipients(parsedReply(text)), text)
	}
	assert.False(t, tooManyRecipients(nil))
}

func TestTooManyMails(t *testing.T) {
	for text, want := range map[string]bool{
		"421 too many messages in this connection":                              true, // Exim
		"452 4.5.3 Too many messages in this session":                           true,
		"451 Too many messages in this session":                                 true,
		"452 Too many messages":                                                 true,
		"421 Max message per connection reached, closing":                       true,
		"451 4.7.0 Maximum number of mails per session exceeded":                true,
		"452 message limit for this connection reached":                         true,
		"450 no more than 10 transactions per session":                          true,
		"452 4.3.1 Insufficient system resources":                               false,
		"451 4.3.0 Mail server temporarily rejected message":                    false,
		"452 4.7.1 Too many messages this hour, slow down":                      false,
		"550 Too many messages in this session":                                 false,
		"452 4.3.1 Message size exceeds what the server can store":              false,
		"451 4.7.1 Sender is greylisted":                                        false,
		"452 4.2.2 The sender's mailbox has too many messages in it":            false,
		"421 4.7.0 mail.example.com too many messages in this session, closing": true,
		"450 Max messages per connection (20) reached for <day@rate.example>":   true,
		"451 4.7.1 mail.example.com connection rate limit exceeded":             false,
		"451 4.7.1 message rate limit exceeded for this connection":             false,
		"451 4.7.1 Connection rate limit exceeded, mail not accepted":           false,
		"421 4.7.0 Message delivery rate-limited: connection limit exceeded":    false,
		"421 4.7.0 Session throttled: limit of 10 messages":                     false,
		"451 4.7.1 Too many messages per hour for this connection":              false,
		"421 4.7.0 mail.example.com connection limit exceeded":                  false,
		"421 4.7.0 [message.example.com] session limit exceeded":                false,
		"421 4.7.0 too many connections from your mail server":                  false,
		"421 4.3.2 Mail server: maximum number of concurrent sessions exceeded": false,
		"450 <message@example.com>: limit of this session exceeded":             false,
		"451 4.7.1 too many errors in this session.transaction-7.example":       false,
	} {
		assert.Equal(t, want, tooManyMails(parsedReply(text)), text)
	}
}
