#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs Postfix and Cyrus SASL with its mechanisms and sasldb.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
if command -v debconf-set-selections >/dev/null; then
    echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
fi
packages postfix libsasl2-modules libsasl2-modules-db sasl2-bin
