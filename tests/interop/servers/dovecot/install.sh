#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs Dovecot's submission and LMTP servers.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
packages dovecot-core dovecot-submissiond dovecot-lmtpd
