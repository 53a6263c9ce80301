#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ruby.sh LIBRARY PLATFORM [FOLDER]: makes a gem with a library, and prints its path. PLATFORM
# is a target of `./build.sh dist`, such as linux-x64, or a platform of RubyGems, such as
# x86_64-linux. FOLDER is where the gem is put; the default is build/ruby.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
need ruby:gem >&2
out=${CSMTP_BUILD_DIR:-$root/build}
[ $# -ge 2 ] || fail "usage: packaging/ruby.sh LIBRARY PLATFORM [FOLDER]"
library=$(realpath "$1")
name=libcsmtp.so.1
case $2 in
linux-x64) platform=x86_64-linux ;;
linux-arm64) platform=aarch64-linux ;;
linux-armhf) platform=arm-linux ;;
windows-x64) platform=x64-mingw-ucrt ;;
windows-x86) platform=x86-mingw32 ;;
windows-arm64) platform=aarch64-mingw-ucrt ;;
musl-*) fail "a program that uses musl cannot load the library: there is no gem for $2" ;;
*) platform=$2 ;;
esac
case $platform in *mingw*) name=csmtp.dll ;; esac
folder=${3:-$out/ruby}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
cp -R "$root/bindings/ruby/lib" "$root/bindings/ruby/libcsmtp.gemspec" "$root/bindings/ruby/README.md" "$work"
cp "$root/LICENSE" "$root/packaging/debian/copyright" "$work"
install -m 644 "$library" "$work/lib/csmtp/$name"
chmod -R u=rwX,go=rX "$work"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(source_date)}
(cd "$work" && CSMTP_GEM_PLATFORM=$platform gem build libcsmtp.gemspec >log 2>&1) || { cat "$work/log" >&2; exit 1; }
mv "$work"/*.gem "$folder"
echo "$folder/libcsmtp-$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")-$platform.gem"
