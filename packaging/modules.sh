# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Functions for the scripts that make packages for other languages.
: "${root:?}"

# Prints the path of the csmtp-testserver that belongs to a library.
testserver_beside() { # testserver_beside LIBRARY
  local folder name
  folder=$(dirname "$1")
  for name in "$folder/csmtp-testserver" "$folder/../bin/csmtp-testserver" "$folder/csmtp-testserver.exe"; do
    if [ -f "$name" ]; then
      realpath "$name"
      return
    fi
  done
  fail "csmtp-testserver is neither beside $1 nor in ../bin: build it (./build.sh testserver)"
}

# Prints the date for archives: the date of the commit or, if there is no .git, that of csmtp.go.
source_date() {
  if [ -e "$root/.git" ]; then git -C "$root" log -1 --format=%ct; else stat -c %Y "$root/csmtp.go"; fi
}

# Prints the folder of a JDK of version 22 or newer, which has java.lang.foreign.
jdk22() {
  local home version
  for home in "${JAVA_HOME:-/nowhere}" /usr/lib/jvm/*/; do
    [ -x "$home/bin/javac" ] || continue
    version=$("$home/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    if [ "${version:-0}" -ge 22 ]; then
      echo "${home%/}"
      return
    fi
  done
  return 1
}

# Runs Maven. If CSMTP_MAVEN_REPOSITORY is set, Maven uses this folder as its local
# repository, and not the user's.
maven() {
  mvn -B -q -Dstyle.color=never ${CSMTP_MAVEN_REPOSITORY:+"-Dmaven.repo.local=$CSMTP_MAVEN_REPOSITORY"} "$@"
}
