# SPDX-License-Identifier: MIT
"""The events of a mailer or a pool."""
from __future__ import annotations

from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_size_t, c_uint, c_void_p
from typing import Any, Callable, NamedTuple

from ._library import Caught, guarded, text


class Event(NamedTuple):
    """An event. Numbers that do not apply to an event are 0. The durations are in microseconds."""

    kind: int  #: EVENT_CONNECTED ...
    relay: int  #: the number of the relay in the pool; NO_RELAY for a mail that was given to no relay
    name: str  #: the name of the relay; "" in an event of a mailer
    server: str  #: as "host:port"
    outcome: int  #: of the mail, such as ACCEPTED or IN_DOUBT
    error: int  #: the error number
    reply_code: int  #: of the last reply, such as 250
    attempts: int  #: the number of attempts to send the mail so far
    recipients: int
    accepted: int  #: the number of recipients for whom the mail was accepted
    octets: int  #: the size of the message; 0 if it was not sent completely
    resolve: int  #: looking up the address
    connect: int
    tls: int  #: the TLS handshake
    greeting: int
    ehlo: int
    login: int
    envelope: int  #: MAIL, RCPT and the reply to DATA
    content: int  #: sending the message
    reply: int  #: waiting for the reply after the message
    total: int  #: of a session, of a mail or of a pause


NO_RELAY = 0xFFFFFFFF

_TYPES: dict[str, Any] = {"kind": c_int, "relay": c_uint, "name": c_char_p, "server": c_char_p, "outcome": c_int, "error": c_int,
          "reply_code": c_int, "attempts": c_uint, "recipients": c_uint, "accepted": c_uint}


class _Event(Structure):
    _fields_ = [("size", c_size_t), *((name, _TYPES.get(name, c_int64)) for name in Event._fields)]


EVENT = CFUNCTYPE(None, c_void_p, POINTER(_Event))


def for_events(fn: Callable[[Event], Any], caught: Caught) -> Any:
    """Returns a callback for C that calls fn with an Event. Exceptions of fn are passed to `caught`."""

    def call(user: None, pointer: Any) -> None:
        values: list[Any] = [getattr(pointer.contents, name) for name in Event._fields]
        decoded: list[Any] = [text(v) if isinstance(v, bytes) else v for v in values]
        fn(Event(*decoded))

    return EVENT(guarded(call, None, caught))
