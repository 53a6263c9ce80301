// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls the functions with java.lang.foreign. */
final class ForeignFunctions extends ForeignMemory {
    ForeignFunctions(String library) { super(library); }

    private final MethodHandle _New = function("CSmtp_New", JAVA_LONG);
    @Override public long New() {
        try {
            return (long) _New.invokeExact();
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _Free = function("CSmtp_Free", null, JAVA_LONG);
    @Override public void Free(long h) {
        try {
            _Free.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _Clone = function("CSmtp_Clone", JAVA_LONG, JAVA_LONG);
    @Override public long Clone(long h) {
        try {
            return (long) _Clone.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddRecipient = function("CSmtp_AddRecipient", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddRecipient(long h, String email, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddRecipient.invokeExact(h, octets(arena, email), octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddCCRecipient = function("CSmtp_AddCCRecipient", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddCCRecipient(long h, String email, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddCCRecipient.invokeExact(h, octets(arena, email), octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddBCCRecipient = function("CSmtp_AddBCCRecipient", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddBCCRecipient(long h, String email, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddBCCRecipient.invokeExact(h, octets(arena, email), octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddAttachment = function("CSmtp_AddAttachment", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int AddAttachment(long h, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddAttachment.invokeExact(h, octets(arena, path));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddMsgLine = function("CSmtp_AddMsgLine", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int AddMsgLine(long h, String text) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddMsgLine.invokeExact(h, octets(arena, text));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _ClearMessage = function("CSmtp_ClearMessage", JAVA_INT, JAVA_LONG);
    @Override public int ClearMessage(long h) {
        try {
            return (int) _ClearMessage.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DelRecipients = function("CSmtp_DelRecipients", JAVA_INT, JAVA_LONG);
    @Override public int DelRecipients(long h) {
        try {
            return (int) _DelRecipients.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DelCCRecipients = function("CSmtp_DelCCRecipients", JAVA_INT, JAVA_LONG);
    @Override public int DelCCRecipients(long h) {
        try {
            return (int) _DelCCRecipients.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DelBCCRecipients = function("CSmtp_DelBCCRecipients", JAVA_INT, JAVA_LONG);
    @Override public int DelBCCRecipients(long h) {
        try {
            return (int) _DelBCCRecipients.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DelAttachments = function("CSmtp_DelAttachments", JAVA_INT, JAVA_LONG);
    @Override public int DelAttachments(long h) {
        try {
            return (int) _DelAttachments.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DelMsgLines = function("CSmtp_DelMsgLines", JAVA_INT, JAVA_LONG);
    @Override public int DelMsgLines(long h) {
        try {
            return (int) _DelMsgLines.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DelMsgLine = function("CSmtp_DelMsgLine", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int DelMsgLine(long h, int line) {
        try {
            return (int) _DelMsgLine.invokeExact(h, line);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _ModMsgLine = function("CSmtp_ModMsgLine", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    @Override public int ModMsgLine(long h, int line, String text) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _ModMsgLine.invokeExact(h, line, octets(arena, text));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetRecipientCount = function("CSmtp_GetRecipientCount", JAVA_INT, JAVA_LONG);
    @Override public int GetRecipientCount(long h) {
        try {
            return (int) _GetRecipientCount.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetCCRecipientCount = function("CSmtp_GetCCRecipientCount", JAVA_INT, JAVA_LONG);
    @Override public int GetCCRecipientCount(long h) {
        try {
            return (int) _GetCCRecipientCount.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetBCCRecipientCount = function("CSmtp_GetBCCRecipientCount", JAVA_INT, JAVA_LONG);
    @Override public int GetBCCRecipientCount(long h) {
        try {
            return (int) _GetBCCRecipientCount.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetMsgLines = function("CSmtp_GetMsgLines", JAVA_INT, JAVA_LONG);
    @Override public int GetMsgLines(long h) {
        try {
            return (int) _GetMsgLines.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetMsgLineText = function("CSmtp_GetMsgLineText", JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public String GetMsgLineText(long h, int line) {
        try {
            return text((long) _GetMsgLineText.invokeExact(h, line));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetSubject = function("CSmtp_SetSubject", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetSubject(long h, String subject) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetSubject.invokeExact(h, octets(arena, subject));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetSenderName = function("CSmtp_SetSenderName", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetSenderName(long h, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetSenderName.invokeExact(h, octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetSenderMail = function("CSmtp_SetSenderMail", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetSenderMail(long h, String email) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetSenderMail.invokeExact(h, octets(arena, email));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetReplyTo = function("CSmtp_SetReplyTo", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetReplyTo(long h, String reply_to) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetReplyTo.invokeExact(h, octets(arena, reply_to));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetXMailer = function("CSmtp_SetXMailer", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetXMailer(long h, String x_mailer) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetXMailer.invokeExact(h, octets(arena, x_mailer));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetCharSet = function("CSmtp_SetCharSet", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetCharSet(long h, String charset) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetCharSet.invokeExact(h, octets(arena, charset));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetStrict = function("CSmtp_SetStrict", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetStrict(long h, int strict) {
        try {
            return (int) _SetStrict.invokeExact(h, strict);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetReadReceipt = function("CSmtp_SetReadReceipt", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetReadReceipt(long h, int request_receipt) {
        try {
            return (int) _SetReadReceipt.invokeExact(h, request_receipt);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetXPriority = function("CSmtp_SetXPriority", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetXPriority(long h, int priority) {
        try {
            return (int) _SetXPriority.invokeExact(h, priority);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetHTML = function("CSmtp_SetHTML", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetHTML(long h, int html) {
        try {
            return (int) _SetHTML.invokeExact(h, html);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetHTML = function("CSmtp_GetHTML", JAVA_INT, JAVA_LONG);
    @Override public int GetHTML(long h) {
        try {
            return (int) _GetHTML.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetSubject = function("CSmtp_GetSubject", JAVA_LONG, JAVA_LONG);
    @Override public String GetSubject(long h) {
        try {
            return text((long) _GetSubject.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetSenderName = function("CSmtp_GetSenderName", JAVA_LONG, JAVA_LONG);
    @Override public String GetSenderName(long h) {
        try {
            return text((long) _GetSenderName.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetMailFrom = function("CSmtp_GetMailFrom", JAVA_LONG, JAVA_LONG);
    @Override public String GetMailFrom(long h) {
        try {
            return text((long) _GetMailFrom.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetReplyTo = function("CSmtp_GetReplyTo", JAVA_LONG, JAVA_LONG);
    @Override public String GetReplyTo(long h) {
        try {
            return text((long) _GetReplyTo.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetXMailer = function("CSmtp_GetXMailer", JAVA_LONG, JAVA_LONG);
    @Override public String GetXMailer(long h) {
        try {
            return text((long) _GetXMailer.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetXPriority = function("CSmtp_GetXPriority", JAVA_INT, JAVA_LONG);
    @Override public int GetXPriority(long h) {
        try {
            return (int) _GetXPriority.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetSMTPServer = function("CSmtp_SetSMTPServer", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public int SetSMTPServer(long h, String server, int port, int authenticate) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetSMTPServer.invokeExact(h, octets(arena, server), port, authenticate);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetSecurityType = function("CSmtp_SetSecurityType", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetSecurityType(long h, int security_type) {
        try {
            return (int) _SetSecurityType.invokeExact(h, security_type);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetSecurityType = function("CSmtp_GetSecurityType", JAVA_INT, JAVA_LONG);
    @Override public int GetSecurityType(long h) {
        try {
            return (int) _GetSecurityType.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetLogin = function("CSmtp_SetLogin", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetLogin(long h, String login) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetLogin.invokeExact(h, octets(arena, login));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetPassword = function("CSmtp_SetPassword", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetPassword(long h, String password) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetPassword.invokeExact(h, octets(arena, password));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetLocalHostName = function("CSmtp_SetLocalHostName", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetLocalHostName(long h, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetLocalHostName.invokeExact(h, octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetLocalHostName = function("CSmtp_GetLocalHostName", JAVA_LONG, JAVA_LONG);
    @Override public String GetLocalHostName(long h) {
        try {
            return text((long) _GetLocalHostName.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetLocalHostIP = function("CSmtp_GetLocalHostIP", JAVA_LONG, JAVA_LONG);
    @Override public String GetLocalHostIP(long h) {
        try {
            return text((long) _GetLocalHostIP.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _ConnectRemoteServer = function("CSmtp_ConnectRemoteServer", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int ConnectRemoteServer(long h, String server, int port, int security_type, int authenticate, String login, String password) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _ConnectRemoteServer.invokeExact(h, octets(arena, server), port, security_type, authenticate, octets(arena, login), octets(arena, password));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DisconnectRemoteServer = function("CSmtp_DisconnectRemoteServer", JAVA_INT, JAVA_LONG);
    @Override public int DisconnectRemoteServer(long h) {
        try {
            return (int) _DisconnectRemoteServer.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _Send = function("CSmtp_Send", JAVA_INT, JAVA_LONG);
    @Override public int Send(long h) {
        try {
            return (int) _Send.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetLastError = function("CSmtp_GetLastError", JAVA_INT, JAVA_LONG);
    @Override public int GetLastError(long h) {
        try {
            return (int) _GetLastError.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetLastErrorText = function("CSmtp_GetLastErrorText", JAVA_LONG, JAVA_LONG);
    @Override public String GetLastErrorText(long h) {
        try {
            return text((long) _GetLastErrorText.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetLastReply = function("CSmtp_GetLastReply", JAVA_LONG, JAVA_LONG);
    @Override public String GetLastReply(long h) {
        try {
            return text((long) _GetLastReply.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetLastReplyCode = function("CSmtp_GetLastReplyCode", JAVA_INT, JAVA_LONG);
    @Override public int GetLastReplyCode(long h) {
        try {
            return (int) _GetLastReplyCode.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetLastEnhancedCode = function("CSmtp_GetLastEnhancedCode", JAVA_LONG, JAVA_LONG);
    @Override public String GetLastEnhancedCode(long h) {
        try {
            return text((long) _GetLastEnhancedCode.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetOutcome = function("CSmtp_GetOutcome", JAVA_INT, JAVA_LONG);
    @Override public int GetOutcome(long h) {
        try {
            return (int) _GetOutcome.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetErrorText = function("CSmtp_GetErrorText", JAVA_LONG, JAVA_INT);
    @Override public String GetErrorText(int error) {
        try {
            return text((long) _GetErrorText.invokeExact(error));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetVersion = function("CSmtp_GetVersion", JAVA_LONG);
    @Override public String GetVersion() {
        try {
            return text((long) _GetVersion.invokeExact());
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetTextBody = function("CSmtp_SetTextBody", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetTextBody(long h, String text) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetTextBody.invokeExact(h, octets(arena, text));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetHTMLBody = function("CSmtp_SetHTMLBody", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetHTMLBody(long h, String html) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetHTMLBody.invokeExact(h, octets(arena, html));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetFlowed = function("CSmtp_SetFlowed", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetFlowed(long h, int flowed) {
        try {
            return (int) _SetFlowed.invokeExact(h, flowed);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetEightBit = function("CSmtp_SetEightBit", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetEightBit(long h, int eight_bit) {
        try {
            return (int) _SetEightBit.invokeExact(h, eight_bit);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddAttachmentAs = function("CSmtp_AddAttachmentAs", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddAttachmentAs(long h, String path, String name, String content_type) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddAttachmentAs.invokeExact(h, octets(arena, path), octets(arena, name), octets(arena, content_type));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddAttachmentData = function("CSmtp_AddAttachmentData", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddAttachmentData(long h, String name, String content_type, byte[] data, long size) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddAttachmentData.invokeExact(h, octets(arena, name), octets(arena, content_type), octets(arena, data), size);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddAttachmentReader = function("CSmtp_AddAttachmentReader", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddAttachmentReader(long h, String name, String content_type, long size, long read, long user) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddAttachmentReader.invokeExact(h, octets(arena, name), octets(arena, content_type), size, read, user);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddInlineImage = function("CSmtp_AddInlineImage", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddInlineImage(long h, String path, String content_id) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddInlineImage.invokeExact(h, octets(arena, path), octets(arena, content_id));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddInlineImageData = function("CSmtp_AddInlineImageData", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddInlineImageData(long h, String content_id, String name, String content_type, byte[] data, long size) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddInlineImageData.invokeExact(h, octets(arena, content_id), octets(arena, name), octets(arena, content_type), octets(arena, data), size);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetCalendar = function("CSmtp_SetCalendar", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetCalendar(long h, String method, String calendar) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetCalendar.invokeExact(h, octets(arena, method), octets(arena, calendar));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddHeader = function("CSmtp_AddHeader", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddHeader(long h, String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddHeader.invokeExact(h, octets(arena, name), octets(arena, value));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DelHeaders = function("CSmtp_DelHeaders", JAVA_INT, JAVA_LONG);
    @Override public int DelHeaders(long h) {
        try {
            return (int) _DelHeaders.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetMessageID = function("CSmtp_SetMessageID", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetMessageID(long h, String message_id) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetMessageID.invokeExact(h, octets(arena, message_id));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetMessageID = function("CSmtp_GetMessageID", JAVA_LONG, JAVA_LONG);
    @Override public String GetMessageID(long h) {
        try {
            return text((long) _GetMessageID.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetDate = function("CSmtp_SetDate", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetDate(long h, long seconds) {
        try {
            return (int) _SetDate.invokeExact(h, seconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddFrom = function("CSmtp_AddFrom", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddFrom(long h, String email, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddFrom.invokeExact(h, octets(arena, email), octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetSender = function("CSmtp_SetSender", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetSender(long h, String email, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetSender.invokeExact(h, octets(arena, email), octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetInReplyTo = function("CSmtp_SetInReplyTo", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetInReplyTo(long h, String message_ids) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetInReplyTo.invokeExact(h, octets(arena, message_ids));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetReferences = function("CSmtp_SetReferences", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetReferences(long h, String message_ids) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetReferences.invokeExact(h, octets(arena, message_ids));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetAutoSubmitted = function("CSmtp_SetAutoSubmitted", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetAutoSubmitted(long h, String keyword) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetAutoSubmitted.invokeExact(h, octets(arena, keyword));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetListUnsubscribe = function("CSmtp_SetListUnsubscribe", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public int SetListUnsubscribe(long h, String uris, int one_click) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetListUnsubscribe.invokeExact(h, octets(arena, uris), one_click);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetKeyPassphrase = function("CSmtp_SetKeyPassphrase", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetKeyPassphrase(long h, String passphrase) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetKeyPassphrase.invokeExact(h, octets(arena, passphrase));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddDKIMKey = function("CSmtp_AddDKIMKey", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddDKIMKey(long h, String domain, String selector, String key) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddDKIMKey.invokeExact(h, octets(arena, domain), octets(arena, selector), octets(arena, key));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _AddDKIMKeyFile = function("CSmtp_AddDKIMKeyFile", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int AddDKIMKeyFile(long h, String domain, String selector, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _AddDKIMKeyFile.invokeExact(h, octets(arena, domain), octets(arena, selector), octets(arena, path));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _DelDKIMKeys = function("CSmtp_DelDKIMKeys", JAVA_INT, JAVA_LONG);
    @Override public int DelDKIMKeys(long h) {
        try {
            return (int) _DelDKIMKeys.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetSMIMEKey = function("CSmtp_SetSMIMEKey", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetSMIMEKey(long h, String certificate, String key) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetSMIMEKey.invokeExact(h, octets(arena, certificate), octets(arena, key));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetSMIMEKeyFile = function("CSmtp_SetSMIMEKeyFile", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetSMIMEKeyFile(long h, String certificate_file, String key_file) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetSMIMEKeyFile.invokeExact(h, octets(arena, certificate_file), octets(arena, key_file));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _RenderMessage = function("CSmtp_RenderMessage", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int RenderMessage(long h, long[] data, long[] size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data_ = numbers(arena, data);
            MemorySegment size_ = numbers(arena, size);
            int result = (int) _RenderMessage.invokeExact(h, data_.address(), size_.address());
            read(data_, data);
            read(size_, size);
            return result;
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SaveMessage = function("CSmtp_SaveMessage", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SaveMessage(long h, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SaveMessage.invokeExact(h, octets(arena, path));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetVerifyPeer = function("CSmtp_SetVerifyPeer", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetVerifyPeer(long h, int verify) {
        try {
            return (int) _SetVerifyPeer.invokeExact(h, verify);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetCAFile = function("CSmtp_SetCAFile", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetCAFile(long h, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetCAFile.invokeExact(h, octets(arena, path));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetCADirectory = function("CSmtp_SetCADirectory", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetCADirectory(long h, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetCADirectory.invokeExact(h, octets(arena, path));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetClientCertificate = function("CSmtp_SetClientCertificate", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetClientCertificate(long h, String certificate_file, String key_file) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetClientCertificate.invokeExact(h, octets(arena, certificate_file), octets(arena, key_file));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetPinnedPublicKey = function("CSmtp_SetPinnedPublicKey", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetPinnedPublicKey(long h, String pins) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetPinnedPublicKey.invokeExact(h, octets(arena, pins));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetTLSMinVersion = function("CSmtp_SetTLSMinVersion", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetTLSMinVersion(long h, int version) {
        try {
            return (int) _SetTLSMinVersion.invokeExact(h, version);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetTLSMaxVersion = function("CSmtp_SetTLSMaxVersion", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetTLSMaxVersion(long h, int version) {
        try {
            return (int) _SetTLSMaxVersion.invokeExact(h, version);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetTLSServerName = function("CSmtp_SetTLSServerName", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetTLSServerName(long h, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetTLSServerName.invokeExact(h, octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetTLSInfo = function("CSmtp_GetTLSInfo", JAVA_LONG, JAVA_LONG);
    @Override public String GetTLSInfo(long h) {
        try {
            return text((long) _GetTLSInfo.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetPeerCertificate = function("CSmtp_GetPeerCertificate", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public String GetPeerCertificate(long h, int index, int field) {
        try {
            return text((long) _GetPeerCertificate.invokeExact(h, index, field));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetAuthMechanism = function("CSmtp_SetAuthMechanism", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetAuthMechanism(long h, String mechanisms) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetAuthMechanism.invokeExact(h, octets(arena, mechanisms));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetAuthorizationID = function("CSmtp_SetAuthorizationID", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetAuthorizationID(long h, String id) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetAuthorizationID.invokeExact(h, octets(arena, id));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetClearLogin = function("CSmtp_SetClearLogin", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetClearLogin(long h, int allow) {
        try {
            return (int) _SetClearLogin.invokeExact(h, allow);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetLoginRequired = function("CSmtp_SetLoginRequired", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetLoginRequired(long h, int required) {
        try {
            return (int) _SetLoginRequired.invokeExact(h, required);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetAccessToken = function("CSmtp_SetAccessToken", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetAccessToken(long h, String token) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetAccessToken.invokeExact(h, octets(arena, token));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetTokenCallback = function("CSmtp_SetTokenCallback", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetTokenCallback(long h, long fn, long user) {
        try {
            return (int) _SetTokenCallback.invokeExact(h, fn, user);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetOAuth2ClientCredentials = function("CSmtp_SetOAuth2ClientCredentials", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetOAuth2ClientCredentials(long h, String token_url, String client_id, String client_secret, String scope) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetOAuth2ClientCredentials.invokeExact(h, octets(arena, token_url), octets(arena, client_id), octets(arena, client_secret), octets(arena, scope));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetOAuth2RefreshToken = function("CSmtp_SetOAuth2RefreshToken", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetOAuth2RefreshToken(long h, String token_url, String client_id, String client_secret, String refresh_token, String scope) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetOAuth2RefreshToken.invokeExact(h, octets(arena, token_url), octets(arena, client_id), octets(arena, client_secret), octets(arena, refresh_token), octets(arena, scope));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetOAuth2TokenFile = function("CSmtp_SetOAuth2TokenFile", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetOAuth2TokenFile(long h, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetOAuth2TokenFile.invokeExact(h, octets(arena, path));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetOAuth2TokenFileError = function("CSmtp_GetOAuth2TokenFileError", JAVA_LONG, JAVA_LONG);
    @Override public String GetOAuth2TokenFileError(long h) {
        try {
            return text((long) _GetOAuth2TokenFileError.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetOAuth2RefreshToken = function("CSmtp_GetOAuth2RefreshToken", JAVA_LONG, JAVA_LONG);
    @Override public String GetOAuth2RefreshToken(long h) {
        try {
            return text((long) _GetOAuth2RefreshToken.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetOAuth2Certificate = function("CSmtp_SetOAuth2Certificate", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetOAuth2Certificate(long h, String token_url, String client_id, String certificate_file, String key_file, String algorithm, String scope) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetOAuth2Certificate.invokeExact(h, octets(arena, token_url), octets(arena, client_id), octets(arena, certificate_file), octets(arena, key_file), octets(arena, algorithm), octets(arena, scope));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetOAuth2AssertionFile = function("CSmtp_SetOAuth2AssertionFile", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetOAuth2AssertionFile(long h, String token_url, String client_id, String assertion_file, String scope) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetOAuth2AssertionFile.invokeExact(h, octets(arena, token_url), octets(arena, client_id), octets(arena, assertion_file), octets(arena, scope));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetOAuth2ServiceAccount = function("CSmtp_SetOAuth2ServiceAccount", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetOAuth2ServiceAccount(long h, String key_file, String mailbox, String scope) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetOAuth2ServiceAccount.invokeExact(h, octets(arena, key_file), octets(arena, mailbox), octets(arena, scope));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetOAuth2ManagedIdentity = function("CSmtp_SetOAuth2ManagedIdentity", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetOAuth2ManagedIdentity(long h, String cloud, String client_id, String scope) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetOAuth2ManagedIdentity.invokeExact(h, octets(arena, cloud), octets(arena, client_id), octets(arena, scope));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _CheckToken = function("CSmtp_CheckToken", JAVA_INT, JAVA_LONG);
    @Override public int CheckToken(long h) {
        try {
            return (int) _CheckToken.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetTokenInfo = function("CSmtp_GetTokenInfo", JAVA_LONG, JAVA_LONG);
    @Override public String GetTokenInfo(long h) {
        try {
            return text((long) _GetTokenInfo.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetAuthMechanismUsed = function("CSmtp_GetAuthMechanismUsed", JAVA_LONG, JAVA_LONG);
    @Override public String GetAuthMechanismUsed(long h) {
        try {
            return text((long) _GetAuthMechanismUsed.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetLoginSkipped = function("CSmtp_GetLoginSkipped", JAVA_INT, JAVA_LONG);
    @Override public int GetLoginSkipped(long h) {
        try {
            return (int) _GetLoginSkipped.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetServerDomain = function("CSmtp_SetServerDomain", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetServerDomain(long h, String domain) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetServerDomain.invokeExact(h, octets(arena, domain));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetLocalAddress = function("CSmtp_SetLocalAddress", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetLocalAddress(long h, String address) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetLocalAddress.invokeExact(h, octets(arena, address));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetProxy = function("CSmtp_SetProxy", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetProxy(long h, String url) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetProxy.invokeExact(h, octets(arena, url));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetTransport = function("CSmtp_SetTransport", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetTransport(long h, String transport) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetTransport.invokeExact(h, octets(arena, transport));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetTransportEndpoint = function("CSmtp_SetTransportEndpoint", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetTransportEndpoint(long h, String url) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetTransportEndpoint.invokeExact(h, octets(arena, url));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetServerPause = function("CSmtp_SetServerPause", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetServerPause(long h, int seconds) {
        try {
            return (int) _SetServerPause.invokeExact(h, seconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetExtensionOff = function("CSmtp_SetExtensionOff", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetExtensionOff(long h, String extensions) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetExtensionOff.invokeExact(h, octets(arena, extensions));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetLMTP = function("CSmtp_SetLMTP", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetLMTP(long h, int lmtp) {
        try {
            return (int) _SetLMTP.invokeExact(h, lmtp);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetTimeout = function("CSmtp_SetTimeout", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public int SetTimeout(long h, int step, int milliseconds) {
        try {
            return (int) _SetTimeout.invokeExact(h, step, milliseconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _KeepAlive = function("CSmtp_KeepAlive", JAVA_INT, JAVA_LONG);
    @Override public int KeepAlive(long h) {
        try {
            return (int) _KeepAlive.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetPeerAddress = function("CSmtp_GetPeerAddress", JAVA_LONG, JAVA_LONG);
    @Override public String GetPeerAddress(long h) {
        try {
            return text((long) _GetPeerAddress.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetExtension = function("CSmtp_GetExtension", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public String GetExtension(long h, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return text((long) _GetExtension.invokeExact(h, octets(arena, name)));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetExtensions = function("CSmtp_GetExtensions", JAVA_LONG, JAVA_LONG);
    @Override public String GetExtensions(long h) {
        try {
            return text((long) _GetExtensions.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetEnvelopeFrom = function("CSmtp_SetEnvelopeFrom", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetEnvelopeFrom(long h, String email) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetEnvelopeFrom.invokeExact(h, octets(arena, email));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetPartialDelivery = function("CSmtp_SetPartialDelivery", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetPartialDelivery(long h, int partial) {
        try {
            return (int) _SetPartialDelivery.invokeExact(h, partial);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetDSN = function("CSmtp_SetDSN", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetDSN(long h, String notify, String ret, String envelope_id) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetDSN.invokeExact(h, octets(arena, notify), octets(arena, ret), octets(arena, envelope_id));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetRecipientDSN = function("CSmtp_SetRecipientDSN", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetRecipientDSN(long h, String email, String notify, String original) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetRecipientDSN.invokeExact(h, octets(arena, email), octets(arena, notify), octets(arena, original));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetChunking = function("CSmtp_SetChunking", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetChunking(long h, int mode) {
        try {
            return (int) _SetChunking.invokeExact(h, mode);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetRequireTLS = function("CSmtp_SetRequireTLS", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetRequireTLS(long h, int require) {
        try {
            return (int) _SetRequireTLS.invokeExact(h, require);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetMTPriority = function("CSmtp_SetMTPriority", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetMTPriority(long h, int priority) {
        try {
            return (int) _SetMTPriority.invokeExact(h, priority);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetDeliverBy = function("CSmtp_SetDeliverBy", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    @Override public int SetDeliverBy(long h, int seconds, String mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetDeliverBy.invokeExact(h, seconds, octets(arena, mode));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetHoldFor = function("CSmtp_SetHoldFor", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int SetHoldFor(long h, int seconds) {
        try {
            return (int) _SetHoldFor.invokeExact(h, seconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetHoldUntil = function("CSmtp_SetHoldUntil", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetHoldUntil(long h, long seconds) {
        try {
            return (int) _SetHoldUntil.invokeExact(h, seconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SendRaw = function("CSmtp_SendRaw", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SendRaw(long h, byte[] data, long size, String from, String recipients) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SendRaw.invokeExact(h, octets(arena, data), size, octets(arena, from), octets(arena, recipients));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SendRawFile = function("CSmtp_SendRawFile", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SendRawFile(long h, String path, String from, String recipients) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SendRawFile.invokeExact(h, octets(arena, path), octets(arena, from), octets(arena, recipients));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SendBatch = function("CSmtp_SendBatch", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SendBatch(long h, long[] mails, long n, int[] results) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mails_ = numbers(arena, mails);
            MemorySegment results_ = numbers(arena, results);
            int result = (int) _SendBatch.invokeExact(h, mails_.address(), n, results_.address());
            read(mails_, mails);
            read(results_, results);
            return result;
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SendAsync = function("CSmtp_SendAsync", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SendAsync(long h, long fn, long user) {
        try {
            return (int) _SendAsync.invokeExact(h, fn, user);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _Poll = function("CSmtp_Poll", JAVA_INT, JAVA_LONG);
    @Override public int Poll(long h) {
        try {
            return (int) _Poll.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _Wait = function("CSmtp_Wait", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int Wait(long h, int milliseconds) {
        try {
            return (int) _Wait.invokeExact(h, milliseconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _Cancel = function("CSmtp_Cancel", JAVA_INT, JAVA_LONG);
    @Override public int Cancel(long h) {
        try {
            return (int) _Cancel.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolNew = function("CSmtp_PoolNew", JAVA_LONG);
    @Override public long PoolNew() {
        try {
            return (long) _PoolNew.invokeExact();
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolAddRelay = function("CSmtp_PoolAddRelay", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int PoolAddRelay(long pool, long relay, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _PoolAddRelay.invokeExact(pool, relay, octets(arena, name));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetWeight = function("CSmtp_PoolSetWeight", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public int PoolSetWeight(long pool, int relay, int weight) {
        try {
            return (int) _PoolSetWeight.invokeExact(pool, relay, weight);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetSessions = function("CSmtp_PoolSetSessions", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public int PoolSetSessions(long pool, int relay, int sessions) {
        try {
            return (int) _PoolSetSessions.invokeExact(pool, relay, sessions);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetRate = function("CSmtp_PoolSetRate", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT);
    @Override public int PoolSetRate(long pool, int relay, int mails, int seconds) {
        try {
            return (int) _PoolSetRate.invokeExact(pool, relay, mails, seconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetSessionMails = function("CSmtp_PoolSetSessionMails", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public int PoolSetSessionMails(long pool, int relay, int mails) {
        try {
            return (int) _PoolSetSessionMails.invokeExact(pool, relay, mails);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetIdle = function("CSmtp_PoolSetIdle", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public int PoolSetIdle(long pool, int relay, int milliseconds) {
        try {
            return (int) _PoolSetIdle.invokeExact(pool, relay, milliseconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetQueue = function("CSmtp_PoolSetQueue", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int PoolSetQueue(long pool, int mails) {
        try {
            return (int) _PoolSetQueue.invokeExact(pool, mails);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetPause = function("CSmtp_PoolSetPause", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public int PoolSetPause(long pool, int first, int longest) {
        try {
            return (int) _PoolSetPause.invokeExact(pool, first, longest);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetPatience = function("CSmtp_PoolSetPatience", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int PoolSetPatience(long pool, int milliseconds) {
        try {
            return (int) _PoolSetPatience.invokeExact(pool, milliseconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetJournal = function("CSmtp_PoolSetJournal", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int PoolSetJournal(long pool, long begin, long end, long user) {
        try {
            return (int) _PoolSetJournal.invokeExact(pool, begin, end, user);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetReconcile = function("CSmtp_PoolSetReconcile", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int PoolSetReconcile(long pool, long fn, long user) {
        try {
            return (int) _PoolSetReconcile.invokeExact(pool, fn, user);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSetCallbacksInWait = function("CSmtp_PoolSetCallbacksInWait", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int PoolSetCallbacksInWait(long pool, int in_wait) {
        try {
            return (int) _PoolSetCallbacksInWait.invokeExact(pool, in_wait);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSend = function("CSmtp_PoolSend", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int PoolSend(long pool, long mail) {
        try {
            return (int) _PoolSend.invokeExact(pool, mail);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolSubmit = function("CSmtp_PoolSubmit", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int PoolSubmit(long pool, long mail, String id, int milliseconds, long fn, long user, long[] copied) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copied_ = numbers(arena, copied);
            int result = (int) _PoolSubmit.invokeExact(pool, mail, octets(arena, id), milliseconds, fn, user, copied_.address());
            read(copied_, copied);
            return result;
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolWait = function("CSmtp_PoolWait", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int PoolWait(long pool, int milliseconds) {
        try {
            return (int) _PoolWait.invokeExact(pool, milliseconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolDrain = function("CSmtp_PoolDrain", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int PoolDrain(long pool, int milliseconds) {
        try {
            return (int) _PoolDrain.invokeExact(pool, milliseconds);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolGetCount = function("CSmtp_PoolGetCount", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    @Override public int PoolGetCount(long pool, int relay, int what) {
        try {
            return (int) _PoolGetCount.invokeExact(pool, relay, what);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolGetQueued = function("CSmtp_PoolGetQueued", JAVA_INT, JAVA_LONG);
    @Override public int PoolGetQueued(long pool) {
        try {
            return (int) _PoolGetQueued.invokeExact(pool);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolGetRelayName = function("CSmtp_PoolGetRelayName", JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public String PoolGetRelayName(long pool, int relay) {
        try {
            return text((long) _PoolGetRelayName.invokeExact(pool, relay));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _PoolGetRelayError = function("CSmtp_PoolGetRelayError", JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public String PoolGetRelayError(long pool, int relay) {
        try {
            return text((long) _PoolGetRelayError.invokeExact(pool, relay));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetPhase = function("CSmtp_GetPhase", JAVA_INT, JAVA_LONG);
    @Override public int GetPhase(long h) {
        try {
            return (int) _GetPhase.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetErrorKind = function("CSmtp_GetErrorKind", JAVA_INT, JAVA_LONG);
    @Override public int GetErrorKind(long h) {
        try {
            return (int) _GetErrorKind.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _IsLoginError = function("CSmtp_IsLoginError", JAVA_INT, JAVA_LONG);
    @Override public int IsLoginError(long h) {
        try {
            return (int) _IsLoginError.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _IsSafeToRetry = function("CSmtp_IsSafeToRetry", JAVA_INT, JAVA_LONG);
    @Override public int IsSafeToRetry(long h) {
        try {
            return (int) _IsSafeToRetry.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetRetryAfter = function("CSmtp_GetRetryAfter", JAVA_INT, JAVA_LONG);
    @Override public int GetRetryAfter(long h) {
        try {
            return (int) _GetRetryAfter.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetQueueID = function("CSmtp_GetQueueID", JAVA_LONG, JAVA_LONG);
    @Override public String GetQueueID(long h) {
        try {
            return text((long) _GetQueueID.invokeExact(h));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetResultCount = function("CSmtp_GetResultCount", JAVA_INT, JAVA_LONG);
    @Override public int GetResultCount(long h) {
        try {
            return (int) _GetResultCount.invokeExact(h);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetResultRecipient = function("CSmtp_GetResultRecipient", JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public String GetResultRecipient(long h, int row) {
        try {
            return text((long) _GetResultRecipient.invokeExact(h, row));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetResultAccepted = function("CSmtp_GetResultAccepted", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int GetResultAccepted(long h, int row) {
        try {
            return (int) _GetResultAccepted.invokeExact(h, row);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetResultCode = function("CSmtp_GetResultCode", JAVA_INT, JAVA_LONG, JAVA_INT);
    @Override public int GetResultCode(long h, int row) {
        try {
            return (int) _GetResultCode.invokeExact(h, row);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetResultEnhancedCode = function("CSmtp_GetResultEnhancedCode", JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public String GetResultEnhancedCode(long h, int row) {
        try {
            return text((long) _GetResultEnhancedCode.invokeExact(h, row));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _GetResultReply = function("CSmtp_GetResultReply", JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public String GetResultReply(long h, int row) {
        try {
            return text((long) _GetResultReply.invokeExact(h, row));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetProgressCallback = function("CSmtp_SetProgressCallback", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetProgressCallback(long h, long fn, long user) {
        try {
            return (int) _SetProgressCallback.invokeExact(h, fn, user);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetLogCallback = function("CSmtp_SetLogCallback", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetLogCallback(long h, long fn, long user) {
        try {
            return (int) _SetLogCallback.invokeExact(h, fn, user);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetLogFile = function("CSmtp_SetLogFile", JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public int SetLogFile(long h, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetLogFile.invokeExact(h, octets(arena, path));
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetRecordFile = function("CSmtp_SetRecordFile", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public int SetRecordFile(long h, String path, int contents) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) _SetRecordFile.invokeExact(h, octets(arena, path), contents);
        } catch (Throwable t) {
            throw failed(t);
        }
    }
    private final MethodHandle _SetEventCallback = function("CSmtp_SetEventCallback", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public int SetEventCallback(long h, long fn, long user) {
        try {
            return (int) _SetEventCallback.invokeExact(h, fn, user);
        } catch (Throwable t) {
            throw failed(t);
        }
    }

    private final long readAddress = stub("read", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public long readFunction() { return readAddress; }
    private final long tokenAddress = stub("token", JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public long tokenFunction() { return tokenAddress; }
    private final long doneAddress = stub("done", null, JAVA_LONG, JAVA_LONG, JAVA_INT);
    @Override public long doneFunction() { return doneAddress; }
    private final long sendingAddress = stub("sending", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    @Override public long sendingFunction() { return sendingAddress; }
    private final long endedAddress = stub("ended", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    @Override public long endedFunction() { return endedAddress; }
    private final long reconcileAddress = stub("reconcile", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    @Override public long reconcileFunction() { return reconcileAddress; }
    private final long progressAddress = stub("progress", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    @Override public long progressFunction() { return progressAddress; }
    private final long logAddress = stub("log", null, JAVA_LONG, JAVA_INT, JAVA_LONG);
    @Override public long logFunction() { return logAddress; }
    private final long eventAddress = stub("event", null, JAVA_LONG, JAVA_LONG);
    @Override public long eventFunction() { return eventAddress; }
}
