# SPDX-License-Identifier: MIT
"""compare.py WANT MAIL: compares the delivered MAIL with WANT, a JSON file.

Parses MAIL with Python's email package and compares every address, name, part and
file; files are compared octet by octet. Prints each difference, and exits with 1 if
there is one.
"""
import email.policy
import email.utils
import json
import sys
from email.parser import BytesParser

wrong = []


def check(what, got, want):
    if got != want:
        wrong.append(f"{what}: {shorten(got)}, want {shorten(want)}")


def shorten(value):
    text = repr(value)
    return text if len(text) < 400 else f"{text[:200]}...{text[-150:]} ({len(value)})"


def first_difference(a, b):
    n = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"octet {n}: {a[n:n + 40]!r}, want {b[n:n + 40]!r}; {len(a)} octets, want {len(b)}"


def octets(what, got, path, text=False):
    with open(path, "rb") as f:
        want = f.read()
    if text:  # servers change line ends
        got, want = got.replace(b"\r\n", b"\n"), want.rstrip(b"\n")
        got = got.rstrip(b"\n")
    if got != want:
        wrong.append(f"{what}: {first_difference(got, want)}")


def addresses(mail, name):
    if mail[name] is None:
        return []
    return [[a.display_name, a.addr_spec] for a in mail[name].addresses]


def header(raw, want):
    """Checks the raw header section for errors that a lenient parser accepts."""
    section = raw.split(b"\n\n", 1)[0]
    for address in want["hidden"]:
        check(f"{address} in the header", address.encode() in section, False)
    check("octets above 127 in the header", [c for c in section if c > 127], [])
    for line in section.split(b"\n"):
        if len(line) > 998:
            wrong.append(f"header line of {len(line)} octets")


def lines(raw):
    longest = max(map(len, raw.replace(b"\r\n", b"\n").split(b"\n")))
    if longest > 998:
        wrong.append(f"a line of {longest} octets")
    if raw.count(b"\r") != raw.count(b"\r\n"):
        wrong.append("a bare CR")


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        want = json.load(f)
    with open(sys.argv[2], "rb") as f:
        raw = f.read()
    header(raw, want)
    lines(raw)
    mail = BytesParser(policy=email.policy.default).parsebytes(raw)

    for name in ("From", "To", "Cc", "Reply-To"):
        check(name, addresses(mail, name), want[name])
    for name in ("Subject", "X-Mailer", "X-Priority"):
        check(name, mail[name] and str(mail[name]), want[name])
    for name in ("From", "To", "Cc", "Date", "Message-ID", "Subject", "MIME-Version"):
        check(f"number of {name}", len(mail.get_all(name, [])), 1)
    check("Bcc", mail.get_all("Bcc"), None)
    check("zone of Date", mail["Date"].datetime.tzinfo is not None, True)
    check("domain of Message-ID", str(mail["Message-ID"]).strip("<>").rpartition("@")[2], "test.example")

    leaves = [p for p in mail.walk() if not p.is_multipart()]
    check("multipart", mail.get_content_type() == "multipart/mixed", bool(want["files"]))
    check("number of parts", len(leaves), 1 + len(want["files"]))
    for part in mail.walk():
        check(f"defects of {part.get_content_type()}", [type(d).__name__ for d in part.defects], [])
        for name, value in part.items():
            defects = [str(d) for d in getattr(value, "defects", ())]
            if name == "Content-Type" and part.get_filename():
                # An encoded word is not allowed in a quoted string (RFC 2047), but mail
                # programs that do not support RFC 2231 need one for the name.
                defects = [d for d in defects if "encoded" not in d]
            check(f"defects of {name}", defects, [])

    body, *files = leaves
    check("body", [body.get_content_type(), body.get_content_charset()], [want["type"], "utf-8"])
    octets("body", body.get_payload(decode=True), want["body"], text=True)
    for part, (name, path) in zip(files, want["files"]):
        check("disposition", part.get_content_disposition(), "attachment")
        check("file name", part.get_filename(), name)
        # This is the older form, for mail programs that do not support RFC 2231.
        check("name of Content-Type", part["Content-Type"].params.get("name"), name)
        octets(name, part.get_payload(decode=True), path)

    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)


main()
