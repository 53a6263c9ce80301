// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"time"

	"csmtp/smtp"
)

// relayCounts counts the attempts of a relay by their result, and the mails that the relay
// has accepted in each of the last 60 seconds.
type relayCounts struct {
	sent, refused, doubtful, failed int

	seconds [60]int
	second  int64 // the Unix time of the latest entry in 'seconds'
}

// The numbers that GetCount can return, with the values that C uses.
const (
	countSent = iota
	countRefused
	countDoubtful
	countFailed
	countSessions
	countActive
	countHealth
	countPause
	countRate
)

// countNothing is the result of an attempt that is not counted, for example because it was canceled.
const countNothing = -1

// countOf returns which counter an attempt increments: countSent, countRefused,
// countDoubtful or countFailed. It returns countNothing if the attempt increments none.
func countOf(result *smtp.Result, err error) int {
	switch result.Outcome {
	case smtp.Accepted, smtp.Partial:
		return countSent
	case smtp.RejectedTemporary, smtp.RejectedPermanent:
		return countRefused
	case smtp.InDoubt:
		return countDoubtful
	}
	var e *smtp.Error
	var f fault
	switch {
	case err == nil, errors.As(err, &e) && e.Kind == smtp.KindCanceled, errors.As(err, &f) && f.number == canceled:
		return countNothing
	}
	return countFailed
}

// add increments the counter that countOf has returned.
func (k *relayCounts) add(what int, now time.Time) {
	switch what {
	case countSent:
		k.sent++
		k.pass(now)
		k.seconds[k.second%60]++
	case countRefused:
		k.refused++
	case countDoubtful:
		k.doubtful++
	case countFailed:
		k.failed++
	}
}

// pass resets the entries for the seconds that have passed since the latest entry.
func (k *relayCounts) pass(now time.Time) {
	second := now.Unix()
	for k.second < second {
		if second-k.second >= 60 {
			k.seconds, k.second = [60]int{}, second
			return
		}
		k.second++
		k.seconds[k.second%60] = 0
	}
}

func (k *relayCounts) lastMinute(now time.Time) (n int) {
	k.pass(now)
	for _, s := range k.seconds {
		n += s
	}
	return n
}

// GetCount returns one of the counters of a relay. The parameter what selects the counter.
func (p *Pool) GetCount(relay uint32, what int) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := p.relay("PoolGetCount", relay)
	if err != nil {
		return 0, err
	}
	state, pause := p.sched.State(time.Now(), int(relay))
	switch what {
	case countSent:
		return r.counts.sent, nil
	case countRefused:
		return r.counts.refused, nil
	case countDoubtful:
		return r.counts.doubtful, nil
	case countFailed:
		return r.counts.failed, nil
	case countSessions:
		return r.open, nil
	case countActive:
		return p.sched.Running(int(relay)), nil
	case countHealth:
		return int(state), nil
	case countPause:
		return int(pause.Milliseconds()), nil
	case countRate:
		return r.counts.lastMinute(time.Now()), nil
	}
	return 0, Faultf(BadArgument, "PoolGetCount: unknown count %d: use one of CSMTP_POOL_SENT to CSMTP_POOL_RATE", what)
}

// GetQueued returns the number of mails that wait for a relay.
func (p *Pool) GetQueued() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sched.Queued(), nil
}

// GetRelayError returns the text of the last error that was caused by the relay, or "".
func (p *Pool) GetRelayError(relay uint32) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := p.relay("PoolGetRelayError", relay)
	if err != nil {
		return "", err
	}
	if r.last.number == NoError {
		return "", nil
	}
	return Report{last: r.last}.GetLastErrorText(), nil
}

// GetRelayName returns the name of a relay.
func (p *Pool) GetRelayName(relay uint32) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := p.relay("PoolGetRelayName", relay)
	if err != nil {
		return "", err
	}
	return r.name, nil
}
