// SPDX-License-Identifier: MIT

// Package page shows received mails in a browser: the list of mails, and for each mail its
// HTML, text, header, parts, source and SMTP dialogue, and what a strict reader would
// criticise in it.
//
// Mails are hostile input. Their HTML is filtered by package htmlview, is sent with a
// Content-Security-Policy that forbids everything except inline styles and data: images,
// and is shown in a frame with an empty sandbox attribute. All other texts reach the page
// as JSON, and the page inserts them as text nodes and attribute values. The page connects
// only to its own server.
package page

import (
	"net/http"
	"sync"
	"time"

	"csmtp/tools/csmtp-testserver/internal/critic"
	"csmtp/tools/csmtp-testserver/internal/dkim"
	"csmtp/tools/csmtp-testserver/internal/eml"
	"csmtp/tools/csmtp-testserver/internal/store"
)

// Options contains the options of a Page. The zero value is valid.
type Options struct {
	Preview bool        // whether the page shows a single message that the server has not received
	Keys    dkim.Lookup // returns the records with DKIM keys
}

// Page is the HTTP handler of the page. web.Guard removes the token from the path before it
// calls the handler, and refuses requests that other sites cause.
type Page struct {
	mails   *store.Store
	options Options
	left    chan struct{}

	mu   sync.Mutex
	open int             // the number of open event streams
	rows map[int]summary // the rows of the list, by the number of the mail
}

var _ http.Handler = (*Page)(nil)

// New returns a Page that shows the mails of a store.
func New(mails *store.Store, options Options) *Page {
	return &Page{mails: mails, options: options, left: make(chan struct{}, 1), rows: map[int]summary{}}
}

// Left returns a channel that receives a value when no browser shows the page any longer.
func (p *Page) Left() <-chan struct{} { return p.left }

// Watched reports whether a browser shows the page.
func (p *Page) Watched() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open > 0
}

// read parses a mail and criticises it. If the store no longer keeps the content, read
// returns an empty message and no findings.
func (p *Page) read(m *store.Mail) (*eml.Message, []critic.Finding, error) {
	raw, err := p.mails.Raw(m.Number)
	message := eml.Parse(raw)
	if err != nil || raw == nil && m.Size > 0 {
		return message, []critic.Finding{}, err
	}
	o := critic.Options{Keys: p.options.Keys}
	if !p.options.Preview {
		o.Envelope, o.Received = &critic.Envelope{Params: m.Params}, m.Received
	}
	findings := critic.Criticise(message, o)
	if findings == nil {
		findings = []critic.Finding{}
	}
	return message, findings, nil
}

// row returns the row of a mail in the list. It creates the row only once, because a mail
// does not change.
func (p *Page) row(m *store.Mail) summary {
	p.mu.Lock()
	row, known := p.rows[m.Number]
	p.mu.Unlock()
	if known {
		return row
	}
	message, findings, _ := p.read(m)
	row = p.summarize(m, message, findings)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows[m.Number] = row
	return row
}

// forget removes the rows of the mails that the store no longer keeps.
func (p *Page) forget(mails []store.Mail) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rows) <= len(mails) {
		return
	}
	kept := map[int]bool{}
	for _, m := range mails {
		kept[m.Number] = true
	}
	for number := range p.rows {
		if !kept[number] {
			delete(p.rows, number)
		}
	}
}

// keepAlive is the interval at which comments are sent to a browser. If the connection has
// been closed, sending a comment fails.
const keepAlive = 10 * time.Second
