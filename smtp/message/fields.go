// SPDX-License-Identifier: MIT

package message

// FieldName is the name of the field of Message to which an Error refers. A caller can
// replace it with the name in its own API: see Error.
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
	FieldDate            FieldName = "Date"
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

// headerField returns the FieldName for the name of a header field.
func headerField(name string) FieldName { return FieldName("header field " + name) }
