# SPDX-License-Identifier: MIT
"""The mail transaction: envelope, sending and progress."""
from __future__ import annotations

from ctypes import c_char_p, c_int, c_size_t
from typing import Any, Callable, Optional, Sequence

from ._handle import Handle, Text
from ._library import PROGRESS, Error, guarded, lib, tell_when_done
from ._numbers import BAD_HANDLE, BUSY


class Transaction(Handle):
    """The methods that set the envelope and send."""

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

    # ---- Sending

    def send(self) -> None:
        self._do("Send")
    def send_raw(self, data: bytes, sender: Optional[Text] = None, recipients: Optional[Text] = None) -> None:
        self._do("SendRaw", c_char_p(bytes(data)), len(data), sender, recipients)
    def send_raw_file(self, path: Text, sender: Optional[Text] = None, recipients: Optional[Text] = None) -> None:
        self._do("SendRawFile", path, sender, recipients)

    def send_batch(self, mails: Sequence[Handle]) -> list[int]:
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
        """Like poll, but waits up to milliseconds for the end."""
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

    def set_progress_callback(self, fn: Optional[Callable[[int, int], Any]]) -> None:
        """fn(sent, total) gets numbers of octets; total is -1 if unknown. If it returns True, the send is
        canceled."""
        self._set_callback("SetProgressCallback", fn and PROGRESS(guarded(lambda user, sent, total: int(bool(fn(sent, total))), 1)))
