// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"strings"
	"sync"

	"csmtp/smtp"
	"csmtp/smtp/message"
)

// fieldWords returns a map from each field of a message to its name in the errors that C and C++
// get. Usually, this is the name of the function that sets the field.
var fieldWords = sync.OnceValue(func() map[message.FieldName]message.FieldName {
	return map[message.FieldName]message.FieldName{
		message.FieldAddressName:     "the second argument",
		message.FieldAttachmentID:    "AddInlineImage's content_id",
		message.FieldAttachmentName:  "attachment name",
		message.FieldAttachmentType:  "attachment content_type",
		message.FieldAttachments:     "AddAttachment",
		message.FieldAutoSubmitted:   "SetAutoSubmitted",
		message.FieldBcc:             "AddBCCRecipient",
		message.FieldCalendar:        "SetCalendar",
		message.FieldCc:              "AddCCRecipient",
		message.FieldCharset:         "SetCharSet",
		message.FieldDKIM:            "AddDKIMKey",
		message.FieldDate:            "SetDate",
		message.FieldFrom:            "SetSenderMail",
		message.FieldFromName:        "SetSenderName",
		message.FieldHTML:            "SetHTMLBody",
		message.FieldHeaders:         "AddHeader",
		message.FieldInReplyTo:       "SetInReplyTo",
		message.FieldLines:           "AddMsgLine",
		message.FieldLinesAreHTML:    "SetHTML (m_bHTML)",
		message.FieldListUnsubscribe: "SetListUnsubscribe",
		message.FieldMessageID:       "SetMessageID",
		message.FieldPriority:        "SetXPriority",
		message.FieldRaw:             "SendRaw",
		message.FieldReadReceipt:     "SetReadReceipt",
		message.FieldReferences:      "SetReferences",
		message.FieldReplyTo:         "SetReplyTo",
		message.FieldSMIME:           "SetSMIMEKey",
		message.FieldSender:          "SetSender",
		message.FieldSubject:         "SetSubject",
		message.FieldTo:              "AddRecipient",
		message.FieldXMailer:         "SetXMailer",
	}
})

// hintWords returns a map from hints of package smtp to hints that name functions of C and C++.
// Hints that name no setting need no replacement, and have no entry.
var hintWords = sync.OnceValue(func() map[smtp.Hint]smtp.Hint {
	return map[smtp.Hint]smtp.Hint{
		smtp.HintUseImplicitTLS:     "on port 465, servers usually expect TLS from the start: use USE_SSL (implicit TLS)",
		smtp.HintPlainFirst:         "on this port, the server starts without TLS: use USE_TLS (STARTTLS), usually on port 587",
		smtp.HintTLSFirst:           "on this port, the server expects TLS from the start: use USE_SSL (implicit TLS), usually on port 465",
		smtp.HintOlderTLS:           "the server's software is too old: ask its operator to update it; SetTLSMinVersion allows an older TLS version, at your own risk",
		smtp.HintOlderSuites:        "if the server's software is old, it may offer only the RSA key exchange: SetTLSMinVersion with CSMTP_TLS_1_1 or older allows this key exchange, at your own risk",
		smtp.HintBrokenCertificate:  "the server needs a new certificate; SetVerifyPeer(false) accepts this one, without protection against an active attacker",
		smtp.HintOtherName:          "check that this is the right server; if its certificate has another name, call SetTLSServerName",
		smtp.HintExpectName:         "connect to a name in the certificate, or set the expected name with SetTLSServerName",
		smtp.HintSystemRoots:        "install the system's CA certificates (the package ca-certificates), or set a file with SetCAFile",
		smtp.HintAddressAsName:      "connect to a host name in the certificate, or set the expected name with SetTLSServerName",
		smtp.HintTrustCertificate:   "to trust the certificate, add it with SetCAFile or pin its key",
		smtp.HintTrustAuthority:     "if you trust this authority, add it with SetCAFile",
		smtp.HintMaybeTLSFirst:      "if the server expects TLS from the start on this port, use USE_SSL (usually on port 465); otherwise try again later, or ask the server's operator",
		smtp.HintMasked:             "a firewall or virus scanner on the network path hides STARTTLS: turn off its inspection of SMTP, or use USE_SSL (usually port 465); do not log in without TLS there",
		smtp.HintLocalName:          "the server refuses the name in EHLO: set the full name of this computer, such as host.example.com, with SetLocalHostName",
		smtp.HintSetToken:           "the server accepts only access tokens (OAuth 2.0): call SetAccessToken or SetOAuth2ClientCredentials instead of SetPassword",
		smtp.HintSetPassword:        "the server accepts no access tokens: call SetPassword instead",
		smtp.HintOtherMechanism:     "with SetAuthMechanism, set one of the mechanisms that the server offers, or \"\"",
		smtp.HintUsePlain:           "perhaps the server does not support this mechanism for the account: if login and password are right, select PLAIN with SetAuthMechanism",
		smtp.HintUseLogin:           "perhaps the server does not support this mechanism for the account: if login and password are right, select LOGIN with SetAuthMechanism",
		smtp.HintAuthorizationID:    "perhaps the server finds no account for the client certificate: set the account with SetAuthorizationID",
		smtp.HintOtherAuthzID:       "perhaps the server does not allow the client certificate to log in as this account: check SetAuthorizationID",
		smtp.HintMissingCertificate: "add the issuer's certificate with SetCAFile; if it is an intermediate certificate of a public authority, the server must send it",
	}
})

// textOf returns the text of err with the names that C and C++ use. Control characters in
// it are escaped.
func textOf(err error) string {
	return reword(smtp.Visible(err.Error()), err)
}

// reword replaces the names in text, which contains the text of err, with those that C and
// C++ use. It also does this for each cause of err separately: if a secret was hidden, the
// text of err does not contain the texts of its causes unchanged.
func reword(text string, err error) string {
	switch e := err.(type) {
	case *smtp.Error:
		if word, ok := hintWords()[e.Hint]; ok {
			text = strings.Replace(text, "("+string(e.Hint)+")", "("+string(word)+")", 1)
		}
	case *message.Error:
		own := *e
		own.Field = wordOf(e.Field)
		own.Use = make([]message.FieldName, len(e.Use))
		for i, name := range e.Use {
			own.Use[i] = wordOf(name)
		}
		text = strings.Replace(text, smtp.Visible(e.Error()), smtp.Visible(own.Error()), 1)
	}
	for _, cause := range causesOf(err) {
		text = reword(text, cause)
	}
	return text
}

func wordOf(name message.FieldName) message.FieldName {
	if word, ok := fieldWords()[name]; ok {
		return word
	}
	return name
}

// causesOf returns the errors that err wraps directly.
func causesOf(err error) []error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return several.Unwrap()
	}
	if cause := errors.Unwrap(err); cause != nil {
		return []error{cause}
	}
	return nil
}
