#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# java.sh [-o FOLDER] LIBRARY PLATFORM [LIBRARY PLATFORM]...: makes the jars for Maven with
# libraries for one or more platforms, and prints their paths. They are the jar of the module,
# the jar with the classifier testserver, which contains csmtp-testserver, and the jar with
# the sources.
# PLATFORM is a target of `./build.sh dist`, such as linux-x64 or windows-x64.
# csmtp-testserver is in the folder of LIBRARY or in ../bin. FOLDER is where the jars are put;
# the default is build/java.
#
# Maven downloads its plugins. With a JDK 22 or newer (JAVA_HOME or /usr/lib/jvm), the jar also
# contains the classes that call the library through java.lang.foreign.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
out=${CSMTP_BUILD_DIR:-$root/build}
folder=$out/java
if [ "${1:-}" = -o ]; then
  folder=$2
  shift 2
fi
[ $# -ge 2 ] || fail "usage: packaging/java.sh [-o FOLDER] LIBRARY PLATFORM [LIBRARY PLATFORM]..."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
mkdir -p "$work/module/src" "$work/module/natives/META-INF"
cp "$root/bindings/java/pom.xml" "$work/module"
cp -R "$root/bindings/java/src/main" "$work/module/src"
cp "$root/LICENSE" "$root/packaging/debian/copyright" "$work/module/natives/META-INF"

# Copies the files of a platform to the folders in which Resources.java looks for them.
add() { # add LIBRARY PLATFORM
  local library=libcsmtp.so.1 suffix='' place=io/github/libcsmtp/natives/$2
  case $2 in
  linux-x64 | linux-arm64 | linux-armhf) ;;
  windows-x64 | windows-x86 | windows-arm64) library=csmtp.dll suffix=.exe ;;
  musl-*) fail "a program that uses musl cannot load the library: there is no jar for $2" ;;
  *) fail "unknown platform $2: use linux-x64, linux-arm64, linux-armhf, windows-x64, windows-x86 or windows-arm64" ;;
  esac
  mkdir -p "$work/module/natives/$place" "$work/module/programs/$place"
  install -m 644 "$1" "$work/module/natives/$place/$library"
  install -m 755 "$(testserver_beside "$(realpath "$1")")" "$work/module/programs/$place/csmtp-testserver$suffix"
}

while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "there is no platform for the library $1"
  add "$1" "$2"
  shift 2
done
if home=$(jdk22); then
  export JAVA_HOME=$home
else
  echo "java.sh: there is no JDK 22 or newer, so the jar calls the library only through JNA" >&2
fi
(cd "$work/module" && maven package -Dmaven.test.skip=true -Dcsmtp.programs="$work/module/programs") >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for jar in "$work"/module/target/*.jar; do
  cp "$jar" "$folder"
  echo "$folder/$(basename "$jar")"
done
