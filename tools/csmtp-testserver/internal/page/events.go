// SPDX-License-Identifier: MIT

package page

import (
	"fmt"
	"net/http"
	"time"
)

// maxStreams is the maximum number of event streams that are open at the same time.
const maxStreams = 100

// maxWrite is the time limit for writing an event.
const maxWrite = 30 * time.Second

// events sends a server-sent event at once, and again at each change of the store.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return
	}
	if !p.enter() {
		http.Error(w, "The page is open in too many windows.", http.StatusServiceUnavailable)
		return
	}
	defer p.leave()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	ticker := time.NewTicker(keepAlive)
	defer ticker.Stop()
	text := "retry: 1000\ndata: 0\n\n"
	for revision := 1; ; {
		// The channel is created before the event is sent, so that no later change is
		// missed.
		changed := p.mails.Changed()
		if text != "" {
			out.SetWriteDeadline(time.Now().Add(maxWrite))
			if _, err := fmt.Fprint(w, text); err != nil || out.Flush() != nil {
				return
			}
		}
		select {
		case <-changed:
			text = fmt.Sprintf("data: %d\n\n", revision)
			revision++
		case <-ticker.C:
			text = ": alive\n\n"
		case <-r.Context().Done():
			return
		}
	}
}

func (p *Page) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open >= maxStreams {
		return false
	}
	p.open++
	return true
}

func (p *Page) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open--; p.open == 0 {
		select {
		case p.left <- struct{}{}:
		default:
		}
	}
}
