#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh PREFIX WORK: builds a separate project with the csmtp that is installed in
# PREFIX, with find_package and with pkg-config, before and after PREFIX is moved. Also
# checks that find_package fails for a version or a component that csmtp does not have, and
# if a header is missing. WORK is the build folder.
set -euo pipefail
[ $# = 2 ] || { echo "usage: check.sh PREFIX WORK" >&2; exit 2; }
prefix=$1 work=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cxx=${CXX:-g++}
fail() { printf 'consumer: %s\n' "$*" >&2; exit 1; }

quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; fail "$* failed"; }; }

uses() { # uses PREFIX: builds and runs the consumer both ways
  rm -rf "$work/build"
  quietly cmake -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$1"
  quietly cmake --build "$work/build"
  "$work/build/consumer"
  local flags
  flags=$(PKG_CONFIG_PATH=$(dirname "$(find "$1" -name csmtp.pc)") pkg-config --cflags --libs csmtp)
  eval "$cxx '$here/main.cpp' -o '$work/by-pkg-config' $flags"
  LD_LIBRARY_PATH=$(dirname "$(find "$1" -name libcsmtp.so)") "$work/by-pkg-config"
}

refuses() { # refuses PREFIX ARGUMENTS-OF-FIND_PACKAGE EXPECTED
  rm -rf "$work/refused"
  mkdir -p "$work/refused"
  printf 'cmake_minimum_required(VERSION 3.16)\nproject(refused LANGUAGES CXX)\nfind_package(csmtp %s CONFIG REQUIRED)\n' "$2" \
    >"$work/refused/CMakeLists.txt"
  if cmake -S "$work/refused" -B "$work/refused/build" -DCMAKE_PREFIX_PATH="$1" >"$work/log" 2>&1; then
    fail "find_package(csmtp $2) succeeded, but must fail"
  fi
  # CMake wraps long lines.
  tr -s ' \n' ' ' <"$work/log" | grep -q "$3" || { cat "$work/log"; fail "find_package(csmtp $2) did not print: $3"; }
}

mkdir -p "$work"
uses "$prefix"
moved="$work/moved elsewhere"
rm -rf "$moved"
cp -a "$prefix" "$moved"
mv "$prefix" "$prefix.away"
trap 'mv "$prefix.away" "$prefix"' EXIT
uses "$moved"
refuses "$moved" 2.0 'not accepted'
refuses "$moved" 0.9 'not accepted'
refuses "$moved" '1.0 COMPONENTS nothing' 'nothing'
rm "$moved"/include/csmtp/CSmtp.h
refuses "$moved" 1.0 'CSmtp.h is missing'
echo "find_package and pkg-config find csmtp, even after it is moved, and fail if something is missing"
