// SPDX-License-Identifier: MIT

// Package page shows received mails in a browser: their list, HTML, text, header, parts,
// source, SMTP dialogue, and what a strict reader would criticise about them.
//
// Mails are hostile input. Their HTML is filtered by package htmlview, sent with a
// Content-Security-Policy that forbids everything but inline styles and data: images,
// and shown in a frame with an empty sandbox attribute. Other texts reach the page only
// as JSON and are inserted as text nodes. The page connects only to its own server.
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

// Options configure a Page. The zero value is valid.
type Options struct {
	Preview bool        // whether the page shows one message that was not received
	Keys    dkim.Lookup // returns the records of DKIM keys
}

// Page is the HTTP handler of the page. It is called by web.Guard, which removes the
// token from the path and refuses requests that other sites cause.
type Page struct {
	mails   *store.Store
	options Options
	left    chan struct{}

	mu   sync.Mutex
	open int             // the number of open event streams
	rows map[int]summary // by the number of the mail
}

var _ http.Handler = (*Page)(nil)

// New returns the page of a store.
func New(mails *store.Store, options Options) *Page {
	return &Page{mails: mails, options: options, left: make(chan struct{}, 1), rows: map[int]summary{}}
}

// Left returns a channel to which a value is sent when the last browser has closed the
// page.
func (p *Page) Left() <-chan struct{} { return p.left }

// Watched reports whether the page is open in a browser.
func (p *Page) Watched() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open > 0
}

// read parses a mail and criticises it. If the content is not kept, the message is empty
// and there are no findings.
func (p *Page) read(m *store.Mail) (*eml.Message, []critic.Finding, error) {
	raw, err := p.mails.Raw(m.Number)
	message := eml.Parse(raw)
	if err != nil || raw == nil && m.Size > 0 {
		return message, []critic.Finding{}, err
	}
	o := critic.Options{Keys: p.options.Keys}
	if !p.options.Preview {
		o.Envelope, o.Received = envelopeOf(m), m.Received
	}
	findings := critic.Criticise(message, o)
	if findings == nil {
		findings = []critic.Finding{}
	}
	return message, findings, nil
}

func envelopeOf(m *store.Mail) *critic.Envelope {
	e := &critic.Envelope{From: m.From, Params: m.Params}
	for _, r := range m.Recipients {
		e.Recipients = append(e.Recipients, r.Address)
	}
	return e
}

// row returns the row of a mail. It is computed only once, because a mail does not
// change.
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

// forget removes the rows of mails that are no longer kept.
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

// keepAlive is the time after which a comment is sent to a browser, so that a closed
// connection is noticed.
const keepAlive = 10 * time.Second
