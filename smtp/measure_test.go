// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"fmt"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// measures collects the milestones of sessions.
type measures []Measurement

func (m *measures) of(what Milestone) (found []Measurement) {
	for _, x := range *m {
		if x.What == what {
			found = append(found, x)
		}
	}
	return found
}

// The measured durations are plausible: a step that includes the client's command takes
// at least as long as the server delays its reply, and the steps together take no longer
// than the whole session.
func TestMeasuredSteps(t *testing.T) {
	const latency = 3 * time.Millisecond
	for _, lmtp := range []bool{false, true} {
		for _, hide := range [][]string{nil, {"PIPELINING"}} {
			for _, chunking := range []bool{false, true} {
				t.Run(fmt.Sprint(lmtp, hide, chunking), func(t *testing.T) {
					server := mailServer(t, smtptest.MailOptions{NoAuth: true, LMTP: lmtp, Hide: hide, Faults: []smtptest.Fault{{Do: "latency " + latency.String()}}})
					cfg, all := configFor(server, STARTTLS), measures{}
					cfg.LMTP, cfg.Measure = lmtp, func(m Measurement) { all = append(all, m) }
					s, err := Dial(context.Background(), cfg)
					require.NoError(t, err)
					env := envelopeTo("a@test.example")
					env.Chunking, env.Partial = chunking, true
					began := time.Now()
					results := []Result{{}}
					results[0], err = s.Send(env, hello)
					require.NoError(t, err)
					mails := batchOf(5, hello, func(_ int, m *Mail) { m.Envelope = env })
					for _, d := range s.SendBatch(mails) {
						require.NoError(t, d.Err)
						results = append(results, d.Result)
					}
					took := time.Since(began)
					require.NoError(t, s.Quit())
					for i, r := range results {
						x := r.Times
						require.EqualValues(t, len(hello), x.Octets)
						// Reply may be shorter than latency, because the server may begin
						// its delay before the client begins to measure.
						require.Positive(t, x.Reply, "mail %d: %+v", i, x)
						require.GreaterOrEqual(t, min(x.Envelope, x.Content), time.Duration(0))
						require.LessOrEqual(t, x.Envelope+x.Content+x.Reply, took)
						if !chunking {
							require.GreaterOrEqual(t, x.Envelope, latency, "mail %d: %+v", i, x)
						}
					}
					require.Len(t, all.of(Connected), 1)
					require.Len(t, all.of(TLSStarted), 1)
					ready, end := all.of(Ready), all.of(Disconnected)
					require.Len(t, ready, 1)
					require.Len(t, end, 1)
					d := ready[0].Durations
					require.Positive(t, d.Greeting)
					require.GreaterOrEqual(t, d.EHLO, 3*latency, "EHLO, STARTTLS, EHLO")
					require.Positive(t, d.TLS)
					require.Zero(t, d.Login)
					require.LessOrEqual(t, d.Resolve+d.Connect+d.TLS+d.Greeting+d.EHLO, d.Total)
					require.Equal(t, 221, end[0].Code)
					require.Nil(t, end[0].Err)
					require.GreaterOrEqual(t, end[0].Total, d.Total+took)
				})
			}
		}
	}
}

// Dial tries several servers. The end of each connection is reported once, whatever ends
// the connection.
func TestMeasuredConnections(t *testing.T) {
	good := mailServer(t, smtptest.MailOptions{NoAuth: true})
	busy := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Step: "greeting", Do: "421"}}})
	cfg, all := configFor(good, NoSecurity), measures{}
	cfg.Servers = []Server{closedServer(t), {Host: "127.0.0.1", Port: busy.Port()}, {Host: "127.0.0.1", Port: good.Port()}}
	cfg.Measure = func(m Measurement) { all = append(all, m) }
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Dial(ctx, cfg)
	require.NoError(t, err)
	cancel()
	require.Error(t, s.Noop())
	s.Close()
	var got []string
	for _, m := range all {
		kind := KindClosed
		if m.Err != nil {
			kind = m.Err.Kind
		}
		got = append(got, fmt.Sprint(m.What, " ", m.Server.Port == good.Port(), " ", m.Err != nil, " ", kind))
	}
	require.Equal(t, []string{
		fmt.Sprint(NotConnected, " false true ", KindDial),
		fmt.Sprint(Connected, " false false ", KindClosed),
		fmt.Sprint(Disconnected, " false true ", KindRefused),
		fmt.Sprint(Connected, " true false ", KindClosed),
		fmt.Sprint(Ready, " true false ", KindClosed),
		fmt.Sprint(Disconnected, " true true ", KindCanceled),
	}, got)
}

// Without Measure, results have no times.
func TestNothingIsMeasured(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true})
	s, err := Dial(context.Background(), configFor(server, NoSecurity))
	require.NoError(t, err)
	defer s.Close()
	for _, chunking := range []bool{false, true} {
		for _, d := range s.SendBatch(batchOf(3, hello, func(_ int, m *Mail) { m.Envelope.Chunking = chunking })) {
			require.NoError(t, d.Err)
			require.Zero(t, d.Times)
		}
	}
	require.True(t, s.now().IsZero(), "the clock is not read")
}
