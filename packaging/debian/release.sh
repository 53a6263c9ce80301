#!/bin/sh
# SPDX-License-Identifier: MIT
# debian/rules runs this script to make packages from RELEASE, a folder that dist.sh has built.
#
#   release.sh RELEASE DIR TRIPLET   installs RELEASE in DIR, with the library in
#                                    usr/lib/TRIPLET
#   release.sh depends RELEASE       writes to debian/*.substvars which version of libc6 the
#                                    packages need
set -eu

install_release() { # install_release RELEASE DIR TRIPLET
  usr=$2/usr
  mkdir -p "$usr/lib/$3"
  cp -R "$1/bin" "$1/include" "$1/share" "$usr/"
  cp -R "$1/lib/." "$usr/lib/$3/"
  mv "$usr/share/doc/csmtp" "$usr/share/doc/libcsmtp-dev"
  mv "$usr/share/zsh/site-functions" "$usr/share/zsh/vendor-completions"
  mkdir -p "$usr/share/doc/libcsmtp1"
  cp -R "$1/licenses" "$usr/share/doc/libcsmtp1/"
  rm "$usr/share/doc/libcsmtp1/licenses/csmtp-go-and-modules.txt" # the same as debian/copyright
  echo usr/share/doc/libcsmtp1 >>debian/libcsmtp1.install
  # These files contain relative paths to the headers and to the folder of the library. The
  # library is now one folder deeper.
  # shellcheck disable=SC2016 # pkg-config expands it
  replace '=${libdir}/../include' '=${libdir}/../../include' "$usr/lib/$3/pkgconfig/csmtp.pc"
  # shellcheck disable=SC2016 # CMake expands it
  replace '"${CMAKE_CURRENT_LIST_DIR}/../../../"' '"${CMAKE_CURRENT_LIST_DIR}/../../../../"' "$usr/lib/$3/cmake/csmtp/csmtpConfig.cmake"
  replace '{PACKAGE_PREFIX_DIR}/lib/' "{PACKAGE_PREFIX_DIR}/lib/$3/" "$usr/lib/$3/cmake/csmtp/csmtpConfig.cmake"
  # The loader searches the folder of the library, so the programs need no RUNPATH.
  chrpath --delete "$usr/bin/csmtp-send" "$usr/bin/csmtp-doctor" >/dev/null
  docs/make.sh debian/manual
  cp -R debian/manual/html "$usr/share/doc/libcsmtp-dev/"
  cp -R debian/manual/man/man3 "$usr/share/man/"
}

# replace OLD NEW FILE: replaces OLD, and fails if FILE does not contain it.
replace() {
  grep -qF "$1" "$3" || { echo "release.sh: $3 does not contain $1" >&2; exit 1; }
  sed -i "s,$1,$2," "$3"
}

depends() { # depends RELEASE
  glibc=$(readelf -W --dyn-syms "$1/lib/libcsmtp.so" "$1/bin/csmtp-send" "$1/bin/csmtp-doctor" |
    grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -n 1)
  [ -n "$glibc" ]
  version=$(dpkg-parsechangelog -S Version)
  echo "shlibs:Depends=libc6 (>= $glibc)" >>debian/libcsmtp1.substvars
  echo "shlibs:Depends=libc6 (>= $glibc), libcsmtp1 (>= $version)" >>debian/csmtp-tools.substvars
}

case $1 in
depends) depends "$2" ;;
*) install_release "$@" ;;
esac
