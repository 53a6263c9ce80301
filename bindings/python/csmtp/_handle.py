# SPDX-License-Identifier: MIT
"""The base class of Mailer and Pool, which owns a handle of the library and calls functions with the handle."""
from __future__ import annotations

import atexit
import datetime
import math
import os
import weakref
from typing import Any, Callable, Optional, Union

from ._aio import Run, ended
from ._library import Caught, Error, Later, call, for_c, free, lib, text

Text = Union[str, bytes]
#: The name of a file. The library reads str as UTF-8; pathlib's paths are passed as the system encodes them.
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
#: Seconds since 1970-01-01 UTC, such as time.time(), or a datetime, which is local time if it has no time zone.
Time = Union[int, float, datetime.datetime]


def seconds_of(time: Time) -> int:
    return math.floor(time.timestamp() if isinstance(time, datetime.datetime) else time)


_open: weakref.WeakSet[Handle] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Cancels the calls on all handles, and frees the handles. This must happen while Python can still run
    callbacks. If a thread of the library entered a callback while the interpreter was shutting down, the
    callback would never return."""
    handles = list(_open)
    for handle in handles:
        lib.CSmtp_Cancel(handle._handle)
    for handle in handles:
        handle.close()


class Handle:
    """A handle of the library. Subclasses of Handle have the methods of Mailer and Pool."""

    def _own(self, handle: int) -> None:
        self._handle = handle
        self._kept: dict[str, Any] = {}  # objects to which C has pointers
        self._readers: list[Any] = []
        self._made: dict[str, Optional[Callable[[Caught], Any]]] = {}  # makers of callbacks; keys as in _kept
        self._later = Later(handle)
        if not handle:
            raise Error(0, lib.CSmtp_GetLastError(0))
        _open.add(self)

    def close(self) -> None:
        """Ends the session and frees the handle. The object cannot be used afterwards. If a callback of the
        object calls close, the handle is freed when the callback has returned."""
        handle, self._handle = getattr(self, "_handle", 0), 0
        if handle:
            free(handle, self._used_by_c())
            self._later.closed = True
            self._later.report()

    def _used_by_c(self) -> list[Any]:
        """Returns the objects that callbacks need until the handle has been freed."""
        return [kept for kept in (*self._kept.values(), *self._readers) if kept]

    def __exit__(self, *exception: Any) -> None:
        self.close()

    async def __aexit__(self, *exception: Any) -> None:
        await ended(Run(self.close).start(), 0)  # even if the task is canceled

    def __del__(self) -> None:
        self.close()

    def _call(self, name: str, *arguments: Any) -> int:
        number, raised = call(name, self._handle, arguments, self._handle)
        if raised is not None:
            raise raised
        return number

    def _do(self, name: str, *arguments: Any) -> None:
        number = self._call(name, *arguments)
        if number:
            raise Error(self._handle, number)

    def _value(self, name: str, *arguments: Any) -> Any:
        return getattr(lib, "CSmtp_" + name)(self._handle, *for_c(name, arguments))

    def _get(self, name: str, *arguments: Any) -> str:
        return text(self._value(name, *arguments))

    def _count(self, name: str, *arguments: Any) -> int:
        return int(self._value(name, *arguments))

    def _set_callback(self, name: str, make: Optional[Callable[[Caught], Any]]) -> None:
        """Sets a callback, or removes it if `make` is None. make(caught) returns the callback for C;
        exceptions of the callback are passed to `caught`."""
        function = make and make(self._later.caught)
        self._do(name, function, None)
        self._kept[name], self._made[name] = function, make
