# SPDX-License-Identifier: MIT
"""Tests the features of module csmtp that csmtp_c.h does not have; examples/check.sh runs it."""
from __future__ import annotations

import asyncio
import copy
import datetime
import email.message
import email.mime.text
import io
import logging
import os
import pathlib
import pickle
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from typing import Any

import csmtp
from csmtp_test import mailer
from csmtp_testserver import TestServer as Server


def parts(server: Server) -> list[tuple[str, bytes]]:
    """Returns the names and contents of the attachments of the last mail."""
    message = server.mails()[-1].message
    return [(p.get_filename() or "", p.get_payload(decode=True)) for p in message.iter_attachments()]  # type: ignore[misc]


class Errors(unittest.TestCase):
    def test_errors_can_be_copied_and_pickled(self) -> None:
        class Own(csmtp.Error):
            pass

        with Server("--fault", "RCPT: 450 4.2.1 Later") as server, mailer(server) as mail:
            with self.assertRaises(csmtp.Error) as caught:
                mail.send()
        error = caught.exception
        self.assertTrue(error.safe_to_retry)
        self.assertEqual((csmtp.PHASE_RCPT, csmtp.KIND_REFUSED), (error.phase, error.kind))
        for same in copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error)):
            self.assertIs(csmtp.Error, type(same))
            self.assertEqual(str(error), str(same))
            self.assertEqual(vars(error), vars(same))
        with csmtp.Mailer() as mail:
            own = Own(mail._handle, csmtp.BAD_INPUT)
        self.assertIs(Own, type(copy.copy(own)))


class Attachments(unittest.TestCase):
    def test_kinds_of_sources(self) -> None:
        with tempfile.TemporaryDirectory() as folder, Server() as server, mailer(server) as mail:
            path = pathlib.Path(folder, "größe.txt")
            path.write_bytes(b"path\n")
            mail.attach(path)
            mail.attach(str(path), "other.txt")
            mail.attach(b"octets\n", "octets.bin")
            mail.attach(bytearray(b"array\n"), "array.bin")
            mail.attach(memoryview(b"a view\n")[2:], "view.bin")
            with open(path, "rb") as file:
                file.seek(2)
                mail.attach(file)
                read_end, write_end = os.pipe()
                os.write(write_end, b"pipe\n")
                os.close(write_end)
                with open(read_end, "rb") as pipe:
                    mail.attach(pipe, "pipe.bin")
                mail.attach(io.BytesIO(b""), "empty.bin")
                for _ in range(2):
                    mail.send()
                    self.assertEqual([("größe.txt", b"path\n"), ("other.txt", b"path\n"), ("octets.bin", b"octets\n"),
                                      ("array.bin", b"array\n"), ("view.bin", b"view\n"), ("größe.txt", b"th\n"),
                                      ("pipe.bin", b"pipe\n"), ("empty.bin", b"")], parts(server))

    def test_wrong_sources(self) -> None:
        with tempfile.TemporaryDirectory() as folder, csmtp.Mailer() as mail:
            path = pathlib.Path(folder, "a.txt")
            path.write_text("a")
            with self.assertRaises(ValueError):
                mail.attach(b"octets")
            with self.assertRaises(ValueError):
                mail.attach(io.BytesIO(b"octets"))
            with open(path) as text, self.assertRaises(TypeError):
                mail.attach(text)  # type: ignore[arg-type]

    def test_a_closed_file_is_an_error_of_send(self) -> None:
        with Server() as server, mailer(server) as mail:
            file = io.BytesIO(b"x")
            mail.attach(file, "x.bin")
            file.close()
            with self.assertRaises(ValueError):
                mail.send()
            self.assertEqual([], server.mails())

    def test_every_path_may_be_of_pathlib(self) -> None:
        with tempfile.TemporaryDirectory() as folder, Server() as server, mailer(server) as mail:
            to = pathlib.Path(folder)
            mail.set_ca_file(pathlib.Path(server.ca))
            mail.set_log_file(to / "log.txt")
            mail.set_record_file(to / "record.txt")
            mail.save_message(to / "saved.eml")
            mail.send_raw_file(to / "saved.eml")
            self.assertEqual((to / "saved.eml").read_bytes(), server.mails()[0].raw)
            self.assertIn("EHLO", (to / "log.txt").read_text())

    def test_dates(self) -> None:
        with csmtp.Mailer() as mail:
            mail.set_sender_mail("alice@test.example")
            mail.add_recipient("bob@test.example")
            moment = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
            mail.set_date(moment)
            dated = mail.render_message()
            mail.set_date(int(moment.timestamp()))
            pattern = rb"(?m)^Date: .*$"
            self.assertEqual(re.findall(pattern, dated), re.findall(pattern, mail.render_message()))


class Messages(unittest.TestCase):
    def message(self) -> email.message.EmailMessage:
        message = email.message.EmailMessage()
        message["From"] = "Älice <alice@test.example>"
        message["To"] = "Bob <bob@test.example>, carol@test.example"
        message["Bcc"] = "dave@test.example"
        message["Subject"] = "Größe"
        message.set_content("Grüße\n.\nEnde\n")
        return message

    def test_an_email_message(self) -> None:
        with Server() as server, mailer(server) as mail:
            message = self.message()
            before = message.as_bytes()
            mail.send_message(message)
            self.assertEqual(before, message.as_bytes())
            got = server.mails()[0]
        self.assertEqual("alice@test.example", got.sender)
        self.assertEqual(["bob@test.example", "carol@test.example", "dave@test.example"], sorted(got.recipients))

    def test_what_is_sent(self) -> None:
        with Server() as server, mailer(server) as mail:
            mail.send_message(self.message())
            mail.send_message(email.mime.text.MIMEText("old"), "alice@test.example", "bob@test.example")
            mail.send_message(self.message(), "<>", ["eve@test.example", "frank@test.example"])
            first, old, third = server.mails()
            self.assertNotIn(b"dave", first.raw)
            self.assertEqual("Größe", first.subject)
            self.assertEqual("Grüße\n.\nEnde\n", first.message.get_content().replace("\r\n", "\n"))
            self.assertEqual(["bob@test.example"], old.recipients)
            self.assertEqual(("", ["eve@test.example", "frank@test.example"]), (third.sender, third.recipients))

    def test_resent_fields(self) -> None:
        with Server() as server, mailer(server) as mail:
            message = self.message()
            message["Resent-Date"] = "Thu, 29 Feb 2024 12:30:00 +0000"
            message["Resent-From"] = "erin@test.example"
            message["Resent-To"] = "frank@test.example"
            message["Resent-Bcc"] = "grace@test.example"
            mail.send_message(message)
            got = server.mails()[0]
            self.assertEqual(("erin@test.example", ["frank@test.example", "grace@test.example"]), (got.sender, sorted(got.recipients)))
            self.assertNotIn(b"grace", got.raw)
            self.assertNotIn(b"dave", got.raw)
            message["Resent-Date"] = "Fri, 1 Mar 2024 12:30:00 +0000"
            with self.assertRaises(ValueError):
                mail.send_message(message)

    def test_addresses_beyond_ascii(self) -> None:
        with Server() as server, mailer(server) as mail:
            message = self.message()
            message.replace_header("To", "Jürgen <jürgen@test.example>")
            mail.send_message(message)
            self.assertIn("jürgen@test.example", server.mails()[0].recipients)
            self.assertIn("jürgen@test.example".encode(), server.mails()[0].raw)

    def test_no_recipient_and_no_sender(self) -> None:
        with csmtp.Mailer() as mail:
            mail.set_smtp_server("localhost", 1)
            message = self.message()
            with self.assertRaises(csmtp.Error) as caught:
                mail.send_message(message, recipients=[])
            self.assertEqual(csmtp.UNDEF_RECIPIENTS, caught.exception.number)
            del message["From"]
            with self.assertRaises(csmtp.Error) as caught:
                mail.send_message(message)
            self.assertEqual(csmtp.UNDEF_MAIL_FROM, caught.exception.number)


class Logging(unittest.TestCase):
    def test_the_dialogue_goes_to_a_logger(self) -> None:
        with Server() as server, mailer(server) as mail:
            mail.set_logger()
            with self.assertLogs("csmtp", logging.DEBUG) as logged:
                mail.send()
            said = [record.getMessage() for record in logged.records]
            self.assertIn("S: 220 mail.test.example ESMTP ready", said)
            self.assertTrue(any(line.startswith("C: EHLO") for line in said))
            self.assertNotIn("s3cret", "".join(said))
            own = logging.getLogger("own")
            mail.set_logger(logging.LoggerAdapter(own, {}), logging.INFO)
            with self.assertLogs(own, logging.INFO) as logged:
                mail.send()
            self.assertEqual({logging.INFO}, {record.levelno for record in logged.records})
            mail.set_logger(None)
            with self.assertNoLogs(own) if sys.version_info >= (3, 10) else self.subTest():
                mail.send()


class Asyncio(unittest.IsolatedAsyncioTestCase):
    async def test_mails_at_once(self) -> None:
        with Server("--fault", "RCPT#2: 550 5.1.1 No such user") as server:
            mails = [mailer(server) for _ in range(8)]
            results = await asyncio.gather(*(mail.send_async() for mail in mails), return_exceptions=True)
            errors = [r for r in results if r is not None]
            self.assertEqual([csmtp.COMMAND_RCPT_TO], [e.number for e in errors if isinstance(e, csmtp.Error)])
            self.assertEqual(7, len(server.mails()))

    async def test_await_after_the_end_and_twice(self) -> None:
        with Server() as server, mailer(server) as mail:
            numbers: list[int] = []
            sending = mail.send_async(numbers.append)
            while not mail.poll():
                await asyncio.sleep(0.01)
            await sending
            await sending
            self.assertEqual([0], numbers)
            mail.del_recipients()
            failing = mail.send_async()
            for _ in range(2):
                with self.assertRaises(csmtp.Error) as caught:
                    await failing
                self.assertEqual(csmtp.UNDEF_RECIPIENTS, caught.exception.number)

    async def test_a_second_send_is_refused(self) -> None:
        with Server("--fault", "latency 50ms") as server, mailer(server) as mail:
            sending = mail.send_async()
            with self.assertRaises(csmtp.Error) as caught:
                mail.send_async()
            self.assertEqual(csmtp.BUSY, caught.exception.number)
            await sending

    async def test_an_exception_of_done(self) -> None:
        with Server() as server, mailer(server) as mail:
            with self.assertRaises(IndexError):
                await mail.send_async(lambda number: [][number])

    async def test_the_loop_runs_while_a_mail_is_sent(self) -> None:
        with Server("--fault", "latency 50ms") as server, mailer(server) as mail:
            ticks = 0

            async def tick() -> None:
                nonlocal ticks
                while True:
                    await asyncio.sleep(0.005)
                    ticks += 1

            ticking = asyncio.create_task(tick())
            await mail.send_async()
            self.assertGreater(ticks, 5)
            ticks = 0
            await mail.send_message_async(Messages().message())
            self.assertGreater(ticks, 5)
            ticking.cancel()

    async def test_a_canceled_task_cancels_the_send(self) -> None:
        with Server("--fault", "greeting: stall") as server:
            async def raw(mail: csmtp.Mailer) -> None:
                await mail.send_raw_async(mail.render_message())

            async def own(mail: csmtp.Mailer) -> None:
                await mail.send_async()

            for call in raw, own:
                with mailer(server) as mail:
                    with self.assertRaises(asyncio.TimeoutError):
                        await asyncio.wait_for(call(mail), 0.2)
                    self.assertEqual(csmtp.NOT_SENT, mail.get_outcome())
                    self.assertEqual("bob@test.example", re.search("bob@[a-z.]*", mail.render_message().decode())[0])  # type: ignore[index]

    async def test_sessions_and_batches(self) -> None:
        with Server() as server:
            async with mailer(server) as mail:
                await mail.connect_remote_server_async("localhost", server.port, csmtp.USE_TLS, True, server.user, server.password)
                await mail.keep_alive_async()
                self.assertEqual([0, 0], await mail.send_batch_async([mailer(server), mailer(server)]))
                with tempfile.TemporaryDirectory() as folder:
                    mail.save_message(pathlib.Path(folder, "a.eml"))
                    await mail.send_raw_file_async(pathlib.Path(folder, "a.eml"))
                await mail.disconnect_remote_server_async()
            self.assertEqual(1, len(server.sessions()))
            self.assertEqual(3, len(server.mails()))
            with self.assertRaises(csmtp.Error) as caught:
                await mail.check_token_async()
            self.assertEqual(csmtp.BAD_HANDLE, caught.exception.number)

    async def test_a_callback_raises_through_await(self) -> None:
        class Own(Exception):
            pass

        def fail(*_: object) -> None:
            raise Own

        with Server() as server, mailer(server) as mail:
            mail.set_log_callback(fail)
            with self.assertRaises(Own):
                await mail.send_message_async(Messages().message())

    async def test_pools(self) -> None:
        with Server() as server:
            mail = mailer(server)
            async with csmtp.Pool() as pool:
                pool.add_relay(mail)
                pool.set_queue(2)
                ends = [await pool.submit_async(mail, str(i)) for i in range(10)]
                results = await asyncio.gather(*ends)
                self.assertEqual([csmtp.ACCEPTED] * 10, [r.outcome for r in results])
                await pool.send_async(mail)
                await pool.wait_async()
                await pool.drain_async()
            self.assertEqual(11, len(server.mails()))
            mail.close()

    def test_several_loops(self) -> None:
        with Server() as server:
            failed: list[BaseException] = []

            def run() -> None:
                async def send() -> None:
                    with mailer(server) as mail:
                        await mail.send_async()
                try:
                    asyncio.run(send())
                except BaseException as error:
                    failed.append(error)

            threads = [threading.Thread(target=run) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            self.assertEqual(([], 4), (failed, len(server.mails())))

    def test_a_loop_that_was_closed(self) -> None:
        with Server("--fault", "latency 30ms") as server, mailer(server) as mail:
            async def start() -> None:
                sending = mail.send_async()
                future: Any = sending._end.future()
                self.assertFalse(future.done())

            asyncio.run(start())
            self.assertTrue(mail.wait(30000))
            self.assertEqual(1, len(server.mails()))


class Program(unittest.TestCase):
    def test_the_program_runs_as_a_module(self) -> None:
        here = pathlib.Path(__file__).parent
        run = subprocess.run([sys.executable, "-m", "csmtp_testserver", "--list-scripts"], cwd=here, text=True, stdout=subprocess.PIPE)
        self.assertEqual(0, run.returncode)
        self.assertIn("wrong-password", run.stdout)
        lost = subprocess.run([sys.executable, "-m", "csmtp_testserver"], cwd=here, text=True, stderr=subprocess.PIPE,
                              env={**os.environ, "CSMTP_TESTSERVER": "/nowhere/csmtp-testserver"})
        self.assertEqual(1, lost.returncode)
        self.assertIn("/nowhere/csmtp-testserver", lost.stderr)

    @unittest.skipUnless(os.name == "posix", "on Windows, the server is a child of Python")
    def test_signal_ends_the_server(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.Popen([sys.executable, "-m", "csmtp_testserver", "--dir", folder, "--quiet", "--for", "120s"],
                                   cwd=pathlib.Path(__file__).parent)
            ready = pathlib.Path(folder) / "ready"
            deadline = time.monotonic() + 60
            while not (ready.exists() and ready.read_text()) and time.monotonic() < deadline:
                time.sleep(0.02)
            port = int(re.search(r"^port=(\d+)", ready.read_text(), re.M).group(1))  # type: ignore[union-attr]
            socket.create_connection(("localhost", port), 60).close()
            run.terminate()
            run.wait(60)
            with self.assertRaises(OSError):
                socket.create_connection(("localhost", port), 60)


if __name__ == "__main__":
    unittest.main()
