# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A function that installs a minimal Debian. It needs tools/common.sh.

# make_debian DIR [OPTION of debootstrap]...: installs a minimal Debian in DIR, from the
# mirror that this machine uses. The release is CSMTP_DEBIAN or, without it, the release of
# this machine.
make_debian() {
  local codename release mirror debian=$1 log
  shift
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  release=${CSMTP_DEBIAN:-$codename}
  # shellcheck disable=SC2016 # apt-get expands it
  mirror=$(apt-get indextargets --format '$(CODENAME) $(SUITE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' |
    awk -v c="$codename" '$1 == c && $3 == "main" {print $4; exit}')
  [ -n "$mirror" ] || fail "apt knows no mirror of Debian $codename: run apt-get update"
  say "installing a minimal Debian $release"
  log=$(mktemp)
  debootstrap --variant=minbase "$@" "$release" "$debian" "$mirror" >"$log" 2>&1 ||
    { tail -n 20 "$log"; rm -rf --one-file-system "$debian"; fail "debootstrap failed"; }
  rm "$log"
}
