#!/bin/bash
# SPDX-License-Identifier: MIT
# Unpacks Sendmail. Installing it would remove Postfix.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
unpack "$CACHE/sendmail" sendmail-bin sendmail-cf
packages m4 libsasl2-modules libsasl2-modules-db sasl2-bin
account smmta # Sendmail looks it up when it starts
account smmsp
