# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Functions for the tests of .deb and .rpm packages that contain the files of dist.sh. The
# packages are installed in a folder that contains only Debian's C library. Programs for
# another processor run under qemu-user, which that folder contains too.
: "${root:?}"
. "$root/packaging/dist/emulator.sh"
folder="" work="" downloaded="" # set later

# debian_name TARGET: prints Debian's two names for the target's processor: the one in the names
# of packages, and the one in paths below /usr/lib.
debian_name() {
  case $1 in
  linux-x64) echo amd64 x86_64-linux-gnu ;;
  linux-arm64) echo arm64 aarch64-linux-gnu ;;
  linux-armhf) echo armhf arm-linux-gnueabihf ;;
  *) fail "no packages for $1: use linux-x64, linux-arm64 or linux-armhf" ;;
  esac
}

# make_folder ARCH: installs Debian's C library for ARCH in $folder, and sets 'emulator' to the
# command that runs programs for ARCH there, or to nothing if this machine can run them itself.
make_folder() {
  local arch=$1 deb qemu
  [ "$(id -u)" = 0 ] || fail "only root can change to another root folder"
  mkdir -p "$folder"/{dev,etc,proc,tmp}
  emulator=()
  if [ "$arch" != "$(dpkg --print-architecture)" ]; then
    case $arch in
    arm64) qemu="qemu-aarch64-static" ;;
    armhf) qemu="qemu-arm-static" ;;
    *) fail "no emulator for $arch" ;;
    esac
    need "qemu-user-static:$qemu"
    cp "$(command -v "$qemu")" "$folder/emulator"
    emulator=(/emulator)
  fi
  download "$arch" libc6 libc-bin
  for deb in "$downloaded"/*.deb; do dpkg-deb -x "$deb" "$folder"; done
  echo '127.0.0.1 localhost' >"$folder/etc/hosts"
}

# inside PROGRAM ARGUMENT...: runs an installed program in $folder. Mounts /proc there,
# because the dynamic loader needs it to expand $ORIGIN.
inside() {
  # shellcheck disable=SC2016 # the inner shell expands it
  unshare --mount --propagation private sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$folder" "${emulator[@]}" "$@"
}

# send_installed TEXT: sends a mail with this text from the installed csmtp-send to the
# installed csmtp-testserver.
send_installed() {
  local server
  inside /usr/bin/csmtp-testserver --dir /received --for 120s --user 'bob:s3cret pass' >"$work/session.txt" 2>&1 &
  server=$!
  for _ in $(seq 600); do [ -s "$folder/received/ready" ] || sleep 0.1; done
  [ -s "$folder/received/ready" ] || fail "csmtp-testserver did not start: $(cat "$work/session.txt")"
  (umask 077 && echo 's3cret pass' >"$folder/password")
  echo "$1" | inside /usr/bin/csmtp-send --port "$(sed -n 's/^port=//p' "$folder/received/ready")" \
    --ca-file /received/ca.pem --user bob --password-file /password --from bob@test.example --to alice@test.example --subject installed localhost ||
    fail "csmtp-send failed: $(cat "$work/session.txt")"
  kill "$server"
  wait "$server" || true
  grep -q "$1" "$folder/received/mail/1.eml" || fail "no mail arrived"
  inside /usr/bin/csmtp-doctor --version >/dev/null || fail "csmtp-doctor does not run"
}

# nothing_left: fails if $folder/usr still contains a file of csmtp.
nothing_left() {
  local file
  file=$(find "$folder/usr" -iname '*csmtp*' | head)
  [ -z "$file" ] || fail "files left after the removal: $file"
}
