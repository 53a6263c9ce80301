#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs dkimpy, a second verifier of DKIM signatures, with support for Ed25519.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../servers/apt.sh"
packages python3-dkim python3-nacl
