#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs PyJWT, which verifies the assertions of the library in oauth/tokens.py.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../servers/apt.sh"
packages python3-jwt python3-cryptography
