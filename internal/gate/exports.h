/* SPDX-License-Identifier: MIT */
/* Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT. */

/* The Go exports, for the C files of internal/gate. exports.go includes this file
 * next to the declarations that cgo generates, so that the compiler compares
 * both. */
#ifndef CSMTP_EXPORTS_H
#define CSMTP_EXPORTS_H

#include "csmtp_c.h"

/* A number for each function of csmtp_c.h: see gateCopy. */
enum {
  GATE_ENTRY_New,
  GATE_ENTRY_Free,
  GATE_ENTRY_Clone,
  GATE_ENTRY_AddRecipient,
  GATE_ENTRY_AddCCRecipient,
  GATE_ENTRY_AddBCCRecipient,
  GATE_ENTRY_AddAttachment,
  GATE_ENTRY_AddMsgLine,
  GATE_ENTRY_ClearMessage,
  GATE_ENTRY_DelRecipients,
  GATE_ENTRY_DelCCRecipients,
  GATE_ENTRY_DelBCCRecipients,
  GATE_ENTRY_DelAttachments,
  GATE_ENTRY_DelMsgLines,
  GATE_ENTRY_DelMsgLine,
  GATE_ENTRY_ModMsgLine,
  GATE_ENTRY_GetRecipientCount,
  GATE_ENTRY_GetCCRecipientCount,
  GATE_ENTRY_GetBCCRecipientCount,
  GATE_ENTRY_GetMsgLines,
  GATE_ENTRY_GetMsgLineText,
  GATE_ENTRY_SetSubject,
  GATE_ENTRY_SetSenderName,
  GATE_ENTRY_SetSenderMail,
  GATE_ENTRY_SetReplyTo,
  GATE_ENTRY_SetXMailer,
  GATE_ENTRY_SetCharSet,
  GATE_ENTRY_SetStrict,
  GATE_ENTRY_SetReadReceipt,
  GATE_ENTRY_SetXPriority,
  GATE_ENTRY_SetHTML,
  GATE_ENTRY_GetHTML,
  GATE_ENTRY_GetSubject,
  GATE_ENTRY_GetSenderName,
  GATE_ENTRY_GetMailFrom,
  GATE_ENTRY_GetReplyTo,
  GATE_ENTRY_GetXMailer,
  GATE_ENTRY_GetXPriority,
  GATE_ENTRY_SetSMTPServer,
  GATE_ENTRY_SetSecurityType,
  GATE_ENTRY_GetSecurityType,
  GATE_ENTRY_SetLogin,
  GATE_ENTRY_SetPassword,
  GATE_ENTRY_SetLocalHostName,
  GATE_ENTRY_GetLocalHostName,
  GATE_ENTRY_GetLocalHostIP,
  GATE_ENTRY_ConnectRemoteServer,
  GATE_ENTRY_DisconnectRemoteServer,
  GATE_ENTRY_Send,
  GATE_ENTRY_GetLastError,
  GATE_ENTRY_GetLastErrorText,
  GATE_ENTRY_GetLastReply,
  GATE_ENTRY_GetLastReplyCode,
  GATE_ENTRY_GetLastEnhancedCode,
  GATE_ENTRY_GetOutcome,
  GATE_ENTRY_GetErrorText,
  GATE_ENTRY_GetVersion,
  GATE_ENTRY_SetTextBody,
  GATE_ENTRY_SetHTMLBody,
  GATE_ENTRY_SetFlowed,
  GATE_ENTRY_SetEightBit,
  GATE_ENTRY_AddAttachmentAs,
  GATE_ENTRY_AddAttachmentData,
  GATE_ENTRY_AddAttachmentReader,
  GATE_ENTRY_AddInlineImage,
  GATE_ENTRY_AddInlineImageData,
  GATE_ENTRY_SetCalendar,
  GATE_ENTRY_AddHeader,
  GATE_ENTRY_DelHeaders,
  GATE_ENTRY_SetMessageID,
  GATE_ENTRY_GetMessageID,
  GATE_ENTRY_SetDate,
  GATE_ENTRY_AddFrom,
  GATE_ENTRY_SetSender,
  GATE_ENTRY_SetInReplyTo,
  GATE_ENTRY_SetReferences,
  GATE_ENTRY_SetAutoSubmitted,
  GATE_ENTRY_SetListUnsubscribe,
  GATE_ENTRY_SetKeyPassphrase,
  GATE_ENTRY_AddDKIMKey,
  GATE_ENTRY_AddDKIMKeyFile,
  GATE_ENTRY_DelDKIMKeys,
  GATE_ENTRY_SetSMIMEKey,
  GATE_ENTRY_SetSMIMEKeyFile,
  GATE_ENTRY_RenderMessage,
  GATE_ENTRY_SaveMessage,
  GATE_ENTRY_SetVerifyPeer,
  GATE_ENTRY_SetCAFile,
  GATE_ENTRY_SetCADirectory,
  GATE_ENTRY_SetClientCertificate,
  GATE_ENTRY_SetPinnedPublicKey,
  GATE_ENTRY_SetTLSMinVersion,
  GATE_ENTRY_SetTLSMaxVersion,
  GATE_ENTRY_SetTLSServerName,
  GATE_ENTRY_GetTLSInfo,
  GATE_ENTRY_GetPeerCertificate,
  GATE_ENTRY_SetAuthMechanism,
  GATE_ENTRY_SetAuthorizationID,
  GATE_ENTRY_SetClearLogin,
  GATE_ENTRY_SetLoginRequired,
  GATE_ENTRY_SetAccessToken,
  GATE_ENTRY_SetTokenCallback,
  GATE_ENTRY_SetOAuth2ClientCredentials,
  GATE_ENTRY_SetOAuth2RefreshToken,
  GATE_ENTRY_SetOAuth2TokenFile,
  GATE_ENTRY_GetOAuth2TokenFileError,
  GATE_ENTRY_GetOAuth2RefreshToken,
  GATE_ENTRY_SetOAuth2Certificate,
  GATE_ENTRY_SetOAuth2AssertionFile,
  GATE_ENTRY_SetOAuth2ServiceAccount,
  GATE_ENTRY_SetOAuth2ManagedIdentity,
  GATE_ENTRY_CheckToken,
  GATE_ENTRY_GetTokenInfo,
  GATE_ENTRY_GetAuthMechanismUsed,
  GATE_ENTRY_GetLoginSkipped,
  GATE_ENTRY_SetServerDomain,
  GATE_ENTRY_SetLocalAddress,
  GATE_ENTRY_SetProxy,
  GATE_ENTRY_SetTransport,
  GATE_ENTRY_SetTransportEndpoint,
  GATE_ENTRY_SetServerPause,
  GATE_ENTRY_SetExtensionOff,
  GATE_ENTRY_SetLMTP,
  GATE_ENTRY_SetTimeout,
  GATE_ENTRY_KeepAlive,
  GATE_ENTRY_GetPeerAddress,
  GATE_ENTRY_GetExtension,
  GATE_ENTRY_GetExtensions,
  GATE_ENTRY_SetEnvelopeFrom,
  GATE_ENTRY_SetPartialDelivery,
  GATE_ENTRY_SetDSN,
  GATE_ENTRY_SetRecipientDSN,
  GATE_ENTRY_SetChunking,
  GATE_ENTRY_SetRequireTLS,
  GATE_ENTRY_SetMTPriority,
  GATE_ENTRY_SetDeliverBy,
  GATE_ENTRY_SetHoldFor,
  GATE_ENTRY_SetHoldUntil,
  GATE_ENTRY_SendRaw,
  GATE_ENTRY_SendRawFile,
  GATE_ENTRY_SendBatch,
  GATE_ENTRY_SendAsync,
  GATE_ENTRY_Poll,
  GATE_ENTRY_Wait,
  GATE_ENTRY_Cancel,
  GATE_ENTRY_PoolNew,
  GATE_ENTRY_PoolAddRelay,
  GATE_ENTRY_PoolSetWeight,
  GATE_ENTRY_PoolSetSessions,
  GATE_ENTRY_PoolSetRate,
  GATE_ENTRY_PoolSetSessionMails,
  GATE_ENTRY_PoolSetIdle,
  GATE_ENTRY_PoolSetQueue,
  GATE_ENTRY_PoolSetPause,
  GATE_ENTRY_PoolSetPatience,
  GATE_ENTRY_PoolSetJournal,
  GATE_ENTRY_PoolSetReconcile,
  GATE_ENTRY_PoolSetCallbacksInWait,
  GATE_ENTRY_PoolSend,
  GATE_ENTRY_PoolSubmit,
  GATE_ENTRY_PoolWait,
  GATE_ENTRY_PoolDrain,
  GATE_ENTRY_PoolGetCount,
  GATE_ENTRY_PoolGetQueued,
  GATE_ENTRY_PoolGetRelayName,
  GATE_ENTRY_PoolGetRelayError,
  GATE_ENTRY_GetPhase,
  GATE_ENTRY_GetErrorKind,
  GATE_ENTRY_IsLoginError,
  GATE_ENTRY_IsSafeToRetry,
  GATE_ENTRY_GetRetryAfter,
  GATE_ENTRY_GetQueueID,
  GATE_ENTRY_GetResultCount,
  GATE_ENTRY_GetResultRecipient,
  GATE_ENTRY_GetResultAccepted,
  GATE_ENTRY_GetResultCode,
  GATE_ENTRY_GetResultEnhancedCode,
  GATE_ENTRY_GetResultReply,
  GATE_ENTRY_SetProgressCallback,
  GATE_ENTRY_SetLogCallback,
  GATE_ENTRY_SetLogFile,
  GATE_ENTRY_SetRecordFile,
  GATE_ENTRY_SetEventCallback,
  GATE_ENTRIES
};

extern void goStart(uintptr_t first);
extern CSmtpHandle goNew(void);
extern void goFree(CSmtpHandle h);
extern CSmtpHandle goClone(CSmtpHandle h);
extern int goAddRecipient(CSmtpHandle h, char *email, char *name);
extern int goAddCCRecipient(CSmtpHandle h, char *email, char *name);
extern int goAddBCCRecipient(CSmtpHandle h, char *email, char *name);
extern int goAddAttachment(CSmtpHandle h, char *path);
extern int goAddMsgLine(CSmtpHandle h, char *text);
extern int goClearMessage(CSmtpHandle h);
extern int goDelRecipients(CSmtpHandle h);
extern int goDelCCRecipients(CSmtpHandle h);
extern int goDelBCCRecipients(CSmtpHandle h);
extern int goDelAttachments(CSmtpHandle h);
extern int goDelMsgLines(CSmtpHandle h);
extern int goDelMsgLine(CSmtpHandle h, unsigned int line);
extern int goModMsgLine(CSmtpHandle h, unsigned int line, char *text);
extern unsigned int goGetRecipientCount(CSmtpHandle h);
extern unsigned int goGetCCRecipientCount(CSmtpHandle h);
extern unsigned int goGetBCCRecipientCount(CSmtpHandle h);
extern unsigned int goGetMsgLines(CSmtpHandle h);
extern char *goGetMsgLineText(CSmtpHandle h, unsigned int line);
extern int goSetSubject(CSmtpHandle h, char *subject);
extern int goSetSenderName(CSmtpHandle h, char *name);
extern int goSetSenderMail(CSmtpHandle h, char *email);
extern int goSetReplyTo(CSmtpHandle h, char *reply_to);
extern int goSetXMailer(CSmtpHandle h, char *x_mailer);
extern int goSetCharSet(CSmtpHandle h, char *charset);
extern int goSetStrict(CSmtpHandle h, int strict);
extern int goSetReadReceipt(CSmtpHandle h, int request_receipt);
extern int goSetXPriority(CSmtpHandle h, int priority);
extern int goSetHTML(CSmtpHandle h, int html);
extern int goGetHTML(CSmtpHandle h);
extern char *goGetSubject(CSmtpHandle h);
extern char *goGetSenderName(CSmtpHandle h);
extern char *goGetMailFrom(CSmtpHandle h);
extern char *goGetReplyTo(CSmtpHandle h);
extern char *goGetXMailer(CSmtpHandle h);
extern int goGetXPriority(CSmtpHandle h);
extern int goSetSMTPServer(CSmtpHandle h, char *server, unsigned short port, int authenticate);
extern int goSetSecurityType(CSmtpHandle h, int security_type);
extern int goGetSecurityType(CSmtpHandle h);
extern int goSetLogin(CSmtpHandle h, char *login);
extern int goSetPassword(CSmtpHandle h, char *password);
extern int goSetLocalHostName(CSmtpHandle h, char *name);
extern char *goGetLocalHostName(CSmtpHandle h);
extern char *goGetLocalHostIP(CSmtpHandle h);
extern int goConnectRemoteServer(CSmtpHandle h, char *server, unsigned short port, int security_type, int authenticate, char *login, char *password);
extern int goDisconnectRemoteServer(CSmtpHandle h);
extern int goSend(CSmtpHandle h);
extern int goGetLastError(CSmtpHandle h);
extern char *goGetLastErrorText(CSmtpHandle h);
extern char *goGetLastReply(CSmtpHandle h);
extern int goGetLastReplyCode(CSmtpHandle h);
extern char *goGetLastEnhancedCode(CSmtpHandle h);
extern int goGetOutcome(CSmtpHandle h);
extern char *goGetErrorText(int error);
extern char *goGetVersion(void);
extern int goSetTextBody(CSmtpHandle h, char *text);
extern int goSetHTMLBody(CSmtpHandle h, char *html);
extern int goSetFlowed(CSmtpHandle h, int flowed);
extern int goSetEightBit(CSmtpHandle h, int eight_bit);
extern int goAddAttachmentAs(CSmtpHandle h, char *path, char *name, char *content_type);
extern int goAddAttachmentData(CSmtpHandle h, char *name, char *content_type, uintptr_t data, size_t size);
extern int goAddAttachmentReader(CSmtpHandle h, char *name, char *content_type, int64_t size, CSmtpReadFunction read, uintptr_t user);
extern int goAddInlineImage(CSmtpHandle h, char *path, char *content_id);
extern int goAddInlineImageData(CSmtpHandle h, char *content_id, char *name, char *content_type, uintptr_t data, size_t size);
extern int goSetCalendar(CSmtpHandle h, char *method, char *calendar);
extern int goAddHeader(CSmtpHandle h, char *name, char *value);
extern int goDelHeaders(CSmtpHandle h);
extern int goSetMessageID(CSmtpHandle h, char *message_id);
extern char *goGetMessageID(CSmtpHandle h);
extern int goSetDate(CSmtpHandle h, int64_t seconds);
extern int goAddFrom(CSmtpHandle h, char *email, char *name);
extern int goSetSender(CSmtpHandle h, char *email, char *name);
extern int goSetInReplyTo(CSmtpHandle h, char *message_ids);
extern int goSetReferences(CSmtpHandle h, char *message_ids);
extern int goSetAutoSubmitted(CSmtpHandle h, char *keyword);
extern int goSetListUnsubscribe(CSmtpHandle h, char *uris, int one_click);
extern int goSetKeyPassphrase(CSmtpHandle h, char *passphrase);
extern int goAddDKIMKey(CSmtpHandle h, char *domain, char *selector, char *key);
extern int goAddDKIMKeyFile(CSmtpHandle h, char *domain, char *selector, char *path);
extern int goDelDKIMKeys(CSmtpHandle h);
extern int goSetSMIMEKey(CSmtpHandle h, char *certificate, char *key);
extern int goSetSMIMEKeyFile(CSmtpHandle h, char *certificate_file, char *key_file);
extern int goRenderMessage(CSmtpHandle h, char **data, size_t *size);
extern int goSaveMessage(CSmtpHandle h, char *path);
extern int goSetVerifyPeer(CSmtpHandle h, int verify);
extern int goSetCAFile(CSmtpHandle h, char *path);
extern int goSetCADirectory(CSmtpHandle h, char *path);
extern int goSetClientCertificate(CSmtpHandle h, char *certificate_file, char *key_file);
extern int goSetPinnedPublicKey(CSmtpHandle h, char *pins);
extern int goSetTLSMinVersion(CSmtpHandle h, int version);
extern int goSetTLSMaxVersion(CSmtpHandle h, int version);
extern int goSetTLSServerName(CSmtpHandle h, char *name);
extern char *goGetTLSInfo(CSmtpHandle h);
extern char *goGetPeerCertificate(CSmtpHandle h, unsigned int index, int field);
extern int goSetAuthMechanism(CSmtpHandle h, char *mechanisms);
extern int goSetAuthorizationID(CSmtpHandle h, char *id);
extern int goSetClearLogin(CSmtpHandle h, int allow);
extern int goSetLoginRequired(CSmtpHandle h, int required);
extern int goSetAccessToken(CSmtpHandle h, char *token);
extern int goSetTokenCallback(CSmtpHandle h, CSmtpTokenFunction fn, uintptr_t user);
extern int goSetOAuth2ClientCredentials(CSmtpHandle h, char *token_url, char *client_id, char *client_secret, char *scope);
extern int goSetOAuth2RefreshToken(CSmtpHandle h, char *token_url, char *client_id, char *client_secret, char *refresh_token, char *scope);
extern int goSetOAuth2TokenFile(CSmtpHandle h, char *path);
extern char *goGetOAuth2TokenFileError(CSmtpHandle h);
extern char *goGetOAuth2RefreshToken(CSmtpHandle h);
extern int goSetOAuth2Certificate(CSmtpHandle h, char *token_url, char *client_id, char *certificate_file, char *key_file, char *algorithm, char *scope);
extern int goSetOAuth2AssertionFile(CSmtpHandle h, char *token_url, char *client_id, char *assertion_file, char *scope);
extern int goSetOAuth2ServiceAccount(CSmtpHandle h, char *key_file, char *mailbox, char *scope);
extern int goSetOAuth2ManagedIdentity(CSmtpHandle h, char *cloud, char *client_id, char *scope);
extern int goCheckToken(CSmtpHandle h);
extern char *goGetTokenInfo(CSmtpHandle h);
extern char *goGetAuthMechanismUsed(CSmtpHandle h);
extern int goGetLoginSkipped(CSmtpHandle h);
extern int goSetServerDomain(CSmtpHandle h, char *domain);
extern int goSetLocalAddress(CSmtpHandle h, char *address);
extern int goSetProxy(CSmtpHandle h, char *url);
extern int goSetTransport(CSmtpHandle h, char *transport);
extern int goSetTransportEndpoint(CSmtpHandle h, char *url);
extern int goSetServerPause(CSmtpHandle h, unsigned int seconds);
extern int goSetExtensionOff(CSmtpHandle h, char *extensions);
extern int goSetLMTP(CSmtpHandle h, int lmtp);
extern int goSetTimeout(CSmtpHandle h, int step, unsigned int milliseconds);
extern int goKeepAlive(CSmtpHandle h);
extern char *goGetPeerAddress(CSmtpHandle h);
extern char *goGetExtension(CSmtpHandle h, char *name);
extern char *goGetExtensions(CSmtpHandle h);
extern int goSetEnvelopeFrom(CSmtpHandle h, char *email);
extern int goSetPartialDelivery(CSmtpHandle h, int partial);
extern int goSetDSN(CSmtpHandle h, char *notify, char *ret, char *envelope_id);
extern int goSetRecipientDSN(CSmtpHandle h, char *email, char *notify, char *original);
extern int goSetChunking(CSmtpHandle h, int mode);
extern int goSetRequireTLS(CSmtpHandle h, int require);
extern int goSetMTPriority(CSmtpHandle h, int priority);
extern int goSetDeliverBy(CSmtpHandle h, int seconds, char *mode);
extern int goSetHoldFor(CSmtpHandle h, unsigned int seconds);
extern int goSetHoldUntil(CSmtpHandle h, int64_t seconds);
extern int goSendRaw(CSmtpHandle h, uintptr_t data, size_t size, char *from, char *recipients);
extern int goSendRawFile(CSmtpHandle h, char *path, char *from, char *recipients);
extern int goSendBatch(CSmtpHandle h, uintptr_t mails, size_t n, uintptr_t results);
extern int goSendAsync(CSmtpHandle h, CSmtpDoneFunction fn, uintptr_t user);
extern int goPoll(CSmtpHandle h);
extern int goWait(CSmtpHandle h, unsigned int milliseconds);
extern int goCancel(CSmtpHandle h);
extern CSmtpHandle goPoolNew(void);
extern int goPoolAddRelay(CSmtpHandle pool, CSmtpHandle relay, char *name);
extern int goPoolSetWeight(CSmtpHandle pool, unsigned int relay, unsigned int weight);
extern int goPoolSetSessions(CSmtpHandle pool, unsigned int relay, unsigned int sessions);
extern int goPoolSetRate(CSmtpHandle pool, unsigned int relay, unsigned int mails, unsigned int seconds);
extern int goPoolSetSessionMails(CSmtpHandle pool, unsigned int relay, unsigned int mails);
extern int goPoolSetIdle(CSmtpHandle pool, unsigned int relay, unsigned int milliseconds);
extern int goPoolSetQueue(CSmtpHandle pool, unsigned int mails);
extern int goPoolSetPause(CSmtpHandle pool, unsigned int first, unsigned int longest);
extern int goPoolSetPatience(CSmtpHandle pool, unsigned int milliseconds);
extern int goPoolSetJournal(CSmtpHandle pool, CSmtpSendingFunction begin, CSmtpEndedFunction end, uintptr_t user);
extern int goPoolSetReconcile(CSmtpHandle pool, CSmtpReconcileFunction fn, uintptr_t user);
extern int goPoolSetCallbacksInWait(CSmtpHandle pool, int in_wait);
extern int goPoolSend(CSmtpHandle pool, CSmtpHandle mail);
extern int goPoolSubmit(CSmtpHandle pool, CSmtpHandle mail, char *id, unsigned int milliseconds, CSmtpDoneFunction fn, uintptr_t user, CSmtpHandle *copied);
extern int goPoolWait(CSmtpHandle pool, unsigned int milliseconds);
extern int goPoolDrain(CSmtpHandle pool, unsigned int milliseconds);
extern unsigned int goPoolGetCount(CSmtpHandle pool, unsigned int relay, int what);
extern unsigned int goPoolGetQueued(CSmtpHandle pool);
extern char *goPoolGetRelayName(CSmtpHandle pool, unsigned int relay);
extern char *goPoolGetRelayError(CSmtpHandle pool, unsigned int relay);
extern int goGetPhase(CSmtpHandle h);
extern int goGetErrorKind(CSmtpHandle h);
extern int goIsLoginError(CSmtpHandle h);
extern int goIsSafeToRetry(CSmtpHandle h);
extern int goGetRetryAfter(CSmtpHandle h);
extern char *goGetQueueID(CSmtpHandle h);
extern unsigned int goGetResultCount(CSmtpHandle h);
extern char *goGetResultRecipient(CSmtpHandle h, unsigned int row);
extern int goGetResultAccepted(CSmtpHandle h, unsigned int row);
extern int goGetResultCode(CSmtpHandle h, unsigned int row);
extern char *goGetResultEnhancedCode(CSmtpHandle h, unsigned int row);
extern char *goGetResultReply(CSmtpHandle h, unsigned int row);
extern int goSetProgressCallback(CSmtpHandle h, CSmtpProgressFunction fn, uintptr_t user);
extern int goSetLogCallback(CSmtpHandle h, CSmtpLogFunction fn, uintptr_t user);
extern int goSetLogFile(CSmtpHandle h, char *path);
extern int goSetRecordFile(CSmtpHandle h, char *path, int contents);
extern int goSetEventCallback(CSmtpHandle h, CSmtpEventFunction fn, uintptr_t user);

#endif
