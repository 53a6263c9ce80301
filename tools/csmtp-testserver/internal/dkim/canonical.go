// SPDX-License-Identifier: MIT

package dkim

import (
	"bytes"
	"regexp"
	"strings"
)

var spaces = regexp.MustCompile(`[ \t]+`)

// bodyOf returns the canonical form of a body (RFC 6376, sections 3.4.3 and 3.4.4).
func bodyOf(body []byte, relaxed bool) []byte {
	if relaxed {
		lines := bytes.Split(body, []byte("\r\n"))
		for i, l := range lines {
			lines[i] = bytes.TrimRight(spaces.ReplaceAll(l, []byte(" ")), " ")
		}
		body = bytes.Join(lines, []byte("\r\n"))
	}
	for bytes.HasSuffix(body, []byte("\r\n")) {
		body = body[:len(body)-2]
	}
	if len(body) == 0 && relaxed {
		return nil
	}
	return append(bytes.Clone(body), '\r', '\n')
}

// headerOf returns the canonical form of the signed fields, followed by that of the field
// with the signature (section 3.7).
func headerOf(fields []string, at int, signed []string, relaxed bool) string {
	var b strings.Builder
	unused := map[string][]int{} // for each name, the indexes of the fields that were not hashed yet
	for i, f := range fields {
		if i != at {
			unused[name(f)] = append(unused[name(f)], i)
		}
	}
	for _, h := range signed {
		// If several fields have the same name, the last one is hashed first (section
		// 5.4.2). A name that no field has is ignored.
		if left := unused[h]; len(left) > 0 {
			b.WriteString(fieldOf(fields[left[len(left)-1]], relaxed))
			unused[h] = left[:len(left)-1]
		}
	}
	b.WriteString(strings.TrimSuffix(fieldOf(withoutSignature(fields[at]), relaxed), "\r\n"))
	return b.String()
}

// fieldOf returns the canonical form of a field (sections 3.4.1 and 3.4.2).
func fieldOf(field string, relaxed bool) string {
	if !relaxed {
		return field
	}
	n, value, _ := strings.Cut(field, ":")
	value = spaces.ReplaceAllString(strings.ReplaceAll(value, "\r\n", ""), " ")
	return strings.ToLower(strings.TrimRight(n, " \t")) + ":" + strings.Trim(value, " ") + "\r\n"
}

// withoutSignature returns the field with the value of its tag b removed.
func withoutSignature(field string) string {
	start := 0
	if colon := strings.IndexByte(field, ':'); colon >= 0 {
		start = colon + 1
	}
	var out strings.Builder
	out.WriteString(field[:start])
	for i, piece := range strings.Split(field[start:], ";") {
		if i > 0 {
			out.WriteByte(';')
		}
		if key, value, found := strings.Cut(piece, "="); found && strings.TrimSpace(key) == "b" {
			piece = key + "="
			// A line end after the last tag does not belong to the value of the tag b.
			if strings.HasSuffix(value, "\r\n") {
				piece += "\r\n"
			}
		}
		out.WriteString(piece)
	}
	return out.String()
}
