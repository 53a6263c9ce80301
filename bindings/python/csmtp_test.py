# SPDX-License-Identifier: MIT
"""Tests module csmtp against csmtp-testserver; examples/check.sh runs it."""
from __future__ import annotations

import email
import email.policy
import gc
import http.server
import io
import multiprocessing
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from typing import Optional

import csmtp
from csmtp import _library
from csmtp_testserver import TestServer as Server

#: The functions of csmtp_c.h with their types, and the constants of csmtp_c.h.
ABI = (pathlib.Path(__file__).parents[2] / "tests" / "embed" / "abi.txt").read_text()
TYPES = {"const char *": "s", "const void *": "s", "int": "i", "unsigned int": "u", "unsigned short": "h",
                "int64_t": "q", "size_t": "z", "CSmtpHandle": "H", "void *": "p", "void": "v",
                "const char **": "P", "size_t *": "P", "const CSmtpHandle *": "P", "int *": "P", "CSmtpHandle *": "P"}


def letter(declared: str) -> str:
    declared = declared.strip()
    return "p" if declared.endswith("Function") else TYPES[declared]


def mailer(server: Server) -> csmtp.Mailer:
    mail = csmtp.Mailer()
    mail.set_smtp_server("localhost", server.port)
    mail.set_security_type(csmtp.USE_TLS)
    mail.set_ca_file(server.ca)
    mail.set_login("alice@test.example")
    mail.set_password("s3cret pass")
    mail.set_sender_mail("alice@test.example")
    mail.add_recipient("bob@test.example", "Jürgen")
    mail.set_subject("Größe")
    mail.add_msg_line("Grüße")
    return mail


def in_child(parents: csmtp.Mailer, server: Server, answers: multiprocessing.Queue) -> None:
    for mail in parents, mailer(server):
        mail.send()
        answers.put(mail.get_outcome())


class LoadingTest(unittest.TestCase):
    def said(self, library: str) -> str:
        child = subprocess.run([sys.executable, "-c", "import csmtp"], cwd=pathlib.Path(__file__).parent, text=True,
                               env={**os.environ, "CSMTP_LIBRARY": library}, stderr=subprocess.PIPE)
        self.assertNotEqual(child.returncode, 0)
        return child.stderr

    def test_missing_library(self) -> None:
        self.assertIn("OSError: /nowhere/libcsmtp.so cannot be loaded: install csmtp, or set CSMTP_LIBRARY to the path of its library (", self.said("/nowhere/libcsmtp.so"))

    def test_wrong_library(self) -> None:
        self.assertRegex(self.said("libc.so.6"), r"OSError: libc.so.6 has no function CSmtp_\w+: install the version of csmtp that this module needs, or set CSMTP_LIBRARY")


@unittest.skipIf(os.name == "nt", "Windows has no signals")
class Fixture(unittest.TestCase):
    def test_a_server_that_does_not_end_is_killed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder, "stubborn")
            program.write_text("#!/bin/sh\ntrap '' TERM\nprintf 'host=x\\nport=1\\ntls_port=2\\nca=x\\nhttp=http://x:1/\\n' >\"$2/coming\"\n"
                               "mv \"$2/coming\" \"$2/ready\"\nwhile :; do sleep 0.1; done\n")
            program.chmod(0o755)
            server = Server(program=str(program))
            server._grace = 0.1
            server.close()
            self.assertEqual(server.process.returncode, -signal.SIGKILL)
            self.assertFalse(server.folder.exists())


class Contract(unittest.TestCase):
    def test_signatures_match_the_header(self) -> None:
        declared = {}
        for result, name, arguments in re.findall(r"(?m)^function (.+?) ?CSmtp_(\w+)\((.*)\)$", ABI):
            types = [letter(a) for a in arguments.split(", ") if a != "void"]
            declared[name] = letter(result) + " " + "".join(types)
        self.assertEqual(ABI.count("function "), len(declared))
        self.assertEqual(declared, _library.SIGNATURES)

    def test_every_function_has_a_method(self) -> None:
        code = "".join(p.read_text() for p in sorted(pathlib.Path(csmtp.__file__).parent.glob("*.py")))
        code = re.sub(r"(?s)SIGNATURES = \{.*?\n\}", "", code)
        for name in _library.SIGNATURES:
            self.assertRegex(code, rf'"{name}"|CSmtp_{name}\(', name)

    def test_constants_match_the_header(self) -> None:
        numbers = dict(re.findall(r"CSMTP_(\w+) = (\d+)", ABI))
        ours = {n: getattr(csmtp, n) for n in dir(csmtp) if n.isupper() and n in numbers}
        self.assertGreater(len(ours), 35)
        self.assertEqual({n: int(numbers[n]) for n in ours}, ours)


class Sending(unittest.TestCase):
    def test_a_mail_arrives(self) -> None:
        with Server() as server, mailer(server) as mail:
            mail.set_html_body("<p>Grüße</p>")
            mail.add_attachment_data("menü.txt", b"\x00\xff", "application/octet-stream")
            mail.add_attachment_reader("file.bin", io.BytesIO(b"y" * 70000))
            mail.send()
            self.assertEqual(csmtp.ACCEPTED, mail.get_outcome())
            self.assertEqual(("bob@test.example", True, 250), mail.results()[0][:3])
            self.assertRegex(mail.get_queue_id(), ".")
            got = email.message_from_bytes(server.mails()[0].raw, policy=email.policy.default)
            self.assertEqual("Größe", got["Subject"])
            parts = [p.get_payload(decode=True) for p in got.iter_attachments()]
            self.assertEqual([b"\x00\xff", b"y" * 70000], parts)
            self.assertEqual("menü.txt", next(got.iter_attachments()).get_filename())

    def test_errors_have_number_and_reply(self) -> None:
        with Server("--fault", "RCPT: 550 5.1.1 No such user here") as server, mailer(server) as mail:
            with self.assertRaises(csmtp.Error) as caught:
                mail.send()
        error = caught.exception
        self.assertEqual((csmtp.COMMAND_RCPT_TO, 550, "5.1.1"), (error.number, error.reply_code, error.enhanced_code))
        self.assertEqual("550 5.1.1 No such user here", error.reply)
        self.assertIn(error.reply, str(error))
        self.assertEqual(csmtp.REJECTED_PERMANENT, error.outcome)
        self.assertFalse(error.safe_to_retry)

    def test_bad_input_is_refused_before_connecting(self) -> None:
        with csmtp.Mailer() as mail:
            mail.set_smtp_server("localhost", 1)
            mail.set_sender_mail("alice@test.example")
            mail.add_recipient("bob@test.example\r\nDATA")
            with self.assertRaises(csmtp.Error) as caught:
                mail.send()
            self.assertEqual(csmtp.BAD_INPUT, caught.exception.number)
            with self.assertRaises(IndexError):
                mail.get_msg_line_text(0)
        with self.assertRaises(csmtp.Error):
            mail.send()  # the mailer is closed

    def test_text_is_not_cut_at_a_nul(self) -> None:
        with csmtp.Mailer() as mail:
            for set_text in (mail.add_recipient, mail.set_subject, mail.set_html_body, mail.set_sender_mail, mail.set_password):
                for cut in ("eve@test.example\0@test.example", b"eve@test.example\0"):
                    with self.assertRaises(ValueError):
                        set_text(cut)
            with self.assertRaises(ValueError):
                mail.send_raw(b"From: a@test.example\n\n", "a@test.example", "eve@test.example\0@test.example")
            self.assertEqual(0, mail.get_recipient_count())
            mail.set_sender_mail("alice@test.example")
            mail.add_recipient("bob@test.example")
            mail.add_attachment_data("a.bin", b"a\0b")
            self.assertIn(b"YQBi\r\n", mail.render_message())

    def test_render_raw_and_clone(self) -> None:
        with Server() as server, mailer(server) as mail:
            rendered = mail.render_message()
            with mail.clone() as other:
                other.send_raw(rendered)
            self.assertEqual(rendered, server.mails()[0].raw)

    def test_a_batch_is_one_session(self) -> None:
        with Server("--fault", "RCPT#2: 550 5.1.1 No such user") as server, mailer(server) as carrier:
            mails = [mailer(server) for _ in range(3)]
            self.assertEqual([0, csmtp.COMMAND_RCPT_TO, 0], carrier.send_batch(mails))
            self.assertEqual([csmtp.ACCEPTED, csmtp.REJECTED_PERMANENT, csmtp.ACCEPTED], [m.get_outcome() for m in mails])
            self.assertEqual("550 5.1.1 No such user", mails[1].get_last_reply())
            self.assertEqual([902] * 2, carrier.send_batch([mails[0], mails[0]]))

    def test_send_async(self) -> None:
        with Server() as server:
            numbers: list[int] = []
            ended = threading.Semaphore(0)
            mails = [mailer(server) for _ in range(8)]
            for mail in mails:
                mail.send_async(lambda number: (numbers.append(number), ended.release()))
            for mail in mails:
                self.assertTrue(mail.wait(30000))
                self.assertTrue(mail.poll())
            del mail, mails
            gc.collect()
            for _ in range(8):
                self.assertTrue(ended.acquire(timeout=30))
            self.assertEqual([0] * 8, numbers)

    def test_calls_in_the_done_function(self) -> None:
        with Server() as server:
            for _ in range(10):
                told: list[int] = []
                with mailer(server) as mail:
                    mail.send_async(told.append)
                self.assertEqual(1, len(told), "close returns before the function")
            with mailer(server) as mail:
                mail.send_async(lambda number: [][number])
                self.assertRaises(IndexError, mail.wait, 30000)
                self.assertTrue(mail.wait(0))
                mail.send_async(lambda number: self.assertEqual(csmtp.ACCEPTED, mail.get_outcome()))
                self.assertTrue(mail.wait(30000))
            freed = threading.Event()
            mail = mailer(server)
            mail.send_async(lambda number: (mail.close(), freed.set()))
            self.assertTrue(freed.wait(30))
            self.assertRaises(csmtp.Error, mail.set_subject, "freed")


class Callbacks(unittest.TestCase):
    def test_callbacks_are_called(self) -> None:
        lines: list[tuple[int, str]] = []
        progress: list[tuple[int, int]] = []
        refusals: list[bool] = []

        def token(refused: bool) -> str:
            refusals.append(refused)
            return "good-token"

        with Server("--mechanisms", "XOAUTH2") as server, mailer(server) as mail:
            mail.set_log_callback(lambda direction, line: lines.append((direction, line)))
            mail.set_progress_callback(lambda sent, total: progress.append((sent, total)))
            mail.set_token_callback(token)
            gc.collect()
            mail.set_security_type(csmtp.NO_SECURITY)
            with self.assertRaisesRegex(csmtp.Error, "SetTokenCallback: an access token needs TLS"):
                mail.send()
            mail.set_security_type(csmtp.USE_TLS)
            mail.send()
            mail.set_log_callback(None)
            count = len(lines)
            mail.send()
        self.assertEqual(count, len(lines))
        self.assertIn((csmtp.LOG_SERVER, "220 mail.test.example ESMTP ready"), lines)
        self.assertNotIn("good-token", repr(lines))
        self.assertEqual(progress[-1][0], progress[-1][1])
        self.assertEqual(False, refusals[0])

    def test_access_tokens_of_the_library(self) -> None:
        issued: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issued.append(self.path)
                body = b'{"access_token":"good-token","token_type":"Bearer","expires_in":"3600"}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Handler) as tokens, Server("--mechanisms", "XOAUTH2") as server, mailer(server) as mail:
            threading.Thread(target=tokens.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{tokens.server_port}/token"
            for call in (lambda: mail.set_oauth2_certificate(url, "id", "/nowhere/c.pem"),
                         lambda: mail.set_oauth2_service_account("/nowhere/key.json", "alice@test.example"),
                         lambda: mail.set_oauth2_assertion_file(url, "id", ""),
                         lambda: mail.set_oauth2_managed_identity("moon")):
                self.assertRaises(csmtp.Error, call)
            mail.set_oauth2_managed_identity("azure:" + url, "the-client")
            mail.check_token()
            self.assertEqual("", mail.get_token_info())
            mail.send()
            tokens.shutdown()
        self.assertEqual(1, len(issued))
        self.assertIn("client_id=the-client", issued[0])

    def test_exceptions_are_raised_by_the_call(self) -> None:
        class Own(Exception):
            pass

        def fail(*_: object) -> None:
            raise Own

        with Server() as server:
            for method in ("set_log_callback", "set_progress_callback"):
                with mailer(server) as mail:
                    getattr(mail, method)(fail)
                    with self.assertRaises(Own):
                        mail.send()
                    getattr(mail, method)(None)
                    mail.send()
            with mailer(server) as mail:
                mail.add_attachment_reader("x", io.BufferedReader(Broken()))
                with self.assertRaises(ZeroDivisionError):
                    mail.send()
            for file, error in ((io.StringIO("text"), TypeError), (Generous(b"y" * 70000), ValueError)):
                with mailer(server) as mail:
                    mail.add_attachment_reader("x", file)  # type: ignore[arg-type]
                    with self.assertRaises(error):
                        mail.send()

    def test_progress_returning_true_cancels(self) -> None:
        with Server() as server, mailer(server) as mail:
            mail.set_progress_callback(lambda sent, total: True)
            with self.assertRaises(csmtp.Error) as caught:
                mail.send()
            self.assertEqual(csmtp.CANCELED, caught.exception.number)


class Pools(unittest.TestCase):
    def test_mails_go_to_the_relay_that_works(self) -> None:
        with Server("-fault", "MAIL: 451 4.3.0 Not now") as bad, Server() as good, mailer(bad) as first, mailer(good) as second, \
                csmtp.Pool() as pool:
            pool.add_relay(first, "bad")
            pool.add_relay(second, "good")
            begun: list[str] = []
            ends: list[csmtp.PoolMail] = []
            pool.set_journal(lambda id, relay, message_id: not begun.append(id), lambda id, relay, outcome, queue_id, reply: True)
            pool.set_reconcile(lambda id, relay, message_id: csmtp.UNKNOWN)
            for i in range(20):
                self.assertTrue(pool.submit(second, ends.append, id=str(i)))
            self.assertTrue(pool.wait())
            self.assertEqual([csmtp.ACCEPTED] * 20, [e.outcome for e in ends])
            self.assertEqual({str(i) for i in range(20)}, set(begun))
            self.assertEqual(20, pool.get_count(1, csmtp.POOL_SENT))
            self.assertIn("Not now", pool.get_relay_error(0))
            self.assertEqual("bad", pool.get_relay_name(0))
            pool.send(second)
            with self.assertRaises(csmtp.Error) as caught:
                pool.set_weight(2, 1)
            self.assertEqual(csmtp.BAD_ARGUMENT, caught.exception.number)

    def test_events(self) -> None:
        events: list[csmtp.Event] = []
        with Server() as server, mailer(server) as mail:
            with csmtp.Pool() as pool:
                mail.set_event_callback(lambda event: self.fail("the callback of a relay is not called"))
                pool.add_relay(mail, "first")
                pool.set_event_callback(events.append)
                for _ in range(10):
                    pool.submit(mail)
                self.assertTrue(pool.drain())
            self.assertEqual(10, sum(e.kind == csmtp.EVENT_SENT for e in events))
            opened, closed = (sum(e.kind == kind for e in events) for kind in (csmtp.EVENT_CONNECTED, csmtp.EVENT_DISCONNECTED))
            self.assertGreater(opened, 0)
            self.assertEqual(opened, closed)
            self.assertEqual({"first"}, {e.name for e in events})
            sent = next(e for e in events if e.kind == csmtp.EVENT_SENT)
            self.assertEqual((csmtp.ACCEPTED, 0, 250, 1), (sent.outcome, sent.error, sent.reply_code, sent.attempts))
            self.assertGreater(sent.octets, 0)
            self.assertGreaterEqual(sent.total, sent.envelope + sent.content + sent.reply)

            events.clear()
            mail.set_event_callback(events.append)
            mail.send()
            self.assertEqual(csmtp.EVENT_CONNECTED, events[0].kind)
            self.assertEqual((csmtp.EVENT_SENT, "", 0), (events[-1].kind, events[-1].name, events[-1].relay))

            def fail(event: csmtp.Event) -> None:
                raise KeyError(event.kind)
            mail.set_event_callback(fail)
            with self.assertRaises(KeyError):
                mail.send()
            mail.set_event_callback(None)
            mail.send()

    def test_exceptions_of_callbacks_are_raised(self) -> None:
        def fail(*_: object) -> bool:
            raise KeyError("x")
        with Server() as server, mailer(server) as mail, csmtp.Pool() as pool:
            pool.add_relay(mail)
            pool.submit(mail, fail)
            with self.assertRaises(KeyError):
                pool.drain()


class Generous(io.BytesIO):
    """A file whose method read returns more octets than it was asked for."""

    def read(self, size: Optional[int] = -1) -> bytes:
        return super().read()


class Broken(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def readinto(self, buffer: object) -> int:
        return 1 // 0


@unittest.skipUnless(hasattr(os, "fork"), "no fork on this system")
class Forking(unittest.TestCase):
    def test_children_forked_after_use(self) -> None:
        forked = multiprocessing.get_context("fork")
        with Server() as server, mailer(server) as mail:
            mail.send()
            answers = forked.Queue()
            children = [forked.Process(target=in_child, args=(mail, server, answers)) for _ in range(3)]
            for child in children:
                child.start()
            got = sorted(answers.get(timeout=30) for _ in range(6))
            for child in children:
                child.join(30)
                self.assertEqual(0, child.exitcode)
            self.assertEqual([csmtp.ACCEPTED] * 6, got)
            mail.send()

    def test_configure_fork_send(self) -> None:
        lines = []
        with Server() as server, mailer(server) as mail:
            mail.set_log_callback(lambda direction, line: lines.append(line))
            child = os.fork()
            if child == 0:
                try:
                    mail.send()
                    os._exit(0 if lines else 2)
                finally:
                    os._exit(1)
            self.assertEqual(0, os.waitpid(child, 0)[1])
            self.assertEqual([], lines)
            mail.send()
            self.assertIn(b"bob@test.example", server.mails()[1].raw)


if __name__ == "__main__":
    unittest.main()
