# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Runs the files of a target in an old Debian, whose C library is older than that of
# this machine.
: "${root:?}" "${dist:?}"
work="" # set by dist.sh later

# The oldest release that Debian's main mirrors still have, with glibc 2.31.
oldest=bullseye

# in_old_root TARGET: sends a mail from one program of the target to the other.
in_old_root() {
  local debian=${CSMTP_CHROOT:-$work/debian}
  [ "$(id -u)" = 0 ] || fail "only root can create a chroot"
  [ -e "$dist/$1/bin/csmtp-send" ] || fail "$dist/$1 is missing: run $0 $1"
  need debootstrap:debootstrap
  [ -e "$debian/usr/bin/apt-get" ] || CSMTP_DEBIAN=$oldest make_debian "$debian"
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$debian/etc/hosts"
  rm -rf "$debian/srv/csmtp"
  cp -a "$dist/$1" "$debian/srv/csmtp"
  cat >"$debian/srv/send" <<'END'
cd /srv/csmtp
bin/csmtp-testserver --dir /srv/csmtp/received --for 60s --user 'bob:s3cret pass' >session.txt 2>&1 &
server=$!
for i in $(seq 200); do [ -s received/ready ] || sleep 0.1; done
echo 'sent in an old Debian' | CSMTP_PASSWORD='s3cret pass' bin/csmtp-send --port "$(sed -n 's/^port=//p' received/ready)" \
  --ca-file received/ca.pem --user bob --from bob@test.example --to alice@test.example --subject old localhost
kill $server
grep -q 'sent in an old Debian' received/mail/1.eml
END
  # The programs find the library through their RUNPATH, which contains $ORIGIN. The
  # dynamic loader needs /proc to expand $ORIGIN.
  # shellcheck disable=SC2016 # the inner shell expands it
  unshare --mount --propagation private sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" env -i PATH=/usr/bin:/bin sh -e /srv/send' "$debian" || fail "$1: no mail was sent in Debian $oldest"
  say "$1 works in Debian $oldest, $(chroot "$debian" ldd --version | sed -n '1s/.* //p;q')"
}
