// SPDX-License-Identifier: MIT

package smtp

import (
	"maps"
	"slices"
	"sync"
)

// Logins remembers for later sessions which servers refused a mechanism that they offer,
// and which mechanism they accepted instead. All Configs that share a Logins must have
// the same credentials and settings. Several goroutines may use it at once. The zero
// value is ready to use.
type Logins struct {
	mu      sync.Mutex
	tried   map[string]triedLogin // by server
	servers []string              // the keys of the map 'tried', oldest first; at most mostKnown
}

// triedLogin is what is known about the login to a server after it has refused a
// mechanism.
type triedLogin struct {
	first   string // the mechanism that the login began with
	instead string // PLAIN or LOGIN, which later sessions use; "": the server refused it too
	worked  bool   // whether a login with PLAIN or LOGIN succeeded
}

// Clone returns a copy for use in another Config with the same credentials and settings.
func (l *Logins) Clone() *Logins {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &Logins{tried: maps.Clone(l.tried), servers: slices.Clone(l.servers)}
}

func (l *Logins) get(server string) triedLogin {
	if l == nil {
		return triedLogin{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tried[server]
}

func (l *Logins) set(server string, t triedLogin) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tried == nil {
		l.tried = make(map[string]triedLogin)
	}
	l.tried[server] = t
	if i := slices.Index(l.servers, server); i >= 0 {
		l.servers = slices.Delete(l.servers, i, i+1)
	}
	l.servers = append(l.servers, server)
	if len(l.servers) > mostKnown {
		delete(l.tried, l.servers[0])
		l.servers = slices.Delete(l.servers, 0, 1)
	}
}

// order returns the mechanisms in the order in which the session should try them. 'known'
// is false if t is empty, or if t no longer applies because the server offers other
// mechanisms than before.
func (t triedLogin) order(names []string) (order []string, known bool) {
	if t.first == "" || t.first != names[0] {
		return names, false
	}
	if t.instead == "" {
		return names, true
	}
	at := slices.Index(names, t.instead)
	if at < 0 {
		return names, false
	}
	return append([]string{t.instead}, slices.Delete(slices.Clone(names), at, at+1)...), true
}
