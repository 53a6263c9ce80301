#!/bin/bash
# SPDX-License-Identifier: MIT
# OpenSMTPD in a Debian 13 of its own: Debian 12's cannot serve TLS with OpenSSL 3.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
debian13 opensmtpd
