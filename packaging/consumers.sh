#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# consumers.sh: follows the section "C and C++" of docs/install.md in empty folders, with CMake,
# Meson, make, Conan and the port of vcpkg, and sends a mail with each program. It also builds,
# installs and includes csmtp with CMake in the other ways that CMakeLists.txt supports.
#
# It uses the .tar.gz of package.sh in build/packages or, if CSMTP_ARCHIVE names one, the
# archive of `./build.sh dist`. CSMTP_BUILD_DIR replaces build. CSMTP_CONAN names a Conan of
# version 2; without it, pip installs one below the build folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${CSMTP_BUILD_DIR:-$root/build}
mkdir -p "$out"
out=$(cd "$out" && pwd)
. "$root/tools/common.sh"
. "$root/tools/packages.sh"

need_packages "$(consumers_packages)"
if [ -z "${CSMTP_CONAN:-}" ]; then
  export CSMTP_CONAN=$out/conan/bin/conan
  if [ ! -e "$CSMTP_CONAN" ]; then
    say "installing Conan from PyPI"
    rm -rf "$out/conan"
    python3 -m venv "$out/conan"
    quietly "$out/conan.log" "$out/conan/bin/pip" -q install --disable-pip-version-check -r "$root/packaging/conan/requirements.txt"
  fi
fi
[ -n "${CSMTP_ARCHIVE:-}" ] || compgen -G "$out/packages/csmtp-*-linux-*.tar.gz" >/dev/null ||
  CSMTP_BUILD_DIR=$out "$root/packaging/package.sh"
say "C and C++ programs in empty folders"
(cd "$root" && CSMTP_BUILD_DIR=$out go test -count=1 -timeout 30m -tags packages -run 'TestEmptyProject|CMake|TestInsideAnotherProject' ./packaging)
