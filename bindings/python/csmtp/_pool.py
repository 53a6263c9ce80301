# SPDX-License-Identifier: MIT
"""A pool of relays."""
from __future__ import annotations

import asyncio
import itertools
import operator
from ctypes import CFUNCTYPE, byref, c_char_p, c_int, c_size_t, c_uint, c_void_p
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

from ._aio import Run, ended, in_thread, wake
from ._events import Event, for_events
from ._handle import Handle, Text
from ._library import DONE, Error, call, guarded, lib, text
from ._numbers import BUSY, UNKNOWN

if TYPE_CHECKING:
    from . import Mailer

_SENDING = CFUNCTYPE(c_int, c_void_p, c_char_p, c_uint, c_char_p)
_ENDED = CFUNCTYPE(c_int, c_void_p, c_char_p, c_uint, c_int, c_char_p, c_char_p)
_RECONCILE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_uint, c_char_p)
FOREVER = 0xFFFFFFFF


class PoolMail(NamedTuple):
    """The result of a mail that a pool has sent or failed to send."""

    error: int  #: the error number; 0 if the mail was accepted
    outcome: int  #: what happened to the mail, such as ACCEPTED or IN_DOUBT
    text: str  #: the error text
    reply: str  #: the server's reply
    queue_id: str
    message_id: str
    safe_to_retry: bool


def _outcome(handle: int, error: int) -> PoolMail:
    return PoolMail(error, lib.CSmtp_GetOutcome(handle), text(lib.CSmtp_GetLastErrorText(handle)) if error else "",
                    text(lib.CSmtp_GetLastReply(handle)), text(lib.CSmtp_GetQueueID(handle)),
                    text(lib.CSmtp_GetMessageID(handle)), bool(lib.CSmtp_IsSafeToRetry(handle)))


class Pool(Handle):
    """Sends many mails over several relays: see csmtp_c.h and docs/pool.md. Callbacks run on threads of the
    library. After set_callbacks_in_wait, all except the log and token callbacks of relays run inside wait,
    drain, send, submit and close. A journal callback that raises an exception counts as one that returns
    False; a reconcile callback that raises one counts as one that returns UNKNOWN. If a callback has raised an
    exception, the next wait or drain raises it. If callbacks raise more exceptions before that, these are
    passed to sys.unraisablehook."""

    def __init__(self) -> None:
        self._waiting: dict[int, Callable[[PoolMail], Any]] = {}
        self._keys = itertools.count(1)
        self._numbers = itertools.count()  # the numbers of the relays
        self._relays: list[Any] = []  # the callbacks of the relays
        self._own(lib.CSmtp_PoolNew())
        self._done = DONE(guarded(self._ended, None, self._later.add))

    def __enter__(self) -> Pool:
        return self

    async def __aenter__(self) -> Pool:
        return self

    def _used_by_c(self) -> list[Any]:
        return [*super()._used_by_c(), self._done, self._relays]

    def _call(self, name: str, *arguments: Any) -> int:
        """Makes a call. If a callback of the pool raises an exception during the call, the call does not
        raise it; wait or drain does."""
        return call(name, self._handle, arguments, 0)[0]

    def _ended(self, user: int, handle: int, error: int) -> None:
        done = self._waiting.pop(user, None)
        if done is not None:
            done(_outcome(handle, error))

    def add_relay(self, relay: Mailer, name: Optional[Text] = None) -> int:
        """Adds a relay with the settings of a Mailer, and returns the number of the relay. The Mailer can be
        changed or closed afterwards. The pool calls the log and token callbacks that the Mailer has at the
        time of add_relay."""
        makers = [(setter, relay._made[setter]) for setter in ("SetLogCallback", "SetTokenCallback") if relay._made.get(setter)]
        if not makers:
            self._do("PoolAddRelay", relay._handle, name)
        else:
            self._add_copy(relay._handle, name, makers)
        return next(self._numbers)

    def _add_copy(self, relay: int, name: Optional[Text], makers: list[tuple[str, Any]]) -> None:
        """Adds a copy of a relay. Exceptions of the copy's callbacks are treated as exceptions of the pool's
        callbacks."""
        copy = lib.CSmtp_Clone(relay)
        if not copy:
            raise Error(0, lib.CSmtp_GetLastError(0))
        try:
            for setter, make in makers:
                function = make(self._later.add)
                self._relays.append(function)
                number = getattr(lib, "CSmtp_" + setter)(copy, function, None)
                if number:
                    raise Error(copy, number)
            self._do("PoolAddRelay", copy, name)
        finally:
            lib.CSmtp_Free(copy)

    def set_weight(self, relay: int, weight: int) -> None:
        self._do("PoolSetWeight", relay, weight)
    def set_sessions(self, relay: int, sessions: int) -> None:
        self._do("PoolSetSessions", relay, sessions)
    def set_rate(self, relay: int, mails: int, seconds: int = 1) -> None:
        self._do("PoolSetRate", relay, mails, seconds)
    def set_session_mails(self, relay: int, mails: int) -> None:
        self._do("PoolSetSessionMails", relay, mails)
    def set_idle(self, relay: int, milliseconds: int) -> None:
        self._do("PoolSetIdle", relay, milliseconds)
    def set_queue(self, mails: int) -> None:
        self._do("PoolSetQueue", mails)
    def set_pause(self, first: int, longest: int) -> None:
        self._do("PoolSetPause", first, longest)
    def set_patience(self, milliseconds: int) -> None:
        self._do("PoolSetPatience", milliseconds)
    def set_callbacks_in_wait(self, in_wait: bool = True) -> None:
        self._do("PoolSetCallbacksInWait", in_wait)

    def set_journal(self, begin: Optional[Callable[[str, int, str], bool]],
                    end: Optional[Callable[[str, int, int, str, str], bool]]) -> None:
        """Sets the functions that record each attempt to send a mail. begin(id, relay, message_id) returns
        False to prevent the attempt. end(id, relay, outcome, queue_id, reply) returns False if it could not
        record the end. Call set_journal before the first mail."""
        b = begin and _SENDING(guarded(lambda user, id, relay, mid: 0 if begin(text(id), relay, text(mid)) else 1, 1, self._later.add))
        e = end and _ENDED(guarded(lambda user, id, relay, outcome, queue, reply:
                                   0 if end(text(id), relay, outcome, text(queue), text(reply)) else 1, 1, self._later.add))
        self._do("PoolSetJournal", b or None, e or None, None)
        self._kept["PoolSetJournal"] = b, e

    def set_reconcile(self, fn: Optional[Callable[[str, int, str], int]]) -> None:
        """Sets the function that finds out whether a mail in doubt was delivered: fn(id, relay, message_id)
        returns DELIVERED, NOT_DELIVERED or UNKNOWN. Call set_reconcile before the first mail."""
        f = fn and _RECONCILE(guarded(lambda user, id, relay, mid: operator.index(fn(text(id), relay, text(mid))), UNKNOWN, self._later.add))
        self._do("PoolSetReconcile", f or None, None)
        self._kept["PoolSetReconcile"] = f

    def set_event_callback(self, fn: Optional[Callable[[Event], Any]]) -> None:
        """Sets a function: fn(event) is called with each Event of all relays and mails, for example to
        collect statistics. See docs/events.md."""
        f = fn and for_events(fn, self._later.add)
        self._do("SetEventCallback", f or None, None)
        self._kept["SetEventCallback"] = f

    def send(self, mail: Mailer) -> None:
        """Sends a mail and waits for the outcome. Raises Error if the mail was not accepted. `send` does not
        raise the exceptions of the pool's callbacks; wait and drain do."""
        number, raised = call("PoolSend", self._handle, (mail._handle,), mail._handle)
        if raised is not None:  # an attached file object has raised an exception
            raise raised
        if number:
            raise Error(mail._handle if lib.CSmtp_GetLastError(mail._handle) == number else self._handle, number)

    def submit(self, mail: Mailer, done: Optional[Callable[[PoolMail], Any]] = None, id: Optional[Text] = None,
               milliseconds: int = FOREVER) -> bool:
        """Puts a copy of a mail in the queue. When the outcome of the mail is known, `done` is called with
        the result. If the queue is full, submit waits for at most `milliseconds` ms, and returns False if the
        queue is still full."""
        return self._submit(mail, done, id, milliseconds) != 0

    def _submit(self, mail: Mailer, done: Optional[Callable[[PoolMail], Any]], id: Optional[Text], milliseconds: int) -> int:
        """Does the same as submit, but returns the handle of the copy, or 0 if the queue is full."""
        key, copy, number = next(self._keys), c_size_t(), -1
        if done is not None:
            self._waiting[key] = done
        try:
            number, raised = call("PoolSubmit", self._handle, (mail._handle, id, milliseconds, self._done, key, byref(copy)), mail._handle)
        finally:
            if number:
                self._waiting.pop(key, None)
        if raised is not None:  # an attached file object has raised an exception
            raise raised
        if number not in (0, BUSY):
            raise Error(self._handle, number)
        return copy.value if number == 0 else 0

    def wait(self, milliseconds: int = FOREVER) -> bool:
        """Waits until no mails are pending, but at most `milliseconds` ms. Returns False if mails are still
        pending."""
        return self._waited(self._call("PoolWait", milliseconds))
    def drain(self, milliseconds: int = FOREVER) -> bool:
        """Makes the pool refuse further mails, and waits as wait does."""
        return self._waited(self._call("PoolDrain", milliseconds))
    async def submit_async(self, mail: Mailer, id: Optional[Text] = None) -> asyncio.Future[PoolMail]:
        """Puts a copy of a mail in the queue, on another thread. Waits while the queue is full. Returns a
        future for the result of the mail. If the task is canceled before submit_async has returned, the mail
        is canceled. If the future is canceled, the mail is sent nevertheless."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[PoolMail] = loop.create_future()

        def done(result: PoolMail) -> None:
            wake(loop, future, result)

        while True:
            run = Run(self._submit, mail, done, id, 0)
            submitting = run.start()
            try:
                await ended(submitting, 0, run.abandon)
            except asyncio.CancelledError:
                if not submitting.cancelled() and not submitting.exception():
                    lib.CSmtp_Cancel(submitting.result())
                raise
            if submitting.result():
                return future
            await asyncio.sleep(0.01)

    async def send_async(self, mail: Mailer) -> None:
        """Does the same as send, on another thread. If the task is canceled, the mail is canceled, too."""
        await in_thread(mail._handle, self.send, mail)
    async def wait_async(self) -> None:
        """Waits until no mails are pending."""
        while not await in_thread(0, self.wait, 100):
            pass
    async def drain_async(self) -> None:
        """Makes the pool refuse further mails, and waits until no mails are pending."""
        while not await in_thread(0, self.drain, 100):
            pass
    def cancel(self) -> None:
        """Cancels all mails."""
        lib.CSmtp_Cancel(self._handle)

    def _waited(self, number: int) -> bool:
        raised = self._later.take()
        if raised is not None:
            raise raised
        if number not in (0, BUSY):
            raise Error(self._handle, number)
        return number == 0

    def get_count(self, relay: int, what: int) -> int:
        return self._count("PoolGetCount", relay, what)
    def get_queued(self) -> int:
        return self._count("PoolGetQueued")
    def get_relay_name(self, relay: int) -> str:
        return self._get("PoolGetRelayName", relay)
    def get_relay_error(self, relay: int) -> str:
        return self._get("PoolGetRelayError", relay)
