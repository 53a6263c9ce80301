# SPDX-License-Identifier: MIT
"""Reads messages with Python's email package, and compares them with the expected values.

Standard input contains one JSON object per line: the message ("raw", in base64)
and the expected values. Standard output contains one line for each difference;
the last line contains the number of messages that were read.
"""
import base64
import email
import email.header
import email.policy
import email.utils
import json
import sys


def names(header):
    return [[a.display_name, a.addr_spec] for a in header.addresses]


def decoded(text):
    """Returns the text with its encoded words decoded by the older interface."""
    out = ""
    for piece, charset in email.header.decode_header(text):
        out += piece if isinstance(piece, str) else piece.decode(charset or "ascii")
    return out


def old_names(raw, field):
    """Returns the names and addresses as the package's older interface reads them.

    The newer interface replaces several spaces in a display name with one space,
    and inserts a space between encoded words that belong together.
    """
    msg = email.message_from_bytes(raw, policy=email.policy.compat32)
    value = msg[field].replace("\r\n", "").replace("\n", "")
    return [[decoded(n) if n.isascii() and "=?" in n else n, a]
            for n, a in email.utils.getaddresses([value])]


def leaves(part, path="0"):
    yield path, part
    if part.is_multipart() and part.get_content_type() != "message/rfc822":
        for i, kid in enumerate(part.get_payload()):
            yield from leaves(kid, f"{path}.{i}")


def differences(case):
    raw = base64.b64decode(case["raw"])
    msg = email.message_from_bytes(raw, policy=email.policy.default if "keys" in case else email.policy.strict)
    for name in ("subject", "x-mailer"):
        if name in case and str(msg[name]) != case[name]:
            yield f"{name}: {str(msg[name])!r} is not {case[name]!r}"
    for name in ("from", "to", "cc", "reply-to", "sender"):
        if name not in case:
            continue
        if msg[name].defects:
            yield f"{name}: {msg[name].defects!r} in {str(msg[name])!r}"
        for want, have, old in zip(case[name], names(msg[name]), old_names(raw, name), strict=True):
            if want[0] is None:
                want[0] = old[0]
            elif want[0] == " ".join(want[0].split()) and len(want[0].encode()) <= 45 and have != want:
                yield f"{name}: {have!r} is not {want!r}"
            if old != want:
                yield f"{name}: {old!r} is not {want!r} (older interface)"
    if "keys" not in case and msg["message-id"].defects:
        yield f"message-id: {msg['message-id'].defects!r} in {str(msg['message-id'])!r}"
    if "bcc" in msg:
        yield "there is a Bcc"
    if "date" in case and (msg["date"].datetime is None or msg["date"].defects):
        yield f"date: {msg['date']}"
    found = list(leaves(msg))
    if "tree" in case and [[p, k.get_content_type()] for p, k in found] != case["tree"]:
        yield f"tree: {[[p, k.get_content_type()] for p, k in found]}"
    for path, part in found:
        if part.defects and "keys" not in case:
            yield f"part {path}: {part.defects!r}"
    if "keys" in case:
        # The older interface does not check values, so they can be anything here.
        have = {path: [k for k, _ in part.items()]
                for path, part in leaves(email.message_from_bytes(raw, policy=email.policy.compat32))}
        if have != case["keys"]:
            yield f"fields: {have!r} are not {case['keys']!r}"
    parts = dict(found)
    for want in case.get("parts", []):
        part = parts[want["path"]]
        body = part.get_payload(decode=True)
        if body != base64.b64decode(want["body"]):
            yield f"part {want['path']}: {body[:200]!r} is not {base64.b64decode(want['body'])[:200]!r}"
        if want.get("name") is not None:
            # get_filename itself removes spaces and <>.
            if part.get_filename() not in (want["name"].strip(), email.utils.unquote(want["name"]).strip()):
                yield f"part {want['path']}: file name {part.get_filename()!r} is not {want['name']!r}"
            disposition = part["content-disposition"]
            if disposition.defects or disposition.params.get("filename") != want["name"]:
                yield f"part {want['path']}: {str(disposition)!r} is not {want['name']!r}: {disposition.defects!r}"
            old = decoded(part.get_param("name"))
            if want.get("old_name", True) and old != want["name"]:
                yield f"part {want['path']}: name {old!r} is not {want['name']!r}"
        if want.get("text") is not None:
            text = body.decode(part.get_content_charset())
            if text != want["text"]:
                yield f"part {want['path']}: {text[:200]!r} is not {want['text'][:200]!r}"
        for key, value in want.get("params", {}).items():
            if part.get_param(key) != value:
                yield f"part {want['path']}: {key}={part.get_param(key)!r} is not {value!r}"
        for key, value in want.get("fields", {}).items():
            if str(part[key]) != value:
                yield f"part {want['path']}: {key}: {str(part[key])!r} is not {value!r}"


def main():
    count = 0
    for line in sys.stdin:
        case = json.loads(line)
        count += 1
        try:
            for d in differences(case):
                print(f"{case['id']}: {d}")
        except Exception as e:  # a defect, or a crash of the parser
            print(f"{case['id']}: {type(e).__name__}: {e}")
    print(f"read {count}")


if __name__ == "__main__":
    main()
