# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What runs the files of other processors on this machine, for the tests of
# dist.sh.
: "${root:?}"

need_emulator() { # need_emulator TARGET
  case $1 in
  linux-arm64) need qemu-user-static:qemu-aarch64-static libc6-arm64-cross:/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 ;;
  esac
}
