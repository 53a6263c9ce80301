#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# libcxx.sh VERSION: unpacks Debian's libc++ into build/libcxx-VERSION, unless this
# version is installed. Only one version can be installed, because the packages conflict.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools/common.sh
. "$root/tools/common.sh"
version=${1:?usage: libcxx.sh VERSION}
folder=$root/build/libcxx-$version
[ ! -e "$folder/usr/lib/llvm-$version/lib/libc++abi.a" ] || exit 0
[ ! -e "/usr/lib/llvm-$version/lib/libc++abi.a" ] || exit 0
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  fail "libc++ $version is missing, and this script can get it only on Debian"
fi
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
(cd "$work" && quietly "$work/log" apt-get -qq -o APT::Sandbox::User=root download "libc++-$version-dev" "libc++abi-$version-dev")
for package in "$work"/*.deb; do
  dpkg-deb -x "$package" "$folder"
done
