# SPDX-License-Identifier: MIT
"""Uses names from every part of the package, so that bindings/check.sh can check them with mypy --strict."""
from __future__ import annotations

import asyncio
import email.message
import logging
import pathlib

import csmtp
from csmtp_testserver import TestServer


def deliver(mail: csmtp.Mailer, report: pathlib.Path) -> str:
    mail.attach(report)
    mail.set_progress_callback(lambda sent, total: sent > total > 0)
    mail.set_logger(logging.getLogger("mail"))
    try:
        mail.send()
    except csmtp.Error as error:
        if error.is_login_error:
            return "ask for another password"
        return f"again in {error.retry_after} s" if error.safe_to_retry else f"{error.phase}, {error.kind}: {error.reply}"
    recipients: list[csmtp.Recipient] = mail.results()
    return ", ".join(r.address for r in recipients if r.accepted)


async def send_all(messages: list[email.message.EmailMessage], server: TestServer) -> int:
    async with csmtp.Mailer() as mail:
        await mail.connect_remote_server_async(server.host, server.port, csmtp.USE_TLS)
        for message in messages:
            await mail.send_message_async(message)
        sending: csmtp.Sending = mail.send_async()
        await sending
        return mail.get_outcome()


async def send_by_pool(mail: csmtp.Mailer) -> bool:
    async with csmtp.Pool() as pool:
        pool.add_relay(mail)
        end: asyncio.Future[csmtp.PoolMail] = await pool.submit_async(mail)
        return (await end).outcome == csmtp.ACCEPTED
