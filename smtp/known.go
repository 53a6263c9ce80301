// SPDX-License-Identifier: MIT

package smtp

import (
	"sync"
	"time"
)

// Known holds what sessions have learnt about servers, for later sessions. Several
// configurations may share one Known, and several goroutines may use it at once.
// The zero value is ready to use.
type Known struct {
	mu    sync.Mutex
	waits map[string]time.Time // since when
}

const (
	mostKnown = 64             // servers; beyond that the oldest are dropped
	knownFor  = 24 * time.Hour // the server may have been repaired
)

// Forget drops everything.
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

// noteWait records that the server ended a session because something was sent
// behind a message.
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

// inKnown returns the server's key in Known.
func (s *Session) inKnown() string { return s.cfg.Network + " " + s.server.String() }

// diedAhead is called when the session was lost while something sent behind a
// message was waiting. Some servers that offer PIPELINING cannot take that: the
// submission service of Dovecot 2.3 and 2.4 crashes. Later sessions wait for the
// reply to each message.
func (s *Session) diedAhead() {
	s.overran = true
	s.cfg.Known.noteWait(s.inKnown(), time.Now())
	s.event("the session was lost while several mails were under way; the next mails are sent one at a time")
}

// noteAhead checks whether the server can take commands behind a message. e is how one
// mail of a batch ended; ahead says that the mail was begun behind the message
// before it. A server that closes properly with a 421 can take them.
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
