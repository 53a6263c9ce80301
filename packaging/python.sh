#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# python.sh LIBRARY PLATFORM [FOLDER]: makes a wheel with a library and csmtp-testserver, and
# prints its path. PLATFORM is a target of `./build.sh dist`, such as linux-x64, or a tag of
# PyPI, such as linux_x86_64. csmtp-testserver is in the folder of LIBRARY or in ../bin.
# FOLDER is where the wheel is put; the default is build/python. The backend, hatchling, is
# installed from PyPI once, in build/python-tools.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
out=${CSMTP_BUILD_DIR:-$root/build}
[ $# -ge 2 ] || fail "usage: packaging/python.sh LIBRARY PLATFORM [FOLDER]"
library=$(realpath "$1")
case $2 in
linux-x64) platform=manylinux_2_17_x86_64 ;;
linux-arm64) platform=manylinux_2_17_aarch64 ;;
linux-armhf) platform=manylinux_2_17_armv7l ;;
windows-x64) platform=win_amd64 ;;
windows-x86) platform=win32 ;;
windows-arm64) platform=win_arm64 ;;
musl-*) fail "a program that uses musl cannot load the library: there is no wheel for $2" ;;
*) platform=$2 ;;
esac
folder=${3:-$out/python}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
testserver=$(testserver_beside "$library")

tools=$out/python-tools
requirements=$root/packaging/python-requirements.txt
if ! cmp -s "$requirements" "$tools/requirements.txt"; then
  rm -rf "$tools"
  python3 -m venv "$tools" >&2 || fail "Python cannot create a virtual environment: install the package python3-venv"
  "$tools/bin/pip" -q --disable-pip-version-check install --no-deps -r "$requirements" >&2
  cp "$requirements" "$tools/"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
cp -R "$root/bindings/python/." "$work"
find "$work" -name __pycache__ -prune -exec rm -rf {} +
cp "$root/LICENSE" "$root/packaging/debian/copyright" "$work"
install -m 755 "$testserver" "$work/testserver"
install -m 644 "$library" "$work/library"
chmod -R u=rwX,go=rX "$work"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(source_date)}
(cd "$work" && CSMTP_WHEEL_PLATFORM=$platform CSMTP_WHEEL_LIBRARY=library CSMTP_WHEEL_TESTSERVER=testserver \
  "$tools/bin/python" -m hatchling build -t wheel -d "$work/made" >"$work/log" 2>&1) || { cat "$work/log" >&2; exit 1; }
wheel=$(basename "$work"/made/*.whl)
mv "$work/made/$wheel" "$folder"
echo "$folder/$wheel"
