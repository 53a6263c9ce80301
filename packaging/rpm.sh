#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes .rpm packages of what dist.sh has built, in build/rpm/TARGET, and tests those for
# this processor.
#
#   packaging/rpm.sh [linux-x64|linux-arm64]   makes the packages (default: linux-x64)
#   packaging/rpm.sh test                      installs those of linux-x64 in a folder, sends
#                                              a mail from there, and removes them (root)
#
# CSMTP_BUILD_DIR replaces build.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$(mkdir -p "${CSMTP_BUILD_DIR:-$root/build}" && cd "${CSMTP_BUILD_DIR:-$root/build}" && pwd)
. "$root/tools/common.sh"
work=$(mktemp -d)
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

# Installs the packages in a folder that contains only the C library of this machine. rpm
# does not check dependencies there, because no package has brought that library.
test_packages() {
  local folder=$work/root file
  [ "$(id -u)" = 0 ] || fail "only root can change to another root folder"
  make_packages linux-x64
  rpm -qpR "$out/rpm/linux-x64"/libcsmtp1-*.rpm | grep -q 'libc.so.6(GLIBC_2.17)(64bit)' || fail "the library's package does not require glibc 2.17"
  mkdir -p "$folder/lib64" "$folder/bin" "$folder/sbin" "$folder/etc" "$folder/proc" "$folder/dev" "$folder/tmp"
  for file in ld-linux-x86-64.so.2 libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 libresolv.so.2 librt.so.1; do
    cp -L "/lib/x86_64-linux-gnu/$file" "$folder/lib64/"
  done
  cp -L /sbin/ldconfig "$folder/sbin/"
  printf '%s\n' /lib64 /usr/lib64 >"$folder/etc/ld.so.conf"
  echo '127.0.0.1 localhost' >"$folder/etc/hosts"
  rpm --root="$folder" --initdb
  quietly "$work/rpm.log" rpm --root="$folder" -i --nodeps "$out/rpm/linux-x64"/*.rpm
  inside "$folder" csmtp-testserver --dir /received --for 60s --user 'bob:s3cret pass' >"$work/session.txt" 2>&1 &
  for _ in $(seq 300); do [ -s "$folder/received/ready" ] || sleep 0.1; done
  echo 's3cret pass' >"$folder/password"
  echo 'sent by an installed rpm' | inside "$folder" csmtp-send --port "$(sed -n 's/^port=//p' "$folder/received/ready")" \
    --ca-file /received/ca.pem --user bob --password-file /password --from bob@test.example --to alice@test.example --subject rpm localhost ||
    fail "csmtp-send failed: $(cat "$work/session.txt")"
  kill %1
  grep -q 'sent by an installed rpm' "$folder/received/mail/1.eml" || fail "no mail arrived"
  rpm --root="$folder" -e --nodeps libcsmtp1 libcsmtp-devel csmtp-tools
  file=$(find "$folder/usr" -iname '*csmtp*' | head)
  [ -z "$file" ] || fail "files left after rpm -e: $file"
  say "the .rpm packages were installed in a folder with the C library of this machine, sent a mail, and were removed"
}

# The dynamic loader expands $ORIGIN with /proc/self/exe.
inside() { # inside FOLDER COMMAND...
  # shellcheck disable=SC2016 # the inner shell expands it
  unshare --mount --propagation private sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$@"
}

case ${1:-linux-x64} in
test) test_packages ;;
-*) sed -n '3,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
*) make_packages "${1:-linux-x64}" ;;
esac
