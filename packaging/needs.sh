#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# For the scripts beside: what they need of Debian's packages.

fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

need() { # need PACKAGE:COMMAND...
  local pair missing=()
  command -v go >/dev/null || fail "Go is missing"
  for pair in "$@"; do
    command -v "${pair#*:}" >/dev/null || missing+=("${pair%%:*}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    printf '== installing %s\n' "${missing[*]}"
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
  else
    fail "missing: ${missing[*]}. Install them (apt-get install ${missing[*]}), or run as root"
  fi
}
