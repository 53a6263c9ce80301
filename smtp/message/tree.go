// SPDX-License-Identifier: MIT

package message

// tree builds the body:
//
//	mixed(related(alternative(text, html, calendar), inline...), files...)
//
// A multipart that would contain only one part is replaced by this part (RFC 2046, section
// 5.1; RFC 2387).
type tree struct {
	m      *Message
	o      *Options
	cs     *charset
	bounds boundaries
	signed signing
	memory *textMemory // for the first text part; nil if it is in use

	eight, binary bool // whether any part is 8bit, or binary

	room [3]*part // memory for the parts that the method views returns
}

// textPart returns a part of type text/subtype. join combines the lines into its text. An
// error contains the name of the field.
func (t *tree) textPart(subtype string, field FieldName, lines []string, join func(b []byte, lines []string) []byte) (*part, error) {
	lines, cs, err := t.cs.readable(field, lines)
	if err != nil {
		return nil, err
	}
	memory := t.memory
	if t.memory = nil; memory == nil {
		memory = new(textMemory)
	}
	// In new memory, the first write to a page causes a page fault. If the page is read before,
	// it causes two. The header is therefore written before memory.joined is read.
	h := memory.header()
	h.name("Content-Type")
	h.token("text/", subtype)
	memory.joined = join(memory.joined[:0], lines)
	text, label, err := cs.body(field, memory.joined)
	if err != nil {
		return nil, err
	}
	h.param("charset", label)
	if t.m.Flowed && subtype == "plain" {
		text = flow(text)
		h.param("format", "flowed")
	}
	h.end()
	memory.body = newTextBody(text, t.o.EightBit, t.signed)
	if label == unknownCharset.name {
		memory.body = textBody{text: text, encoding: base64Encoding, length: base64Len(int64(len(text)))}
	}
	return t.encoded(&h, memory)
}

// The method encoded writes the Content-Transfer-Encoding of the text part in the parameter
// memory, and returns the part.
func (t *tree) encoded(h *headerWriter, memory *textMemory) (*part, error) {
	body := &memory.body
	if body.encoding == eightBit {
		t.eight = true
	}
	h.short("Content-Transfer-Encoding", string(body.encoding))
	if err := memory.part.fill(h, body, body.encoding); err != nil {
		return nil, err
	}
	return &memory.part, nil
}

func (t *tree) attachment(a *Attachment) (*part, error) {
	p, err := t.cs.attachmentPart(a, t.o, t.signed)
	if err == nil {
		t.binary = t.binary || p.encoding == binaryEncoding
		t.eight = t.eight || p.encoding == eightBit
	}
	return p, err
}

// multi returns a multipart that contains the parts. If there is only one part, multi returns
// this part. If 'root' is not "", it is the value of the parameter "type".
func (t *tree) multi(subtype, root string, parts []*part) (*part, error) {
	if len(parts) == 1 {
		return parts[0], nil
	}
	boundary := t.bounds.next()
	h := partHeader()
	h.name("Content-Type")
	h.token("multipart/", subtype)
	if root != "" {
		h.param("type", root)
	}
	h.param("boundary", boundary)
	h.end()
	// The encoding of a multipart is the least restrictive one among those of its parts
	// (RFC 2045, section 6.4).
	needs := sevenBit
	for _, p := range parts {
		if p.encoding == binaryEncoding || p.encoding == eightBit && needs != binaryEncoding {
			needs = p.encoding
		}
	}
	if needs != sevenBit {
		h.short("Content-Transfer-Encoding", string(needs))
	}
	m := &multipartBody{boundary, make([]content, len(parts))}
	for i, p := range parts {
		m.parts[i] = p
	}
	return newPart(&h, m, needs)
}
