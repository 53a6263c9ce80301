// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fileName returns the file name that the recipient sees for an attachment. The name is a
// single component, which no system interprets as a path.
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
	// File names are usually UTF-8, whatever the charset of the mail is. A name that is
	// not UTF-8, as on old systems, is assumed to be in the locale's charset, or in that
	// of the mail if the locale's charset is not used.
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
		name = "attachment" // for example, for a file with the name "..." or `a\`
	}
	return name, checkName(FieldAttachments, name)
}

// checkName returns an error if a name contains control characters. It also checks the encoded
// words in the quoted form of the name, because some mail programs decode them.
func checkName(setter FieldName, name string) error {
	if err := noControls(setter, name); err != nil {
		return err
	}
	return noHidden(setter, name, quote(name))
}

// baseName returns the last component of a file name, or "" if there is none. Slash and
// backslash separate components on every system, because the recipient's system can use
// either. If the name is an encoded path that some mail programs would decode, baseName
// decodes it first.
func baseName(name string) string {
	for range 8 {
		name = lastComponent(name)
		path, found := disguisedPath(name)
		if !found {
			return name
		}
		name = path
	}
	return "" // no genuine file name is encoded this many times
}

// lastComponent removes folders, the drive (as in C:a.txt), and the dots and spaces at the
// end, which Windows would remove.
func lastComponent(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	for len(name) > 1 && name[1] == ':' && ('a' <= name[0]|0x20 && name[0]|0x20 <= 'z') {
		name = name[2:]
	}
	return strings.TrimRightFunc(name, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
}

// disguisedPath returns the path that results from decoding the encoded words or the
// percent-encoding in a name. The result 'found' is false if the decoded text is not a path.
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
