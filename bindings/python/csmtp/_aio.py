# SPDX-License-Identifier: MIT
"""Calls for asyncio."""
from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import contextvars
import functools
import threading
from typing import TYPE_CHECKING, Any, Callable, Generator, Generic, Optional, Sequence, TypeVar

from ._library import lib

if TYPE_CHECKING:
    from ._transaction import Transaction

T = TypeVar("T")


def wake(loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], value: T) -> None:
    """Sets the result of a future from another thread."""

    def set_result() -> None:
        if not future.done():
            future.set_result(value)

    try:
        loop.call_soon_threadsafe(set_result)
    except RuntimeError:  # the loop is closed, so nothing waits for the future any more
        pass


async def ended(future: asyncio.Future[Any], handle: int, abandon: Callable[[], bool] = lambda: False) -> None:
    """Waits until a future, the result of a call, is done. If the task is canceled, `ended` calls `abandon`.
    If `abandon` returns True, the call will not begin, and `ended` raises CancelledError. If `abandon`
    returns False, the call has begun: `ended` cancels the call on `handle`, unless `handle` is 0, waits until
    the call is over, and then raises CancelledError."""
    canceled: Optional[asyncio.CancelledError] = None
    pause = 0.001
    while not future.done():
        if canceled and handle:  # repeatedly, because Cancel has no effect before the call has begun
            lib.CSmtp_Cancel(handle)
            pause = min(2 * pause, 0.05)
        try:
            await asyncio.wait([future], timeout=pause if canceled else None)
        except asyncio.CancelledError as error:
            canceled = error
            if abandon():
                future.cancel()
                raise
    if canceled:
        if not future.cancelled():
            future.exception()  # otherwise, asyncio would report that the exception was never retrieved
        raise canceled


class Run(Generic[T]):
    """A call that a thread of an executor makes. If the call is abandoned before it has begun, it is not
    made."""

    def __init__(self, call: Callable[..., T], *arguments: Any) -> None:
        self._call = functools.partial(contextvars.copy_context().run, call, *arguments)
        self._lock = threading.Lock()
        self._begun = self._abandoned = False

    def start(self) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(None, self._run)

    def _run(self) -> T:
        with self._lock:
            if self._abandoned:
                raise concurrent.futures.CancelledError
            self._begun = True
        return self._call()

    def abandon(self) -> bool:
        """Prevents the call and returns True, or returns False if the call has already begun."""
        with self._lock:
            self._abandoned = not self._begun
            return self._abandoned


# Maps each pair of a thread and a handle to the number of its calls in progress.
_running: collections.Counter[tuple[int, int]] = collections.Counter()


async def in_thread(handle: int, call: Callable[..., T], *arguments: Any, mails: Sequence[int] = ()) -> T:
    """Makes a call on a thread of the event loop's executor, and returns its result. If the task is canceled,
    the call on `handle` is canceled. Afterwards, the getters for `handle` and `mails` report on this call, even
    if they are called on the thread of the loop."""
    run = Run(call, *arguments)
    keys = [(threading.get_ident(), h) for h in (handle, *mails) if h]
    _running.update(keys)
    try:
        future = run.start()
        await ended(future, handle, run.abandon)
        return future.result()
    finally:
        _running.subtract(keys)
        for key in keys:
            if not _running[key]:
                del _running[key]
                # With None as the text, CSmtp_ModMsgLine does not change the mail. It is called only for a side
                # effect: afterwards, the getters of this thread report on the call that the executor's thread
                # has made, and no longer on an earlier call from this thread.
                lib.CSmtp_ModMsgLine(key[1], 0, None)


class End:
    """Says whether an asynchronous send has ended. The thread of the library refers to this object, and not
    to the mailer, which would otherwise not be garbage-collected."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    def come(self) -> None:
        with self._lock:
            self._ended = True
            waiting, self._waiting = self._waiting, []
        for loop, future in waiting:
            wake(loop, future, None)

    def ended(self) -> bool:
        with self._lock:
            return self._ended

    def future(self) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            if self._ended:
                future.set_result(None)
            else:
                self._waiting.append((loop, future))
        return future


class Sending:
    """A mail that send_async is sending. `await` waits until the send has ended, and raises Error if the mail
    was not accepted. If the task is canceled, the send is canceled, too. get_outcome then says whether the
    mail had already been accepted."""

    def __init__(self, mailer: Transaction, end: End) -> None:
        self._mailer = mailer
        self._end = end
        self._finished = False
        self._error: Optional[BaseException] = None

    def __await__(self) -> Generator[Any, None, None]:
        return self._wait().__await__()

    async def _wait(self) -> None:
        if not self._finished:
            await ended(self._end.future(), self._mailer._handle)
        # Until the callback that was passed to CSmtp_SendAsync has returned, wait reports that the mail is
        # still being sent.
        while not self._finished:
            try:
                self._finished = self._mailer.wait(10)
            except BaseException as error:  # noqa: B902: a callback of the program can raise anything
                self._finished, self._error = True, error
            if not self._finished:
                await asyncio.sleep(0.01)
        if self._error is not None:
            raise self._error
