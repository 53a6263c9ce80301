# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Functions of package.sh that make .deb packages from the files that dist.sh has built. No
# compiler is needed. The packages for all processors contain the same set of files.
: "${root:?}" "${out:?}"
work="" folder="" version="" downloaded="" # set later

# package_release TARGET: makes the packages in build/deb/TARGET, and runs lintian on them.
package_release() {
  local files=$out/dist/$1 arch triplet tree
  read -r arch triplet < <(debian_name "$1")
  [ -n "$arch" ] || exit 1
  settings
  [ -e "$files/lib/libcsmtp.so.$version" ] || fail "$files/lib/libcsmtp.so.$version is missing: run ./build.sh dist $1"
  need chrpath:chrpath "binutils-${triplet//_/-}:$triplet-objdump"
  tree=$work/csmtp-$version
  export_tree "$tree"
  (cd "$tree" && CSMTP_RELEASE=$files quietly "$work/deb.log" dpkg-buildpackage -b -us -uc -d -a "$arch")
  rm -rf "${out:?}/deb/$1"
  mkdir -p "$out/deb/$1"
  mv "$work"/*.deb "$out/deb/$1"
  (cd "$out/deb/$1" && stat -c '%n %s bytes' ./*.deb)
  lint "$out/deb/$1"/*.deb
  (cd "$root" && CSMTP_BUILD_DIR=$out CSMTP_DEBS=deb/$1 go test -count=1 -tags packages -run TestDebPackages ./packaging)
}

# test_release TARGET: installs the packages in a folder that contains only Debian's C library,
# and sends a mail from there. dpkg checks that the version of this library is sufficient.
test_release() {
  local arch triplet deb
  package_release "$1"
  read -r arch triplet < <(debian_name "$1")
  make_folder "$arch"
  [ -e "$folder/usr/lib/$triplet" ] || fail "Debian's C library for $arch is not in /usr/lib/$triplet"
  mkdir -p "$folder/var/lib/dpkg"/{info,updates,triggers}
  for deb in "$downloaded"/*.deb; do
    printf 'Status: install ok installed\n%s\n\n' "$(dpkg-deb -f "$deb" Package Architecture Multi-Arch Version Maintainer Description)"
  done >"$folder/var/lib/dpkg/status"
  printf '%s\n' "$(dpkg --print-architecture)" "$arch" | uniq >"$folder/var/lib/dpkg/arch"
  quietly "$work/dpkg.log" dpkg --root="$folder" --install "$out/deb/$1"/*.deb
  send_installed "sent by an installed deb"
  quietly "$work/dpkg.log" dpkg --root="$folder" --purge csmtp-tools libcsmtp-dev libcsmtp1
  nothing_left
  say "the .deb packages for $1 were installed in a folder with Debian's C library, used to send a mail, and removed"
}
