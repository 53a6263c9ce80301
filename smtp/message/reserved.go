// SPDX-License-Identifier: MIT

package message

import "strings"

// reserved fields are written from their own settings, or belong to the
// systems that carry the mail; AddHeader refuses them and says where to go.
var reserved = map[string]string{
	"from":                        "use SetSenderMail",
	"sender":                      "use SetSender",
	"reply-to":                    "use SetReplyTo",
	"to":                          "use AddRecipient",
	"cc":                          "use AddCCRecipient",
	"bcc":                         "use AddBCCRecipient",
	"subject":                     "use SetSubject",
	"date":                        "it is written for you",
	"message-id":                  "use SetMessageID",
	"in-reply-to":                 "use SetInReplyTo",
	"references":                  "use SetReferences",
	"mime-version":                "it is written for you",
	"x-mailer":                    "use SetXMailer",
	"x-priority":                  "use SetXPriority",
	"importance":                  "use SetXPriority",
	"disposition-notification-to": "use SetReadReceipt",
	"auto-submitted":              "use SetAutoSubmitted",
	"list-unsubscribe":            "use SetListUnsubscribe",
	"list-unsubscribe-post":       "use SetListUnsubscribe",
	"dkim-signature":              "use AddDKIMKey",
	"received":                    "servers write it",
	"return-path":                 "servers write it; the sender of the envelope is SetSenderMail",
	"resent-bcc":                  "it would be seen; use AddBCCRecipient",
	"content-type":                "it is written for you; see SetCharSet, SetHTMLBody and AddAttachment",
	"content-transfer-encoding":   "it is written for you",
	"content-disposition":         "it is written for you; see AddAttachment",
	"content-id":                  "it is written for you; see AddAttachment",
	"apparently-to":               "it would be seen; use AddBCCRecipient",
	"arc-seal":                    "servers write it",
	"arc-message-signature":       "servers write it",
	"arc-authentication-results":  "servers write it",
	"authentication-results":      "servers write it",
	"delivered-to":                "servers write it",
}

// maxFieldName keeps a field's name on a line with the first word behind it.
const maxFieldName = 60

// checkFieldName is for AddHeader.
func checkFieldName(name string) error {
	const field = "AddHeader"
	if !allOf(name, func(c byte) bool { return c > ' ' && c < 0x7f && c != ':' }) || len(name) > maxFieldName {
		return invalid(field, name, "is not a field name: it has 1 to 60 printable ASCII characters, no space and no colon", nil)
	}
	key := strings.ToLower(name)
	if instead, ok := reserved[key]; ok {
		return invalid(field, name, "is a reserved field; "+instead, nil)
	}
	if strings.HasPrefix(key, "content-") {
		return invalid(field, name, "is a reserved field; Content fields are written for you", nil)
	}
	return nil
}
