// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"sync"
)

// reserved returns a map from each field that Headers must not contain to what the error message
// says about it.
var reserved = sync.OnceValue(func() map[string]replacement {
	return map[string]replacement{
		"from":                        {"use", []FieldName{FieldFrom}},
		"sender":                      {"use", []FieldName{FieldSender}},
		"reply-to":                    {"use", []FieldName{FieldReplyTo}},
		"to":                          {"use", []FieldName{FieldTo}},
		"cc":                          {"use", []FieldName{FieldCc}},
		"bcc":                         {"use", []FieldName{FieldBcc}},
		"subject":                     {"use", []FieldName{FieldSubject}},
		"date":                        {"use", []FieldName{FieldDate}},
		"message-id":                  {"use", []FieldName{FieldMessageID}},
		"in-reply-to":                 {"use", []FieldName{FieldInReplyTo}},
		"references":                  {"use", []FieldName{FieldReferences}},
		"mime-version":                {"it is set automatically", nil},
		"x-mailer":                    {"use", []FieldName{FieldXMailer}},
		"x-priority":                  {"use", []FieldName{FieldPriority}},
		"importance":                  {"use", []FieldName{FieldPriority}},
		"disposition-notification-to": {"use", []FieldName{FieldReadReceipt}},
		"auto-submitted":              {"use", []FieldName{FieldAutoSubmitted}},
		"list-unsubscribe":            {"use", []FieldName{FieldListUnsubscribe}},
		"list-unsubscribe-post":       {"use", []FieldName{FieldListUnsubscribe}},
		"dkim-signature":              {"use", []FieldName{FieldDKIM}},
		"received":                    {"only servers set it", nil},
		"return-path":                 {"servers set it; set the sender with", []FieldName{FieldFrom}},
		"resent-bcc":                  {"every recipient could read it; use", []FieldName{FieldBcc}},
		"content-type":                {"it is set automatically; see", []FieldName{FieldCharset, FieldHTML, FieldAttachments}},
		"content-transfer-encoding":   {"it is set automatically", nil},
		"content-disposition":         {"it is set automatically; see", []FieldName{FieldAttachments}},
		"content-id":                  {"it is set automatically; see", []FieldName{FieldAttachments}},
		"apparently-to":               {"every recipient could read it; use", []FieldName{FieldBcc}},
		"arc-seal":                    {"only servers set it", nil},
		"arc-message-signature":       {"only servers set it", nil},
		"arc-authentication-results":  {"only servers set it", nil},
		"authentication-results":      {"only servers set it", nil},
		"content-length":              {"only mail stores set it", nil},
		"delivered-to":                {"only servers set it", nil},
	}
})

// replacement is the end of the error message for a reserved field. It ends with the names of
// the settings in the list 'use'.
type replacement struct {
	instead string
	use     []FieldName
}

// maxFieldName is the maximum length of a field name. It leaves room for the first word of
// the value on the same line.
const maxFieldName = 60

// checkFieldName checks the name of a field in Message.Headers.
func checkFieldName(name string) error {
	const field = FieldHeaders
	if !allOf(name, func(c byte) bool { return c > ' ' && c < 0x7f && c != ':' }) || len(name) > maxFieldName {
		return invalid(field, name, "is not a field name; use 1 to 60 printable ASCII characters, no space and no colon", nil)
	}
	key := strings.ToLower(name)
	if r, ok := reserved()[key]; ok {
		return invalid(field, name, "is a reserved field; "+r.instead, nil).use(r.use...)
	}
	return nil
}
