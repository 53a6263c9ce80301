# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The scripts of this tree source this file. Before that, they set root to the top folder.
: "${root:?is not set by the script that sources common.sh}"

say() { printf '\n== %s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

quietly() { # quietly LOG COMMAND...
  local log=$1
  shift
  "$@" >"$log" 2>&1 || { cat "$log"; fail "$* failed"; }
}

duration() { # duration SECONDS
  if [ "$1" -lt 60 ]; then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi
}

# attended NAME COMMAND...: runs COMMAND. Meanwhile, it prints NAME and the elapsed time
# every 20 s.
attended() {
  beat "$1" &
  beating=$!
  "${@:2}"
  quiet
}

beat() { # beat NAME: prints NAME and the elapsed time every 20 s, until the script ends
  local began=$SECONDS owner=$$
  while sleep 20 >/dev/null 2>&1 && kill -0 "$owner" 2>/dev/null; do
    printf '   %s: running for %s\n' "$1" "$(duration $((SECONDS - began)))"
  done
}

beating=
quiet() { # ends the last beat
  [ -z "$beating" ] || { kill "$beating" && wait "$beating"; } 2>/dev/null || true
  beating=
}

# Debian 12's package golang-go is older than the version in go.mod.
go_wanted() { echo "Go $(sed -n 's/^go //p' "$root/go.mod") or newer (from https://go.dev/dl; Debian 12's golang-go is older)"; }

need_go() {
  command -v go >/dev/null || fail "missing: $(go_wanted)"
  (cd "$root" && go version >/dev/null) || fail "Go is too old: install $(go_wanted)"
}

# need_compilers: fails if Go, a C compiler or a C++ compiler is missing.
need_compilers() {
  local name missing=()
  for name in "${CC:-gcc}" "${CXX:-g++}"; do
    command -v "${name%% *}" >/dev/null || missing+=("${name%% *}")
  done
  [ ${#missing[@]} -eq 0 ] ||
    fail "missing: the compiler ${missing[*]}. Install it (apt-get install g++), or set CC and CXX"
  need_go
}

# need PACKAGE:COMMAND...: installs the Debian packages whose command is missing. Only root
# can install packages: for other users, need prints the names of the packages and fails.
need() {
  local pair list=
  for pair in "$@"; do
    list+="${pair%%:*} command -v ${pair#*:}"$'\n'
  done
  need_packages "$list"
}

# need_packages LIST: installs the packages in LIST that are missing. Only root can install
# packages: for other users, need_packages prints the names of the missing packages in one
# line and fails. It also fails if Go is missing. Each line of LIST is "PACKAGE COMMAND".
# PACKAGE counts as installed if COMMAND succeeds.
need_packages() {
  local lacking
  lacking=$(missing_packages "$1")
  if [ -n "$lacking" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    need_go
    say "installing $lacking"
    # shellcheck disable=SC2086 # names of packages, separated by spaces
    attended "installing packages" apt_install $lacking
    lacking=$(missing_packages "$1")
    [ -z "$lacking" ] || fail "still missing after apt-get install: $lacking"
  elif [ -n "$lacking" ]; then
    local also=
    command -v go >/dev/null || also=", and $(go_wanted)"
    fail "missing: $lacking$also. Install them as root: apt-get install --no-install-recommends $lacking"
  fi
  need_go
}

missing_packages() { # missing_packages LIST: prints one line
  local package check
  while read -r package check; do
    [ -z "$package" ] || bash -c "$check" </dev/null >/dev/null 2>&1 || printf '%s\n' "$package"
  done < <(sort -u <<<"$1") | sort -u | paste -sd' '
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq -o DPkg::Lock::Timeout=300 update || fail "apt-get update failed"
  apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@" >/dev/null ||
    fail "apt-get could not install $*"
}

# go_build ARGUMENT...: runs go build for a file that is delivered to users. The same source
# and the same compilers always produce the same octets: go_build ignores GOFLAGS,
# CGO_CFLAGS and similar variables, and the settings of `go env -w`, except those for
# modules and caches. It adds the build tags in CSMTP_TAGS, which are separated by commas,
# and the compiler flags in CSMTP_CFLAGS. If CSMTP_CGO is 0, it builds without C.
go_build() {
  local kept=(GOPROXY GONOPROXY GOPRIVATE GOSUMDB GONOSUMDB GOINSECURE GOVCS GOTOOLCHAIN GOPATH GOMODCACHE GOCACHE)
  local name values=() clean=()
  mapfile -t values < <(go env "${kept[@]}")
  for name in GOFLAGS GOEXPERIMENT GODEBUG GOFIPS140 GO111MODULE GO_EXTLINK_ENABLED GOAMD64 GO386 GOARM64 \
    CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_LDFLAGS; do
    clean+=(-u "$name")
  done
  for name in "${!kept[@]}"; do
    clean+=("${kept[$name]}=${values[$name]}")
  done
  # This tag makes requests for OAuth tokens use HTTP/1.1. HTTP/2 would add 0.45 MB to the
  # library.
  env "${clean[@]}" GOENV=off GOWORK=off CGO_ENABLED="${CSMTP_CGO:-1}" CGO_CFLAGS="-g -O2${CSMTP_CFLAGS:+ $CSMTP_CFLAGS}" \
    go build -trimpath -buildvcs=false -tags "nethttpomithttp2${CSMTP_TAGS:+,$CSMTP_TAGS}" "$@"
}

# Compiler flags that make memory errors in programs harder to exploit.
# shellcheck disable=SC2034 # build.sh reads it
hardening=(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fPIE -pie '-Wl,-z,relro,-z,now,-z,noexecstack')
