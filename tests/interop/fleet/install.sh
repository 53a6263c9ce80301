#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs the servers of examples/outbox, without starting them. (Postfix is installed by
# ../servers/postfix/install.sh.)
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../servers/apt.sh"
packages nats-server postgresql
