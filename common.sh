# SPDX-License-Identifier: MIT
# For the scripts of this tree, which source it: root is its top folder.

say() { printf '\n== %s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

quietly() { # quietly LOG COMMAND...
  local log=$1
  shift
  "$@" >"$log" 2>&1 || { cat "$log"; fail "$* failed"; }
}

need_go() {
  command -v go >/dev/null || fail "Go is missing: install Go $(sed -n 's/^go //p' "$root/go.mod") or newer"
}

# Go, and Debian's packages for the commands that are missing.
need() { # need PACKAGE:COMMAND...
  local pair missing=()
  need_go
  for pair in "$@"; do
    command -v "${pair#*:}" >/dev/null || missing+=("${pair%%:*}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing ${missing[*]}"
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
  else
    fail "missing: ${missing[*]}. Install them (apt-get install ${missing[*]}), or run as root"
  fi
}
