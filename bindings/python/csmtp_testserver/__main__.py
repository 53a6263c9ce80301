# SPDX-License-Identifier: MIT
"""Runs csmtp-testserver with the same arguments."""
from __future__ import annotations

import subprocess
import sys

from . import ServerError, find_program


def main() -> int:
    try:
        return subprocess.call([find_program(), *sys.argv[1:]])
    except KeyboardInterrupt:  # the program gets SIGINT, too, and ends
        return 130
    except (ServerError, OSError) as error:
        print(f"csmtp_testserver: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
