#!/bin/bash
# SPDX-License-Identifier: MIT
# Sendmail, unpacked: as a package it would drive out Postfix.
# shellcheck source=tests/interop/servers/apt.sh
. "$(dirname "$0")/../apt.sh"
unpack "$CACHE/sendmail" sendmail-bin sendmail-cf
packages m4 libsasl2-modules libsasl2-modules-db sasl2-bin
account smmta # looked up by name when it starts
account smmsp
