# SPDX-License-Identifier: MIT
"""Puts the library and csmtp-testserver into the wheel, and sets the platform tag of the wheel.
packaging/python.sh sets the variables CSMTP_WHEEL_PLATFORM, CSMTP_WHEEL_LIBRARY and
CSMTP_WHEEL_TESTSERVER. Without these variables, the wheel contains neither of the two files,
and can be installed on every platform."""
from __future__ import annotations

import os
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Natives(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        platform = os.environ.get("CSMTP_WHEEL_PLATFORM")
        if not platform:
            return
        windows = platform.startswith("win")
        build_data["tag"] = f"py3-none-{platform}"
        build_data["pure_python"] = False
        build_data["force_include"] = {
            os.environ["CSMTP_WHEEL_LIBRARY"]: "csmtp/" + ("csmtp.dll" if windows else "libcsmtp.so.1"),
            os.environ["CSMTP_WHEEL_TESTSERVER"]: "csmtp_testserver/csmtp-testserver" + (".exe" if windows else ""),
        }
