// SPDX-License-Identifier: MIT

package message

// FieldName is what of a Message an Error is about, by its name in Go. A
// program with names of its own puts them in place of these: see Error.
type FieldName string

const (
	FieldAttachmentID    FieldName = "Attachment.ContentID"
	FieldAttachmentName  FieldName = "Attachment.Name"
	FieldAttachmentType  FieldName = "Attachment.ContentType"
	FieldAttachments     FieldName = "Attachments"
	FieldAutoSubmitted   FieldName = "AutoSubmitted"
	FieldBcc             FieldName = "Bcc"
	FieldCalendar        FieldName = "Calendar"
	FieldCc              FieldName = "Cc"
	FieldCharset         FieldName = "Charset"
	FieldDKIM            FieldName = "DKIM"
	FieldFrom            FieldName = "From"
	FieldFromName        FieldName = "From.Name"
	FieldHTML            FieldName = "HTML"
	FieldHeaders         FieldName = "Headers"
	FieldInReplyTo       FieldName = "InReplyTo"
	FieldLines           FieldName = "Lines"
	FieldLinesAreHTML    FieldName = "LinesAreHTML"
	FieldListUnsubscribe FieldName = "ListUnsubscribe"
	FieldMessageID       FieldName = "MessageID"
	FieldAddressName     FieldName = "Address.Name"
	FieldPriority        FieldName = "Priority"
	FieldRaw             FieldName = "Raw"
	FieldReadReceipt     FieldName = "ReadReceipt"
	FieldReferences      FieldName = "References"
	FieldReplyTo         FieldName = "ReplyTo"
	FieldSMIME           FieldName = "SMIME"
	FieldSender          FieldName = "Sender"
	FieldSubject         FieldName = "Subject"
	FieldTo              FieldName = "To"
	FieldXMailer         FieldName = "XMailer"
)

// headerField names a field of a finished header, which no Message names.
func headerField(name string) FieldName { return FieldName("header field " + name) }
