# SPDX-License-Identifier: MIT
"""send.py SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one
that the server refuses. Uses only ctypes; the module csmtp offers more."""
import ctypes
import sys
from ctypes import c_char_p, c_int, c_size_t, c_ushort

Handle = c_size_t
USE_TLS = 1
lib = ctypes.CDLL("libcsmtp.so.1")
lib.CSmtp_New.restype = Handle
lib.CSmtp_GetLastErrorText.restype = c_char_p
lib.CSmtp_GetLastErrorText.argtypes = [Handle]
lib.CSmtp_Free.argtypes = [Handle]
lib.CSmtp_Free.restype = None

more = {
    "SetSMTPServer": [c_char_p, c_ushort, c_int],
    "SetSecurityType": [c_int],
    "AddRecipient": [c_char_p, c_char_p],
    "AddCCRecipient": [c_char_p, c_char_p],
    "AddAttachmentData": [c_char_p, c_char_p, c_char_p, c_size_t],
    "Send": [],
    "DelRecipients": [],
    "DelCCRecipients": [],
}


class Failed(Exception):
    """An error number of csmtp_c.h, and the error text, which holds the server's reply."""


def call(name: str, *arguments) -> None:
    """Calls CSmtp_name with the handle, and raises Failed if the result is not 0."""
    function = getattr(lib, "CSmtp_" + name)
    function.argtypes = [Handle, *more.get(name, [c_char_p])]
    number = function(mail, *(a.encode() if isinstance(a, str) else a for a in arguments))
    if number:
        raise Failed(f"{number}: {lib.CSmtp_GetLastErrorText(mail).decode()}")


server, port, login, password, ca_file = sys.argv[1:]
mail = lib.CSmtp_New()
sent = False
try:
    call("SetSMTPServer", server, int(port), 1)
    call("SetSecurityType", USE_TLS)
    call("SetCAFile", ca_file)
    call("SetLogin", login)
    call("SetPassword", password)

    call("SetCharSet", "UTF-8")
    call("SetSenderName", "Zoë Ångström")
    call("SetSenderMail", "alice@test.example")
    call("AddRecipient", "bob@test.example", "Jürgen Groß")
    call("AddCCRecipient", "carol@test.example", "Łucja Żak")
    call("SetSubject", "The café's menu, déjà vu")
    call("AddMsgLine", "Two crêpes and a café au lait: 9 €.")
    call("AddMsgLine", "The menu is attached.")
    call("SetHTMLBody", "<p>Two crêpes and a café au lait: <b>9 €</b>.</p>")
    menu = "Crêpe: 3 €\nCafé au lait: 3 €\n".encode()
    call("AddAttachmentData", "menü.txt", "text/plain; charset=utf-8", menu, len(menu))
    call("Send")
    sent = True

    call("DelRecipients")
    call("DelCCRecipients")
    call("AddRecipient", "refused@test.example", None)
    call("Send")
except Failed as failure:
    print(failure)
finally:
    lib.CSmtp_Free(mail)
sys.exit(0 if sent else 1)
