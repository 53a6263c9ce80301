#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# php.sh [-o FOLDER] LIBRARY PLATFORM [LIBRARY PLATFORM]...: makes a package for Composer
# with libraries for one or more platforms, and prints its path. PLATFORM is a target of
# `./build.sh dist`, such as linux-x64 or windows-x64. The package is put in FOLDER; the default
# is build/php. Composer can use FOLDER as a repository of type artifact.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
need zip:zip >&2
out=${CSMTP_BUILD_DIR:-$root/build}
folder=$out/php
if [ "${1:-}" = -o ]; then
  folder=$2
  shift 2
fi
[ $# -ge 2 ] || fail "usage: packaging/php.sh [-o FOLDER] LIBRARY PLATFORM [LIBRARY PLATFORM]..."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$folder" "$work/libcsmtp"
folder=$(cd "$folder" && pwd)
version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
cp -R "$root/bindings/php/src" "$root/bindings/php/README.md" "$root/LICENSE" "$root/packaging/debian/copyright" "$work/libcsmtp"
# Composer does not read the version from the name of an archive, so it is added to
# composer.json.
sed "s|^    \"type\"|    \"version\": \"$version\",\n&|" "$root/bindings/php/composer.json" >"$work/libcsmtp/composer.json"

# Copies the library of a platform to the folder in which Library.php looks for it.
add() { # add LIBRARY PLATFORM
  local name=libcsmtp.so.1
  case $2 in
  linux-x64 | linux-arm64) ;;
  windows-x64 | windows-arm64) name=csmtp.dll ;;
  musl-*) fail "a program that uses musl cannot load the library: there is no package for $2" ;;
  *) fail "unknown platform $2: use linux-x64, linux-arm64, windows-x64 or windows-arm64" ;;
  esac
  mkdir -p "$work/libcsmtp/lib/$2"
  install -m 644 "$1" "$work/libcsmtp/lib/$2/$name"
}

while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "there is no platform for the library $1"
  add "$1" "$2"
  shift 2
done
chmod -R u=rwX,go=rX "$work/libcsmtp"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(source_date)}
find "$work/libcsmtp" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
package=$folder/csmtp-libcsmtp-$version.zip
rm -f "$package"
(cd "$work" && find libcsmtp -type f | LC_ALL=C sort | TZ=UTC zip -q -X -9 "$package" -@)
echo "$package"
