# SPDX-License-Identifier: MIT
"""verify.py MAIL NAME=RECORD...: prints a line that begins with "good" or "bad" for each DKIM signature."""
import sys

import dkim


def main():
    with open(sys.argv[1], "rb") as f:
        mail = f.read()
    records = {}
    for arg in sys.argv[2:]:
        name, record = arg.split("=", 1)
        records[name.rstrip(".").encode()] = record.encode()

    def lookup(name, timeout=5):
        if isinstance(name, str):
            name = name.encode()
        return records.get(name.rstrip(b"."))

    verifier = dkim.DKIM(mail)
    count = sum(1 for name, _ in verifier.headers if name.lower() == b"dkim-signature")
    for i in range(count):
        try:
            good = dkim.DKIM(mail).verify(idx=i, dnsfunc=lookup)
        except dkim.DKIMException as e:
            print("bad", e)
            continue
        print("good" if good else "bad")


main()
