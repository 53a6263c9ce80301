# SPDX-License-Identifier: MIT
"""Runs csmtp-testserver with the arguments of this program."""
from __future__ import annotations

import os
import subprocess
import sys

from . import ServerError, find_program


def main() -> int:
    try:
        command = [find_program(), *sys.argv[1:]]
        if os.name == "posix":  # the server replaces this process, and so receives its signals
            try:
                os.execv(command[0], command)
            except OSError as error:
                raise ServerError(f"{command[0]} cannot be started: {error.strerror}") from error
        return subprocess.call(command)
    except KeyboardInterrupt:  # the server also receives the interrupt, and ends
        return 130
    except (ServerError, OSError) as error:
        print(f"csmtp_testserver: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
