#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs PyJWT, with which oauth/tokens.py verifies the assertions that csmtp creates.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../servers/apt.sh"
packages python3-jwt python3-cryptography
