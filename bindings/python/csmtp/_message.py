# SPDX-License-Identifier: MIT
"""The message: header fields, bodies, attachments and signatures."""
from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from ctypes import byref, c_char_p, c_size_t, memmove, string_at
from typing import BinaryIO, Optional, Union, cast

from ._handle import Handle, Path, Text, Time, seconds_of
from ._library import READ, guarded, lib, text


def _seekable(file: BinaryIO) -> bool:
    try:
        return file.seekable()
    except AttributeError:  # such as tempfile.SpooledTemporaryFile before Python 3.11
        try:
            file.seek(file.tell())
        except (AttributeError, OSError, ValueError):
            return False
        return True


class Message(Handle):
    """The methods that change or read the message."""

    def add_recipient(self, email: Text, name: Text = "") -> None:
        self._do("AddRecipient", email, name)
    def add_cc_recipient(self, email: Text, name: Text = "") -> None:
        self._do("AddCCRecipient", email, name)
    def add_bcc_recipient(self, email: Text, name: Text = "") -> None:
        self._do("AddBCCRecipient", email, name)
    def add_attachment(self, path: Path) -> None:
        self._do("AddAttachment", path)
    def add_msg_line(self, text: Text) -> None:
        self._do("AddMsgLine", text)
    def clear_message(self) -> None:
        """Clears everything that csmtp_c.h marks [message]: recipients, bodies, attachments, header
        fields and Message-ID, but not the subject, the sender or the settings."""
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
        """Returns a line of the body. Raises IndexError if the body has no such line."""
        found = self._value("GetMsgLineText", line) if line >= 0 else None
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

    # ---- Body and parts

    def set_text_body(self, text: Text) -> None:
        self._do("SetTextBody", text)
    def set_html_body(self, html: Text) -> None:
        self._do("SetHTMLBody", html)
    def set_flowed(self, flowed: bool = True) -> None:
        self._do("SetFlowed", flowed)
    def set_strict(self, strict: bool = True) -> None:
        self._do("SetStrict", strict)

    def set_eight_bit(self, eight_bit: bool = True) -> None:
        self._do("SetEightBit", eight_bit)
    def add_attachment_as(self, path: Path, name: Text = "", content_type: Text = "") -> None:
        self._do("AddAttachmentAs", path, name, content_type)
    def add_attachment_data(self, name: Text, data: bytes, content_type: Optional[Text] = None) -> None:
        self._do("AddAttachmentData", name, content_type, c_char_p(bytes(data)), len(data))

    def add_attachment_reader(self, name: Text, file: BinaryIO, content_type: Optional[Text] = None, size: int = -1) -> None:
        """Attaches a seekable file object, which is read from its beginning when the mail is sent. Other
        mailers must not send the same file object at the same time."""
        self._attach_reader(name, file, content_type, 0, size)

    def _attach_reader(self, name: Text, file: BinaryIO, content_type: Optional[Text], start: int, size: int) -> object:
        def read(user: int, buffer: int, capacity: int) -> int:
            if capacity == 0:
                file.seek(start)
                return 0
            data = file.read(capacity)
            if not isinstance(data, (bytes, bytearray)):
                raise TypeError(f"read returned {type(data).__name__}, not bytes: open the file in binary mode")
            if len(data) > capacity:
                raise ValueError(f"read returned {len(data)} bytes, although at most {capacity} were asked for")
            memmove(buffer, bytes(data), len(data))
            return len(data)

        function = READ(guarded(read, -1, self._later.caught))
        self._do("AddAttachmentReader", name, content_type, size, function, None)
        self._readers.append(function)
        return function

    def attach(self, source: Union[bytes, bytearray, memoryview, str, os.PathLike[str], BinaryIO], name: Optional[str] = None,
               content_type: Optional[str] = None) -> None:
        """Attaches octets, the file at a path, or the content of a file object that is open in binary mode. A
        file object is read from its current position. If it is seekable, it is read when the mail is sent,
        and must stay open until then. For octets, `name` is required; otherwise, the default of `name` is the
        name of the file. By default, `content_type` is derived from `name`."""
        if isinstance(source, (str, os.PathLike)):
            self.add_attachment_as(source, name or "", content_type or "")
        elif isinstance(source, (bytes, bytearray, memoryview)):
            if not name:
                raise ValueError("attach: an attachment from octets needs a name")
            self.add_attachment_data(name, bytes(source), content_type)
        else:
            self._attach_file(source, name, content_type)

    def _attach_file(self, file: BinaryIO, name: Optional[str], content_type: Optional[str]) -> None:
        if not isinstance(file.read(0), bytes):
            raise TypeError("attach: the file must be open in binary mode")
        if not name:
            own = getattr(file, "name", None)
            if not isinstance(own, (str, os.PathLike)):  # none, or the number of a file descriptor
                raise ValueError("attach: the file has no name: pass the argument name")
            name = os.path.basename(own)
        copy: Optional[BinaryIO] = None
        if not _seekable(file):  # copy it, because the library sometimes reads content twice
            copy = cast(BinaryIO, tempfile.SpooledTemporaryFile(1 << 20))
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            file = copy
        start = file.tell()
        file.seek(0, os.SEEK_END)
        size = file.tell() - start
        file.seek(start)
        reader = self._attach_reader(name, file, content_type, start, max(size, 0))
        if copy:
            weakref.finalize(reader, copy.close)

    def add_inline_image(self, path: Path, content_id: Text) -> None:
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
    def set_date(self, time: Time) -> None:
        self._do("SetDate", seconds_of(time))
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
    def add_dkim_key_file(self, domain: Text, selector: Text, path: Path) -> None:
        self._do("AddDKIMKeyFile", domain, selector, path)
    def del_dkim_keys(self) -> None:
        self._do("DelDKIMKeys")
    def set_smime_key(self, certificate: Text, key: Text) -> None:
        self._do("SetSMIMEKey", certificate, key)
    def set_smime_key_file(self, certificate_file: Path, key_file: Path = "") -> None:
        self._do("SetSMIMEKeyFile", certificate_file, key_file)
    def set_key_passphrase(self, passphrase: Text) -> None:
        """Sets the pass phrase of the keys and certificates that are set afterwards."""
        self._do("SetKeyPassphrase", passphrase)

    # ---- The message without a connection

    def render_message(self) -> bytes:
        """Returns the octets of the message that send would send."""
        data, size = c_char_p(), c_size_t()
        self._do("RenderMessage", byref(data), byref(size))
        return string_at(data, size.value)

    def save_message(self, path: Path) -> None:
        self._do("SaveMessage", path)
