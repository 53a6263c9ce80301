# SPDX-License-Identifier: MIT
"""Sends mail with libcsmtp: all functions of csmtp_c.h, with exceptions and type hints.

    import csmtp

    with csmtp.Mailer() as mail:
        mail.set_smtp_server("mail.example.org", 587)
        mail.set_security_type(csmtp.USE_TLS)
        mail.set_login("alice")
        mail.set_password("secret")
        mail.set_sender_mail("alice@example.org")
        mail.add_recipient("bob@example.org", "Bob")
        mail.set_subject("Hello")
        mail.set_text_body("Hello, Bob.")
        mail.send()

Each method calls the C function with the same name: set_smtp_server calls
CSmtp_SetSMTPServer. csmtp_c.h describes the functions. docs/python.md describes the methods
that only this module has: attach, send_message, set_logger and the methods for asyncio, whose
names end in _async. A call that fails raises Error.

Texts are str and are passed as UTF-8, which is the default charset. For another charset, call
set_char_set and pass bytes. Other Python threads run while a call waits.

If a callback raises an exception, the call during which the callback runs is canceled and
raises the same exception. Callbacks of send_async run on a thread of the library: if one
raises an exception, the mail is canceled, and poll, wait or await raises the same exception.
An exception that no call can raise is passed to sys.unraisablehook.
"""
from __future__ import annotations

# For type checkers, `X as X` means that X is exported (PEP 484).
from ._aio import Sending as Sending
from ._events import NO_RELAY as NO_RELAY, Event as Event
from ._handle import Path as Path, Text as Text, Time as Time
from ._library import Error as Error, error_text as error_text, lib as lib, version as version
from ._message import Message as Message
from ._numbers import *
from ._pool import Pool as Pool, PoolMail as PoolMail
from ._result import Recipient as Recipient, Result as Result
from ._session import Session as Session
from ._transaction import Transaction as Transaction
from ._version import __version__ as __version__


class Mailer(Message, Session, Transaction, Result):
    """A mailer has settings, a message and, while it is connected, a session."""

    def __init__(self) -> None:
        self._own(lib.CSmtp_New())
        self.set_char_set("UTF-8")

    def clone(self) -> Mailer:
        """Returns a mailer with the same settings and message, but without the connection and the callbacks.
        Raises ValueError if a file object is attached, because two mailers cannot read the file object at the
        same time."""
        if self._readers:
            raise ValueError("clone: the message has a file object as an attachment: attach a path or bytes, or delete the attachment first")
        other = Mailer.__new__(Mailer)
        other._own(lib.CSmtp_Clone(self._handle))
        return other

    def __enter__(self) -> Mailer:
        return self

    async def __aenter__(self) -> Mailer:
        return self
