// SPDX-License-Identifier: MIT

package message

import (
	"sync"

	"csmtp/smtp/internal/text"
)

// workspace contains what Render needs until it returns.
type workspace struct {
	header  header
	names   [24]string // of the header's fields
	tree    tree
	charset charset
	guess   guess
	options Options
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

func (w *workspace) release() {
	*w = workspace{}
	workspaces.Put(w)
}

// messageMemory contains what a message needs until it has been sent, in one allocation. If
// the message consists of one text, only the text and the Message-ID need further
// allocations.
type messageMemory struct {
	Rendered
	header     [464]byte // enough for most messages; messageMemory then takes 1,152 octets
	recipients [2]string
	senders    [2]string
	text       textMemory
}

var memories = sync.Pool{New: func() any { return new(messageMemory) }}

// Release lets later calls to Render use the memory of r. It is optional. Call it only once,
// and only if nothing uses r any more.
func (r *Rendered) Release() {
	kept := r.memory
	if kept == nil {
		return // the message is a raw one
	}
	*r = Rendered{}
	kept.recipients, kept.senders = [2]string{}, [2]string{}
	kept.text.release()
	memories.Put(kept)
}

// Render checks the whole message and its files, and computes its size. If MessageID is
// empty and Options.KeepID is not set, Render sets MessageID, so that the message has the
// same Message-ID if it is sent again. The error is an *Error.
func (m *Message) Render(o Options) (*Rendered, error) {
	w := workspaces.Get().(*workspace)
	defer w.release()
	w.options = o
	return m.render(w)
}

func (m *Message) render(w *workspace) (*Rendered, error) {
	o := &w.options
	cs, err := m.reader(o, w)
	if err != nil {
		return nil, err
	}
	if len(m.DKIM) > 0 || m.SMIME != nil {
		// 8bit and binary are not used in a signed message: a relay sometimes has to encode
		// such parts, which would break the signature (RFC 6376, section 5.3).
		o.EightBit, o.Binary = false, false
	}
	kept := memories.Get().(*messageMemory)
	h := &w.header
	h.m, h.o, h.cs = m, o, cs
	h.buf, h.asked, h.rcpt, h.senders = kept.header[:0], w.names[:0], kept.recipients[:0], kept.senders[:0]
	if err := h.fields(); err != nil {
		return nil, err
	}
	t := &w.tree
	t.m, t.o, t.cs, t.memory = m, o, cs, &kept.text
	t.bounds.given = o.Boundary
	switch {
	case m.SMIME != nil:
		t.signed = bySMIME
	case len(m.DKIM) > 0:
		t.signed = byDKIM
	}
	root, err := t.root()
	if err != nil {
		return nil, err
	}
	if m.SMIME != nil {
		if root, err = signSMIME(root, m.SMIME, &t.bounds, o.now()); err != nil {
			return nil, err
		}
	}
	fields, names := append(h.buf, root.fields...), append(h.asked, root.names...)
	if err := checkBlock(fields, names); err != nil {
		return nil, err
	}
	r := &kept.Rendered
	*r = Rendered{
		header:    append(fields, crlf...),
		body:      root.body,
		eightBit:  t.eight || !text.IsASCII(h.buf),
		binary:    t.binary,
		smtpUTF8:  h.utf8,
		messageID: h.id,
		from:      h.sender,
		rcpt:      h.rcpt,
		addresses: Addresses{Senders: h.senders, Shown: h.rcpt[:h.shown], Blind: h.rcpt[h.shown:]},
		notes:     cs.notes(),
		memory:    kept,
	}
	if len(m.DKIM) > 0 {
		if err := r.signDKIM(m.DKIM, names, o.now()); err != nil {
			return nil, err
		}
	}
	r.fixSize()
	return r, nil
}
