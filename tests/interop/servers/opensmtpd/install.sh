#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs OpenSMTPD in a separate Debian 13 installation. The version in Debian 12
# fails at TLS with OpenSSL 3.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
debian13 opensmtpd
