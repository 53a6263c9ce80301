# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The targets of dist.sh for Windows. packaging/windows/build.sh builds the files with
# MinGW, or with zig for arm64, for which Debian has no MinGW.
: "${root:?}" "${dist:?}"
work="" version="" # set by dist.sh later

build_windows() { # build_windows TARGET
  local into=$dist/$1 platform triple made=$work/windows
  read -r platform triple < <(machine "$1")
  [ -z "$triple" ] || make_mingw "$1" "$triple"
  CSMTP_BUILD_DIR=$work quietly "$work/$1.log" "$root/packaging/windows/build.sh" "$platform"
  [ -z "$triple" ] || python3 "$root/packaging/dist/timestamp.py" "$made/$platform"/*.dll "$made/$platform"/*.exe
  mkdir -p "$into/bin" "$into/lib/cmake/csmtp" "$into/include/csmtp" "$into/share/doc/csmtp/docs"
  cp "$made/$platform/csmtp.dll" "$made/$platform"/*.exe "$into/bin/"
  cp "$made/$platform/csmtp.lib" "$made/csmtp.def" "$into/lib/"
  cp "$root/include/csmtp_c.h" "$root/cpp_wrapper"/*.h "$root/cpp_wrapper"/*.hpp "$into/include/csmtp/"
  cp -r "$root/cpp_wrapper/compat" "$into/include/csmtp/"
  cp "$root"/docs/*.md "$into/share/doc/csmtp/docs/"
  cp "$root/packaging/dist/csmtpConfig.cmake" "$into/lib/cmake/csmtp/"
  printf '%s\n' 'include(CMakePackageConfigHelpers)' \
    "write_basic_package_version_file(\"$into/lib/cmake/csmtp/csmtpConfigVersion.cmake\" VERSION $version COMPATIBILITY SameMajorVersion)" \
    >"$work/version.cmake"
  quietly "$work/$1.log" cmake -P "$work/version.cmake"
}

# make_mingw TARGET TRIPLE: writes commands with MinGW's names for arm64, which run zig and
# LLVM.
make_mingw() {
  local folder=$work/compiler prefix=aarch64-w64-mingw32 llvm tool
  need clang:clang # llvm-windres runs it
  llvm=$(dirname "$(readlink -f "$(command -v llvm-rc)")")
  make_compiler "$1" "$2"
  ln -sf "csmtp-cc-$1" "$folder/$prefix-gcc-posix"
  ln -sf "csmtp-c++-$1" "$folder/$prefix-g++-posix"
  for tool in ar objcopy "windres --target=$prefix"; do
    printf '#!/bin/sh\nexec %s "$@"\n' "$llvm/llvm-$tool" >"$folder/$prefix-${tool%% *}"
    chmod 755 "$folder/$prefix-${tool%% *}"
  done
}
