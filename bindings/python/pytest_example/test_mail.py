# SPDX-License-Identifier: MIT
"""An example for pytest: tests a function that sends mail. examples/check.sh runs this file."""
from __future__ import annotations

import pytest

import csmtp
from csmtp_testserver import ScriptError, TestServer


def send_invoice(server: TestServer, password: str = TestServer.password) -> None:
    """The function that is tested."""
    with csmtp.Mailer() as mail:
        mail.set_smtp_server("localhost", server.port)
        mail.set_security_type(csmtp.USE_TLS)
        mail.set_ca_file(server.ca)
        mail.set_login(TestServer.user)
        mail.set_password(password)
        mail.set_sender_mail(TestServer.user)
        mail.add_recipient("bob@test.example")
        mail.set_subject("Your invoice for été")
        mail.add_msg_line("Please pay.")
        mail.send()


def test_success(mail_server: TestServer) -> None:
    send_invoice(mail_server)
    [mail] = mail_server.wait()
    assert mail.sender == TestServer.user
    assert mail.recipients == ["bob@test.example"]
    assert mail.tls == "TLS 1.3"
    assert mail.subject == "Your invoice for été"
    assert mail.message["Subject"] == mail.subject
    assert mail.message.get_content() == "Please pay.\r\n"
    assert "C: RCPT TO:<bob@test.example>" in mail.dialogue


def test_wrong_password(mail_server: TestServer) -> None:
    with pytest.raises(csmtp.Error) as caught:
        send_invoice(mail_server, "wrong")
    assert caught.value.is_login_error
    assert mail_server.mails() == []


def test_lost_connection(mail_server: TestServer) -> None:
    mail_server.play("dropped-after-last-octet")
    with pytest.raises(csmtp.Error) as caught:
        send_invoice(mail_server)
    assert caught.value.outcome == csmtp.IN_DOUBT
    mail_server.played()


def test_expired_certificate(new_mail_server) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(csmtp.Error, match="expired"):
        send_invoice(new_mail_server("--certificate", "expired"))


# played() fails if the client does not follow the script. The fixture mail_server
# contains no mails from earlier tests.
def test_deviation(mail_server: TestServer) -> None:
    assert mail_server.mails() == []
    mail_server.play("* serve until VRFY\n* close\n")
    send_invoice(mail_server)
    with pytest.raises(ScriptError, match="want: a client that sends VRFY\n got:  QUIT"):
        mail_server.played()
    mail_server.end_script()
    with pytest.raises(ScriptError, match="no script is set"):
        mail_server.played()
    with pytest.raises(TimeoutError):
        mail_server.wait(5, timeout=0.1)
