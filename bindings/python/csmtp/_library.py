# SPDX-License-Identifier: MIT
"""The functions of csmtp_c.h, their errors, and helpers for callbacks."""
from __future__ import annotations

import ctypes
import itertools
import operator
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


_RANGES = {"i": (-(1 << 31), (1 << 31) - 1), "u": (0, (1 << 32) - 1), "h": (0, (1 << 16) - 1),
           "q": (-(1 << 63), (1 << 63) - 1)}


def octets(value: Any) -> Any:
    """Converts text and paths to octets. Refuses NUL characters, at which C would truncate the text."""
    if isinstance(value, os.PathLike):
        value = os.fsencode(value)
    if isinstance(value, str):
        encoded = _encoded(value)
        if encoded is None:
            raise ValueError("the text contains a surrogate, which is not a character")
        value = encoded
    if isinstance(value, bytes) and b"\0" in value:
        raise ValueError("the text contains a NUL character")
    return value


def _encoded(value: str) -> Optional[bytes]:
    """Returns a text in UTF-8, and octets that text or os.environ could not decode as they were. The
    exception of encode is not passed on, because it contains the text, which may be a password."""
    try:
        return value.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return None


def for_c(name: str, arguments: tuple[Any, ...]) -> list[Any]:
    """Converts the arguments of a function after its handle. Refuses numbers that its types cannot hold,
    which ctypes would truncate."""
    converted = []
    for letter, value in zip(SIGNATURES[name].split(" ")[1][1:], arguments):
        if letter in _RANGES:
            low, high = _RANGES[letter]
            value = operator.index(value)
            if not low <= value <= high:
                raise ValueError(f"CSmtp_{name}: the number {value} is not between {low} and {high}")
        elif letter == "s":
            value = octets(value)
            if value is not None and not isinstance(value, (bytes, c_char_p)):
                raise TypeError(f"CSmtp_{name}: a text must be str or bytes, not {type(value).__name__}")
        converted.append(value)
    return converted


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
    """The call in progress on this thread, and the number of callbacks that run on it."""

    active = False
    handle = 0  # what an exception of a callback cancels
    raised: Optional[BaseException] = None
    callbacks = 0


calls = Calls()


def call(name: str, handle: int, arguments: tuple[Any, ...], cancels: int) -> tuple[int, Optional[BaseException]]:
    """Calls a function. Returns its result, and the exception of a callback that ran during the call and
    that belongs to it. Such an exception cancels the call on the handle cancels."""
    converted = for_c(name, arguments)
    before = calls.active, calls.handle, calls.raised
    calls.active, calls.handle, calls.raised = True, cancels, None
    try:
        number: int = getattr(lib, "CSmtp_" + name)(handle, *converted)
        return number, calls.raised
    finally:
        calls.active, calls.handle, calls.raised = before


Caught = Callable[[BaseException], None]


def unraisable(raised: BaseException) -> None:
    """Reports an exception that no call can raise to sys.unraisablehook, as ctypes does."""

    def callback_of_csmtp() -> None:
        raise raised

    CFUNCTYPE(None)(callback_of_csmtp)()


class Later:
    """The exceptions of the callbacks of a mailer or a pool, for the next call that raises them. Callbacks
    hold this object and not the mailer, which would otherwise be in a cycle of references."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.closed = False
        self._raised: list[BaseException] = []  # at most one

    def add(self, error: BaseException, raised: Optional[list[BaseException]] = None) -> None:
        """Keeps the first exception, and reports others."""
        kept = self._raised if raised is None else raised
        if self.closed or kept:
            unraisable(error)
        else:
            kept.append(error)

    def begin(self) -> tuple[list[BaseException], list[BaseException]]:
        """Is called at the beginning of an asynchronous send. Returns the list for its exceptions, and that of
        the send before it."""
        before, self._raised = self._raised, []
        return self._raised, before

    def restore(self, before: list[BaseException]) -> None:
        """Undoes begin."""
        before.extend(self._raised)
        self._raised = before

    def caught(self, raised: BaseException) -> None:
        """Handles an exception of a callback of a mailer: the call in progress is canceled. If that is an
        asynchronous send, wait or poll raises the exception. After the first, exceptions are dropped."""
        if calls.active:
            calls.raised = calls.raised or raised
            lib.CSmtp_Cancel(calls.handle)
        else:
            if not self._raised:
                self._raised.append(raised)
            lib.CSmtp_Cancel(self.handle)

    def take(self) -> Optional[BaseException]:
        try:
            return self._raised.pop(0)
        except IndexError:
            return None

    def report(self) -> None:
        """Reports an exception that no call has raised."""
        raised = self.take()
        if raised is not None:
            unraisable(raised)


def guarded(function: Callable[..., Any], failed: Any, caught: Caught) -> Callable[..., Any]:
    """Wraps a callback: its exceptions, which cannot pass through C, go to caught."""

    def run(*arguments: Any) -> Any:
        calls.callbacks += 1
        try:
            return function(*arguments)
        except BaseException as raised:  # noqa: B902: an exception cannot pass through C
            caught(raised)
            return failed
        finally:
            calls.callbacks -= 1

    return run


_lost: list[Any] = []


def free(handle: int, kept: Any) -> None:
    """Frees a handle, and then kept, which C uses. A callback cannot free its own handle, and other
    callbacks may still wait for it: if a callback calls this, the calls on the handle are canceled, and another
    thread waits for their end."""
    if calls.callbacks and kept:
        lib.CSmtp_Cancel(handle)
        try:
            return threading.Thread(target=_free, args=(handle, kept)).start()
        except RuntimeError:  # the interpreter is ending
            _lost.append(kept)
    lib.CSmtp_Free(handle)


def _free(handle: int, kept: Any) -> None:
    lib.CSmtp_Free(handle)


_BUSY = 905
_waiting: dict[int, Callable[[int], None]] = {}
_numbers = itertools.count(1)


def _done(user: int, handle: int, number: int) -> None:
    _waiting.pop(user)(number)


_DONE = DONE(guarded(_done, None, unraisable))


def tell_when_done(function: Callable[[int], None]) -> tuple[Any, int]:
    """Returns the arguments of SendAsync. There is only one ctypes function, because a ctypes function must
    not be freed while it runs."""
    key = next(_numbers)
    _waiting[key] = function
    return _DONE, key


def not_started(key: int) -> None:
    """Forgets the function of a SendAsync that has failed."""
    del _waiting[key]
