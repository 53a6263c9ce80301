#!/bin/bash
# SPDX-License-Identifier: MIT
# Unpacks Exim. Installing it would remove Postfix.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
unpack "$CACHE/exim" exim4-daemon-heavy
packages libsasl2-modules libsasl2-modules-db sasl2-bin
account Debian-exim # Exim looks it up when it starts
