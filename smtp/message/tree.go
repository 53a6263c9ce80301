// SPDX-License-Identifier: MIT

package message

// tree builds the body:
//
//	mixed(related(alternative(text, html, calendar), inline...), files...)
//
// It leaves out a multipart that would contain one part only (RFC 2046, section 5.1;
// RFC 2387).
type tree struct {
	m      *Message
	o      Options
	cs     *charset
	bounds boundaries
	strict bool // the body will be signed with S/MIME

	eight, binary bool // a part is 8bit or binary

	room [3]*part // for views
}

func (t *tree) root() (*part, error) {
	views, html, err := t.views()
	if err != nil {
		return nil, err
	}
	var inline, files []*part
	for i := range t.m.Attachments {
		a := &t.m.Attachments[i]
		p, err := t.attachment(a)
		if err != nil {
			return nil, err
		}
		if html && a.Inline {
			inline = append(inline, p)
		} else {
			files = append(files, p)
		}
	}
	if t.m.Calendar != nil {
		p, err := t.calendarFile()
		if err != nil {
			return nil, err
		}
		files = append(files, p)
	}
	body, err := t.multi("alternative", "", views)
	if err != nil {
		return nil, err
	}
	if len(inline) > 0 {
		kind := "text/html"
		if len(views) > 1 {
			kind = "multipart/alternative"
		}
		if body, err = t.multi("related", kind, append([]*part{body}, inline...)); err != nil {
			return nil, err
		}
	}
	return t.multi("mixed", "", append([]*part{body}, files...))
}

// views returns the alternatives of the body, the plainest first.
func (t *tree) views() (views []*part, html bool, err error) {
	m := t.m
	views = t.room[:0]
	document := m.HTML
	text := m.Lines
	if m.LinesAreHTML && len(m.Lines) > 0 {
		if document != "" {
			return nil, false, invalid(FieldHTML, "", "the lines are HTML, and there is also an HTML body; use only one of them, see", nil).use(FieldLinesAreHTML)
		}
		text = nil
	}
	if len(text) > 0 || document == "" && !m.LinesAreHTML && m.Calendar == nil {
		p, err := t.textPart("plain", FieldLines, text, joinLines)
		if err != nil {
			return nil, false, err
		}
		views = append(views, p)
	}
	if document != "" || m.LinesAreHTML {
		p, err := (*part)(nil), error(nil)
		if document != "" {
			p, err = t.textPart("html", FieldHTML, []string{document}, wholeLines)
		} else {
			p, err = t.textPart("html", FieldLines, m.Lines, joinLines)
		}
		if err != nil {
			return nil, false, err
		}
		views, html = append(views, p), true
	}
	if m.Calendar != nil {
		p, err := t.calendarView()
		if err != nil {
			return nil, false, err
		}
		views = append(views, p)
	}
	return views, html, nil
}

// textPart returns a text part. join combines the lines.
func (t *tree) textPart(subtype string, field FieldName, lines []string, join func([]string) []byte) (*part, error) {
	lines, cs, err := t.cs.readable(field, lines)
	if err != nil {
		return nil, err
	}
	text, label, err := cs.body(field, join(lines))
	if err != nil {
		return nil, err
	}
	h := partHeader()
	h.name("Content-Type")
	h.token("text/", subtype)
	h.param("charset", label)
	if t.m.Flowed && subtype == "plain" {
		text = flow(text)
		h.param("format", "flowed")
	}
	h.end()
	return t.encoded(&h, newTextBody(text, t.o.EightBit, t.strict))
}

// encoded writes the Content-Transfer-Encoding of a text part, and returns the part.
func (t *tree) encoded(h *headerWriter, body *textBody) (*part, error) {
	if body.encoding == eightBit {
		t.eight = true
	}
	h.short("Content-Transfer-Encoding", string(body.encoding))
	return newPart(h, body, body.encoding)
}

func (t *tree) attachment(a *Attachment) (*part, error) {
	p, err := t.cs.attachmentPart(a, &t.o)
	if err == nil {
		t.binary = t.binary || p.encoding == binaryEncoding
		t.eight = t.eight || p.encoding == eightBit
	}
	return p, err
}

// multi returns a multipart of several parts, or the only part.
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
	// A multipart has the widest encoding of its parts (RFC 2045, section 6.4).
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
