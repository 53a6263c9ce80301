// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
#![allow(clippy::too_many_arguments)]
use std::path::Path;

use csmtp_sys as sys;

use crate::convert::{of_path, of_text, optional, optional_path, owned, pointer};
use crate::{Mailer, Pool, Result};

/// The methods that only convert their arguments and call the C function of the same name. A
/// parameter of type impl Into<Option<...>> may be None.
impl Mailer {
    /// Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
    /// Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
    /// group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
    /// full-width @). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
    pub fn add_recipient<'a>(&mut self, email: &str, name: impl Into<Option<&'a str>>) -> Result<()> {
        let email = of_text(email)?;
        let name = optional(name.into())?;
        self.call(|h| unsafe { sys::CSmtp_AddRecipient(h, email.as_ptr(), pointer(&name)) })
    }
    /// Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
    /// Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
    /// group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
    /// full-width @). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
    pub fn add_cc_recipient<'a>(&mut self, email: &str, name: impl Into<Option<&'a str>>) -> Result<()> {
        let email = of_text(email)?;
        let name = optional(name.into())?;
        self.call(|h| unsafe { sys::CSmtp_AddCCRecipient(h, email.as_ptr(), pointer(&name)) })
    }
    /// Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
    /// Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
    /// group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
    /// full-width @). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
    pub fn add_bcc_recipient<'a>(&mut self, email: &str, name: impl Into<Option<&'a str>>) -> Result<()> {
        let email = of_text(email)?;
        let name = optional(name.into())?;
        self.call(|h| unsafe { sys::CSmtp_AddBCCRecipient(h, email.as_ptr(), pointer(&name)) })
    }
    /// Attaches a file. The file is opened when the message is built; the function
    /// that builds the message returns CSMTP_FILE_NOT_EXIST if the file cannot be
    /// read. The attachment's name is the last component of 'path'. Slash and
    /// backslash both separate components, because the recipient's system may use
    /// either. Returns CSMTP_FILE_NOT_EXIST if 'path' is "".
    pub fn add_attachment(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = of_path(path.as_ref())?;
        self.call(|h| unsafe { sys::CSmtp_AddAttachment(h, path.as_ptr()) })
    }
    /// Adds a line to the body. CR, LF and CRLF in 'text' are line breaks.
    pub fn add_msg_line(&mut self, text: &str) -> Result<()> {
        let text = of_text(text)?;
        self.call(|h| unsafe { sys::CSmtp_AddMsgLine(h, text.as_ptr()) })
    }
    /// Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    /// lines of the body.
    pub fn del_recipients(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DelRecipients(h) })
    }
    /// Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    /// lines of the body.
    pub fn del_cc_recipients(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DelCCRecipients(h) })
    }
    /// Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    /// lines of the body.
    pub fn del_bcc_recipients(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DelBCCRecipients(h) })
    }
    /// Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    /// lines of the body.
    pub fn del_msg_lines(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DelMsgLines(h) })
    }
    /// Removes a line of the body. Lines are numbered from 0. Returns
    /// CSMTP_OUT_OF_MSG_RANGE if there is no such line.
    pub fn del_msg_line(&mut self, line: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DelMsgLine(h, line) })
    }
    /// Replaces a line of the body. Lines are numbered from 0. If 'text' is NULL,
    /// the function does nothing. Returns CSMTP_OUT_OF_MSG_RANGE if there is no such
    /// line.
    pub fn mod_msg_line(&mut self, line: u32, text: &str) -> Result<()> {
        let text = of_text(text)?;
        self.call(|h| unsafe { sys::CSmtp_ModMsgLine(h, line, text.as_ptr()) })
    }
    /// Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    /// is not a valid handle.
    pub fn get_recipient_count(&self) -> u32 {
        unsafe { sys::CSmtp_GetRecipientCount(self.handle) }
    }
    /// Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    /// is not a valid handle.
    pub fn get_cc_recipient_count(&self) -> u32 {
        unsafe { sys::CSmtp_GetCCRecipientCount(self.handle) }
    }
    /// Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    /// is not a valid handle.
    pub fn get_bcc_recipient_count(&self) -> u32 {
        unsafe { sys::CSmtp_GetBCCRecipientCount(self.handle) }
    }
    /// Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    /// is not a valid handle.
    pub fn get_msg_lines(&self) -> u32 {
        unsafe { sys::CSmtp_GetMsgLines(self.handle) }
    }
    /// Sets the Subject. A trailing line break is removed.
    pub fn set_subject(&mut self, subject: &str) -> Result<()> {
        let subject = of_text(subject)?;
        self.call(|h| unsafe { sys::CSmtp_SetSubject(h, subject.as_ptr()) })
    }
    /// Sets the name shown with the sender's address in From.
    pub fn set_sender_name(&mut self, name: &str) -> Result<()> {
        let name = of_text(name)?;
        self.call(|h| unsafe { sys::CSmtp_SetSenderName(h, name.as_ptr()) })
    }
    /// Sets the sender: the address in From, and the envelope's reverse-path unless
    /// CSmtp_SetEnvelopeFrom sets another. Sending a mail without a sender returns
    /// CSMTP_UNDEF_MAIL_FROM.
    pub fn set_sender_mail(&mut self, email: &str) -> Result<()> {
        let email = of_text(email)?;
        self.call(|h| unsafe { sys::CSmtp_SetSenderMail(h, email.as_ptr()) })
    }
    /// Sets Reply-To: an address, an address with a name, or a list of them,
    /// separated by commas. "" removes the field.
    pub fn set_reply_to(&mut self, reply_to: &str) -> Result<()> {
        let reply_to = of_text(reply_to)?;
        self.call(|h| unsafe { sys::CSmtp_SetReplyTo(h, reply_to.as_ptr()) })
    }
    /// Sets the field X-Mailer. "" (the default) leaves the field out.
    pub fn set_x_mailer(&mut self, x_mailer: &str) -> Result<()> {
        let x_mailer = of_text(x_mailer)?;
        self.call(|h| unsafe { sys::CSmtp_SetXMailer(h, x_mailer.as_ptr()) })
    }
    /// Sets the charset of all texts of the message, by its IANA name. The default
    /// is "US-ASCII". With "US-ASCII", 8-bit text is sent as UTF-8 if it is valid
    /// UTF-8, and otherwise in the charset of the locale: the charset that LC_ALL,
    /// LC_CTYPE or LANG named at the first call to the library, or, on Windows, the
    /// ANSI code page. If the text is not valid in that charset, it is sent as
    /// unknown-8bit (RFC 1428), with the body in base64. The log says which charset
    /// was used. Addresses must be UTF-8. Building the message returns
    /// CSMTP_BAD_INPUT if the charset is unknown.
    pub fn set_char_set(&mut self, charset: &str) -> Result<()> {
        let charset = of_text(charset)?;
        self.call(|h| unsafe { sys::CSmtp_SetCharSet(h, charset.as_ptr()) })
    }
    /// If 'strict' is 1, building the message returns CSMTP_BAD_INPUT in two cases:
    /// the charset is "US-ASCII" and a text is neither ASCII nor valid UTF-8; or a
    /// subject, X-Mailer or name contains a control character. If 'strict' is 0 (the
    /// default), the library sends the text as described under CSmtp_SetCharSet in
    /// the first case, and replaces each control character with a space in the
    /// second case. CR and LF within a subject, X-Mailer or name are always refused.
    pub fn set_strict(&mut self, strict: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetStrict(h, strict.into()) })
    }
    /// 1 requests a read receipt (message disposition notification, RFC 8098), to be
    /// sent to the address in Reply-To, or to the sender if there is no Reply-To. 0
    /// (the default) requests none.
    pub fn set_read_receipt(&mut self, request_receipt: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetReadReceipt(h, request_receipt.into()) })
    }
    /// Sets the priority shown to the recipient: CSMTP_XPRIORITY_... Any other number
    /// means CSMTP_XPRIORITY_NORMAL, which adds no field, because spam filters treat
    /// a priority field in normal mail as suspicious.
    pub fn set_x_priority(&mut self, priority: i32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetXPriority(h, priority) })
    }
    /// 1 sends the lines of the body as HTML; 0 (the default) sends them as plain
    /// text. In class CSmtp this is the member m_bHTML.
    pub fn set_html(&mut self, html: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetHTML(h, html.into()) })
    }
    /// Returns 1 if the lines of the body are HTML, else 0.
    pub fn get_html(&self) -> bool {
        unsafe { sys::CSmtp_GetHTML(self.handle) != 0 }
    }
    /// Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
    /// returns the address that CSmtp_SetSenderMail stored.
    pub fn get_subject(&self) -> String {
        unsafe { owned(sys::CSmtp_GetSubject(self.handle)) }
    }
    /// Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
    /// returns the address that CSmtp_SetSenderMail stored.
    pub fn get_sender_name(&self) -> String {
        unsafe { owned(sys::CSmtp_GetSenderName(self.handle)) }
    }
    /// Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
    /// returns the address that CSmtp_SetSenderMail stored.
    pub fn get_mail_from(&self) -> String {
        unsafe { owned(sys::CSmtp_GetMailFrom(self.handle)) }
    }
    /// Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
    /// returns the address that CSmtp_SetSenderMail stored.
    pub fn get_reply_to(&self) -> String {
        unsafe { owned(sys::CSmtp_GetReplyTo(self.handle)) }
    }
    /// Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
    /// returns the address that CSmtp_SetSenderMail stored.
    pub fn get_x_mailer(&self) -> String {
        unsafe { owned(sys::CSmtp_GetXMailer(self.handle)) }
    }
    /// Returns the priority: CSMTP_XPRIORITY_...
    pub fn get_x_priority(&self) -> i32 {
        unsafe { sys::CSmtp_GetXPriority(self.handle) }
    }
    /// Sets the server. 'server' is a host name, an IP address, or a list of
    /// servers, such as "a.example:587, b.example:465, \[::1\]:25", which are tried in
    /// order. The library goes on to the next server if a server cannot be reached
    /// or replies 4yz to the login or to MAIL, or if the connection is lost before
    /// the whole mail has been sent. It never resends a mail that may have been
    /// delivered. See also CSmtp_SetServerPause. 'port' applies if 'server', or an
    /// entry of the list, has no port of its own; 0 means 25, or 465 with
    /// CSMTP_USE_SSL. If 'authenticate' is 1, the library logs in to every server
    /// that offers AUTH; if 'authenticate' is 0, the library never logs in.
    /// Connecting fails if 'server' is invalid.
    pub fn set_smtp_server(&mut self, server: &str, port: u16, authenticate: bool) -> Result<()> {
        let server = of_text(server)?;
        self.call(|h| unsafe { sys::CSmtp_SetSMTPServer(h, server.as_ptr(), port, authenticate.into()) })
    }
    /// Sets the security type: CSMTP_NO_SECURITY (the default), CSMTP_USE_TLS,
    /// CSMTP_USE_SSL or CSMTP_USE_TLS_IF_OFFERED. CSMTP_DO_NOT_SET changes nothing.
    /// Returns CSMTP_BAD_ARGUMENT for any other number.
    pub fn set_security_type(&mut self, security_type: i32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetSecurityType(h, security_type) })
    }
    /// Returns the security type.
    pub fn get_security_type(&self) -> i32 {
        unsafe { sys::CSmtp_GetSecurityType(self.handle) }
    }
    /// Set the login, and the password. "" clears the value. The library never
    /// shows a password in an error text or a log.
    pub fn set_login(&mut self, login: &str) -> Result<()> {
        let login = of_text(login)?;
        self.call(|h| unsafe { sys::CSmtp_SetLogin(h, login.as_ptr()) })
    }
    /// Set the login, and the password. "" clears the value. The library never
    /// shows a password in an error text or a log.
    pub fn set_password(&mut self, password: &str) -> Result<()> {
        let password = of_text(password)?;
        self.call(|h| unsafe { sys::CSmtp_SetPassword(h, password.as_ptr()) })
    }
    /// Sets the name sent with EHLO. "" restores the default: without a proxy, the
    /// name of this host; with a proxy, "\[127.0.0.1\]", so that the server learns
    /// neither the name nor the address of this host.
    pub fn set_local_host_name(&mut self, name: &str) -> Result<()> {
        let name = of_text(name)?;
        self.call(|h| unsafe { sys::CSmtp_SetLocalHostName(h, name.as_ptr()) })
    }
    /// Returns the name that CSmtp_SetLocalHostName set, or else the name of this
    /// host.
    pub fn get_local_host_name(&self) -> String {
        unsafe { owned(sys::CSmtp_GetLocalHostName(self.handle)) }
    }
    /// Returns the local IP address of the open session. Without a session, returns
    /// the address that this host's name resolves to, or "" if the name has no
    /// address. With a proxy but no session, the function looks up no name and
    /// returns "".
    pub fn get_local_host_ip(&self) -> String {
        unsafe { owned(sys::CSmtp_GetLocalHostIP(self.handle)) }
    }
    /// Closes the session if one is open, connects to a server, starts TLS and logs
    /// in. 'server', 'port' and 'authenticate' have the same meaning as in
    /// CSmtp_SetSMTPServer, but are not stored. security_type is stored unless it is
    /// CSMTP_DO_NOT_SET. Each of 'login' and 'password' is stored unless it is NULL
    /// or "".
    /// *
    /// The next mails use this session. If a setting on which the session depends
    /// has changed, the next mail opens a new session. The session depends on the
    /// server or its domain (CSmtp_SetServerDomain), the security type, the login,
    /// the password, the token, the mechanism, the TLS settings, the proxy, the
    /// local address, the local host name, LMTP and the extensions that are turned
    /// off. Clearing a login, password or token does not count as a change. New
    /// timeouts and a new log apply to the open session.
    pub fn connect_remote_server(&mut self, server: &str, port: u16, security_type: i32, authenticate: bool, login: &str, password: &str) -> Result<()> {
        let server = of_text(server)?;
        let login = of_text(login)?;
        let password = of_text(password)?;
        self.call(|h| unsafe { sys::CSmtp_ConnectRemoteServer(h, server.as_ptr(), port, security_type, authenticate.into(), login.as_ptr(), password.as_ptr()) })
    }
    /// Closes the session with QUIT, waiting at most CSMTP_TIMEOUT_QUIT for the
    /// reply. Returns 0 if there is no session, or if the server has already closed it
    /// or does not reply in time, and CSMTP_COMMAND_QUIT if the server refused
    /// QUIT.
    pub fn disconnect_remote_server(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DisconnectRemoteServer(h) })
    }
    /// Sends the message over the open session. If no session is open, the function
    /// opens one and closes it after the mail. The mail goes to all recipients or to
    /// none, unless CSmtp_SetPartialDelivery(h, 1) was called. If the mail
    /// transaction fails, the session is closed. After any error, the handle can be
    /// used again, and CSmtp_GetOutcome returns the outcome of the mail.
    pub fn send(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_Send(h) })
    }
    /// Returns the text of the last error: the sentence for the error number
    /// (CSmtp_GetErrorText), then what was being done, what the server said and what
    /// to do. The text never shows a secret. If the server quotes a password or
    /// token, even encoded (in base64, for example), the library replaces the secret
    /// with "****" in every text, reply, result row and log line. A secret of fewer
    /// than four characters is replaced only where it stands alone: in quotes or
    /// brackets, or at the end of a line after a colon or "=".
    pub fn get_last_error_text(&self) -> String {
        unsafe { owned(sys::CSmtp_GetLastErrorText(self.handle)) }
    }
    /// Returns the reply that caused the error, such as "530 5.7.0 Access denied".
    /// After a successful send, returns the reply that accepted the mail. Returns ""
    /// if there is no such reply.
    pub fn get_last_reply(&self) -> String {
        unsafe { owned(sys::CSmtp_GetLastReply(self.handle)) }
    }
    /// Returns the reply code of that reply, such as 530; 0 if there is none.
    pub fn get_last_reply_code(&self) -> i32 {
        unsafe { sys::CSmtp_GetLastReplyCode(self.handle) }
    }
    /// Returns the enhanced status code of that reply, such as "5.7.0" (RFC 3463); ""
    /// if there is none.
    pub fn get_last_enhanced_code(&self) -> String {
        unsafe { owned(sys::CSmtp_GetLastEnhancedCode(self.handle)) }
    }
    /// Replaces all lines of the body with 'text'. A line end at the end of 'text' does
    /// not add an empty line.
    pub fn set_text_body(&mut self, text: &str) -> Result<()> {
        let text = of_text(text)?;
        self.call(|h| unsafe { sys::CSmtp_SetTextBody(h, text.as_ptr()) })
    }
    /// Adds an HTML form of the body to the plain text (multipart/alternative). ""
    /// removes the HTML form.
    pub fn set_html_body(&mut self, html: &str) -> Result<()> {
        let html = of_text(html)?;
        self.call(|h| unsafe { sys::CSmtp_SetHTMLBody(h, html.as_ptr()) })
    }
    /// 1 marks the plain text as format=flowed (RFC 3676), and breaks its long lines
    /// so that mail programs can join them again. If a line of the program's text
    /// ends in a space, the next line is its continuation, unless the next line is
    /// empty, has a different number of quote marks ("\>"), or is "-- ", the line
    /// before a signature. 0 is the default.
    pub fn set_flowed(&mut self, flowed: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetFlowed(h, flowed.into()) })
    }
    /// 1 sends 8-bit text without an encoding if the server offers 8BITMIME (RFC
    /// 6152). 0 (the default) encodes 8-bit text as quoted-printable or base64,
    /// which every server relays unchanged.
    pub fn set_eight_bit(&mut self, eight_bit: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetEightBit(h, eight_bit.into()) })
    }
    /// Attaches a file under another name or with a content type of your choice. The
    /// parameters name and content_type may be NULL or "", which means that the
    /// library derives the value from 'path'. A name that consists of blanks counts
    /// as "". Only the last component of a name or path is sent.
    pub fn add_attachment_as<'a>(&mut self, path: impl AsRef<Path>, name: impl Into<Option<&'a str>>, content_type: impl Into<Option<&'a str>>) -> Result<()> {
        let path = of_path(path.as_ref())?;
        let name = optional(name.into())?;
        let content_type = optional(content_type.into())?;
        self.call(|h| unsafe { sys::CSmtp_AddAttachmentAs(h, path.as_ptr(), pointer(&name), pointer(&content_type)) })
    }
    /// Add an image from a file, or from 'size' octets at 'data', which the library
    /// copies. The HTML body shows the image with \<img src="cid:CONTENT_ID"\> (RFC
    /// 2392).
    pub fn add_inline_image(&mut self, path: impl AsRef<Path>, content_id: &str) -> Result<()> {
        let path = of_path(path.as_ref())?;
        let content_id = of_text(content_id)?;
        self.call(|h| unsafe { sys::CSmtp_AddInlineImage(h, path.as_ptr(), content_id.as_ptr()) })
    }
    /// Adds an invitation or another calendar message (RFC 6047). 'method' is its
    /// iCalendar METHOD, such as "REQUEST"; 'calendar' is the iCalendar text. If both
    /// are "", the function removes the calendar message.
    pub fn set_calendar(&mut self, method: &str, calendar: &str) -> Result<()> {
        let method = of_text(method)?;
        let calendar = of_text(calendar)?;
        self.call(|h| unsafe { sys::CSmtp_SetCalendar(h, method.as_ptr(), calendar.as_ptr()) })
    }
    /// Adds a header field, such as Content-Language. Building the message returns
    /// CSMTP_BAD_INPUT if the field has its own function, such as Subject, or is
    /// reserved for the library or for servers.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<()> {
        let name = of_text(name)?;
        let value = of_text(value)?;
        self.call(|h| unsafe { sys::CSmtp_AddHeader(h, name.as_ptr(), value.as_ptr()) })
    }
    /// Removes the fields that CSmtp_AddHeader added.
    pub fn del_headers(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DelHeaders(h) })
    }
    /// Sets the Message-ID: "\<left@right\>", with or without the brackets. With "" (the
    /// default), the library makes a new one for each mail. Returns CSMTP_BAD_INPUT for
    /// anything else (RFC 5322, section 3.6.4).
    pub fn set_message_id(&mut self, message_id: &str) -> Result<()> {
        let message_id = of_text(message_id)?;
        self.call(|h| unsafe { sys::CSmtp_SetMessageID(h, message_id.as_ptr()) })
    }
    /// Returns the Message-ID that was set, or else that of the mail that was last
    /// sent, saved or rendered; "" after CSmtp_ClearMessage.
    pub fn get_message_id(&self) -> String {
        unsafe { owned(sys::CSmtp_GetMessageID(self.handle)) }
    }
    /// Sets the Date, in seconds since 1970-01-01 UTC. 0 (the default) means the time
    /// of sending. Returns CSMTP_BAD_ARGUMENT if the year is before 1900 or after 9999,
    /// and for -1, which time and mktime return on failure.
    pub fn set_date(&mut self, seconds: i64) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetDate(h, seconds) })
    }
    /// Adds an author to From, after the address that CSmtp_SetSenderMail sets. The
    /// parameter name may be NULL. A mail with several authors has a Sender (RFC
    /// 5322, section 3.6.2): the one that CSmtp_SetSender set, or else the first
    /// author. Returns CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
    pub fn add_from<'a>(&mut self, email: &str, name: impl Into<Option<&'a str>>) -> Result<()> {
        let email = of_text(email)?;
        let name = optional(name.into())?;
        self.call(|h| unsafe { sys::CSmtp_AddFrom(h, email.as_ptr(), pointer(&name)) })
    }
    /// Sets the Sender: the address of the person who submits the mail for its
    /// authors. The parameter name may be NULL.
    pub fn set_sender<'a>(&mut self, email: &str, name: impl Into<Option<&'a str>>) -> Result<()> {
        let email = of_text(email)?;
        let name = optional(name.into())?;
        self.call(|h| unsafe { sys::CSmtp_SetSender(h, email.as_ptr(), pointer(&name)) })
    }
    /// Set In-Reply-To and References: Message-IDs separated by spaces, or a value
    /// that is copied from a received mail. The functions use only the identifiers
    /// that are in angle brackets, and ignore everything else (RFC 5322, section
    /// 4.5.4). If there are more than 20 References, only the first one and the last
    /// 19 are sent. "" removes the field.
    pub fn set_in_reply_to(&mut self, message_ids: &str) -> Result<()> {
        let message_ids = of_text(message_ids)?;
        self.call(|h| unsafe { sys::CSmtp_SetInReplyTo(h, message_ids.as_ptr()) })
    }
    /// Set In-Reply-To and References: Message-IDs separated by spaces, or a value
    /// that is copied from a received mail. The functions use only the identifiers
    /// that are in angle brackets, and ignore everything else (RFC 5322, section
    /// 4.5.4). If there are more than 20 References, only the first one and the last
    /// 19 are sent. "" removes the field.
    pub fn set_references(&mut self, message_ids: &str) -> Result<()> {
        let message_ids = of_text(message_ids)?;
        self.call(|h| unsafe { sys::CSmtp_SetReferences(h, message_ids.as_ptr()) })
    }
    /// Sets Auto-Submitted (RFC 3834): "auto-generated" or "auto-replied". ""
    /// removes the field.
    pub fn set_auto_submitted(&mut self, keyword: &str) -> Result<()> {
        let keyword = of_text(keyword)?;
        self.call(|h| unsafe { sys::CSmtp_SetAutoSubmitted(h, keyword.as_ptr()) })
    }
    /// Sets List-Unsubscribe (RFC 2369), such as "\<https://...\>, \<mailto:...\>". If
    /// one_click is 1, List-Unsubscribe-Post (RFC 8058) is added. "" removes both
    /// fields.
    pub fn set_list_unsubscribe(&mut self, uris: &str, one_click: bool) -> Result<()> {
        let uris = of_text(uris)?;
        self.call(|h| unsafe { sys::CSmtp_SetListUnsubscribe(h, uris.as_ptr(), one_click.into()) })
    }
    /// Sets the pass phrase for the keys and files that are passed afterwards to
    /// CSmtp_AddDKIMKey, CSmtp_AddDKIMKeyFile, CSmtp_SetSMIMEKey,
    /// CSmtp_SetSMIMEKeyFile, CSmtp_SetClientCertificate, CSmtp_SetCAFile and
    /// CSmtp_SetOAuth2Certificate. The function does not affect keys and files that
    /// are already set. "" clears the pass phrase.
    pub fn set_key_passphrase(&mut self, passphrase: &str) -> Result<()> {
        let passphrase = of_text(passphrase)?;
        self.call(|h| unsafe { sys::CSmtp_SetKeyPassphrase(h, passphrase.as_ptr()) })
    }
    /// Adds a DKIM signature (RFC 6376, RFC 8463). 'key' is the text of a private key,
    /// RSA or Ed25519. One signature is made per key. Returns CSMTP_BAD_INPUT if the
    /// key, the domain or the selector is invalid.
    pub fn add_dkim_key(&mut self, domain: &str, selector: &str, key: &str) -> Result<()> {
        let domain = of_text(domain)?;
        let selector = of_text(selector)?;
        let key = of_text(key)?;
        self.call(|h| unsafe { sys::CSmtp_AddDKIMKey(h, domain.as_ptr(), selector.as_ptr(), key.as_ptr()) })
    }
    /// Adds a DKIM signature, as CSmtp_AddDKIMKey does, with the key in a file.
    /// Returns CSMTP_FILE_NOT_EXIST if the file cannot be read.
    pub fn add_dkim_key_file(&mut self, domain: &str, selector: &str, path: impl AsRef<Path>) -> Result<()> {
        let domain = of_text(domain)?;
        let selector = of_text(selector)?;
        let path = of_path(path.as_ref())?;
        self.call(|h| unsafe { sys::CSmtp_AddDKIMKeyFile(h, domain.as_ptr(), selector.as_ptr(), path.as_ptr()) })
    }
    /// Removes all DKIM keys.
    pub fn del_dkim_keys(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DelDKIMKeys(h) })
    }
    /// Signs with S/MIME (RFC 8551). 'certificate' is the text of a certificate and
    /// its chain, and 'key' is the text of the private key, RSA or ECDSA. If 'key'
    /// is "", 'certificate' must also contain the key. If 'certificate' is "",
    /// S/MIME signing is turned off. Signing is also turned off if the certificate
    /// or the key is invalid; the function then returns CSMTP_BAD_INPUT.
    pub fn set_smime_key(&mut self, certificate: &str, key: &str) -> Result<()> {
        let certificate = of_text(certificate)?;
        let key = of_text(key)?;
        self.call(|h| unsafe { sys::CSmtp_SetSMIMEKey(h, certificate.as_ptr(), key.as_ptr()) })
    }
    /// Signs with S/MIME, as CSmtp_SetSMIMEKey does, with the certificate and the key
    /// in files. The parameter key_file may be NULL or "" if certificate_file also
    /// contains the key. Returns CSMTP_FILE_NOT_EXIST if a file cannot be read.
    pub fn set_smime_key_file<'a>(&mut self, certificate_file: impl AsRef<Path>, key_file: impl Into<Option<&'a Path>>) -> Result<()> {
        let certificate_file = of_path(certificate_file.as_ref())?;
        let key_file = optional_path(key_file.into())?;
        self.call(|h| unsafe { sys::CSmtp_SetSMIMEKeyFile(h, certificate_file.as_ptr(), pointer(&key_file)) })
    }
    /// Writes to a file (.eml) the octets that CSmtp_RenderMessage returns. A new
    /// file gets its mode from the umask. An existing file keeps its mode, even if
    /// 'path' is a symbolic link to it. The existing file is replaced only after all
    /// octets have been written, so an error leaves it unchanged. Returns
    /// CSMTP_FILE_NOT_EXIST if the file cannot be written.
    pub fn save_message(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = of_path(path.as_ref())?;
        self.call(|h| unsafe { sys::CSmtp_SaveMessage(h, path.as_ptr()) })
    }
    /// 1 (the default) verifies the server's certificate. 0 accepts any certificate;
    /// this gives no protection against an active attacker.
    pub fn set_verify_peer(&mut self, verify: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetVerifyPeer(h, verify.into()) })
    }
    /// Sets a file of certificate authorities to trust instead of those of the
    /// system. "" restores the system's authorities. A certificate in OpenSSL's
    /// format "BEGIN TRUSTED CERTIFICATE" is used only if its trust settings include
    /// TLS servers.
    pub fn set_ca_file(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = of_path(path.as_ref())?;
        self.call(|h| unsafe { sys::CSmtp_SetCAFile(h, path.as_ptr()) })
    }
    /// Sets a directory of files of certificate authorities, which are used like the
    /// file of CSmtp_SetCAFile. If a file and a directory are set, the authorities
    /// of both are trusted.
    pub fn set_ca_directory(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = of_path(path.as_ref())?;
        self.call(|h| unsafe { sys::CSmtp_SetCADirectory(h, path.as_ptr()) })
    }
    /// Sets the files of the client's certificate and of its private key. The
    /// parameter key_file may be NULL or "" if certificate_file also contains the
    /// key. A certificate_file of "" removes the certificate. If the key is
    /// encrypted, call CSmtp_SetKeyPassphrase first.
    pub fn set_client_certificate<'a>(&mut self, certificate_file: impl AsRef<Path>, key_file: impl Into<Option<&'a Path>>) -> Result<()> {
        let certificate_file = of_path(certificate_file.as_ref())?;
        let key_file = optional_path(key_file.into())?;
        self.call(|h| unsafe { sys::CSmtp_SetClientCertificate(h, certificate_file.as_ptr(), pointer(&key_file)) })
    }
    /// Accepts only a server that has one of the public keys in 'pins':
    /// "sha256//BASE64", or several of these separated by ";", as in curl. ""
    /// removes the pins. The certificate is verified as well. Returns
    /// CSMTP_BAD_ARGUMENT if 'pins' has any other form.
    pub fn set_pinned_public_key(&mut self, pins: &str) -> Result<()> {
        let pins = of_text(pins)?;
        self.call(|h| unsafe { sys::CSmtp_SetPinnedPublicKey(h, pins.as_ptr()) })
    }
    /// Set the oldest and the newest TLS version to accept: CSMTP_TLS_1_0 to
    /// CSMTP_TLS_1_3. 0 restores the default: 1.2 for the oldest, and no upper
    /// limit. An upper limit helps with servers that implement a newer version
    /// incorrectly. Return CSMTP_BAD_ARGUMENT for any other number.
    pub fn set_tls_min_version(&mut self, version: i32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetTLSMinVersion(h, version) })
    }
    /// Set the oldest and the newest TLS version to accept: CSMTP_TLS_1_0 to
    /// CSMTP_TLS_1_3. 0 restores the default: 1.2 for the oldest, and no upper
    /// limit. An upper limit helps with servers that implement a newer version
    /// incorrectly. Return CSMTP_BAD_ARGUMENT for any other number.
    pub fn set_tls_max_version(&mut self, version: i32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetTLSMaxVersion(h, version) })
    }
    /// Sets the host name that the certificate must have, if it differs from the name
    /// of the server. "" restores the name of the server.
    pub fn set_tls_server_name(&mut self, name: &str) -> Result<()> {
        let name = of_text(name)?;
        self.call(|h| unsafe { sys::CSmtp_SetTLSServerName(h, name.as_ptr()) })
    }
    /// Returns the TLS version and the cipher suite of the open session, such as "TLS
    /// 1.3, TLS_AES_128_GCM_SHA256"; "" without TLS or without a session.
    pub fn get_tls_info(&self) -> String {
        unsafe { owned(sys::CSmtp_GetTLSInfo(self.handle)) }
    }
    /// Returns one field of a certificate that the server presented in the open
    /// session. 'field' is CSMTP_CERTIFICATE_... Index 0 is the server's own
    /// certificate; the higher indexes are its chain. Returns "" if there is no such
    /// certificate.
    pub fn get_peer_certificate(&self, index: u32, field: i32) -> String {
        unsafe { owned(sys::CSmtp_GetPeerCertificate(self.handle, index, field)) }
    }
    /// Sets the SASL mechanisms to try, in order, separated by spaces, for example
    /// "XOAUTH2" or "SCRAM-SHA-256 PLAIN". "" restores the default: the strongest that
    /// the server offers. Returns CSMTP_BAD_ARGUMENT for an unknown mechanism; the
    /// error text lists the known ones.
    pub fn set_auth_mechanism(&mut self, mechanisms: &str) -> Result<()> {
        let mechanisms = of_text(mechanisms)?;
        self.call(|h| unsafe { sys::CSmtp_SetAuthMechanism(h, mechanisms.as_ptr()) })
    }
    /// Sets the identity to act as (authorization identity, RFC 4422), if it differs
    /// from the identity of the login. "" clears it.
    pub fn set_authorization_id(&mut self, id: &str) -> Result<()> {
        let id = of_text(id)?;
        self.call(|h| unsafe { sys::CSmtp_SetAuthorizationID(h, id.as_ptr()) })
    }
    /// Allows or forbids logins over an unencrypted connection (CSMTP_NO_SECURITY).
    /// 0 never sends a password or a token in the clear. 1 allows both, if the
    /// server offers no mechanism that protects them. If this function is not
    /// called, the library can send a password in the clear, but not a token: if a
    /// token is set, connecting and sending return CSMTP_LOGIN_NOT_SUPPORTED before
    /// a connection is made. With CSMTP_USE_TLS_IF_OFFERED, the library never logs in
    /// without TLS.
    pub fn set_clear_login(&mut self, allow: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetClearLogin(h, allow.into()) })
    }
    /// 1 requires a login: if the server does not offer AUTH, or if authentication is
    /// turned off, connecting and sending return CSMTP_LOGIN_NOT_SUPPORTED. 0 restores
    /// the default: a server that does not offer AUTH receives the mail without a
    /// login, which the log and CSmtp_GetLoginSkipped report.
    pub fn set_login_required(&mut self, required: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetLoginRequired(h, required.into()) })
    }
    /// Sets an OAuth 2.0 access token, which is used instead of the password, with
    /// XOAUTH2 or OAUTHBEARER (RFC 7628). "" clears the token.
    pub fn set_access_token(&mut self, token: &str) -> Result<()> {
        let token = of_text(token)?;
        self.call(|h| unsafe { sys::CSmtp_SetAccessToken(h, token.as_ptr()) })
    }
    /// Let the library get its tokens itself, with client credentials or a refresh
    /// token (RFC 6749, sections 4.4 and 6). token_url is an https URL,
    /// "microsoft:TENANT" or "google". A scope of "" means the provider's scope for
    /// mail. Handles with the same settings share their tokens. The library connects
    /// to the server of token_url through the proxy of CSmtp_SetProxy. Return
    /// CSMTP_BAD_ARGUMENT for an invalid argument. If no token is obtained, connecting
    /// returns CSMTP_NO_TOKEN.
    pub fn set_oauth2_client_credentials(&mut self, token_url: &str, client_id: &str, client_secret: &str, scope: &str) -> Result<()> {
        let token_url = of_text(token_url)?;
        let client_id = of_text(client_id)?;
        let client_secret = of_text(client_secret)?;
        let scope = of_text(scope)?;
        self.call(|h| unsafe { sys::CSmtp_SetOAuth2ClientCredentials(h, token_url.as_ptr(), client_id.as_ptr(), client_secret.as_ptr(), scope.as_ptr()) })
    }
    /// Let the library get its tokens itself, with client credentials or a refresh
    /// token (RFC 6749, sections 4.4 and 6). token_url is an https URL,
    /// "microsoft:TENANT" or "google". A scope of "" means the provider's scope for
    /// mail. Handles with the same settings share their tokens. The library connects
    /// to the server of token_url through the proxy of CSmtp_SetProxy. Return
    /// CSMTP_BAD_ARGUMENT for an invalid argument. If no token is obtained, connecting
    /// returns CSMTP_NO_TOKEN.
    pub fn set_oauth2_refresh_token(&mut self, token_url: &str, client_id: &str, client_secret: &str, refresh_token: &str, scope: &str) -> Result<()> {
        let token_url = of_text(token_url)?;
        let client_id = of_text(client_id)?;
        let client_secret = of_text(client_secret)?;
        let refresh_token = of_text(refresh_token)?;
        let scope = of_text(scope)?;
        self.call(|h| unsafe { sys::CSmtp_SetOAuth2RefreshToken(h, token_url.as_ptr(), client_id.as_ptr(), client_secret.as_ptr(), refresh_token.as_ptr(), scope.as_ptr()) })
    }
    /// Sets a file in which the library stores the tokens that it gets with the
    /// settings of the other CSmtp_SetOAuth2 functions. Processes that use the same
    /// file share the tokens, and a new refresh token from the token server is not
    /// lost. If no other CSmtp_SetOAuth2 function is called, the file must come from
    /// the program csmtp-login (see docs/oauth2.md): it then also contains the token
    /// URL and the client id. Passing "", or calling CSmtp_SetAccessToken or
    /// CSmtp_SetTokenCallback, clears the setting.
    /// *
    /// If several processes need a new token, only one of them requests it. The file
    /// is replaced as a whole, so that it is complete at all times. It must be a
    /// regular file with the mode 0600 that belongs to the user, and not a symbolic
    /// link; on Windows, only the user and administrators may have access. If the
    /// file does not exist and another CSmtp_SetOAuth2 function was called, the
    /// library creates it. If the file does not exist and no such function was
    /// called, or if the file is damaged or was written for another client id or
    /// mailbox, connecting returns CSMTP_NO_TOKEN. If the file cannot be written,
    /// the mail is sent anyway: see CSmtp_GetOAuth2TokenFileError.
    pub fn set_oauth2_token_file(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = of_path(path.as_ref())?;
        self.call(|h| unsafe { sys::CSmtp_SetOAuth2TokenFile(h, path.as_ptr()) })
    }
    /// Returns the reason why the token file could not be written or locked in the
    /// last session; "" if there was no such error. The log also contains the
    /// reason.
    pub fn get_oauth2_token_file_error(&self) -> String {
        unsafe { owned(sys::CSmtp_GetOAuth2TokenFileError(self.handle)) }
    }
    /// Returns the new refresh token, if the token server has replaced the one that
    /// was set. Returns "" if the token was not replaced, or if the new one is in
    /// the token file. Store the result, because the old refresh token may no longer
    /// be valid.
    pub fn get_oauth2_refresh_token(&self) -> String {
        unsafe { owned(sys::CSmtp_GetOAuth2RefreshToken(self.handle)) }
    }
    /// Lets the library get its tokens with client credentials and a certificate
    /// instead of a secret (RFC 7523, section 2.2). The certificate must have an RSA
    /// key, and must be registered with the provider. The files are PEM, DER or PKCS
    /// #12. The parameter key_file may be NULL or "" if certificate_file also
    /// contains the key. For an encrypted key or file, call CSmtp_SetKeyPassphrase
    /// first. The files are read again for each session. 'algorithm' is "PS256" or
    /// "RS256". The parameter algorithm may be NULL or "", which means "PS256". The
    /// parameter scope may be NULL or "", which means the provider's scope for mail.
    /// Returns CSMTP_FILE_NOT_EXIST if a file cannot be read. In all other respects,
    /// the function works like CSmtp_SetOAuth2ClientCredentials.
    pub fn set_oauth2_certificate<'a>(&mut self, token_url: &str, client_id: &str, certificate_file: impl AsRef<Path>, key_file: impl Into<Option<&'a Path>>, algorithm: impl Into<Option<&'a str>>, scope: impl Into<Option<&'a str>>) -> Result<()> {
        let token_url = of_text(token_url)?;
        let client_id = of_text(client_id)?;
        let certificate_file = of_path(certificate_file.as_ref())?;
        let key_file = optional_path(key_file.into())?;
        let algorithm = optional(algorithm.into())?;
        let scope = optional(scope.into())?;
        self.call(|h| unsafe { sys::CSmtp_SetOAuth2Certificate(h, token_url.as_ptr(), client_id.as_ptr(), certificate_file.as_ptr(), pointer(&key_file), pointer(&algorithm), pointer(&scope)) })
    }
    /// Lets the library get its tokens with client credentials and, instead of a
    /// secret, a token of another identity provider (RFC 7523, section 2.2), such as
    /// Kubernetes. assertion_file is the path of a file that contains this token.
    /// The file is read for each request, because the provider replaces the token.
    /// The file need not exist yet. The parameter scope may be NULL or "", which
    /// means the provider's scope for mail. In all other respects, the function
    /// works like CSmtp_SetOAuth2ClientCredentials.
    pub fn set_oauth2_assertion_file<'a>(&mut self, token_url: &str, client_id: &str, assertion_file: impl AsRef<Path>, scope: impl Into<Option<&'a str>>) -> Result<()> {
        let token_url = of_text(token_url)?;
        let client_id = of_text(client_id)?;
        let assertion_file = of_path(assertion_file.as_ref())?;
        let scope = optional(scope.into())?;
        self.call(|h| unsafe { sys::CSmtp_SetOAuth2AssertionFile(h, token_url.as_ptr(), client_id.as_ptr(), assertion_file.as_ptr(), pointer(&scope)) })
    }
    /// Lets the library get its tokens as a Google service account with domain-wide
    /// delegation (RFC 7523, section 2.1). key_file is the account's key file in
    /// JSON. The file is read again for each session. 'mailbox' is the user for whom
    /// the account acts. The parameter mailbox may be NULL or "", which means the
    /// login of CSmtp_SetLogin. The parameter scope may be NULL or "", which means
    /// https://mail.google.com/. Returns CSMTP_FILE_NOT_EXIST if the file cannot be
    /// read, and CSMTP_BAD_ARGUMENT if the file is not the key file of a service
    /// account.
    pub fn set_oauth2_service_account<'a>(&mut self, key_file: impl AsRef<Path>, mailbox: impl Into<Option<&'a str>>, scope: impl Into<Option<&'a str>>) -> Result<()> {
        let key_file = of_path(key_file.as_ref())?;
        let mailbox = optional(mailbox.into())?;
        let scope = optional(scope.into())?;
        self.call(|h| unsafe { sys::CSmtp_SetOAuth2ServiceAccount(h, key_file.as_ptr(), pointer(&mailbox), pointer(&scope)) })
    }
    /// Lets the library get its tokens with the identity that a cloud provider has
    /// assigned to this machine, so that no secret is stored. 'cloud' is "azure" or
    /// "google", which may be followed by ":" and the URL of the metadata server.
    /// This URL must be https, or http at a loopback or link-local address. By
    /// default, "azure" uses the environment variables IDENTITY_ENDPOINT and
    /// IDENTITY_HEADER, which App Service sets, or else the metadata server of
    /// virtual machines; "google" uses the environment variable GCE_METADATA_HOST or
    /// else the metadata server. client_id selects one of several identities: for
    /// "azure" its client id, for "google" the address of a service account. The
    /// parameters client_id and scope may be NULL or "". With "google", the service
    /// account acts for the user of CSmtp_SetLogin. The service account needs
    /// domain-wide delegation, and the role Service Account Token Creator on itself.
    pub fn set_oauth2_managed_identity<'a>(&mut self, cloud: &str, client_id: impl Into<Option<&'a str>>, scope: impl Into<Option<&'a str>>) -> Result<()> {
        let cloud = of_text(cloud)?;
        let client_id = optional(client_id.into())?;
        let scope = optional(scope.into())?;
        self.call(|h| unsafe { sys::CSmtp_SetOAuth2ManagedIdentity(h, cloud.as_ptr(), pointer(&client_id), pointer(&scope)) })
    }
    /// Gets an access token without connecting to the mail server, to check the
    /// settings. Returns CSMTP_NO_TOKEN if no token is obtained; the error text
    /// contains the error of the token server and what to do. Returns
    /// CSMTP_BAD_ARGUMENT if no source of tokens is set.
    pub fn check_token(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_CheckToken(h) })
    }
    /// Returns the main claims in the token that the last CSmtp_CheckToken got, such
    /// as "audience https://outlook.office365.com, roles SMTP.SendAsApp, expires
    /// 2027-01-31T12:00:00Z"; "" if the token is not a JSON Web Token. The function
    /// never returns the token itself.
    pub fn get_token_info(&self) -> String {
        unsafe { owned(sys::CSmtp_GetTokenInfo(self.handle)) }
    }
    /// Returns the SASL mechanism used to log in to the open session, such as
    /// "SCRAM-SHA-256-PLUS"; "" without a session or a login.
    pub fn get_auth_mechanism_used(&self) -> String {
        unsafe { owned(sys::CSmtp_GetAuthMechanismUsed(self.handle)) }
    }
    /// Returns 1 if a login is set, but the library did not log in to the open
    /// session (or to the last one, if none is open), because the server did not
    /// offer AUTH; otherwise 0. See CSmtp_SetLoginRequired.
    pub fn get_login_skipped(&self) -> bool {
        unsafe { sys::CSmtp_GetLoginSkipped(self.handle) != 0 }
    }
    /// Uses the servers that 'domain' publishes (SRV records, RFC 6186 and RFC 8314)
    /// instead of the server set with CSmtp_SetSMTPServer. "" clears the domain: the
    /// server of CSmtp_SetSMTPServer is then used again. While a domain is set,
    /// connecting returns CSMTP_BAD_ARGUMENT if the server of CSmtp_SetSMTPServer is
    /// a Unix socket, or if a proxy is set: a proxy cannot look up these records, and
    /// a DNS query without the proxy would reveal where the mail goes.
    pub fn set_server_domain(&mut self, domain: &str) -> Result<()> {
        let domain = of_text(domain)?;
        self.call(|h| unsafe { sys::CSmtp_SetServerDomain(h, domain.as_ptr()) })
    }
    /// Sets the local IP address to connect from. "" restores the default: the
    /// system chooses the address. Connecting returns CSMTP_BAD_INPUT if 'address'
    /// is not an IP address.
    pub fn set_local_address(&mut self, address: &str) -> Result<()> {
        let address = of_text(address)?;
        self.call(|h| unsafe { sys::CSmtp_SetLocalAddress(h, address.as_ptr()) })
    }
    /// Connects through a proxy: "socks5://user:password@host:port", "http://..." or
    /// "https://..." (CONNECT). "" removes the proxy. The proxy looks up the
    /// server's name; this host looks up only the proxy's name. Connecting returns
    /// CSMTP_BAD_INPUT if 'url' is invalid.
    pub fn set_proxy(&mut self, url: &str) -> Result<()> {
        let url = of_text(url)?;
        self.call(|h| unsafe { sys::CSmtp_SetProxy(h, url.as_ptr()) })
    }
    /// Sets how mail is sent. "smtp", or "", is the default. "microsoft-graph" and
    /// "gmail-api" send mail over HTTPS (port 443), for networks and tenants in
    /// which SMTP is not possible. These transports use sendMail of Microsoft Graph
    /// and messages.send of the Gmail API. Returns CSMTP_BAD_ARGUMENT for any other
    /// name.
    /// *
    /// The service gets the message that a mail server would get, plus a Bcc field.
    /// The service removes this field before delivery. Both services require an
    /// access token: see CSmtp_SetAccessToken, CSmtp_SetOAuth2ClientCredentials and
    /// CSmtp_SetOAuth2RefreshToken. Without a token, the error is CSMTP_NO_TOKEN.
    /// The mail is sent from the mailbox that the login names; if no login is set,
    /// it is sent from the mailbox to which the token belongs. The settings for
    /// server, port, security type, password, EHLO name and service extensions are
    /// not used. The proxy, the timeouts, the log and the TLS settings apply. If
    /// CSmtp_SetProxy is not called, the proxy is that of the environment
    /// (HTTPS_PROXY). Token requests go through the same proxy.
    /// *
    /// The service reads the sender and the recipients from the header. Sending
    /// therefore returns CSMTP_BAD_INPUT, and sends nothing, in these cases: the
    /// reverse-path is not in From or Sender; the recipients of CSmtp_SendRaw are
    /// not those in To, Cc and Bcc; the message has Resent-* fields; or partial
    /// delivery, DSN, REQUIRETLS, MT-PRIORITY, DELIVERBY, FUTURERELEASE or LMTP is
    /// set. Microsoft Graph accepts messages of up to 3,145,728 octets (4 MiB in
    /// base64), and the Gmail API up to 36,700,160. For a larger message, sending
    /// returns CSMTP_MSG_TOO_BIG.
    /// *
    /// The HTTP status decides the outcome. A status of 202 from Microsoft Graph
    /// or 200 from the Gmail API means ACCEPTED. 429 and 503 are REJECTED_TEMPORARY: see
    /// CSmtp_GetRetryAfter. 500, 502, 504 and a connection that is lost after the
    /// last octet are IN_DOUBT. Other responses are REJECTED_PERMANENT. After 401,
    /// the library gets a new token and tries once more. A redirect is not followed.
    /// CSmtp_GetLastReply returns the response in the form of an SMTP reply, such as
    /// "451 HTTP 429 Too Many Requests: ...", and CSmtp_GetQueueID returns the
    /// message id of Gmail.
    /// *
    /// CSmtp_ConnectRemoteServer gets a token and opens the connection, which is
    /// used for the next mails. CSmtp_KeepAlive sends nothing, and opens the
    /// connection again if the service has closed it. CSmtp_SendBatch sends the
    /// mails one after another, and stops at a response that also applies to the
    /// next mails, such as 429. CSmtp_GetExtensions and CSmtp_GetAuthMechanismUsed
    /// return "".
    pub fn set_transport(&mut self, transport: &str) -> Result<()> {
        let transport = of_text(transport)?;
        self.call(|h| unsafe { sys::CSmtp_SetTransport(h, transport.as_ptr()) })
    }
    /// Sets the https URL of the service that CSmtp_SetTransport has chosen, for
    /// example "https://graph.microsoft.us" for a national cloud. "" restores the
    /// default of the service. Returns CSMTP_BAD_ARGUMENT if 'url' is not an https
    /// URL, or has a user, a query or a fragment. The access token is sent to this
    /// server.
    pub fn set_transport_endpoint(&mut self, url: &str) -> Result<()> {
        let url = of_text(url)?;
        self.call(|h| unsafe { sys::CSmtp_SetTransportEndpoint(h, url.as_ptr()) })
    }
    /// Sets how many seconds a server in a list is paused after it has failed.
    /// During the pause, the library tries the other servers first. The default is
    /// 60. With 0, servers that failed are not remembered. All handles of the
    /// process share the record of failed servers.
    pub fn set_server_pause(&mut self, seconds: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetServerPause(h, seconds) })
    }
    /// Turns off the service extensions named in 'extensions', which are separated
    /// by spaces, for example "PIPELINING SIZE". The library does not use them even
    /// if the server offers them, and CSmtp_GetExtension does not return them. This
    /// helps with servers that offer extensions that do not work. "" clears the
    /// list. Returns CSMTP_BAD_ARGUMENT if 'extensions' contains STARTTLS (see
    /// CSmtp_SetSecurityType) or anything that is not a keyword. The library itself
    /// turns off PIPELINING in one case: if MAIL and RCPT are sent together to a
    /// server for the first time, and the server does not reply to RCPT within 10
    /// seconds, the library sends the mail over a new session without PIPELINING.
    /// This happens at most once per handle and server, and the log says so.
    pub fn set_extension_off(&mut self, extensions: &str) -> Result<()> {
        let extensions = of_text(extensions)?;
        self.call(|h| unsafe { sys::CSmtp_SetExtensionOff(h, extensions.as_ptr()) })
    }
    /// 1 uses LMTP (RFC 2033), with a reply for each recipient. 0 (the default) uses
    /// SMTP. With both protocols, the server may be a Unix socket: "unix:/path".
    pub fn set_lmtp(&mut self, lmtp: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetLMTP(h, lmtp.into()) })
    }
    /// Sets the timeout of a step, in milliseconds. 'step' is CSMTP_TIMEOUT_... If
    /// 'milliseconds' is 0, the default is restored. Returns CSMTP_BAD_ARGUMENT for
    /// an unknown step.
    pub fn set_timeout(&mut self, step: i32, milliseconds: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetTimeout(h, step, milliseconds) })
    }
    /// Keeps the open session alive, because servers close idle sessions: sends NOOP
    /// or, over HTTPS, connects again if the service has closed the connection.
    /// Returns CSMTP_CONNECTION_CLOSED if there is no session, or if the connection
    /// was lost.
    pub fn keep_alive(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_KeepAlive(h) })
    }
    /// Returns the address and port that the open session is connected to, such as
    /// "192.0.2.1:587" or "\[2001:db8::1\]:465", or the path of a Unix socket. With a
    /// proxy, returns the proxy's address. Without a session, returns the address of
    /// the last connection that the last attempt to send or connect opened, even if
    /// that attempt then failed; "" if it opened no connection.
    pub fn get_peer_address(&self) -> String {
        unsafe { owned(sys::CSmtp_GetPeerAddress(self.handle)) }
    }
    /// Returns all service extensions of the open session, sorted by name, one per
    /// line, such as "8BITMIME\nSIZE 35882577\n". Returns "" if there are none, or if
    /// there is no session.
    pub fn get_extensions(&self) -> String {
        unsafe { owned(sys::CSmtp_GetExtensions(self.handle)) }
    }
    /// Sets the reverse-path, if it differs from the address of CSmtp_SetSenderMail:
    /// one address without a name, or "\<\>" for the null reverse-path. "" restores the
    /// sender's address.
    pub fn set_envelope_from(&mut self, email: &str) -> Result<()> {
        let email = of_text(email)?;
        self.call(|h| unsafe { sys::CSmtp_SetEnvelopeFrom(h, email.as_ptr()) })
    }
    /// 1 sends the mail to the accepted recipients even if others are refused;
    /// sending then fails only if no recipient is accepted. If the server refuses
    /// recipients because one transaction has too many of them, the library sends
    /// the mail to these recipients in further transactions. 0 (the default) sends
    /// the mail to all recipients or to none.
    pub fn set_partial_delivery(&mut self, partial: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetPartialDelivery(h, partial.into()) })
    }
    /// Requests delivery status notifications (RFC 3461) for all recipients.
    /// 'notify' is "NEVER", or one or more of "SUCCESS", "FAILURE" and "DELAY",
    /// separated by commas. 'ret' is "FULL" or "HDRS". The notification contains
    /// envelope_id. Each of the three arguments may be "". If the server does not
    /// offer DSN, the mail is sent without the DSN parameters. CSmtp_ClearMessage
    /// clears envelope_id, but neither 'notify' nor 'ret'. Returns
    /// CSMTP_BAD_ARGUMENT if 'notify' or 'ret' is invalid.
    pub fn set_dsn(&mut self, notify: &str, ret: &str, envelope_id: &str) -> Result<()> {
        let notify = of_text(notify)?;
        let ret = of_text(ret)?;
        let envelope_id = of_text(envelope_id)?;
        self.call(|h| unsafe { sys::CSmtp_SetDSN(h, notify.as_ptr(), ret.as_ptr(), envelope_id.as_ptr()) })
    }
    /// Requests notifications for one recipient; 'notify' has the same meaning as in
    /// CSmtp_SetDSN. 'original' is the address to which the mail was originally sent,
    /// or "".
    pub fn set_recipient_dsn(&mut self, email: &str, notify: &str, original: &str) -> Result<()> {
        let email = of_text(email)?;
        let notify = of_text(notify)?;
        let original = of_text(original)?;
        self.call(|h| unsafe { sys::CSmtp_SetRecipientDSN(h, email.as_ptr(), notify.as_ptr(), original.as_ptr()) })
    }
    /// Sets how the message is transmitted (RFC 3030): CSMTP_DATA (the default),
    /// CSMTP_BDAT or CSMTP_BINARY. CSMTP_BDAT needs CHUNKING; if the server does not
    /// offer CHUNKING, DATA is used. CSMTP_BINARY needs BINARYMIME as well, and
    /// sends attachments unencoded; if the server does not offer BINARYMIME,
    /// CSMTP_BINARY has the same effect as CSMTP_BDAT. Returns CSMTP_BAD_ARGUMENT
    /// for any other number.
    pub fn set_chunking(&mut self, mode: i32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetChunking(h, mode) })
    }
    /// 1 requires TLS on every hop to the recipient (REQUIRETLS, RFC 8689). 0 is the
    /// default.
    pub fn set_require_tls(&mut self, require: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetRequireTLS(h, require.into()) })
    }
    /// Sets the transfer priority, -9 to 9 (MT-PRIORITY, RFC 6710). Returns
    /// CSMTP_BAD_ARGUMENT for any other number.
    pub fn set_mt_priority(&mut self, priority: i32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetMTPriority(h, priority) })
    }
    /// Sets a time limit for the delivery, in seconds (DELIVERBY, RFC 2852). If the
    /// mail is not delivered within that time, the server notifies the sender if
    /// 'mode' is "N", or returns the mail if 'mode' is "R". If 'seconds' is 0, the
    /// limit is cleared, and the parameter mode may be NULL. Returns
    /// CSMTP_BAD_ARGUMENT for any other 'mode'.
    pub fn set_deliver_by<'a>(&mut self, seconds: i32, mode: impl Into<Option<&'a str>>) -> Result<()> {
        let mode = optional(mode.into())?;
        self.call(|h| unsafe { sys::CSmtp_SetDeliverBy(h, seconds, pointer(&mode)) })
    }
    /// Ask the server to hold the mail (FUTURERELEASE, RFC 4865). CSmtp_SetHoldFor
    /// asks it to hold the mail for 'seconds' seconds, and CSmtp_SetHoldUntil until
    /// the time that is 'seconds' seconds after 1970-01-01 UTC. 0 clears the
    /// request. CSmtp_SetHoldUntil returns CSMTP_BAD_ARGUMENT for a time that
    /// CSmtp_SetDate refuses.
    pub fn set_hold_for(&mut self, seconds: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetHoldFor(h, seconds) })
    }
    /// Ask the server to hold the mail (FUTURERELEASE, RFC 4865). CSmtp_SetHoldFor
    /// asks it to hold the mail for 'seconds' seconds, and CSmtp_SetHoldUntil until
    /// the time that is 'seconds' seconds after 1970-01-01 UTC. 0 clears the
    /// request. CSmtp_SetHoldUntil returns CSMTP_BAD_ARGUMENT for a time that
    /// CSmtp_SetDate refuses.
    pub fn set_hold_until(&mut self, seconds: i64) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetHoldUntil(h, seconds) })
    }
    /// Sends the complete message in a file, as CSmtp_SendRaw does. The parameters
    /// from and recipients may be NULL, with the same meaning as in CSmtp_SendRaw.
    pub fn send_raw_file<'a>(&mut self, path: impl AsRef<Path>, from: impl Into<Option<&'a str>>, recipients: impl Into<Option<&'a str>>) -> Result<()> {
        let path = of_path(path.as_ref())?;
        let from = optional(from.into())?;
        let recipients = optional(recipients.into())?;
        self.call(|h| unsafe { sys::CSmtp_SendRawFile(h, path.as_ptr(), pointer(&from), pointer(&recipients)) })
    }
    /// Returns 1 if the last call failed because of the login, and the same login
    /// will fail again: the login, password or token is missing, is wrong, or cannot
    /// be sent with the mechanisms and the security type that are set; the account
    /// is not permitted to use the mechanism; or the server requires a login.
    /// Returns 0 after a temporary failure, such as the reply 454, and for all other
    /// errors. If the result is 1, a program should ask for other credentials and
    /// not try again, because servers lock accounts after several failures.
    pub fn is_login_error(&self) -> bool {
        unsafe { sys::CSmtp_IsLoginError(self.handle) != 0 }
    }
    /// Returns 1 if it makes sense to send the mail of the last attempt again later:
    /// the attempt failed, nothing was delivered to any recipient, and the same call
    /// may succeed without a change. Otherwise returns 0.
    /// *
    /// It returns 1 for a reply of 4yz to any command, including AUTH; for a
    /// connection that was refused, timed out, or was lost before the last octet of
    /// the message was sent; for a name that could not be looked up; for a token
    /// endpoint that cannot be reached or replies with HTTP status 429 or 5xx; and
    /// for a file that changed while it was being sent.
    /// *
    /// It returns 0 after success; for CSMTP_PARTIAL and CSMTP_IN_DOUBT; for a reply
    /// of 5yz, such as 535 (wrong password) or 550; for an error in a certificate, a
    /// setting or a text; for any file error except such a change; for an extension
    /// that the server does not offer; and for a canceled call. After
    /// CSmtp_SendBatch(h, ...), the result for h is 1 only if the result for each of
    /// the mails is 1; so the result is 0 if one of the mails was accepted, because
    /// another call would send that mail again. Wait some minutes before each further attempt, and
    /// limit the number of attempts.
    pub fn is_safe_to_retry(&self) -> bool {
        unsafe { sys::CSmtp_IsSafeToRetry(self.handle) != 0 }
    }
    /// Returns the server's queue id for the last mail that was accepted; "" if the
    /// reply contains none.
    pub fn get_queue_id(&self) -> String {
        unsafe { owned(sys::CSmtp_GetQueueID(self.handle)) }
    }
    /// Appends to a file the lines that a log callback would receive, each with the
    /// time and the direction. "" ends the logging to the file. A new file gets mode
    /// 0600. An existing file keeps its mode; if other users can read it, the log
    /// contains a warning at each connection. Returns CSMTP_FILE_NOT_EXIST if the
    /// file cannot be opened, or is a symbolic link. /dev/stdout and /dev/stderr
    /// mean the program's descriptors 1 and 2; /dev/fd/N and /proc/self/fd/N mean
    /// descriptor N. If that descriptor is later closed, or reused for another file,
    /// no more lines are written. A FIFO needs a reader; lines are lost if the
    /// reader reads nothing for one second.
    pub fn set_log_file(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = of_path(path.as_ref())?;
        self.call(|h| unsafe { sys::CSmtp_SetLogFile(h, path.as_ptr()) })
    }
    /// Records in a file the sessions that are opened after this call, as a
    /// transcript that csmtp-testserver can replay. Passwords, tokens and the
    /// responses of a login are always masked. If 'contents' is 0, the messages are
    /// left out, and these texts are replaced: mail addresses, even encoded ones;
    /// their local parts and domains where they occur alone and have at least 3
    /// characters; the login; the names of this host; and IP addresses. For the
    /// details, see docs/recording.md. If 'contents' is not 0, the messages and all
    /// these texts are recorded unchanged. If a later call to this function sets
    /// 'contents' to 0 during a session, the rest of that session is recorded as if
    /// 'contents' had been 0. The file is rewritten at the end of each library call
    /// that uses the session, and gets mode 0600. If several handles of the process
    /// record to the same file, the file contains the sessions of all of them; the
    /// first session replaces the old content of the file. "" ends the recording.
    /// Returns CSMTP_FILE_NOT_EXIST if the file cannot be written, is a symbolic
    /// link, has other hard links, is not a regular file, or belongs to another
    /// user.
    pub fn set_record_file(&mut self, path: impl AsRef<Path>, contents: bool) -> Result<()> {
        let path = of_path(path.as_ref())?;
        self.call(|h| unsafe { sys::CSmtp_SetRecordFile(h, path.as_ptr(), contents.into()) })
    }
}

impl Pool {
    /// Sets the weight of a relay, from 1 (the default) to 1,000,000. The mails are
    /// distributed in proportion to the weights.
    pub fn set_weight(&self, relay: u32, weight: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetWeight(h, relay, weight) })
    }
    /// Sets the maximum number of sessions with a relay, from 1 to 1,000. The
    /// default is 4.
    pub fn set_sessions(&self, relay: u32, sessions: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetSessions(h, relay, sessions) })
    }
    /// Sets the rate of a relay: 'mails' mails per 'seconds' seconds (1 to 86,400),
    /// evenly spaced. Any period of that length contains at most 'mails' + 1 mails.
    /// If 'mails' is 0 (the default), there is no limit.
    pub fn set_rate(&self, relay: u32, mails: u32, seconds: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetRate(h, relay, mails, seconds) })
    }
    /// Sets the number of mails after which a session is closed. 0 (the default) means no limit.
    pub fn set_session_mails(&self, relay: u32, mails: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetSessionMails(h, relay, mails) })
    }
    /// Sets how long a session without a mail stays open, in milliseconds. The
    /// default is 10,000.
    pub fn set_idle(&self, relay: u32, milliseconds: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetIdle(h, relay, milliseconds) })
    }
    /// Sets the maximum number of mails that wait in the pool. The default is 1,000;
    /// 0 means no limit.
    pub fn set_queue(&self, mails: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetQueue(h, mails) })
    }
    /// Sets the pause of a relay after a failure, in milliseconds: during the pause,
    /// the relay gets no mail. The first pause is 'first' (the default is 1,000).
    /// After each pause, the relay gets one mail. If this mail fails too, the next
    /// pause is twice as long, but at most 'longest' (the default is 300,000).
    pub fn set_pause(&self, first: u32, longest: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetPause(h, first, longest) })
    }
    /// Sets how long a mail waits for a relay if all relays have failed. The time is
    /// in milliseconds, and begins with the call to CSmtp_PoolSubmit. With 0 (the
    /// default), the mail fails immediately.
    pub fn set_patience(&self, milliseconds: u32) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetPatience(h, milliseconds) })
    }
    /// Sets where the callbacks of the pool run, except the log and token callbacks
    /// of its relays. With 1, the callbacks run on threads of the program, inside
    /// its calls to CSmtp_PoolWait, CSmtp_PoolDrain, CSmtp_PoolSend and CSmtp_Free,
    /// and inside CSmtp_PoolSubmit while that function waits. The program must then
    /// call CSmtp_PoolWait often, because the pool does nothing more with a mail
    /// until its callback has run. With 0 (the default), the callbacks run on
    /// threads of the library. Returns CSMTP_BUSY if the pool has mails.
    pub fn set_callbacks_in_wait(&self, in_wait: bool) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_PoolSetCallbacksInWait(h, in_wait.into()) })
    }
    /// Returns one statistic of a relay; 'what' selects it (CSMTP_POOL_...).
    /// Returns 0 if there is no such relay.
    pub fn get_count(&self, relay: u32, what: i32) -> u32 {
        unsafe { sys::CSmtp_PoolGetCount(self.handle, relay, what) }
    }
    /// Returns the number of mails that wait for a relay.
    pub fn get_queued(&self) -> u32 {
        unsafe { sys::CSmtp_PoolGetQueued(self.handle) }
    }
    /// Return the name of a relay, and the text of the last error that the relay
    /// caused. Return "" if there is no such relay or error.
    pub fn get_relay_name(&self, relay: u32) -> String {
        unsafe { owned(sys::CSmtp_PoolGetRelayName(self.handle, relay)) }
    }
    /// Return the name of a relay, and the text of the last error that the relay
    /// caused. Return "" if there is no such relay or error.
    pub fn get_relay_error(&self, relay: u32) -> String {
        unsafe { owned(sys::CSmtp_PoolGetRelayError(self.handle, relay)) }
    }
}
