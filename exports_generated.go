// SPDX-License-Identifier: MIT

// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.

package main

// #include "csmtp_c.h"
import "C"

import "csmtp/internal/mailer"

//export goAddAttachment
func goAddAttachment(h C.CSmtpHandle, path *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("AddAttachment", "path")
		}
		return m.AddAttachment(oneLine(path))
	})
}

//export goAddMsgLine
func goAddMsgLine(h C.CSmtpHandle, text *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if text == nil {
			return isNull("AddMsgLine", "text")
		}
		return m.AddMsgLine(C.GoString(text))
	})
}

//export goClearMessage
func goClearMessage(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.ClearMessage()
	})
}

//export goDelRecipients
func goDelRecipients(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DelRecipients()
	})
}

//export goDelCCRecipients
func goDelCCRecipients(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DelCCRecipients()
	})
}

//export goDelBCCRecipients
func goDelBCCRecipients(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DelBCCRecipients()
	})
}

//export goDelAttachments
func goDelAttachments(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DelAttachments()
	})
}

//export goDelMsgLines
func goDelMsgLines(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DelMsgLines()
	})
}

//export goDelMsgLine
func goDelMsgLine(h C.CSmtpHandle, line C.uint) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DelMsgLine(uint32(line))
	})
}

//export goGetRecipientCount
func goGetRecipientCount(h C.CSmtpHandle) C.uint {
	return count(h, func(m *mailer.Mailer) int {
		return m.GetRecipientCount()
	})
}

//export goGetCCRecipientCount
func goGetCCRecipientCount(h C.CSmtpHandle) C.uint {
	return count(h, func(m *mailer.Mailer) int {
		return m.GetCCRecipientCount()
	})
}

//export goGetBCCRecipientCount
func goGetBCCRecipientCount(h C.CSmtpHandle) C.uint {
	return count(h, func(m *mailer.Mailer) int {
		return m.GetBCCRecipientCount()
	})
}

//export goGetMsgLines
func goGetMsgLines(h C.CSmtpHandle) C.uint {
	return count(h, func(m *mailer.Mailer) int {
		return m.GetMsgLines()
	})
}

//export goSetSubject
func goSetSubject(h C.CSmtpHandle, subject *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if subject == nil {
			return isNull("SetSubject", "subject")
		}
		return m.SetSubject(oneLine(subject))
	})
}

//export goSetSenderName
func goSetSenderName(h C.CSmtpHandle, name *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if name == nil {
			return isNull("SetSenderName", "name")
		}
		return m.SetSenderName(oneLine(name))
	})
}

//export goSetSenderMail
func goSetSenderMail(h C.CSmtpHandle, email *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if email == nil {
			return isNull("SetSenderMail", "email")
		}
		return m.SetSenderMail(oneLine(email))
	})
}

//export goSetReplyTo
func goSetReplyTo(h C.CSmtpHandle, replyTo *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if replyTo == nil {
			return isNull("SetReplyTo", "reply_to")
		}
		return m.SetReplyTo(oneLine(replyTo))
	})
}

//export goSetXMailer
func goSetXMailer(h C.CSmtpHandle, xMailer *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if xMailer == nil {
			return isNull("SetXMailer", "x_mailer")
		}
		return m.SetXMailer(oneLine(xMailer))
	})
}

//export goSetCharSet
func goSetCharSet(h C.CSmtpHandle, charset *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if charset == nil {
			return isNull("SetCharSet", "charset")
		}
		return m.SetCharSet(oneLine(charset))
	})
}

//export goSetStrict
func goSetStrict(h C.CSmtpHandle, strict C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetStrict(strict != 0)
	})
}

//export goSetReadReceipt
func goSetReadReceipt(h C.CSmtpHandle, requestReceipt C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetReadReceipt(requestReceipt != 0)
	})
}

//export goSetXPriority
func goSetXPriority(h C.CSmtpHandle, priority C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetXPriority(int(priority))
	})
}

//export goSetHTML
func goSetHTML(h C.CSmtpHandle, html C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetHTML(html != 0)
	})
}

//export goGetHTML
func goGetHTML(h C.CSmtpHandle) C.int {
	return truth(h, func(m *mailer.Mailer) bool {
		return m.GetHTML()
	})
}

//export goGetSubject
func goGetSubject(h C.CSmtpHandle) *C.char {
	return text(h, "GetSubject", 0, func(m *mailer.Mailer) string {
		return m.GetSubject()
	})
}

//export goGetSenderName
func goGetSenderName(h C.CSmtpHandle) *C.char {
	return text(h, "GetSenderName", 0, func(m *mailer.Mailer) string {
		return m.GetSenderName()
	})
}

//export goGetMailFrom
func goGetMailFrom(h C.CSmtpHandle) *C.char {
	return text(h, "GetMailFrom", 0, func(m *mailer.Mailer) string {
		return m.GetMailFrom()
	})
}

//export goGetReplyTo
func goGetReplyTo(h C.CSmtpHandle) *C.char {
	return text(h, "GetReplyTo", 0, func(m *mailer.Mailer) string {
		return m.GetReplyTo()
	})
}

//export goGetXMailer
func goGetXMailer(h C.CSmtpHandle) *C.char {
	return text(h, "GetXMailer", 0, func(m *mailer.Mailer) string {
		return m.GetXMailer()
	})
}

//export goGetXPriority
func goGetXPriority(h C.CSmtpHandle) C.int {
	return num(h, func(m *mailer.Mailer) int {
		return m.GetXPriority()
	})
}

//export goSetSMTPServer
func goSetSMTPServer(h C.CSmtpHandle, server *C.char, port C.ushort, authenticate C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if server == nil {
			return isNull("SetSMTPServer", "server")
		}
		return m.SetSMTPServer(oneLine(server), uint16(port), authenticate != 0)
	})
}

//export goSetSecurityType
func goSetSecurityType(h C.CSmtpHandle, securityType C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetSecurityType(int(securityType))
	})
}

//export goGetSecurityType
func goGetSecurityType(h C.CSmtpHandle) C.int {
	return num(h, func(m *mailer.Mailer) int {
		return m.GetSecurityType()
	})
}

//export goSetLogin
func goSetLogin(h C.CSmtpHandle, login *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if login == nil {
			return isNull("SetLogin", "login")
		}
		return m.SetLogin(oneLine(login))
	})
}

//export goSetPassword
func goSetPassword(h C.CSmtpHandle, password *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if password == nil {
			return isNull("SetPassword", "password")
		}
		return m.SetPassword(oneLine(password))
	})
}

//export goSetLocalHostName
func goSetLocalHostName(h C.CSmtpHandle, name *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if name == nil {
			return isNull("SetLocalHostName", "name")
		}
		return m.SetLocalHostName(oneLine(name))
	})
}

//export goGetLocalHostName
func goGetLocalHostName(h C.CSmtpHandle) *C.char {
	return text(h, "GetLocalHostName", 0, func(m *mailer.Mailer) string {
		return m.GetLocalHostName()
	})
}

//export goGetLocalHostIP
func goGetLocalHostIP(h C.CSmtpHandle) *C.char {
	return text(h, "GetLocalHostIP", 0, func(m *mailer.Mailer) string {
		return m.GetLocalHostIP()
	})
}

//export goDisconnectRemoteServer
func goDisconnectRemoteServer(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DisconnectRemoteServer()
	})
}

//export goGetLastReply
func goGetLastReply(h C.CSmtpHandle) *C.char {
	return toldText(h, "GetLastReply", 0, false, func(r mailer.Report) string { return r.GetLastReply() })
}

//export goGetLastReplyCode
func goGetLastReplyCode(h C.CSmtpHandle) C.int {
	return C.int(mailer.Told(uintptr(h), false).GetLastReplyCode())
}

//export goGetLastEnhancedCode
func goGetLastEnhancedCode(h C.CSmtpHandle) *C.char {
	return toldText(h, "GetLastEnhancedCode", 0, false, func(r mailer.Report) string { return r.GetLastEnhancedCode() })
}

//export goGetOutcome
func goGetOutcome(h C.CSmtpHandle) C.int {
	return C.int(mailer.Told(uintptr(h), true).GetOutcome())
}

//export goSetTextBody
func goSetTextBody(h C.CSmtpHandle, text *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if text == nil {
			return isNull("SetTextBody", "text")
		}
		return m.SetTextBody(C.GoString(text))
	})
}

//export goSetHTMLBody
func goSetHTMLBody(h C.CSmtpHandle, html *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if html == nil {
			return isNull("SetHTMLBody", "html")
		}
		return m.SetHTMLBody(C.GoString(html))
	})
}

//export goSetFlowed
func goSetFlowed(h C.CSmtpHandle, flowed C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetFlowed(flowed != 0)
	})
}

//export goSetEightBit
func goSetEightBit(h C.CSmtpHandle, eightBit C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetEightBit(eightBit != 0)
	})
}

//export goAddAttachmentAs
func goAddAttachmentAs(h C.CSmtpHandle, path *C.char, name *C.char, contentType *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("AddAttachmentAs", "path")
		}
		return m.AddAttachmentAs(oneLine(path), oneLine(name), oneLine(contentType))
	})
}

//export goAddInlineImage
func goAddInlineImage(h C.CSmtpHandle, path *C.char, contentId *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("AddInlineImage", "path")
		}
		if contentId == nil {
			return isNull("AddInlineImage", "content_id")
		}
		return m.AddInlineImage(oneLine(path), oneLine(contentId))
	})
}

//export goSetCalendar
func goSetCalendar(h C.CSmtpHandle, method *C.char, calendar *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if method == nil {
			return isNull("SetCalendar", "method")
		}
		if calendar == nil {
			return isNull("SetCalendar", "calendar")
		}
		return m.SetCalendar(oneLine(method), C.GoString(calendar))
	})
}

//export goAddHeader
func goAddHeader(h C.CSmtpHandle, name *C.char, value *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if name == nil {
			return isNull("AddHeader", "name")
		}
		if value == nil {
			return isNull("AddHeader", "value")
		}
		return m.AddHeader(oneLine(name), oneLine(value))
	})
}

//export goDelHeaders
func goDelHeaders(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DelHeaders()
	})
}

//export goSetMessageID
func goSetMessageID(h C.CSmtpHandle, messageId *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if messageId == nil {
			return isNull("SetMessageID", "message_id")
		}
		return m.SetMessageID(oneLine(messageId))
	})
}

//export goGetMessageID
func goGetMessageID(h C.CSmtpHandle) *C.char {
	return text(h, "GetMessageID", 0, func(m *mailer.Mailer) string {
		return m.GetMessageID()
	})
}

//export goSetDate
func goSetDate(h C.CSmtpHandle, seconds C.int64_t) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetDate(int64(seconds))
	})
}

//export goSetSender
func goSetSender(h C.CSmtpHandle, email *C.char, name *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if email == nil {
			return isNull("SetSender", "email")
		}
		return m.SetSender(oneLine(email), oneLine(name))
	})
}

//export goSetInReplyTo
func goSetInReplyTo(h C.CSmtpHandle, messageIds *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if messageIds == nil {
			return isNull("SetInReplyTo", "message_ids")
		}
		return m.SetInReplyTo(oneLine(messageIds))
	})
}

//export goSetReferences
func goSetReferences(h C.CSmtpHandle, messageIds *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if messageIds == nil {
			return isNull("SetReferences", "message_ids")
		}
		return m.SetReferences(oneLine(messageIds))
	})
}

//export goSetAutoSubmitted
func goSetAutoSubmitted(h C.CSmtpHandle, keyword *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if keyword == nil {
			return isNull("SetAutoSubmitted", "keyword")
		}
		return m.SetAutoSubmitted(oneLine(keyword))
	})
}

//export goSetListUnsubscribe
func goSetListUnsubscribe(h C.CSmtpHandle, uris *C.char, oneClick C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if uris == nil {
			return isNull("SetListUnsubscribe", "uris")
		}
		return m.SetListUnsubscribe(oneLine(uris), oneClick != 0)
	})
}

//export goSetKeyPassphrase
func goSetKeyPassphrase(h C.CSmtpHandle, passphrase *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if passphrase == nil {
			return isNull("SetKeyPassphrase", "passphrase")
		}
		return m.SetKeyPassphrase(oneLine(passphrase))
	})
}

//export goAddDKIMKey
func goAddDKIMKey(h C.CSmtpHandle, domain *C.char, selector *C.char, key *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if domain == nil {
			return isNull("AddDKIMKey", "domain")
		}
		if selector == nil {
			return isNull("AddDKIMKey", "selector")
		}
		if key == nil {
			return isNull("AddDKIMKey", "key")
		}
		return m.AddDKIMKey(oneLine(domain), oneLine(selector), C.GoString(key))
	})
}

//export goAddDKIMKeyFile
func goAddDKIMKeyFile(h C.CSmtpHandle, domain *C.char, selector *C.char, path *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if domain == nil {
			return isNull("AddDKIMKeyFile", "domain")
		}
		if selector == nil {
			return isNull("AddDKIMKeyFile", "selector")
		}
		if path == nil {
			return isNull("AddDKIMKeyFile", "path")
		}
		return m.AddDKIMKeyFile(oneLine(domain), oneLine(selector), oneLine(path))
	})
}

//export goDelDKIMKeys
func goDelDKIMKeys(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.DelDKIMKeys()
	})
}

//export goSetSMIMEKey
func goSetSMIMEKey(h C.CSmtpHandle, certificate *C.char, key *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if certificate == nil {
			return isNull("SetSMIMEKey", "certificate")
		}
		if key == nil {
			return isNull("SetSMIMEKey", "key")
		}
		return m.SetSMIMEKey(C.GoString(certificate), C.GoString(key))
	})
}

//export goSetSMIMEKeyFile
func goSetSMIMEKeyFile(h C.CSmtpHandle, certificateFile *C.char, keyFile *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if certificateFile == nil {
			return isNull("SetSMIMEKeyFile", "certificate_file")
		}
		return m.SetSMIMEKeyFile(oneLine(certificateFile), oneLine(keyFile))
	})
}

//export goSaveMessage
func goSaveMessage(h C.CSmtpHandle, path *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("SaveMessage", "path")
		}
		return m.SaveMessage(oneLine(path))
	})
}

//export goSetVerifyPeer
func goSetVerifyPeer(h C.CSmtpHandle, verify C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetVerifyPeer(verify != 0)
	})
}

//export goSetCAFile
func goSetCAFile(h C.CSmtpHandle, path *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("SetCAFile", "path")
		}
		return m.SetCAFile(oneLine(path))
	})
}

//export goSetCADirectory
func goSetCADirectory(h C.CSmtpHandle, path *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("SetCADirectory", "path")
		}
		return m.SetCADirectory(oneLine(path))
	})
}

//export goSetClientCertificate
func goSetClientCertificate(h C.CSmtpHandle, certificateFile *C.char, keyFile *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if certificateFile == nil {
			return isNull("SetClientCertificate", "certificate_file")
		}
		return m.SetClientCertificate(oneLine(certificateFile), oneLine(keyFile))
	})
}

//export goSetPinnedPublicKey
func goSetPinnedPublicKey(h C.CSmtpHandle, pins *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if pins == nil {
			return isNull("SetPinnedPublicKey", "pins")
		}
		return m.SetPinnedPublicKey(oneLine(pins))
	})
}

//export goSetTLSMinVersion
func goSetTLSMinVersion(h C.CSmtpHandle, version C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetTLSMinVersion(int(version))
	})
}

//export goSetTLSMaxVersion
func goSetTLSMaxVersion(h C.CSmtpHandle, version C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetTLSMaxVersion(int(version))
	})
}

//export goSetTLSServerName
func goSetTLSServerName(h C.CSmtpHandle, name *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if name == nil {
			return isNull("SetTLSServerName", "name")
		}
		return m.SetTLSServerName(oneLine(name))
	})
}

//export goGetTLSInfo
func goGetTLSInfo(h C.CSmtpHandle) *C.char {
	return text(h, "GetTLSInfo", 0, func(m *mailer.Mailer) string {
		return m.GetTLSInfo()
	})
}

//export goSetAuthMechanism
func goSetAuthMechanism(h C.CSmtpHandle, mechanisms *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if mechanisms == nil {
			return isNull("SetAuthMechanism", "mechanisms")
		}
		return m.SetAuthMechanism(oneLine(mechanisms))
	})
}

//export goSetAuthorizationID
func goSetAuthorizationID(h C.CSmtpHandle, id *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if id == nil {
			return isNull("SetAuthorizationID", "id")
		}
		return m.SetAuthorizationID(oneLine(id))
	})
}

//export goSetClearLogin
func goSetClearLogin(h C.CSmtpHandle, allow C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetClearLogin(allow != 0)
	})
}

//export goSetLoginRequired
func goSetLoginRequired(h C.CSmtpHandle, required C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetLoginRequired(required != 0)
	})
}

//export goSetAccessToken
func goSetAccessToken(h C.CSmtpHandle, token *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if token == nil {
			return isNull("SetAccessToken", "token")
		}
		return m.SetAccessToken(oneLine(token))
	})
}

//export goSetOAuth2ClientCredentials
func goSetOAuth2ClientCredentials(h C.CSmtpHandle, tokenUrl *C.char, clientId *C.char, clientSecret *C.char, scope *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if tokenUrl == nil {
			return isNull("SetOAuth2ClientCredentials", "token_url")
		}
		if clientId == nil {
			return isNull("SetOAuth2ClientCredentials", "client_id")
		}
		if clientSecret == nil {
			return isNull("SetOAuth2ClientCredentials", "client_secret")
		}
		if scope == nil {
			return isNull("SetOAuth2ClientCredentials", "scope")
		}
		return m.SetOAuth2ClientCredentials(oneLine(tokenUrl), oneLine(clientId), oneLine(clientSecret), oneLine(scope))
	})
}

//export goSetOAuth2RefreshToken
func goSetOAuth2RefreshToken(h C.CSmtpHandle, tokenUrl *C.char, clientId *C.char, clientSecret *C.char, refreshToken *C.char, scope *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if tokenUrl == nil {
			return isNull("SetOAuth2RefreshToken", "token_url")
		}
		if clientId == nil {
			return isNull("SetOAuth2RefreshToken", "client_id")
		}
		if clientSecret == nil {
			return isNull("SetOAuth2RefreshToken", "client_secret")
		}
		if refreshToken == nil {
			return isNull("SetOAuth2RefreshToken", "refresh_token")
		}
		if scope == nil {
			return isNull("SetOAuth2RefreshToken", "scope")
		}
		return m.SetOAuth2RefreshToken(oneLine(tokenUrl), oneLine(clientId), oneLine(clientSecret), oneLine(refreshToken), oneLine(scope))
	})
}

//export goSetOAuth2TokenFile
func goSetOAuth2TokenFile(h C.CSmtpHandle, path *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("SetOAuth2TokenFile", "path")
		}
		return m.SetOAuth2TokenFile(oneLine(path))
	})
}

//export goGetOAuth2TokenFileError
func goGetOAuth2TokenFileError(h C.CSmtpHandle) *C.char {
	return text(h, "GetOAuth2TokenFileError", 0, func(m *mailer.Mailer) string {
		return m.GetOAuth2TokenFileError()
	})
}

//export goGetOAuth2RefreshToken
func goGetOAuth2RefreshToken(h C.CSmtpHandle) *C.char {
	return text(h, "GetOAuth2RefreshToken", 0, func(m *mailer.Mailer) string {
		return m.GetOAuth2RefreshToken()
	})
}

//export goSetOAuth2Certificate
func goSetOAuth2Certificate(h C.CSmtpHandle, tokenUrl *C.char, clientId *C.char, certificateFile *C.char, keyFile *C.char, algorithm *C.char, scope *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if tokenUrl == nil {
			return isNull("SetOAuth2Certificate", "token_url")
		}
		if clientId == nil {
			return isNull("SetOAuth2Certificate", "client_id")
		}
		if certificateFile == nil {
			return isNull("SetOAuth2Certificate", "certificate_file")
		}
		return m.SetOAuth2Certificate(oneLine(tokenUrl), oneLine(clientId), oneLine(certificateFile), oneLine(keyFile), oneLine(algorithm), oneLine(scope))
	})
}

//export goSetOAuth2AssertionFile
func goSetOAuth2AssertionFile(h C.CSmtpHandle, tokenUrl *C.char, clientId *C.char, assertionFile *C.char, scope *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if tokenUrl == nil {
			return isNull("SetOAuth2AssertionFile", "token_url")
		}
		if clientId == nil {
			return isNull("SetOAuth2AssertionFile", "client_id")
		}
		if assertionFile == nil {
			return isNull("SetOAuth2AssertionFile", "assertion_file")
		}
		return m.SetOAuth2AssertionFile(oneLine(tokenUrl), oneLine(clientId), oneLine(assertionFile), oneLine(scope))
	})
}

//export goSetOAuth2ServiceAccount
func goSetOAuth2ServiceAccount(h C.CSmtpHandle, keyFile *C.char, mailbox *C.char, scope *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if keyFile == nil {
			return isNull("SetOAuth2ServiceAccount", "key_file")
		}
		return m.SetOAuth2ServiceAccount(oneLine(keyFile), oneLine(mailbox), oneLine(scope))
	})
}

//export goSetOAuth2ManagedIdentity
func goSetOAuth2ManagedIdentity(h C.CSmtpHandle, cloud *C.char, clientId *C.char, scope *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if cloud == nil {
			return isNull("SetOAuth2ManagedIdentity", "cloud")
		}
		return m.SetOAuth2ManagedIdentity(oneLine(cloud), oneLine(clientId), oneLine(scope))
	})
}

//export goCheckToken
func goCheckToken(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.CheckToken()
	})
}

//export goGetTokenInfo
func goGetTokenInfo(h C.CSmtpHandle) *C.char {
	return text(h, "GetTokenInfo", 0, func(m *mailer.Mailer) string {
		return m.GetTokenInfo()
	})
}

//export goGetAuthMechanismUsed
func goGetAuthMechanismUsed(h C.CSmtpHandle) *C.char {
	return text(h, "GetAuthMechanismUsed", 0, func(m *mailer.Mailer) string {
		return m.GetAuthMechanismUsed()
	})
}

//export goGetLoginSkipped
func goGetLoginSkipped(h C.CSmtpHandle) C.int {
	return truth(h, func(m *mailer.Mailer) bool {
		return m.GetLoginSkipped()
	})
}

//export goSetServerDomain
func goSetServerDomain(h C.CSmtpHandle, domain *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if domain == nil {
			return isNull("SetServerDomain", "domain")
		}
		return m.SetServerDomain(oneLine(domain))
	})
}

//export goSetLocalAddress
func goSetLocalAddress(h C.CSmtpHandle, address *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if address == nil {
			return isNull("SetLocalAddress", "address")
		}
		return m.SetLocalAddress(oneLine(address))
	})
}

//export goSetProxy
func goSetProxy(h C.CSmtpHandle, url *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if url == nil {
			return isNull("SetProxy", "url")
		}
		return m.SetProxy(oneLine(url))
	})
}

//export goSetTransport
func goSetTransport(h C.CSmtpHandle, transport *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if transport == nil {
			return isNull("SetTransport", "transport")
		}
		return m.SetTransport(oneLine(transport))
	})
}

//export goSetTransportEndpoint
func goSetTransportEndpoint(h C.CSmtpHandle, url *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if url == nil {
			return isNull("SetTransportEndpoint", "url")
		}
		return m.SetTransportEndpoint(oneLine(url))
	})
}

//export goSetServerPause
func goSetServerPause(h C.CSmtpHandle, seconds C.uint) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetServerPause(uint32(seconds))
	})
}

//export goSetExtensionOff
func goSetExtensionOff(h C.CSmtpHandle, extensions *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if extensions == nil {
			return isNull("SetExtensionOff", "extensions")
		}
		return m.SetExtensionOff(oneLine(extensions))
	})
}

//export goSetLMTP
func goSetLMTP(h C.CSmtpHandle, lmtp C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetLMTP(lmtp != 0)
	})
}

//export goSetTimeout
func goSetTimeout(h C.CSmtpHandle, step C.int, milliseconds C.uint) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetTimeout(int(step), uint32(milliseconds))
	})
}

//export goKeepAlive
func goKeepAlive(h C.CSmtpHandle) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.KeepAlive()
	})
}

//export goGetPeerAddress
func goGetPeerAddress(h C.CSmtpHandle) *C.char {
	return text(h, "GetPeerAddress", 0, func(m *mailer.Mailer) string {
		return m.GetPeerAddress()
	})
}

//export goGetExtensions
func goGetExtensions(h C.CSmtpHandle) *C.char {
	return text(h, "GetExtensions", 0, func(m *mailer.Mailer) string {
		return m.GetExtensions()
	})
}

//export goSetEnvelopeFrom
func goSetEnvelopeFrom(h C.CSmtpHandle, email *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if email == nil {
			return isNull("SetEnvelopeFrom", "email")
		}
		return m.SetEnvelopeFrom(oneLine(email))
	})
}

//export goSetPartialDelivery
func goSetPartialDelivery(h C.CSmtpHandle, partial C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetPartialDelivery(partial != 0)
	})
}

//export goSetDSN
func goSetDSN(h C.CSmtpHandle, notify *C.char, ret *C.char, envelopeId *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if notify == nil {
			return isNull("SetDSN", "notify")
		}
		if ret == nil {
			return isNull("SetDSN", "ret")
		}
		if envelopeId == nil {
			return isNull("SetDSN", "envelope_id")
		}
		return m.SetDSN(oneLine(notify), oneLine(ret), oneLine(envelopeId))
	})
}

//export goSetRecipientDSN
func goSetRecipientDSN(h C.CSmtpHandle, email *C.char, notify *C.char, original *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if email == nil {
			return isNull("SetRecipientDSN", "email")
		}
		if notify == nil {
			return isNull("SetRecipientDSN", "notify")
		}
		if original == nil {
			return isNull("SetRecipientDSN", "original")
		}
		return m.SetRecipientDSN(oneLine(email), oneLine(notify), oneLine(original))
	})
}

//export goSetChunking
func goSetChunking(h C.CSmtpHandle, mode C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetChunking(int(mode))
	})
}

//export goSetRequireTLS
func goSetRequireTLS(h C.CSmtpHandle, require C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetRequireTLS(require != 0)
	})
}

//export goSetMTPriority
func goSetMTPriority(h C.CSmtpHandle, priority C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetMTPriority(int(priority))
	})
}

//export goSetDeliverBy
func goSetDeliverBy(h C.CSmtpHandle, seconds C.int, mode *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetDeliverBy(int(seconds), oneLine(mode))
	})
}

//export goSetHoldFor
func goSetHoldFor(h C.CSmtpHandle, seconds C.uint) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetHoldFor(uint32(seconds))
	})
}

//export goSetHoldUntil
func goSetHoldUntil(h C.CSmtpHandle, seconds C.int64_t) C.int {
	return run(h, func(m *mailer.Mailer) error {
		return m.SetHoldUntil(int64(seconds))
	})
}

//export goGetPhase
func goGetPhase(h C.CSmtpHandle) C.int {
	return C.int(mailer.Told(uintptr(h), false).GetPhase())
}

//export goGetErrorKind
func goGetErrorKind(h C.CSmtpHandle) C.int {
	return C.int(mailer.Told(uintptr(h), false).GetErrorKind())
}

//export goIsLoginError
func goIsLoginError(h C.CSmtpHandle) C.int {
	return cBool(mailer.Told(uintptr(h), false).IsLoginError())
}

//export goIsSafeToRetry
func goIsSafeToRetry(h C.CSmtpHandle) C.int {
	return cBool(mailer.Told(uintptr(h), true).IsSafeToRetry())
}

//export goGetRetryAfter
func goGetRetryAfter(h C.CSmtpHandle) C.int {
	return C.int(mailer.Told(uintptr(h), false).GetRetryAfter())
}

//export goGetQueueID
func goGetQueueID(h C.CSmtpHandle) *C.char {
	return toldText(h, "GetQueueID", 0, true, func(r mailer.Report) string { return r.GetQueueID() })
}

//export goGetResultCount
func goGetResultCount(h C.CSmtpHandle) C.uint {
	return C.uint(mailer.Told(uintptr(h), true).GetResultCount())
}

//export goGetResultRecipient
func goGetResultRecipient(h C.CSmtpHandle, row C.uint) *C.char {
	return toldText(h, "GetResultRecipient", row, true, func(r mailer.Report) string { return r.GetResultRecipient(uint32(row)) })
}

//export goGetResultAccepted
func goGetResultAccepted(h C.CSmtpHandle, row C.uint) C.int {
	return cBool(mailer.Told(uintptr(h), true).GetResultAccepted(uint32(row)))
}

//export goGetResultCode
func goGetResultCode(h C.CSmtpHandle, row C.uint) C.int {
	return C.int(mailer.Told(uintptr(h), true).GetResultCode(uint32(row)))
}

//export goGetResultEnhancedCode
func goGetResultEnhancedCode(h C.CSmtpHandle, row C.uint) *C.char {
	return toldText(h, "GetResultEnhancedCode", row, true, func(r mailer.Report) string { return r.GetResultEnhancedCode(uint32(row)) })
}

//export goGetResultReply
func goGetResultReply(h C.CSmtpHandle, row C.uint) *C.char {
	return toldText(h, "GetResultReply", row, true, func(r mailer.Report) string { return r.GetResultReply(uint32(row)) })
}

//export goSetLogFile
func goSetLogFile(h C.CSmtpHandle, path *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("SetLogFile", "path")
		}
		return m.SetLogFile(oneLine(path))
	})
}

//export goSetRecordFile
func goSetRecordFile(h C.CSmtpHandle, path *C.char, contents C.int) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("SetRecordFile", "path")
		}
		return m.SetRecordFile(oneLine(path), contents != 0)
	})
}
