# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by every install.sh. Installs Debian packages without starting daemons.
set -eu
CACHE=/var/cache/csmtp-interop # unpacked packages; not below /root, which other accounts cannot enter

[ "$(id -u)" = 0 ] || { echo "$0: run this as root" >&2; exit 1; }
command -v apt-get >/dev/null || { echo "$0: needs a Debian system (apt-get)" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

# If several test processes run at the same time, only one of them installs packages at a
# time.
exec 9>/run/lock/csmtp-interop.lock
flock 9

POLICY=/usr/sbin/policy-rc.d
forbid_daemons() {
    trap restore_policy EXIT
    trap 'exit 1' INT TERM HUP
    [ -e "$POLICY.kept" ] || [ ! -e "$POLICY" ] || mv "$POLICY" "$POLICY.kept"
    printf '#!/bin/sh\nexit 101\n' > "$POLICY"
    chmod 755 "$POLICY"
}
restore_policy() {
    rm -f "$POLICY"
    [ ! -e "$POLICY.kept" ] || mv "$POLICY.kept" "$POLICY"
}

apt() { apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"; }

# lists PKG: fetches the package lists unless they already contain PKG
lists() { apt-cache show "$1" >/dev/null 2>&1 || apt update; }

# packages PKG...: installs packages without removing others
packages() {
    local p missing=
    for p in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
    done
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    set -- $missing
    lists "$1"
    forbid_daemons
    # If the package lists are outdated, they can contain files that the mirror no longer has.
    apt install --no-install-recommends --no-remove "$@" ||
        { apt update && apt install --no-install-recommends --no-remove "$@"; }
}

# unpack DIR PKG...: unpacks packages that conflict with others into DIR, and
# installs the libraries that they depend on
unpack() {
    local dir=$1 p libs; shift
    [ ! -e "$dir/.complete" ] || return 0
    rm -rf "$dir"
    mkdir -p "$dir/.debs"
    chmod 755 "$CACHE" "$dir"
    lists "$1"
    libs=$(apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks \
        --no-replaces --no-enhances --no-pre-depends "$@" | awk '$1 == "Depends:" && $2 ~ /^lib/ { print $2 }' | sort -u)
    # shellcheck disable=SC2086
    packages $libs
    chmod 777 "$dir/.debs"
    (cd "$dir/.debs" && { apt download "$@" || { apt update && apt download "$@"; }; })
    for p in "$dir"/.debs/*.deb; do dpkg-deb -x "$p" "$dir"; done
    rm -rf "$dir/.debs"
    touch "$dir/.complete"
}

# account NAME: creates a system account
account() {
    getent group "$1" >/dev/null || groupadd --system "$1"
    getent passwd "$1" >/dev/null ||
        useradd --system --gid "$1" --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$1"
}

# debian13 PKG...: installs packages in a separate Debian 13 installation; the first
# call creates this system
DEBIAN13=$CACHE/trixie
debian13() {
    packages debootstrap
    [ -e "$DEBIAN13/.complete" ] || { rm -rf "$DEBIAN13"; debootstrap --variant=minbase trixie "$DEBIAN13"; touch "$DEBIAN13/.complete"; }
    printf '#!/bin/sh\nexit 101\n' > "$DEBIAN13/usr/sbin/policy-rc.d"
    chmod 755 "$CACHE" "$DEBIAN13" "$DEBIAN13/usr/sbin/policy-rc.d"
    cp /etc/resolv.conf "$DEBIAN13/etc/resolv.conf"
    chroot "$DEBIAN13" apt-get -q update
    chroot "$DEBIAN13" apt-get -q -y install --no-install-recommends "$@"
}
