#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs Dovecot 2.4, which needs Debian 13, in a separate Debian 13 installation.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
debian13 dovecot-core dovecot-submissiond
