// SPDX-License-Identifier: MIT

package message

import (
	"strings"

	"csmtp/smtp/internal/text"
)

// maxID leaves room for a field's name and brackets on a line.
const maxID = 900

// isIDOctet is what a message identifier may hold (RFC 5322, section 3.6.4,
// with its obsolete forms, which are met in the wild).
func isIDOctet(c byte) bool {
	return isAtext(c) && c < 0x80 || strings.IndexByte(`.@:;,\"[]()`, c) >= 0
}

// contentID takes the brackets and the cid: off an identifier (RFC 2392).
func contentID(s string) (string, error) {
	id := strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">"), "cid:")
	if id != "" && (!allOf(id, isIDOctet) || len(id) > maxID) {
		return "", invalid(FieldAttachmentID, s, "is not an identifier such as logo@example.org", nil)
	}
	return id, nil
}

// messageIDs reads one or more message identifiers, with or without brackets,
// and gives them with.
func messageIDs(field FieldName, s string) (string, error) {
	if err := noControls(field, s); err != nil {
		return "", err
	}
	var b strings.Builder
	for t := range strings.FieldsSeq(s) {
		id := strings.TrimSuffix(strings.TrimPrefix(t, "<"), ">")
		if !allOf(id, isIDOctet) || len(id) > maxID {
			return "", invalid(field, t, "is not a message identifier such as <id@example.org>", nil)
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("<" + id + ">")
	}
	return b.String(), nil
}

// newMessageID is unique by 128 random bits, and in the sender's domain: a
// host name there gives away the network and looks forged to filters.
func newMessageID(sender string) string {
	domain := domainOf(sender)
	if domain == "" || domain[0] == '[' || !text.IsASCII(domain) {
		if a, err := asciiDomain(domain); err == nil {
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
