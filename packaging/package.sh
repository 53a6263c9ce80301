#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# package.sh           builds .deb packages and a .tar.gz of the checked-out commit
#                      (or of the tree, if it is not a repository) into
#                      build/packages, and runs lintian
# package.sh check     builds the packages a second time in another folder without
#                      caches, and compares them octet for octet
# package.sh chroot    installs the packages in a minimal Debian and sends mail from there
# package.sh TARGET    makes .deb packages from build/dist/TARGET (linux-x64, linux-arm64 or
#                      linux-armhf), which dist.sh has built, in build/deb/TARGET
# package.sh test [TARGET]   makes the packages of TARGET (default: linux-arm64), installs
#                      them in a folder, sends a mail from there, and removes them (needs root)
# CSMTP_BUILD_DIR replaces build. DEBFULLNAME and DEBEMAIL name the maintainer.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
out=${CSMTP_BUILD_DIR:-$root/build}
mkdir -p "$out"
out=$(cd "$out" && pwd)
packages=$out/packages
maintainer="${DEBFULLNAME:-csmtp authors} <${DEBEMAIL:-csmtp@example.invalid}>"

. "$root/tools/common.sh"
. "$root/tools/packages.sh"
. "$root/packaging/installed.sh"
. "$root/packaging/release.sh"

in_git() { [ -e "$root/.git" ]; }

# Copies the files of the commit (or of the tree, if it is not a repository) to DIR. Puts the
# folder debian into DIR itself, where Debian's tools require it.
export_tree() { # export_tree DIR
  mkdir -p "$1"
  if in_git; then
    git -C "$root" archive HEAD | tar -x -C "$1"
  else
    tar -c -C "$root" --exclude=./build --exclude="./${out#"$root"/}" . | tar -x -C "$1"
  fi
  cp -R "$1/packaging/debian" "$1/debian"
  sed -i "s/@MAINTAINER@/$maintainer/" "$1/debian/control"
  cat >"$1/debian/changelog" <<END
csmtp ($version) unstable; urgency=medium

  * Version $version.

 -- $maintainer  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
END
}

# Builds the .deb packages and the .tar.gz below DIR, into DIR/packages.
build() { # build DIR
  local dir=$1 tree=$1/csmtp-$version
  export_tree "$tree"
  mkdir -p "$dir/packages"
  (cd "$tree" && quietly "$dir/deb.log" dpkg-buildpackage -b -us -uc -d)
  mv "$dir"/*.deb "$dir/packages"
  # The .tar.gz works in any folder.
  local name
  name=csmtp-$version-linux-$(dpkg --print-architecture)
  local map="\"-ffile-prefix-map=$tree=.\""
  quietly "$dir/tar.log" cmake -S "$tree" -B "$dir/cmake" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -DCSMTP_DOCS=ON \
    -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON -DCMAKE_C_FLAGS="$map" -DCMAKE_CXX_FLAGS="$map"
  quietly "$dir/tar.log" cmake --build "$dir/cmake"
  quietly "$dir/tar.log" cmake --install "$dir/cmake" --prefix "$dir/$name" --strip
  sed "s/@VERSION@/$version/" "$tree/packaging/meson/meson.build" >"$dir/$name/meson.build"
  cp "$tree/LICENSE" "$dir/$name/"
  mkdir -p "$dir/$name/licenses"
  cp "$tree/packaging/debian/copyright" "$dir/$name/licenses/csmtp-go-and-modules.txt"
  tar -C "$dir" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX \
    --format=gnu -c "$name" | gzip -9n >"$dir/packages/$name.tar.gz"
}

version_of() { sed -n 's/^const Version = "\(.*\)"$/\1/p'; }

# Sets the variables 'version', 'source', 'work', 'folder' and SOURCE_DATE_EPOCH, and variables
# that make Go use its usual caches, although debhelper changes HOME.
settings() {
  need_packages "$(package_packages)"
  export SOURCE_DATE_EPOCH GOMODCACHE GOCACHE GOENV
  if in_git; then
    version=$(git -C "$root" show HEAD:csmtp.go | version_of)
    source=$(git -C "$root" log -1 --format=%h)
    SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct)
    [ -z "$(git -C "$root" status --porcelain --untracked-files=no)" ] ||
      echo "package.sh: note: uncommitted changes are not packaged" >&2
  else
    version=$(version_of <"$root/csmtp.go")
    source=$root
    SOURCE_DATE_EPOCH=$(stat -c %Y "$root/csmtp.go") # git archive sets the time of all files to that of the commit
  fi
  [ -n "$version" ] || fail "csmtp.go has no version"
  GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE) GOENV=$(go env GOENV)
  work=$(mktemp -d)
  folder=$work/root
  trap 'rm -rf --one-file-system "$work"' EXIT
}

make_packages() {
  settings
  build "$work"
  rm -rf "$packages"
  mv "$work/packages" "$packages"
  say "packages of $source, in $packages"
  (cd "$packages" && sha256sum ./* | sed 's/ \*\?\.\// /' && stat -c '%s %n' -- *)
  lint "$packages"/*.deb
  say "checking how the files in the packages were built"
  (cd "$root" && CSMTP_BUILD_DIR=$(dirname "$packages") go test -count=1 -timeout 30m -tags packages -run 'TestDeb|TestArchive' ./packaging)
}

# Runs lintian. Without DEBEMAIL, the package is not meant to be published, so its maintainer
# needs no valid address.
lint() { # lint PACKAGE...
  local anyone=()
  say "lintian"
  [ -n "${DEBEMAIL:-}" ] || anyone=(--suppress-tags 'bogus-mail-host,bogus-mail-host-in-debian-changelog')
  lintian --allow-root --fail-on error "${anyone[@]}" "$@"
}

# Builds the packages again in another folder, with another umask, time zone and language,
# and without Go's build cache. The name of the folder contains no space, because dpkg does
# not support spaces.
check() {
  make_packages
  say "building the packages again in another folder, without caches"
  local again=$work/again/in-a-deeper-folder
  mkdir -p "$again"
  (
    umask 027
    export TZ=Asia/Kathmandu LC_ALL=C.UTF-8 GOCACHE=$work/cache
    build "$again"
  )
  compare "$packages" "$again/packages"
}

compare() {
  local file names
  names=$(cd "$1" && ls)
  [ "$names" = "$(cd "$2" && ls)" ] || fail "the lists of files differ: $names and $(ls "$2")"
  for file in $names; do
    cmp "$1/$file" "$2/$file" || { differences "$1/$file" "$2/$file"; fail "$file differs"; }
  done
  echo "all $(wc -w <<<"$names") files are the same, octet for octet"
}

# Prints which files differ in two packages.
differences() {
  local i=0 file
  for file in "$@"; do
    i=$((i + 1))
    mkdir "$work/unpacked$i"
    case $file in
    *.deb) dpkg-deb -R "$file" "$work/unpacked$i" ;;
    *) tar -xpzf "$file" -C "$work/unpacked$i" ;;
    esac
    (cd "$work/unpacked$i" && find . -printf '%M %p %l\n' | sort -k 2) >"$work/list$i"
  done
  diff "$work/list1" "$work/list2" | head -n 20 || true
  diff -r "$work/unpacked1" "$work/unpacked2" | head -n 20 || true
}

case ${1:-} in
'') make_packages ;;
check) check ;;
chroot) make_packages; "$here/chroot.sh" "$packages" ;;
linux-*) package_release "$1" ;;
test) test_release "${2:-linux-arm64}" ;;
*) sed -n '3,13s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
