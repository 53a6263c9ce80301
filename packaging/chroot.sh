#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# chroot.sh DIR: tests the packages in DIR, which package.sh has built, in a minimal Debian:
# first the .deb packages and, after removing them, the .tar.gz. For both, it compiles the
# examples in C and C++, and sends mail to a server on loopback. Needs root and debootstrap.
# If CSMTP_CHROOT names a folder, the minimal Debian is kept there for later runs.
set -euo pipefail
[ $# = 1 ] || { echo "usage: chroot.sh DIR" >&2; exit 2; }
packages=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
. "$root/tools/common.sh"
. "$root/packaging/debian.sh"
[ "$(id -u)" = 0 ] || fail "only root can create a chroot"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"

# The script runs in its own mount namespace, so that its mounts disappear when it ends for
# any reason.
if [ "${CSMTP_CHROOT_INSIDE:-}" != yes ]; then
  CSMTP_CHROOT_INSIDE=yes exec unshare --mount --propagation private "$0" "$packages"
fi

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; umount -l "$debian/proc" "$debian/dev" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
debian=${CSMTP_CHROOT:-$work/debian}

inside() { chroot "$debian" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

install_in() { # install_in PACKAGE...
  inside apt-get -qq -o DPkg::Lock::Timeout=60 install -y --no-install-recommends "$@" >"$work/apt.log" 2>&1 ||
    { tail -n 20 "$work/apt.log"; fail "installing $* failed"; }
}

start_server() {
  (cd "$root" && CGO_ENABLED=0 go build -o "$work/csmtp-testserver" ./tools/csmtp-testserver)
  rm -rf "$debian/srv/mail"
  mkdir -p "$debian/srv/mail"
  "$work/csmtp-testserver" --dir "$debian/srv/mail" --for 10m --fault 'RCPT#3: 550 5.1.1 <refused@test.example>: no such user here' \
    >"$work/session.txt" 2>&1 &
  server=$!
  for _ in $(seq 200); do
    [ -s "$debian/srv/mail/ready" ] && return
    sleep 0.05
  done
  fail "the server did not start: $(cat "$work/session.txt")"
}

stop_server() {
  kill "$server"
  wait "$server" || true
  server=
}

# Sends the mail of the examples in C and in C++, then runs the installed programs.
programs() { # programs NAME SETTINGS
  local language status
  say "$1: compiling and running the examples"
  printf 'set -e\n%s\n' "$2" >"$debian/srv/compile"
  cat >>"$debian/srv/compile" <<'END'
cd /srv/examples
cc -std=c99 -Wall -Wextra -Werror c/send.c -o send-c $(pkg-config --cflags --libs csmtp)
c++ -std=c++11 -Wall -Wextra -Werror cpp/send.cpp -o send-cpp $(pkg-config --cflags --libs csmtp)
cmake -S consumer -B consumer/build >/dev/null
cmake --build consumer/build >/dev/null
consumer/build/consumer
test -s "$MANUAL" || { echo "$MANUAL is missing"; exit 1; }
END
  rm -rf "$debian/srv/examples"
  mkdir "$debian/srv/examples"
  cp -R "$root/examples/c" "$root/examples/cpp" "$root/packaging/cmake/consumer" "$debian/srv/examples"
  inside sh -e /srv/compile || fail "$1: the examples cannot be compiled"
  for language in c cpp; do
    start_server
    status=0
    inside sh -c "$2"'
      cd /srv/examples && exec "$@"' sh "./send-$language" localhost "$(sed -n 's/^port=//p' "$debian/srv/mail/ready")" \
      alice@test.example 's3cret pass' /srv/mail/ca.pem >"$work/printed" 2>&1 || status=$?
    [ $status = 0 ] || { cat "$work/printed" "$work/session.txt"; fail "$language: status $status"; }
    stop_server
    grep -q '^309: .*550 5.1.1 <refused@test.example>' "$work/printed" ||
      { cat "$work/printed" "$work/session.txt"; fail "$language: not the expected error"; }
    normalised <"$debian/srv/mail/mail/1.eml" | cmp - "$root/examples/expected.eml" || fail "$language: not the expected mail"
    [ ! -e "$debian/srv/mail/mail/2.eml" ] || fail "$language: more than one mail"
    echo "$language: one mail accepted, the same as expected.eml; one refused recipient reported"
  done
  local program
  for program in csmtp-send csmtp-doctor csmtp-login csmtp-testserver; do
    inside sh -c "$2"$'\n"$0" --version' $program || fail "$1: $program does not run"
  done
}

# Replaces the parts that differ from mail to mail, as in examples/check.sh.
normalised() {
  sed -E 's/^Date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [-+][0-9]{4}/Date: DATE/
    s/^Message-ID: <[0-9a-f]{32}@/Message-ID: <ID@/
    s/=_[0-9a-f]{32}_/=_BOUNDARY_/g'
}

[ -e "$debian/usr/bin/apt-get" ] || make_debian "$debian"
mount -t proc proc "$debian/proc"
cp /etc/resolv.conf "$debian/etc/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$debian/etc/hosts" # as Debian's installer writes it
if [ -d /etc/apt/apt.conf.d ]; then cp /etc/apt/apt.conf.d/*prox* "$debian/etc/apt/apt.conf.d/" 2>/dev/null || true; fi
rm -rf "$debian/srv"/*
inside apt-get -qq update >/dev/null
say "installing a compiler"
install_in gcc g++ libc6-dev make cmake pkg-config
cp "$packages"/*.deb "$debian/srv/"

say "installing the .deb packages"
mapfile -t debs < <(cd "$debian/srv" && printf '/srv/%s\n' *.deb)
install_in "${debs[@]}"
inside dpkg -l libcsmtp1 libcsmtp-dev csmtp-tools | grep '^ii' | awk '{print $2, $3}'
inside ldconfig -p | grep -F 'libcsmtp.so.1 ' >/dev/null || fail "ldconfig does not list libcsmtp.so.1"
programs deb 'MANUAL=/usr/share/man/man3/CSmtp_Send.3.gz'
inside apt-get -qq purge -y libcsmtp1 libcsmtp-dev csmtp-tools >/dev/null 2>&1
left=$(find "$debian/usr" -iname '*csmtp*' | head)
[ -z "$left" ] || fail "files left after purge: $left"
echo "the packages were removed completely"

say "unpacking the .tar.gz"
mkdir -p "$debian/srv/some where"
tar -xzf "$packages"/csmtp-*-linux-*.tar.gz -C "$debian/srv/some where"
mv "$debian/srv/some where"/csmtp-* "$debian/srv/elsewhere"
# shellcheck disable=SC2016 # the shell in the clean Debian expands it
programs tar 'P=/srv/elsewhere MANUAL=$P/share/man/man3/CSmtp_Send.3
  export PATH=$P/bin:$PATH LD_LIBRARY_PATH=$P/lib PKG_CONFIG_PATH=$P/lib/pkgconfig CMAKE_PREFIX_PATH=$P'
say "the .deb packages and the .tar.gz work in a minimal Debian"
