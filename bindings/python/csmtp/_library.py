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

# The types for which the letters in SIGNATURES stand: "s" is text or octets, "i" int, "u" unsigned int,
# "h" unsigned short, "q" int64_t, "z" size_t, "H" a handle, "p" a pointer or function, "P" a pointer to a
# result, and "v" void.
_TYPES = {"s": c_char_p, "i": c_int, "u": c_uint, "h": c_ushort, "q": c_int64, "z": c_size_t,
          "H": c_size_t, "p": c_void_p, "P": c_void_p, "v": None}
READ = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_size_t)
TOKEN = CFUNCTYPE(c_void_p, c_void_p, c_int)
DONE = CFUNCTYPE(None, c_void_p, c_size_t, c_int)
PROGRESS = CFUNCTYPE(c_int, c_void_p, c_int64, c_int64)
LOG = CFUNCTYPE(None, c_void_p, c_int, c_char_p)


def _load() -> ctypes.CDLL:
    """Loads the library: the file that the environment variable CSMTP_LIBRARY names, or else the file that a
    wheel has put into this folder, or else the file that the system's loader finds."""
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
            raise OSError(f"{path} has no function CSmtp_{name}: install the version of csmtp that this module needs, or set CSMTP_LIBRARY to the path of its library") from error
        function.restype = _TYPES[result]
        function.argtypes = [_TYPES[a] for a in arguments]
    return lib


lib = _load()


_RANGES = {"i": (-(1 << 31), (1 << 31) - 1), "u": (0, (1 << 32) - 1), "h": (0, (1 << 16) - 1),
           "q": (-(1 << 63), (1 << 63) - 1)}


def octets(value: Any) -> Any:
    """Converts text and paths to octets. Raises ValueError if the value contains a NUL, at which C would
    truncate it."""
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
    """Returns a text in UTF-8. Octets that the function text or os.environ could not decode are restored. If
    the text cannot be encoded, returns None instead of raising encode's exception, because the exception
    would contain the text, which could be a password."""
    try:
        return value.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return None


def for_c(name: str, arguments: tuple[Any, ...]) -> list[Any]:
    """Converts the arguments of a function, without the handle. Raises ValueError if a number is out of the
    range of its parameter, because ctypes would truncate the number."""
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
    """Returns the general text for an error number, without the details of a failed call."""
    return text(lib.CSmtp_GetErrorText(number))


class Error(Exception):
    """A failed call. str() returns what failed, what the server replied, and what to do. An Error can be
    copied and pickled, for example to pass it to another process."""

    def __init__(self, handle: int, number: int) -> None:
        super().__init__(text(lib.CSmtp_GetLastErrorText(handle)) or error_text(number))
        self.number: int = number  #: the error number of csmtp_c.h
        self.reply: str = text(lib.CSmtp_GetLastReply(handle))  #: such as "550 5.1.1 No such user"; "" if there was none
        self.reply_code: int = lib.CSmtp_GetLastReplyCode(handle)  #: such as 550; 0 if there was none
        self.enhanced_code: str = text(lib.CSmtp_GetLastEnhancedCode(handle))  #: such as "5.1.1"; "" if there was none
        self.phase: int = lib.CSmtp_GetPhase(handle)  #: the step of the session that failed, PHASE_...
        self.kind: int = lib.CSmtp_GetErrorKind(handle)  #: the kind of the error, KIND_...
        self.is_login_error: bool = bool(lib.CSmtp_IsLoginError(handle))  #: whether the login failed and would fail again
        self.retry_after: int = lib.CSmtp_GetRetryAfter(handle)  #: seconds to wait, if the mail service has requested it; otherwise 0
        # If the call was refused because a mail is being sent, do not call GetOutcome: it would wait until that
        # send is over, and return the outcome of that mail.
        busy = number == _BUSY
        self.outcome: int = 0 if busy else lib.CSmtp_GetOutcome(handle)  #: what happened to the mail, such as NOT_SENT
        self.safe_to_retry: bool = not busy and bool(lib.CSmtp_IsSafeToRetry(handle))  #: nothing was delivered, and a later attempt might succeed

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), str(self), dict(self.__dict__))


def _restored(kind: type[Error], said: str, fields: dict[str, Any]) -> Error:
    error = kind.__new__(kind, said)
    error.__dict__.update(fields)
    return error


class Calls(threading.local):
    """The call in progress on this thread, and the number of callbacks that are running on this thread."""

    active = False
    handle = 0  # the handle on which a call is canceled if a callback raises an exception
    raised: Optional[BaseException] = None
    callbacks = 0


calls = Calls()


def call(name: str, handle: int, arguments: tuple[Any, ...], cancels: int) -> tuple[int, Optional[BaseException]]:
    """Calls a function. Returns its result and, if a callback has raised an exception during the call, the
    exception. After the exception, the call on the handle `cancels` is canceled; if `cancels` is 0, nothing
    is canceled."""
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
    """Passes an exception to sys.unraisablehook, as ctypes does, because no call can raise it."""

    def callback_of_csmtp() -> None:
        raise raised

    CFUNCTYPE(None)(callback_of_csmtp)()


class Later:
    """Keeps the exceptions of the callbacks of a mailer or a pool until a call raises them. Callbacks refer
    to this object. If they referred to the mailer, there would be a cycle of references."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.closed = False
        self._raised: list[BaseException] = []  # contains at most one exception

    def add(self, error: BaseException, raised: Optional[list[BaseException]] = None) -> None:
        """Keeps the first exception, in the list `raised` if it is given. Passes further exceptions, and all
        exceptions after close, to unraisable."""
        kept = self._raised if raised is None else raised
        if self.closed or kept:
            unraisable(error)
        else:
            kept.append(error)

    def begin(self) -> tuple[list[BaseException], list[BaseException]]:
        """Must be called at the beginning of an asynchronous send. Returns a new list for the exceptions of
        the send, and the list of the previous send."""
        before, self._raised = self._raised, []
        return self._raised, before

    def restore(self, before: list[BaseException]) -> None:
        """Undoes begin."""
        before.extend(self._raised)
        self._raised = before

    def caught(self, raised: BaseException) -> None:
        """Handles an exception of a callback of a mailer. Cancels the call in progress, which then raises the
        exception. During an asynchronous send, cancels the send; wait or poll then raises the exception. Only
        the first exception is kept."""
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
        """Passes the exception that no call has raised, if there is one, to unraisable."""
        raised = self.take()
        if raised is not None:
            unraisable(raised)


def guarded(function: Callable[..., Any], failed: Any, caught: Caught) -> Callable[..., Any]:
    """Returns a function for C that calls a callback. If the callback raises an exception, the function
    passes the exception to `caught` and returns `failed`, because an exception cannot pass through C."""

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
    """Frees a handle, and then the objects in `kept`, which C uses until the handle has been freed. A
    callback cannot free its own handle. If `free` is called in a callback, it therefore cancels the calls on
    the handle, and another thread frees the handle when the calls have ended."""
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
    """Returns arguments for SendAsync: with these, C calls `function` at the end of the send. All sends share
    one ctypes function, because a ctypes function must not be freed while it runs."""
    key = next(_numbers)
    _waiting[key] = function
    return _DONE, key


def not_started(key: int) -> None:
    """Forgets the function of a SendAsync that has failed."""
    del _waiting[key]
