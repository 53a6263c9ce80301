// SPDX-License-Identifier: MIT

package smtp

import (
	"sync"
	"time"
)

// Known remembers for later sessions which servers fail if commands follow a
// message before its reply. Several Configs may share it, and several goroutines
// may use it at once.
// The zero value is ready to use.
type Known struct {
	mu    sync.Mutex
	waits map[string]time.Time // since when
}

const (
	mostKnown = 64             // servers; beyond that the oldest are dropped
	knownFor  = 24 * time.Hour // the server may have been repaired
)

// Forget removes all servers.
func (k *Known) Forget() {
	k.mu.Lock()
	k.waits = nil
	k.mu.Unlock()
}

// mustWait reports whether nothing may follow a message to the server before its
// reply.
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

// noteWait records that the server ended a session because something followed a
// message before its reply.
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
