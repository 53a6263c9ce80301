// SPDX-License-Identifier: MIT

package message

import (
	"strings"

	"csmtp/smtp/internal/address"
	"csmtp/smtp/internal/text"
)

// maxID is the maximum length of an identifier, and of other words in header fields, such as a
// URI. It leaves room on the line for a field name and brackets.
const maxID = 900

// isIDOctet reports whether c is allowed in a message identifier (RFC 5322, section
// 3.6.4), including its obsolete forms, which are still in use.
func isIDOctet(c byte) bool {
	return text.IsAtext(c) && c < 0x80 || strings.IndexByte(`.@:;,\"[]()`, c) >= 0
}

// contentID removes brackets and "cid:" from a content identifier (RFC 2392), and checks the
// rest.
func contentID(s string) (string, error) {
	id := strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">"), "cid:")
	if id != "" && (!allOf(id, isIDOctet) || len(id) > maxID) {
		return "", invalid(FieldAttachmentID, s, "is not an identifier such as logo@example.org", nil)
	}
	return id, nil
}

// CheckMessageID returns an *Error if s is not a valid value of the field Message-ID (RFC
// 5322, section 3.6.4). s can be with or without angle brackets.
func CheckMessageID(s string) error {
	_, err := ownMessageID(s)
	return err
}

// ownMessageID checks a Message-ID that the program has set, and returns it with
// brackets, or "" if it is blank. It refuses obsolete forms, because parsers and spam
// filters refuse them.
func ownMessageID(s string) (string, error) {
	const field = FieldMessageID
	if err := noControls(field, s); err != nil {
		return "", err
	}
	id := strings.Trim(s, " ")
	if id == "" {
		return "", nil
	}
	if strings.HasPrefix(id, "<") && strings.HasSuffix(id, ">") {
		id = id[1 : len(id)-1]
	}
	switch {
	case !strings.Contains(id, "@"):
		return "", invalid(field, s, "has no @; use a message identifier such as <id@example.org>", nil)
	case !isMessageID(id):
		return "", invalid(field, s, "is not one message identifier such as <id@example.org>", nil)
	}
	return "<" + id + ">", nil
}

// isMessageID reports whether id, which has no brackets, is a message identifier in a
// form that is not obsolete.
func isMessageID(id string) bool {
	left, right, _ := strings.Cut(id, "@")
	if strings.HasPrefix(right, "[") && strings.HasSuffix(right, "]") {
		literal := right[1 : len(right)-1]
		return isDotAtom(left) && len(id) <= maxID && allOf(literal, func(c byte) bool {
			return c > ' ' && c < 0x7f && strings.IndexByte(`[]\<>`, c) < 0
		})
	}
	return isDotAtom(left) && isDotAtom(right) && len(id) <= maxID
}

// isDotAtom reports whether s is dot-atom-text in ASCII.
func isDotAtom(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if !allOf(atom, func(c byte) bool { return text.IsAtext(c) && c < 0x80 }) {
			return false
		}
	}
	return true
}

// messageIDs returns the message identifiers in s, the value of In-Reply-To or References,
// with brackets. s can be the value of a field in a received mail, in any form that readers
// must accept (RFC 5322, section 4.5.4): it can be folded, and can contain phrases and
// comments, which messageIDs ignores. Without angle brackets, s can be a list of identifiers.
func messageIDs(field FieldName, s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	s = unfoldBlanks(s)
	if err := noControls(field, s); err != nil {
		return nil, err
	}
	ids := bracketed(s)
	if len(ids) > 0 || strings.Contains(s, "<") {
		return ids, nil
	}
	for id := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		if !isMessageID(id) {
			return nil, nil
		}
		ids = append(ids, "<"+id+">")
	}
	return ids, nil
}

var foldsAndTabs = strings.NewReplacer("\r\n ", " ", "\r\n\t", " ", "\n ", " ", "\n\t", " ", "\t", " ")

// unfoldBlanks replaces each fold and each TAB with a space.
func unfoldBlanks(s string) string { return foldsAndTabs.Replace(s) }

// bracketed returns the message identifiers of s that are in angle brackets, except those in
// a comment or a quoted-string.
func bracketed(s string) (ids []string) {
	// open[0] is set when a comment without an end was found, and open[1] when a
	// quoted-string without an end was found. Later ones have no end either.
	var open [2]bool
	for i := 0; i < len(s); {
		switch s[i] {
		case '(':
			i = skip(s, i, commentEnd, &open[0])
		case '"':
			end := skip(s, i, quotedEnd, &open[1])
			if inner := strings.Trim(s[i+1:max(i+1, end-1)], " "); strings.HasPrefix(inner, "<") && strings.HasSuffix(inner, ">") {
				end = i + 1 // the quotes enclose a list of identifiers: read it
			}
			i = end
		case '<':
			n := strings.IndexAny(s[i+1:], "<>")
			if n < 0 {
				return ids
			}
			if s[i+1+n] == '>' {
				if id := cleanID(s[i+1 : i+1+n]); id != "" {
					ids = append(ids, "<"+id+">")
				}
				n++
			}
			i += 1 + n
		default:
			i++
		}
	}
	return ids
}

// skip returns the index after the comment or quoted-string that begins at s[i]. The function
// 'end' is commentEnd or quotedEnd. If the comment or quoted-string is not closed, skip returns
// i+1 and sets *open. If *open is set already, skip returns i+1 without a search.
func skip(s string, i int, end func(string) int, open *bool) int {
	if !*open {
		if n := end(s[i:]); n >= 0 {
			return i + n
		}
		*open = true
	}
	return i + 1
}

// commentEnd returns the length of the comment at the beginning of s, or -1 if it has no
// end.
func commentEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// quotedEnd returns the length of the quoted-string at the beginning of s, or -1 if it
// has no end.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// cleanID returns the identifier in s, or "" if s contains none. s is the text between angle
// brackets. cleanID removes spaces and comments, which are not part of the identifier (RFC
// 5322, section 4.5.4).
func cleanID(s string) string {
	var b strings.Builder
	at := -1
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			continue
		case c == '(':
			n := commentEnd(s[i:])
			if n < 0 {
				return ""
			}
			i += n - 1
			continue
		case c == '"':
			n := quotedEnd(s[i:])
			if n < 0 || !allOf(s[i:i+n], func(c byte) bool { return c > ' ' && c < 0x7f }) {
				return ""
			}
			b.WriteString(s[i : i+n])
			i += n - 1
			continue
		case c == '@':
			at = b.Len()
		case !isIDOctet(c) || c == ')':
			return ""
		}
		b.WriteByte(s[i])
	}
	id := b.String()
	if at <= 0 || at == len(id)-1 || len(id) > maxID || hiddenControl(id, false) >= 0 {
		return ""
	}
	return id
}

// fewIDs shortens a list of identifiers for References, which grows with each reply. It keeps
// the first identifier, which identifies the thread, and the newest ones.
func fewIDs(ids []string) []string {
	const most = 20
	if len(ids) <= most {
		return ids
	}
	return append(ids[:1:1], ids[len(ids)-most+1:]...)
}

// newMessageID returns a message identifier of 128 random bits in the sender's domain. The
// identifier does not contain the name of this computer: the name would reveal information
// about the network, and could make spam filters consider the identifier forged.
func newMessageID(sender string) string {
	domain := domainOf(sender)
	if domain == "" || domain[0] == '[' || !text.IsASCII(domain) {
		if a, err := address.ToASCII(domain); err == nil {
			domain = a
		} else {
			domain = "localhost.invalid"
		}
	}
	var room [128]byte
	id := appendRandom(append(room[:0], '<'))
	id = append(append(id, '@'), domain...)
	return string(append(id, '>'))
}
