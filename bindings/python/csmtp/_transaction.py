# SPDX-License-Identifier: MIT
"""The mail transaction: envelope, sending and progress."""
from __future__ import annotations

import email.message
import email.policy
import email.utils
import functools
from ctypes import c_char_p, c_int, c_size_t
from typing import Any, Callable, Iterable, Optional, Sequence, Union

from ._aio import End, Sending, in_thread
from ._handle import Handle, Path, Text, Time, seconds_of
from ._library import PROGRESS, Caught, Error, guarded, lib, not_started, tell_when_done, unraisable
from ._numbers import BAD_HANDLE, BUSY


class Transaction(Handle):
    """The methods that set the envelope and send."""

    _end: Optional[End] = None  # the end of the last asynchronous send

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
    def set_hold_until(self, time: Time) -> None:
        self._do("SetHoldUntil", seconds_of(time))

    # ---- Sending

    def send(self) -> None:
        self._do("Send")
    def send_raw(self, data: bytes, sender: Optional[Text] = None, recipients: Optional[Text] = None) -> None:
        self._do("SendRaw", c_char_p(bytes(data)), len(data), sender, recipients)
    def send_raw_file(self, path: Path, sender: Optional[Text] = None, recipients: Optional[Text] = None) -> None:
        self._do("SendRawFile", path, sender, recipients)

    def send_batch(self, mails: Sequence[Transaction]) -> list[int]:
        """Sends the given mails over the session of this mailer. This mailer itself must not be one of the
        mails. Returns the error number of each mail, which is 0 if the mail was accepted. get_outcome and
        the other getters of a mail return details."""
        numbers = (c_int * len(mails))()
        handles = (c_size_t * len(mails))(*[mail._handle for mail in mails])
        number = self._call("SendBatch", handles, len(mails), numbers)
        if number == BAD_HANDLE:
            raise Error(self._handle, number)
        return list(numbers)

    def send_message(self, message: email.message.Message, sender: Optional[str] = None,
                     recipients: Optional[Union[str, Iterable[str]]] = None) -> None:
        """Sends a message of the package email, such as an EmailMessage, as smtplib's send_message does. By
        default, the sender is the address in Sender or From, and the recipients are those in To, Cc and Bcc.
        If the message has a field Resent-Date, the Resent- fields are used instead. The field Bcc is not
        sent. If `sender` is "<>", the reverse-path is the null reverse-path."""
        self.send_raw(*_flat(message, sender, recipients))

    # ---- Sending with asyncio

    def send_async(self, done: Optional[Callable[[int], None]] = None) -> Sending:
        """Starts to send on a thread of the library, and returns an object that can be awaited: `await
        mailer.send_async()`. Without asyncio, call poll or wait, which raise the error of the send. At the
        end, a thread of the library calls done(number), which can call methods of this mailer. Until `done`
        has returned, poll, wait and await do not report the end, and close does not return."""
        if self._end is not None and self._end.ended():
            # If the task of the previous send was canceled, it did not wait until the done callback had
            # returned. Wait for this now: until then, the library refuses another asynchronous send.
            self._call("Wait", 60000)
        end = End()
        raised, before = self._later.begin()

        def at_end(number: int) -> None:
            try:
                if done is not None:
                    done(number)
            except BaseException as error:  # noqa: B902: poll or wait raises it
                self_later.add(error, raised)
            finally:
                end.come()

        self_later = self._later  # at_end must not refer to self, because C keeps at_end alive
        function, key = tell_when_done(at_end)
        # Set _end first: `done` can run, and call send_async, before SendAsync returns.
        last, self._end = self._end, end
        try:
            self._do("SendAsync", function, key)
        except BaseException:
            self._end = last
            not_started(key)
            self._later.restore(before)
            raise
        for error in before:
            unraisable(error)
        return Sending(self, end)

    async def send_message_async(self, message: email.message.Message, sender: Optional[str] = None,
                                 recipients: Optional[Union[str, Iterable[str]]] = None) -> None:
        """Does the same as send_message, on another thread. As with every method whose name ends in _async,
        if the task is canceled, the call is canceled, too."""
        await self.send_raw_async(*_flat(message, sender, recipients))

    async def send_raw_async(self, data: bytes, sender: Optional[Text] = None, recipients: Optional[Text] = None) -> None:
        await in_thread(self._handle, self.send_raw, data, sender, recipients)

    async def send_raw_file_async(self, path: Path, sender: Optional[Text] = None, recipients: Optional[Text] = None) -> None:
        await in_thread(self._handle, self.send_raw_file, path, sender, recipients)

    async def send_batch_async(self, mails: Sequence[Transaction]) -> list[int]:
        return await in_thread(self._handle, self.send_batch, mails, mails=[mail._handle for mail in mails])

    def poll(self) -> bool:
        """Reports whether the asynchronous send has ended. Raises the error of the send if it failed."""
        return self._ended(self._call("Poll"))

    def wait(self, milliseconds: int) -> bool:
        """Does the same as poll, but waits for at most `milliseconds` ms until the send has ended."""
        return self._ended(self._call("Wait", milliseconds))

    def _ended(self, number: int) -> bool:
        raised = None if number == BUSY else self._later.take()
        if raised is not None:
            raise raised
        if number not in (0, BUSY):
            raise Error(self._handle, number)
        return number == 0

    def cancel(self) -> None:
        """Cancels a call that another thread is making on this mailer, or the asynchronous send. A callback can
        call cancel, too."""
        lib.CSmtp_Cancel(self._handle)

    def set_progress_callback(self, fn: Optional[Callable[[int, int], Any]]) -> None:
        """Sets a function: fn(sent, total) gets the number of octets sent, and the total, which is -1 if it
        is not known. If fn returns True, the send is canceled."""
        self._set_callback("SetProgressCallback", fn and functools.partial(_progress, fn))


def _progress(fn: Callable[[int, int], Any], caught: Caught) -> Any:
    return PROGRESS(guarded(lambda user, sent, total: int(bool(fn(sent, total))), 1, caught))


def _flat(message: email.message.Message, sender: Optional[str],
          recipients: Optional[Union[str, Iterable[str]]]) -> tuple[bytes, str, str]:
    """Returns the arguments of send_raw for a message. The message itself is not changed."""
    resent = message.get_all("Resent-Date", [])
    if len(resent) > 1:
        raise ValueError("the message has more than one Resent-Date: pass sender and recipients to send_raw")
    prefix = "Resent-" if resent else ""
    if sender is None:
        field = message[prefix + "Sender"] or message[prefix + "From"] or ""
        sender = next((address for _, address in email.utils.getaddresses([str(field)]) if address), "")
    if recipients is None:
        fields = [str(value) for name in ("To", "Bcc", "Cc") for value in message.get_all(prefix + name, [])]
        recipients = [address for _, address in email.utils.getaddresses(fields) if address]
    elif isinstance(recipients, str):
        recipients = [recipients]
    to = ",".join(recipients)
    policy = message.policy.clone(linesep="\r\n")
    if not (sender + to).isascii() and isinstance(policy, email.policy.EmailPolicy):
        policy = policy.clone(utf8=True)  # only UTF-8 can represent such an address (RFC 6532)
    return message.as_bytes(policy=policy), sender, to
