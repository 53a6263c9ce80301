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

# go_build ARGUMENT...: go build, of a file that is shipped. The same source and
# compilers give the same octets: GOFLAGS, CGO_CFLAGS and the like, and what
# `go env -w` keeps, are set aside, except for where modules come from and go.
# CSMTP_TAGS (separated by commas) and CSMTP_CFLAGS add to what is set here.
go_build() {
  local names=(GOPROXY GONOPROXY GOPRIVATE GOSUMDB GONOSUMDB GOINSECURE GOVCS GOTOOLCHAIN GOPATH GOMODCACHE GOCACHE)
  local name values=() clean=()
  mapfile -t values < <(go env "${names[@]}")
  for name in GOFLAGS GOEXPERIMENT GODEBUG GOFIPS140 GO111MODULE GO_EXTLINK_ENABLED GOAMD64 GO386 GOARM64 \
    CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_LDFLAGS; do
    clean+=(-u "$name")
  done
  for name in "${!names[@]}"; do
    clean+=("${names[$name]}=${values[$name]}")
  done
  # OAuth's token requests speak HTTP/1.1: net/http's HTTP/2 would be 0.45 MB.
  env "${clean[@]}" GOENV=off GOWORK=off CGO_ENABLED=1 CGO_CFLAGS="-g -O2${CSMTP_CFLAGS:+ $CSMTP_CFLAGS}" \
    go build -trimpath -buildvcs=false -tags "nethttpomithttp2${CSMTP_TAGS:+,$CSMTP_TAGS}" "$@"
}

# What a program is compiled and linked with, so that a fault in it is harder to use.
hardening=(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fPIE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
