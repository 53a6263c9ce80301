# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The targets of dist.sh for Windows. packaging/windows/build.sh builds the files with
# MinGW.
: "${root:?}" "${dist:?}"
work="" version="" # set by dist.sh later

build_windows() { # build_windows TARGET
  local into=$dist/$1 platform made=$work/windows
  read -r platform < <(machine "$1")
  CSMTP_BUILD_DIR=$work quietly "$work/$1.log" "$root/packaging/windows/build.sh" "$platform"
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
