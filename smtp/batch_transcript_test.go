// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBatchTranscripts runs the transcripts of batches. The modes differ in how the
// server divides its replies into writes.
func TestBatchTranscripts(t *testing.T) { playAll(t, "testdata/batch/*.txt", playBatch) }

func playBatch(t *testing.T, script *smtptest.Script, mode smtptest.Mode) {
	server, err := script.Start(mode)
	require.NoError(t, err)
	defer server.Close()
	h := script.Header
	p := &played{}
	s, err := Dial(context.Background(), scriptConfig(h, server.Port(), &p.trace))
	require.NoError(t, err)
	defer s.Close()
	s.together = groupMails // so that all mails are in one group
	env, msg := scriptMail(h)
	env.Chunking = true
	number, _ := strconv.Atoi(h.Get("mails"))
	mails := make([]Mail, number)
	for i := range mails {
		mails[i] = Mail{env, msg}
	}
	out := s.SendBatch(mails)
	if s.Usable() {
		require.NoError(t, s.Quit())
	}
	where := script.Name + " by " + mode.String()
	require.NoError(t, server.Wait(), "%s\n%s", where, p.trace.String())
	var outcomes []string
	for i := range out {
		outcomes = append(outcomes, outcomeNames[out[i].Outcome])
		assert.Len(t, out[i].Recipients, len(env.Recipients), where)
		if p.err == nil {
			p.err = out[i].Err
		}
		if out[i].Outcome == Accepted {
			assert.NoError(t, out[i].Err, where)
			assert.NotNil(t, out[i].Reply, where)
		}
		if IsStale(out[i].Err) {
			for j := i; j < len(out); j++ {
				assert.True(t, out[j].SafeToRetry(), "%s: mail %d", where, j+1)
			}
		}
	}
	assert.Equal(t, h.Get("expect-outcomes"), strings.Join(outcomes, " "), where)
	p.check(t, h, where)
}
