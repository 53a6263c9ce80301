// SPDX-License-Identifier: MIT

package message

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

// views returns the parts of the multipart/alternative. The plain text is the first one. The
// result 'html' reports whether one of the parts is HTML.
func (t *tree) views() (views []*part, html bool, err error) {
	m := t.m
	views = t.room[:0]
	document := m.HTML
	text := m.Lines
	if m.LinesAreHTML && len(m.Lines) > 0 {
		if document != "" {
			return nil, false, invalid(FieldHTML, "", "the message has an HTML body, and the lines of its text body are also HTML; use only one of them: see", nil).use(FieldLinesAreHTML)
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
