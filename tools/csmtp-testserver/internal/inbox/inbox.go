// SPDX-License-Identifier: MIT

// Package inbox shows received messages in a browser: their list, HTML, text, header,
// parts, source, SMTP dialogue, and what a strict reader would criticise about them.
//
// Messages are hostile input. Their HTML is filtered by package htmlview, sent with a
// Content-Security-Policy that forbids everything but inline styles and data: images, and
// shown in a frame with an empty sandbox attribute. Other texts reach the page only as JSON
// and are inserted as text nodes. The page uses no network beyond its own server.
package inbox

import (
	"crypto/rand"
	"sync"
	"time"

	"csmtp/tools/csmtp-testserver/internal/critic"
	"csmtp/tools/csmtp-testserver/internal/dkim"
	"csmtp/tools/csmtp-testserver/internal/eml"
)

// Mail is a received message with its envelope.
type Mail struct {
	Number     int // from 1; never reused
	Session    int // 0: none
	Received   time.Time
	Envelope   *critic.Envelope // nil: not known
	Login, TLS string
	Data       []byte // without the dot-stuffing
}

// Store contains the mails that the page shows.
type Store interface {
	// Mails returns the mails in the order of reception.
	Mails() []Mail
	// Dialogue returns the lines of a session, with secrets masked.
	Dialogue(session int) []string
	// Changed returns a channel that is closed at the next change.
	Changed() <-chan struct{}
	// Clear deletes all mails.
	Clear()
}

// Options configure a Page.
type Options struct {
	// Hosts lists names that the Host field of a request may contain, beside those of
	// Listener.
	Hosts []string
	// Listener is host:port of the listener.
	Listener string
	// Preview shows one message that was not received.
	Preview bool
	// Keys returns the records of DKIM keys; it may be nil.
	Keys dkim.Lookup
}

// Page is the handler of the page.
type Page struct {
	store   Store
	options Options
	token   string
	closing chan struct{}

	mu      sync.Mutex
	once    string // the unused key of Once
	open    int    // event streams
	left    chan struct{}
	read    map[key]*reading
	stopped bool
}

// New returns the page of a store, with a new random token.
func New(store Store, options Options) *Page {
	return &Page{store: store, options: options, token: rand.Text(), closing: make(chan struct{}), left: make(chan struct{}, 1),
		read: map[key]*reading{}}
}

// Path returns the path of the page. It contains the token, without which every request is
// refused.
func (p *Page) Path() string { return "/" + p.token + "/" }

// Once returns a path that redirects to Path, once. The command line of a browser, which
// every user of the machine can read, may contain it.
func (p *Page) Once() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.once = rand.Text()
	return "/open/" + p.once
}

// Left returns a channel that receives a value when the last browser has closed the page.
func (p *Page) Left() <-chan struct{} { return p.left }

// Watched reports whether a browser shows the page.
func (p *Page) Watched() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open > 0
}

// Close ends the event streams.
func (p *Page) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.stopped {
		p.stopped = true
		close(p.closing)
	}
}

// key identifies a mail in the cache.
type key struct {
	number   int
	received time.Time
}

// reading is what was read from a mail.
type reading struct {
	message  *eml.Message
	findings []critic.Finding
}

// reading returns the parsed mail and the findings, and keeps them while the store contains
// the mail.
func (p *Page) reading(m *Mail) *reading {
	k := key{m.Number, m.Received}
	p.mu.Lock()
	r := p.read[k]
	p.mu.Unlock()
	if r != nil {
		return r
	}
	r = &reading{message: eml.Parse(m.Data)}
	received := m.Received
	if p.options.Preview {
		received = time.Time{}
	}
	r.findings = critic.Criticise(r.message, critic.Options{Envelope: m.Envelope, Received: received, Keys: p.options.Keys})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read[k] = r
	return r
}

// forget drops what was read from mails that no longer exist.
func (p *Page) forget(mails []Mail) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.read) <= len(mails) {
		return
	}
	exists := map[key]bool{}
	for _, m := range mails {
		exists[key{m.Number, m.Received}] = true
	}
	for k := range p.read {
		if !exists[k] {
			delete(p.read, k)
		}
	}
}
