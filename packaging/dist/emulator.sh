# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What runs the files of other processors on this machine, for the tests of
# dist.sh.
: "${root:?}" "${out:?}"
work="" # set by dist.sh later

need_emulator() { # need_emulator TARGET
  case $1 in
  linux-arm64) need qemu-user-static:qemu-aarch64-static libc6-arm64-cross:/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 ;;
  linux-armhf) need qemu-user-static:qemu-arm-static libc6-armhf-cross:/usr/arm-linux-gnueabihf/lib/ld-linux-armhf.so.3 ;;
  linux-musl-x64) need musl-tools:musl-gcc ;;
  linux-musl-arm64)
    need qemu-user-static:qemu-aarch64-static
    [ -e "$out/musl-arm64/lib/ld-musl-aarch64.so.1" ] || foreign_musl arm64 "$out/musl-arm64"
    ;;
  esac
}

# foreign_musl ARCH DIR: unpacks Debian's musl for another processor in DIR. It leaves the
# lists of packages and the architectures of this machine unchanged.
foreign_musl() {
  local apt=$work/apt options
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  : >"$apt/status"
  options=(-qq -o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State=$apt" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache=$apt" -o APT::Sandbox::User=root -o APT::Default-Release= -o Acquire::Languages=none)
  quietly "$work/apt.log" apt-get "${options[@]}" update
  (cd "$apt" && quietly "$work/apt.log" apt-get "${options[@]}" download musl)
  rm -rf "$2.new"
  quietly "$work/apt.log" dpkg-deb -x "$apt"/musl_*.deb "$2.new"
  mv "$2.new" "$2"
}
