// SPDX-License-Identifier: MIT

package message

import "csmtp/smtp/internal/text"

// Render checks the whole message and its files, and computes its size. If MessageID is
// empty, it sets MessageID, so that a retry uses the same value. The error is an *Error.
func (m *Message) Render(o Options) (*Rendered, error) {
	cs, err := m.reader(&o)
	if err != nil {
		return nil, err
	}
	if len(m.DKIM) > 0 || m.SMIME != nil {
		// A relay may have to encode 8bit and binary parts again, which would break a
		// signature (RFC 6376, section 5.3).
		o.EightBit, o.Binary = false, false
	}
	h := &header{m: m, o: o, cs: cs}
	h.buf, h.asked = make([]byte, 0, 512), make([]string, 0, 24)
	if err := h.fields(); err != nil {
		return nil, err
	}
	t := &tree{m: m, o: o, cs: cs, bounds: boundaries{given: o.Boundary}}
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
	r := &Rendered{
		header:    append(fields, crlf...),
		body:      root.body,
		eightBit:  t.eight || !text.IsASCII(h.buf),
		binary:    t.binary,
		smtpUTF8:  h.utf8,
		messageID: m.MessageID,
		from:      h.sender,
		rcpt:      h.rcpt,
		addresses: Addresses{Senders: h.senders, Shown: h.rcpt[:h.shown], Blind: h.rcpt[h.shown:]},
		notes:     cs.notes(),
	}
	if len(m.DKIM) > 0 {
		if err := r.signDKIM(m.DKIM, names, o.now()); err != nil {
			return nil, err
		}
	}
	r.fixSize()
	return r, nil
}
