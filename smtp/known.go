// SPDX-License-Identifier: MIT

package smtp

import (
	"sync"
	"time"
)

// Known is what sessions have learnt about servers, for those that come after
// them. Any number of configurations may share one, and goroutines may use it
// at once. The zero value is ready for use.
type Known struct {
	mu    sync.Mutex
	waits map[string]time.Time // since when
}

const (
	mostKnown = 64             // servers; of more the oldest are forgotten
	knownFor  = 24 * time.Hour // the server may have been repaired
)

// Forget drops all of it.
func (k *Known) Forget() {
	k.mu.Lock()
	k.waits = nil
	k.mu.Unlock()
}

// mustWait reports whether nothing may be sent to the server behind a message
// that it has not answered yet.
func (k *Known) mustWait(server string, now time.Time) bool {
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	since, found := k.waits[server]
	if found && now.Sub(since) > knownFor {
		delete(k.waits, server)
		found = false
	}
	return found
}

// noteWait notes that a session with the server died of what was sent behind a
// message.
func (k *Known) noteWait(server string, now time.Time) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.waits == nil {
		k.waits = make(map[string]time.Time)
	}
	k.waits[server] = now
	for len(k.waits) > mostKnown {
		oldest := server
		for name, since := range k.waits {
			if since.Before(k.waits[oldest]) {
				oldest = name
			}
		}
		delete(k.waits, oldest)
	}
}

// inKnown is the server's name there.
func (s *Session) inKnown() string { return s.cfg.Network + " " + s.server.String() }

// diedAhead is called when the session has died while something that was sent
// behind a message was waiting. Some servers cannot bear that, though they offer
// PIPELINING: Dovecot's submission service of 2.3 and 2.4 crashes. Sessions that
// come after wait for the reply to each message.
func (s *Session) diedAhead() {
	s.overran = true
	s.cfg.Known.noteWait(s.inKnown(), time.Now())
	s.event("the session ended while more than one mail was under way: the next ones are sent one by one")
}

// noteAhead looks at whether the server bore what was sent behind a message. e is
// how one mail of a batch ended, and ahead tells that it was begun behind the
// message before it. A server that orderly leaves with a 421 bore it.
func (s *Session) noteAhead(e *Error, ahead bool, outcome Outcome) {
	lost := e != nil && s.dead && e.Reply == nil && e.ended()
	switch {
	case lost && outcome == InDoubt && s.batch.began,
		lost && ahead && e.stale && !s.takesAhead:
		s.diedAhead()
	case ahead:
		s.takesAhead = true
	}
}
