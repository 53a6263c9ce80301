# SPDX-License-Identifier: MIT
"""Sends from a pool of processes that were forked after the library was used."""
import ctypes
import multiprocessing
import os
import sys

library = ctypes.CDLL(os.environ["CSMTP_LIBRARY"])
library.CSmtp_New.restype = ctypes.c_size_t
library.CSmtp_GetLastErrorText.restype = ctypes.c_char_p
port = int(sys.argv[1])


def send(_):
    h = ctypes.c_size_t(library.CSmtp_New())
    result = (
        library.CSmtp_SetSMTPServer(h, b"127.0.0.1", ctypes.c_ushort(port), 0)
        or library.CSmtp_SetSenderMail(h, b"host@test.example")
        or library.CSmtp_AddRecipient(h, b"alice@test.example", b"")
        or library.CSmtp_Send(h)
    )
    text = library.CSmtp_GetLastErrorText(h).decode()
    library.CSmtp_Free(h)
    return result, text


def old_handle(h):
    return library.CSmtp_Send(ctypes.c_size_t(h))


def main():
    inherited = library.CSmtp_New()
    h = ctypes.c_size_t(inherited)
    library.CSmtp_SetSMTPServer(h, b"127.0.0.1", ctypes.c_ushort(port), 0)
    library.CSmtp_SetSenderMail(h, b"host@test.example")
    library.CSmtp_AddRecipient(h, b"alice@test.example", b"")
    assert send(0) == (0, ""), send(0)
    fork = multiprocessing.get_context("fork")
    for _ in range(3):
        with fork.Pool(4) as pool:
            for result in pool.map(send, range(8), chunksize=1):
                assert result == (0, ""), result
            assert set(pool.map(old_handle, [inherited] * 4)) == {0}


main()
