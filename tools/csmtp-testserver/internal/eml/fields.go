// SPDX-License-Identifier: MIT

package eml

import (
	"mime"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Get returns the value of the first field with this name, or "".
func (p *Part) Get(name string) string {
	for _, f := range p.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Values returns the values of all fields with this name.
func (p *Part) Values(name string) []string {
	var values []string
	for _, f := range p.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// Has reports whether a field with this name exists.
func (p *Part) Has(name string) bool { return len(p.Values(name)) > 0 }

// mediaType sets Type and Params from Content-Type. If that field is missing or malformed, it
// sets Type to 'usual'.
func (p *Part) mediaType(usual string) {
	p.Type, p.Params = usual, map[string]string{}
	if !p.Has("Content-Type") {
		return
	}
	value, params := Params(p.Get("Content-Type"))
	p.Params = params
	if major, minor, found := strings.Cut(value, "/"); found && token(major) && token(minor) {
		p.Type = value
	}
}

func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?=`, r)
	})
}

// Params splits the value of a field with parameters, such as Content-Type. It joins and
// decodes the parameters of RFC 2231, and accepts values that mime.ParseMediaType refuses.
// The value that it returns and the names of the parameters are in lower case.
func Params(field string) (value string, params map[string]string) {
	pieces := splitUnquoted(WithoutComments(field), ';')
	value = strings.ToLower(strings.TrimSpace(pieces[0]))
	params = map[string]string{}
	type section struct {
		number  int
		encoded bool
		text    string
	}
	sections := map[string][]section{}
	for _, piece := range pieces[1:] {
		name, text, found := strings.Cut(piece, "=")
		name, text = strings.ToLower(strings.TrimSpace(name)), unquote(strings.TrimSpace(text))
		if !found || name == "" {
			continue
		}
		base, encoded := strings.CutSuffix(name, "*")
		number := 0
		if b, n, continued := strings.Cut(base, "*"); continued {
			if i, err := strconv.Atoi(n); err == nil && i >= 0 {
				base, number = b, i
			}
		} else if !encoded {
			if _, known := params[name]; !known {
				params[name] = text
			}
			continue
		}
		sections[base] = append(sections[base], section{number, encoded, text})
	}
	for name, list := range sections {
		slices.SortStableFunc(list, func(a, b section) int { return a.number - b.number })
		charset, all := "", strings.Builder{}
		for i, s := range list {
			text := s.text
			if s.encoded {
				if i == 0 {
					if parts := strings.SplitN(text, "'", 3); len(parts) == 3 {
						charset, text = parts[0], parts[2]
					}
				}
				if plain, err := url.PathUnescape(text); err == nil {
					text = plain
				}
			}
			all.WriteString(text)
		}
		params[name] = toUTF8([]byte(all.String()), charset)
	}
	return value, params
}

// splitUnquoted splits s at each separator that is not in quotes.
func splitUnquoted(s string, separator byte) []string {
	var pieces []string
	quoted, start := false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			pieces = append(pieces, s[start:i])
			start = i + 1
		}
	}
	return append(pieces, s[start:])
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' && i+1 < len(s)-1 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// WithoutComments removes the comments in parentheses (RFC 5322, section 3.2.2).
func WithoutComments(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || depth > 0) && i+1 < len(s):
			if depth == 0 {
				b.WriteString(s[i : i+2])
			}
			i++
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			depth++
			continue
		case c == ')' && depth > 0:
			depth--
			continue
		}
		if depth == 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// WordDecoder returns a decoder for encoded-words that supports the same charsets as
// Charset.
func WordDecoder() *mime.WordDecoder { return &mime.WordDecoder{CharsetReader: charsetReader} }

// DecodeWords returns the value of a field with its encoded-words decoded (RFC 2047). The
// result is valid UTF-8.
func DecodeWords(value string) string {
	text, err := WordDecoder().DecodeHeader(value)
	if err != nil {
		text = value
	}
	return toUTF8([]byte(text), "")
}

// Disposition returns the value of Content-Disposition, such as "attachment" or "inline".
// It returns "" if the part has none.
func (p *Part) Disposition() string {
	value, _ := Params(p.Get("Content-Disposition"))
	return value
}

// Filename returns the file name of the part without folders. It returns "" if there is
// none.
func (p *Part) Filename() string {
	name := p.RawFilename()
	if strings.Contains(name, "=?") {
		name = DecodeWords(name)
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, toUTF8([]byte(name), ""))
	if name = path.Base(strings.ReplaceAll(name, `\`, "/")); name == "." || name == "/" || name == ".." {
		return ""
	}
	return name
}

// RawFilename returns the parameter 'filename' of Content-Disposition or, if there is none,
// the parameter 'name' of Content-Type.
func (p *Part) RawFilename() string {
	_, params := Params(p.Get("Content-Disposition"))
	if name := params["filename"]; name != "" {
		return name
	}
	return p.Params["name"]
}

// ContentID returns the Content-ID without its brackets, or "".
func (p *Part) ContentID() string {
	return strings.Trim(strings.TrimSpace(WithoutComments(p.Get("Content-ID"))), "<>")
}

// IsAttachment reports whether the part is an attached file, and not the text of the
// message.
func (p *Part) IsAttachment() bool {
	if len(p.Children) > 0 && p.Type != "message/rfc822" && p.Type != "message/global" {
		return false
	}
	return p.Disposition() == "attachment" || p.Filename() != "" || !strings.HasPrefix(p.Type, "text/") && !strings.HasPrefix(p.Type, "multipart/")
}
