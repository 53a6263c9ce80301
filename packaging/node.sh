#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# node.sh [-o FOLDER] LIBRARY PLATFORM [LIBRARY PLATFORM]...: makes a package for npm with
# libraries and csmtp-testserver for one or more platforms, and prints its path. PLATFORM is a
# target of `./build.sh dist`, such as linux-x64 or windows-x64. csmtp-testserver is in the
# folder of LIBRARY or in ../bin. FOLDER is where the package is put; the default is build/node.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
out=${CSMTP_BUILD_DIR:-$root/build}
folder=$out/node
if [ "${1:-}" = -o ]; then
  folder=$2
  shift 2
fi
[ $# -ge 2 ] || fail "usage: packaging/node.sh [-o FOLDER] LIBRARY PLATFORM [LIBRARY PLATFORM]..."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$folder" "$work/package"
folder=$(cd "$folder" && pwd)
(cd "$root/bindings/node" && cp ./*.js ./*.mjs ./*.d.ts ./*.d.mts package.json README.md "$work/package")
rm "$work/package"/*.test.js "$work/package/test_helpers.js"
cp "$root/LICENSE" "$root/packaging/debian/copyright" "$work/package"

# Copies the files of a platform to the folder in which prebuilt.js looks for them. The
# name of the folder is Node's name for the platform.
add() { # add LIBRARY PLATFORM
  local name library=libcsmtp.so.1 suffix=
  case $2 in
  linux-x64 | linux-arm64) name=$2 ;;
  linux-armhf) name=linux-arm ;;
  windows-x64 | windows-arm64) name=win32-${2#windows-} ;;
  windows-x86) name=win32-ia32 ;;
  musl-*) fail "a program that uses musl cannot load the library: there is no package for $2" ;;
  *) fail "unknown platform $2: use linux-x64, linux-arm64, linux-armhf, windows-x64, windows-x86 or windows-arm64" ;;
  esac
  case $name in win32-*) library=csmtp.dll suffix=.exe ;; esac
  mkdir -p "$work/package/prebuilds/$name"
  install -m 644 "$1" "$work/package/prebuilds/$name/$library"
  install -m 755 "$(testserver_beside "$(realpath "$1")")" "$work/package/prebuilds/$name/csmtp-testserver$suffix"
}

while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "there is no platform for the library $1"
  add "$1" "$2"
  shift 2
done
chmod -R u=rwX,go=rX "$work/package"
(cd "$work/package" && npm pack --silent --ignore-scripts --pack-destination "$folder" >"$work/name")
echo "$folder/$(cat "$work/name")"
