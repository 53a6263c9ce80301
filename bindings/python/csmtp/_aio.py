# SPDX-License-Identifier: MIT
"""Calls for asyncio."""
from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from typing import TYPE_CHECKING, Any, Callable, Generator, Optional, TypeVar

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
    except RuntimeError:  # the loop was closed, so nothing waits any more
        pass


async def ended(future: asyncio.Future[Any], handle: int) -> None:
    """Waits until a future is done. If the task is canceled, cancels the call on the handle, waits until
    the call has ended, and raises CancelledError."""
    canceled: Optional[asyncio.CancelledError] = None
    while not future.done():
        if canceled:  # repeatedly, because the call may only begin now
            lib.CSmtp_Cancel(handle)
        try:
            await asyncio.wait([future], timeout=0.05 if canceled else None)
        except asyncio.CancelledError as error:
            canceled = error
    if canceled:
        if not future.cancelled():
            future.exception()  # it is not reported: the task ends with CancelledError
        raise canceled


async def in_thread(handle: int, call: Callable[..., T], *arguments: Any) -> T:
    """Makes a call on a thread of the event loop's executor. If the task is canceled, the call on handle is canceled."""
    context = contextvars.copy_context()
    future = asyncio.get_running_loop().run_in_executor(None, functools.partial(context.run, call, *arguments))
    await ended(future, handle)
    return future.result()


class End:
    """The end of an asynchronous send. The library's thread must not hold the mailer itself."""

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
    """A mail that send_async is sending. Await it to wait for the end; it raises Error if the mail was
    not accepted. If the task is canceled, the send is canceled too: get_outcome then says whether the
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
        if not self._finished:  # by another task
            self._finished = True
            try:
                # done has not returned yet, so poll might still report that the mail is being sent.
                while not self._mailer.wait(1000):
                    pass
            except BaseException as error:  # noqa: B902: a function of the program may raise anything
                self._error = error
        if self._error is not None:
            raise self._error
