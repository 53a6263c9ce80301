# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The targets of dist.sh with an ELF library. CMake builds and installs them, as it does
# for the .tar.gz of package.sh, but with the compiler of compiler.sh.
: "${root:?}" "${dist:?}"
work= # set by dist.sh later

build_linux() { # build_linux TARGET
  local target=$1 arch triple map log=$work/$1.log
  read -r arch triple < <(machine "$target")
  make_compiler "$target" "$triple"
  map="\"-ffile-prefix-map=$root=.\""
  (
    export CC=csmtp-cc-$target CXX=csmtp-c++-$target GOOS=linux GOARCH=$arch GOARM=7
    unset CFLAGS CXXFLAGS LDFLAGS CSMTP_TAGS CSMTP_CFLAGS
    quietly "$log" cmake -S "$root" -B "$work/$target" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
      -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" \
      -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON -DCMAKE_C_FLAGS="$map" -DCMAKE_CXX_FLAGS="$map"
    # The examples are not part of a release.
    quietly "$log" cmake --build "$work/$target" --target csmtp_library csmtp-send csmtp-doctor csmtp_login csmtp_testserver
    DESTDIR=/ quietly "$log" cmake --install "$work/$target" --prefix "$dist/$target"
  )
  rm -rf "${work:?}/$target"
}
