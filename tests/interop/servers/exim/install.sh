#!/bin/bash
# SPDX-License-Identifier: MIT
# Exim, unpacked: as a package it would drive out Postfix.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
unpack "$CACHE/exim" exim4-daemon-heavy
packages libsasl2-modules libsasl2-modules-db sasl2-bin
account Debian-exim # looked up by name when it starts
