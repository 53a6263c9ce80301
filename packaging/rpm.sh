#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes .rpm packages from what dist.sh has built, in build/rpm/TARGET, and tests them.
#
#   packaging/rpm.sh [linux-x64|linux-arm64]   makes the packages (default: linux-x64)
#   packaging/rpm.sh test [TARGET]             makes them, installs them in a folder, sends a
#                                              mail from there, and removes them (needs
#                                              root)
#
# CSMTP_BUILD_DIR replaces build.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$(mkdir -p "${CSMTP_BUILD_DIR:-$root/build}" && cd "${CSMTP_BUILD_DIR:-$root/build}" && pwd)
. "$root/tools/common.sh"
. "$root/packaging/installed.sh"
work=$(mktemp -d)
# shellcheck disable=SC2034 # the functions of installed.sh use it
folder=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT

make_packages() { # make_packages TARGET
  local files=$out/dist/$1 arch version
  case $1 in
  linux-x64) arch=x86_64 ;;
  linux-arm64) arch=aarch64 ;;
  *) fail "no .rpm packages for $1: use linux-x64 or linux-arm64" ;;
  esac
  [ -e "$files/lib/libcsmtp.so" ] || fail "$files is missing: run ./build.sh dist $1"
  need rpm:rpmbuild chrpath:chrpath
  version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
  [ -n "${SOURCE_DATE_EPOCH:-}" ] || SOURCE_DATE_EPOCH=$(stat -c %Y "$files/LICENSE")
  export SOURCE_DATE_EPOCH
  quietly "$work/rpm.log" rpmbuild -bb --target "$arch-linux" --define "_topdir $work" --define "_rpmdir $work/made" \
    --define "_prefix /usr" --define "_libdir /usr/lib64" --define "_lib lib64" --define "_buildhost csmtp" \
    --define "use_source_date_epoch_as_buildtime 1" --define "clamp_mtime_to_source_date_epoch 1" \
    --define "csmtp_version $version" --define "csmtp_files $files" "$root/packaging/rpm/csmtp.spec"
  rm -rf "${out:?}/rpm/$1"
  mkdir -p "$out/rpm"
  mv "$work/made/$arch" "$out/rpm/$1"
  (cd "$out/rpm/$1" && stat -c '%n %s bytes' ./*.rpm)
}

# test_packages TARGET: installs the packages in a folder that contains only Debian's C
# library. rpm does not check dependencies there, because that library does not come from an
# .rpm package. rpm cannot run the packages' scripts if they need the emulator.
test_packages() {
  local arch triplet options=(--nodeps)
  make_packages "$1"
  read -r arch triplet < <(debian_name "$1")
  rpm -qpR "$out/rpm/$1"/libcsmtp1-*.rpm | grep -q 'libc.so.6(GLIBC_2.17)(64bit)' || fail "the library's package does not require glibc 2.17"
  make_folder "$arch"
  [ ${#emulator[@]} = 0 ] || options+=(--noscripts)
  printf '%s\n' "/lib/$triplet" /usr/lib64 >"$folder/etc/ld.so.conf"
  rpm --root="$folder" --initdb
  quietly "$work/rpm.log" rpm --root="$folder" -i --ignorearch "${options[@]}" "$out/rpm/$1"/*.rpm
  [ ${#emulator[@]} = 0 ] || inside /sbin/ldconfig
  send_installed "sent by an installed rpm"
  rpm --root="$folder" -e "${options[@]}" libcsmtp1 libcsmtp-devel csmtp-tools
  nothing_left
  say "the .rpm packages for $1 were installed in a folder with Debian's C library, used to send a mail, and removed"
}

case ${1:-linux-x64} in
test) test_packages "${2:-linux-x64}" ;;
-*) sed -n '3,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
*) make_packages "${1:-linux-x64}" ;;
esac
