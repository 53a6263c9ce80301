// SPDX-License-Identifier: MIT

package eml

import (
	"bytes"
	"fmt"
	"strings"
)

type parser struct{ parts int }

// part parses a message or a part. The parameter 'usual' is the media type of a part without
// Content-Type.
func (x *parser) part(raw []byte, path, usual string, depth int) *Part {
	x.parts++
	p := &Part{Path: path}
	p.header(raw)
	p.mediaType(usual)
	p.Encoding = strings.ToLower(strings.TrimSpace(WithoutComments(p.Get("Content-Transfer-Encoding"))))
	if p.Encoding == "" {
		p.Encoding = "7bit"
	}
	boundary := p.Params["boundary"]
	switch {
	case strings.HasPrefix(p.Type, "multipart/") && boundary != "":
		if depth >= maxDepth || x.parts >= maxParts {
			p.Cut = true
			break
		}
		x.multipart(p, boundary, depth)
	case p.Type == "message/rfc822" || p.Type == "message/global":
		if depth >= maxDepth || x.parts >= maxParts {
			p.Cut = true
			break
		}
		content, _ := p.Decoded()
		p.Children = []*Part{x.part(content, child(path, 1), "text/plain", depth+1)}
	}
	return p
}

func child(path string, n int) string {
	if path == "" {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s.%d", path, n)
}

// multipart parses the parts between the delimiters (RFC 2046, section 5.1).
func (x *parser) multipart(p *Part, boundary string, depth int) {
	usual := "text/plain"
	if p.Type == "multipart/digest" {
		usual = "message/rfc822"
	}
	pieces, closed := split(p.Content, boundary)
	p.Closed = closed
	for i, piece := range pieces {
		if x.parts >= maxParts {
			p.Cut = true
			break
		}
		p.Children = append(p.Children, x.part(piece, child(p.Path, i+1), usual, depth+1))
	}
}

// split returns the texts between the delimiter lines. It also reports whether the closing
// delimiter was found.
func split(content []byte, boundary string) (pieces [][]byte, closed bool) {
	delimiter := []byte("--" + boundary)
	start := -1 // the offset of the current part; -1 before the first delimiter
	for at := 0; at < len(content); {
		line := content[at:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		next := at + len(line)
		if rest, is := bytes.CutPrefix(line, delimiter); is {
			rest = bytes.TrimRight(rest, " \t\r\n")
			if len(rest) == 0 || string(rest) == "--" {
				if start >= 0 {
					// The line end before a delimiter belongs to the delimiter.
					pieces = append(pieces, trimLineEnd(content[start:max(start, at)]))
				}
				if len(rest) > 0 {
					return pieces, true
				}
				start = next
			}
		}
		at = next
	}
	if start >= 0 {
		pieces = append(pieces, content[start:])
	}
	return pieces, false
}

func trimLineEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// header parses the fields of p and sets its content. Lines can end in CRLF or LF.
func (p *Part) header(raw []byte) {
	var lines []string // of the current field
	end := func() {
		if len(lines) == 0 {
			return
		}
		f := &p.Fields[len(p.Fields)-1]
		f.Raw = strings.Join(lines, "\r\n")
		unfolded := strings.Join(lines, "")
		if name, value, found := strings.Cut(unfolded, ":"); found && strings.Contains(lines[0], ":") {
			f.Name, f.Value = strings.TrimRight(name, " \t"), strings.TrimSpace(value)
		}
		lines = nil
	}
	defer end()
	for line := 1; len(raw) > 0; line++ {
		text := raw
		if end := bytes.IndexByte(raw, '\n'); end >= 0 {
			text = raw[:end+1]
		}
		if len(p.Fields) == maxFields && text[0] != ' ' && text[0] != '\t' && len(trimLineEnd(text)) > 0 {
			p.Content = raw
			return
		}
		raw = raw[len(text):]
		switch text = trimLineEnd(text); {
		case len(text) == 0:
			p.HasEnd, p.Content = true, raw
			return
		case (text[0] == ' ' || text[0] == '\t') && len(lines) > 0:
			lines = append(lines, string(text))
		default:
			end()
			p.Fields = append(p.Fields, Field{Line: line})
			lines = append(lines, string(text))
		}
	}
}
