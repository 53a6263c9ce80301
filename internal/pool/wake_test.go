// SPDX-License-Identifier: MIT

package pool

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// If a relay stops answering, the mails that wait for it are moved to another relay after a
// second, although nothing else happens at that time.
func TestStalledMailsWakeTheCaller(t *testing.T) {
	s := &Scheduler{First: time.Second, Longest: time.Minute}
	hangs := s.AddRelay(noon, Limits{Sessions: 2})
	s.AddRelay(noon, Limits{Sessions: 2})
	for range 6 {
		s.Submit(noon, nil)
	}
	now, left := noon, 6
	start, _, wake := s.Next(now)
	for len(start) > 0 { // the second relay finishes its mails at once
		left -= len(start)
		for _, i := range start {
			if i.Relay() != hangs {
				s.Report(now, i, End, Good)
			}
		}
		start, _, wake = s.Next(now)
	}
	require.Equal(t, 1, left, "one mail waits for the relay that hangs")
	require.Equal(t, noon.Add(stall), wake)
	start, _, _ = s.Next(wake)
	require.Len(t, start, 1)
	require.NotEqual(t, hangs, start[0].Relay())
}

// down adds a relay and n mails to a scheduler. The relay is down, because it has failed to
// send the mails.
func down(t *testing.T, s *Scheduler, n int) {
	t.Helper()
	s.AddRelay(noon, Limits{Sessions: n})
	var all []*Item
	for range n {
		all = append(all, s.Submit(noon, nil))
	}
	start, _, _ := s.Next(noon)
	require.Len(t, start, n)
	for _, i := range all {
		s.Report(noon, i, Other, Failed)
	}
}

// No mail waits longer than Patience, no matter how many mails wait and how long the pauses
// are.
func TestPatienceOfManyMails(t *testing.T) {
	s := &Scheduler{First: time.Second, Longest: 5 * time.Minute, Patience: time.Second}
	down(t, s, 400)
	// At the end of the pause, one mail is sent to test the relay. The relay fails again.
	now, left := noon, 400
	for range 10_000 {
		start, ended, wake := s.Next(now)
		for _, i := range start {
			if s.Report(now, i, Other, Failed) {
				left--
			}
		}
		left -= len(ended)
		if left == 0 {
			break
		}
		if len(start) == 0 {
			require.False(t, wake.IsZero(), "%d mails are forgotten", left)
			now = wake
		}
	}
	require.Zero(t, left)
	require.LessOrEqual(t, now.Sub(noon), time.Second+10*turn)
}

func TestPauseOfAMailEndsAtItsDeadline(t *testing.T) {
	s := &Scheduler{First: time.Second, Longest: 5 * time.Minute, Patience: 60 * time.Second}
	s.AddRelay(noon, Limits{})
	s.AddRelay(noon, Limits{})
	mail := s.Submit(noon, nil)
	now, over := noon, false
	for !over {
		start, ended, wake := s.Next(now)
		for _, i := range start {
			h := Rejected
			if i.Relay() == 1 {
				h = Unknown // this relay lacks an extension that the mail needs
			}
			over = s.Report(now, i, Other, h)
		}
		if len(ended) > 0 {
			require.Same(t, mail, ended[0])
			over = true
		}
		if !over && len(start) == 0 {
			require.True(t, wake.After(now))
			require.LessOrEqual(t, wake.Sub(noon), 60*time.Second)
			now = wake
		}
	}
	require.LessOrEqual(t, now.Sub(noon), 60*time.Second)
}

// After Again, a mail waits for the end of the only relay's pause, even if Patience is 0.
func TestAgainWaitsForTheRelay(t *testing.T) {
	s := &Scheduler{First: time.Second, Longest: time.Minute}
	s.AddRelay(noon, Limits{})
	mail := s.Submit(noon, nil)
	start, _, _ := s.Next(noon)
	require.Equal(t, []*Item{mail}, start)
	require.True(t, s.Report(noon, mail, End, Failed))
	s.Again(noon, mail)
	start, ended, wake := s.Next(noon)
	require.Empty(t, start)
	require.Empty(t, ended)
	require.Equal(t, noon.Add(time.Second), wake)
	start, _, _ = s.Next(wake)
	require.Equal(t, []*Item{mail}, start)
	require.True(t, s.Report(wake, mail, Other, Failed), "it does not wait again")
}

// A session that is being closed counts towards the limit.
func TestClosingSessionsCount(t *testing.T) {
	s := &Scheduler{First: time.Second, Longest: time.Minute}
	s.AddRelay(noon, Limits{Sessions: 1})
	first := s.Submit(noon, nil)
	s.Submit(noon, nil)
	s.Next(noon)
	s.Closing(0, 1)
	s.Report(noon, first, End, Good)
	start, _, _ := s.Next(noon)
	require.Empty(t, start)
	s.Closing(0, -1)
	start, _, _ = s.Next(noon)
	require.Len(t, start, 1)
}

// A minute after a relay has refused a session, as many sessions as configured are opened
// again, even if nothing else happens at that time.
func TestCrowdedRelayWakesTheCaller(t *testing.T) {
	s := &Scheduler{First: time.Second, Longest: time.Minute}
	s.AddRelay(noon, Limits{Sessions: 2})
	for range 4 {
		s.Submit(noon, nil)
	}
	start, _, _ := s.Next(noon)
	s.Report(noon, start[0], End, Good)
	start, _, _ = s.Next(noon)
	s.Report(noon, start[0], Same, Crowded)
	start, _, wake := s.Next(noon)
	require.Empty(t, start, "one session is allowed, and busy")
	for i := 0; i < 100 && len(start) == 0; i++ {
		require.False(t, wake.IsZero())
		require.LessOrEqual(t, wake.Sub(noon), crowded)
		start, _, wake = s.Next(wake)
	}
	require.NotEmpty(t, start)
}

// Turning the rate off and on does not permit a burst.
func TestRateTurnedOffAndOn(t *testing.T) {
	s := &Scheduler{}
	l := Limits{Rate: 1, Per: 10 * time.Second}
	s.AddRelay(noon, l)
	s.Submit(noon, nil)
	start, _, _ := s.Next(noon)
	require.Zero(t, s.Reserve(noon, start[0]))
	s.SetLimits(0, Limits{})
	s.SetLimits(0, l)
	s.Report(noon, start[0], End, Good)
	s.Submit(noon, nil)
	start, _, _ = s.Next(noon)
	require.Empty(t, start)
}

// If a relay stops answering, the mails that wait for it are moved as soon as the pause of
// another relay is over.
func TestStalledMailsWaitForAPausedRelay(t *testing.T) {
	s := &Scheduler{First: 1500 * time.Millisecond, Longest: time.Minute}
	paused := s.AddRelay(noon, Limits{Sessions: 1})
	s.Submit(noon, nil)
	start, _, _ := s.Next(noon)
	require.True(t, s.Report(noon, start[0], Other, Failed))
	s.AddRelay(noon, Limits{Sessions: 2}) // hangs
	for range 3 {
		s.Submit(noon, nil)
	}
	start, _, wake := s.Next(noon)
	require.Len(t, start, 2)
	for start = nil; len(start) == 0; {
		require.False(t, wake.IsZero(), "the mail that waits is forgotten")
		require.LessOrEqual(t, wake.Sub(noon), 1500*time.Millisecond)
		start, _, wake = s.Next(wake)
	}
	require.Equal(t, paused, start[0].Relay())
}
