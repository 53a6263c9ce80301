# SPDX-License-Identifier: MIT
"""Plays every transcript in smtp/testdata and every built-in script of csmtp-testserver to module
csmtp, and compares the results with those in the header of the transcript or script. The server
sends each reply as a whole, or in the delivery mode that the header names."""
from __future__ import annotations

import concurrent.futures
import pathlib
import unittest
from typing import Union

import csmtp
from csmtp_testserver import ScriptError, TestServer

SMTP = pathlib.Path(__file__).parents[2] / "smtp"
TRANSCRIPTS = sorted((SMTP / "testdata").glob("*.txt"))
SCRIPTS = sorted((SMTP / "smtptest" / "scripts").glob("*.txt"))
SECURITY = {"starttls": csmtp.USE_TLS, "tls": csmtp.USE_SSL, "starttls-if-offered": csmtp.USE_TLS_IF_OFFERED}
KINDS = ["", "resolve", "dial", "timeout", "closed", "TLS", "refused", "protocol", "unsupported", "local", "canceled", "token"]
OUTCOMES = ["NOT_SENT", "ACCEPTED", "PARTIAL", "REJECTED_TEMPORARY", "REJECTED_PERMANENT", "IN_DOUBT"]


class Header:
    """The header of a transcript: the lines "key: value" before the first blank line."""

    def __init__(self, path: pathlib.Path) -> None:
        self.lines: dict[str, list[str]] = {}
        for line in path.read_text().splitlines():
            if not line:
                break
            key, colon, value = line.partition(":")
            if colon and not line.startswith("#"):
                self.lines.setdefault(key, []).append(value.strip(" "))

    def get(self, key: str, otherwise: str = "") -> str:
        return self.lines.get(key, [otherwise])[0]

    def all(self, key: str) -> list[str]:
        return self.lines.get(key, [])


def settings(mail: csmtp.Mailer, h: Header, ca: str) -> None:
    mail.set_security_type(SECURITY.get(h.get("security"), csmtp.NO_SECURITY))
    mail.set_ca_file(ca)
    mail.set_verify_peer(h.get("verify") != "no")
    mail.set_lmtp(h.get("lmtp") == "yes")
    mail.set_partial_delivery(h.get("partial") == "yes")
    if h.all("local-name"):
        mail.set_local_host_name(h.get("local-name"))
    if h.all("mechanism"):
        mail.set_auth_mechanism(h.get("mechanism"))
    if h.get("clear-login") == "yes":
        mail.set_clear_login(True)
    mail.set_login_required(h.get("login-required") == "yes")
    if h.all("token"):
        mail.set_access_token(h.get("token"))
    if h.all("timeout"):
        for step in range(csmtp.TIMEOUT_CONNECT, csmtp.TIMEOUT_QUIT + 1):
            mail.set_timeout(step, int(h.get("timeout")))


def message(mail: csmtp.Mailer, h: Header) -> None:
    mail.set_sender_mail(h.get("from", "sender@test.example"))
    mail.set_subject(h.get("subject", "A test"))
    for key, add in (("to", mail.add_recipient), ("cc", mail.add_cc_recipient), ("bcc", mail.add_bcc_recipient)):
        for address in h.all(key):
            add(address)
    if not (h.all("to") or h.all("cc") or h.all("bcc")):
        mail.add_recipient("rcpt@test.example")
    for line in h.all("line") or ["Hello."]:
        mail.add_msg_line(line)
    if h.all("attachment-size"):
        mail.add_attachment_data("data.bin", b"x" * int(h.get("attachment-size")))


def follow(mail: csmtp.Mailer, h: Header, port: int) -> dict[str, Union[str, int]]:
    """Connects and sends as the header says, and returns the results."""
    said: dict[str, Union[str, int]] = {"expect": "ok", "text": ""}
    accepted = 0
    login = bool(h.all("login") or h.all("token")) and h.get("authenticate") != "no"
    try:
        mail.connect_remote_server("localhost", port, csmtp.DO_NOT_SET, login, h.get("login"), h.get("password"))
        if h.get("action") != "connect":
            for _ in range(int(h.get("mails", "1"))):
                mail.send()
                accepted += 1
        mail.disconnect_remote_server()
    except csmtp.Error as error:
        said = {"expect": str(error.number), "text": str(error), "reply-code": str(error.reply_code),
                "enhanced-code": error.enhanced_code, "kind": KINDS[error.kind]}
        if str(error) != mail.get_last_error_text() or not str(error).startswith(csmtp.error_text(error.number)):
            said["text"] = f"not the library's text: {error}"
        if (error.phase, error.kind, error.is_login_error) != (mail.get_phase(), mail.get_error_kind(), mail.is_login_error()):
            said["kind"] = "not what the mailer says"
    said["accepted"] = str(accepted)
    said["outcome"] = OUTCOMES[mail.get_outcome()]
    said["safe-to-retry"] = "yes" if mail.is_safe_to_retry() else "no"
    return said


def play(path: pathlib.Path) -> list[str]:
    """Plays a transcript or a built-in script. Returns how the results differ from the header."""
    h = Header(path)
    ready = path in SCRIPTS
    options = [] if ready else ["--script", str(path), "--delivery", h.get("delivery", "whole"), "--once", "--for", "60s"]
    wrong = []
    with TestServer(*options) as server, csmtp.Mailer() as mail:
        if ready:
            server.play(path.stem)
        settings(mail, h, server.ca)
        message(mail, h)
        said = follow(mail, h, server.port)
        mail.close()
        if ready:
            try:
                server.played()
            except ScriptError as error:
                wrong = [str(error)]
        else:
            status, words = server.finish()
            wrong = [] if status == 0 else [words]
    for key in ("expect", "expect-outcome", "expect-safe-to-retry", "expect-accepted", "expect-reply-code", "expect-enhanced-code", "expect-kind"):
        short = key.removeprefix("expect-")
        if h.all(key) and h.get(key) != said.get(short):
            wrong.append(f"{key}: {h.get(key)}, but got {said.get(short)}")
    if str(said["text"]).startswith("not the library's text"):
        wrong.append(str(said["text"]))
    wrong += [f"{t!r} is not in {said['text']!r}" for t in h.all("expect-text") + h.all("expect-recipient") if t not in str(said["text"])]
    wrong += [f"a secret is in {said['text']!r}" for s in (h.get("password"), h.get("token")) if len(s) > 3 and s in str(said)]
    return [f"{path.name}: {w}" for w in wrong]


class Transcripts(unittest.TestCase):
    def test_all(self) -> None:
        self.assertGreater(len(TRANSCRIPTS), 100)
        self.assertGreaterEqual(len(SCRIPTS), 10)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            wrong = [w for found in pool.map(play, TRANSCRIPTS + SCRIPTS) for w in found]
        self.assertEqual([], wrong, "\n".join(wrong))


if __name__ == "__main__":
    unittest.main()
