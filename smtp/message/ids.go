// SPDX-License-Identifier: MIT

package message

import (
	"strings"

	"csmtp/smtp/internal/address"
	"csmtp/smtp/internal/text"
)

// maxID is the length of the longest identifier. It leaves room on the line for a field
// name and brackets.
const maxID = 900

// isIDOctet reports whether c is allowed in a message identifier (RFC 5322, section
// 3.6.4). It also accepts the obsolete forms, because they are in use.
func isIDOctet(c byte) bool {
	return text.IsAtext(c) && c < 0x80 || strings.IndexByte(`.@:;,\"[]()`, c) >= 0
}

// contentID removes the brackets and "cid:" from an identifier (RFC 2392), and checks
// it.
func contentID(s string) (string, error) {
	id := strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">"), "cid:")
	if id != "" && (!allOf(id, isIDOctet) || len(id) > maxID) {
		return "", invalid(FieldAttachmentID, s, "is not an identifier such as logo@example.org", nil)
	}
	return id, nil
}

// messageIDs checks one or more message identifiers, with or without brackets, and
// returns them with brackets.
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

// newMessageID returns a message identifier of 128 random bits in the sender's domain.
// The name of this computer would reveal the network, and filters might take it for a
// forgery.
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
