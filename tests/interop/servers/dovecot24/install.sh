#!/bin/bash
# SPDX-License-Identifier: MIT
# Dovecot 2.4, which only Debian 13 has, in a Debian 13 of its own.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
debian13 dovecot-core dovecot-submissiond
