# SPDX-License-Identifier: MIT
"""Sends mail with libcsmtp: all functions of csmtp_c.h, with exceptions and type hints.

    import csmtp

    with csmtp.Mailer() as mail:
        mail.set_smtp_server("mail.example.org", 587)
        mail.set_security_type(csmtp.USE_TLS)
        mail.set_login("alice"); mail.set_password("secret")
        mail.set_sender_mail("alice@example.org")
        mail.add_recipient("bob@example.org", "Bob")
        mail.set_subject("Hello"); mail.set_text_body("Hello, Bob.")
        mail.send()

Copy this folder; it needs Python 3.9 and libcsmtp. Each method calls the C function
of its name, for example set_smtp_server calls CSmtp_SetSMTPServer; csmtp_c.h is the
manual. A call that fails raises Error.

Texts are str and are passed as UTF-8 (the default charset is "UTF-8"). For another
charset call set_char_set and pass bytes. Other Python threads run while a call waits.
A callback may raise: the call during which it runs is canceled and raises the same
exception. Callbacks of send_async run on a thread of the library: poll or wait raises
the exception of its done function; an exception of another callback cancels the mail
and is discarded.
"""
from __future__ import annotations

from ctypes import addressof, byref, c_char_p, c_int, c_size_t, create_string_buffer, memmove, string_at
from typing import Any, BinaryIO, Callable, NamedTuple, Optional, Sequence, Union

from ._library import LOG, PROGRESS, READ, TOKEN, Error, calls, error_text, guarded, lib, octets, tell_when_done, text, version
from ._numbers import *
from ._numbers import BAD_HANDLE, BUSY, DO_NOT_SET

Text = Union[str, bytes]


class Recipient(NamedTuple):
    """The result of the last mail for one recipient."""

    address: str
    accepted: bool
    code: int  # 0 if there was no reply
    enhanced_code: str
    reply: str


class Mailer:
    """Settings, a message, and a session while connected."""

    def __init__(self) -> None:
        self._own(lib.CSmtp_New())
        self.set_char_set("UTF-8")

    def _own(self, handle: int) -> None:
        self._handle = handle
        self._kept: dict[str, Any] = {}  # objects that C holds pointers to
        self._readers: list[Any] = []
        self._raised: list[BaseException] = []  # by the functions of send_async
        if not handle:
            raise Error(0, lib.CSmtp_GetLastError(0))

    def clone(self) -> Mailer:
        """Returns a copy with the same settings and message, without the connection."""
        other = Mailer.__new__(Mailer)
        other._own(lib.CSmtp_Clone(self._handle))
        other._kept, other._readers = dict(self._kept), list(self._readers)
        return other

    def close(self) -> None:
        """Ends the session and frees the handle. The mailer cannot be used afterwards."""
        handle, self._handle = getattr(self, "_handle", 0), 0
        lib.CSmtp_Free(handle)

    def __enter__(self) -> Mailer:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _call(self, name: str, *arguments: Any) -> int:
        before = calls.handle, calls.raised
        calls.handle, calls.raised = self._handle, None
        try:
            number = getattr(lib, "CSmtp_" + name)(self._handle, *map(octets, arguments))
            if calls.raised is not None:
                raise calls.raised
            return number
        finally:
            calls.handle, calls.raised = before

    def _do(self, name: str, *arguments: Any) -> None:
        number = self._call(name, *arguments)
        if number:
            raise Error(self._handle, number)

    def _get(self, name: str, *arguments: Any) -> str:
        return text(getattr(lib, "CSmtp_" + name)(self._handle, *map(octets, arguments)))

    def _count(self, name: str, *arguments: Any) -> int:
        return getattr(lib, "CSmtp_" + name)(self._handle, *arguments)

    # ---- The message (RFC 5322)

    def add_recipient(self, email: Text, name: Text = "") -> None:
        self._do("AddRecipient", email, name)
    def add_cc_recipient(self, email: Text, name: Text = "") -> None:
        self._do("AddCCRecipient", email, name)
    def add_bcc_recipient(self, email: Text, name: Text = "") -> None:
        self._do("AddBCCRecipient", email, name)
    def add_attachment(self, path: Text) -> None:
        self._do("AddAttachment", path)
    def add_msg_line(self, text: Text) -> None:
        self._do("AddMsgLine", text)
    def clear_message(self) -> None:
        """Clears everything that csmtp_c.h marks [message]: recipients, bodies, attachments, header
        fields and Message-ID, but not subject, sender and settings."""
        self._do("ClearMessage")
        self._readers.clear()
    def del_recipients(self) -> None:
        self._do("DelRecipients")
    def del_cc_recipients(self) -> None:
        self._do("DelCCRecipients")
    def del_bcc_recipients(self) -> None:
        self._do("DelBCCRecipients")
    def del_attachments(self) -> None:
        self._do("DelAttachments")
        self._readers.clear()
    def del_msg_lines(self) -> None:
        self._do("DelMsgLines")
    def del_msg_line(self, line: int) -> None:
        self._do("DelMsgLine", line)
    def mod_msg_line(self, line: int, text: Text) -> None:
        self._do("ModMsgLine", line, text)
    def get_recipient_count(self) -> int:
        return self._count("GetRecipientCount")
    def get_cc_recipient_count(self) -> int:
        return self._count("GetCCRecipientCount")
    def get_bcc_recipient_count(self) -> int:
        return self._count("GetBCCRecipientCount")
    def get_msg_lines(self) -> int:
        return self._count("GetMsgLines")
    def get_msg_line_text(self, line: int) -> str:
        """Returns a line. Raises IndexError if it does not exist."""
        found = lib.CSmtp_GetMsgLineText(self._handle, line)
        if found is None:
            raise IndexError(text(lib.CSmtp_GetLastErrorText(self._handle)))
        return text(found)
    def set_subject(self, subject: Text) -> None:
        self._do("SetSubject", subject)
    def set_sender_name(self, name: Text) -> None:
        self._do("SetSenderName", name)
    def set_sender_mail(self, email: Text) -> None:
        self._do("SetSenderMail", email)
    def set_reply_to(self, reply_to: Text) -> None:
        self._do("SetReplyTo", reply_to)
    def set_x_mailer(self, x_mailer: Text) -> None:
        self._do("SetXMailer", x_mailer)
    def set_char_set(self, charset: Text) -> None:
        self._do("SetCharSet", charset)
    def set_read_receipt(self, request_receipt: bool = True) -> None:
        self._do("SetReadReceipt", request_receipt)
    def set_x_priority(self, priority: int) -> None:
        self._do("SetXPriority", priority)
    def set_html(self, html: bool = True) -> None:
        self._do("SetHTML", html)
    def get_html(self) -> bool:
        return bool(self._count("GetHTML"))
    def get_subject(self) -> str:
        return self._get("GetSubject")
    def get_sender_name(self) -> str:
        return self._get("GetSenderName")
    def get_mail_from(self) -> str:
        return self._get("GetMailFrom")
    def get_reply_to(self) -> str:
        return self._get("GetReplyTo")
    def get_x_mailer(self) -> str:
        return self._get("GetXMailer")
    def get_x_priority(self) -> int:
        return self._count("GetXPriority")

    # ---- The server

    def set_smtp_server(self, server: Text, port: int = 0, authenticate: bool = True) -> None:
        self._do("SetSMTPServer", server, port, authenticate)
    def set_security_type(self, security_type: int) -> None:
        self._do("SetSecurityType", security_type)
    def get_security_type(self) -> int:
        return self._count("GetSecurityType")
    def set_login(self, login: Text) -> None:
        self._do("SetLogin", login)
    def set_password(self, password: Text) -> None:
        self._do("SetPassword", password)
    def set_local_host_name(self, name: Text) -> None:
        self._do("SetLocalHostName", name)
    def get_local_host_name(self) -> str:
        return self._get("GetLocalHostName")
    def get_local_host_ip(self) -> str:
        return self._get("GetLocalHostIP")
    def connect_remote_server(self, server: Text, port: int = 0, security_type: int = DO_NOT_SET, authenticate: bool = True,
                              login: Optional[Text] = None, password: Optional[Text] = None) -> None:
        self._do("ConnectRemoteServer", server, port, security_type, authenticate, login, password)
    def disconnect_remote_server(self) -> None:
        self._do("DisconnectRemoteServer")
    def send(self) -> None:
        self._do("Send")

    # ---- What happened

    def get_last_error(self) -> int:
        return self._count("GetLastError")
    def get_last_error_text(self) -> str:
        return self._get("GetLastErrorText")
    def get_last_reply(self) -> str:
        return self._get("GetLastReply")
    def get_last_reply_code(self) -> int:
        return self._count("GetLastReplyCode")
    def get_last_enhanced_code(self) -> str:
        return self._get("GetLastEnhancedCode")
    def get_outcome(self) -> int:
        return self._count("GetOutcome")

    # ---- Body and parts

    def set_text_body(self, text: Text) -> None:
        self._do("SetTextBody", text)
    def set_html_body(self, html: Text) -> None:
        self._do("SetHTMLBody", html)
    def set_flowed(self, flowed: bool = True) -> None:
        self._do("SetFlowed", flowed)
    def set_eight_bit(self, eight_bit: bool = True) -> None:
        self._do("SetEightBit", eight_bit)
    def add_attachment_as(self, path: Text, name: Text = "", content_type: Text = "") -> None:
        self._do("AddAttachmentAs", path, name, content_type)
    def add_attachment_data(self, name: Text, data: bytes, content_type: Optional[Text] = None) -> None:
        self._do("AddAttachmentData", name, content_type, c_char_p(bytes(data)), len(data))

    def add_attachment_reader(self, name: Text, file: BinaryIO, content_type: Optional[Text] = None, size: int = -1) -> None:
        """Attaches a seekable file, which is read from its beginning when the mail is sent."""

        def read(user: int, buffer: int, capacity: int) -> int:
            if capacity == 0:
                file.seek(0)
                return 0
            data = file.read(capacity)
            memmove(buffer, data, len(data))
            return len(data)

        function = READ(guarded(read, -1))
        self._do("AddAttachmentReader", name, content_type, size, function, None)
        self._readers.append(function)

    def add_inline_image(self, path: Text, content_id: Text) -> None:
        self._do("AddInlineImage", path, content_id)
    def add_inline_image_data(self, content_id: Text, name: Text, data: bytes, content_type: Optional[Text] = None) -> None:
        self._do("AddInlineImageData", content_id, name, content_type, c_char_p(bytes(data)), len(data))
    def set_calendar(self, method: Text, calendar: Text) -> None:
        self._do("SetCalendar", method, calendar)

    # ---- Header fields

    def add_header(self, name: Text, value: Text) -> None:
        self._do("AddHeader", name, value)
    def del_headers(self) -> None:
        self._do("DelHeaders")
    def set_message_id(self, message_id: Text) -> None:
        self._do("SetMessageID", message_id)
    def get_message_id(self) -> str:
        return self._get("GetMessageID")
    def set_date(self, seconds: int) -> None:
        self._do("SetDate", seconds)
    def add_from(self, email: Text, name: Text = "") -> None:
        self._do("AddFrom", email, name)
    def set_sender(self, email: Text, name: Text = "") -> None:
        self._do("SetSender", email, name)
    def set_in_reply_to(self, message_ids: Text) -> None:
        self._do("SetInReplyTo", message_ids)
    def set_references(self, message_ids: Text) -> None:
        self._do("SetReferences", message_ids)
    def set_auto_submitted(self, keyword: Text) -> None:
        self._do("SetAutoSubmitted", keyword)
    def set_list_unsubscribe(self, uris: Text, one_click: bool = False) -> None:
        self._do("SetListUnsubscribe", uris, one_click)

    # ---- Signatures

    def add_dkim_key(self, domain: Text, selector: Text, key: Text) -> None:
        self._do("AddDKIMKey", domain, selector, key)
    def del_dkim_keys(self) -> None:
        self._do("DelDKIMKeys")
    def set_smime_key(self, certificate: Text, key: Text) -> None:
        self._do("SetSMIMEKey", certificate, key)

    # ---- The message without a connection

    def render_message(self) -> bytes:
        """Returns the octets that would be sent."""
        data, size = c_char_p(), c_size_t()
        self._do("RenderMessage", byref(data), byref(size))
        return string_at(data, size.value)

    def save_message(self, path: Text) -> None:
        self._do("SaveMessage", path)

    # ---- TLS

    def set_verify_peer(self, verify: bool = True) -> None:
        self._do("SetVerifyPeer", verify)
    def set_ca_file(self, path: Text) -> None:
        self._do("SetCAFile", path)
    def set_ca_directory(self, path: Text) -> None:
        self._do("SetCADirectory", path)
    def set_client_certificate(self, certificate_file: Text, key_file: Text = "") -> None:
        self._do("SetClientCertificate", certificate_file, key_file)
    def set_pinned_public_key(self, pins: Text) -> None:
        self._do("SetPinnedPublicKey", pins)
    def set_tls_min_version(self, version: int) -> None:
        self._do("SetTLSMinVersion", version)
    def set_tls_max_version(self, version: int) -> None:
        self._do("SetTLSMaxVersion", version)
    def set_tls_server_name(self, name: Text) -> None:
        self._do("SetTLSServerName", name)
    def get_tls_info(self) -> str:
        return self._get("GetTLSInfo")
    def get_peer_certificate(self, index: int, field: int) -> str:
        """Returns a field (CERTIFICATE_...) of a certificate of the open session; index 0 is the
        server's own."""
        return self._get("GetPeerCertificate", index, field)

    # ---- Login

    def set_auth_mechanism(self, mechanisms: Text) -> None:
        self._do("SetAuthMechanism", mechanisms)
    def set_authorization_id(self, id: Text) -> None:
        self._do("SetAuthorizationID", id)
    def set_clear_login(self, allow: bool = True) -> None:
        self._do("SetClearLogin", allow)
    def set_access_token(self, token: Text) -> None:
        self._do("SetAccessToken", token)
    def set_token_callback(self, fn: Optional[Callable[[bool], Optional[Text]]]) -> None:
        """fn(refused) returns an access token, or None. refused is True if the server refused the last
        one."""
        given: list[Any] = [None]

        def token(user: int, refused: int) -> Optional[int]:
            found = fn(bool(refused))
            given[0] = None if found is None else create_string_buffer(octets(found))
            return None if found is None else addressof(given[0])

        self._set_callback("SetTokenCallback", fn and TOKEN(guarded(token, None)))

    def _set_callback(self, name: str, function: Any) -> None:
        self._do(name, function, None)
        self._kept[name] = function
    def set_oauth2_client_credentials(self, token_url: Text, client_id: Text, client_secret: Text,
                                      scope: Text = "") -> None:
        self._do("SetOAuth2ClientCredentials", token_url, client_id, client_secret, scope)
    def set_oauth2_refresh_token(self, token_url: Text, client_id: Text, client_secret: Text,
                                 refresh_token: Text, scope: Text = "") -> None:
        self._do("SetOAuth2RefreshToken", token_url, client_id, client_secret, refresh_token, scope)
    def get_oauth2_refresh_token(self) -> str:
        return self._get("GetOAuth2RefreshToken")
    def get_auth_mechanism_used(self) -> str:
        return self._get("GetAuthMechanismUsed")

    # ---- Connecting

    def set_server_domain(self, domain: Text) -> None:
        self._do("SetServerDomain", domain)
    def set_local_address(self, address: Text) -> None:
        self._do("SetLocalAddress", address)
    def set_proxy(self, url: Text) -> None:
        self._do("SetProxy", url)
    def set_lmtp(self, lmtp: bool = True) -> None:
        self._do("SetLMTP", lmtp)
    def set_timeout(self, step: int, milliseconds: int) -> None:
        self._do("SetTimeout", step, milliseconds)
    def keep_alive(self) -> None:
        self._do("KeepAlive")
    def get_peer_address(self) -> str:
        return self._get("GetPeerAddress")
    def get_extension(self, name: Text) -> Optional[str]:
        """Returns the parameters of a service extension, or None if it is not offered."""
        found = lib.CSmtp_GetExtension(self._handle, octets(name))
        return None if found is None else text(found)
    def get_extensions(self) -> str:
        """Returns all service extensions, one per line."""
        return self._get("GetExtensions")

    # ---- The envelope

    def set_envelope_from(self, email: Text) -> None:
        self._do("SetEnvelopeFrom", email)
    def set_partial_delivery(self, partial: bool = True) -> None:
        self._do("SetPartialDelivery", partial)
    def set_dsn(self, notify: Text, ret: Text, envelope_id: Text) -> None:
        self._do("SetDSN", notify, ret, envelope_id)
    def set_recipient_dsn(self, email: Text, notify: Text, original: Text) -> None:
        self._do("SetRecipientDSN", email, notify, original)
    def set_chunking(self, mode: int) -> None:
        self._do("SetChunking", mode)
    def set_require_tls(self, require: bool = True) -> None:
        self._do("SetRequireTLS", require)
    def set_mt_priority(self, priority: int) -> None:
        self._do("SetMTPriority", priority)
    def set_deliver_by(self, seconds: int, mode: Text) -> None:
        self._do("SetDeliverBy", seconds, mode)
    def set_hold_for(self, seconds: int) -> None:
        self._do("SetHoldFor", seconds)
    def set_hold_until(self, seconds: int) -> None:
        self._do("SetHoldUntil", seconds)

    # ---- Sending in other ways

    def send_raw(self, data: bytes, sender: Optional[Text] = None, recipients: Optional[Text] = None) -> None:
        self._do("SendRaw", c_char_p(bytes(data)), len(data), sender, recipients)
    def send_raw_file(self, path: Text, sender: Optional[Text] = None, recipients: Optional[Text] = None) -> None:
        self._do("SendRawFile", path, sender, recipients)

    def send_batch(self, mails: Sequence["Mailer"]) -> list[int]:
        """Sends mails over the connection of this mailer, which must not be one of them. Returns the
        error number of each, 0 if it was accepted; get_outcome and other getters of a mail give details."""
        numbers = (c_int * len(mails))()
        handles = (c_size_t * len(mails))(*[mail._handle for mail in mails])
        number = self._call("SendBatch", handles, len(mails), numbers)
        if number == BAD_HANDLE:
            raise Error(self._handle, number)
        return list(numbers)

    def send_async(self, done: Optional[Callable[[int], None]] = None) -> None:
        """Sends on a thread of the library, and calls done(number) there; it may call this mailer. wait
        raises the error. done has returned before poll or wait reports the end and before close returns."""
        self._do("SendAsync", *tell_when_done(done, self._raised))

    def poll(self) -> bool:
        """Reports whether the asynchronous send has ended. Raises its error."""
        return self._ended(self._call("Poll"))

    def wait(self, milliseconds: int) -> bool:
        """Like poll, but waits at most so long for the end."""
        return self._ended(self._call("Wait", milliseconds))

    def _ended(self, number: int) -> bool:
        if number != BUSY and self._raised:
            raise self._raised.pop(0)
        if number not in (0, BUSY):
            raise Error(self._handle, number)
        return number == 0

    def cancel(self) -> None:
        """Cancels a call of another thread on this mailer. A callback may call it too."""
        lib.CSmtp_Cancel(self._handle)

    # ---- What happened, in detail

    def get_phase(self) -> int:
        """Returns the step in which the last call failed, PHASE_..."""
        return self._count("GetPhase")
    def is_safe_to_retry(self) -> bool:
        return bool(self._count("IsSafeToRetry"))
    def get_queue_id(self) -> str:
        return self._get("GetQueueID")
    def set_log_file(self, path: Text) -> None:
        self._do("SetLogFile", path)

    def results(self) -> list[Recipient]:
        """Returns a row for each recipient of the last send, in the order To, Cc, Bcc."""
        return [
            Recipient(self._get("GetResultRecipient", row), bool(self._count("GetResultAccepted", row)),
                      self._count("GetResultCode", row), self._get("GetResultEnhancedCode", row),
                      self._get("GetResultReply", row))
            for row in range(self._count("GetResultCount"))
        ]

    def set_progress_callback(self, fn: Optional[Callable[[int, int], Any]]) -> None:
        """fn(sent, total) gets numbers of octets; total is -1 if unknown. If it returns True, the send is
        canceled."""
        self._set_callback("SetProgressCallback", fn and PROGRESS(guarded(lambda user, sent, total: int(bool(fn(sent, total))), 1)))

    def set_log_callback(self, fn: Optional[Callable[[int, str], Any]]) -> None:
        """fn(direction, line) is called for each line of the dialogue, with secrets masked. direction is
        LOG_CLIENT, LOG_SERVER or LOG_EVENT."""

        def log(user: None, direction: int, line: bytes) -> None:
            fn(direction, text(line))

        self._set_callback("SetLogCallback", fn and LOG(guarded(log, None)))
