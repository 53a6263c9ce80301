#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds libcsmtp.so for another processor with Debian's cross compiler, and runs
# Go, C and C++ tests for it under qemu-user. `./build.sh cross` runs this.
#
#   packaging/cross.sh [arm64|armhf]         builds into build/ARCH
#   packaging/cross.sh arm64|armhf test      builds and runs the tests
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
. ./tools/common.sh
arch=${1:-arm64}
case $arch in
arm64) machine=aarch64-linux-gnu emulator=qemu-aarch64-static ;;
armhf) machine=arm-linux-gnueabihf emulator=qemu-arm-static ;;
*) fail "unknown processor $arch: use arm64 or armhf" ;;
esac
out=${CSMTP_BUILD_DIR:-$root/build}/$arch
export GOOS=linux GOARCH=${arch/armhf/arm} GOARM=7

need "gcc-$machine:$machine-gcc"
CC=$machine-gcc CSMTP_BUILD_DIR=$out ./build.sh lib
"$machine-objdump" -p "$out/libcsmtp.so" | grep -E 'file format|SONAME|NEEDED'
printf '%s %d bytes\n' "$out/libcsmtp.so" "$(stat -L -c %s "$out/libcsmtp.so")"
[ "${2:-}" = test ] || exit 0

need "g++-$machine:$machine-g++" "qemu-user-static:$emulator"
# Of the Go packages, only sasl is tested, because it computes with machine words. The
# others do not depend on the processor, and their tests are slow in an emulator.
CGO_ENABLED=0 go test -count=1 -timeout 30m -exec "$emulator" ./smtp/sasl
# These Go tests run on this machine. Only the C and C++ programs that they compile run in the
# emulator.
unset GOOS GOARCH GOARM
CSMTP_TARGET=$arch CSMTP_BUILD_DIR=$out go test -count=1 -timeout 30m \
  -run 'EveryMethod$|Strict$|LegacyTLS|Examples|Nothing|ContractAsC99|Callbacks' ./cpp_wrapper/test
