# SPDX-License-Identifier: MIT
"""Uses Python's smtplib. Takes the same arguments as the drivers in C and prints the same results."""

import smtplib
import ssl
import sys
import threading
from email.message import EmailMessage

OPTIONS = {"mails": "1", "sessions": "1", "fresh": "0", "starttls": "0", "login": "0", "recipients": "1", "mode": ""}
OPTIONS.update(word.split("=", 1) for word in sys.argv[1:])
FROM = "sender@bench.example"
TO = [f"recipient{i}@bench.example" for i in range(int(OPTIONS["recipients"]))]
CONTEXT = ssl.create_default_context(cafile=OPTIONS["ca"]) if OPTIONS["starttls"] == "1" else None


def open_session() -> smtplib.SMTP:
    session = smtplib.SMTP("127.0.0.1", int(OPTIONS["port"]), "client.bench.example")
    if CONTEXT:
        session.starttls(context=CONTEXT)
    if OPTIONS["login"] == "1":
        session.login("bench", "not much of a secret")
    return session


def with_file() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = FROM, ", ".join(TO), "A file"
    mail.set_content("The file.\n")
    with open(OPTIONS["file"], "rb") as f:
        mail.add_attachment(f.read(), maintype="application", subtype="octet-stream", filename="file.bin")
    return mail


def send_all() -> None:
    session = None
    for _ in range(int(OPTIONS["mails"])):
        session = session or open_session()
        if "file" in OPTIONS:
            session.send_message(with_file())
        else:
            session.sendmail(FROM, TO, MESSAGE)
        if OPTIONS["fresh"] == "1":
            session.quit()
            session = None
    if session:
        session.quit()


MESSAGE = b""
if "message" in OPTIONS:
    with open(OPTIONS["message"], "rb") as ready:
        MESSAGE = ready.read()
THREADS = [threading.Thread(target=send_all) for _ in range(int(OPTIONS["sessions"]))]
for t in THREADS:
    t.start()
for t in THREADS:
    t.join()
print(f"mails={int(OPTIONS['mails']) * len(THREADS)}")
