// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

import java.nio.file.Path;

/** The methods of Mailer that only convert their arguments and call the C function of the same name. */
abstract class MailerMethods extends Handle {
    MailerMethods(long handle) { super(handle); }

    /**
     * Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
     * Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
     * group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
     * full-width &#64;). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
     */
    public void addRecipient(String email, String name) {
        call(h -> C.AddRecipient(h, text("email", email), text("name", name)));
    }

    /**
     * Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
     * Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
     * group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
     * full-width &#64;). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
     */
    public void addRecipient(String email) {
        addRecipient(email, (String) null);
    }

    /**
     * Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
     * Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
     * group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
     * full-width &#64;). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
     */
    public void addCCRecipient(String email, String name) {
        call(h -> C.AddCCRecipient(h, text("email", email), text("name", name)));
    }

    /**
     * Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
     * Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
     * group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
     * full-width &#64;). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
     */
    public void addCCRecipient(String email) {
        addCCRecipient(email, (String) null);
    }

    /**
     * Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
     * Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
     * group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
     * full-width &#64;). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
     */
    public void addBCCRecipient(String email, String name) {
        call(h -> C.AddBCCRecipient(h, text("email", email), text("name", name)));
    }

    /**
     * Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
     * Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
     * group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
     * full-width &#64;). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
     */
    public void addBCCRecipient(String email) {
        addBCCRecipient(email, (String) null);
    }

    /**
     * Attaches a file. The file is opened when the message is built; the function
     * that builds the message returns CSMTP_FILE_NOT_EXIST if the file cannot be
     * read. The attachment's name is the last component of 'path'. Slash and
     * backslash both separate components, because the recipient's system may use
     * either. Returns CSMTP_FILE_NOT_EXIST if 'path' is "".
     */
    public void addAttachment(String path) {
        call(h -> C.AddAttachment(h, text("path", path)));
    }

    /**
     * Attaches a file. The file is opened when the message is built; the function
     * that builds the message returns CSMTP_FILE_NOT_EXIST if the file cannot be
     * read. The attachment's name is the last component of 'path'. Slash and
     * backslash both separate components, because the recipient's system may use
     * either. Returns CSMTP_FILE_NOT_EXIST if 'path' is "".
     */
    public void addAttachment(Path path) {
        addAttachment(path(path));
    }

    /** Adds a line to the body. CR, LF and CRLF in 'text' are line breaks. */
    public void addMsgLine(String text) {
        call(h -> C.AddMsgLine(h, text("text", text)));
    }

    /**
     * Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
     * lines of the body.
     */
    public void delRecipients() {
        call(h -> C.DelRecipients(h));
    }

    /**
     * Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
     * lines of the body.
     */
    public void delCCRecipients() {
        call(h -> C.DelCCRecipients(h));
    }

    /**
     * Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
     * lines of the body.
     */
    public void delBCCRecipients() {
        call(h -> C.DelBCCRecipients(h));
    }

    /**
     * Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
     * lines of the body.
     */
    public void delMsgLines() {
        call(h -> C.DelMsgLines(h));
    }

    /**
     * Removes a line of the body. Lines are numbered from 0. Returns
     * CSMTP_OUT_OF_MSG_RANGE if there is no such line.
     */
    public void delMsgLine(int line) {
        call(h -> C.DelMsgLine(h, unsigned("line", line)));
    }

    /**
     * Replaces a line of the body. Lines are numbered from 0. If 'text' is NULL,
     * the function does nothing. Returns CSMTP_OUT_OF_MSG_RANGE if there is no such
     * line.
     */
    public void modMsgLine(int line, String text) {
        call(h -> C.ModMsgLine(h, unsigned("line", line), text("text", text)));
    }

    /**
     * Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
     * is not a valid handle.
     */
    public int getRecipientCount() {
        return get(h -> C.GetRecipientCount(h));
    }

    /**
     * Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
     * is not a valid handle.
     */
    public int getCCRecipientCount() {
        return get(h -> C.GetCCRecipientCount(h));
    }

    /**
     * Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
     * is not a valid handle.
     */
    public int getBCCRecipientCount() {
        return get(h -> C.GetBCCRecipientCount(h));
    }

    /**
     * Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
     * is not a valid handle.
     */
    public int getMsgLines() {
        return get(h -> C.GetMsgLines(h));
    }

    /** Sets the Subject. A trailing line break is removed. */
    public void setSubject(String subject) {
        call(h -> C.SetSubject(h, text("subject", subject)));
    }

    /** Sets the name shown with the sender's address in From. */
    public void setSenderName(String name) {
        call(h -> C.SetSenderName(h, text("name", name)));
    }

    /**
     * Sets the sender: the address in From, and the envelope's reverse-path unless
     * CSmtp_SetEnvelopeFrom sets another. Sending a mail without a sender returns
     * CSMTP_UNDEF_MAIL_FROM.
     */
    public void setSenderMail(String email) {
        call(h -> C.SetSenderMail(h, text("email", email)));
    }

    /**
     * Sets Reply-To: an address, an address with a name, or a list of them,
     * separated by commas. "" removes the field.
     */
    public void setReplyTo(String replyTo) {
        call(h -> C.SetReplyTo(h, text("replyTo", replyTo)));
    }

    /** Sets the field X-Mailer. "" (the default) leaves the field out. */
    public void setXMailer(String xMailer) {
        call(h -> C.SetXMailer(h, text("xMailer", xMailer)));
    }

    /**
     * If 'strict' is 1, building the message returns CSMTP_BAD_INPUT in two cases:
     * the charset is "US-ASCII" and a text is neither ASCII nor valid UTF-8; or a
     * subject, X-Mailer or name contains a control character. If 'strict' is 0 (the
     * default), the library sends the text as described under CSmtp_SetCharSet in
     * the first case, and replaces each control character with a space in the
     * second case. CR and LF within a subject, X-Mailer or name are always refused.
     */
    public void setStrict(boolean strict) {
        call(h -> C.SetStrict(h, strict ? 1 : 0));
    }

    /**
     * 1 requests a read receipt (message disposition notification, RFC 8098), to be
     * sent to the address in Reply-To, or to the sender if there is no Reply-To. 0
     * (the default) requests none.
     */
    public void setReadReceipt(boolean requestReceipt) {
        call(h -> C.SetReadReceipt(h, requestReceipt ? 1 : 0));
    }

    /**
     * Sets the priority shown to the recipient: CSMTP_XPRIORITY_... Any other number
     * means CSMTP_XPRIORITY_NORMAL, which adds no field, because spam filters treat
     * a priority field in normal mail as suspicious.
     */
    public void setXPriority(Priority priority) {
        call(h -> C.SetXPriority(h, priority.number()));
    }

    /**
     * 1 sends the lines of the body as HTML; 0 (the default) sends them as plain
     * text. In class CSmtp this is the member m_bHTML.
     */
    public void setHTML(boolean html) {
        call(h -> C.SetHTML(h, html ? 1 : 0));
    }

    /** Returns 1 if the lines of the body are HTML, else 0. */
    public boolean getHTML() {
        return get(h -> C.GetHTML(h) != 0);
    }

    /**
     * Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
     * returns the address that CSmtp_SetSenderMail stored.
     */
    public String getSubject() {
        return get(h -> C.GetSubject(h));
    }

    /**
     * Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
     * returns the address that CSmtp_SetSenderMail stored.
     */
    public String getSenderName() {
        return get(h -> C.GetSenderName(h));
    }

    /**
     * Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
     * returns the address that CSmtp_SetSenderMail stored.
     */
    public String getMailFrom() {
        return get(h -> C.GetMailFrom(h));
    }

    /**
     * Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
     * returns the address that CSmtp_SetSenderMail stored.
     */
    public String getReplyTo() {
        return get(h -> C.GetReplyTo(h));
    }

    /**
     * Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
     * returns the address that CSmtp_SetSenderMail stored.
     */
    public String getXMailer() {
        return get(h -> C.GetXMailer(h));
    }

    /** Returns the priority: CSMTP_XPRIORITY_... */
    public Priority getXPriority() {
        return get(h -> Priority.of(C.GetXPriority(h)));
    }

    /**
     * Sets the server. 'server' is a host name, an IP address, or a list of
     * servers, such as "a.example:587, b.example:465, [::1]:25", which are tried in
     * order. The library goes on to the next server if a server cannot be reached
     * or replies 4yz to the login or to MAIL, or if the connection is lost before
     * the whole mail has been sent. It never resends a mail that may have been
     * delivered. See also CSmtp_SetServerPause. 'port' applies if 'server', or an
     * entry of the list, has no port of its own; 0 means 25, or 465 with
     * CSMTP_USE_SSL. If 'authenticate' is 1, the library logs in to every server
     * that offers AUTH; if 'authenticate' is 0, the library never logs in.
     * Connecting fails if 'server' is invalid.
     */
    public void setSMTPServer(String server, int port, boolean authenticate) {
        call(h -> C.SetSMTPServer(h, text("server", server), unsignedShort("port", port), authenticate ? 1 : 0));
    }

    /**
     * Sets the security type: CSMTP_NO_SECURITY (the default), CSMTP_USE_TLS,
     * CSMTP_USE_SSL or CSMTP_USE_TLS_IF_OFFERED. CSMTP_DO_NOT_SET changes nothing.
     * Returns CSMTP_BAD_ARGUMENT for any other number.
     */
    public void setSecurityType(Security securityType) {
        call(h -> C.SetSecurityType(h, securityType.number()));
    }

    /** Returns the security type. */
    public Security getSecurityType() {
        return get(h -> Security.of(C.GetSecurityType(h)));
    }

    /**
     * Set the login, and the password. "" clears the value. The library never
     * shows a password in an error text or a log.
     */
    public void setLogin(String login) {
        call(h -> C.SetLogin(h, text("login", login)));
    }

    /**
     * Set the login, and the password. "" clears the value. The library never
     * shows a password in an error text or a log.
     */
    public void setPassword(String password) {
        call(h -> C.SetPassword(h, text("password", password)));
    }

    /**
     * Sets the name sent with EHLO. "" restores the default: without a proxy, the
     * name of this host; with a proxy, "[127.0.0.1]", so that the server learns
     * neither the name nor the address of this host.
     */
    public void setLocalHostName(String name) {
        call(h -> C.SetLocalHostName(h, text("name", name)));
    }

    /**
     * Returns the name that CSmtp_SetLocalHostName set, or else the name of this
     * host.
     */
    public String getLocalHostName() {
        return get(h -> C.GetLocalHostName(h));
    }

    /**
     * Returns the local IP address of the open session. Without a session, returns
     * the address that this host's name resolves to, or "" if the name has no
     * address. With a proxy but no session, the function looks up no name and
     * returns "".
     */
    public String getLocalHostIP() {
        return get(h -> C.GetLocalHostIP(h));
    }

    /**
     * Closes the session if one is open, connects to a server, starts TLS and logs
     * in. 'server', 'port' and 'authenticate' have the same meaning as in
     * CSmtp_SetSMTPServer, but are not stored. security_type is stored unless it is
     * CSMTP_DO_NOT_SET. Each of 'login' and 'password' is stored unless it is NULL
     * or "".
     * *
     * The next mails use this session. If a setting on which the session depends
     * has changed, the next mail opens a new session. The session depends on the
     * server or its domain (CSmtp_SetServerDomain), the security type, the login,
     * the password, the token, the mechanism, the TLS settings, the proxy, the
     * local address, the local host name, LMTP and the extensions that are turned
     * off. Clearing a login, password or token does not count as a change. New
     * timeouts and a new log apply to the open session.
     */
    public void connectRemoteServer(String server, int port, Security securityType, boolean authenticate, String login, String password) {
        call(h -> C.ConnectRemoteServer(h, text("server", server), unsignedShort("port", port), securityType.number(), authenticate ? 1 : 0, text("login", login), text("password", password)));
    }

    /**
     * Closes the session with QUIT, waiting at most CSMTP_TIMEOUT_QUIT for the
     * reply. Returns 0 if there is no session, or if the server has already closed it
     * or does not reply in time, and CSMTP_COMMAND_QUIT if the server refused
     * QUIT.
     */
    public void disconnectRemoteServer() {
        call(h -> C.DisconnectRemoteServer(h));
    }

    /**
     * Sends the message over the open session. If no session is open, the function
     * opens one and closes it after the mail. The mail goes to all recipients or to
     * none, unless CSmtp_SetPartialDelivery(h, 1) was called. If the mail
     * transaction fails, the session is closed. After any error, the handle can be
     * used again, and CSmtp_GetOutcome returns the outcome of the mail.
     */
    public void send() {
        call(h -> C.Send(h));
    }

    /**
     * Returns the text of the last error: the sentence for the error number
     * (CSmtp_GetErrorText), then what was being done, what the server said and what
     * to do. The text never shows a secret. If the server quotes a password or
     * token, even encoded (in base64, for example), the library replaces the secret
     * with "****" in every text, reply, result row and log line. A secret of fewer
     * than four characters is replaced only where it stands alone: in quotes or
     * brackets, or at the end of a line after a colon or "=".
     */
    public String getLastErrorText() {
        return get(h -> C.GetLastErrorText(h));
    }

    /**
     * Returns the reply that caused the error, such as "530 5.7.0 Access denied".
     * After a successful send, returns the reply that accepted the mail. Returns ""
     * if there is no such reply.
     */
    public String getLastReply() {
        return get(h -> C.GetLastReply(h));
    }

    /** Returns the reply code of that reply, such as 530; 0 if there is none. */
    public int getLastReplyCode() {
        return get(h -> C.GetLastReplyCode(h));
    }

    /**
     * Returns the enhanced status code of that reply, such as "5.7.0" (RFC 3463); ""
     * if there is none.
     */
    public String getLastEnhancedCode() {
        return get(h -> C.GetLastEnhancedCode(h));
    }

    /**
     * Returns the outcome of the last attempt to send:
     * *
     * CSMTP_ACCEPTED: the server accepted the mail for all recipients.
     * *
     * CSMTP_PARTIAL: the server accepted the mail for some of the recipients
     * (CSmtp_SetPartialDelivery, LMTP, or several transactions).
     * *
     * CSMTP_REJECTED_TEMPORARY, CSMTP_REJECTED_PERMANENT: the server refused MAIL
     * or a later command. TEMPORARY means that the reply was 4yz, PERMANENT that it
     * was 5yz.
     * *
     * CSMTP_NOT_SENT: the attempt failed before MAIL was sent (for example, at the
     * login), or the connection was lost before the last octet of the message was
     * sent.
     * *
     * CSMTP_IN_DOUBT: the last octet was sent, but the connection was lost before
     * the reply, or the library cannot tell to which command a reply belongs. The
     * mail may have been delivered, and a second attempt may deliver a second copy
     * (RFC 1047).
     * *
     * Over SMTP and LMTP, a mail is never IN_DOUBT if a reply has arrived that
     * certainly belongs to its message.
     * *
     * If a reply decided the outcome, and the outcome is not IN_DOUBT, then the
     * error number, the error text, the text of the reply and the codes all
     * describe that reply. If a mail was refused more than once, the reply used is
     * the first permanent refusal (5yz) in the order of the recipients, or else the
     * first temporary one (4yz). The same rule applies to LMTP, to BDAT, to a mail
     * sent in several transactions (LIMITS RCPTMAX, RFC 9422), and to each mail of
     * a batch. For ACCEPTED, and for PARTIAL if the send returns 0,
     * CSmtp_GetLastReply and the codes describe the reply that accepted the mail.
     * For PARTIAL, if the send returns an error, the error number, the error text,
     * the reply and the codes describe the failure for the other recipients.
     * *
     * If the connection is lost after a refusal and before the message is sent, the
     * refusal decides the outcome. There is one exception: if partial delivery is
     * allowed and the server accepted another recipient after the refusal, the
     * outcome is NOT_SENT.
     * *
     * If partial delivery is off and the server does not offer PIPELINING, the
     * library sends no more RCPT after the first refusal. CSmtp_GetResultCode
     * returns 0 for a recipient without a reply.
     * *
     * Each reply belongs to one command. If a reply is missing or there is one too
     * many, replies no longer match the commands: the error is
     * CSMTP_UNDEF_XYZ_RESPONSE. The mail is then IN_DOUBT if its last octet was
     * sent and the library cannot say with certainty which reply belongs to its
     * message.
     */
    public Outcome getOutcome() {
        return get(h -> Outcome.of(C.GetOutcome(h)));
    }

    /**
     * Replaces all lines of the body with 'text'. A line end at the end of 'text' does
     * not add an empty line.
     */
    public void setTextBody(String text) {
        call(h -> C.SetTextBody(h, text("text", text)));
    }

    /**
     * Adds an HTML form of the body to the plain text (multipart/alternative). ""
     * removes the HTML form.
     */
    public void setHTMLBody(String html) {
        call(h -> C.SetHTMLBody(h, text("html", html)));
    }

    /**
     * 1 marks the plain text as format=flowed (RFC 3676), and breaks its long lines
     * so that mail programs can join them again. If a line of the program's text
     * ends in a space, the next line is its continuation, unless the next line is
     * empty, has a different number of quote marks ("&gt;"), or is "-- ", the line
     * before a signature. 0 is the default.
     */
    public void setFlowed(boolean flowed) {
        call(h -> C.SetFlowed(h, flowed ? 1 : 0));
    }

    /**
     * 1 sends 8-bit text without an encoding if the server offers 8BITMIME (RFC
     * 6152). 0 (the default) encodes 8-bit text as quoted-printable or base64,
     * which every server relays unchanged.
     */
    public void setEightBit(boolean eightBit) {
        call(h -> C.SetEightBit(h, eightBit ? 1 : 0));
    }

    /**
     * Attaches a file under another name or with a content type of your choice. The
     * parameters name and content_type may be NULL or "", which means that the
     * library derives the value from 'path'. A name that consists of blanks counts
     * as "". Only the last component of a name or path is sent.
     */
    public void addAttachmentAs(String path, String name, String contentType) {
        call(h -> C.AddAttachmentAs(h, text("path", path), text("name", name), text("contentType", contentType)));
    }

    /**
     * Attaches a file under another name or with a content type of your choice. The
     * parameters name and content_type may be NULL or "", which means that the
     * library derives the value from 'path'. A name that consists of blanks counts
     * as "". Only the last component of a name or path is sent.
     */
    public void addAttachmentAs(Path path, String name, String contentType) {
        addAttachmentAs(path(path), name, contentType);
    }

    /**
     * Attaches a file under another name or with a content type of your choice. The
     * parameters name and content_type may be NULL or "", which means that the
     * library derives the value from 'path'. A name that consists of blanks counts
     * as "". Only the last component of a name or path is sent.
     */
    public void addAttachmentAs(String path) {
        addAttachmentAs(path, (String) null, (String) null);
    }

    /**
     * Attaches a file under another name or with a content type of your choice. The
     * parameters name and content_type may be NULL or "", which means that the
     * library derives the value from 'path'. A name that consists of blanks counts
     * as "". Only the last component of a name or path is sent.
     */
    public void addAttachmentAs(Path path) {
        addAttachmentAs(path, (String) null, (String) null);
    }

    /**
     * Add an image from a file, or from 'size' octets at 'data', which the library
     * copies. The HTML body shows the image with &lt;img src="cid:CONTENT_ID"&gt; (RFC
     * 2392).
     */
    public void addInlineImage(String path, String contentId) {
        call(h -> C.AddInlineImage(h, text("path", path), text("contentId", contentId)));
    }

    /**
     * Add an image from a file, or from 'size' octets at 'data', which the library
     * copies. The HTML body shows the image with &lt;img src="cid:CONTENT_ID"&gt; (RFC
     * 2392).
     */
    public void addInlineImage(Path path, String contentId) {
        addInlineImage(path(path), contentId);
    }

    /**
     * Adds an invitation or another calendar message (RFC 6047). 'method' is its
     * iCalendar METHOD, such as "REQUEST"; 'calendar' is the iCalendar text. If both
     * are "", the function removes the calendar message.
     */
    public void setCalendar(String method, String calendar) {
        call(h -> C.SetCalendar(h, text("method", method), text("calendar", calendar)));
    }

    /**
     * Adds a header field, such as Content-Language. Building the message returns
     * CSMTP_BAD_INPUT if the field has its own function, such as Subject, or is
     * reserved for the library or for servers.
     */
    public void addHeader(String name, String value) {
        call(h -> C.AddHeader(h, text("name", name), text("value", value)));
    }

    /** Removes the fields that CSmtp_AddHeader added. */
    public void delHeaders() {
        call(h -> C.DelHeaders(h));
    }

    /**
     * Sets the Message-ID: "&lt;left&#64;right&gt;", with or without the brackets. With "" (the
     * default), the library makes a new one for each mail. Returns CSMTP_BAD_INPUT for
     * anything else (RFC 5322, section 3.6.4).
     */
    public void setMessageID(String messageId) {
        call(h -> C.SetMessageID(h, text("messageId", messageId)));
    }

    /**
     * Returns the Message-ID that was set, or else that of the mail that was last
     * sent, saved or rendered; "" after CSmtp_ClearMessage.
     */
    public String getMessageID() {
        return get(h -> C.GetMessageID(h));
    }

    /**
     * Sets the Date, in seconds since 1970-01-01 UTC. 0 (the default) means the time
     * of sending. Returns CSMTP_BAD_ARGUMENT if the year is before 1900 or after 9999,
     * and for -1, which time and mktime return on failure.
     */
    public void setDate(long seconds) {
        call(h -> C.SetDate(h, seconds));
    }

    /**
     * Adds an author to From, after the address that CSmtp_SetSenderMail sets. The
     * parameter name may be NULL. A mail with several authors has a Sender (RFC
     * 5322, section 3.6.2): the one that CSmtp_SetSender set, or else the first
     * author. Returns CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
     */
    public void addFrom(String email, String name) {
        call(h -> C.AddFrom(h, text("email", email), text("name", name)));
    }

    /**
     * Adds an author to From, after the address that CSmtp_SetSenderMail sets. The
     * parameter name may be NULL. A mail with several authors has a Sender (RFC
     * 5322, section 3.6.2): the one that CSmtp_SetSender set, or else the first
     * author. Returns CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
     */
    public void addFrom(String email) {
        addFrom(email, (String) null);
    }

    /**
     * Sets the Sender: the address of the person who submits the mail for its
     * authors. The parameter name may be NULL.
     */
    public void setSender(String email, String name) {
        call(h -> C.SetSender(h, text("email", email), text("name", name)));
    }

    /**
     * Sets the Sender: the address of the person who submits the mail for its
     * authors. The parameter name may be NULL.
     */
    public void setSender(String email) {
        setSender(email, (String) null);
    }

    /**
     * Set In-Reply-To and References: Message-IDs separated by spaces, or a value
     * that is copied from a received mail. The functions use only the identifiers
     * that are in angle brackets, and ignore everything else (RFC 5322, section
     * 4.5.4). If there are more than 20 References, only the first one and the last
     * 19 are sent. "" removes the field.
     */
    public void setInReplyTo(String messageIds) {
        call(h -> C.SetInReplyTo(h, text("messageIds", messageIds)));
    }

    /**
     * Set In-Reply-To and References: Message-IDs separated by spaces, or a value
     * that is copied from a received mail. The functions use only the identifiers
     * that are in angle brackets, and ignore everything else (RFC 5322, section
     * 4.5.4). If there are more than 20 References, only the first one and the last
     * 19 are sent. "" removes the field.
     */
    public void setReferences(String messageIds) {
        call(h -> C.SetReferences(h, text("messageIds", messageIds)));
    }

    /**
     * Sets Auto-Submitted (RFC 3834): "auto-generated" or "auto-replied". ""
     * removes the field.
     */
    public void setAutoSubmitted(String keyword) {
        call(h -> C.SetAutoSubmitted(h, text("keyword", keyword)));
    }

    /**
     * Sets List-Unsubscribe (RFC 2369), such as "&lt;https://...&gt;, &lt;mailto:...&gt;". If
     * one_click is 1, List-Unsubscribe-Post (RFC 8058) is added. "" removes both
     * fields.
     */
    public void setListUnsubscribe(String uris, boolean oneClick) {
        call(h -> C.SetListUnsubscribe(h, text("uris", uris), oneClick ? 1 : 0));
    }

    /**
     * Sets the pass phrase for the keys and files that are passed afterwards to
     * CSmtp_AddDKIMKey, CSmtp_AddDKIMKeyFile, CSmtp_SetSMIMEKey,
     * CSmtp_SetSMIMEKeyFile, CSmtp_SetClientCertificate, CSmtp_SetCAFile and
     * CSmtp_SetOAuth2Certificate. The function does not affect keys and files that
     * are already set. "" clears the pass phrase.
     */
    public void setKeyPassphrase(String passphrase) {
        call(h -> C.SetKeyPassphrase(h, text("passphrase", passphrase)));
    }

    /**
     * Adds a DKIM signature (RFC 6376, RFC 8463). 'key' is the text of a private key,
     * RSA or Ed25519. One signature is made per key. Returns CSMTP_BAD_INPUT if the
     * key, the domain or the selector is invalid.
     */
    public void addDKIMKey(String domain, String selector, String key) {
        call(h -> C.AddDKIMKey(h, text("domain", domain), text("selector", selector), text("key", key)));
    }

    /**
     * Adds a DKIM signature, as CSmtp_AddDKIMKey does, with the key in a file.
     * Returns CSMTP_FILE_NOT_EXIST if the file cannot be read.
     */
    public void addDKIMKeyFile(String domain, String selector, String path) {
        call(h -> C.AddDKIMKeyFile(h, text("domain", domain), text("selector", selector), text("path", path)));
    }

    /**
     * Adds a DKIM signature, as CSmtp_AddDKIMKey does, with the key in a file.
     * Returns CSMTP_FILE_NOT_EXIST if the file cannot be read.
     */
    public void addDKIMKeyFile(String domain, String selector, Path path) {
        addDKIMKeyFile(domain, selector, path(path));
    }

    /** Removes all DKIM keys. */
    public void delDKIMKeys() {
        call(h -> C.DelDKIMKeys(h));
    }

    /**
     * Signs with S/MIME (RFC 8551). 'certificate' is the text of a certificate and
     * its chain, and 'key' is the text of the private key, RSA or ECDSA. If 'key'
     * is "", 'certificate' must also contain the key. If 'certificate' is "",
     * S/MIME signing is turned off. Signing is also turned off if the certificate
     * or the key is invalid; the function then returns CSMTP_BAD_INPUT.
     */
    public void setSMIMEKey(String certificate, String key) {
        call(h -> C.SetSMIMEKey(h, text("certificate", certificate), text("key", key)));
    }

    /**
     * Signs with S/MIME, as CSmtp_SetSMIMEKey does, with the certificate and the key
     * in files. The parameter key_file may be NULL or "" if certificate_file also
     * contains the key. Returns CSMTP_FILE_NOT_EXIST if a file cannot be read.
     */
    public void setSMIMEKeyFile(String certificateFile, String keyFile) {
        call(h -> C.SetSMIMEKeyFile(h, text("certificateFile", certificateFile), text("keyFile", keyFile)));
    }

    /**
     * Signs with S/MIME, as CSmtp_SetSMIMEKey does, with the certificate and the key
     * in files. The parameter key_file may be NULL or "" if certificate_file also
     * contains the key. Returns CSMTP_FILE_NOT_EXIST if a file cannot be read.
     */
    public void setSMIMEKeyFile(Path certificateFile, Path keyFile) {
        setSMIMEKeyFile(path(certificateFile), path(keyFile));
    }

    /**
     * Signs with S/MIME, as CSmtp_SetSMIMEKey does, with the certificate and the key
     * in files. The parameter key_file may be NULL or "" if certificate_file also
     * contains the key. Returns CSMTP_FILE_NOT_EXIST if a file cannot be read.
     */
    public void setSMIMEKeyFile(String certificateFile) {
        setSMIMEKeyFile(certificateFile, (String) null);
    }

    /**
     * Signs with S/MIME, as CSmtp_SetSMIMEKey does, with the certificate and the key
     * in files. The parameter key_file may be NULL or "" if certificate_file also
     * contains the key. Returns CSMTP_FILE_NOT_EXIST if a file cannot be read.
     */
    public void setSMIMEKeyFile(Path certificateFile) {
        setSMIMEKeyFile(certificateFile, (Path) null);
    }

    /**
     * Writes to a file (.eml) the octets that CSmtp_RenderMessage returns. A new
     * file gets its mode from the umask. An existing file keeps its mode, even if
     * 'path' is a symbolic link to it. The existing file is replaced only after all
     * octets have been written, so an error leaves it unchanged. Returns
     * CSMTP_FILE_NOT_EXIST if the file cannot be written.
     */
    public void saveMessage(String path) {
        call(h -> C.SaveMessage(h, text("path", path)));
    }

    /**
     * Writes to a file (.eml) the octets that CSmtp_RenderMessage returns. A new
     * file gets its mode from the umask. An existing file keeps its mode, even if
     * 'path' is a symbolic link to it. The existing file is replaced only after all
     * octets have been written, so an error leaves it unchanged. Returns
     * CSMTP_FILE_NOT_EXIST if the file cannot be written.
     */
    public void saveMessage(Path path) {
        saveMessage(path(path));
    }

    /**
     * 1 (the default) verifies the server's certificate. 0 accepts any certificate;
     * this gives no protection against an active attacker.
     */
    public void setVerifyPeer(boolean verify) {
        call(h -> C.SetVerifyPeer(h, verify ? 1 : 0));
    }

    /**
     * Sets a file of certificate authorities to trust instead of those of the
     * system. "" restores the system's authorities. A certificate in OpenSSL's
     * format "BEGIN TRUSTED CERTIFICATE" is used only if its trust settings include
     * TLS servers.
     */
    public void setCAFile(String path) {
        call(h -> C.SetCAFile(h, text("path", path)));
    }

    /**
     * Sets a file of certificate authorities to trust instead of those of the
     * system. "" restores the system's authorities. A certificate in OpenSSL's
     * format "BEGIN TRUSTED CERTIFICATE" is used only if its trust settings include
     * TLS servers.
     */
    public void setCAFile(Path path) {
        setCAFile(path(path));
    }

    /**
     * Sets a directory of files of certificate authorities, which are used like the
     * file of CSmtp_SetCAFile. If a file and a directory are set, the authorities
     * of both are trusted.
     */
    public void setCADirectory(String path) {
        call(h -> C.SetCADirectory(h, text("path", path)));
    }

    /**
     * Sets a directory of files of certificate authorities, which are used like the
     * file of CSmtp_SetCAFile. If a file and a directory are set, the authorities
     * of both are trusted.
     */
    public void setCADirectory(Path path) {
        setCADirectory(path(path));
    }

    /**
     * Sets the files of the client's certificate and of its private key. The
     * parameter key_file may be NULL or "" if certificate_file also contains the
     * key. A certificate_file of "" removes the certificate. If the key is
     * encrypted, call CSmtp_SetKeyPassphrase first.
     */
    public void setClientCertificate(String certificateFile, String keyFile) {
        call(h -> C.SetClientCertificate(h, text("certificateFile", certificateFile), text("keyFile", keyFile)));
    }

    /**
     * Sets the files of the client's certificate and of its private key. The
     * parameter key_file may be NULL or "" if certificate_file also contains the
     * key. A certificate_file of "" removes the certificate. If the key is
     * encrypted, call CSmtp_SetKeyPassphrase first.
     */
    public void setClientCertificate(Path certificateFile, Path keyFile) {
        setClientCertificate(path(certificateFile), path(keyFile));
    }

    /**
     * Sets the files of the client's certificate and of its private key. The
     * parameter key_file may be NULL or "" if certificate_file also contains the
     * key. A certificate_file of "" removes the certificate. If the key is
     * encrypted, call CSmtp_SetKeyPassphrase first.
     */
    public void setClientCertificate(String certificateFile) {
        setClientCertificate(certificateFile, (String) null);
    }

    /**
     * Sets the files of the client's certificate and of its private key. The
     * parameter key_file may be NULL or "" if certificate_file also contains the
     * key. A certificate_file of "" removes the certificate. If the key is
     * encrypted, call CSmtp_SetKeyPassphrase first.
     */
    public void setClientCertificate(Path certificateFile) {
        setClientCertificate(certificateFile, (Path) null);
    }

    /**
     * Accepts only a server that has one of the public keys in 'pins':
     * "sha256//BASE64", or several of these separated by ";", as in curl. ""
     * removes the pins. The certificate is verified as well. Returns
     * CSMTP_BAD_ARGUMENT if 'pins' has any other form.
     */
    public void setPinnedPublicKey(String pins) {
        call(h -> C.SetPinnedPublicKey(h, text("pins", pins)));
    }

    /**
     * Set the oldest and the newest TLS version to accept: CSMTP_TLS_1_0 to
     * CSMTP_TLS_1_3. 0 restores the default: 1.2 for the oldest, and no upper
     * limit. An upper limit helps with servers that implement a newer version
     * incorrectly. Return CSMTP_BAD_ARGUMENT for any other number.
     */
    public void setTLSMinVersion(TLSVersion version) {
        call(h -> C.SetTLSMinVersion(h, version == null ? 0 : version.number()));
    }

    /**
     * Set the oldest and the newest TLS version to accept: CSMTP_TLS_1_0 to
     * CSMTP_TLS_1_3. 0 restores the default: 1.2 for the oldest, and no upper
     * limit. An upper limit helps with servers that implement a newer version
     * incorrectly. Return CSMTP_BAD_ARGUMENT for any other number.
     */
    public void setTLSMaxVersion(TLSVersion version) {
        call(h -> C.SetTLSMaxVersion(h, version == null ? 0 : version.number()));
    }

    /**
     * Sets the host name that the certificate must have, if it differs from the name
     * of the server. "" restores the name of the server.
     */
    public void setTLSServerName(String name) {
        call(h -> C.SetTLSServerName(h, text("name", name)));
    }

    /**
     * Returns the TLS version and the cipher suite of the open session, such as "TLS
     * 1.3, TLS_AES_128_GCM_SHA256"; "" without TLS or without a session.
     */
    public String getTLSInfo() {
        return get(h -> C.GetTLSInfo(h));
    }

    /**
     * Returns one field of a certificate that the server presented in the open
     * session. 'field' is CSMTP_CERTIFICATE_... Index 0 is the server's own
     * certificate; the higher indexes are its chain. Returns "" if there is no such
     * certificate.
     */
    public String getPeerCertificate(int index, CertificateField field) {
        return get(h -> C.GetPeerCertificate(h, unsigned("index", index), field.number()));
    }

    /**
     * Sets the SASL mechanisms to try, in order, separated by spaces, for example
     * "XOAUTH2" or "SCRAM-SHA-256 PLAIN". "" restores the default: the strongest that
     * the server offers. Returns CSMTP_BAD_ARGUMENT for an unknown mechanism; the
     * error text lists the known ones.
     */
    public void setAuthMechanism(String mechanisms) {
        call(h -> C.SetAuthMechanism(h, text("mechanisms", mechanisms)));
    }

    /**
     * Sets the identity to act as (authorization identity, RFC 4422), if it differs
     * from the identity of the login. "" clears it.
     */
    public void setAuthorizationID(String id) {
        call(h -> C.SetAuthorizationID(h, text("id", id)));
    }

    /**
     * Allows or forbids logins over an unencrypted connection (CSMTP_NO_SECURITY).
     * 0 never sends a password or a token in the clear. 1 allows both, if the
     * server offers no mechanism that protects them. If this function is not
     * called, the library can send a password in the clear, but not a token: if a
     * token is set, connecting and sending return CSMTP_LOGIN_NOT_SUPPORTED before
     * a connection is made. With CSMTP_USE_TLS_IF_OFFERED, the library never logs in
     * without TLS.
     */
    public void setClearLogin(boolean allow) {
        call(h -> C.SetClearLogin(h, allow ? 1 : 0));
    }

    /**
     * 1 requires a login: if the server does not offer AUTH, or if authentication is
     * turned off, connecting and sending return CSMTP_LOGIN_NOT_SUPPORTED. 0 restores
     * the default: a server that does not offer AUTH receives the mail without a
     * login, which the log and CSmtp_GetLoginSkipped report.
     */
    public void setLoginRequired(boolean required) {
        call(h -> C.SetLoginRequired(h, required ? 1 : 0));
    }

    /**
     * Sets an OAuth 2.0 access token, which is used instead of the password, with
     * XOAUTH2 or OAUTHBEARER (RFC 7628). "" clears the token.
     */
    public void setAccessToken(String token) {
        call(h -> C.SetAccessToken(h, text("token", token)));
    }

    /**
     * Let the library get its tokens itself, with client credentials or a refresh
     * token (RFC 6749, sections 4.4 and 6). token_url is an https URL,
     * "microsoft:TENANT" or "google". A scope of "" means the provider's scope for
     * mail. Handles with the same settings share their tokens. The library connects
     * to the server of token_url through the proxy of CSmtp_SetProxy. Return
     * CSMTP_BAD_ARGUMENT for an invalid argument. If no token is obtained, connecting
     * returns CSMTP_NO_TOKEN.
     */
    public void setOAuth2ClientCredentials(String tokenUrl, String clientId, String clientSecret, String scope) {
        call(h -> C.SetOAuth2ClientCredentials(h, text("tokenUrl", tokenUrl), text("clientId", clientId), text("clientSecret", clientSecret), text("scope", scope)));
    }

    /**
     * Let the library get its tokens itself, with client credentials or a refresh
     * token (RFC 6749, sections 4.4 and 6). token_url is an https URL,
     * "microsoft:TENANT" or "google". A scope of "" means the provider's scope for
     * mail. Handles with the same settings share their tokens. The library connects
     * to the server of token_url through the proxy of CSmtp_SetProxy. Return
     * CSMTP_BAD_ARGUMENT for an invalid argument. If no token is obtained, connecting
     * returns CSMTP_NO_TOKEN.
     */
    public void setOAuth2RefreshToken(String tokenUrl, String clientId, String clientSecret, String refreshToken, String scope) {
        call(h -> C.SetOAuth2RefreshToken(h, text("tokenUrl", tokenUrl), text("clientId", clientId), text("clientSecret", clientSecret), text("refreshToken", refreshToken), text("scope", scope)));
    }

    /**
     * Sets a file in which the library stores the tokens that it gets with the
     * settings of the other CSmtp_SetOAuth2 functions. Processes that use the same
     * file share the tokens, and a new refresh token from the token server is not
     * lost. If no other CSmtp_SetOAuth2 function is called, the file must come from
     * the program csmtp-login (see docs/oauth2.md): it then also contains the token
     * URL and the client id. Passing "", or calling CSmtp_SetAccessToken or
     * CSmtp_SetTokenCallback, clears the setting.
     * *
     * If several processes need a new token, only one of them requests it. The file
     * is replaced as a whole, so that it is complete at all times. It must be a
     * regular file with the mode 0600 that belongs to the user, and not a symbolic
     * link; on Windows, only the user and administrators may have access. If the
     * file does not exist and another CSmtp_SetOAuth2 function was called, the
     * library creates it. If the file does not exist and no such function was
     * called, or if the file is damaged or was written for another client id or
     * mailbox, connecting returns CSMTP_NO_TOKEN. If the file cannot be written,
     * the mail is sent anyway: see CSmtp_GetOAuth2TokenFileError.
     */
    public void setOAuth2TokenFile(String path) {
        call(h -> C.SetOAuth2TokenFile(h, text("path", path)));
    }

    /**
     * Sets a file in which the library stores the tokens that it gets with the
     * settings of the other CSmtp_SetOAuth2 functions. Processes that use the same
     * file share the tokens, and a new refresh token from the token server is not
     * lost. If no other CSmtp_SetOAuth2 function is called, the file must come from
     * the program csmtp-login (see docs/oauth2.md): it then also contains the token
     * URL and the client id. Passing "", or calling CSmtp_SetAccessToken or
     * CSmtp_SetTokenCallback, clears the setting.
     * *
     * If several processes need a new token, only one of them requests it. The file
     * is replaced as a whole, so that it is complete at all times. It must be a
     * regular file with the mode 0600 that belongs to the user, and not a symbolic
     * link; on Windows, only the user and administrators may have access. If the
     * file does not exist and another CSmtp_SetOAuth2 function was called, the
     * library creates it. If the file does not exist and no such function was
     * called, or if the file is damaged or was written for another client id or
     * mailbox, connecting returns CSMTP_NO_TOKEN. If the file cannot be written,
     * the mail is sent anyway: see CSmtp_GetOAuth2TokenFileError.
     */
    public void setOAuth2TokenFile(Path path) {
        setOAuth2TokenFile(path(path));
    }

    /**
     * Returns the reason why the token file could not be written or locked in the
     * last session; "" if there was no such error. The log also contains the
     * reason.
     */
    public String getOAuth2TokenFileError() {
        return get(h -> C.GetOAuth2TokenFileError(h));
    }

    /**
     * Returns the new refresh token, if the token server has replaced the one that
     * was set. Returns "" if the token was not replaced, or if the new one is in
     * the token file. Store the result, because the old refresh token may no longer
     * be valid.
     */
    public String getOAuth2RefreshToken() {
        return get(h -> C.GetOAuth2RefreshToken(h));
    }

    /**
     * Lets the library get its tokens with client credentials and a certificate
     * instead of a secret (RFC 7523, section 2.2). The certificate must have an RSA
     * key, and must be registered with the provider. The files are PEM, DER or PKCS
     * #12. The parameter key_file may be NULL or "" if certificate_file also
     * contains the key. For an encrypted key or file, call CSmtp_SetKeyPassphrase
     * first. The files are read again for each session. 'algorithm' is "PS256" or
     * "RS256". The parameter algorithm may be NULL or "", which means "PS256". The
     * parameter scope may be NULL or "", which means the provider's scope for mail.
     * Returns CSMTP_FILE_NOT_EXIST if a file cannot be read. In all other respects,
     * the function works like CSmtp_SetOAuth2ClientCredentials.
     */
    public void setOAuth2Certificate(String tokenUrl, String clientId, String certificateFile, String keyFile, String algorithm, String scope) {
        call(h -> C.SetOAuth2Certificate(h, text("tokenUrl", tokenUrl), text("clientId", clientId), text("certificateFile", certificateFile), text("keyFile", keyFile), text("algorithm", algorithm), text("scope", scope)));
    }

    /**
     * Lets the library get its tokens with client credentials and a certificate
     * instead of a secret (RFC 7523, section 2.2). The certificate must have an RSA
     * key, and must be registered with the provider. The files are PEM, DER or PKCS
     * #12. The parameter key_file may be NULL or "" if certificate_file also
     * contains the key. For an encrypted key or file, call CSmtp_SetKeyPassphrase
     * first. The files are read again for each session. 'algorithm' is "PS256" or
     * "RS256". The parameter algorithm may be NULL or "", which means "PS256". The
     * parameter scope may be NULL or "", which means the provider's scope for mail.
     * Returns CSMTP_FILE_NOT_EXIST if a file cannot be read. In all other respects,
     * the function works like CSmtp_SetOAuth2ClientCredentials.
     */
    public void setOAuth2Certificate(String tokenUrl, String clientId, Path certificateFile, Path keyFile, String algorithm, String scope) {
        setOAuth2Certificate(tokenUrl, clientId, path(certificateFile), path(keyFile), algorithm, scope);
    }

    /**
     * Lets the library get its tokens with client credentials and a certificate
     * instead of a secret (RFC 7523, section 2.2). The certificate must have an RSA
     * key, and must be registered with the provider. The files are PEM, DER or PKCS
     * #12. The parameter key_file may be NULL or "" if certificate_file also
     * contains the key. For an encrypted key or file, call CSmtp_SetKeyPassphrase
     * first. The files are read again for each session. 'algorithm' is "PS256" or
     * "RS256". The parameter algorithm may be NULL or "", which means "PS256". The
     * parameter scope may be NULL or "", which means the provider's scope for mail.
     * Returns CSMTP_FILE_NOT_EXIST if a file cannot be read. In all other respects,
     * the function works like CSmtp_SetOAuth2ClientCredentials.
     */
    public void setOAuth2Certificate(String tokenUrl, String clientId, String certificateFile) {
        setOAuth2Certificate(tokenUrl, clientId, certificateFile, (String) null, (String) null, (String) null);
    }

    /**
     * Lets the library get its tokens with client credentials and a certificate
     * instead of a secret (RFC 7523, section 2.2). The certificate must have an RSA
     * key, and must be registered with the provider. The files are PEM, DER or PKCS
     * #12. The parameter key_file may be NULL or "" if certificate_file also
     * contains the key. For an encrypted key or file, call CSmtp_SetKeyPassphrase
     * first. The files are read again for each session. 'algorithm' is "PS256" or
     * "RS256". The parameter algorithm may be NULL or "", which means "PS256". The
     * parameter scope may be NULL or "", which means the provider's scope for mail.
     * Returns CSMTP_FILE_NOT_EXIST if a file cannot be read. In all other respects,
     * the function works like CSmtp_SetOAuth2ClientCredentials.
     */
    public void setOAuth2Certificate(String tokenUrl, String clientId, Path certificateFile) {
        setOAuth2Certificate(tokenUrl, clientId, certificateFile, (Path) null, (String) null, (String) null);
    }

    /**
     * Lets the library get its tokens with client credentials and, instead of a
     * secret, a token of another identity provider (RFC 7523, section 2.2), such as
     * Kubernetes. assertion_file is the path of a file that contains this token.
     * The file is read for each request, because the provider replaces the token.
     * The file need not exist yet. The parameter scope may be NULL or "", which
     * means the provider's scope for mail. In all other respects, the function
     * works like CSmtp_SetOAuth2ClientCredentials.
     */
    public void setOAuth2AssertionFile(String tokenUrl, String clientId, String assertionFile, String scope) {
        call(h -> C.SetOAuth2AssertionFile(h, text("tokenUrl", tokenUrl), text("clientId", clientId), text("assertionFile", assertionFile), text("scope", scope)));
    }

    /**
     * Lets the library get its tokens with client credentials and, instead of a
     * secret, a token of another identity provider (RFC 7523, section 2.2), such as
     * Kubernetes. assertion_file is the path of a file that contains this token.
     * The file is read for each request, because the provider replaces the token.
     * The file need not exist yet. The parameter scope may be NULL or "", which
     * means the provider's scope for mail. In all other respects, the function
     * works like CSmtp_SetOAuth2ClientCredentials.
     */
    public void setOAuth2AssertionFile(String tokenUrl, String clientId, Path assertionFile, String scope) {
        setOAuth2AssertionFile(tokenUrl, clientId, path(assertionFile), scope);
    }

    /**
     * Lets the library get its tokens with client credentials and, instead of a
     * secret, a token of another identity provider (RFC 7523, section 2.2), such as
     * Kubernetes. assertion_file is the path of a file that contains this token.
     * The file is read for each request, because the provider replaces the token.
     * The file need not exist yet. The parameter scope may be NULL or "", which
     * means the provider's scope for mail. In all other respects, the function
     * works like CSmtp_SetOAuth2ClientCredentials.
     */
    public void setOAuth2AssertionFile(String tokenUrl, String clientId, String assertionFile) {
        setOAuth2AssertionFile(tokenUrl, clientId, assertionFile, (String) null);
    }

    /**
     * Lets the library get its tokens with client credentials and, instead of a
     * secret, a token of another identity provider (RFC 7523, section 2.2), such as
     * Kubernetes. assertion_file is the path of a file that contains this token.
     * The file is read for each request, because the provider replaces the token.
     * The file need not exist yet. The parameter scope may be NULL or "", which
     * means the provider's scope for mail. In all other respects, the function
     * works like CSmtp_SetOAuth2ClientCredentials.
     */
    public void setOAuth2AssertionFile(String tokenUrl, String clientId, Path assertionFile) {
        setOAuth2AssertionFile(tokenUrl, clientId, assertionFile, (String) null);
    }

    /**
     * Lets the library get its tokens as a Google service account with domain-wide
     * delegation (RFC 7523, section 2.1). key_file is the account's key file in
     * JSON. The file is read again for each session. 'mailbox' is the user for whom
     * the account acts. The parameter mailbox may be NULL or "", which means the
     * login of CSmtp_SetLogin. The parameter scope may be NULL or "", which means
     * https://mail.google.com/. Returns CSMTP_FILE_NOT_EXIST if the file cannot be
     * read, and CSMTP_BAD_ARGUMENT if the file is not the key file of a service
     * account.
     */
    public void setOAuth2ServiceAccount(String keyFile, String mailbox, String scope) {
        call(h -> C.SetOAuth2ServiceAccount(h, text("keyFile", keyFile), text("mailbox", mailbox), text("scope", scope)));
    }

    /**
     * Lets the library get its tokens as a Google service account with domain-wide
     * delegation (RFC 7523, section 2.1). key_file is the account's key file in
     * JSON. The file is read again for each session. 'mailbox' is the user for whom
     * the account acts. The parameter mailbox may be NULL or "", which means the
     * login of CSmtp_SetLogin. The parameter scope may be NULL or "", which means
     * https://mail.google.com/. Returns CSMTP_FILE_NOT_EXIST if the file cannot be
     * read, and CSMTP_BAD_ARGUMENT if the file is not the key file of a service
     * account.
     */
    public void setOAuth2ServiceAccount(Path keyFile, String mailbox, String scope) {
        setOAuth2ServiceAccount(path(keyFile), mailbox, scope);
    }

    /**
     * Lets the library get its tokens as a Google service account with domain-wide
     * delegation (RFC 7523, section 2.1). key_file is the account's key file in
     * JSON. The file is read again for each session. 'mailbox' is the user for whom
     * the account acts. The parameter mailbox may be NULL or "", which means the
     * login of CSmtp_SetLogin. The parameter scope may be NULL or "", which means
     * https://mail.google.com/. Returns CSMTP_FILE_NOT_EXIST if the file cannot be
     * read, and CSMTP_BAD_ARGUMENT if the file is not the key file of a service
     * account.
     */
    public void setOAuth2ServiceAccount(String keyFile) {
        setOAuth2ServiceAccount(keyFile, (String) null, (String) null);
    }

    /**
     * Lets the library get its tokens as a Google service account with domain-wide
     * delegation (RFC 7523, section 2.1). key_file is the account's key file in
     * JSON. The file is read again for each session. 'mailbox' is the user for whom
     * the account acts. The parameter mailbox may be NULL or "", which means the
     * login of CSmtp_SetLogin. The parameter scope may be NULL or "", which means
     * https://mail.google.com/. Returns CSMTP_FILE_NOT_EXIST if the file cannot be
     * read, and CSMTP_BAD_ARGUMENT if the file is not the key file of a service
     * account.
     */
    public void setOAuth2ServiceAccount(Path keyFile) {
        setOAuth2ServiceAccount(keyFile, (String) null, (String) null);
    }

    /**
     * Lets the library get its tokens with the identity that a cloud provider has
     * assigned to this machine, so that no secret is stored. 'cloud' is "azure" or
     * "google", which may be followed by ":" and the URL of the metadata server.
     * This URL must be https, or http at a loopback or link-local address. By
     * default, "azure" uses the environment variables IDENTITY_ENDPOINT and
     * IDENTITY_HEADER, which App Service sets, or else the metadata server of
     * virtual machines; "google" uses the environment variable GCE_METADATA_HOST or
     * else the metadata server. client_id selects one of several identities: for
     * "azure" its client id, for "google" the address of a service account. The
     * parameters client_id and scope may be NULL or "". With "google", the service
     * account acts for the user of CSmtp_SetLogin. The service account needs
     * domain-wide delegation, and the role Service Account Token Creator on itself.
     */
    public void setOAuth2ManagedIdentity(String cloud, String clientId, String scope) {
        call(h -> C.SetOAuth2ManagedIdentity(h, text("cloud", cloud), text("clientId", clientId), text("scope", scope)));
    }

    /**
     * Lets the library get its tokens with the identity that a cloud provider has
     * assigned to this machine, so that no secret is stored. 'cloud' is "azure" or
     * "google", which may be followed by ":" and the URL of the metadata server.
     * This URL must be https, or http at a loopback or link-local address. By
     * default, "azure" uses the environment variables IDENTITY_ENDPOINT and
     * IDENTITY_HEADER, which App Service sets, or else the metadata server of
     * virtual machines; "google" uses the environment variable GCE_METADATA_HOST or
     * else the metadata server. client_id selects one of several identities: for
     * "azure" its client id, for "google" the address of a service account. The
     * parameters client_id and scope may be NULL or "". With "google", the service
     * account acts for the user of CSmtp_SetLogin. The service account needs
     * domain-wide delegation, and the role Service Account Token Creator on itself.
     */
    public void setOAuth2ManagedIdentity(String cloud) {
        setOAuth2ManagedIdentity(cloud, (String) null, (String) null);
    }

    /**
     * Gets an access token without connecting to the mail server, to check the
     * settings. Returns CSMTP_NO_TOKEN if no token is obtained; the error text
     * contains the error of the token server and what to do. Returns
     * CSMTP_BAD_ARGUMENT if no source of tokens is set.
     */
    public void checkToken() {
        call(h -> C.CheckToken(h));
    }

    /**
     * Returns the main claims in the token that the last CSmtp_CheckToken got, such
     * as "audience https://outlook.office365.com, roles SMTP.SendAsApp, expires
     * 2027-01-31T12:00:00Z"; "" if the token is not a JSON Web Token. The function
     * never returns the token itself.
     */
    public String getTokenInfo() {
        return get(h -> C.GetTokenInfo(h));
    }

    /**
     * Returns the SASL mechanism used to log in to the open session, such as
     * "SCRAM-SHA-256-PLUS"; "" without a session or a login.
     */
    public String getAuthMechanismUsed() {
        return get(h -> C.GetAuthMechanismUsed(h));
    }

    /**
     * Returns 1 if a login is set, but the library did not log in to the open
     * session (or to the last one, if none is open), because the server did not
     * offer AUTH; otherwise 0. See CSmtp_SetLoginRequired.
     */
    public boolean getLoginSkipped() {
        return get(h -> C.GetLoginSkipped(h) != 0);
    }

    /**
     * Uses the servers that 'domain' publishes (SRV records, RFC 6186 and RFC 8314)
     * instead of the server set with CSmtp_SetSMTPServer. "" clears the domain: the
     * server of CSmtp_SetSMTPServer is then used again. While a domain is set,
     * connecting returns CSMTP_BAD_ARGUMENT if the server of CSmtp_SetSMTPServer is
     * a Unix socket, or if a proxy is set: a proxy cannot look up these records, and
     * a DNS query without the proxy would reveal where the mail goes.
     */
    public void setServerDomain(String domain) {
        call(h -> C.SetServerDomain(h, text("domain", domain)));
    }

    /**
     * Sets the local IP address to connect from. "" restores the default: the
     * system chooses the address. Connecting returns CSMTP_BAD_INPUT if 'address'
     * is not an IP address.
     */
    public void setLocalAddress(String address) {
        call(h -> C.SetLocalAddress(h, text("address", address)));
    }

    /**
     * Connects through a proxy: "socks5://user:password&#64;host:port", "http://..." or
     * "https://..." (CONNECT). "" removes the proxy. The proxy looks up the
     * server's name; this host looks up only the proxy's name. Connecting returns
     * CSMTP_BAD_INPUT if 'url' is invalid.
     */
    public void setProxy(String url) {
        call(h -> C.SetProxy(h, text("url", url)));
    }

    /**
     * Sets how mail is sent. "smtp", or "", is the default. "microsoft-graph" and
     * "gmail-api" send mail over HTTPS (port 443), for networks and tenants in
     * which SMTP is not possible. These transports use sendMail of Microsoft Graph
     * and messages.send of the Gmail API. Returns CSMTP_BAD_ARGUMENT for any other
     * name.
     * *
     * The service gets the message that a mail server would get, plus a Bcc field.
     * The service removes this field before delivery. Both services require an
     * access token: see CSmtp_SetAccessToken, CSmtp_SetOAuth2ClientCredentials and
     * CSmtp_SetOAuth2RefreshToken. Without a token, the error is CSMTP_NO_TOKEN.
     * The mail is sent from the mailbox that the login names; if no login is set,
     * it is sent from the mailbox to which the token belongs. The settings for
     * server, port, security type, password, EHLO name and service extensions are
     * not used. The proxy, the timeouts, the log and the TLS settings apply. If
     * CSmtp_SetProxy is not called, the proxy is that of the environment
     * (HTTPS_PROXY). Token requests go through the same proxy.
     * *
     * The service reads the sender and the recipients from the header. Sending
     * therefore returns CSMTP_BAD_INPUT, and sends nothing, in these cases: the
     * reverse-path is not in From or Sender; the recipients of CSmtp_SendRaw are
     * not those in To, Cc and Bcc; the message has Resent-* fields; or partial
     * delivery, DSN, REQUIRETLS, MT-PRIORITY, DELIVERBY, FUTURERELEASE or LMTP is
     * set. Microsoft Graph accepts messages of up to 3,145,728 octets (4 MiB in
     * base64), and the Gmail API up to 36,700,160. For a larger message, sending
     * returns CSMTP_MSG_TOO_BIG.
     * *
     * The HTTP status decides the outcome. A status of 202 from Microsoft Graph
     * or 200 from the Gmail API means ACCEPTED. 429 and 503 are REJECTED_TEMPORARY: see
     * CSmtp_GetRetryAfter. 500, 502, 504 and a connection that is lost after the
     * last octet are IN_DOUBT. Other responses are REJECTED_PERMANENT. After 401,
     * the library gets a new token and tries once more. A redirect is not followed.
     * CSmtp_GetLastReply returns the response in the form of an SMTP reply, such as
     * "451 HTTP 429 Too Many Requests: ...", and CSmtp_GetQueueID returns the
     * message id of Gmail.
     * *
     * CSmtp_ConnectRemoteServer gets a token and opens the connection, which is
     * used for the next mails. CSmtp_KeepAlive sends nothing, and opens the
     * connection again if the service has closed it. CSmtp_SendBatch sends the
     * mails one after another, and stops at a response that also applies to the
     * next mails, such as 429. CSmtp_GetExtensions and CSmtp_GetAuthMechanismUsed
     * return "".
     */
    public void setTransport(String transport) {
        call(h -> C.SetTransport(h, text("transport", transport)));
    }

    /**
     * Sets the https URL of the service that CSmtp_SetTransport has chosen, for
     * example "https://graph.microsoft.us" for a national cloud. "" restores the
     * default of the service. Returns CSMTP_BAD_ARGUMENT if 'url' is not an https
     * URL, or has a user, a query or a fragment. The access token is sent to this
     * server.
     */
    public void setTransportEndpoint(String url) {
        call(h -> C.SetTransportEndpoint(h, text("url", url)));
    }

    /**
     * Sets how many seconds a server in a list is paused after it has failed.
     * During the pause, the library tries the other servers first. The default is
     * 60. With 0, servers that failed are not remembered. All handles of the
     * process share the record of failed servers.
     */
    public void setServerPause(int seconds) {
        call(h -> C.SetServerPause(h, unsigned("seconds", seconds)));
    }

    /**
     * Turns off the service extensions named in 'extensions', which are separated
     * by spaces, for example "PIPELINING SIZE". The library does not use them even
     * if the server offers them, and CSmtp_GetExtension does not return them. This
     * helps with servers that offer extensions that do not work. "" clears the
     * list. Returns CSMTP_BAD_ARGUMENT if 'extensions' contains STARTTLS (see
     * CSmtp_SetSecurityType) or anything that is not a keyword. The library itself
     * turns off PIPELINING in one case: if MAIL and RCPT are sent together to a
     * server for the first time, and the server does not reply to RCPT within 10
     * seconds, the library sends the mail over a new session without PIPELINING.
     * This happens at most once per handle and server, and the log says so.
     */
    public void setExtensionOff(String extensions) {
        call(h -> C.SetExtensionOff(h, text("extensions", extensions)));
    }

    /**
     * 1 uses LMTP (RFC 2033), with a reply for each recipient. 0 (the default) uses
     * SMTP. With both protocols, the server may be a Unix socket: "unix:/path".
     */
    public void setLMTP(boolean lmtp) {
        call(h -> C.SetLMTP(h, lmtp ? 1 : 0));
    }

    /**
     * Sets the timeout of a step, in milliseconds. 'step' is CSMTP_TIMEOUT_... If
     * 'milliseconds' is 0, the default is restored. Returns CSMTP_BAD_ARGUMENT for
     * an unknown step.
     */
    public void setTimeout(Timeout step, int milliseconds) {
        call(h -> C.SetTimeout(h, step.number(), unsigned("milliseconds", milliseconds)));
    }

    /**
     * Keeps the open session alive, because servers close idle sessions: sends NOOP
     * or, over HTTPS, connects again if the service has closed the connection.
     * Returns CSMTP_CONNECTION_CLOSED if there is no session, or if the connection
     * was lost.
     */
    public void keepAlive() {
        call(h -> C.KeepAlive(h));
    }

    /**
     * Returns the address and port that the open session is connected to, such as
     * "192.0.2.1:587" or "[2001:db8::1]:465", or the path of a Unix socket. With a
     * proxy, returns the proxy's address. Without a session, returns the address of
     * the last connection that the last attempt to send or connect opened, even if
     * that attempt then failed; "" if it opened no connection.
     */
    public String getPeerAddress() {
        return get(h -> C.GetPeerAddress(h));
    }

    /**
     * Returns all service extensions of the open session, sorted by name, one per
     * line, such as "8BITMIME\nSIZE 35882577\n". Returns "" if there are none, or if
     * there is no session.
     */
    public String getExtensions() {
        return get(h -> C.GetExtensions(h));
    }

    /**
     * Sets the reverse-path, if it differs from the address of CSmtp_SetSenderMail:
     * one address without a name, or "&lt;&gt;" for the null reverse-path. "" restores the
     * sender's address.
     */
    public void setEnvelopeFrom(String email) {
        call(h -> C.SetEnvelopeFrom(h, text("email", email)));
    }

    /**
     * 1 sends the mail to the accepted recipients even if others are refused;
     * sending then fails only if no recipient is accepted. If the server refuses
     * recipients because one transaction has too many of them, the library sends
     * the mail to these recipients in further transactions. 0 (the default) sends
     * the mail to all recipients or to none.
     */
    public void setPartialDelivery(boolean partial) {
        call(h -> C.SetPartialDelivery(h, partial ? 1 : 0));
    }

    /**
     * Requests delivery status notifications (RFC 3461) for all recipients.
     * 'notify' is "NEVER", or one or more of "SUCCESS", "FAILURE" and "DELAY",
     * separated by commas. 'ret' is "FULL" or "HDRS". The notification contains
     * envelope_id. Each of the three arguments may be "". If the server does not
     * offer DSN, the mail is sent without the DSN parameters. CSmtp_ClearMessage
     * clears envelope_id, but neither 'notify' nor 'ret'. Returns
     * CSMTP_BAD_ARGUMENT if 'notify' or 'ret' is invalid.
     */
    public void setDSN(String notify, String ret, String envelopeId) {
        call(h -> C.SetDSN(h, text("notify", notify), text("ret", ret), text("envelopeId", envelopeId)));
    }

    /**
     * Requests notifications for one recipient; 'notify' has the same meaning as in
     * CSmtp_SetDSN. 'original' is the address to which the mail was originally sent,
     * or "".
     */
    public void setRecipientDSN(String email, String notify, String original) {
        call(h -> C.SetRecipientDSN(h, text("email", email), text("notify", notify), text("original", original)));
    }

    /**
     * Sets how the message is transmitted (RFC 3030): CSMTP_DATA (the default),
     * CSMTP_BDAT or CSMTP_BINARY. CSMTP_BDAT needs CHUNKING; if the server does not
     * offer CHUNKING, DATA is used. CSMTP_BINARY needs BINARYMIME as well, and
     * sends attachments unencoded; if the server does not offer BINARYMIME,
     * CSMTP_BINARY has the same effect as CSMTP_BDAT. Returns CSMTP_BAD_ARGUMENT
     * for any other number.
     */
    public void setChunking(Chunking mode) {
        call(h -> C.SetChunking(h, mode.number()));
    }

    /**
     * 1 requires TLS on every hop to the recipient (REQUIRETLS, RFC 8689). 0 is the
     * default.
     */
    public void setRequireTLS(boolean require) {
        call(h -> C.SetRequireTLS(h, require ? 1 : 0));
    }

    /**
     * Sets the transfer priority, -9 to 9 (MT-PRIORITY, RFC 6710). Returns
     * CSMTP_BAD_ARGUMENT for any other number.
     */
    public void setMTPriority(int priority) {
        call(h -> C.SetMTPriority(h, priority));
    }

    /**
     * Sets a time limit for the delivery, in seconds (DELIVERBY, RFC 2852). If the
     * mail is not delivered within that time, the server notifies the sender if
     * 'mode' is "N", or returns the mail if 'mode' is "R". If 'seconds' is 0, the
     * limit is cleared, and the parameter mode may be NULL. Returns
     * CSMTP_BAD_ARGUMENT for any other 'mode'.
     */
    public void setDeliverBy(int seconds, String mode) {
        call(h -> C.SetDeliverBy(h, seconds, text("mode", mode)));
    }

    /**
     * Ask the server to hold the mail (FUTURERELEASE, RFC 4865). CSmtp_SetHoldFor
     * asks it to hold the mail for 'seconds' seconds, and CSmtp_SetHoldUntil until
     * the time that is 'seconds' seconds after 1970-01-01 UTC. 0 clears the
     * request. CSmtp_SetHoldUntil returns CSMTP_BAD_ARGUMENT for a time that
     * CSmtp_SetDate refuses.
     */
    public void setHoldFor(int seconds) {
        call(h -> C.SetHoldFor(h, unsigned("seconds", seconds)));
    }

    /**
     * Ask the server to hold the mail (FUTURERELEASE, RFC 4865). CSmtp_SetHoldFor
     * asks it to hold the mail for 'seconds' seconds, and CSmtp_SetHoldUntil until
     * the time that is 'seconds' seconds after 1970-01-01 UTC. 0 clears the
     * request. CSmtp_SetHoldUntil returns CSMTP_BAD_ARGUMENT for a time that
     * CSmtp_SetDate refuses.
     */
    public void setHoldUntil(long seconds) {
        call(h -> C.SetHoldUntil(h, seconds));
    }

    /**
     * Sends the complete message in a file, as CSmtp_SendRaw does. The parameters
     * from and recipients may be NULL, with the same meaning as in CSmtp_SendRaw.
     */
    public void sendRawFile(String path, String from, String recipients) {
        call(h -> C.SendRawFile(h, text("path", path), text("from", from), text("recipients", recipients)));
    }

    /**
     * Sends the complete message in a file, as CSmtp_SendRaw does. The parameters
     * from and recipients may be NULL, with the same meaning as in CSmtp_SendRaw.
     */
    public void sendRawFile(Path path, String from, String recipients) {
        sendRawFile(path(path), from, recipients);
    }

    /**
     * Sends the complete message in a file, as CSmtp_SendRaw does. The parameters
     * from and recipients may be NULL, with the same meaning as in CSmtp_SendRaw.
     */
    public void sendRawFile(String path) {
        sendRawFile(path, (String) null, (String) null);
    }

    /**
     * Sends the complete message in a file, as CSmtp_SendRaw does. The parameters
     * from and recipients may be NULL, with the same meaning as in CSmtp_SendRaw.
     */
    public void sendRawFile(Path path) {
        sendRawFile(path, (String) null, (String) null);
    }

    /**
     * Returns the step in which the last call failed: CSMTP_PHASE_... If the
     * library found an invalid setting before it connected, returns the step that
     * would use this setting (for a missing password, CSMTP_PHASE_AUTH). Returns
     * CSMTP_PHASE_NONE if the error, such as an invalid argument, belongs to no
     * step, or if CSmtp_GetLastError returns 0.
     */
    public Phase getPhase() {
        return get(h -> Phase.of(C.GetPhase(h)));
    }

    /**
     * Returns the kind of the error of the last call: CSMTP_KIND_... Together with
     * the step, the kind distinguishes errors that have the same number. An example
     * is CSMTP_SERVER_NOT_RESPONDING: its kind is CSMTP_KIND_TIMEOUT,
     * CSMTP_KIND_REFUSED (the greeting was a refusal, such as 554) or
     * CSMTP_KIND_PROTOCOL (the greeting was not SMTP). Returns CSMTP_KIND_NONE if
     * CSmtp_GetLastError returns 0.
     */
    public Kind getErrorKind() {
        return get(h -> Kind.of(C.GetErrorKind(h)));
    }

    /**
     * Returns 1 if the last call failed because of the login, and the same login
     * will fail again: the login, password or token is missing, is wrong, or cannot
     * be sent with the mechanisms and the security type that are set; the account
     * is not permitted to use the mechanism; or the server requires a login.
     * Returns 0 after a temporary failure, such as the reply 454, and for all other
     * errors. If the result is 1, a program should ask for other credentials and
     * not try again, because servers lock accounts after several failures.
     */
    public boolean isLoginError() {
        return get(h -> C.IsLoginError(h) != 0);
    }

    /**
     * Returns 1 if it makes sense to send the mail of the last attempt again later:
     * the attempt failed, nothing was delivered to any recipient, and the same call
     * may succeed without a change. Otherwise returns 0.
     * *
     * It returns 1 for a reply of 4yz to any command, including AUTH; for a
     * connection that was refused, timed out, or was lost before the last octet of
     * the message was sent; for a name that could not be looked up; for a token
     * endpoint that cannot be reached or replies with HTTP status 429 or 5xx; and
     * for a file that changed while it was being sent.
     * *
     * It returns 0 after success; for CSMTP_PARTIAL and CSMTP_IN_DOUBT; for a reply
     * of 5yz, such as 535 (wrong password) or 550; for an error in a certificate, a
     * setting or a text; for any file error except such a change; for an extension
     * that the server does not offer; and for a canceled call. After
     * CSmtp_SendBatch(h, ...), the result for h is 1 only if the result for each of
     * the mails is 1; so the result is 0 if one of the mails was accepted, because
     * another call would send that mail again. Wait some minutes before each further attempt, and
     * limit the number of attempts.
     */
    public boolean isSafeToRetry() {
        return get(h -> C.IsSafeToRetry(h) != 0);
    }

    /**
     * Returns the server's queue id for the last mail that was accepted; "" if the
     * reply contains none.
     */
    public String getQueueID() {
        return get(h -> C.GetQueueID(h));
    }

    /**
     * Appends to a file the lines that a log callback would receive, each with the
     * time and the direction. "" ends the logging to the file. A new file gets mode
     * 0600. An existing file keeps its mode; if other users can read it, the log
     * contains a warning at each connection. Returns CSMTP_FILE_NOT_EXIST if the
     * file cannot be opened, or is a symbolic link. /dev/stdout and /dev/stderr
     * mean the program's descriptors 1 and 2; /dev/fd/N and /proc/self/fd/N mean
     * descriptor N. If that descriptor is later closed, or reused for another file,
     * no more lines are written. A FIFO needs a reader; lines are lost if the
     * reader reads nothing for one second.
     */
    public void setLogFile(String path) {
        call(h -> C.SetLogFile(h, text("path", path)));
    }

    /**
     * Appends to a file the lines that a log callback would receive, each with the
     * time and the direction. "" ends the logging to the file. A new file gets mode
     * 0600. An existing file keeps its mode; if other users can read it, the log
     * contains a warning at each connection. Returns CSMTP_FILE_NOT_EXIST if the
     * file cannot be opened, or is a symbolic link. /dev/stdout and /dev/stderr
     * mean the program's descriptors 1 and 2; /dev/fd/N and /proc/self/fd/N mean
     * descriptor N. If that descriptor is later closed, or reused for another file,
     * no more lines are written. A FIFO needs a reader; lines are lost if the
     * reader reads nothing for one second.
     */
    public void setLogFile(Path path) {
        setLogFile(path(path));
    }

    /**
     * Records in a file the sessions that are opened after this call, as a
     * transcript that csmtp-testserver can replay. Passwords, tokens and the
     * responses of a login are always masked. If 'contents' is 0, the messages are
     * left out, and these texts are replaced: mail addresses, even encoded ones;
     * their local parts and domains where they occur alone and have at least 3
     * characters; the login; the names of this host; and IP addresses. For the
     * details, see docs/recording.md. If 'contents' is not 0, the messages and all
     * these texts are recorded unchanged. If a later call to this function sets
     * 'contents' to 0 during a session, the rest of that session is recorded as if
     * 'contents' had been 0. The file is rewritten at the end of each library call
     * that uses the session, and gets mode 0600. If several handles of the process
     * record to the same file, the file contains the sessions of all of them; the
     * first session replaces the old content of the file. "" ends the recording.
     * Returns CSMTP_FILE_NOT_EXIST if the file cannot be written, is a symbolic
     * link, has other hard links, is not a regular file, or belongs to another
     * user.
     */
    public void setRecordFile(String path, boolean contents) {
        call(h -> C.SetRecordFile(h, text("path", path), contents ? 1 : 0));
    }

    /**
     * Records in a file the sessions that are opened after this call, as a
     * transcript that csmtp-testserver can replay. Passwords, tokens and the
     * responses of a login are always masked. If 'contents' is 0, the messages are
     * left out, and these texts are replaced: mail addresses, even encoded ones;
     * their local parts and domains where they occur alone and have at least 3
     * characters; the login; the names of this host; and IP addresses. For the
     * details, see docs/recording.md. If 'contents' is not 0, the messages and all
     * these texts are recorded unchanged. If a later call to this function sets
     * 'contents' to 0 during a session, the rest of that session is recorded as if
     * 'contents' had been 0. The file is rewritten at the end of each library call
     * that uses the session, and gets mode 0600. If several handles of the process
     * record to the same file, the file contains the sessions of all of them; the
     * first session replaces the old content of the file. "" ends the recording.
     * Returns CSMTP_FILE_NOT_EXIST if the file cannot be written, is a symbolic
     * link, has other hard links, is not a regular file, or belongs to another
     * user.
     */
    public void setRecordFile(Path path, boolean contents) {
        setRecordFile(path(path), contents);
    }
}
