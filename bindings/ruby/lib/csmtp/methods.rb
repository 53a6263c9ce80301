# SPDX-License-Identifier: MIT
# Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
# frozen_string_literal: true

module Csmtp
  # The methods of Mailer that only convert their arguments and call the C function of the same name.
  module MailerMethods
    # Add one recipient to To, Cc or Bcc. The parameter name may be nil or "".
    # Building the message returns BAD_INPUT if 'email' contains a list, a
    # group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
    # full-width @). Return UNDEF_RECIPIENT_MAIL if 'email' is nil.
    def add_recipient(email, name = nil)
      check(:AddRecipient, email, name)
    end

    # Add one recipient to To, Cc or Bcc. The parameter name may be nil or "".
    # Building the message returns BAD_INPUT if 'email' contains a list, a
    # group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
    # full-width @). Return UNDEF_RECIPIENT_MAIL if 'email' is nil.
    def add_cc_recipient(email, name = nil)
      check(:AddCCRecipient, email, name)
    end

    # Add one recipient to To, Cc or Bcc. The parameter name may be nil or "".
    # Building the message returns BAD_INPUT if 'email' contains a list, a
    # group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
    # full-width @). Return UNDEF_RECIPIENT_MAIL if 'email' is nil.
    def add_bcc_recipient(email, name = nil)
      check(:AddBCCRecipient, email, name)
    end

    # Attaches a file. The file is opened when the message is built; the function
    # that builds the message returns FILE_NOT_EXIST if the file cannot be
    # read. The attachment's name is the last component of 'path'. Slash and
    # backslash both separate components, because the recipient's system may use
    # either. Returns FILE_NOT_EXIST if 'path' is "".
    def add_attachment(path)
      check(:AddAttachment, path)
    end

    # Adds a line to the body. CR, LF and CRLF in 'text' are line breaks.
    def add_msg_line(text)
      check(:AddMsgLine, text)
    end

    # Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    # lines of the body.
    def del_recipients
      check(:DelRecipients)
    end

    # Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    # lines of the body.
    def del_cc_recipients
      check(:DelCCRecipients)
    end

    # Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    # lines of the body.
    def del_bcc_recipients
      check(:DelBCCRecipients)
    end

    # Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    # lines of the body.
    def del_msg_lines
      check(:DelMsgLines)
    end

    # Removes a line of the body. Lines are numbered from 0. Returns
    # OUT_OF_MSG_RANGE if there is no such line.
    def del_msg_line(line)
      check(:DelMsgLine, line)
    end

    # Replaces a line of the body. Lines are numbered from 0. If 'text' is nil,
    # the function does nothing. Returns OUT_OF_MSG_RANGE if there is no such
    # line.
    def mod_msg_line(line, text)
      check(:ModMsgLine, line, text)
    end

    # Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    # is not a valid handle.
    def get_recipient_count
      number(:GetRecipientCount)
    end

    # Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    # is not a valid handle.
    def get_cc_recipient_count
      number(:GetCCRecipientCount)
    end

    # Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    # is not a valid handle.
    def get_bcc_recipient_count
      number(:GetBCCRecipientCount)
    end

    # Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    # is not a valid handle.
    def get_msg_lines
      number(:GetMsgLines)
    end

    # Returns a line of the body. Lines are numbered from 0. Returns nil if there
    # is no such line; the last error is then OUT_OF_MSG_RANGE.
    def get_msg_line_text(line)
      nullable(:GetMsgLineText, line)
    end

    # Sets the Subject. A trailing line break is removed.
    def set_subject(subject)
      check(:SetSubject, subject)
    end

    # Sets the name shown with the sender's address in From.
    def set_sender_name(name)
      check(:SetSenderName, name)
    end

    # Sets the sender: the address in From, and the envelope's reverse-path unless
    # set_envelope_from sets another. Sending a mail without a sender returns
    # UNDEF_MAIL_FROM.
    def set_sender_mail(email)
      check(:SetSenderMail, email)
    end

    # Sets Reply-To: an address, an address with a name, or a list of them,
    # separated by commas. "" removes the field.
    def set_reply_to(reply_to)
      check(:SetReplyTo, reply_to)
    end

    # Sets the field X-Mailer. "" (the default) leaves the field out.
    def set_x_mailer(x_mailer)
      check(:SetXMailer, x_mailer)
    end

    # Sets the charset of all texts of the message, by its IANA name. The default
    # is "US-ASCII". With "US-ASCII", 8-bit text is sent as UTF-8 if it is valid
    # UTF-8, and otherwise in the charset of the locale: the charset that LC_ALL,
    # LC_CTYPE or LANG named at the first call to the library, or, on Windows, the
    # ANSI code page. If the text is not valid in that charset, it is sent as
    # unknown-8bit (RFC 1428), with the body in base64. The log says which charset
    # was used. Addresses must be UTF-8. Building the message returns
    # BAD_INPUT if the charset is unknown.
    def set_char_set(charset)
      check(:SetCharSet, charset)
    end

    # If 'strict' is 1, building the message returns BAD_INPUT in two cases:
    # the charset is "US-ASCII" and a text is neither ASCII nor valid UTF-8; or a
    # subject, X-Mailer or name contains a control character. If 'strict' is 0 (the
    # default), the library sends the text as described under set_char_set in
    # the first case, and replaces each control character with a space in the
    # second case. CR and LF within a subject, X-Mailer or name are always refused.
    def set_strict(strict = true)
      check(:SetStrict, strict)
    end

    # 1 requests a read receipt (message disposition notification, RFC 8098), to be
    # sent to the address in Reply-To, or to the sender if there is no Reply-To. 0
    # (the default) requests none.
    def set_read_receipt(request_receipt = true)
      check(:SetReadReceipt, request_receipt)
    end

    # Sets the priority shown to the recipient: XPRIORITY_... Any other number
    # means XPRIORITY_NORMAL, which adds no field, because spam filters treat
    # a priority field in normal mail as suspicious.
    def set_x_priority(priority)
      check(:SetXPriority, priority)
    end

    # 1 sends the lines of the body as HTML; 0 (the default) sends them as plain
    # text. In class CSmtp this is the member m_bHTML.
    def set_html(html = true)
      check(:SetHTML, html)
    end

    # Returns 1 if the lines of the body are HTML, else 0.
    def get_html
      bool(:GetHTML)
    end

    # Return what the setters stored; "" if nothing was set. get_mail_from
    # returns the address that set_sender_mail stored.
    def get_subject
      text(:GetSubject)
    end

    # Return what the setters stored; "" if nothing was set. get_mail_from
    # returns the address that set_sender_mail stored.
    def get_sender_name
      text(:GetSenderName)
    end

    # Return what the setters stored; "" if nothing was set. get_mail_from
    # returns the address that set_sender_mail stored.
    def get_mail_from
      text(:GetMailFrom)
    end

    # Return what the setters stored; "" if nothing was set. get_mail_from
    # returns the address that set_sender_mail stored.
    def get_reply_to
      text(:GetReplyTo)
    end

    # Return what the setters stored; "" if nothing was set. get_mail_from
    # returns the address that set_sender_mail stored.
    def get_x_mailer
      text(:GetXMailer)
    end

    # Returns the priority: XPRIORITY_...
    def get_x_priority
      number(:GetXPriority)
    end

    # Sets the server. 'server' is a host name, an IP address, or a list of
    # servers, such as "a.example:587, b.example:465, [::1]:25", which are tried in
    # order. The library goes on to the next server if a server cannot be reached
    # or replies 4yz to the login or to MAIL, or if the connection is lost before
    # the whole mail has been sent. It never resends a mail that may have been
    # delivered. See also set_server_pause. 'port' applies if 'server', or an
    # entry of the list, has no port of its own; 0 means 25, or 465 with
    # USE_SSL. If 'authenticate' is 1, the library logs in to every server
    # that offers AUTH; if 'authenticate' is 0, the library never logs in.
    # Connecting fails if 'server' is invalid.
    def set_smtp_server(server, port = 0, authenticate = true)
      check(:SetSMTPServer, server, port, authenticate)
    end

    # Sets the security type: NO_SECURITY (the default), USE_TLS,
    # USE_SSL or USE_TLS_IF_OFFERED. DO_NOT_SET changes nothing.
    # Returns BAD_ARGUMENT for any other number.
    def set_security_type(security_type)
      check(:SetSecurityType, security_type)
    end

    # Returns the security type.
    def get_security_type
      number(:GetSecurityType)
    end

    # Set the login, and the password. "" clears the value. The library never
    # shows a password in an error text or a log.
    def set_login(login)
      check(:SetLogin, login)
    end

    # Set the login, and the password. "" clears the value. The library never
    # shows a password in an error text or a log.
    def set_password(password)
      check(:SetPassword, password)
    end

    # Sets the name sent with EHLO. "" restores the default: without a proxy, the
    # name of this host; with a proxy, "[127.0.0.1]", so that the server learns
    # neither the name nor the address of this host.
    def set_local_host_name(name)
      check(:SetLocalHostName, name)
    end

    # Returns the name that set_local_host_name set, or else the name of this
    # host.
    def get_local_host_name
      text(:GetLocalHostName)
    end

    # Returns the local IP address of the open session. Without a session, returns
    # the address that this host's name resolves to, or "" if the name has no
    # address. With a proxy but no session, the function looks up no name and
    # returns "".
    def get_local_host_ip
      text(:GetLocalHostIP)
    end

    # Closes the session if one is open, connects to a server, starts TLS and logs
    # in. 'server', 'port' and 'authenticate' have the same meaning as in
    # set_smtp_server, but are not stored. security_type is stored unless it is
    # DO_NOT_SET. Each of 'login' and 'password' is stored unless it is nil
    # or "".
    #
    # The next mails use this session. If a setting on which the session depends
    # has changed, the next mail opens a new session. The session depends on the
    # server or its domain (set_server_domain), the security type, the login,
    # the password, the token, the mechanism, the TLS settings, the proxy, the
    # local address, the local host name, LMTP and the extensions that are turned
    # off. Clearing a login, password or token does not count as a change. New
    # timeouts and a new log apply to the open session.
    def connect_remote_server(server, port = 0, security_type = 3, authenticate = true, login = nil, password = nil)
      during(:ConnectRemoteServer, server, port, security_type, authenticate, login, password)
    end

    # Closes the session with QUIT, waiting at most TIMEOUT_QUIT for the
    # reply. Returns 0 if there is no session, or if the server has already closed it
    # or does not reply in time, and COMMAND_QUIT if the server refused
    # QUIT.
    def disconnect_remote_server
      during(:DisconnectRemoteServer)
    end

    # Sends the message over the open session. If no session is open, the function
    # opens one and closes it after the mail. The mail goes to all recipients or to
    # none, unless set_partial_delivery(h, 1) was called. If the mail
    # transaction fails, the session is closed. After any error, the handle can be
    # used again, and get_outcome returns the outcome of the mail.
    def deliver
      during(:Send)
    end

    # Returns the error number of the last failed call on h. Returns 0 if none has
    # failed, or after a call that sent mail or connected successfully. If h is 0,
    # returns the error number of this thread's last call to a function that makes
    # a handle, such as new, or of its last call with an invalid handle,
    # whichever is later.
    def get_last_error
      number(:GetLastError)
    end

    # Returns the text of the last error: the sentence for the error number
    # (get_error_text), then what was being done, what the server said and what
    # to do. The text never shows a secret. If the server quotes a password or
    # token, even encoded (in base64, for example), the library replaces the secret
    # with "****" in every text, reply, result row and log line. A secret of fewer
    # than four characters is replaced only where it stands alone: in quotes or
    # brackets, or at the end of a line after a colon or "=".
    def get_last_error_text
      text(:GetLastErrorText)
    end

    # Returns the reply that caused the error, such as "530 5.7.0 Access denied".
    # After a successful send, returns the reply that accepted the mail. Returns ""
    # if there is no such reply.
    def get_last_reply
      text(:GetLastReply)
    end

    # Returns the reply code of that reply, such as 530; 0 if there is none.
    def get_last_reply_code
      number(:GetLastReplyCode)
    end

    # Returns the enhanced status code of that reply, such as "5.7.0" (RFC 3463); ""
    # if there is none.
    def get_last_enhanced_code
      text(:GetLastEnhancedCode)
    end

    # Returns the outcome of the last attempt to send:
    #
    # ACCEPTED: the server accepted the mail for all recipients.
    #
    # PARTIAL: the server accepted the mail for some of the recipients
    # (set_partial_delivery, LMTP, or several transactions).
    #
    # REJECTED_TEMPORARY, REJECTED_PERMANENT: the server refused MAIL
    # or a later command. TEMPORARY means that the reply was 4yz, PERMANENT that it
    # was 5yz.
    #
    # NOT_SENT: the attempt failed before MAIL was sent (for example, at the
    # login), or the connection was lost before the last octet of the message was
    # sent.
    #
    # IN_DOUBT: the last octet was sent, but the connection was lost before
    # the reply, or the library cannot tell to which command a reply belongs. The
    # mail may have been delivered, and a second attempt may deliver a second copy
    # (RFC 1047).
    #
    # Over SMTP and LMTP, a mail is never IN_DOUBT if a reply has arrived that
    # certainly belongs to its message.
    #
    # If a reply decided the outcome, and the outcome is not IN_DOUBT, then the
    # error number, the error text, the text of the reply and the codes all
    # describe that reply. If a mail was refused more than once, the reply used is
    # the first permanent refusal (5yz) in the order of the recipients, or else the
    # first temporary one (4yz). The same rule applies to LMTP, to BDAT, to a mail
    # sent in several transactions (LIMITS RCPTMAX, RFC 9422), and to each mail of
    # a batch. For ACCEPTED, and for PARTIAL if the send returns 0,
    # get_last_reply and the codes describe the reply that accepted the mail.
    # For PARTIAL, if the send returns an error, the error number, the error text,
    # the reply and the codes describe the failure for the other recipients.
    #
    # If the connection is lost after a refusal and before the message is sent, the
    # refusal decides the outcome. There is one exception: if partial delivery is
    # allowed and the server accepted another recipient after the refusal, the
    # outcome is NOT_SENT.
    #
    # If partial delivery is off and the server does not offer PIPELINING, the
    # library sends no more RCPT after the first refusal. get_result_code
    # returns 0 for a recipient without a reply.
    #
    # Each reply belongs to one command. If a reply is missing or there is one too
    # many, replies no longer match the commands: the error is
    # UNDEF_XYZ_RESPONSE. The mail is then IN_DOUBT if its last octet was
    # sent and the library cannot say with certainty which reply belongs to its
    # message.
    def get_outcome
      number(:GetOutcome)
    end

    # Replaces all lines of the body with 'text'. A line end at the end of 'text' does
    # not add an empty line.
    def set_text_body(text)
      check(:SetTextBody, text)
    end

    # Adds an HTML form of the body to the plain text (multipart/alternative). ""
    # removes the HTML form.
    def set_html_body(html)
      check(:SetHTMLBody, html)
    end

    # 1 marks the plain text as format=flowed (RFC 3676), and breaks its long lines
    # so that mail programs can join them again. If a line of the program's text
    # ends in a space, the next line is its continuation, unless the next line is
    # empty, has a different number of quote marks (">"), or is "-- ", the line
    # before a signature. 0 is the default.
    def set_flowed(flowed = true)
      check(:SetFlowed, flowed)
    end

    # 1 sends 8-bit text without an encoding if the server offers 8BITMIME (RFC
    # 6152). 0 (the default) encodes 8-bit text as quoted-printable or base64,
    # which every server relays unchanged.
    def set_eight_bit(eight_bit = true)
      check(:SetEightBit, eight_bit)
    end

    # Attaches a file under another name or with a content type of your choice. The
    # parameters name and content_type may be nil or "", which means that the
    # library derives the value from 'path'. A name that consists of blanks counts
    # as "". Only the last component of a name or path is sent.
    def add_attachment_as(path, name = nil, content_type = nil)
      check(:AddAttachmentAs, path, name, content_type)
    end

    # Add an image from a file, or from 'size' octets at 'data', which the library
    # copies. The HTML body shows the image with <img src="cid:CONTENT_ID"> (RFC
    # 2392).
    def add_inline_image(path, content_id)
      check(:AddInlineImage, path, content_id)
    end

    # Adds an invitation or another calendar message (RFC 6047). 'method' is its
    # iCalendar METHOD, such as "REQUEST"; 'calendar' is the iCalendar text. If both
    # are "", the function removes the calendar message.
    def set_calendar(method, calendar)
      check(:SetCalendar, method, calendar)
    end

    # Adds a header field, such as Content-Language. Building the message returns
    # BAD_INPUT if the field has its own function, such as Subject, or is
    # reserved for the library or for servers.
    def add_header(name, value)
      check(:AddHeader, name, value)
    end

    # Removes the fields that add_header added.
    def del_headers
      check(:DelHeaders)
    end

    # Sets the Message-ID: "<left@right>", with or without the brackets. With "" (the
    # default), the library makes a new one for each mail. Returns BAD_INPUT for
    # anything else (RFC 5322, section 3.6.4).
    def set_message_id(message_id)
      check(:SetMessageID, message_id)
    end

    # Returns the Message-ID that was set, or else that of the mail that was last
    # sent, saved or rendered; "" after clear_message.
    def get_message_id
      text(:GetMessageID)
    end

    # Sets the Date, in seconds since 1970-01-01 UTC. 0 (the default) means the time
    # of sending. Returns BAD_ARGUMENT if the year is before 1900 or after 9999,
    # and for -1, which time and mktime return on failure.
    def set_date(seconds)
      check(:SetDate, seconds)
    end

    # Adds an author to From, after the address that set_sender_mail sets. The
    # parameter name may be nil. A mail with several authors has a Sender (RFC
    # 5322, section 3.6.2): the one that set_sender set, or else the first
    # author. Returns UNDEF_RECIPIENT_MAIL if 'email' is nil.
    def add_from(email, name = nil)
      check(:AddFrom, email, name)
    end

    # Sets the Sender: the address of the person who submits the mail for its
    # authors. The parameter name may be nil.
    def set_sender(email, name = nil)
      check(:SetSender, email, name)
    end

    # Set In-Reply-To and References: Message-IDs separated by spaces, or a value
    # that is copied from a received mail. The functions use only the identifiers
    # that are in angle brackets, and ignore everything else (RFC 5322, section
    # 4.5.4). If there are more than 20 References, only the first one and the last
    # 19 are sent. "" removes the field.
    def set_in_reply_to(message_ids)
      check(:SetInReplyTo, message_ids)
    end

    # Set In-Reply-To and References: Message-IDs separated by spaces, or a value
    # that is copied from a received mail. The functions use only the identifiers
    # that are in angle brackets, and ignore everything else (RFC 5322, section
    # 4.5.4). If there are more than 20 References, only the first one and the last
    # 19 are sent. "" removes the field.
    def set_references(message_ids)
      check(:SetReferences, message_ids)
    end

    # Sets Auto-Submitted (RFC 3834): "auto-generated" or "auto-replied". ""
    # removes the field.
    def set_auto_submitted(keyword)
      check(:SetAutoSubmitted, keyword)
    end

    # Sets List-Unsubscribe (RFC 2369), such as "<https://...>, <mailto:...>". If
    # one_click is 1, List-Unsubscribe-Post (RFC 8058) is added. "" removes both
    # fields.
    def set_list_unsubscribe(uris, one_click = false)
      check(:SetListUnsubscribe, uris, one_click)
    end

    # Sets the pass phrase for the keys and files that are passed afterwards to
    # add_dkim_key, add_dkim_key_file, set_smime_key,
    # set_smime_key_file, set_client_certificate, set_ca_file and
    # set_oauth2_certificate. The function does not affect keys and files that
    # are already set. "" clears the pass phrase.
    def set_key_passphrase(passphrase)
      check(:SetKeyPassphrase, passphrase)
    end

    # Adds a DKIM signature (RFC 6376, RFC 8463). 'key' is the text of a private key,
    # RSA or Ed25519. One signature is made per key. Returns BAD_INPUT if the
    # key, the domain or the selector is invalid.
    def add_dkim_key(domain, selector, key)
      check(:AddDKIMKey, domain, selector, key)
    end

    # Adds a DKIM signature, as add_dkim_key does, with the key in a file.
    # Returns FILE_NOT_EXIST if the file cannot be read.
    def add_dkim_key_file(domain, selector, path)
      check(:AddDKIMKeyFile, domain, selector, path)
    end

    # Removes all DKIM keys.
    def del_dkim_keys
      check(:DelDKIMKeys)
    end

    # Signs with S/MIME (RFC 8551). 'certificate' is the text of a certificate and
    # its chain, and 'key' is the text of the private key, RSA or ECDSA. If 'key'
    # is "", 'certificate' must also contain the key. If 'certificate' is "",
    # S/MIME signing is turned off. Signing is also turned off if the certificate
    # or the key is invalid; the function then returns BAD_INPUT.
    def set_smime_key(certificate, key)
      check(:SetSMIMEKey, certificate, key)
    end

    # Signs with S/MIME, as set_smime_key does, with the certificate and the key
    # in files. The parameter key_file may be nil or "" if certificate_file also
    # contains the key. Returns FILE_NOT_EXIST if a file cannot be read.
    def set_smime_key_file(certificate_file, key_file = nil)
      check(:SetSMIMEKeyFile, certificate_file, key_file)
    end

    # Writes to a file (.eml) the octets that render_message returns. A new
    # file gets its mode from the umask. An existing file keeps its mode, even if
    # 'path' is a symbolic link to it. The existing file is replaced only after all
    # octets have been written, so an error leaves it unchanged. Returns
    # FILE_NOT_EXIST if the file cannot be written.
    def save_message(path)
      during(:SaveMessage, path)
    end

    # 1 (the default) verifies the server's certificate. 0 accepts any certificate;
    # this gives no protection against an active attacker.
    def set_verify_peer(verify = true)
      check(:SetVerifyPeer, verify)
    end

    # Sets a file of certificate authorities to trust instead of those of the
    # system. "" restores the system's authorities. A certificate in OpenSSL's
    # format "BEGIN TRUSTED CERTIFICATE" is used only if its trust settings include
    # TLS servers.
    def set_ca_file(path)
      check(:SetCAFile, path)
    end

    # Sets a directory of files of certificate authorities, which are used like the
    # file of set_ca_file. If a file and a directory are set, the authorities
    # of both are trusted.
    def set_ca_directory(path)
      check(:SetCADirectory, path)
    end

    # Sets the files of the client's certificate and of its private key. The
    # parameter key_file may be nil or "" if certificate_file also contains the
    # key. A certificate_file of "" removes the certificate. If the key is
    # encrypted, call set_key_passphrase first.
    def set_client_certificate(certificate_file, key_file = nil)
      check(:SetClientCertificate, certificate_file, key_file)
    end

    # Accepts only a server that has one of the public keys in 'pins':
    # "sha256//BASE64", or several of these separated by ";", as in curl. ""
    # removes the pins. The certificate is verified as well. Returns
    # BAD_ARGUMENT if 'pins' has any other form.
    def set_pinned_public_key(pins)
      check(:SetPinnedPublicKey, pins)
    end

    # Set the oldest and the newest TLS version to accept: TLS_1_0 to
    # TLS_1_3. 0 restores the default: 1.2 for the oldest, and no upper
    # limit. An upper limit helps with servers that implement a newer version
    # incorrectly. Return BAD_ARGUMENT for any other number.
    def set_tls_min_version(version)
      check(:SetTLSMinVersion, version)
    end

    # Set the oldest and the newest TLS version to accept: TLS_1_0 to
    # TLS_1_3. 0 restores the default: 1.2 for the oldest, and no upper
    # limit. An upper limit helps with servers that implement a newer version
    # incorrectly. Return BAD_ARGUMENT for any other number.
    def set_tls_max_version(version)
      check(:SetTLSMaxVersion, version)
    end

    # Sets the host name that the certificate must have, if it differs from the name
    # of the server. "" restores the name of the server.
    def set_tls_server_name(name)
      check(:SetTLSServerName, name)
    end

    # Returns the TLS version and the cipher suite of the open session, such as "TLS
    # 1.3, TLS_AES_128_GCM_SHA256"; "" without TLS or without a session.
    def get_tls_info
      text(:GetTLSInfo)
    end

    # Returns one field of a certificate that the server presented in the open
    # session. 'field' is CERTIFICATE_... Index 0 is the server's own
    # certificate; the higher indexes are its chain. Returns "" if there is no such
    # certificate.
    def get_peer_certificate(index, field)
      text(:GetPeerCertificate, index, field)
    end

    # Sets the SASL mechanisms to try, in order, separated by spaces, for example
    # "XOAUTH2" or "SCRAM-SHA-256 PLAIN". "" restores the default: the strongest that
    # the server offers. Returns BAD_ARGUMENT for an unknown mechanism; the
    # error text lists the known ones.
    def set_auth_mechanism(mechanisms)
      check(:SetAuthMechanism, mechanisms)
    end

    # Sets the identity to act as (authorization identity, RFC 4422), if it differs
    # from the identity of the login. "" clears it.
    def set_authorization_id(id)
      check(:SetAuthorizationID, id)
    end

    # Allows or forbids logins over an unencrypted connection (NO_SECURITY).
    # 0 never sends a password or a token in the clear. 1 allows both, if the
    # server offers no mechanism that protects them. If this function is not
    # called, the library can send a password in the clear, but not a token: if a
    # token is set, connecting and sending return LOGIN_NOT_SUPPORTED before
    # a connection is made. With USE_TLS_IF_OFFERED, the library never logs in
    # without TLS.
    def set_clear_login(allow = true)
      check(:SetClearLogin, allow)
    end

    # 1 requires a login: if the server does not offer AUTH, or if authentication is
    # turned off, connecting and sending return LOGIN_NOT_SUPPORTED. 0 restores
    # the default: a server that does not offer AUTH receives the mail without a
    # login, which the log and get_login_skipped report.
    def set_login_required(required = true)
      check(:SetLoginRequired, required)
    end

    # Sets an OAuth 2.0 access token, which is used instead of the password, with
    # XOAUTH2 or OAUTHBEARER (RFC 7628). "" clears the token.
    def set_access_token(token)
      check(:SetAccessToken, token)
    end

    # Let the library get its tokens itself, with client credentials or a refresh
    # token (RFC 6749, sections 4.4 and 6). token_url is an https URL,
    # "microsoft:TENANT" or "google". A scope of "" means the provider's scope for
    # mail. Handles with the same settings share their tokens. The library connects
    # to the server of token_url through the proxy of set_proxy. Return
    # BAD_ARGUMENT for an invalid argument. If no token is obtained, connecting
    # returns NO_TOKEN.
    def set_oauth2_client_credentials(token_url, client_id, client_secret, scope = "")
      check(:SetOAuth2ClientCredentials, token_url, client_id, client_secret, scope)
    end

    # Let the library get its tokens itself, with client credentials or a refresh
    # token (RFC 6749, sections 4.4 and 6). token_url is an https URL,
    # "microsoft:TENANT" or "google". A scope of "" means the provider's scope for
    # mail. Handles with the same settings share their tokens. The library connects
    # to the server of token_url through the proxy of set_proxy. Return
    # BAD_ARGUMENT for an invalid argument. If no token is obtained, connecting
    # returns NO_TOKEN.
    def set_oauth2_refresh_token(token_url, client_id, client_secret, refresh_token, scope = "")
      check(:SetOAuth2RefreshToken, token_url, client_id, client_secret, refresh_token, scope)
    end

    # Sets a file in which the library stores the tokens that it gets with the
    # settings of the other set_oauth2 functions. Processes that use the same
    # file share the tokens, and a new refresh token from the token server is not
    # lost. If no other set_oauth2 function is called, the file must come from
    # the program csmtp-login (see docs/oauth2.md): it then also contains the token
    # URL and the client id. Passing "", or calling set_access_token or
    # set_token_callback, clears the setting.
    #
    # If several processes need a new token, only one of them requests it. The file
    # is replaced as a whole, so that it is complete at all times. It must be a
    # regular file with the mode 0600 that belongs to the user, and not a symbolic
    # link; on Windows, only the user and administrators may have access. If the
    # file does not exist and another set_oauth2 function was called, the
    # library creates it. If the file does not exist and no such function was
    # called, or if the file is damaged or was written for another client id or
    # mailbox, connecting returns NO_TOKEN. If the file cannot be written,
    # the mail is sent anyway: see get_oauth2_token_file_error.
    def set_oauth2_token_file(path)
      check(:SetOAuth2TokenFile, path)
    end

    # Returns the reason why the token file could not be written or locked in the
    # last session; "" if there was no such error. The log also contains the
    # reason.
    def get_oauth2_token_file_error
      text(:GetOAuth2TokenFileError)
    end

    # Returns the new refresh token, if the token server has replaced the one that
    # was set. Returns "" if the token was not replaced, or if the new one is in
    # the token file. Store the result, because the old refresh token may no longer
    # be valid.
    def get_oauth2_refresh_token
      text(:GetOAuth2RefreshToken)
    end

    # Lets the library get its tokens with client credentials and a certificate
    # instead of a secret (RFC 7523, section 2.2). The certificate must have an RSA
    # key, and must be registered with the provider. The files are PEM, DER or PKCS
    # #12. The parameter key_file may be nil or "" if certificate_file also
    # contains the key. For an encrypted key or file, call set_key_passphrase
    # first. The files are read again for each session. 'algorithm' is "PS256" or
    # "RS256". The parameter algorithm may be nil or "", which means "PS256". The
    # parameter scope may be nil or "", which means the provider's scope for mail.
    # Returns FILE_NOT_EXIST if a file cannot be read. In all other respects,
    # the function works like set_oauth2_client_credentials.
    def set_oauth2_certificate(token_url, client_id, certificate_file, key_file = nil, algorithm = nil, scope = nil)
      check(:SetOAuth2Certificate, token_url, client_id, certificate_file, key_file, algorithm, scope)
    end

    # Lets the library get its tokens with client credentials and, instead of a
    # secret, a token of another identity provider (RFC 7523, section 2.2), such as
    # Kubernetes. assertion_file is the path of a file that contains this token.
    # The file is read for each request, because the provider replaces the token.
    # The file need not exist yet. The parameter scope may be nil or "", which
    # means the provider's scope for mail. In all other respects, the function
    # works like set_oauth2_client_credentials.
    def set_oauth2_assertion_file(token_url, client_id, assertion_file, scope = nil)
      check(:SetOAuth2AssertionFile, token_url, client_id, assertion_file, scope)
    end

    # Lets the library get its tokens as a Google service account with domain-wide
    # delegation (RFC 7523, section 2.1). key_file is the account's key file in
    # JSON. The file is read again for each session. 'mailbox' is the user for whom
    # the account acts. The parameter mailbox may be nil or "", which means the
    # login of set_login. The parameter scope may be nil or "", which means
    # https://mail.google.com/. Returns FILE_NOT_EXIST if the file cannot be
    # read, and BAD_ARGUMENT if the file is not the key file of a service
    # account.
    def set_oauth2_service_account(key_file, mailbox = nil, scope = nil)
      check(:SetOAuth2ServiceAccount, key_file, mailbox, scope)
    end

    # Lets the library get its tokens with the identity that a cloud provider has
    # assigned to this machine, so that no secret is stored. 'cloud' is "azure" or
    # "google", which may be followed by ":" and the URL of the metadata server.
    # This URL must be https, or http at a loopback or link-local address. By
    # default, "azure" uses the environment variables IDENTITY_ENDPOINT and
    # IDENTITY_HEADER, which App Service sets, or else the metadata server of
    # virtual machines; "google" uses the environment variable GCE_METADATA_HOST or
    # else the metadata server. client_id selects one of several identities: for
    # "azure" its client id, for "google" the address of a service account. The
    # parameters client_id and scope may be nil or "". With "google", the service
    # account acts for the user of set_login. The service account needs
    # domain-wide delegation, and the role Service Account Token Creator on itself.
    def set_oauth2_managed_identity(cloud, client_id = nil, scope = nil)
      check(:SetOAuth2ManagedIdentity, cloud, client_id, scope)
    end

    # Gets an access token without connecting to the mail server, to check the
    # settings. Returns NO_TOKEN if no token is obtained; the error text
    # contains the error of the token server and what to do. Returns
    # BAD_ARGUMENT if no source of tokens is set.
    def check_token
      during(:CheckToken)
    end

    # Returns the main claims in the token that the last check_token got, such
    # as "audience https://outlook.office365.com, roles SMTP.SendAsApp, expires
    # 2027-01-31T12:00:00Z"; "" if the token is not a JSON Web Token. The function
    # never returns the token itself.
    def get_token_info
      text(:GetTokenInfo)
    end

    # Returns the SASL mechanism used to log in to the open session, such as
    # "SCRAM-SHA-256-PLUS"; "" without a session or a login.
    def get_auth_mechanism_used
      text(:GetAuthMechanismUsed)
    end

    # Returns 1 if a login is set, but the library did not log in to the open
    # session (or to the last one, if none is open), because the server did not
    # offer AUTH; otherwise 0. See set_login_required.
    def get_login_skipped
      bool(:GetLoginSkipped)
    end

    # Uses the servers that 'domain' publishes (SRV records, RFC 6186 and RFC 8314)
    # instead of the server set with set_smtp_server. "" clears the domain: the
    # server of set_smtp_server is then used again. While a domain is set,
    # connecting returns BAD_ARGUMENT if the server of set_smtp_server is
    # a Unix socket, or if a proxy is set: a proxy cannot look up these records, and
    # a DNS query without the proxy would reveal where the mail goes.
    def set_server_domain(domain)
      check(:SetServerDomain, domain)
    end

    # Sets the local IP address to connect from. "" restores the default: the
    # system chooses the address. Connecting returns BAD_INPUT if 'address'
    # is not an IP address.
    def set_local_address(address)
      check(:SetLocalAddress, address)
    end

    # Connects through a proxy: "socks5://user:password@host:port", "http://..." or
    # "https://..." (CONNECT). "" removes the proxy. The proxy looks up the
    # server's name; this host looks up only the proxy's name. Connecting returns
    # BAD_INPUT if 'url' is invalid.
    def set_proxy(url)
      check(:SetProxy, url)
    end

    # Sets how mail is sent. "smtp", or "", is the default. "microsoft-graph" and
    # "gmail-api" send mail over HTTPS (port 443), for networks and tenants in
    # which SMTP is not possible. These transports use sendMail of Microsoft Graph
    # and messages.send of the Gmail API. Returns BAD_ARGUMENT for any other
    # name.
    #
    # The service gets the message that a mail server would get, plus a Bcc field.
    # The service removes this field before delivery. Both services require an
    # access token: see set_access_token, set_oauth2_client_credentials and
    # set_oauth2_refresh_token. Without a token, the error is NO_TOKEN.
    # The mail is sent from the mailbox that the login names; if no login is set,
    # it is sent from the mailbox to which the token belongs. The settings for
    # server, port, security type, password, EHLO name and service extensions are
    # not used. The proxy, the timeouts, the log and the TLS settings apply. If
    # set_proxy is not called, the proxy is that of the environment
    # (HTTPS_PROXY). Token requests go through the same proxy.
    #
    # The service reads the sender and the recipients from the header. Sending
    # therefore returns BAD_INPUT, and sends nothing, in these cases: the
    # reverse-path is not in From or Sender; the recipients of send_raw are
    # not those in To, Cc and Bcc; the message has Resent-* fields; or partial
    # delivery, DSN, REQUIRETLS, MT-PRIORITY, DELIVERBY, FUTURERELEASE or LMTP is
    # set. Microsoft Graph accepts messages of up to 3,145,728 octets (4 MiB in
    # base64), and the Gmail API up to 36,700,160. For a larger message, sending
    # returns MSG_TOO_BIG.
    #
    # The HTTP status decides the outcome. A status of 202 from Microsoft Graph
    # or 200 from the Gmail API means ACCEPTED. 429 and 503 are REJECTED_TEMPORARY: see
    # get_retry_after. 500, 502, 504 and a connection that is lost after the
    # last octet are IN_DOUBT. Other responses are REJECTED_PERMANENT. After 401,
    # the library gets a new token and tries once more. A redirect is not followed.
    # get_last_reply returns the response in the form of an SMTP reply, such as
    # "451 HTTP 429 Too Many Requests: ...", and get_queue_id returns the
    # message id of Gmail.
    #
    # connect_remote_server gets a token and opens the connection, which is
    # used for the next mails. keep_alive sends nothing, and opens the
    # connection again if the service has closed it. send_batch sends the
    # mails one after another, and stops at a response that also applies to the
    # next mails, such as 429. get_extensions and get_auth_mechanism_used
    # return "".
    def set_transport(transport)
      check(:SetTransport, transport)
    end

    # Sets the https URL of the service that set_transport has chosen, for
    # example "https://graph.microsoft.us" for a national cloud. "" restores the
    # default of the service. Returns BAD_ARGUMENT if 'url' is not an https
    # URL, or has a user, a query or a fragment. The access token is sent to this
    # server.
    def set_transport_endpoint(url)
      check(:SetTransportEndpoint, url)
    end

    # Sets how many seconds a server in a list is paused after it has failed.
    # During the pause, the library tries the other servers first. The default is
    # 60. With 0, servers that failed are not remembered. All handles of the
    # process share the record of failed servers.
    def set_server_pause(seconds)
      check(:SetServerPause, seconds)
    end

    # Turns off the service extensions named in 'extensions', which are separated
    # by spaces, for example "PIPELINING SIZE". The library does not use them even
    # if the server offers them, and get_extension does not return them. This
    # helps with servers that offer extensions that do not work. "" clears the
    # list. Returns BAD_ARGUMENT if 'extensions' contains STARTTLS (see
    # set_security_type) or anything that is not a keyword. The library itself
    # turns off PIPELINING in one case: if MAIL and RCPT are sent together to a
    # server for the first time, and the server does not reply to RCPT within 10
    # seconds, the library sends the mail over a new session without PIPELINING.
    # This happens at most once per handle and server, and the log says so.
    def set_extension_off(extensions)
      check(:SetExtensionOff, extensions)
    end

    # 1 uses LMTP (RFC 2033), with a reply for each recipient. 0 (the default) uses
    # SMTP. With both protocols, the server may be a Unix socket: "unix:/path".
    def set_lmtp(lmtp = true)
      check(:SetLMTP, lmtp)
    end

    # Sets the timeout of a step, in milliseconds. 'step' is TIMEOUT_... If
    # 'milliseconds' is 0, the default is restored. Returns BAD_ARGUMENT for
    # an unknown step.
    def set_timeout(step, milliseconds)
      check(:SetTimeout, step, milliseconds)
    end

    # Keeps the open session alive, because servers close idle sessions: sends NOOP
    # or, over HTTPS, connects again if the service has closed the connection.
    # Returns CONNECTION_CLOSED if there is no session, or if the connection
    # was lost.
    def keep_alive
      during(:KeepAlive)
    end

    # Returns the address and port that the open session is connected to, such as
    # "192.0.2.1:587" or "[2001:db8::1]:465", or the path of a Unix socket. With a
    # proxy, returns the proxy's address. Without a session, returns the address of
    # the last connection that the last attempt to send or connect opened, even if
    # that attempt then failed; "" if it opened no connection.
    def get_peer_address
      text(:GetPeerAddress)
    end

    # Returns the parameters of a service extension that the server offers in the
    # open session, such as "35882577" for "SIZE"; "" if the extension has no
    # parameters. Returns nil if the server does not offer the extension, or if
    # there is no session.
    def get_extension(name)
      nullable(:GetExtension, name)
    end

    # Returns all service extensions of the open session, sorted by name, one per
    # line, such as "8BITMIME\nSIZE 35882577\n". Returns "" if there are none, or if
    # there is no session.
    def get_extensions
      text(:GetExtensions)
    end

    # Sets the reverse-path, if it differs from the address of set_sender_mail:
    # one address without a name, or "<>" for the null reverse-path. "" restores the
    # sender's address.
    def set_envelope_from(email)
      check(:SetEnvelopeFrom, email)
    end

    # 1 sends the mail to the accepted recipients even if others are refused;
    # sending then fails only if no recipient is accepted. If the server refuses
    # recipients because one transaction has too many of them, the library sends
    # the mail to these recipients in further transactions. 0 (the default) sends
    # the mail to all recipients or to none.
    def set_partial_delivery(partial = true)
      check(:SetPartialDelivery, partial)
    end

    # Requests delivery status notifications (RFC 3461) for all recipients.
    # 'notify' is "NEVER", or one or more of "SUCCESS", "FAILURE" and "DELAY",
    # separated by commas. 'ret' is "FULL" or "HDRS". The notification contains
    # envelope_id. Each of the three arguments may be "". If the server does not
    # offer DSN, the mail is sent without the DSN parameters. clear_message
    # clears envelope_id, but neither 'notify' nor 'ret'. Returns
    # BAD_ARGUMENT if 'notify' or 'ret' is invalid.
    def set_dsn(notify, ret = "", envelope_id = "")
      check(:SetDSN, notify, ret, envelope_id)
    end

    # Requests notifications for one recipient; 'notify' has the same meaning as in
    # set_dsn. 'original' is the address to which the mail was originally sent,
    # or "".
    def set_recipient_dsn(email, notify, original = "")
      check(:SetRecipientDSN, email, notify, original)
    end

    # Sets how the message is transmitted (RFC 3030): DATA (the default),
    # BDAT or BINARY. BDAT needs CHUNKING; if the server does not
    # offer CHUNKING, DATA is used. BINARY needs BINARYMIME as well, and
    # sends attachments unencoded; if the server does not offer BINARYMIME,
    # BINARY has the same effect as BDAT. Returns BAD_ARGUMENT
    # for any other number.
    def set_chunking(mode)
      check(:SetChunking, mode)
    end

    # 1 requires TLS on every hop to the recipient (REQUIRETLS, RFC 8689). 0 is the
    # default.
    def set_require_tls(require = true)
      check(:SetRequireTLS, require)
    end

    # Sets the transfer priority, -9 to 9 (MT-PRIORITY, RFC 6710). Returns
    # BAD_ARGUMENT for any other number.
    def set_mt_priority(priority)
      check(:SetMTPriority, priority)
    end

    # Sets a time limit for the delivery, in seconds (DELIVERBY, RFC 2852). If the
    # mail is not delivered within that time, the server notifies the sender if
    # 'mode' is "N", or returns the mail if 'mode' is "R". If 'seconds' is 0, the
    # limit is cleared, and the parameter mode may be nil. Returns
    # BAD_ARGUMENT for any other 'mode'.
    def set_deliver_by(seconds, mode = nil)
      check(:SetDeliverBy, seconds, mode)
    end

    # Ask the server to hold the mail (FUTURERELEASE, RFC 4865). set_hold_for
    # asks it to hold the mail for 'seconds' seconds, and set_hold_until until
    # the time that is 'seconds' seconds after 1970-01-01 UTC. 0 clears the
    # request. set_hold_until returns BAD_ARGUMENT for a time that
    # set_date refuses.
    def set_hold_for(seconds)
      check(:SetHoldFor, seconds)
    end

    # Ask the server to hold the mail (FUTURERELEASE, RFC 4865). set_hold_for
    # asks it to hold the mail for 'seconds' seconds, and set_hold_until until
    # the time that is 'seconds' seconds after 1970-01-01 UTC. 0 clears the
    # request. set_hold_until returns BAD_ARGUMENT for a time that
    # set_date refuses.
    def set_hold_until(seconds)
      check(:SetHoldUntil, seconds)
    end

    # Sends the complete message in a file, as send_raw does. The parameters
    # from and recipients may be nil, with the same meaning as in send_raw.
    def send_raw_file(path, from = nil, recipients = nil)
      during(:SendRawFile, path, from, recipients)
    end

    # Returns the step in which the last call failed: PHASE_... If the
    # library found an invalid setting before it connected, returns the step that
    # would use this setting (for a missing password, PHASE_AUTH). Returns
    # PHASE_NONE if the error, such as an invalid argument, belongs to no
    # step, or if get_last_error returns 0.
    def get_phase
      number(:GetPhase)
    end

    # Returns the kind of the error of the last call: KIND_... Together with
    # the step, the kind distinguishes errors that have the same number. An example
    # is SERVER_NOT_RESPONDING: its kind is KIND_TIMEOUT,
    # KIND_REFUSED (the greeting was a refusal, such as 554) or
    # KIND_PROTOCOL (the greeting was not SMTP). Returns KIND_NONE if
    # get_last_error returns 0.
    def get_error_kind
      number(:GetErrorKind)
    end

    # Returns 1 if the last call failed because of the login, and the same login
    # will fail again: the login, password or token is missing, is wrong, or cannot
    # be sent with the mechanisms and the security type that are set; the account
    # is not permitted to use the mechanism; or the server requires a login.
    # Returns 0 after a temporary failure, such as the reply 454, and for all other
    # errors. If the result is 1, a program should ask for other credentials and
    # not try again, because servers lock accounts after several failures.
    def login_error?
      bool(:IsLoginError)
    end

    # Returns 1 if it makes sense to send the mail of the last attempt again later:
    # the attempt failed, nothing was delivered to any recipient, and the same call
    # may succeed without a change. Otherwise returns 0.
    #
    # It returns 1 for a reply of 4yz to any command, including AUTH; for a
    # connection that was refused, timed out, or was lost before the last octet of
    # the message was sent; for a name that could not be looked up; for a token
    # endpoint that cannot be reached or replies with HTTP status 429 or 5xx; and
    # for a file that changed while it was being sent.
    #
    # It returns 0 after success; for PARTIAL and IN_DOUBT; for a reply
    # of 5yz, such as 535 (wrong password) or 550; for an error in a certificate, a
    # setting or a text; for any file error except such a change; for an extension
    # that the server does not offer; and for a canceled call. After
    # send_batch(h, ...), the result for h is 1 only if the result for each of
    # the mails is 1; so the result is 0 if one of the mails was accepted, because
    # another call would send that mail again. Wait some minutes before each further attempt, and
    # limit the number of attempts.
    def safe_to_retry?
      bool(:IsSafeToRetry)
    end

    # Returns the number of seconds to wait before the next mail, if the service
    # chosen with set_transport has requested a delay (the HTTP field
    # Retry-After); otherwise 0.
    def get_retry_after
      number(:GetRetryAfter)
    end

    # Returns the server's queue id for the last mail that was accepted; "" if the
    # reply contains none.
    def get_queue_id
      text(:GetQueueID)
    end

    # Appends to a file the lines that a log callback would receive, each with the
    # time and the direction. "" ends the logging to the file. A new file gets mode
    # 0600. An existing file keeps its mode; if other users can read it, the log
    # contains a warning at each connection. Returns FILE_NOT_EXIST if the
    # file cannot be opened, or is a symbolic link. /dev/stdout and /dev/stderr
    # mean the program's descriptors 1 and 2; /dev/fd/N and /proc/self/fd/N mean
    # descriptor N. If that descriptor is later closed, or reused for another file,
    # no more lines are written. A FIFO needs a reader; lines are lost if the
    # reader reads nothing for one second.
    def set_log_file(path)
      check(:SetLogFile, path)
    end

    # Records in a file the sessions that are opened after this call, as a
    # transcript that csmtp-testserver can replay. Passwords, tokens and the
    # responses of a login are always masked. If 'contents' is 0, the messages are
    # left out, and these texts are replaced: mail addresses, even encoded ones;
    # their local parts and domains where they occur alone and have at least 3
    # characters; the login; the names of this host; and IP addresses. For the
    # details, see docs/recording.md. If 'contents' is not 0, the messages and all
    # these texts are recorded unchanged. If a later call to this function sets
    # 'contents' to 0 during a session, the rest of that session is recorded as if
    # 'contents' had been 0. The file is rewritten at the end of each library call
    # that uses the session, and gets mode 0600. If several handles of the process
    # record to the same file, the file contains the sessions of all of them; the
    # first session replaces the old content of the file. "" ends the recording.
    # Returns FILE_NOT_EXIST if the file cannot be written, is a symbolic
    # link, has other hard links, is not a regular file, or belongs to another
    # user.
    def set_record_file(path, contents = false)
      check(:SetRecordFile, path, contents)
    end
  end

  # The methods of Pool that only convert their arguments and call the C function of the same name.
  module PoolMethods
    # Sets the weight of a relay, from 1 (the default) to 1,000,000. The mails are
    # distributed in proportion to the weights.
    def set_weight(relay, weight)
      check(:PoolSetWeight, relay, weight)
    end

    # Sets the maximum number of sessions with a relay, from 1 to 1,000. The
    # default is 4.
    def set_sessions(relay, sessions)
      check(:PoolSetSessions, relay, sessions)
    end

    # Sets the rate of a relay: 'mails' mails per 'seconds' seconds (1 to 86,400),
    # evenly spaced. Any period of that length contains at most 'mails' + 1 mails.
    # If 'mails' is 0 (the default), there is no limit.
    def set_rate(relay, mails, seconds = 1)
      check(:PoolSetRate, relay, mails, seconds)
    end

    # Sets the number of mails after which a session is closed. 0 (the default) means no limit.
    def set_session_mails(relay, mails)
      check(:PoolSetSessionMails, relay, mails)
    end

    # Sets how long a session without a mail stays open, in milliseconds. The
    # default is 10,000.
    def set_idle(relay, milliseconds)
      check(:PoolSetIdle, relay, milliseconds)
    end

    # Sets the maximum number of mails that wait in the pool. The default is 1,000;
    # 0 means no limit.
    def set_queue(mails)
      check(:PoolSetQueue, mails)
    end

    # Sets the pause of a relay after a failure, in milliseconds: during the pause,
    # the relay gets no mail. The first pause is 'first' (the default is 1,000).
    # After each pause, the relay gets one mail. If this mail fails too, the next
    # pause is twice as long, but at most 'longest' (the default is 300,000).
    def set_pause(first, longest)
      check(:PoolSetPause, first, longest)
    end

    # Sets how long a mail waits for a relay if all relays have failed. The time is
    # in milliseconds, and begins with the call to submit. With 0 (the
    # default), the mail fails immediately.
    def set_patience(milliseconds)
      check(:PoolSetPatience, milliseconds)
    end

    # Returns one statistic of a relay; 'what' selects it (POOL_...).
    # Returns 0 if there is no such relay.
    def get_count(relay, what)
      number(:PoolGetCount, relay, what)
    end

    # Returns the number of mails that wait for a relay.
    def get_queued
      number(:PoolGetQueued)
    end

    # Return the name of a relay, and the text of the last error that the relay
    # caused. Return "" if there is no such relay or error.
    def get_relay_name(relay)
      text(:PoolGetRelayName, relay)
    end

    # Return the name of a relay, and the text of the last error that the relay
    # caused. Return "" if there is no such relay or error.
    def get_relay_error(relay)
      text(:PoolGetRelayError, relay)
    end
  end
end
