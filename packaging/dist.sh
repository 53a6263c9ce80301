#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the library and the programs for each supported system, into build/dist.
# `./build.sh dist` runs this.
#
#   packaging/dist.sh [TARGET]...   builds these targets (default: all), and tests them
#   packaging/dist.sh targets       prints the names of the targets
#   packaging/dist.sh root TARGET   sends a mail with TARGET in the oldest Debian that can
#                                   be installed (needs root)
#
# CSMTP_BUILD_DIR replaces build. CSMTP_ZIG names a zig of the pinned version; without it,
# pip installs one below the build folder. With CSMTP_SIGN_KEY, gpg signs SHA256SUMS with this
# key. CSMTP_NO_CHECK=yes leaves out the tests.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${CSMTP_BUILD_DIR:-$root/build}
mkdir -p "$out"
out=$(cd "$out" && pwd)
# shellcheck disable=SC2034 # the files of packaging/dist read it
dist=$out/dist
. "$root/tools/common.sh"
. "$root/tools/packages.sh"
. "$root/packaging/dist/compiler.sh"
. "$root/packaging/dist/linux.sh"
. "$root/packaging/dist/windows.sh"
. "$root/packaging/dist/archive.sh"
. "$root/packaging/dist/emulator.sh"
. "$root/packaging/dist/root.sh"
. "$root/packaging/debian.sh"

targets=(linux-x64 linux-arm64 linux-armhf linux-musl-x64 linux-musl-arm64 windows-x64 windows-x86 windows-arm64)

# Prints Go's name for the target's processor, and zig's name for the target. For Windows,
# prints Visual Studio's name for the platform and, if zig is used instead of MinGW, zig's
# name for the target.
machine() { # machine TARGET
  case $1 in
  linux-x64) echo amd64 x86_64-linux-gnu.2.17 ;;
  linux-arm64) echo arm64 aarch64-linux-gnu.2.17 ;;
  linux-armhf) echo arm arm-linux-gnueabihf.2.17 ;;
  linux-musl-x64) echo amd64 x86_64-linux-musl ;;
  linux-musl-arm64) echo arm64 aarch64-linux-musl ;;
  windows-x64) echo x64 ;;
  windows-x86) echo Win32 ;;
  windows-arm64) echo ARM64 aarch64-windows-gnu ;;
  *) fail "unknown target $1; the targets are: ${targets[*]}" ;;
  esac
}

settings() {
  local packages
  packages=$(dist_packages)
  [[ " $* " != *" windows-"* ]] || packages+=$'\n'$(windows_packages)
  need_packages "$packages"
  version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
  [ -n "$version" ] || fail "csmtp.go has no version"
  [ -n "${SOURCE_DATE_EPOCH:-}" ] ||
    SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/csmtp.go")
  export SOURCE_DATE_EPOCH
  work=$(mktemp -d)
  trap 'quiet; rm -rf "$work"' EXIT
  umask 022
  find_compiler
  find_sbom_tool
}

build() { # build TARGET
  say "$1"
  rm -rf "${dist:?}/$1"
  mkdir -p "$dist"
  case $1 in
  windows-*) attended "building $1" build_windows "$1" ;;
  *) attended "building $1" build_linux "$1" ;;
  esac
  licences "$1"
  sbom "$1"
  archive "$1"
}

check() { # check TARGET...
  [ -z "${CSMTP_NO_CHECK:-}" ] || return 0
  local target
  for target in "$@"; do need_emulator "$target"; done
  say "checking $*"
  (cd "$root" && CSMTP_BUILD_DIR=$out CSMTP_DIST_TARGETS="$*" CSMTP_ZIG=$zig \
    go test -count=1 -timeout 30m -tags packages -run 'TestDist' ./packaging)
}

main() {
  local target
  for target in "$@"; do machine "$target" >/dev/null; done
  settings "$@"
  for target in "$@"; do build "$target"; done
  checksums
  check "$@"
}

case ${1:-} in
'') main "${targets[@]}" ;;
targets) printf '%s\n' "${targets[@]}" ;;
root)
  work=$(mktemp -d)
  trap 'rm -rf --one-file-system "$work"' EXIT
  in_old_root "${2:-linux-x64}"
  ;;
-*) sed -n '3,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
*) main "$@" ;;
esac
