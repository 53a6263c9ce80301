# SPDX-License-Identifier: MIT
"""Runs csmtp-testserver, a mail server for tests, and reads the mails that the server has received.

    with TestServer() as server:
        send_my_mail("localhost", server.port, server.ca)
        [mail] = server.wait()
        assert mail.subject == "Hello"

`python -m csmtp_testserver` runs csmtp-testserver with the given options.
csmtp_testserver.pytest_plugin has fixtures for pytest. docs/testing.md is an
introduction. This module needs Python 3.9 or newer and nothing else."""
from __future__ import annotations

import email
import email.message
import email.policy
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.parse
from typing import Any, Optional, Union

__all__ = ["TestServer", "Mail", "ScriptError", "ServerError"]


class ServerError(Exception):
    """Raised if the server did not start or refused a request."""


class ScriptError(AssertionError):
    """Raised by `played` if the client did not follow the script, or if no script is set."""


class Mail:
    """A received mail."""

    def __init__(self, server: TestServer, said: dict[str, Any]) -> None:
        self._server = server
        self.number: int = said["number"]
        self.session: int = said["session"]
        self.sender: str = said["from"]  # the reverse-path
        self.recipients: list[str] = [r["address"] for r in said["recipients"]]
        self.subject: str = said["subject"]  # decoded
        self.login: str = said["login"]
        self.tls: str = said["tls"]  # the TLS version; empty without TLS
        self.envelope = said  # the mail as the server describes it in JSON

    @property
    def raw(self) -> bytes:
        """Returns the content, octet for octet."""
        return self._server._request("GET", f"mails/{self.number}.eml")

    @property
    def message(self) -> email.message.EmailMessage:
        """Returns the content, parsed by the package email."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, email.message.EmailMessage)
        return parsed

    @property
    def dialogue(self) -> list[str]:
        """Returns the lines of the session in which the mail was received, with secrets masked."""
        return list(self._server._json("GET", f"sessions/{self.session}")["dialogue"])


def find_program() -> str:
    """Returns the path of csmtp-testserver: the value of the environment variable CSMTP_TESTSERVER, or else
    the path of the file in the wheel, or else the path of the file in PATH."""
    ours = pathlib.Path(__file__).with_name("csmtp-testserver" + (".exe" if os.name == "nt" else ""))
    found = os.environ.get("CSMTP_TESTSERVER") or (str(ours) if ours.exists() else shutil.which("csmtp-testserver"))
    if not found:
        raise ServerError("csmtp-testserver is not in PATH: install it, or set CSMTP_TESTSERVER to its path")
    return found


class TestServer:
    """A running csmtp-testserver. It ends when the program ends, and after one hour at the latest.

    The arguments are command-line options of csmtp-testserver: TestServer("--certificate", "expired")."""

    __test__ = False  # tells pytest that this class contains no tests

    user, password = "alice@test.example", "s3cret pass"  # the server accepts them, unless the option --user is given
    token = "good-token"
    _grace = 10.0  # if the server has not ended after this number of seconds, it is killed

    def __init__(self, *options: str, program: Optional[str] = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="csmtp-testserver-")
        self.folder = pathlib.Path(self._folder.name)
        self._output = open(self.folder / "output.txt", "wb")
        try:
            command = [program or find_program(), "--dir", str(self.folder), "--for", "1h", "--stdin", *options]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self._output, stderr=subprocess.STDOUT)
        except (OSError, ServerError) as error:
            self._output.close()
            self._folder.cleanup()
            raise ServerError(f"csmtp-testserver cannot be started: {error}") from error
        said = self._ready()
        self.host, self.port, self.tls_port = said["host"], int(said["port"]), int(said["tls_port"])
        self.ca: str = said["ca"]  # the path of the certificate of the CA that issued the server's
        self.url: str = said["http"]  # the URL of the page that shows the received mails
        self._url = urllib.parse.urlsplit(self.url)

    def _ready(self) -> dict[str, str]:
        file = self.folder / "ready"
        deadline = time.monotonic() + 30
        while not file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerError("csmtp-testserver did not start: " + self._end()[1].strip())
            time.sleep(0.005)
        return dict(line.split("=", 1) for line in file.read_text().splitlines())

    def _request(self, method: str, path: str, body: Optional[object] = None, timeout: float = 30) -> bytes:
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=timeout + 30)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, f"{self._url.path}api/{path}", text, {"Content-Type": "application/json"} if text else {})
            answer = connection.getresponse()
            octets = answer.read()
        finally:
            connection.close()
        if answer.status == 408:
            raise TimeoutError(self._error(octets))
        if answer.status >= 400:
            raise ServerError(self._error(octets))
        return octets

    @staticmethod
    def _error(octets: bytes) -> str:
        try:
            said = json.loads(octets)
            return str(said.get("error") or f"the script {said['name']} is still {said['state']}")
        except (ValueError, KeyError, AttributeError):
            return octets.decode(errors="replace").strip()

    def _json(self, method: str, path: str, body: Optional[object] = None, timeout: float = 30) -> Any:
        octets = self._request(method, path, body, timeout)
        return json.loads(octets) if octets else None

    def mails(self) -> list[Mail]:
        """Returns the mails received so far, oldest first."""
        return [Mail(self, said) for said in self._json("GET", "mails")["mails"]]

    def wait(self, count: int = 1, timeout: float = 10) -> list[Mail]:
        """Waits until `count` mails have been received since the start or the last clear, and
        returns all mails received since then. Raises TimeoutError if there are fewer after the
        given number of seconds."""
        said = self._json("GET", f"mails?wait={count}&timeout={timeout}", timeout=timeout)
        return [Mail(self, mail) for mail in said["mails"]]

    def sessions(self) -> list[dict[str, Any]]:
        """Returns the records of the sessions, with their dialogues."""
        return list(self._json("GET", "sessions")["sessions"])

    def clear(self) -> None:
        """Deletes all mails and sessions from the server."""
        self._request("DELETE", "mails")

    def play(self, script: Union[str, pathlib.Path], delivery: str = "") -> None:
        """Makes the server answer the next clients as a script says. `script` is the name of a
        built-in script, the text of a script, or the path of its file."""
        asked = {"delivery": delivery}
        if isinstance(script, pathlib.Path):
            asked.update(name=script.stem, text=script.read_text())
        else:
            asked["text" if "\n" in script else "name"] = script
        self._request("PUT", "script", asked)

    def end_script(self) -> None:
        """Ends the script: the server answers as usual again."""
        self._request("DELETE", "script")

    def played(self, timeout: float = 10) -> None:
        """Waits until the script has been played to its end. Raises ScriptError if the client did
        not follow the script or if no script is set, and TimeoutError if the script has not ended
        after the given number of seconds."""
        said = self._json("GET", f"script?wait={timeout}", timeout=timeout)
        if said["state"] == "none":
            raise ScriptError("no script is set")
        if said["state"] != "played":
            raise ScriptError(said.get("error") or f"the state of the script is {said['state']}")

    def finish(self, timeout: float = 30) -> tuple[int, str]:
        """Waits until the server ends by itself, as with the option --once. Returns the exit status
        and the output of the server."""
        self.process.wait(timeout)
        return self._end()

    def close(self) -> None:
        """Stops the server."""
        if self.process.poll() is None:
            self.process.terminate()
        self._end()

    def _end(self) -> tuple[int, str]:
        try:
            if self.process.stdin:
                self.process.stdin.close()
            if self.process.poll() is None:
                self.process.terminate()
            try:
                status = self.process.wait(self._grace)
            except subprocess.TimeoutExpired:
                self.process.kill()
                status = self.process.wait()
        finally:
            self._output.close()
        file = self.folder / "output.txt"
        said = file.read_text(errors="replace") if file.exists() else ""
        self._folder.cleanup()
        return status, said

    def __enter__(self) -> TestServer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
