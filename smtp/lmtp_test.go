// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"csmtp/smtp/smtptest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// After the message, the server replies once for each recipient, and refuses a recipient whose
// address begins with "late". The test uses TCP and a unix socket, DATA and BDAT, with and
// without PIPELINING.
func TestLMTP(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		for _, hide := range [][]string{nil, {"PIPELINING"}} {
			for _, chunking := range []bool{false, true} {
				for _, partial := range []bool{false, true} {
					t.Run(fmt.Sprint(network, hide, chunking, partial), func(t *testing.T) {
						socket := filepath.Join(t.TempDir(), "lmtp")
						server := mailServer(t, smtptest.MailOptions{NoAuth: true, LMTP: true, Hide: hide, UnixSocket: socket})
						cfg := configFor(server, NoSecurity)
						cfg.LMTP = true
						if network == "unix" {
							cfg.Network, cfg.Servers = "unix", []Server{{Host: socket}}
						}
						s, err := Dial(context.Background(), cfg)
						require.NoError(t, err)
						defer s.Close()
						testLMTP(t, server, s, chunking, partial)
					})
				}
			}
		}
	}
}

func testLMTP(t *testing.T, server *smtptest.MailServer, s *Session, chunking, partial bool) {
	env := envelopeTo("a@test.example", "b@test.example")
	env.Chunking, env.Partial = chunking, partial
	res, err := s.Send(env, hello)
	require.NoError(t, err)
	assert.Equal(t, Accepted, res.Outcome)
	require.Len(t, server.Mails(), 1)

	env.Recipients = append(env.Recipients, Recipient{Address: "late@test.example"})
	res, err = s.Send(env, hello)
	assert.Equal(t, Partial, res.Outcome)
	assert.Equal(t, []bool{true, true, false}, []bool{res.Recipients[0].Accepted, res.Recipients[1].Accepted, res.Recipients[2].Accepted})
	assert.Equal(t, 552, res.Recipients[2].Reply.Code)
	assert.Equal(t, 250, res.Reply.Code)
	assert.False(t, res.SafeToRetry(err))
	if partial {
		require.NoError(t, err)
	} else {
		var e *Error
		require.True(t, errors.As(err, &e))
		assert.Equal(t, OpEndOfData, e.Op)
		assert.Equal(t, "late@test.example", e.Recipient)
		assert.False(t, IsStale(err))
	}
	require.Len(t, server.Mails(), 2)

	env.Recipients = env.Recipients[2:]
	res, err = s.Send(env, hello)
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, OpEndOfData, e.Op)
	assert.Equal(t, RejectedPermanent, res.Outcome)
	require.Len(t, server.Mails(), 2)

	env.Recipients[0].Address = "c@test.example"
	res, err = s.Send(env, hello)
	require.NoError(t, err, "the replies still match the commands")
	assert.Equal(t, Accepted, res.Outcome)
	require.Len(t, server.Mails(), 3)
	require.NoError(t, s.Quit())
	for _, r := range server.Sessions() {
		assert.Empty(t, r.Violations)
	}
}

// If the connection is lost between the replies for two recipients, the earlier replies
// remain valid, and the mail is in doubt.
func TestLMTPCut(t *testing.T) {
	server := say(t, "220 a\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n552 full\r\n25")
	cfg := &Config{Servers: []Server{server}, LMTP: true, Timeouts: short()}
	s, err := Dial(context.Background(), cfg)
	require.NoError(t, err)
	env := envelopeTo("a@test.example", "b@test.example", "c@test.example")
	res, err := s.Send(env, hello)
	require.ErrorIs(t, err, ErrInDoubt)
	assert.Equal(t, InDoubt, res.Outcome)
	assert.True(t, res.Recipients[0].Accepted)
	assert.Equal(t, 552, res.Recipients[1].Reply.Code)
	assert.False(t, res.Recipients[1].Accepted)
	assert.False(t, res.Recipients[2].Accepted)
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, "c@test.example", e.Recipient)
}
