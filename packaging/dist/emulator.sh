# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What runs the files of other processors and C libraries on this machine, for the tests of
# dist.sh.
: "${root:?}" "${out:?}"
work="" # set by dist.sh later

need_emulator() { # need_emulator TARGET
  case $1 in
  linux-arm64) need qemu-user-static:qemu-aarch64-static libc6-arm64-cross:/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 ;;
  linux-armhf) need qemu-user-static:qemu-arm-static libc6-armhf-cross:/usr/arm-linux-gnueabihf/lib/ld-linux-armhf.so.3 ;;
  musl-x64) need_packages 'musl test -e /lib/ld-musl-x86_64.so.1' ;;
  musl-arm64)
    need qemu-user-static:qemu-aarch64-static
    [ -e "$out/musl-arm64-root/lib/ld-musl-aarch64.so.1" ] || unpack_musl
    ;;
  esac
}

# Unpacks Debian's musl for arm64. A folder of its own for apt keeps the list of packages of
# another processor away from the system's.
unpack_musl() {
  local folder=$work/apt options
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  options=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State::lists=$folder/lists"
    -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root)
  quietly "$work/apt.log" apt-get "${options[@]}" update
  (cd "$folder" && quietly "$work/apt.log" apt-get "${options[@]}" download musl:arm64)
  dpkg-deb -x "$folder"/musl_*.deb "$out/musl-arm64-root"
}
