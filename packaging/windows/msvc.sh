#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compiles the headers with clang-cl and the headers of Visual C++ and the Windows SDK,
# which you supply. `./build.sh msvc` runs this.
#
#   CSMTP_MSVC_INCLUDE=FOLDER:FOLDER... packaging/windows/msvc.sh
#
# The folders are those of INCLUDE in a developer command prompt: VC\Tools\MSVC\
# VERSION\include, and ucrt, shared and um of the SDK. CLANG names the clang to use.
# Each header must be found by its name in upper and in lower case: on a case-sensitive file
# system, the folders must contain links such as those that xwin creates.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools/common.sh
. "$root/tools/common.sh"
[ -n "${CSMTP_MSVC_INCLUDE:-}" ] || fail "CSMTP_MSVC_INCLUDE is not set: name the folders of Visual C++'s headers, separated by colons"
clang=${CLANG:-}
for name in clang-19 clang; do
  [ -n "$clang" ] || clang=$(command -v "$name" || true)
done
[ -n "$clang" ] || fail "clang is missing: apt-get install clang-19"

flags=(--driver-mode=cl -fsyntax-only /nologo /EHsc /W4 /WX /permissive- -D_ALLOW_COMPILER_AND_STL_VERSION_MISMATCH
  -I "$root/include" -I "$root/cpp_wrapper" -I "$root/cpp_wrapper/compat")
IFS=: read -ra folders <<<"$CSMTP_MSVC_INCLUDE"
for folder in "${folders[@]}"; do
  [ -d "$folder" ] || fail "CSMTP_MSVC_INCLUDE: $folder is not a folder"
  flags+=(-imsvc "$folder")
done

compiled=0
compile() { # compile SOURCE FLAGS...
  "$clang" "${flags[@]}" "${@:2}" -- "$root/cpp_wrapper/test/msvc/$1" || fail "clang-cl $*: the headers do not compile"
  compiled=$((compiled + 1))
}
for machine in x86_64 i686; do
  for standard in c++14 c++17 c++20; do
    for define in WINDOWS_FIRST WINDOWS_LAST CSMTP_STRICT CSMTP_LEGACY_TLS CSMTP_STATIC; do
      compile program.cpp "--target=$machine-pc-windows-msvc" "/std:$standard" "/D$define"
    done
  done
  compile program.c "--target=$machine-pc-windows-msvc"
done
say "clang-cl compiled the headers with $compiled sets of options"
