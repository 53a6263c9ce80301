/* SPDX-License-Identifier: MIT */
/* Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT. */

/* The functions of csmtp_c.h. Each of them calls gateEnter (see internal/gate/entry.h),
 * and then the Go function that exports*.go exports for it. */
#include "entry.h"
#include "_cgo_export.h"

/* ---- Handles */

CSmtpHandle CSMTP_CALL CSmtp_New(void)
{
  GATE_HANDLE(0, 0, goNew(), New, ())
}

CSmtpHandle CSMTP_CALL CSmtp_Clone(CSmtpHandle h)
{
  GATE_HANDLE(h, 0, goClone(h), Clone, (h))
}

/* ---- The message (RFC 5322) */

int CSMTP_CALL CSmtp_AddRecipient(CSmtpHandle h, const char *email, const char *name)
{
  GATE_CODE(h, 0, goAddRecipient(h, (char *)email, (char *)name), AddRecipient, (h, email, name))
}

int CSMTP_CALL CSmtp_AddCCRecipient(CSmtpHandle h, const char *email, const char *name)
{
  GATE_CODE(h, 0, goAddCCRecipient(h, (char *)email, (char *)name), AddCCRecipient, (h, email, name))
}

int CSMTP_CALL CSmtp_AddBCCRecipient(CSmtpHandle h, const char *email, const char *name)
{
  GATE_CODE(h, 0, goAddBCCRecipient(h, (char *)email, (char *)name), AddBCCRecipient, (h, email, name))
}

int CSMTP_CALL CSmtp_AddAttachment(CSmtpHandle h, const char *path)
{
  GATE_CODE(h, 0, goAddAttachment(h, (char *)path), AddAttachment, (h, path))
}

int CSMTP_CALL CSmtp_AddMsgLine(CSmtpHandle h, const char *text)
{
  GATE_CODE(h, 0, goAddMsgLine(h, (char *)text), AddMsgLine, (h, text))
}

int CSMTP_CALL CSmtp_ClearMessage(CSmtpHandle h)
{
  GATE_CODE(h, 0, goClearMessage(h), ClearMessage, (h))
}

int CSMTP_CALL CSmtp_DelRecipients(CSmtpHandle h)
{
  GATE_CODE(h, 0, goDelRecipients(h), DelRecipients, (h))
}

int CSMTP_CALL CSmtp_DelCCRecipients(CSmtpHandle h)
{
  GATE_CODE(h, 0, goDelCCRecipients(h), DelCCRecipients, (h))
}

int CSMTP_CALL CSmtp_DelBCCRecipients(CSmtpHandle h)
{
  GATE_CODE(h, 0, goDelBCCRecipients(h), DelBCCRecipients, (h))
}

int CSMTP_CALL CSmtp_DelAttachments(CSmtpHandle h)
{
  GATE_CODE(h, 0, goDelAttachments(h), DelAttachments, (h))
}

int CSMTP_CALL CSmtp_DelMsgLines(CSmtpHandle h)
{
  GATE_CODE(h, 0, goDelMsgLines(h), DelMsgLines, (h))
}

int CSMTP_CALL CSmtp_DelMsgLine(CSmtpHandle h, unsigned int line)
{
  GATE_CODE(h, 0, goDelMsgLine(h, line), DelMsgLine, (h, line))
}

int CSMTP_CALL CSmtp_ModMsgLine(CSmtpHandle h, unsigned int line, const char *text)
{
  GATE_CODE(h, 0, goModMsgLine(h, line, (char *)text), ModMsgLine, (h, line, text))
}

unsigned int CSMTP_CALL CSmtp_GetRecipientCount(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetRecipientCount(h), GetRecipientCount, (h))
}

unsigned int CSMTP_CALL CSmtp_GetCCRecipientCount(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetCCRecipientCount(h), GetCCRecipientCount, (h))
}

unsigned int CSMTP_CALL CSmtp_GetBCCRecipientCount(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetBCCRecipientCount(h), GetBCCRecipientCount, (h))
}

unsigned int CSMTP_CALL CSmtp_GetMsgLines(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetMsgLines(h), GetMsgLines, (h))
}

const char *CSMTP_CALL CSmtp_GetMsgLineText(CSmtpHandle h, unsigned int line)
{
  GATE_NULLABLE(h, 0, goGetMsgLineText(h, line), GetMsgLineText, (h, line))
}

int CSMTP_CALL CSmtp_SetSubject(CSmtpHandle h, const char *subject)
{
  GATE_CODE(h, 0, goSetSubject(h, (char *)subject), SetSubject, (h, subject))
}

int CSMTP_CALL CSmtp_SetSenderName(CSmtpHandle h, const char *name)
{
  GATE_CODE(h, 0, goSetSenderName(h, (char *)name), SetSenderName, (h, name))
}

int CSMTP_CALL CSmtp_SetSenderMail(CSmtpHandle h, const char *email)
{
  GATE_CODE(h, 0, goSetSenderMail(h, (char *)email), SetSenderMail, (h, email))
}

int CSMTP_CALL CSmtp_SetReplyTo(CSmtpHandle h, const char *reply_to)
{
  GATE_CODE(h, 0, goSetReplyTo(h, (char *)reply_to), SetReplyTo, (h, reply_to))
}

int CSMTP_CALL CSmtp_SetXMailer(CSmtpHandle h, const char *x_mailer)
{
  GATE_CODE(h, 0, goSetXMailer(h, (char *)x_mailer), SetXMailer, (h, x_mailer))
}

int CSMTP_CALL CSmtp_SetCharSet(CSmtpHandle h, const char *charset)
{
  GATE_CODE(h, 0, goSetCharSet(h, (char *)charset), SetCharSet, (h, charset))
}

int CSMTP_CALL CSmtp_SetStrict(CSmtpHandle h, int strict)
{
  GATE_CODE(h, 0, goSetStrict(h, strict), SetStrict, (h, strict))
}

int CSMTP_CALL CSmtp_SetReadReceipt(CSmtpHandle h, int request_receipt)
{
  GATE_CODE(h, 0, goSetReadReceipt(h, request_receipt), SetReadReceipt, (h, request_receipt))
}

int CSMTP_CALL CSmtp_SetXPriority(CSmtpHandle h, int priority)
{
  GATE_CODE(h, 0, goSetXPriority(h, priority), SetXPriority, (h, priority))
}

int CSMTP_CALL CSmtp_SetHTML(CSmtpHandle h, int html)
{
  GATE_CODE(h, 0, goSetHTML(h, html), SetHTML, (h, html))
}

int CSMTP_CALL CSmtp_GetHTML(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetHTML(h), GetHTML, (h))
}

const char *CSMTP_CALL CSmtp_GetSubject(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetSubject(h), GetSubject, (h))
}

const char *CSMTP_CALL CSmtp_GetSenderName(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetSenderName(h), GetSenderName, (h))
}

const char *CSMTP_CALL CSmtp_GetMailFrom(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetMailFrom(h), GetMailFrom, (h))
}

const char *CSMTP_CALL CSmtp_GetReplyTo(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetReplyTo(h), GetReplyTo, (h))
}

const char *CSMTP_CALL CSmtp_GetXMailer(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetXMailer(h), GetXMailer, (h))
}

int CSMTP_CALL CSmtp_GetXPriority(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetXPriority(h), GetXPriority, (h))
}

/* ---- The server */

int CSMTP_CALL CSmtp_SetSMTPServer(CSmtpHandle h, const char *server, unsigned short port, int authenticate)
{
  GATE_CODE(h, 0, goSetSMTPServer(h, (char *)server, port, authenticate), SetSMTPServer, (h, server, port, authenticate))
}

int CSMTP_CALL CSmtp_SetSecurityType(CSmtpHandle h, int security_type)
{
  GATE_CODE(h, 0, goSetSecurityType(h, security_type), SetSecurityType, (h, security_type))
}

int CSMTP_CALL CSmtp_GetSecurityType(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetSecurityType(h), GetSecurityType, (h))
}

int CSMTP_CALL CSmtp_SetLogin(CSmtpHandle h, const char *login)
{
  GATE_CODE(h, 0, goSetLogin(h, (char *)login), SetLogin, (h, login))
}

int CSMTP_CALL CSmtp_SetPassword(CSmtpHandle h, const char *password)
{
  GATE_CODE(h, 0, goSetPassword(h, (char *)password), SetPassword, (h, password))
}

int CSMTP_CALL CSmtp_SetLocalHostName(CSmtpHandle h, const char *name)
{
  GATE_CODE(h, 0, goSetLocalHostName(h, (char *)name), SetLocalHostName, (h, name))
}

const char *CSMTP_CALL CSmtp_GetLocalHostName(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetLocalHostName(h), GetLocalHostName, (h))
}

const char *CSMTP_CALL CSmtp_GetLocalHostIP(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetLocalHostIP(h), GetLocalHostIP, (h))
}

int CSMTP_CALL CSmtp_ConnectRemoteServer(CSmtpHandle h, const char *server, unsigned short port, int security_type, int authenticate, const char *login, const char *password)
{
  GATE_CODE(h, GATE_WRITES, goConnectRemoteServer(h, (char *)server, port, security_type, authenticate, (char *)login, (char *)password), ConnectRemoteServer, (h, server, port, security_type, authenticate, login, password))
}

int CSMTP_CALL CSmtp_DisconnectRemoteServer(CSmtpHandle h)
{
  GATE_CODE(h, GATE_WRITES, goDisconnectRemoteServer(h), DisconnectRemoteServer, (h))
}

int CSMTP_CALL CSmtp_Send(CSmtpHandle h)
{
  GATE_CODE(h, GATE_WRITES, goSend(h), Send, (h))
}

/* ---- What happened */

const char *CSMTP_CALL CSmtp_GetLastReply(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetLastReply(h), GetLastReply, (h))
}

int CSMTP_CALL CSmtp_GetLastReplyCode(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetLastReplyCode(h), GetLastReplyCode, (h))
}

const char *CSMTP_CALL CSmtp_GetLastEnhancedCode(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetLastEnhancedCode(h), GetLastEnhancedCode, (h))
}

int CSMTP_CALL CSmtp_GetOutcome(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetOutcome(h), GetOutcome, (h))
}

const char *CSMTP_CALL CSmtp_GetErrorText(int error)
{
  GATE_SENTENCE(0, 0, goGetErrorText(error), GetErrorText, (error))
}

const char *CSMTP_CALL CSmtp_GetVersion(void)
{
  GATE_TEXT(0, 0, goGetVersion(), GetVersion, ())
}

/* ---- Body and parts */

int CSMTP_CALL CSmtp_SetTextBody(CSmtpHandle h, const char *text)
{
  GATE_CODE(h, 0, goSetTextBody(h, (char *)text), SetTextBody, (h, text))
}

int CSMTP_CALL CSmtp_SetHTMLBody(CSmtpHandle h, const char *html)
{
  GATE_CODE(h, 0, goSetHTMLBody(h, (char *)html), SetHTMLBody, (h, html))
}

int CSMTP_CALL CSmtp_SetFlowed(CSmtpHandle h, int flowed)
{
  GATE_CODE(h, 0, goSetFlowed(h, flowed), SetFlowed, (h, flowed))
}

int CSMTP_CALL CSmtp_SetEightBit(CSmtpHandle h, int eight_bit)
{
  GATE_CODE(h, 0, goSetEightBit(h, eight_bit), SetEightBit, (h, eight_bit))
}

int CSMTP_CALL CSmtp_AddAttachmentAs(CSmtpHandle h, const char *path, const char *name, const char *content_type)
{
  GATE_CODE(h, 0, goAddAttachmentAs(h, (char *)path, (char *)name, (char *)content_type), AddAttachmentAs, (h, path, name, content_type))
}

int CSMTP_CALL CSmtp_AddAttachmentData(CSmtpHandle h, const char *name, const char *content_type, const void *data, size_t size)
{
  GATE_CODE(h, 0, goAddAttachmentData(h, (char *)name, (char *)content_type, (uintptr_t)data, size), AddAttachmentData, (h, name, content_type, data, size))
}

int CSMTP_CALL CSmtp_AddAttachmentReader(CSmtpHandle h, const char *name, const char *content_type, int64_t size, CSmtpReadFunction read, void *user)
{
  GATE_CODE(h, 0, goAddAttachmentReader(h, (char *)name, (char *)content_type, size, read, (uintptr_t)user), AddAttachmentReader, (h, name, content_type, size, read, user))
}

int CSMTP_CALL CSmtp_AddInlineImage(CSmtpHandle h, const char *path, const char *content_id)
{
  GATE_CODE(h, 0, goAddInlineImage(h, (char *)path, (char *)content_id), AddInlineImage, (h, path, content_id))
}

int CSMTP_CALL CSmtp_AddInlineImageData(CSmtpHandle h, const char *content_id, const char *name, const char *content_type, const void *data, size_t size)
{
  GATE_CODE(h, 0, goAddInlineImageData(h, (char *)content_id, (char *)name, (char *)content_type, (uintptr_t)data, size), AddInlineImageData, (h, content_id, name, content_type, data, size))
}

int CSMTP_CALL CSmtp_SetCalendar(CSmtpHandle h, const char *method, const char *calendar)
{
  GATE_CODE(h, 0, goSetCalendar(h, (char *)method, (char *)calendar), SetCalendar, (h, method, calendar))
}

/* ---- Header fields */

int CSMTP_CALL CSmtp_AddHeader(CSmtpHandle h, const char *name, const char *value)
{
  GATE_CODE(h, 0, goAddHeader(h, (char *)name, (char *)value), AddHeader, (h, name, value))
}

int CSMTP_CALL CSmtp_DelHeaders(CSmtpHandle h)
{
  GATE_CODE(h, 0, goDelHeaders(h), DelHeaders, (h))
}

int CSMTP_CALL CSmtp_SetMessageID(CSmtpHandle h, const char *message_id)
{
  GATE_CODE(h, 0, goSetMessageID(h, (char *)message_id), SetMessageID, (h, message_id))
}

const char *CSMTP_CALL CSmtp_GetMessageID(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetMessageID(h), GetMessageID, (h))
}

int CSMTP_CALL CSmtp_SetDate(CSmtpHandle h, int64_t seconds)
{
  GATE_CODE(h, 0, goSetDate(h, seconds), SetDate, (h, seconds))
}

int CSMTP_CALL CSmtp_AddFrom(CSmtpHandle h, const char *email, const char *name)
{
  GATE_CODE(h, 0, goAddFrom(h, (char *)email, (char *)name), AddFrom, (h, email, name))
}

int CSMTP_CALL CSmtp_SetSender(CSmtpHandle h, const char *email, const char *name)
{
  GATE_CODE(h, 0, goSetSender(h, (char *)email, (char *)name), SetSender, (h, email, name))
}

int CSMTP_CALL CSmtp_SetInReplyTo(CSmtpHandle h, const char *message_ids)
{
  GATE_CODE(h, 0, goSetInReplyTo(h, (char *)message_ids), SetInReplyTo, (h, message_ids))
}

int CSMTP_CALL CSmtp_SetReferences(CSmtpHandle h, const char *message_ids)
{
  GATE_CODE(h, 0, goSetReferences(h, (char *)message_ids), SetReferences, (h, message_ids))
}

int CSMTP_CALL CSmtp_SetAutoSubmitted(CSmtpHandle h, const char *keyword)
{
  GATE_CODE(h, 0, goSetAutoSubmitted(h, (char *)keyword), SetAutoSubmitted, (h, keyword))
}

int CSMTP_CALL CSmtp_SetListUnsubscribe(CSmtpHandle h, const char *uris, int one_click)
{
  GATE_CODE(h, 0, goSetListUnsubscribe(h, (char *)uris, one_click), SetListUnsubscribe, (h, uris, one_click))
}

/* ---- Signatures */

int CSMTP_CALL CSmtp_SetKeyPassphrase(CSmtpHandle h, const char *passphrase)
{
  GATE_CODE(h, 0, goSetKeyPassphrase(h, (char *)passphrase), SetKeyPassphrase, (h, passphrase))
}

int CSMTP_CALL CSmtp_AddDKIMKey(CSmtpHandle h, const char *domain, const char *selector, const char *key)
{
  GATE_CODE(h, 0, goAddDKIMKey(h, (char *)domain, (char *)selector, (char *)key), AddDKIMKey, (h, domain, selector, key))
}

int CSMTP_CALL CSmtp_AddDKIMKeyFile(CSmtpHandle h, const char *domain, const char *selector, const char *path)
{
  GATE_CODE(h, 0, goAddDKIMKeyFile(h, (char *)domain, (char *)selector, (char *)path), AddDKIMKeyFile, (h, domain, selector, path))
}

int CSMTP_CALL CSmtp_DelDKIMKeys(CSmtpHandle h)
{
  GATE_CODE(h, 0, goDelDKIMKeys(h), DelDKIMKeys, (h))
}

int CSMTP_CALL CSmtp_SetSMIMEKey(CSmtpHandle h, const char *certificate, const char *key)
{
  GATE_CODE(h, 0, goSetSMIMEKey(h, (char *)certificate, (char *)key), SetSMIMEKey, (h, certificate, key))
}

int CSMTP_CALL CSmtp_SetSMIMEKeyFile(CSmtpHandle h, const char *certificate_file, const char *key_file)
{
  GATE_CODE(h, 0, goSetSMIMEKeyFile(h, (char *)certificate_file, (char *)key_file), SetSMIMEKeyFile, (h, certificate_file, key_file))
}

/* ---- The message without a connection */

int CSMTP_CALL CSmtp_RenderMessage(CSmtpHandle h, const char **data, size_t *size)
{
  GATE_CODE(h, GATE_WRITES, goRenderMessage(h, (char **)data, size), RenderMessage, (h, data, size))
}

int CSMTP_CALL CSmtp_SaveMessage(CSmtpHandle h, const char *path)
{
  GATE_CODE(h, GATE_WRITES, goSaveMessage(h, (char *)path), SaveMessage, (h, path))
}

/* ---- TLS */

int CSMTP_CALL CSmtp_SetVerifyPeer(CSmtpHandle h, int verify)
{
  GATE_CODE(h, 0, goSetVerifyPeer(h, verify), SetVerifyPeer, (h, verify))
}

int CSMTP_CALL CSmtp_SetCAFile(CSmtpHandle h, const char *path)
{
  GATE_CODE(h, 0, goSetCAFile(h, (char *)path), SetCAFile, (h, path))
}

int CSMTP_CALL CSmtp_SetCADirectory(CSmtpHandle h, const char *path)
{
  GATE_CODE(h, 0, goSetCADirectory(h, (char *)path), SetCADirectory, (h, path))
}

int CSMTP_CALL CSmtp_SetClientCertificate(CSmtpHandle h, const char *certificate_file, const char *key_file)
{
  GATE_CODE(h, 0, goSetClientCertificate(h, (char *)certificate_file, (char *)key_file), SetClientCertificate, (h, certificate_file, key_file))
}

int CSMTP_CALL CSmtp_SetPinnedPublicKey(CSmtpHandle h, const char *pins)
{
  GATE_CODE(h, 0, goSetPinnedPublicKey(h, (char *)pins), SetPinnedPublicKey, (h, pins))
}

int CSMTP_CALL CSmtp_SetTLSMinVersion(CSmtpHandle h, int version)
{
  GATE_CODE(h, 0, goSetTLSMinVersion(h, version), SetTLSMinVersion, (h, version))
}

int CSMTP_CALL CSmtp_SetTLSMaxVersion(CSmtpHandle h, int version)
{
  GATE_CODE(h, 0, goSetTLSMaxVersion(h, version), SetTLSMaxVersion, (h, version))
}

int CSMTP_CALL CSmtp_SetTLSServerName(CSmtpHandle h, const char *name)
{
  GATE_CODE(h, 0, goSetTLSServerName(h, (char *)name), SetTLSServerName, (h, name))
}

const char *CSMTP_CALL CSmtp_GetTLSInfo(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetTLSInfo(h), GetTLSInfo, (h))
}

const char *CSMTP_CALL CSmtp_GetPeerCertificate(CSmtpHandle h, unsigned int index, int field)
{
  GATE_TEXT(h, 0, goGetPeerCertificate(h, index, field), GetPeerCertificate, (h, index, field))
}

/* ---- Login */

int CSMTP_CALL CSmtp_SetAuthMechanism(CSmtpHandle h, const char *mechanisms)
{
  GATE_CODE(h, 0, goSetAuthMechanism(h, (char *)mechanisms), SetAuthMechanism, (h, mechanisms))
}

int CSMTP_CALL CSmtp_SetAuthorizationID(CSmtpHandle h, const char *id)
{
  GATE_CODE(h, 0, goSetAuthorizationID(h, (char *)id), SetAuthorizationID, (h, id))
}

int CSMTP_CALL CSmtp_SetClearLogin(CSmtpHandle h, int allow)
{
  GATE_CODE(h, 0, goSetClearLogin(h, allow), SetClearLogin, (h, allow))
}

int CSMTP_CALL CSmtp_SetLoginRequired(CSmtpHandle h, int required)
{
  GATE_CODE(h, 0, goSetLoginRequired(h, required), SetLoginRequired, (h, required))
}

int CSMTP_CALL CSmtp_SetAccessToken(CSmtpHandle h, const char *token)
{
  GATE_CODE(h, 0, goSetAccessToken(h, (char *)token), SetAccessToken, (h, token))
}

int CSMTP_CALL CSmtp_SetTokenCallback(CSmtpHandle h, CSmtpTokenFunction fn, void *user)
{
  GATE_CODE(h, 0, goSetTokenCallback(h, fn, (uintptr_t)user), SetTokenCallback, (h, fn, user))
}

int CSMTP_CALL CSmtp_SetOAuth2ClientCredentials(CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *scope)
{
  GATE_CODE(h, 0, goSetOAuth2ClientCredentials(h, (char *)token_url, (char *)client_id, (char *)client_secret, (char *)scope), SetOAuth2ClientCredentials, (h, token_url, client_id, client_secret, scope))
}

int CSMTP_CALL CSmtp_SetOAuth2RefreshToken(CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *refresh_token, const char *scope)
{
  GATE_CODE(h, 0, goSetOAuth2RefreshToken(h, (char *)token_url, (char *)client_id, (char *)client_secret, (char *)refresh_token, (char *)scope), SetOAuth2RefreshToken, (h, token_url, client_id, client_secret, refresh_token, scope))
}

int CSMTP_CALL CSmtp_SetOAuth2TokenFile(CSmtpHandle h, const char *path)
{
  GATE_CODE(h, 0, goSetOAuth2TokenFile(h, (char *)path), SetOAuth2TokenFile, (h, path))
}

const char *CSMTP_CALL CSmtp_GetOAuth2TokenFileError(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetOAuth2TokenFileError(h), GetOAuth2TokenFileError, (h))
}

const char *CSMTP_CALL CSmtp_GetOAuth2RefreshToken(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetOAuth2RefreshToken(h), GetOAuth2RefreshToken, (h))
}

int CSMTP_CALL CSmtp_SetOAuth2Certificate(CSmtpHandle h, const char *token_url, const char *client_id, const char *certificate_file, const char *key_file, const char *algorithm, const char *scope)
{
  GATE_CODE(h, 0, goSetOAuth2Certificate(h, (char *)token_url, (char *)client_id, (char *)certificate_file, (char *)key_file, (char *)algorithm, (char *)scope), SetOAuth2Certificate, (h, token_url, client_id, certificate_file, key_file, algorithm, scope))
}

int CSMTP_CALL CSmtp_SetOAuth2AssertionFile(CSmtpHandle h, const char *token_url, const char *client_id, const char *assertion_file, const char *scope)
{
  GATE_CODE(h, 0, goSetOAuth2AssertionFile(h, (char *)token_url, (char *)client_id, (char *)assertion_file, (char *)scope), SetOAuth2AssertionFile, (h, token_url, client_id, assertion_file, scope))
}

int CSMTP_CALL CSmtp_SetOAuth2ServiceAccount(CSmtpHandle h, const char *key_file, const char *mailbox, const char *scope)
{
  GATE_CODE(h, 0, goSetOAuth2ServiceAccount(h, (char *)key_file, (char *)mailbox, (char *)scope), SetOAuth2ServiceAccount, (h, key_file, mailbox, scope))
}

int CSMTP_CALL CSmtp_SetOAuth2ManagedIdentity(CSmtpHandle h, const char *cloud, const char *client_id, const char *scope)
{
  GATE_CODE(h, 0, goSetOAuth2ManagedIdentity(h, (char *)cloud, (char *)client_id, (char *)scope), SetOAuth2ManagedIdentity, (h, cloud, client_id, scope))
}

int CSMTP_CALL CSmtp_CheckToken(CSmtpHandle h)
{
  GATE_CODE(h, GATE_WRITES, goCheckToken(h), CheckToken, (h))
}

const char *CSMTP_CALL CSmtp_GetTokenInfo(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetTokenInfo(h), GetTokenInfo, (h))
}

const char *CSMTP_CALL CSmtp_GetAuthMechanismUsed(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetAuthMechanismUsed(h), GetAuthMechanismUsed, (h))
}

int CSMTP_CALL CSmtp_GetLoginSkipped(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetLoginSkipped(h), GetLoginSkipped, (h))
}

/* ---- Connecting */

int CSMTP_CALL CSmtp_SetServerDomain(CSmtpHandle h, const char *domain)
{
  GATE_CODE(h, 0, goSetServerDomain(h, (char *)domain), SetServerDomain, (h, domain))
}

int CSMTP_CALL CSmtp_SetLocalAddress(CSmtpHandle h, const char *address)
{
  GATE_CODE(h, 0, goSetLocalAddress(h, (char *)address), SetLocalAddress, (h, address))
}

int CSMTP_CALL CSmtp_SetProxy(CSmtpHandle h, const char *url)
{
  GATE_CODE(h, 0, goSetProxy(h, (char *)url), SetProxy, (h, url))
}

int CSMTP_CALL CSmtp_SetTransport(CSmtpHandle h, const char *transport)
{
  GATE_CODE(h, 0, goSetTransport(h, (char *)transport), SetTransport, (h, transport))
}

int CSMTP_CALL CSmtp_SetTransportEndpoint(CSmtpHandle h, const char *url)
{
  GATE_CODE(h, 0, goSetTransportEndpoint(h, (char *)url), SetTransportEndpoint, (h, url))
}

int CSMTP_CALL CSmtp_SetServerPause(CSmtpHandle h, unsigned int seconds)
{
  GATE_CODE(h, 0, goSetServerPause(h, seconds), SetServerPause, (h, seconds))
}

int CSMTP_CALL CSmtp_SetExtensionOff(CSmtpHandle h, const char *extensions)
{
  GATE_CODE(h, 0, goSetExtensionOff(h, (char *)extensions), SetExtensionOff, (h, extensions))
}

int CSMTP_CALL CSmtp_SetLMTP(CSmtpHandle h, int lmtp)
{
  GATE_CODE(h, 0, goSetLMTP(h, lmtp), SetLMTP, (h, lmtp))
}

int CSMTP_CALL CSmtp_SetTimeout(CSmtpHandle h, int step, unsigned int milliseconds)
{
  GATE_CODE(h, 0, goSetTimeout(h, step, milliseconds), SetTimeout, (h, step, milliseconds))
}

int CSMTP_CALL CSmtp_KeepAlive(CSmtpHandle h)
{
  GATE_CODE(h, GATE_WRITES, goKeepAlive(h), KeepAlive, (h))
}

const char *CSMTP_CALL CSmtp_GetPeerAddress(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetPeerAddress(h), GetPeerAddress, (h))
}

const char *CSMTP_CALL CSmtp_GetExtension(CSmtpHandle h, const char *name)
{
  GATE_NULLABLE(h, 0, goGetExtension(h, (char *)name), GetExtension, (h, name))
}

const char *CSMTP_CALL CSmtp_GetExtensions(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetExtensions(h), GetExtensions, (h))
}

/* ---- The envelope */

int CSMTP_CALL CSmtp_SetEnvelopeFrom(CSmtpHandle h, const char *email)
{
  GATE_CODE(h, 0, goSetEnvelopeFrom(h, (char *)email), SetEnvelopeFrom, (h, email))
}

int CSMTP_CALL CSmtp_SetPartialDelivery(CSmtpHandle h, int partial)
{
  GATE_CODE(h, 0, goSetPartialDelivery(h, partial), SetPartialDelivery, (h, partial))
}

int CSMTP_CALL CSmtp_SetDSN(CSmtpHandle h, const char *notify, const char *ret, const char *envelope_id)
{
  GATE_CODE(h, 0, goSetDSN(h, (char *)notify, (char *)ret, (char *)envelope_id), SetDSN, (h, notify, ret, envelope_id))
}

int CSMTP_CALL CSmtp_SetRecipientDSN(CSmtpHandle h, const char *email, const char *notify, const char *original)
{
  GATE_CODE(h, 0, goSetRecipientDSN(h, (char *)email, (char *)notify, (char *)original), SetRecipientDSN, (h, email, notify, original))
}

int CSMTP_CALL CSmtp_SetChunking(CSmtpHandle h, int mode)
{
  GATE_CODE(h, 0, goSetChunking(h, mode), SetChunking, (h, mode))
}

int CSMTP_CALL CSmtp_SetRequireTLS(CSmtpHandle h, int require)
{
  GATE_CODE(h, 0, goSetRequireTLS(h, require), SetRequireTLS, (h, require))
}

int CSMTP_CALL CSmtp_SetMTPriority(CSmtpHandle h, int priority)
{
  GATE_CODE(h, 0, goSetMTPriority(h, priority), SetMTPriority, (h, priority))
}

int CSMTP_CALL CSmtp_SetDeliverBy(CSmtpHandle h, int seconds, const char *mode)
{
  GATE_CODE(h, 0, goSetDeliverBy(h, seconds, (char *)mode), SetDeliverBy, (h, seconds, mode))
}

int CSMTP_CALL CSmtp_SetHoldFor(CSmtpHandle h, unsigned int seconds)
{
  GATE_CODE(h, 0, goSetHoldFor(h, seconds), SetHoldFor, (h, seconds))
}

int CSMTP_CALL CSmtp_SetHoldUntil(CSmtpHandle h, int64_t seconds)
{
  GATE_CODE(h, 0, goSetHoldUntil(h, seconds), SetHoldUntil, (h, seconds))
}

/* ---- Sending in other ways */

int CSMTP_CALL CSmtp_SendRaw(CSmtpHandle h, const void *data, size_t size, const char *from, const char *recipients)
{
  GATE_CODE(h, GATE_WRITES, goSendRaw(h, (uintptr_t)data, size, (char *)from, (char *)recipients), SendRaw, (h, data, size, from, recipients))
}

int CSMTP_CALL CSmtp_SendRawFile(CSmtpHandle h, const char *path, const char *from, const char *recipients)
{
  GATE_CODE(h, GATE_WRITES, goSendRawFile(h, (char *)path, (char *)from, (char *)recipients), SendRawFile, (h, path, from, recipients))
}

int CSMTP_CALL CSmtp_SendBatch(CSmtpHandle h, const CSmtpHandle *mails, size_t n, int *results)
{
  GATE_CODE(h, GATE_WRITES, goSendBatch(h, (uintptr_t)mails, n, (uintptr_t)results), SendBatch, (h, mails, n, results))
}

int CSMTP_CALL CSmtp_SendAsync(CSmtpHandle h, CSmtpDoneFunction fn, void *user)
{
  GATE_CODE(h, GATE_WRITES, goSendAsync(h, fn, (uintptr_t)user), SendAsync, (h, fn, user))
}

int CSMTP_CALL CSmtp_Poll(CSmtpHandle h)
{
  GATE_CODE(h, 0, goPoll(h), Poll, (h))
}

int CSMTP_CALL CSmtp_Wait(CSmtpHandle h, unsigned int milliseconds)
{
  GATE_CODE(h, 0, goWait(h, milliseconds), Wait, (h, milliseconds))
}

int CSMTP_CALL CSmtp_Cancel(CSmtpHandle h)
{
  GATE_CODE(h, GATE_ANYWHERE | GATE_WRITES, goCancel(h), Cancel, (h))
}

/* ---- A pool of relays */

CSmtpHandle CSMTP_CALL CSmtp_PoolNew(void)
{
  GATE_HANDLE(0, 0, goPoolNew(), PoolNew, ())
}

int CSMTP_CALL CSmtp_PoolAddRelay(CSmtpHandle pool, CSmtpHandle relay, const char *name)
{
  GATE_CODE(pool, 0, goPoolAddRelay(pool, relay, (char *)name), PoolAddRelay, (pool, relay, name))
}

int CSMTP_CALL CSmtp_PoolSetWeight(CSmtpHandle pool, unsigned int relay, unsigned int weight)
{
  GATE_CODE(pool, 0, goPoolSetWeight(pool, relay, weight), PoolSetWeight, (pool, relay, weight))
}

int CSMTP_CALL CSmtp_PoolSetSessions(CSmtpHandle pool, unsigned int relay, unsigned int sessions)
{
  GATE_CODE(pool, 0, goPoolSetSessions(pool, relay, sessions), PoolSetSessions, (pool, relay, sessions))
}

int CSMTP_CALL CSmtp_PoolSetRate(CSmtpHandle pool, unsigned int relay, unsigned int mails, unsigned int seconds)
{
  GATE_CODE(pool, 0, goPoolSetRate(pool, relay, mails, seconds), PoolSetRate, (pool, relay, mails, seconds))
}

int CSMTP_CALL CSmtp_PoolSetSessionMails(CSmtpHandle pool, unsigned int relay, unsigned int mails)
{
  GATE_CODE(pool, 0, goPoolSetSessionMails(pool, relay, mails), PoolSetSessionMails, (pool, relay, mails))
}

int CSMTP_CALL CSmtp_PoolSetIdle(CSmtpHandle pool, unsigned int relay, unsigned int milliseconds)
{
  GATE_CODE(pool, 0, goPoolSetIdle(pool, relay, milliseconds), PoolSetIdle, (pool, relay, milliseconds))
}

int CSMTP_CALL CSmtp_PoolSetQueue(CSmtpHandle pool, unsigned int mails)
{
  GATE_CODE(pool, 0, goPoolSetQueue(pool, mails), PoolSetQueue, (pool, mails))
}

int CSMTP_CALL CSmtp_PoolSetPause(CSmtpHandle pool, unsigned int first, unsigned int longest)
{
  GATE_CODE(pool, 0, goPoolSetPause(pool, first, longest), PoolSetPause, (pool, first, longest))
}

int CSMTP_CALL CSmtp_PoolSetPatience(CSmtpHandle pool, unsigned int milliseconds)
{
  GATE_CODE(pool, 0, goPoolSetPatience(pool, milliseconds), PoolSetPatience, (pool, milliseconds))
}

int CSMTP_CALL CSmtp_PoolSetJournal(CSmtpHandle pool, CSmtpSendingFunction begin, CSmtpEndedFunction end, void *user)
{
  GATE_CODE(pool, 0, goPoolSetJournal(pool, begin, end, (uintptr_t)user), PoolSetJournal, (pool, begin, end, user))
}

int CSMTP_CALL CSmtp_PoolSetReconcile(CSmtpHandle pool, CSmtpReconcileFunction fn, void *user)
{
  GATE_CODE(pool, 0, goPoolSetReconcile(pool, fn, (uintptr_t)user), PoolSetReconcile, (pool, fn, user))
}

int CSMTP_CALL CSmtp_PoolSetCallbacksInWait(CSmtpHandle pool, int in_wait)
{
  GATE_CODE(pool, 0, goPoolSetCallbacksInWait(pool, in_wait), PoolSetCallbacksInWait, (pool, in_wait))
}

int CSMTP_CALL CSmtp_PoolSend(CSmtpHandle pool, CSmtpHandle mail)
{
  GATE_CODE(pool, GATE_WRITES, goPoolSend(pool, mail), PoolSend, (pool, mail))
}

int CSMTP_CALL CSmtp_PoolSubmit(CSmtpHandle pool, CSmtpHandle mail, const char *id, unsigned int milliseconds, CSmtpDoneFunction fn, void *user, CSmtpHandle *copied)
{
  GATE_CODE(pool, GATE_WRITES, goPoolSubmit(pool, mail, (char *)id, milliseconds, fn, (uintptr_t)user, copied), PoolSubmit, (pool, mail, id, milliseconds, fn, user, copied))
}

int CSMTP_CALL CSmtp_PoolWait(CSmtpHandle pool, unsigned int milliseconds)
{
  GATE_CODE(pool, GATE_WRITES, goPoolWait(pool, milliseconds), PoolWait, (pool, milliseconds))
}

int CSMTP_CALL CSmtp_PoolDrain(CSmtpHandle pool, unsigned int milliseconds)
{
  GATE_CODE(pool, GATE_WRITES, goPoolDrain(pool, milliseconds), PoolDrain, (pool, milliseconds))
}

unsigned int CSMTP_CALL CSmtp_PoolGetCount(CSmtpHandle pool, unsigned int relay, int what)
{
  GATE_VALUE(pool, 0, goPoolGetCount(pool, relay, what), PoolGetCount, (pool, relay, what))
}

unsigned int CSMTP_CALL CSmtp_PoolGetQueued(CSmtpHandle pool)
{
  GATE_VALUE(pool, 0, goPoolGetQueued(pool), PoolGetQueued, (pool))
}

const char *CSMTP_CALL CSmtp_PoolGetRelayName(CSmtpHandle pool, unsigned int relay)
{
  GATE_TEXT(pool, 0, goPoolGetRelayName(pool, relay), PoolGetRelayName, (pool, relay))
}

const char *CSMTP_CALL CSmtp_PoolGetRelayError(CSmtpHandle pool, unsigned int relay)
{
  GATE_TEXT(pool, 0, goPoolGetRelayError(pool, relay), PoolGetRelayError, (pool, relay))
}

/* ---- What happened, in detail */

int CSMTP_CALL CSmtp_GetPhase(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetPhase(h), GetPhase, (h))
}

int CSMTP_CALL CSmtp_GetErrorKind(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetErrorKind(h), GetErrorKind, (h))
}

int CSMTP_CALL CSmtp_IsLoginError(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goIsLoginError(h), IsLoginError, (h))
}

int CSMTP_CALL CSmtp_IsSafeToRetry(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goIsSafeToRetry(h), IsSafeToRetry, (h))
}

int CSMTP_CALL CSmtp_GetRetryAfter(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetRetryAfter(h), GetRetryAfter, (h))
}

const char *CSMTP_CALL CSmtp_GetQueueID(CSmtpHandle h)
{
  GATE_TEXT(h, 0, goGetQueueID(h), GetQueueID, (h))
}

unsigned int CSMTP_CALL CSmtp_GetResultCount(CSmtpHandle h)
{
  GATE_VALUE(h, 0, goGetResultCount(h), GetResultCount, (h))
}

const char *CSMTP_CALL CSmtp_GetResultRecipient(CSmtpHandle h, unsigned int row)
{
  GATE_NULLABLE(h, 0, goGetResultRecipient(h, row), GetResultRecipient, (h, row))
}

int CSMTP_CALL CSmtp_GetResultAccepted(CSmtpHandle h, unsigned int row)
{
  GATE_VALUE(h, 0, goGetResultAccepted(h, row), GetResultAccepted, (h, row))
}

int CSMTP_CALL CSmtp_GetResultCode(CSmtpHandle h, unsigned int row)
{
  GATE_VALUE(h, 0, goGetResultCode(h, row), GetResultCode, (h, row))
}

const char *CSMTP_CALL CSmtp_GetResultEnhancedCode(CSmtpHandle h, unsigned int row)
{
  GATE_TEXT(h, 0, goGetResultEnhancedCode(h, row), GetResultEnhancedCode, (h, row))
}

const char *CSMTP_CALL CSmtp_GetResultReply(CSmtpHandle h, unsigned int row)
{
  GATE_TEXT(h, 0, goGetResultReply(h, row), GetResultReply, (h, row))
}

int CSMTP_CALL CSmtp_SetProgressCallback(CSmtpHandle h, CSmtpProgressFunction fn, void *user)
{
  GATE_CODE(h, 0, goSetProgressCallback(h, fn, (uintptr_t)user), SetProgressCallback, (h, fn, user))
}

int CSMTP_CALL CSmtp_SetLogCallback(CSmtpHandle h, CSmtpLogFunction fn, void *user)
{
  GATE_CODE(h, 0, goSetLogCallback(h, fn, (uintptr_t)user), SetLogCallback, (h, fn, user))
}

int CSMTP_CALL CSmtp_SetLogFile(CSmtpHandle h, const char *path)
{
  GATE_CODE(h, 0, goSetLogFile(h, (char *)path), SetLogFile, (h, path))
}

int CSMTP_CALL CSmtp_SetRecordFile(CSmtpHandle h, const char *path, int contents)
{
  GATE_CODE(h, 0, goSetRecordFile(h, (char *)path, contents), SetRecordFile, (h, path, contents))
}

int CSMTP_CALL CSmtp_SetEventCallback(CSmtpHandle h, CSmtpEventFunction fn, void *user)
{
  GATE_CODE(h, GATE_WRITES, goSetEventCallback(h, fn, (uintptr_t)user), SetEventCallback, (h, fn, user))
}
