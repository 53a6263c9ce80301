# SPDX-License-Identifier: MIT
"""timestamp.py FILE...: sets the time in the headers of files for Windows to zero.

zig has no linker option for this.
"""
import struct
import sys

for path in sys.argv[1:]:
    with open(path, "r+b") as file:
        file.seek(0x3C)
        header = struct.unpack("<I", file.read(4))[0]
        file.seek(header)
        if file.read(4) != b"PE\0\0":
            sys.exit(f"{path} is not a file for Windows")
        file.seek(header + 8)
        file.write(bytes(4))
