#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the library for Windows on Linux, with the MinGW compilers of Debian: csmtp.dll, the
# import library csmtp.lib, and programs such as csmtp-send.exe. `./build.sh windows` runs this
# script with the same arguments. A PLATFORM is x64 (64-bit programs), Win32 (32-bit programs)
# or ARM64 (only if packaging/dist.sh runs the script, because Debian has no compiler for it).
#
#   packaging/windows/build.sh
#       builds x64 and Win32, puts both into build/windows/csmtp-VERSION-windows.zip together
#       with headers and documents, and tests the result
#   packaging/windows/build.sh PLATFORM
#       builds one platform into build/windows/PLATFORM
#   packaging/windows/build.sh test [x64|Win32] [FLAG]...
#       builds one platform, or both, and runs the C and C++ suites under Wine. FLAGs are
#       passed to `go test`. Win32 needs root: its suites run in a minimal Debian for i386,
#       which the script installs into build/windows/debian-i386.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${CSMTP_BUILD_DIR:-$root/build}/windows
version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
. "$root/tools/common.sh"
. "$root/tools/packages.sh"
. "$root/packaging/debian.sh"

# PLATFORM is the name of a Visual Studio platform, and of its folder in build/windows.
processor() { # processor PLATFORM: prints GOARCH, the names for MinGW and llvm-dlltool, and the linker's flags
  case $1 in
  x64) echo amd64 x86_64-w64-mingw32 i386:x86-64 -Wl,--high-entropy-va,--no-insert-timestamp ;;
  Win32) echo 386 i686-w64-mingw32 i386 -Wl,--large-address-aware,--no-insert-timestamp ;;
  ARM64) echo arm64 aarch64-w64-mingw32 arm64 -Wl,--high-entropy-va ;;
  esac
}

# Prints the names of the header's functions. The DLL exports exactly these.
functions() { cat "$root/packaging/functions.txt"; }

definition() {
  printf 'LIBRARY csmtp.dll\nEXPORTS\n'
  functions | sed 's/^/  /'
}

# Go's object files contain directives that export every function that C can call, and
# a .def file cannot override them. So Go builds an archive, the directives are removed
# from it, and the DLL is linked from the archive.
dll() { # dll PLATFORM
  local arch tool machine flags work
  read -r arch tool machine flags < <(processor "$1")
  mkdir -p "$out/$1"
  work=$(mktemp -d "$out/$1/work.XXXXXX")
  (cd "$root" && GOOS=windows GOARCH=$arch CC=$tool-gcc-posix AR=$tool-ar \
    go_build -buildmode=c-archive -ldflags "-s -w -buildid= -extar $tool-ar" -o "$work/csmtp.a" .)
  (cd "$work" && "$tool-ar" x csmtp.a && rm csmtp.a)
  local object
  for object in "$work"/0*.o; do
    "$tool-objcopy" --enable-deterministic-archives --remove-section .drectve "$object"
  done
  resource >"$work/csmtp.rc"
  (cd "$work" && "$tool-windres" csmtp.rc resource.o)
  definition >"$out/csmtp.def"
  (cd "$work" && "$tool-gcc-posix" -shared -static -s -o csmtp.dll "$out/csmtp.def" go.o 0*.o resource.o \
    -Wl,--dynamicbase,--nxcompat "$flags")
  mv "$work/csmtp.dll" "$out/$1/csmtp.dll"
  rm -rf "$work"
  llvm-dlltool -m "$machine" -d "$out/csmtp.def" -D csmtp.dll -l "$out/$1/csmtp.lib"
  examine "$1"
  programs "$1" "$arch" "$tool" "$flags"
}

# Builds csmtp-send and csmtp-doctor, which need only csmtp.dll and DLLs that are part
# of Windows, and csmtp-login and csmtp-testserver, which do not need csmtp.dll.
programs() { # programs PLATFORM ARCHITECTURE TOOL FLAGS
  local name
  for name in login testserver; do
    (cd "$root" && GOOS=windows GOARCH=$2 CSMTP_CGO=0 \
      go_build -buildmode=pie -ldflags '-s -w -buildid=' -o "$out/$1/csmtp-$name.exe" "./tools/csmtp-$name")
  done
  for name in send doctor; do
    "$3-g++-posix" -std=c++11 -O2 -Wall -Wextra -static -s -I"$root/include" -I"$root/cpp_wrapper" -I"$root/tools" \
      -o "$out/$1/csmtp-$name.exe" "$root"/tools/*.cpp "$root/tools/$name"/*.cpp "$out/$1/csmtp.lib" \
      -lshell32 -Wl,--dynamicbase,--nxcompat "$4"
  done
}

# Prints the resource file with the file properties that Explorer shows.
resource() {
  sed -e "s/@VERSION@/$version/; s/@version_commas@/${version//./,},0/" "$here/csmtp.rc.in"
}

# Checks that the DLL exports exactly the functions of the header, and needs only DLLs
# that are part of Windows.
examine() { # examine PLATFORM
  local file=$out/$1/csmtp.dll exported needed
  exported=$(llvm-readobj --coff-exports "$file" | sed -n 's/^ *Name: //p')
  [ "$exported" = "$(functions)" ] || fail "$1: the exports differ from the functions of the header: $(diff <(echo "$exported") <(functions))"
  needed=$(llvm-readobj --coff-imports "$file" | sed -n 's/^ *Name: //p')
  if grep -qivxE 'kernel32\.dll|msvcrt\.dll|api-ms-win-crt-[a-z0-9-]+\.dll' <<<"$needed"; then
    fail "$1: needs DLLs that are not part of Windows: $needed"
  fi
  printf '%-6s csmtp.dll %d bytes, %d functions, needs %s; csmtp.lib %d bytes\n' "$1" "$(stat -c %s "$file")" \
    "$(wc -l <<<"$exported")" "$(paste -sd' ' <<<"$needed")" "$(stat -c %s "$out/$1/csmtp.lib")"
}

config_version() {
  cat <<EOF
# SPDX-License-Identifier: MIT
set(PACKAGE_VERSION $version)
if(PACKAGE_FIND_VERSION_MAJOR EQUAL ${version%%.*} AND NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
endif()
EOF
}

# Makes the zip. A zip that is built again from the same commit contains the same octets.
archive() {
  local name=csmtp-$version-windows
  local tree=$out/$name platform
  rm -rf "$tree" "$tree.zip"
  mkdir -p "$tree/include" "$tree/docs"
  for platform in x64 Win32; do
    mkdir "$tree/$platform"
    cp "$out/$platform"/csmtp* "$tree/$platform/"
  done
  cp "$out/csmtp.def" "$tree/"
  cp -r "$here/sample" "$tree/"
  cp "$root/examples/cpp/sample.cpp" "$tree/sample/"
  cp "$root/include/csmtp_c.h" "$root/cpp_wrapper"/*.h "$root/cpp_wrapper"/*.hpp "$tree/include/"
  cp -r "$root/cpp_wrapper/compat" "$tree/include/"
  cp "$here/csmtp.props" "$here/csmtpConfig.cmake" "$root/LICENSE" "$root/README.md" "$tree/"
  config_version >"$tree/csmtpConfigVersion.cmake"
  cp "$root"/docs/*.md "$root"/docs/*.png "$tree/docs/"
  "$root/packaging/cmake/documents.sh" "$tree"
  local time=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 315532800)}
  find "$tree" -exec touch -h -d "@$time" {} +
  find "$tree" -type f -exec chmod 644 {} +
  (cd "$out" && find "$name" -type f | LC_ALL=C sort | TZ=UTC zip -X -q -9 "$name.zip" -@)
  printf '%s %d bytes\n' "$tree.zip" "$(stat -c %s "$tree.zip")"
}

# Checks the hardening of the files, builds them a second time in another folder to compare
# them, and builds projects with CMake and Meson, whose programs run under Wine. The second build
# sets CSMTP_NO_CHECK, so that it does not run this check again.
check() {
  [ -z "${CSMTP_NO_CHECK:-}" ] || return 0
  export WINEPREFIX=$out/x64/wine WINEDEBUG=-all CSMTP_WINE=wine
  prefix x86_64
  (cd "$root" && CSMTP_BUILD_DIR=$(cd "$out/.." && pwd) go test -count=1 -timeout 30m -tags packages -run TestWindows ./packaging)
}

# run_tests PLATFORM [FLAG of go test]...: runs the C and C++ suites for PLATFORM under Wine.
run_tests() {
  local platform=$1 machine=x86_64
  shift
  [ "$platform" = x64 ] || machine=i686
  need "g++-mingw-w64-${machine/_/-}-posix:$machine-w64-mingw32-g++-posix" \
    "g++-mingw-w64-${machine/_/-}-win32:$machine-w64-mingw32-g++-win32" lld:lld-link clang:clang
  export WINEPREFIX=$out/$platform/wine WINEDEBUG=-all CSMTP_WINE=wine
  if [ "$platform" = x64 ]; then need wine64:wine; else inside_debian "$@"; fi
  prefix "$machine"
  # Programs start twice as fast if wineserver keeps running.
  trap 'wine_command wineserver -k || true' EXIT
  wine_command wineserver -w
  wine_command wineserver -p
  if [ $# -eq 0 ]; then
    # Also test MinGW's other thread model, win32, which has no <thread>.
    CSMTP_MINGW=win32 suites -run 'TestEveryMethod$|TestSpellings$|TestStrict$|TestExamples$|TestSampleRuns$'
  fi
  suites "$@"
}

suites() { # suites [FLAG of go test]...
  local crashes=$out/$platform/wine-crashes
  rm -f "$crashes"
  (cd "$root" && CSMTP_TARGET=$platform CSMTP_BUILD_DIR=$out/$platform go test -count=1 -timeout 60m "$@" ./cpp_wrapper/test)
  # Wine 8 for i386 sometimes crashes in ExitProcess (cpp_wrapper/test/wine_test.go).
  [ ! -e "$crashes" ] || printf 'Wine crashed %d times after a program had ended\n' "$(wc -l <"$crashes")"
}

# Prepares a Debian for i386, whose Wine can run Win32 programs. Starts the script again in
# its own mount namespace, so that its mounts disappear when it ends for any reason.
inside_debian() { # inside_debian [FLAG of go test]...
  local debian=$out/debian-i386 folder
  [ "$(id -u)" = 0 ] || fail "only root can install the Debian for i386 that runs Win32: use \`$0 test x64\`"
  need debootstrap
  if [ "${CSMTP_WINDOWS_INSIDE:-}" != yes ]; then
    CSMTP_WINDOWS_INSIDE=yes exec unshare --mount --propagation private "$here/build.sh" test Win32 "$@"
  fi
  [ -e "$debian/usr/bin/wine" ] || make_debian "$debian" --arch=i386 --include=wine,wine32
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$debian/etc/hosts"
  mount -t proc proc "$debian/proc"
  for folder in /dev /tmp "$root" "$out"; do
    mkdir -p "$debian$folder"
    mount --bind "$folder" "$debian$folder"
  done
  export WINEARCH=win32 CSMTP_WINE="$here/inside.sh $debian wine"
}

# Runs a command of Wine, such as wineserver, in the same environment in which CSMTP_WINE
# runs programs.
wine_command() { ${CSMTP_WINE%wine} "$@"; }

# Prepares Wine's folder. Adds bcryptprimitives.dll, which Go needs, if Wine does not have it
# (Wine 8 does not).
prefix() { # prefix MACHINE
  local lacking=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
  mkdir -p "$WINEPREFIX"
  [ -e "$WINEPREFIX/system.reg" ] || wine_command wineboot -i >/dev/null 2>&1 || fail "wineboot failed"
  [ -e "$lacking" ] ||
    "$1-w64-mingw32-gcc-posix" -shared -s -Wl,--kill-at -o "$lacking" "$here/bcryptprimitives.c" -ladvapi32
}

platforms() {
  need_packages "$(windows_packages)"
  local p
  for p in "$@"; do
    dll "$p"
  done
}

case ${1:-all} in
all) platforms x64 Win32; archive; check ;;
x64 | Win32 | ARM64) platforms "$1" ;;
test)
  shift
  case ${1:-} in
  x64 | Win32) platforms "$1"; run_tests "$@" ;;
  *) for p in x64 Win32; do "$here/build.sh" test "$p" "$@"; done ;;
  esac
  ;;
*) sed -n '3,17s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
