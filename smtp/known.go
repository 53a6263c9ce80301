// SPDX-License-Identifier: MIT

package smtp

import (
	"strings"
	"sync"
	"time"
)

// Known remembers for later sessions which servers fail if commands are sent between a
// message and its reply, which servers failed recently, and which servers reply slowly.
// Several Configs may share it, and several goroutines may use it at once. The zero value is
// ready to use.
type Known struct {
	mu    sync.Mutex
	waits seen // servers to which nothing may be sent between a message and its reply
	fails seen // servers that failed
	slow  seen // servers whose last reply to the latest session was slow
}

// seen maps each server to the time when an event was last observed there.
type seen map[string]time.Time

const (
	mostKnown = 64             // number of servers; the oldest are dropped
	knownFor  = 24 * time.Hour // how long an event is remembered; after that time, the server may have been repaired
)

// Forget removes all servers.
func (k *Known) Forget() {
	k.mu.Lock()
	k.waits, k.fails, k.slow = nil, nil, nil
	k.mu.Unlock()
}

// mustWait reports whether nothing may be sent to the server between a message and its
// reply.
func (k *Known) mustWait(server string, now time.Time) bool {
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.waits.holds(server, now)
}

// noteWait records that the server ended a session because commands were sent between a
// message and its reply.
func (k *Known) noteWait(server string, now time.Time) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.waits.note(server, now)
}

// isSlow reports whether the last reply of the server to the latest session was slow, and that
// session ended at most knownFor ago.
func (k *Known) isSlow(server string, now time.Time) bool {
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.slow.holds(server, now)
}

// noteSlow records whether the last reply of the server to a session was slow.
func (k *Known) noteSlow(server string, slow bool, now time.Time) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if slow {
		k.slow.note(server, now)
	} else {
		delete(k.slow, server)
	}
}

// holds reports whether the event was last observed for the server at most knownFor ago. It
// deletes an older entry.
func (s seen) holds(server string, now time.Time) bool {
	since, found := s[server]
	if found && now.Sub(since) > knownFor {
		delete(s, server)
		found = false
	}
	return found
}

// note records that the event was observed for the server.
func (s *seen) note(server string, now time.Time) {
	if *s == nil {
		*s = make(seen)
	}
	(*s)[server] = now
	for len(*s) > mostKnown {
		oldest := server
		for name, since := range *s {
			if since.Before((*s)[oldest]) {
				oldest = name
			}
		}
		delete(*s, oldest)
	}
}

// noteFailed records that the server failed.
func (c *Config) noteFailed(server Server, now time.Time) {
	if c.Known == nil || c.FailedFor <= 0 {
		return
	}
	c.Known.mu.Lock()
	c.Known.fails.note(c.reachedAs(server), now)
	c.Known.mu.Unlock()
}

// inOrder returns the servers in the order in which Dial tries them: those that failed
// recently come last.
func (c *Config) inOrder(now time.Time) []Server {
	if c.Known == nil || c.FailedFor <= 0 || len(c.Servers) < 2 {
		return c.Servers
	}
	c.Known.mu.Lock()
	defer c.Known.mu.Unlock()
	good := make([]Server, 0, len(c.Servers))
	var bad []Server
	for _, server := range c.Servers {
		since, failed := c.Known.fails[c.reachedAs(server)]
		if failed && now.Sub(since) < c.FailedFor {
			bad = append(bad, server)
		} else {
			good = append(good, server)
		}
	}
	if c.Trace != nil && len(good) > 0 {
		for _, server := range bad {
			c.Trace(Event, Visible(server.String()+" failed recently: the other servers are tried first"))
		}
	}
	return append(good, bad...)
}

// reachedAs returns the key under which a failure of the server is remembered. The key
// includes the proxy and the local address, because the server may be reachable with
// another proxy or address.
func (c *Config) reachedAs(server Server) string {
	return c.knownAs(server) + " " + c.LocalAddr + " " + c.Proxy[strings.LastIndexByte(c.Proxy, '@')+1:]
}
