# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Functions that install emulators and C libraries, with which programs for other processors run
# on this machine. The tests of dist.sh and of the packages use them.
: "${root:?}" "${out:?}"
work="" # set by the script that sources this file, later

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

# foreign_musl ARCH DIR: unpacks Debian's musl for another processor in DIR.
foreign_musl() {
  download "$1" musl
  rm -rf "$2.new"
  quietly "$work/apt.log" dpkg-deb -x "$downloaded"/musl_*.deb "$2.new"
  mv "$2.new" "$2"
}

# download ARCH PACKAGE...: downloads Debian's packages for ARCH, and sets 'downloaded' to their
# folder. It leaves this machine's package lists and architectures unchanged.
download() {
  local arch=$1 apt=$work/apt-$1 options
  shift
  downloaded=$apt/downloaded
  rm -rf "$apt"
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$downloaded"
  : >"$apt/status"
  options=(-qq -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o "Dir::State=$apt" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache=$apt" -o APT::Sandbox::User=root -o APT::Default-Release= -o Acquire::Languages=none)
  quietly "$work/apt.log" apt-get "${options[@]}" update
  (cd "$downloaded" && quietly "$work/apt.log" apt-get "${options[@]}" download "$@")
}
