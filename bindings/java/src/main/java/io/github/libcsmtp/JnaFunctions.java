// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** Calls the functions with JNA. */
final class JnaFunctions extends JnaMemory {
    interface Raw extends Library {
        SizeT CSmtp_New();
        void CSmtp_Free(SizeT h);
        SizeT CSmtp_Clone(SizeT h);
        int CSmtp_AddRecipient(SizeT h, byte[] email, byte[] name);
        int CSmtp_AddCCRecipient(SizeT h, byte[] email, byte[] name);
        int CSmtp_AddBCCRecipient(SizeT h, byte[] email, byte[] name);
        int CSmtp_AddAttachment(SizeT h, byte[] path);
        int CSmtp_AddMsgLine(SizeT h, byte[] text);
        int CSmtp_ClearMessage(SizeT h);
        int CSmtp_DelRecipients(SizeT h);
        int CSmtp_DelCCRecipients(SizeT h);
        int CSmtp_DelBCCRecipients(SizeT h);
        int CSmtp_DelAttachments(SizeT h);
        int CSmtp_DelMsgLines(SizeT h);
        int CSmtp_DelMsgLine(SizeT h, int line);
        int CSmtp_ModMsgLine(SizeT h, int line, byte[] text);
        int CSmtp_GetRecipientCount(SizeT h);
        int CSmtp_GetCCRecipientCount(SizeT h);
        int CSmtp_GetBCCRecipientCount(SizeT h);
        int CSmtp_GetMsgLines(SizeT h);
        Pointer CSmtp_GetMsgLineText(SizeT h, int line);
        int CSmtp_SetSubject(SizeT h, byte[] subject);
        int CSmtp_SetSenderName(SizeT h, byte[] name);
        int CSmtp_SetSenderMail(SizeT h, byte[] email);
        int CSmtp_SetReplyTo(SizeT h, byte[] reply_to);
        int CSmtp_SetXMailer(SizeT h, byte[] x_mailer);
        int CSmtp_SetCharSet(SizeT h, byte[] charset);
        int CSmtp_SetStrict(SizeT h, int strict);
        int CSmtp_SetReadReceipt(SizeT h, int request_receipt);
        int CSmtp_SetXPriority(SizeT h, int priority);
        int CSmtp_SetHTML(SizeT h, int html);
        int CSmtp_GetHTML(SizeT h);
        Pointer CSmtp_GetSubject(SizeT h);
        Pointer CSmtp_GetSenderName(SizeT h);
        Pointer CSmtp_GetMailFrom(SizeT h);
        Pointer CSmtp_GetReplyTo(SizeT h);
        Pointer CSmtp_GetXMailer(SizeT h);
        int CSmtp_GetXPriority(SizeT h);
        int CSmtp_SetSMTPServer(SizeT h, byte[] server, int port, int authenticate);
        int CSmtp_SetSecurityType(SizeT h, int security_type);
        int CSmtp_GetSecurityType(SizeT h);
        int CSmtp_SetLogin(SizeT h, byte[] login);
        int CSmtp_SetPassword(SizeT h, byte[] password);
        int CSmtp_SetLocalHostName(SizeT h, byte[] name);
        Pointer CSmtp_GetLocalHostName(SizeT h);
        Pointer CSmtp_GetLocalHostIP(SizeT h);
        int CSmtp_ConnectRemoteServer(SizeT h, byte[] server, int port, int security_type, int authenticate, byte[] login, byte[] password);
        int CSmtp_DisconnectRemoteServer(SizeT h);
        int CSmtp_Send(SizeT h);
        int CSmtp_GetLastError(SizeT h);
        Pointer CSmtp_GetLastErrorText(SizeT h);
        Pointer CSmtp_GetLastReply(SizeT h);
        int CSmtp_GetLastReplyCode(SizeT h);
        Pointer CSmtp_GetLastEnhancedCode(SizeT h);
        int CSmtp_GetOutcome(SizeT h);
        Pointer CSmtp_GetErrorText(int error);
        Pointer CSmtp_GetVersion();
        int CSmtp_SetTextBody(SizeT h, byte[] text);
        int CSmtp_SetHTMLBody(SizeT h, byte[] html);
        int CSmtp_SetFlowed(SizeT h, int flowed);
        int CSmtp_SetEightBit(SizeT h, int eight_bit);
        int CSmtp_AddAttachmentAs(SizeT h, byte[] path, byte[] name, byte[] content_type);
        int CSmtp_AddAttachmentData(SizeT h, byte[] name, byte[] content_type, byte[] data, SizeT size);
        int CSmtp_AddAttachmentReader(SizeT h, byte[] name, byte[] content_type, long size, Pointer read, Pointer user);
        int CSmtp_AddInlineImage(SizeT h, byte[] path, byte[] content_id);
        int CSmtp_AddInlineImageData(SizeT h, byte[] content_id, byte[] name, byte[] content_type, byte[] data, SizeT size);
        int CSmtp_SetCalendar(SizeT h, byte[] method, byte[] calendar);
        int CSmtp_AddHeader(SizeT h, byte[] name, byte[] value);
        int CSmtp_DelHeaders(SizeT h);
        int CSmtp_SetMessageID(SizeT h, byte[] message_id);
        Pointer CSmtp_GetMessageID(SizeT h);
        int CSmtp_SetDate(SizeT h, long seconds);
        int CSmtp_AddFrom(SizeT h, byte[] email, byte[] name);
        int CSmtp_SetSender(SizeT h, byte[] email, byte[] name);
        int CSmtp_SetInReplyTo(SizeT h, byte[] message_ids);
        int CSmtp_SetReferences(SizeT h, byte[] message_ids);
        int CSmtp_SetAutoSubmitted(SizeT h, byte[] keyword);
        int CSmtp_SetListUnsubscribe(SizeT h, byte[] uris, int one_click);
        int CSmtp_SetKeyPassphrase(SizeT h, byte[] passphrase);
        int CSmtp_AddDKIMKey(SizeT h, byte[] domain, byte[] selector, byte[] key);
        int CSmtp_AddDKIMKeyFile(SizeT h, byte[] domain, byte[] selector, byte[] path);
        int CSmtp_DelDKIMKeys(SizeT h);
        int CSmtp_SetSMIMEKey(SizeT h, byte[] certificate, byte[] key);
        int CSmtp_SetSMIMEKeyFile(SizeT h, byte[] certificate_file, byte[] key_file);
        int CSmtp_RenderMessage(SizeT h, Pointer data, Pointer size);
        int CSmtp_SaveMessage(SizeT h, byte[] path);
        int CSmtp_SetVerifyPeer(SizeT h, int verify);
        int CSmtp_SetCAFile(SizeT h, byte[] path);
        int CSmtp_SetCADirectory(SizeT h, byte[] path);
        int CSmtp_SetClientCertificate(SizeT h, byte[] certificate_file, byte[] key_file);
        int CSmtp_SetPinnedPublicKey(SizeT h, byte[] pins);
        int CSmtp_SetTLSMinVersion(SizeT h, int version);
        int CSmtp_SetTLSMaxVersion(SizeT h, int version);
        int CSmtp_SetTLSServerName(SizeT h, byte[] name);
        Pointer CSmtp_GetTLSInfo(SizeT h);
        Pointer CSmtp_GetPeerCertificate(SizeT h, int index, int field);
        int CSmtp_SetAuthMechanism(SizeT h, byte[] mechanisms);
        int CSmtp_SetAuthorizationID(SizeT h, byte[] id);
        int CSmtp_SetClearLogin(SizeT h, int allow);
        int CSmtp_SetLoginRequired(SizeT h, int required);
        int CSmtp_SetAccessToken(SizeT h, byte[] token);
        int CSmtp_SetTokenCallback(SizeT h, Pointer fn, Pointer user);
        int CSmtp_SetOAuth2ClientCredentials(SizeT h, byte[] token_url, byte[] client_id, byte[] client_secret, byte[] scope);
        int CSmtp_SetOAuth2RefreshToken(SizeT h, byte[] token_url, byte[] client_id, byte[] client_secret, byte[] refresh_token, byte[] scope);
        int CSmtp_SetOAuth2TokenFile(SizeT h, byte[] path);
        Pointer CSmtp_GetOAuth2TokenFileError(SizeT h);
        Pointer CSmtp_GetOAuth2RefreshToken(SizeT h);
        int CSmtp_SetOAuth2Certificate(SizeT h, byte[] token_url, byte[] client_id, byte[] certificate_file, byte[] key_file, byte[] algorithm, byte[] scope);
        int CSmtp_SetOAuth2AssertionFile(SizeT h, byte[] token_url, byte[] client_id, byte[] assertion_file, byte[] scope);
        int CSmtp_SetOAuth2ServiceAccount(SizeT h, byte[] key_file, byte[] mailbox, byte[] scope);
        int CSmtp_SetOAuth2ManagedIdentity(SizeT h, byte[] cloud, byte[] client_id, byte[] scope);
        int CSmtp_CheckToken(SizeT h);
        Pointer CSmtp_GetTokenInfo(SizeT h);
        Pointer CSmtp_GetAuthMechanismUsed(SizeT h);
        int CSmtp_GetLoginSkipped(SizeT h);
        int CSmtp_SetServerDomain(SizeT h, byte[] domain);
        int CSmtp_SetLocalAddress(SizeT h, byte[] address);
        int CSmtp_SetProxy(SizeT h, byte[] url);
        int CSmtp_SetTransport(SizeT h, byte[] transport);
        int CSmtp_SetTransportEndpoint(SizeT h, byte[] url);
        int CSmtp_SetServerPause(SizeT h, int seconds);
        int CSmtp_SetExtensionOff(SizeT h, byte[] extensions);
        int CSmtp_SetLMTP(SizeT h, int lmtp);
        int CSmtp_SetTimeout(SizeT h, int step, int milliseconds);
        int CSmtp_KeepAlive(SizeT h);
        Pointer CSmtp_GetPeerAddress(SizeT h);
        Pointer CSmtp_GetExtension(SizeT h, byte[] name);
        Pointer CSmtp_GetExtensions(SizeT h);
        int CSmtp_SetEnvelopeFrom(SizeT h, byte[] email);
        int CSmtp_SetPartialDelivery(SizeT h, int partial);
        int CSmtp_SetDSN(SizeT h, byte[] notify, byte[] ret, byte[] envelope_id);
        int CSmtp_SetRecipientDSN(SizeT h, byte[] email, byte[] notify, byte[] original);
        int CSmtp_SetChunking(SizeT h, int mode);
        int CSmtp_SetRequireTLS(SizeT h, int require);
        int CSmtp_SetMTPriority(SizeT h, int priority);
        int CSmtp_SetDeliverBy(SizeT h, int seconds, byte[] mode);
        int CSmtp_SetHoldFor(SizeT h, int seconds);
        int CSmtp_SetHoldUntil(SizeT h, long seconds);
        int CSmtp_SendRaw(SizeT h, byte[] data, SizeT size, byte[] from, byte[] recipients);
        int CSmtp_SendRawFile(SizeT h, byte[] path, byte[] from, byte[] recipients);
        int CSmtp_SendBatch(SizeT h, Pointer mails, SizeT n, int[] results);
        int CSmtp_SendAsync(SizeT h, Pointer fn, Pointer user);
        int CSmtp_Poll(SizeT h);
        int CSmtp_Wait(SizeT h, int milliseconds);
        int CSmtp_Cancel(SizeT h);
        SizeT CSmtp_PoolNew();
        int CSmtp_PoolAddRelay(SizeT pool, SizeT relay, byte[] name);
        int CSmtp_PoolSetWeight(SizeT pool, int relay, int weight);
        int CSmtp_PoolSetSessions(SizeT pool, int relay, int sessions);
        int CSmtp_PoolSetRate(SizeT pool, int relay, int mails, int seconds);
        int CSmtp_PoolSetSessionMails(SizeT pool, int relay, int mails);
        int CSmtp_PoolSetIdle(SizeT pool, int relay, int milliseconds);
        int CSmtp_PoolSetQueue(SizeT pool, int mails);
        int CSmtp_PoolSetPause(SizeT pool, int first, int longest);
        int CSmtp_PoolSetPatience(SizeT pool, int milliseconds);
        int CSmtp_PoolSetJournal(SizeT pool, Pointer begin, Pointer end, Pointer user);
        int CSmtp_PoolSetReconcile(SizeT pool, Pointer fn, Pointer user);
        int CSmtp_PoolSetCallbacksInWait(SizeT pool, int in_wait);
        int CSmtp_PoolSend(SizeT pool, SizeT mail);
        int CSmtp_PoolSubmit(SizeT pool, SizeT mail, byte[] id, int milliseconds, Pointer fn, Pointer user, Pointer copied);
        int CSmtp_PoolWait(SizeT pool, int milliseconds);
        int CSmtp_PoolDrain(SizeT pool, int milliseconds);
        int CSmtp_PoolGetCount(SizeT pool, int relay, int what);
        int CSmtp_PoolGetQueued(SizeT pool);
        Pointer CSmtp_PoolGetRelayName(SizeT pool, int relay);
        Pointer CSmtp_PoolGetRelayError(SizeT pool, int relay);
        int CSmtp_GetPhase(SizeT h);
        int CSmtp_GetErrorKind(SizeT h);
        int CSmtp_IsLoginError(SizeT h);
        int CSmtp_IsSafeToRetry(SizeT h);
        int CSmtp_GetRetryAfter(SizeT h);
        Pointer CSmtp_GetQueueID(SizeT h);
        int CSmtp_GetResultCount(SizeT h);
        Pointer CSmtp_GetResultRecipient(SizeT h, int row);
        int CSmtp_GetResultAccepted(SizeT h, int row);
        int CSmtp_GetResultCode(SizeT h, int row);
        Pointer CSmtp_GetResultEnhancedCode(SizeT h, int row);
        Pointer CSmtp_GetResultReply(SizeT h, int row);
        int CSmtp_SetProgressCallback(SizeT h, Pointer fn, Pointer user);
        int CSmtp_SetLogCallback(SizeT h, Pointer fn, Pointer user);
        int CSmtp_SetLogFile(SizeT h, byte[] path);
        int CSmtp_SetRecordFile(SizeT h, byte[] path, int contents);
        int CSmtp_SetEventCallback(SizeT h, Pointer fn, Pointer user);

        interface ReadFunction extends Callback {
            long callback(Pointer user, Pointer buffer, SizeT capacity);
        }

        interface TokenFunction extends Callback {
            Pointer callback(Pointer user, int refused);
        }

        interface DoneFunction extends Callback {
            void callback(Pointer user, SizeT h, int error);
        }

        interface SendingFunction extends Callback {
            int callback(Pointer user, Pointer id, int relay, Pointer message_id);
        }

        interface EndedFunction extends Callback {
            int callback(Pointer user, Pointer id, int relay, int outcome, Pointer queue_id, Pointer reply);
        }

        interface ReconcileFunction extends Callback {
            int callback(Pointer user, Pointer id, int relay, Pointer message_id);
        }

        interface ProgressFunction extends Callback {
            int callback(Pointer user, long sent, long total);
        }

        interface LogFunction extends Callback {
            void callback(Pointer user, int direction, Pointer line);
        }

        interface EventFunction extends Callback {
            void callback(Pointer user, Pointer event);
        }
    }

    private final Raw raw;

    JnaFunctions(String library) { raw = Native.load(library, Raw.class); }

    @Override public long New() {
        return raw.CSmtp_New().longValue();
    }
    @Override public void Free(long h) {
        raw.CSmtp_Free(new SizeT(h));
    }
    @Override public long Clone(long h) {
        return raw.CSmtp_Clone(new SizeT(h)).longValue();
    }
    @Override public int AddRecipient(long h, String email, String name) {
        return raw.CSmtp_AddRecipient(new SizeT(h), octets(email), octets(name));
    }
    @Override public int AddCCRecipient(long h, String email, String name) {
        return raw.CSmtp_AddCCRecipient(new SizeT(h), octets(email), octets(name));
    }
    @Override public int AddBCCRecipient(long h, String email, String name) {
        return raw.CSmtp_AddBCCRecipient(new SizeT(h), octets(email), octets(name));
    }
    @Override public int AddAttachment(long h, String path) {
        return raw.CSmtp_AddAttachment(new SizeT(h), octets(path));
    }
    @Override public int AddMsgLine(long h, String text) {
        return raw.CSmtp_AddMsgLine(new SizeT(h), octets(text));
    }
    @Override public int ClearMessage(long h) {
        return raw.CSmtp_ClearMessage(new SizeT(h));
    }
    @Override public int DelRecipients(long h) {
        return raw.CSmtp_DelRecipients(new SizeT(h));
    }
    @Override public int DelCCRecipients(long h) {
        return raw.CSmtp_DelCCRecipients(new SizeT(h));
    }
    @Override public int DelBCCRecipients(long h) {
        return raw.CSmtp_DelBCCRecipients(new SizeT(h));
    }
    @Override public int DelAttachments(long h) {
        return raw.CSmtp_DelAttachments(new SizeT(h));
    }
    @Override public int DelMsgLines(long h) {
        return raw.CSmtp_DelMsgLines(new SizeT(h));
    }
    @Override public int DelMsgLine(long h, int line) {
        return raw.CSmtp_DelMsgLine(new SizeT(h), line);
    }
    @Override public int ModMsgLine(long h, int line, String text) {
        return raw.CSmtp_ModMsgLine(new SizeT(h), line, octets(text));
    }
    @Override public int GetRecipientCount(long h) {
        return raw.CSmtp_GetRecipientCount(new SizeT(h));
    }
    @Override public int GetCCRecipientCount(long h) {
        return raw.CSmtp_GetCCRecipientCount(new SizeT(h));
    }
    @Override public int GetBCCRecipientCount(long h) {
        return raw.CSmtp_GetBCCRecipientCount(new SizeT(h));
    }
    @Override public int GetMsgLines(long h) {
        return raw.CSmtp_GetMsgLines(new SizeT(h));
    }
    @Override public String GetMsgLineText(long h, int line) {
        return text(raw.CSmtp_GetMsgLineText(new SizeT(h), line));
    }
    @Override public int SetSubject(long h, String subject) {
        return raw.CSmtp_SetSubject(new SizeT(h), octets(subject));
    }
    @Override public int SetSenderName(long h, String name) {
        return raw.CSmtp_SetSenderName(new SizeT(h), octets(name));
    }
    @Override public int SetSenderMail(long h, String email) {
        return raw.CSmtp_SetSenderMail(new SizeT(h), octets(email));
    }
    @Override public int SetReplyTo(long h, String reply_to) {
        return raw.CSmtp_SetReplyTo(new SizeT(h), octets(reply_to));
    }
    @Override public int SetXMailer(long h, String x_mailer) {
        return raw.CSmtp_SetXMailer(new SizeT(h), octets(x_mailer));
    }
    @Override public int SetCharSet(long h, String charset) {
        return raw.CSmtp_SetCharSet(new SizeT(h), octets(charset));
    }
    @Override public int SetStrict(long h, int strict) {
        return raw.CSmtp_SetStrict(new SizeT(h), strict);
    }
    @Override public int SetReadReceipt(long h, int request_receipt) {
        return raw.CSmtp_SetReadReceipt(new SizeT(h), request_receipt);
    }
    @Override public int SetXPriority(long h, int priority) {
        return raw.CSmtp_SetXPriority(new SizeT(h), priority);
    }
    @Override public int SetHTML(long h, int html) {
        return raw.CSmtp_SetHTML(new SizeT(h), html);
    }
    @Override public int GetHTML(long h) {
        return raw.CSmtp_GetHTML(new SizeT(h));
    }
    @Override public String GetSubject(long h) {
        return text(raw.CSmtp_GetSubject(new SizeT(h)));
    }
    @Override public String GetSenderName(long h) {
        return text(raw.CSmtp_GetSenderName(new SizeT(h)));
    }
    @Override public String GetMailFrom(long h) {
        return text(raw.CSmtp_GetMailFrom(new SizeT(h)));
    }
    @Override public String GetReplyTo(long h) {
        return text(raw.CSmtp_GetReplyTo(new SizeT(h)));
    }
    @Override public String GetXMailer(long h) {
        return text(raw.CSmtp_GetXMailer(new SizeT(h)));
    }
    @Override public int GetXPriority(long h) {
        return raw.CSmtp_GetXPriority(new SizeT(h));
    }
    @Override public int SetSMTPServer(long h, String server, int port, int authenticate) {
        return raw.CSmtp_SetSMTPServer(new SizeT(h), octets(server), port, authenticate);
    }
    @Override public int SetSecurityType(long h, int security_type) {
        return raw.CSmtp_SetSecurityType(new SizeT(h), security_type);
    }
    @Override public int GetSecurityType(long h) {
        return raw.CSmtp_GetSecurityType(new SizeT(h));
    }
    @Override public int SetLogin(long h, String login) {
        return raw.CSmtp_SetLogin(new SizeT(h), octets(login));
    }
    @Override public int SetPassword(long h, String password) {
        return raw.CSmtp_SetPassword(new SizeT(h), octets(password));
    }
    @Override public int SetLocalHostName(long h, String name) {
        return raw.CSmtp_SetLocalHostName(new SizeT(h), octets(name));
    }
    @Override public String GetLocalHostName(long h) {
        return text(raw.CSmtp_GetLocalHostName(new SizeT(h)));
    }
    @Override public String GetLocalHostIP(long h) {
        return text(raw.CSmtp_GetLocalHostIP(new SizeT(h)));
    }
    @Override public int ConnectRemoteServer(long h, String server, int port, int security_type, int authenticate, String login, String password) {
        return raw.CSmtp_ConnectRemoteServer(new SizeT(h), octets(server), port, security_type, authenticate, octets(login), octets(password));
    }
    @Override public int DisconnectRemoteServer(long h) {
        return raw.CSmtp_DisconnectRemoteServer(new SizeT(h));
    }
    @Override public int Send(long h) {
        return raw.CSmtp_Send(new SizeT(h));
    }
    @Override public int GetLastError(long h) {
        return raw.CSmtp_GetLastError(new SizeT(h));
    }
    @Override public String GetLastErrorText(long h) {
        return text(raw.CSmtp_GetLastErrorText(new SizeT(h)));
    }
    @Override public String GetLastReply(long h) {
        return text(raw.CSmtp_GetLastReply(new SizeT(h)));
    }
    @Override public int GetLastReplyCode(long h) {
        return raw.CSmtp_GetLastReplyCode(new SizeT(h));
    }
    @Override public String GetLastEnhancedCode(long h) {
        return text(raw.CSmtp_GetLastEnhancedCode(new SizeT(h)));
    }
    @Override public int GetOutcome(long h) {
        return raw.CSmtp_GetOutcome(new SizeT(h));
    }
    @Override public String GetErrorText(int error) {
        return text(raw.CSmtp_GetErrorText(error));
    }
    @Override public String GetVersion() {
        return text(raw.CSmtp_GetVersion());
    }
    @Override public int SetTextBody(long h, String text) {
        return raw.CSmtp_SetTextBody(new SizeT(h), octets(text));
    }
    @Override public int SetHTMLBody(long h, String html) {
        return raw.CSmtp_SetHTMLBody(new SizeT(h), octets(html));
    }
    @Override public int SetFlowed(long h, int flowed) {
        return raw.CSmtp_SetFlowed(new SizeT(h), flowed);
    }
    @Override public int SetEightBit(long h, int eight_bit) {
        return raw.CSmtp_SetEightBit(new SizeT(h), eight_bit);
    }
    @Override public int AddAttachmentAs(long h, String path, String name, String content_type) {
        return raw.CSmtp_AddAttachmentAs(new SizeT(h), octets(path), octets(name), octets(content_type));
    }
    @Override public int AddAttachmentData(long h, String name, String content_type, byte[] data, long size) {
        return raw.CSmtp_AddAttachmentData(new SizeT(h), octets(name), octets(content_type), data, new SizeT(size));
    }
    @Override public int AddAttachmentReader(long h, String name, String content_type, long size, long read, long user) {
        return raw.CSmtp_AddAttachmentReader(new SizeT(h), octets(name), octets(content_type), size, pointer(read), pointer(user));
    }
    @Override public int AddInlineImage(long h, String path, String content_id) {
        return raw.CSmtp_AddInlineImage(new SizeT(h), octets(path), octets(content_id));
    }
    @Override public int AddInlineImageData(long h, String content_id, String name, String content_type, byte[] data, long size) {
        return raw.CSmtp_AddInlineImageData(new SizeT(h), octets(content_id), octets(name), octets(content_type), data, new SizeT(size));
    }
    @Override public int SetCalendar(long h, String method, String calendar) {
        return raw.CSmtp_SetCalendar(new SizeT(h), octets(method), octets(calendar));
    }
    @Override public int AddHeader(long h, String name, String value) {
        return raw.CSmtp_AddHeader(new SizeT(h), octets(name), octets(value));
    }
    @Override public int DelHeaders(long h) {
        return raw.CSmtp_DelHeaders(new SizeT(h));
    }
    @Override public int SetMessageID(long h, String message_id) {
        return raw.CSmtp_SetMessageID(new SizeT(h), octets(message_id));
    }
    @Override public String GetMessageID(long h) {
        return text(raw.CSmtp_GetMessageID(new SizeT(h)));
    }
    @Override public int SetDate(long h, long seconds) {
        return raw.CSmtp_SetDate(new SizeT(h), seconds);
    }
    @Override public int AddFrom(long h, String email, String name) {
        return raw.CSmtp_AddFrom(new SizeT(h), octets(email), octets(name));
    }
    @Override public int SetSender(long h, String email, String name) {
        return raw.CSmtp_SetSender(new SizeT(h), octets(email), octets(name));
    }
    @Override public int SetInReplyTo(long h, String message_ids) {
        return raw.CSmtp_SetInReplyTo(new SizeT(h), octets(message_ids));
    }
    @Override public int SetReferences(long h, String message_ids) {
        return raw.CSmtp_SetReferences(new SizeT(h), octets(message_ids));
    }
    @Override public int SetAutoSubmitted(long h, String keyword) {
        return raw.CSmtp_SetAutoSubmitted(new SizeT(h), octets(keyword));
    }
    @Override public int SetListUnsubscribe(long h, String uris, int one_click) {
        return raw.CSmtp_SetListUnsubscribe(new SizeT(h), octets(uris), one_click);
    }
    @Override public int SetKeyPassphrase(long h, String passphrase) {
        return raw.CSmtp_SetKeyPassphrase(new SizeT(h), octets(passphrase));
    }
    @Override public int AddDKIMKey(long h, String domain, String selector, String key) {
        return raw.CSmtp_AddDKIMKey(new SizeT(h), octets(domain), octets(selector), octets(key));
    }
    @Override public int AddDKIMKeyFile(long h, String domain, String selector, String path) {
        return raw.CSmtp_AddDKIMKeyFile(new SizeT(h), octets(domain), octets(selector), octets(path));
    }
    @Override public int DelDKIMKeys(long h) {
        return raw.CSmtp_DelDKIMKeys(new SizeT(h));
    }
    @Override public int SetSMIMEKey(long h, String certificate, String key) {
        return raw.CSmtp_SetSMIMEKey(new SizeT(h), octets(certificate), octets(key));
    }
    @Override public int SetSMIMEKeyFile(long h, String certificate_file, String key_file) {
        return raw.CSmtp_SetSMIMEKeyFile(new SizeT(h), octets(certificate_file), octets(key_file));
    }
    @Override public int RenderMessage(long h, long[] data, long[] size) {
        Memory data_ = words(data);
        Memory size_ = words(size);
        int result = raw.CSmtp_RenderMessage(new SizeT(h), data_, size_);
        read(data_, data);
        read(size_, size);
        return result;
    }
    @Override public int SaveMessage(long h, String path) {
        return raw.CSmtp_SaveMessage(new SizeT(h), octets(path));
    }
    @Override public int SetVerifyPeer(long h, int verify) {
        return raw.CSmtp_SetVerifyPeer(new SizeT(h), verify);
    }
    @Override public int SetCAFile(long h, String path) {
        return raw.CSmtp_SetCAFile(new SizeT(h), octets(path));
    }
    @Override public int SetCADirectory(long h, String path) {
        return raw.CSmtp_SetCADirectory(new SizeT(h), octets(path));
    }
    @Override public int SetClientCertificate(long h, String certificate_file, String key_file) {
        return raw.CSmtp_SetClientCertificate(new SizeT(h), octets(certificate_file), octets(key_file));
    }
    @Override public int SetPinnedPublicKey(long h, String pins) {
        return raw.CSmtp_SetPinnedPublicKey(new SizeT(h), octets(pins));
    }
    @Override public int SetTLSMinVersion(long h, int version) {
        return raw.CSmtp_SetTLSMinVersion(new SizeT(h), version);
    }
    @Override public int SetTLSMaxVersion(long h, int version) {
        return raw.CSmtp_SetTLSMaxVersion(new SizeT(h), version);
    }
    @Override public int SetTLSServerName(long h, String name) {
        return raw.CSmtp_SetTLSServerName(new SizeT(h), octets(name));
    }
    @Override public String GetTLSInfo(long h) {
        return text(raw.CSmtp_GetTLSInfo(new SizeT(h)));
    }
    @Override public String GetPeerCertificate(long h, int index, int field) {
        return text(raw.CSmtp_GetPeerCertificate(new SizeT(h), index, field));
    }
    @Override public int SetAuthMechanism(long h, String mechanisms) {
        return raw.CSmtp_SetAuthMechanism(new SizeT(h), octets(mechanisms));
    }
    @Override public int SetAuthorizationID(long h, String id) {
        return raw.CSmtp_SetAuthorizationID(new SizeT(h), octets(id));
    }
    @Override public int SetClearLogin(long h, int allow) {
        return raw.CSmtp_SetClearLogin(new SizeT(h), allow);
    }
    @Override public int SetLoginRequired(long h, int required) {
        return raw.CSmtp_SetLoginRequired(new SizeT(h), required);
    }
    @Override public int SetAccessToken(long h, String token) {
        return raw.CSmtp_SetAccessToken(new SizeT(h), octets(token));
    }
    @Override public int SetTokenCallback(long h, long fn, long user) {
        return raw.CSmtp_SetTokenCallback(new SizeT(h), pointer(fn), pointer(user));
    }
    @Override public int SetOAuth2ClientCredentials(long h, String token_url, String client_id, String client_secret, String scope) {
        return raw.CSmtp_SetOAuth2ClientCredentials(new SizeT(h), octets(token_url), octets(client_id), octets(client_secret), octets(scope));
    }
    @Override public int SetOAuth2RefreshToken(long h, String token_url, String client_id, String client_secret, String refresh_token, String scope) {
        return raw.CSmtp_SetOAuth2RefreshToken(new SizeT(h), octets(token_url), octets(client_id), octets(client_secret), octets(refresh_token), octets(scope));
    }
    @Override public int SetOAuth2TokenFile(long h, String path) {
        return raw.CSmtp_SetOAuth2TokenFile(new SizeT(h), octets(path));
    }
    @Override public String GetOAuth2TokenFileError(long h) {
        return text(raw.CSmtp_GetOAuth2TokenFileError(new SizeT(h)));
    }
    @Override public String GetOAuth2RefreshToken(long h) {
        return text(raw.CSmtp_GetOAuth2RefreshToken(new SizeT(h)));
    }
    @Override public int SetOAuth2Certificate(long h, String token_url, String client_id, String certificate_file, String key_file, String algorithm, String scope) {
        return raw.CSmtp_SetOAuth2Certificate(new SizeT(h), octets(token_url), octets(client_id), octets(certificate_file), octets(key_file), octets(algorithm), octets(scope));
    }
    @Override public int SetOAuth2AssertionFile(long h, String token_url, String client_id, String assertion_file, String scope) {
        return raw.CSmtp_SetOAuth2AssertionFile(new SizeT(h), octets(token_url), octets(client_id), octets(assertion_file), octets(scope));
    }
    @Override public int SetOAuth2ServiceAccount(long h, String key_file, String mailbox, String scope) {
        return raw.CSmtp_SetOAuth2ServiceAccount(new SizeT(h), octets(key_file), octets(mailbox), octets(scope));
    }
    @Override public int SetOAuth2ManagedIdentity(long h, String cloud, String client_id, String scope) {
        return raw.CSmtp_SetOAuth2ManagedIdentity(new SizeT(h), octets(cloud), octets(client_id), octets(scope));
    }
    @Override public int CheckToken(long h) {
        return raw.CSmtp_CheckToken(new SizeT(h));
    }
    @Override public String GetTokenInfo(long h) {
        return text(raw.CSmtp_GetTokenInfo(new SizeT(h)));
    }
    @Override public String GetAuthMechanismUsed(long h) {
        return text(raw.CSmtp_GetAuthMechanismUsed(new SizeT(h)));
    }
    @Override public int GetLoginSkipped(long h) {
        return raw.CSmtp_GetLoginSkipped(new SizeT(h));
    }
    @Override public int SetServerDomain(long h, String domain) {
        return raw.CSmtp_SetServerDomain(new SizeT(h), octets(domain));
    }
    @Override public int SetLocalAddress(long h, String address) {
        return raw.CSmtp_SetLocalAddress(new SizeT(h), octets(address));
    }
    @Override public int SetProxy(long h, String url) {
        return raw.CSmtp_SetProxy(new SizeT(h), octets(url));
    }
    @Override public int SetTransport(long h, String transport) {
        return raw.CSmtp_SetTransport(new SizeT(h), octets(transport));
    }
    @Override public int SetTransportEndpoint(long h, String url) {
        return raw.CSmtp_SetTransportEndpoint(new SizeT(h), octets(url));
    }
    @Override public int SetServerPause(long h, int seconds) {
        return raw.CSmtp_SetServerPause(new SizeT(h), seconds);
    }
    @Override public int SetExtensionOff(long h, String extensions) {
        return raw.CSmtp_SetExtensionOff(new SizeT(h), octets(extensions));
    }
    @Override public int SetLMTP(long h, int lmtp) {
        return raw.CSmtp_SetLMTP(new SizeT(h), lmtp);
    }
    @Override public int SetTimeout(long h, int step, int milliseconds) {
        return raw.CSmtp_SetTimeout(new SizeT(h), step, milliseconds);
    }
    @Override public int KeepAlive(long h) {
        return raw.CSmtp_KeepAlive(new SizeT(h));
    }
    @Override public String GetPeerAddress(long h) {
        return text(raw.CSmtp_GetPeerAddress(new SizeT(h)));
    }
    @Override public String GetExtension(long h, String name) {
        return text(raw.CSmtp_GetExtension(new SizeT(h), octets(name)));
    }
    @Override public String GetExtensions(long h) {
        return text(raw.CSmtp_GetExtensions(new SizeT(h)));
    }
    @Override public int SetEnvelopeFrom(long h, String email) {
        return raw.CSmtp_SetEnvelopeFrom(new SizeT(h), octets(email));
    }
    @Override public int SetPartialDelivery(long h, int partial) {
        return raw.CSmtp_SetPartialDelivery(new SizeT(h), partial);
    }
    @Override public int SetDSN(long h, String notify, String ret, String envelope_id) {
        return raw.CSmtp_SetDSN(new SizeT(h), octets(notify), octets(ret), octets(envelope_id));
    }
    @Override public int SetRecipientDSN(long h, String email, String notify, String original) {
        return raw.CSmtp_SetRecipientDSN(new SizeT(h), octets(email), octets(notify), octets(original));
    }
    @Override public int SetChunking(long h, int mode) {
        return raw.CSmtp_SetChunking(new SizeT(h), mode);
    }
    @Override public int SetRequireTLS(long h, int require) {
        return raw.CSmtp_SetRequireTLS(new SizeT(h), require);
    }
    @Override public int SetMTPriority(long h, int priority) {
        return raw.CSmtp_SetMTPriority(new SizeT(h), priority);
    }
    @Override public int SetDeliverBy(long h, int seconds, String mode) {
        return raw.CSmtp_SetDeliverBy(new SizeT(h), seconds, octets(mode));
    }
    @Override public int SetHoldFor(long h, int seconds) {
        return raw.CSmtp_SetHoldFor(new SizeT(h), seconds);
    }
    @Override public int SetHoldUntil(long h, long seconds) {
        return raw.CSmtp_SetHoldUntil(new SizeT(h), seconds);
    }
    @Override public int SendRaw(long h, byte[] data, long size, String from, String recipients) {
        return raw.CSmtp_SendRaw(new SizeT(h), data, new SizeT(size), octets(from), octets(recipients));
    }
    @Override public int SendRawFile(long h, String path, String from, String recipients) {
        return raw.CSmtp_SendRawFile(new SizeT(h), octets(path), octets(from), octets(recipients));
    }
    @Override public int SendBatch(long h, long[] mails, long n, int[] results) {
        Memory mails_ = words(mails);
        int result = raw.CSmtp_SendBatch(new SizeT(h), mails_, new SizeT(n), results);
        read(mails_, mails);
        return result;
    }
    @Override public int SendAsync(long h, long fn, long user) {
        return raw.CSmtp_SendAsync(new SizeT(h), pointer(fn), pointer(user));
    }
    @Override public int Poll(long h) {
        return raw.CSmtp_Poll(new SizeT(h));
    }
    @Override public int Wait(long h, int milliseconds) {
        return raw.CSmtp_Wait(new SizeT(h), milliseconds);
    }
    @Override public int Cancel(long h) {
        return raw.CSmtp_Cancel(new SizeT(h));
    }
    @Override public long PoolNew() {
        return raw.CSmtp_PoolNew().longValue();
    }
    @Override public int PoolAddRelay(long pool, long relay, String name) {
        return raw.CSmtp_PoolAddRelay(new SizeT(pool), new SizeT(relay), octets(name));
    }
    @Override public int PoolSetWeight(long pool, int relay, int weight) {
        return raw.CSmtp_PoolSetWeight(new SizeT(pool), relay, weight);
    }
    @Override public int PoolSetSessions(long pool, int relay, int sessions) {
        return raw.CSmtp_PoolSetSessions(new SizeT(pool), relay, sessions);
    }
    @Override public int PoolSetRate(long pool, int relay, int mails, int seconds) {
        return raw.CSmtp_PoolSetRate(new SizeT(pool), relay, mails, seconds);
    }
    @Override public int PoolSetSessionMails(long pool, int relay, int mails) {
        return raw.CSmtp_PoolSetSessionMails(new SizeT(pool), relay, mails);
    }
    @Override public int PoolSetIdle(long pool, int relay, int milliseconds) {
        return raw.CSmtp_PoolSetIdle(new SizeT(pool), relay, milliseconds);
    }
    @Override public int PoolSetQueue(long pool, int mails) {
        return raw.CSmtp_PoolSetQueue(new SizeT(pool), mails);
    }
    @Override public int PoolSetPause(long pool, int first, int longest) {
        return raw.CSmtp_PoolSetPause(new SizeT(pool), first, longest);
    }
    @Override public int PoolSetPatience(long pool, int milliseconds) {
        return raw.CSmtp_PoolSetPatience(new SizeT(pool), milliseconds);
    }
    @Override public int PoolSetJournal(long pool, long begin, long end, long user) {
        return raw.CSmtp_PoolSetJournal(new SizeT(pool), pointer(begin), pointer(end), pointer(user));
    }
    @Override public int PoolSetReconcile(long pool, long fn, long user) {
        return raw.CSmtp_PoolSetReconcile(new SizeT(pool), pointer(fn), pointer(user));
    }
    @Override public int PoolSetCallbacksInWait(long pool, int in_wait) {
        return raw.CSmtp_PoolSetCallbacksInWait(new SizeT(pool), in_wait);
    }
    @Override public int PoolSend(long pool, long mail) {
        return raw.CSmtp_PoolSend(new SizeT(pool), new SizeT(mail));
    }
    @Override public int PoolSubmit(long pool, long mail, String id, int milliseconds, long fn, long user, long[] copied) {
        Memory copied_ = words(copied);
        int result = raw.CSmtp_PoolSubmit(new SizeT(pool), new SizeT(mail), octets(id), milliseconds, pointer(fn), pointer(user), copied_);
        read(copied_, copied);
        return result;
    }
    @Override public int PoolWait(long pool, int milliseconds) {
        return raw.CSmtp_PoolWait(new SizeT(pool), milliseconds);
    }
    @Override public int PoolDrain(long pool, int milliseconds) {
        return raw.CSmtp_PoolDrain(new SizeT(pool), milliseconds);
    }
    @Override public int PoolGetCount(long pool, int relay, int what) {
        return raw.CSmtp_PoolGetCount(new SizeT(pool), relay, what);
    }
    @Override public int PoolGetQueued(long pool) {
        return raw.CSmtp_PoolGetQueued(new SizeT(pool));
    }
    @Override public String PoolGetRelayName(long pool, int relay) {
        return text(raw.CSmtp_PoolGetRelayName(new SizeT(pool), relay));
    }
    @Override public String PoolGetRelayError(long pool, int relay) {
        return text(raw.CSmtp_PoolGetRelayError(new SizeT(pool), relay));
    }
    @Override public int GetPhase(long h) {
        return raw.CSmtp_GetPhase(new SizeT(h));
    }
    @Override public int GetErrorKind(long h) {
        return raw.CSmtp_GetErrorKind(new SizeT(h));
    }
    @Override public int IsLoginError(long h) {
        return raw.CSmtp_IsLoginError(new SizeT(h));
    }
    @Override public int IsSafeToRetry(long h) {
        return raw.CSmtp_IsSafeToRetry(new SizeT(h));
    }
    @Override public int GetRetryAfter(long h) {
        return raw.CSmtp_GetRetryAfter(new SizeT(h));
    }
    @Override public String GetQueueID(long h) {
        return text(raw.CSmtp_GetQueueID(new SizeT(h)));
    }
    @Override public int GetResultCount(long h) {
        return raw.CSmtp_GetResultCount(new SizeT(h));
    }
    @Override public String GetResultRecipient(long h, int row) {
        return text(raw.CSmtp_GetResultRecipient(new SizeT(h), row));
    }
    @Override public int GetResultAccepted(long h, int row) {
        return raw.CSmtp_GetResultAccepted(new SizeT(h), row);
    }
    @Override public int GetResultCode(long h, int row) {
        return raw.CSmtp_GetResultCode(new SizeT(h), row);
    }
    @Override public String GetResultEnhancedCode(long h, int row) {
        return text(raw.CSmtp_GetResultEnhancedCode(new SizeT(h), row));
    }
    @Override public String GetResultReply(long h, int row) {
        return text(raw.CSmtp_GetResultReply(new SizeT(h), row));
    }
    @Override public int SetProgressCallback(long h, long fn, long user) {
        return raw.CSmtp_SetProgressCallback(new SizeT(h), pointer(fn), pointer(user));
    }
    @Override public int SetLogCallback(long h, long fn, long user) {
        return raw.CSmtp_SetLogCallback(new SizeT(h), pointer(fn), pointer(user));
    }
    @Override public int SetLogFile(long h, String path) {
        return raw.CSmtp_SetLogFile(new SizeT(h), octets(path));
    }
    @Override public int SetRecordFile(long h, String path, int contents) {
        return raw.CSmtp_SetRecordFile(new SizeT(h), octets(path), contents);
    }
    @Override public int SetEventCallback(long h, long fn, long user) {
        return raw.CSmtp_SetEventCallback(new SizeT(h), pointer(fn), pointer(user));
    }

    private static final Raw.ReadFunction READ = (user, buffer, capacity) -> Callbacks.read(address(user), address(buffer), capacity.longValue());
    private final long readAddress = stub(READ);
    @Override public long readFunction() { return readAddress; }
    private static final Raw.TokenFunction TOKEN = (user, refused) -> pointer(Callbacks.token(address(user), refused));
    private final long tokenAddress = stub(TOKEN);
    @Override public long tokenFunction() { return tokenAddress; }
    private static final Raw.DoneFunction DONE = (user, h, error) -> Callbacks.done(address(user), h.longValue(), error);
    private final long doneAddress = stub(DONE);
    @Override public long doneFunction() { return doneAddress; }
    private static final Raw.SendingFunction SENDING = (user, id, relay, message_id) -> Callbacks.sending(address(user), address(id), relay, address(message_id));
    private final long sendingAddress = stub(SENDING);
    @Override public long sendingFunction() { return sendingAddress; }
    private static final Raw.EndedFunction ENDED = (user, id, relay, outcome, queue_id, reply) -> Callbacks.ended(address(user), address(id), relay, outcome, address(queue_id), address(reply));
    private final long endedAddress = stub(ENDED);
    @Override public long endedFunction() { return endedAddress; }
    private static final Raw.ReconcileFunction RECONCILE = (user, id, relay, message_id) -> Callbacks.reconcile(address(user), address(id), relay, address(message_id));
    private final long reconcileAddress = stub(RECONCILE);
    @Override public long reconcileFunction() { return reconcileAddress; }
    private static final Raw.ProgressFunction PROGRESS = (user, sent, total) -> Callbacks.progress(address(user), sent, total);
    private final long progressAddress = stub(PROGRESS);
    @Override public long progressFunction() { return progressAddress; }
    private static final Raw.LogFunction LOG = (user, direction, line) -> Callbacks.log(address(user), direction, address(line));
    private final long logAddress = stub(LOG);
    @Override public long logFunction() { return logAddress; }
    private static final Raw.EventFunction EVENT = (user, event) -> Callbacks.event(address(user), address(event));
    private final long eventAddress = stub(EVENT);
    @Override public long eventFunction() { return eventAddress; }
}
