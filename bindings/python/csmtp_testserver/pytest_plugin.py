# SPDX-License-Identifier: MIT
"""Fixtures for pytest. In conftest.py:

    pytest_plugins = ["csmtp_testserver.pytest_plugin"]

mail_server is a TestServer without mails and without a script. All tests share the process of
the server. new_mail_server starts further servers with other options."""
from __future__ import annotations

import contextlib
from typing import Callable, Iterator

import pytest

from . import ServerError, TestServer


@pytest.fixture(scope="session")
def _shared_mail_server() -> Iterator[TestServer]:
    try:
        server = TestServer()
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
    with server:
        yield server


@pytest.fixture
def mail_server(_shared_mail_server: TestServer) -> TestServer:
    """A mail server without mails."""
    _shared_mail_server.end_script()
    _shared_mail_server.clear()
    return _shared_mail_server


@pytest.fixture
def new_mail_server() -> Iterator[Callable[..., TestServer]]:
    """A function that starts a mail server with options: new_mail_server("--no-auth")."""
    with contextlib.ExitStack() as servers:

        def start(*options: str) -> TestServer:
            return servers.enter_context(TestServer(*options))

        yield start
