# SPDX-License-Identifier: MIT
"""The functions of csmtp_c.h, their errors, and helpers for callbacks."""
from __future__ import annotations

import ctypes
import itertools
import os
import pathlib
import threading
from ctypes import CFUNCTYPE, c_char_p, c_int, c_int64, c_size_t, c_uint, c_ushort, c_void_p
from typing import Any, Callable, Optional

from ._functions import SIGNATURES

# The letters of SIGNATURES: s is text or octets, i int, u unsigned int, h unsigned
# short, q int64_t, z size_t, H a handle, p a pointer or function, P a pointer to a
# result, v void.
_TYPES = {"s": c_char_p, "i": c_int, "u": c_uint, "h": c_ushort, "q": c_int64, "z": c_size_t,
          "H": c_size_t, "p": c_void_p, "P": c_void_p, "v": None}
READ = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_size_t)
TOKEN = CFUNCTYPE(c_void_p, c_void_p, c_int)
DONE = CFUNCTYPE(None, c_void_p, c_size_t, c_int)
PROGRESS = CFUNCTYPE(c_int, c_void_p, c_int64, c_int64)
LOG = CFUNCTYPE(None, c_void_p, c_int, c_char_p)


def _load() -> ctypes.CDLL:
    """Loads the library from CSMTP_LIBRARY. If that is not set, loads the one that a wheel has put
    into this folder, or else the one in the system's path."""
    name = {"nt": "csmtp.dll"}.get(os.name, "libcsmtp.so.1")
    ours = pathlib.Path(__file__).with_name(name)
    path = os.environ.get("CSMTP_LIBRARY") or (str(ours) if ours.exists() else name)
    try:
        lib = ctypes.CDLL(path)
    except OSError as error:
        raise OSError(f"{path} cannot be loaded: install csmtp, or set CSMTP_LIBRARY to the path of its library ({error})") from error
    for name, signature in SIGNATURES.items():
        result, arguments = signature.split(" ")
        try:
            function = getattr(lib, "CSmtp_" + name)
        except AttributeError as error:
            raise OSError(f"{path} has no function CSmtp_{name}: install the csmtp of this module, or set CSMTP_LIBRARY to the path of its library") from error
        function.restype = _TYPES[result]
        function.argtypes = [_TYPES[a] for a in arguments]
    return lib


lib = _load()


def octets(value: Any) -> Any:
    """Converts text and paths to octets. Refuses NUL characters, at which C would truncate the text."""
    if isinstance(value, os.PathLike):
        value = os.fsencode(value)
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes) and b"\0" in value:
        raise ValueError("the text contains a NUL character")
    return value


def text(value: Optional[bytes]) -> str:
    return (value or b"").decode(errors="surrogateescape")


def version() -> str:
    """Returns the library's version, such as "1.0.0"."""
    return text(lib.CSmtp_GetVersion())


def error_text(number: int) -> str:
    """Returns the fixed sentence of an error number."""
    return text(lib.CSmtp_GetErrorText(number))


class Error(Exception):
    """A failed call. str() says what failed, what the server replied, and what to do. It can be copied
    and pickled, for example to another process."""

    def __init__(self, handle: int, number: int) -> None:
        super().__init__(text(lib.CSmtp_GetLastErrorText(handle)) or error_text(number))
        self.number: int = number  #: of csmtp_c.h
        self.reply: str = text(lib.CSmtp_GetLastReply(handle))  #: "550 5.1.1 No such user"; "" if none
        self.reply_code: int = lib.CSmtp_GetLastReplyCode(handle)  #: 550; 0 if none
        self.enhanced_code: str = text(lib.CSmtp_GetLastEnhancedCode(handle))  #: "5.1.1"; "" if none
        self.phase: int = lib.CSmtp_GetPhase(handle)  #: the step that failed, PHASE_...
        self.kind: int = lib.CSmtp_GetErrorKind(handle)  #: what went wrong, KIND_...
        self.is_login_error: bool = bool(lib.CSmtp_IsLoginError(handle))  #: ask for other credentials
        self.retry_after: int = lib.CSmtp_GetRetryAfter(handle)  #: seconds; 0 if the service did not say
        # If the call was refused because a mail is being sent, GetOutcome would wait for that
        # mail and return its outcome.
        busy = number == _BUSY
        self.outcome: int = 0 if busy else lib.CSmtp_GetOutcome(handle)  #: NOT_SENT ... IN_DOUBT
        self.safe_to_retry: bool = not busy and bool(lib.CSmtp_IsSafeToRetry(handle))  #: nothing was delivered, and a later attempt may succeed

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), str(self), dict(self.__dict__))


def _restored(kind: type[Error], said: str, fields: dict[str, Any]) -> Error:
    error = kind.__new__(kind, said)
    error.__dict__.update(fields)
    return error


class Calls(threading.local):
    """The call in progress on this thread, for its callbacks."""

    handle = 0
    raised: Optional[BaseException] = None


calls = Calls()


def guarded(function: Callable[..., Any], failed: Any) -> Callable[..., Any]:
    """Wraps a callback: an exception cancels the call in progress, which then raises the exception."""

    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except BaseException as raised:  # noqa: B902: an exception cannot pass through C
            if calls.handle:
                calls.raised = calls.raised or raised
                lib.CSmtp_Cancel(calls.handle)
            return failed

    return call


_BUSY = 905
_waiting: dict[int, tuple[Callable[[int], None], list[BaseException]]] = {}
_numbers = itertools.count(1)


def _done(user: int, handle: int, number: int) -> None:
    function, raised = _waiting.pop(user)
    try:
        function(number)
    except BaseException as error:  # noqa: B902: poll or wait raise it
        raised.append(error)


_DONE = DONE(guarded(_done, None))


def tell_when_done(function: Callable[[int], None], raised: list[BaseException]) -> tuple[Any, int]:
    """Returns the arguments of SendAsync. An exception of function is appended to raised.
    There is only one ctypes function, because a ctypes function must not be freed while it runs."""
    key = next(_numbers)
    _waiting[key] = function, raised
    return _DONE, key


def not_started(key: int) -> None:
    """Forgets the function of a SendAsync that has failed."""
    del _waiting[key]
