// SPDX-License-Identifier: MIT

package interop

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/tests/interop/servers"
)

// TestRecipients sends to valid and refused recipients. With partial delivery, the mail
// reaches the valid recipients; otherwise it reaches none.
func TestRecipients(t *testing.T) {
	for _, c := range []struct {
		way
		bad  string
		code int
	}{
		{way{servers.Postfix, "open", smtp.STARTTLS}, "tempfail", 450},
		{way{servers.Postfix, "open", smtp.STARTTLS}, "refused", 550},
		{way{servers.Postfix, "open", smtp.STARTTLS}, "full", 452},
		{way{servers.Postfix, "strict", smtp.NoSecurity}, "over", 552},
		{way{servers.Exim, "open", smtp.STARTTLS}, "refused", 550},
		{way{servers.Sendmail, "open", smtp.STARTTLS}, "refused", 550},
		{way{servers.Dovecot, "submission", smtp.STARTTLS}, "refused", 550},
		{way{servers.GoSMTP, "lmtp", smtp.NoSecurity}, "lmtpno", 552},
	} {
		t.Run(c.String()+" "+c.bad, func(t *testing.T) {
			t.Parallel()
			d := open(t, c.way)
			one, two, bad := address("one"), address("two"), c.bad+"@"+servers.Domain
			env := smtp.Envelope{From: servers.Alice.Name, Recipients: to(one, bad, two), Partial: true}
			result, err := d.Send(&env, probe(env, "to some\r\n"))
			require.NoError(t, err)
			assert.Equal(t, smtp.Partial, result.Outcome)
			for i, row := range result.Recipients {
				assert.Equal(t, i != 1, row.Accepted, "%+v", row)
			}
			require.NotNil(t, result.Recipients[1].Reply)
			assert.Equal(t, c.code, result.Recipients[1].Reply.Code)
			assert.ElementsMatch(t, []string{one, two}, d.server.Await(t, one).Recipients)
			if c.bad == "lmtpno" {
				return // the server refuses this recipient only after it has delivered the mail to the other recipients
			}
			none := address("none")
			env = smtp.Envelope{From: servers.Alice.Name, Recipients: to(none, bad)}
			result, err = d.Send(&env, probe(env, "to all or none\r\n"))
			var e *smtp.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, c.code, e.Reply.Code)
			assert.Equal(t, c.code/100 == 4, result.SafeToRetry(err))
			found, err := d.server.Mailbox.All(none)
			require.NoError(t, err)
			assert.Empty(t, found)
		})
	}
}
