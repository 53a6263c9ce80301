# SPDX-License-Identifier: MIT
"""Tests exceptions in callbacks, and the end of mailers and pools; examples/check.sh runs it."""
from __future__ import annotations

import asyncio
import gc
import io
import pathlib
import subprocess
import sys
import threading
import time
import unittest
import unittest.mock
import weakref
from typing import Any, Callable, Optional

import csmtp
import csmtp._aio
from csmtp_test import mailer
from csmtp_testserver import TestServer as Server


class Own(Exception):
    pass


def fail(*_: object) -> Any:
    raise Own


class Unreadable(io.BytesIO):
    def read(self, size: Optional[int] = -1) -> bytes:
        if size == 0:
            return b""
        raise Own


class Unraisable:
    """Collects what is reported to sys.unraisablehook."""

    def __enter__(self) -> list[BaseException]:
        self._before, found = sys.unraisablehook, []
        sys.unraisablehook = lambda arguments: found.append(arguments.exc_value)
        return found

    def __exit__(self, *_: object) -> None:
        sys.unraisablehook = self._before


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)


class Pools(unittest.TestCase):
    def test_an_unreadable_attachment_cancels_only_its_mail(self) -> None:
        for in_wait in (False, True):
            for call in ("submit", "send"):
                with self.subTest(in_wait=in_wait, call=call), Server("--fault", "latency 20ms") as server, mailer(server) as mail, \
                        mailer(server) as bad, csmtp.Pool() as pool:
                    pool.add_relay(mail)
                    pool.set_callbacks_in_wait(in_wait)
                    ends: list[csmtp.PoolMail] = []
                    for _ in range(6):
                        pool.submit(mail, ends.append)
                    bad.attach(Unreadable(b"x"), "x.bin")
                    for _ in range(3):
                        with self.assertRaises(Own):
                            getattr(pool, call)(bad)
                    self.assertTrue(pool.wait())
                    self.assertEqual([csmtp.ACCEPTED] * 6, [end.outcome for end in ends])
                    self.assertEqual({}, pool._waiting)

    def test_send_raises_no_exception_of_another_mail(self) -> None:
        for in_wait in (False, True):
            with self.subTest(in_wait=in_wait), Server() as server, mailer(server) as mail, csmtp.Pool() as pool:
                pool.add_relay(mail)
                pool.set_callbacks_in_wait(in_wait)
                pool.submit(mail, fail)
                pool.send(mail)
                with self.assertRaises(Own):
                    pool.drain()
                self.assertTrue(pool.drain())

    def test_two_threads_raise_an_exception_once(self) -> None:
        class Emptied(list):  # type: ignore[type-arg]
            """Behaves like a list that another thread empties directly after this thread has found that the
            list is not empty."""

            def __bool__(self) -> bool:
                return True

        with csmtp.Pool() as pool:
            pool._later._raised = Emptied()
            self.assertTrue(pool.wait())

    def test_exceptions_of_the_callbacks_of_a_relay(self) -> None:
        with Server("--mechanisms", "XOAUTH2") as server, mailer(server) as relay, mailer(server) as mail:
            for method in ("set_log_callback", "set_token_callback"):
                for in_wait in (False, True):
                    with self.subTest(method=method, in_wait=in_wait), Unraisable() as more, csmtp.Pool() as pool:
                        relay.set_token_callback(lambda refused: "good-token")
                        relay.set_log_callback(None)
                        getattr(relay, method)(fail)
                        pool.add_relay(relay)
                        pool.set_callbacks_in_wait(in_wait)
                        ends: list[csmtp.PoolMail] = []
                        pool.submit(mail, ends.append)
                        with self.assertRaises(Own):
                            while not pool.wait(100):
                                pass
                        try:
                            while not pool.wait(100):
                                pass
                        except Own:
                            self.assertTrue(pool.wait())
                        accepted = method == "set_log_callback"
                        self.assertEqual([csmtp.ACCEPTED if accepted else csmtp.NOT_SENT], [end.outcome for end in ends])
                    self.assertLessEqual({type(e) for e in more}, {Own})

    def test_a_relay_can_be_changed_and_closed(self) -> None:
        first: list[str] = []
        with Server() as server, csmtp.Pool() as pool, mailer(server) as mail:
            relay = mailer(server)
            relay.set_log_callback(lambda direction, line: first.append(line))
            self.assertEqual(0, pool.add_relay(relay, "one"))
            relay.set_log_callback(lambda direction, line: self.fail("a callback that was set later"))
            relay.close()
            del relay
            gc.collect()
            pool.send(mail)
            self.assertEqual("one", pool.get_relay_name(0))
            self.assertTrue(any(line.startswith("EHLO") for line in first))
            with self.assertRaises(csmtp.Error) as caught:
                pool.add_relay(pool)  # type: ignore[arg-type]
            self.assertEqual(csmtp.BAD_ARGUMENT, caught.exception.number)
            self.assertEqual(1, pool.add_relay(mail))

    def test_an_exception_that_no_call_raised_is_reported_at_the_end(self) -> None:
        with Server() as server, mailer(server) as mail, Unraisable() as found:
            with csmtp.Pool() as pool:
                pool.add_relay(mail)
                for _ in range(3):
                    pool.submit(mail, fail)
                until(lambda: len(server.mails()) == 3)
            self.assertEqual([Own] * 3, [type(e) for e in found])

    def test_many_threads_submit(self) -> None:
        # If one thread is interrupted in the middle of submit, another thread must not get the same
        # key.
        before = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            with Server() as server, mailer(server) as mail, csmtp.Pool() as pool:
                del mail
                ends: list[csmtp.PoolMail] = []
                with csmtp.Mailer() as empty:
                    def run() -> None:
                        for _ in range(200):
                            with self.assertRaises(csmtp.Error):
                                pool.submit(empty, ends.append)
                    threads = [threading.Thread(target=run) for _ in range(8)]
                    for thread in threads:
                        thread.start()
                    for thread in threads:
                        thread.join()
                self.assertEqual(1601, next(pool._keys))
                self.assertEqual({}, pool._waiting)
        finally:
            sys.setswitchinterval(before)


class Ends(unittest.TestCase):
    def test_a_pool_is_closed_in_its_callbacks(self) -> None:
        with Server() as server, mailer(server) as mail:
            for which in ("set_event_callback", "set_journal", "done"):
                with self.subTest(which):
                    pool = csmtp.Pool()
                    pool.add_relay(mail)
                    closed = threading.Event()

                    def close(*_: object) -> bool:
                        pool.close()
                        gc.collect()
                        closed.set()
                        return True

                    if which == "set_event_callback":
                        pool.set_event_callback(close)
                    elif which == "set_journal":
                        pool.set_journal(close, close)
                    handle = pool._handle
                    pool.submit(mail, close if which == "done" else None)
                    self.assertTrue(closed.wait(60))
                    # When the callback has returned, the handle is freed.
                    until(lambda: csmtp.lib.CSmtp_PoolSetQueue(handle, 1) == csmtp.BAD_HANDLE)

    def test_a_mailer_is_closed_in_its_callbacks(self) -> None:
        with Server() as server:
            mail = mailer(server)
            closed = threading.Event()

            def close(*_: object) -> None:
                mail.close()
                gc.collect()
                closed.set()

            mail.set_log_callback(close)
            handle = mail._handle
            mail.send_async()
            self.assertTrue(closed.wait(60))
            until(lambda: csmtp.lib.CSmtp_SetSubject(handle, b"x") == csmtp.BAD_HANDLE)

    def test_mailers_are_freed_without_close(self) -> None:
        mail = csmtp.Mailer()
        mail.set_log_callback(fail)
        mail.set_progress_callback(fail)
        mail.attach(io.BytesIO(b"x"), "x.bin")
        handle, gone = mail._handle, weakref.ref(mail)
        gc.disable()
        try:
            del mail
            self.assertIsNone(gone())
        finally:
            gc.enable()
        self.assertEqual(csmtp.BAD_HANDLE, csmtp.lib.CSmtp_SetSubject(handle, b"x"))

    def test_a_program_ends_while_mails_are_sent(self) -> None:
        program = """
import sys, csmtp
def mailer():
    mail = csmtp.Mailer()
    mail.set_smtp_server("localhost", int(sys.argv[1]))
    mail.set_sender_mail("alice@test.example")
    mail.add_recipient("bob@test.example")
    mail.set_log_callback(lambda direction, line: None)
    return mail
def done(result):
    for i in range(1000):
        pass
mail, relay, pool = mailer(), mailer(), csmtp.Pool()
pool.add_relay(relay)
pool.set_journal(lambda *_: True, lambda *_: True)
pool.set_event_callback(done)
for i in range(20):
    pool.submit(mail, done)
mails = [mailer() for i in range(4)]
for each in mails:
    each.send_async(done)
print("the end")
"""
        for fault in ("latency 5ms", "greeting: stall"):
            with self.subTest(fault), Server("--fault", fault) as server:
                for _ in range(5):
                    run = subprocess.run([sys.executable, "-c", program, str(server.port)], cwd=pathlib.Path(__file__).parent, text=True,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
                    self.assertEqual((0, "the end\n"), (run.returncode, run.stdout))


class Later(unittest.TestCase):
    def test_exceptions_of_callbacks_during_send_async(self) -> None:
        with Server() as server:
            for method in ("set_log_callback", "set_event_callback", "set_progress_callback"):
                with self.subTest(method), mailer(server) as mail, Unraisable() as found:
                    getattr(mail, method)(fail)
                    mail.send_async()
                    with self.assertRaises(Own):
                        mail.wait(60000)
                    getattr(mail, method)(None)
                    mail.send_async()
                    self.assertTrue(mail.wait(60000))
                    self.assertEqual([], found)
            with mailer(server) as mail:
                mail.attach(Unreadable(b"x"), "x.bin")
                mail.send_async()
                with self.assertRaises(Own):
                    mail.wait(60000)
            sent = len(server.mails())
            with mailer(server) as mail:
                mail.set_log_callback(fail)
                mail.send_async()
                with self.assertRaises(Own):
                    mail.wait(60000)
                self.assertEqual(csmtp.NOT_SENT, mail.get_outcome())
            self.assertEqual(sent, len(server.mails()))

    def test_the_next_send_does_not_raise_an_older_exception(self) -> None:
        async def canceled(mail: csmtp.Mailer, begun: asyncio.Event) -> None:
            sending = mail.send_async(fail)
            begun.set()
            await sending

        async def run(mail: csmtp.Mailer) -> None:
            begun = asyncio.Event()
            task = asyncio.create_task(canceled(mail, begun))
            await begun.wait()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        with Server() as server, mailer(server) as mail:
            with Unraisable() as found:
                asyncio.run(run(mail))
                mail.send_async()
                self.assertTrue(mail.wait(60000))
                self.assertEqual([Own], [type(e) for e in found])
            with Unraisable() as found:
                with mailer(server) as other:
                    other.send_async(fail)
                self.assertEqual([Own], [type(e) for e in found])

    def test_a_send_starts_while_the_callback_of_a_canceled_one_returns(self) -> None:
        come = csmtp._aio.End.come

        def slowly(end: csmtp._aio.End) -> None:
            come(end)
            time.sleep(0.3)

        async def run(mail: csmtp.Mailer) -> None:
            begun = asyncio.Event()

            async def send() -> None:
                sending = mail.send_async()
                begun.set()
                await sending

            task = asyncio.create_task(send())
            await begun.wait()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await mail.send_async()

        with Server() as server, mailer(server) as mail, unittest.mock.patch.object(csmtp._aio.End, "come", slowly):
            asyncio.run(run(mail))
            self.assertEqual(csmtp.ACCEPTED, mail.get_outcome())

    def test_a_callback_starts_a_send_before_send_async_returns(self) -> None:
        with Server() as server, Server("--fault", "MAIL: stall") as slow, mailer(server) as mail:
            mail.send_async()
            self.assertTrue(mail.wait(60000))
            started = threading.Event()

            def again(number: int) -> None:
                mail.set_smtp_server("localhost", slow.port)
                mail.set_ca_file(slow.ca)
                mail.send_async()
                started.set()

            call, here = mail._do, threading.get_ident()

            def slowly(name: str, *arguments: Any) -> None:
                call(name, *arguments)
                if name == "SendAsync" and threading.get_ident() == here:
                    started.wait(60)

            with unittest.mock.patch.object(mail, "_do", slowly):
                mail.send_async(again)
            time.sleep(0.1)  # until 'again' has returned
            began = time.monotonic()
            with self.assertRaises(csmtp.Error) as refused:
                mail.send_async()
            self.assertLess(time.monotonic() - began, 30)
            self.assertEqual(csmtp.BUSY, refused.exception.number)
            mail.cancel()

    def test_a_clone_has_no_callbacks_and_shares_no_file(self) -> None:
        with Server() as server, mailer(server) as mail:
            lines: list[str] = []
            mail.set_log_callback(lambda direction, line: lines.append(line))
            with mail.clone() as other:
                other.send()
            self.assertEqual([], lines)
            for attach in (mail.attach, lambda file, name: mail.add_attachment_reader(name, file)):
                attach(io.BytesIO(b"x" * 100000), "x.bin")
                self.assertRaisesRegex(ValueError, "file object", mail.clone)
                mail.del_attachments()
                mail.clone().close()


if __name__ == "__main__":
    unittest.main()
