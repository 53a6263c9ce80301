// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"csmtp/smtp/smtptest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If there are more recipients than the server allows in one transaction (RFC 9422), several
// transactions are used. Without Partial, the mail is not sent.
func TestRecipientLimit(t *testing.T) {
	for limit, mails := range map[string]int{"LIMITS RCPTMAX=10": 10, "LIMITS RCPTMAX=33 MAILMAX=100": 4, "LIMITS RCPTDOMAINMAX=1": 5, "LIMITS RCPTMAX=0 X=Y": 1} {
		server := mailServer(t, smtptest.MailOptions{NoAuth: true, Extra: []string{limit}})
		s, err := Dial(context.Background(), configFor(server, NoSecurity))
		require.NoError(t, err)
		defer s.Close()
		env := envelopeTo()
		for i := range 100 {
			env.Recipients = append(env.Recipients, Recipient{Address: fmt.Sprintf("r%d@domain%d.example", i, i/20)})
		}
		env.Partial = true
		res, err := s.Send(env, hello)
		require.NoError(t, err)
		assert.Equal(t, Accepted, res.Outcome)
		assert.Len(t, server.Mails(), mails, limit)
		assert.Equal(t, mails, s.Sent())
		for i, row := range res.Recipients {
			require.Equal(t, env.Recipients[i].Address, row.Address)
			require.True(t, row.Accepted)
		}
		if mails == 1 {
			continue
		}
		env.Partial = false
		res, err = s.Send(env, hello)
		var e *Error
		require.True(t, errors.As(err, &e))
		assert.Equal(t, KindUnsupported, e.Kind)
		assert.Equal(t, OpRCPT, e.Op)
		assert.Equal(t, NotSent, res.Outcome)
		assert.Len(t, server.Mails(), mails, "all or none cannot be had of several transactions")
	}
}

// If one of several transactions is refused, the mail is sent to the other recipients. If the
// session ends, the mail is not accepted for the remaining recipients.
func TestRecipientLimitPartly(t *testing.T) {
	for name, c := range map[string]struct {
		fault   smtptest.Fault
		fails   bool
		outcome Outcome
		bad     []int
	}{
		"second refused":   {smtptest.Fault{Step: "end of data", Do: "452 4.2.2 Full", Nth: 2}, false, Partial, []int{2, 3}},
		"first refused":    {smtptest.Fault{Step: "MAIL", Do: "452 4.2.2 Full", Nth: 1}, false, Partial, []int{0, 1}},
		"second lost":      {smtptest.Fault{Step: "MAIL", Do: "close", Nth: 2}, true, Partial, []int{2, 3, 4, 5}},
		"second in doubt":  {smtptest.Fault{Step: "end of data", Do: "close", Nth: 2}, true, InDoubt, []int{2, 3, 4, 5}},
		"421 at the third": {smtptest.Fault{Step: "MAIL", Do: "421", Nth: 3}, true, Partial, []int{4, 5}},
		"all refused":      {smtptest.Fault{Step: "RCPT", Do: "550 5.1.1 No"}, true, RejectedPermanent, []int{0, 1, 2, 3, 4, 5}},
	} {
		server := mailServer(t, smtptest.MailOptions{NoAuth: true, Extra: []string{"LIMITS RCPTMAX=2"}, Faults: []smtptest.Fault{c.fault}})
		s, err := Dial(context.Background(), configFor(server, NoSecurity))
		require.NoError(t, err)
		defer s.Close()
		env := envelopeTo("r0@x.example", "r1@x.example", "r2@x.example", "r3@x.example", "r4@x.example", "r5@x.example")
		env.Partial = true
		res, err := s.Send(env, hello)
		assert.Equal(t, c.fails, err != nil, "%s: %v", name, err)
		assert.False(t, IsStale(err), name)
		assert.Equal(t, c.outcome, res.Outcome, name)
		var bad []int
		for i, row := range res.Recipients {
			if !row.Accepted {
				bad = append(bad, i)
			}
		}
		assert.Equal(t, c.bad, bad, name)
	}
}

func TestMailLimit(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true, Extra: []string{"LIMITS MAILMAX=2"}})
	s, err := Dial(context.Background(), configFor(server, NoSecurity))
	require.NoError(t, err)
	defer s.Close()
	for i := range 2 {
		require.True(t, s.Usable(), "mail %d", i)
		_, err = s.Send(envelopeTo("a@test.example"), hello)
		require.NoError(t, err)
	}
	assert.False(t, s.Usable())
	res, err := s.Send(envelopeTo("a@test.example"), hello)
	assert.True(t, IsStale(err), "a new session helps")
	assert.Equal(t, NotSent, res.Outcome)
	require.NoError(t, s.Quit())
	require.Len(t, server.Mails(), 2)
}

// Without Envelope.Partial, the mail is not sent if the server accepts fewer recipients than
// the envelope has. The error names the first recipient that would be left out.
func TestRecipientLimitWithoutPartial(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true, Extra: []string{"LIMITS RCPTMAX=2"}})
	s, err := Dial(context.Background(), configFor(server, NoSecurity))
	require.NoError(t, err)
	defer s.Close()
	for _, n := range []int{3, 5} {
		var to []string
		for i := range n {
			to = append(to, fmt.Sprintf("r%d@x.example", i))
		}
		env := envelopeTo(to...)
		env.Recipients = slices.Clip(env.Recipients)
		res, err := s.Send(env, hello)
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, KindUnsupported, e.Kind)
		assert.Equal(t, "r2@x.example", e.Recipient)
		assert.Contains(t, e.Error(), fmt.Sprintf("the server accepts only 2 recipients per mail (LIMITS), and the mail has %d", n))
		assert.Equal(t, NotSent, res.Outcome)
	}
	res, err := s.Send(envelopeTo("r0@x.example", "r1@x.example"), hello)
	require.NoError(t, err)
	assert.Equal(t, Accepted, res.Outcome)
}
