# SPDX-License-Identifier: MIT
"""Tests the arguments of functions, and calls with asyncio; examples/check.sh runs it."""
from __future__ import annotations

import asyncio
import concurrent.futures
import io
import tempfile
import threading
import time
import unittest
from typing import Any, Optional

import csmtp
from callbacks_test import Own, Unreadable, fail
from csmtp_test import mailer
from csmtp_testserver import TestServer as Server


class Asyncio(unittest.IsolatedAsyncioTestCase):
    async def test_a_call_that_has_not_begun_is_not_made(self) -> None:
        with Server() as server, mailer(server) as mail, concurrent.futures.ThreadPoolExecutor(1) as executor, csmtp.Pool() as pool:
            pool.add_relay(mail)
            asyncio.get_running_loop().set_default_executor(executor)
            free = threading.Event()
            executor.submit(free.wait, 60)
            raw = mail.render_message()
            try:
                for call in (lambda: mail.send_raw_async(raw), lambda: pool.send_async(mail), lambda: pool.submit_async(mail)):
                    with self.assertRaises(asyncio.TimeoutError):
                        await asyncio.wait_for(call(), 0.1)
            finally:
                free.set()
            await pool.drain_async()
            self.assertEqual([], server.mails())

    async def test_a_canceled_task_closes_its_mailer(self) -> None:
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            asyncio.get_running_loop().set_default_executor(executor)
            free, mail = threading.Event(), csmtp.Mailer()
            handle = mail._handle

            async def use() -> None:
                async with mail:
                    executor.submit(free.wait, 60)

            task = asyncio.create_task(use())
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.sleep(0.05)
            free.set()
            with self.assertRaises(asyncio.CancelledError):
                await task
            self.assertEqual(csmtp.BAD_HANDLE, csmtp.lib.CSmtp_SetSubject(handle, b"x"))

    async def test_the_getters_report_on_the_last_call(self) -> None:
        with Server() as server, mailer(server) as mail, mailer(server) as other, csmtp.Pool() as pool:
            pool.add_relay(mail)
            raw = mail.render_message()

            async def batch() -> None:
                await other.send_batch_async([mail])

            for call in (lambda: mail.send_raw_async(raw, None, "carol@test.example"), lambda: pool.send_async(mail), batch):
                mail.send_raw(raw, None, "dave@test.example")
                self.assertEqual("dave@test.example", mail.results()[0].address)
                await call()
                self.assertNotEqual("dave@test.example", mail.results()[0].address)
                self.assertEqual(csmtp.ACCEPTED, mail.get_outcome())

    async def test_a_canceled_call_is_the_last_one(self) -> None:
        with Server("--fault", "MAIL#2: stall") as server, mailer(server) as mail:
            mail.send()
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(mail.send_raw_async(mail.render_message()), 0.3)
            self.assertEqual((csmtp.NOT_SENT, ""), (mail.get_outcome(), mail.get_queue_id()))

    async def test_submit_does_not_block_the_loop(self) -> None:
        class Slow(io.BytesIO):
            def read(self, size: Optional[int] = -1) -> bytes:
                threads.add(threading.get_ident())
                return super().read(size)

        threads: set[int] = set()
        with Server() as server, mailer(server) as mail, csmtp.Pool() as pool:
            pool.add_relay(mail)
            mail.attach(Slow(b"x" * 1000), "x.bin")
            threads.clear()
            result = await (await pool.submit_async(mail))
            self.assertEqual(csmtp.ACCEPTED, result.outcome)
            self.assertNotIn(threading.get_ident(), threads)
            mail.del_attachments()
            mail.attach(Unreadable(b"x"), "x.bin")
            with self.assertRaises(Own):
                await pool.submit_async(mail)

    async def test_a_task_that_is_canceled_during_submit_cancels_the_mail(self) -> None:
        class Waiting(io.BytesIO):
            def read(self, size: Optional[int] = -1) -> bytes:
                if size:
                    begun.set()
                    go_on.wait(60)
                return super().read(size)

        begun, go_on = threading.Event(), threading.Event()
        with Server("--fault", "greeting: stall") as server, mailer(server) as mail, csmtp.Pool() as pool:
            pool.add_relay(mail)
            mail.attach(Waiting(b"x" * 1000), "x.bin")
            task = asyncio.create_task(pool.submit_async(mail))
            while not begun.is_set():
                await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.sleep(0.05)
            go_on.set()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(pool.wait_async(), 60)

    async def test_two_tasks_wait_for_a_mail(self) -> None:
        with Server() as server, mailer(server) as mail:
            sending = mail.send_async(fail)

            async def wait() -> None:
                await sending

            results = await asyncio.gather(*(wait() for _ in range(3)), return_exceptions=True)
            self.assertEqual([Own] * 3, [type(result) for result in results])


class Arguments(unittest.TestCase):
    def test_numbers_that_the_types_of_c_cannot_hold(self) -> None:
        with csmtp.Mailer() as mail, csmtp.Pool() as pool:
            for call in (lambda: mail.set_smtp_server("localhost", 65561), lambda: mail.set_smtp_server("localhost", -1),
                         lambda: mail.set_timeout(csmtp.TIMEOUT_CONNECT, -1), lambda: mail.set_timeout(1 << 32, 1),
                         lambda: mail.wait(-1), lambda: pool.wait(-1), lambda: pool.drain(1 << 32), lambda: pool.set_sessions(0, -1),
                         lambda: pool.get_count(-1, csmtp.POOL_SENT), lambda: pool.get_relay_name(-1), lambda: mail.del_msg_line(-1),
                         lambda: mail.set_x_priority(1 << 40), lambda: mail.set_date(1 << 70), lambda: mail.get_peer_certificate(1 << 32, 0),
                         lambda: pool.submit(mail, milliseconds=-1), lambda: mail.add_attachment_reader("x", io.BytesIO(), size=1 << 63)):
                with self.assertRaisesRegex(ValueError, "not between"):
                    call()
            for line in (-1, 0):
                self.assertRaises(IndexError, mail.get_msg_line_text, line)
            self.assertRaises(TypeError, mail.set_timeout, csmtp.TIMEOUT_CONNECT, 1.5)
            self.assertRaises(TypeError, mail.set_timeout, csmtp.TIMEOUT_CONNECT, "1")
            self.assertEqual({}, pool._waiting)

    def test_times(self) -> None:
        with csmtp.Mailer() as mail:
            mail.set_sender_mail("alice@test.example")
            mail.add_recipient("bob@test.example")
            mail.set_date(1709209800.75)
            self.assertIn(b"Thu, 29 Feb 2024 ", mail.render_message())
            mail.set_hold_until(time.time() + 60)
            for wrong in (float("nan"), float("inf")):
                self.assertRaises((ValueError, OverflowError), mail.set_date, wrong)

    def test_no_exception_contains_a_secret(self) -> None:
        with csmtp.Mailer() as mail:
            for wrong in ("s3cret\ud800", "s3cret\0", b"s3cret\0", 53217, ["s3cret"]):
                for call in (mail.set_password, mail.set_access_token, lambda value: mail.send_raw_file("/nowhere", value)):
                    with self.assertRaises((ValueError, TypeError)) as caught:
                        call(wrong)  # type: ignore[operator]
                    error: Optional[BaseException] = caught.exception
                    while error is not None:
                        for said in (repr(error), str(error), repr(vars(error)), repr(error.args)):
                            self.assertNotIn("s3cret", said)
                            self.assertNotIn("53217", said)
                        error = error.__context__ or error.__cause__

    def test_texts_survive_getters_and_setters(self) -> None:
        with csmtp.Mailer() as mail:
            mail.set_char_set("ISO-8859-1")
            mail.set_subject("Gr\u00fc\u00dfe".encode("latin-1"))
            before = mail.get_subject()
            mail.set_subject(before)
            self.assertEqual(before, mail.get_subject())

    def test_an_async_token_callback_is_refused(self) -> None:
        async def token(refused: bool) -> str:
            return "good-token"

        with Server("--mechanisms", "XOAUTH2") as server, mailer(server) as mail:
            def started(refused: bool) -> Any:
                coroutine = token(refused)
                coroutine.close()
                return coroutine

            mail.set_token_callback(started)
            with self.assertRaisesRegex(TypeError, "the token callback returned coroutine"):
                mail.send()

    def test_files_of_older_versions_of_python(self) -> None:
        class Old:
            """A file without the method seekable, like tempfile.SpooledTemporaryFile before Python 3.11."""

            def __init__(self, data: bytes, seekable: bool) -> None:
                self.file, self.may_seek = io.BytesIO(data), seekable

            def read(self, size: int = -1) -> bytes:
                return self.file.read(size)

            def tell(self) -> int:
                return self.file.tell()

            def seek(self, *where: int) -> None:
                if not self.may_seek:
                    raise OSError("not seekable")
                self.file.seek(*where)

        with Server() as server, mailer(server) as mail:
            for may_seek in (True, False):
                mail.attach(Old(b"old", may_seek), "old.bin")  # type: ignore[arg-type]
            with tempfile.SpooledTemporaryFile() as file:
                file.write(b"spooled")
                file.seek(0)
                mail.attach(file, "spooled.bin")  # type: ignore[arg-type]
                mail.send()
            parts = [p.get_payload(decode=True) for p in server.mails()[0].message.iter_attachments()]  # type: ignore[attr-defined]
            self.assertEqual([b"old", b"old", b"spooled"], parts)


if __name__ == "__main__":
    unittest.main()
