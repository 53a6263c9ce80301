// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fileName returns the name that the reader of the mail sees: one component that
// no system reads as a path.
func (c *charset) fileName(a *Attachment) (string, error) {
	const setter = FieldAttachmentName
	given, _, err := c.oneLine(setter, a.Name)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(given) != "" {
		name := baseName(given)
		if name == "" {
			return "", invalid(setter, a.Name, "is the name of a folder, not of a file", nil)
		}
		return name, checkName(setter, name)
	}
	if a.Path == "" {
		return "", nil
	}
	// File names are UTF-8 today, whatever the charset of the mail. On older
	// systems both have the same charset.
	name := a.Path[strings.LastIndexByte(a.Path, '/')+1:]
	if !utf8.ValidString(name) {
		cs := c
		if c.guess != nil && c.guess.locale != nil {
			cs = c.guess.locale
		}
		u, _, err := cs.decode(FieldAttachments, name)
		if err != nil {
			u = strings.ToValidUTF8(name, "_")
		}
		name = u
	}
	if err := noControls(FieldAttachments, name); err != nil {
		return "", err
	}
	if name = baseName(name); name == "" {
		name = "attachment" // the name of the file is "..." or `a\`
	}
	return name, checkName(FieldAttachments, name)
}

// checkName checks a name in quotes, as it appears in the header: a decoded name
// may again contain encoded words.
func checkName(setter FieldName, name string) error {
	if err := noControls(setter, name); err != nil {
		return err
	}
	return noHidden(setter, name, quote(name))
}

// baseName returns the last component of a file name, "" if there is none. Slash
// and backslash separate components on every system, because the name is for the
// reader's system. It decodes a name that a careless reader would decode to a
// path.
func baseName(name string) string {
	for range 8 {
		name = lastComponent(name)
		path, found := disguisedPath(name)
		if !found {
			return name
		}
		name = path
	}
	return "" // encoded too often to be a name
}

// lastComponent removes folders, the drive in C:a.txt, and the dots and blanks at
// the end, which Windows removes too.
func lastComponent(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	for len(name) > 1 && name[1] == ':' && ('a' <= name[0]|0x20 && name[0]|0x20 <= 'z') {
		name = name[2:]
	}
	return strings.TrimRightFunc(name, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
}

// disguisedPath returns the path that results when the encoded words or percent
// signs of a name are decoded.
func disguisedPath(name string) (path string, found bool) {
	if strings.Contains(name, "=?") {
		if text := looseText(name, false, false); lastComponent(text) != text {
			return text, true
		}
	}
	if strings.IndexByte(name, '%') >= 0 {
		if text := decodeHex(name, '%'); lastComponent(text) != text {
			return strings.ToValidUTF8(text, "_"), true
		}
	}
	return "", false
}
