# SPDX-License-Identifier: MIT
"""A handle of the library, and the ways to call a function with it."""
from __future__ import annotations

import datetime
import os
from typing import Any, Union

from ._aio import in_thread
from ._library import Error, calls, lib, octets, text

Text = Union[str, bytes]
#: The name of a file. The library reads str as UTF-8; pathlib's paths are passed as the system encodes them.
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
#: Seconds since 1970-01-01 UTC, or a datetime. One without a time zone is in local time.
Time = Union[int, datetime.datetime]


def seconds_of(time: Time) -> int:
    return int(time.timestamp()) if isinstance(time, datetime.datetime) else time


class Handle:
    """A handle of the library. The methods of Mailer are in its subclasses."""

    def _own(self, handle: int) -> None:
        self._handle = handle
        self._kept: dict[str, Any] = {}  # objects that C holds pointers to
        self._readers: list[Any] = []
        self._raised: list[BaseException] = []  # by the functions of send_async
        if not handle:
            raise Error(0, lib.CSmtp_GetLastError(0))

    def close(self) -> None:
        """Ends the session and frees the handle. The mailer cannot be used afterwards."""
        handle, self._handle = getattr(self, "_handle", 0), 0
        lib.CSmtp_Free(handle)

    def __exit__(self, *exception: Any) -> None:
        self.close()

    async def __aexit__(self, *exception: Any) -> None:
        await in_thread(0, self.close)

    def __del__(self) -> None:
        self.close()

    def _call(self, name: str, *arguments: Any) -> int:
        before = calls.handle, calls.raised
        calls.handle, calls.raised = self._handle, None
        try:
            number: int = getattr(lib, "CSmtp_" + name)(self._handle, *map(octets, arguments))
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
        return int(getattr(lib, "CSmtp_" + name)(self._handle, *arguments))

    def _set_callback(self, name: str, function: Any) -> None:
        self._do(name, function, None)
        self._kept[name] = function
