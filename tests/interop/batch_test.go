// SPDX-License-Identifier: MIT

package interop

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/smtp/sasl"
	"csmtp/tests/interop/servers"
)

// batchWays lists servers that offer PIPELINING, but crash if MAIL and RCPT arrive before
// the reply to the final dot: Dovecot's submission service, versions 2.3 and 2.4.
var batchWays = []way{
	{servers.Dovecot, "submission", smtp.NoSecurity},
	{servers.Dovecot, "submissions", smtp.ImplicitTLS},
	{servers.Dovecot24, "submission", smtp.NoSecurity},
	{servers.Dovecot24, "submissions", smtp.ImplicitTLS},
}

// TestBatchIsFinished sends batches as a program would: if a session ends early, the test
// opens another session, and sends the mails that were not tried. It does not resend a mail
// that is in doubt. All other mails must arrive exactly once. After the first round, the
// client knows that the server crashes, so in the second round it must leave no mail in
// doubt.
func TestBatchIsFinished(t *testing.T) {
	for _, w := range batchWays {
		for _, chunking := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/chunking=%v", w, chunking), func(t *testing.T) {
				s := servers.Get(t, w.kind)
				cfg := w.config(t)
				cfg.Known = &smtp.Known{}
				cfg.Auth = &smtp.Auth{Credentials: sasl.Credentials{Login: servers.Alice.Name, Password: servers.Alice.Password}}
				for round := range 2 {
					const n = 20
					to := make([]string, n)
					mails := make([]smtp.Mail, n)
					for i := range mails {
						to[i] = address("batch")
						mails[i] = smtp.Mail{
							Envelope: &smtp.Envelope{From: servers.Alice.Name, Chunking: chunking, Recipients: []smtp.Recipient{{Address: to[i]}}},
							Message: text("From: <alice@test.example>\r\nTo: <" + to[i] + ">\r\nSubject: batch\r\n" +
								"Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nMessage-ID: <" + to[i] + ">\r\n\r\nHello.\r\n"),
						}
					}
					out := finish(t, cfg, mails)
					doubts := 0
					for i, d := range out {
						if d.Outcome == smtp.InDoubt {
							doubts++
							continue
						}
						require.Equal(t, smtp.Accepted, d.Outcome, "mail %d: %v\n%s", i, d.Err, s.Log())
						s.Await(t, to[i]) // fails if the mail arrived twice
					}
					most := 1
					if round > 0 {
						most = 0
					}
					assert.LessOrEqual(t, doubts, most, "mails in doubt in round %d", round)
				}
			})
		}
	}
}

// finish sends all mails, in as many sessions as needed.
func finish(t *testing.T, cfg *smtp.Config, mails []smtp.Mail) []smtp.Delivery {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var all []smtp.Delivery
	for len(all) < len(mails) {
		session, err := smtp.Dial(ctx, cfg)
		require.NoError(t, err)
		done := len(all)
		for _, d := range session.SendBatch(mails[done:]) {
			if smtp.IsStale(d.Err) && len(all) > 0 {
				break
			}
			all = append(all, d)
		}
		_ = session.Quit()
		require.Greater(t, len(all), done)
	}
	return all
}
