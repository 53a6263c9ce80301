#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [LANGUAGE...] checks the packages for the given languages, by default for all languages.
# For each language, it makes the package, installs the package into an empty project with the
# package manager of the language, and runs the program from docs/install.md there. This program sends
# a mail to csmtp-testserver. For some languages, check.sh also runs the tests of the package or
# checks its type declarations. For LANGUAGE, it calls the function check_LANGUAGE in
# check/LANGUAGE.sh. That file uses the functions and variables of check.sh.
#
# If `./build.sh dist linux-x64` has been run, check.sh uses the library and the programs made by
# that command. Otherwise, check.sh uses those in CSMTP_BUILD_DIR (by default, build). If tools are
# not installed, check.sh downloads pinned versions of them: hatchling, mypy, auditwheel and the
# runtime of .NET Core from PyPI; koffi, TypeScript and the types of Node.js from npm; the crate log
# from crates.io; and JNA, JUnit and plugins for Maven.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
out=$(realpath -m "${CSMTP_BUILD_DIR:-$root/build}")
export CSMTP_BUILD_DIR=$out
library=$out/dist/linux-x64/lib/libcsmtp.so platform=linux-x64
# shellcheck disable=SC2034 # the files in check/ use the variable platform
[ -e "$library" ] || library=$out/libcsmtp.so platform=native
[ -e "$library" ] || fail "there is no library in $out: run ./build.sh"
# The packages must not find a library or modules that are installed elsewhere.
unset CSMTP_LIBRARY CSMTP_TESTSERVER CSMTP_CONFIG LD_LIBRARY_PATH PYTHONPATH NODE_PATH
mkdir -p "$out"
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# Prints the first code block that is in the language LANGUAGE and in the section SECTION of
# docs/install.md.
program() { # program SECTION LANGUAGE
  awk -v section="## $1" -v fence="\`\`\`$2" '
    /^## / { inside = $0 == section }
    /^```$/ && printing { exit }
    printing { print }
    inside && $0 == fence { printing = 1 }' "$root/docs/install.md" | grep . ||
    fail "docs/install.md has no $2 code block in the section $1"
}

refusal='550 5.1.1 <bob@example.org>: no such user here'

# Starts csmtp-testserver with COMMAND. The server refuses the second recipient. Writes the file
# $work/config. If CSMTP_CONFIG is the path of this file, a program that sends to smtp.example.com
# sends to csmtp-testserver instead.
start_server() { # start_server COMMAND...
  rm -rf "$work/server"
  mkdir "$work/server"
  "$@" --dir "$work/server" --user alice@example.com:secret --fault "RCPT#2: $refusal" --for 120s --quiet >"$work/server/output.txt" 2>&1 &
  server=$!
  local i
  for i in $(seq 400); do
    [ ! -s "$work/server/ready" ] || break
    if [ "$i" = 400 ] || ! kill -0 "$server" 2>/dev/null; then
      fail "the server did not start: $(cat "$work/server/output.txt")"
    fi
    sleep 0.05
  done
  printf '[smtp.example.com]\nserver = localhost\nport = %s\nca-file = %s\n' \
    "$(sed -n 's/^port=//p' "$work/server/ready")" "$work/server/ca.pem" >"$work/config"
}

# Runs a program for the second time. Now the server refuses the recipient. Checks that the program
# prints the server's reply and ends with an exit code other than 0.
refused() { # refused COMMAND...
  if "$@" >"$work/refused.txt" 2>&1; then
    cat "$work/refused.txt"
    fail "$* ended with the exit code 0, but the mail was refused"
  fi
  grep -qF "$refusal" "$work/refused.txt" || { cat "$work/refused.txt"; fail "$* does not print the server's reply"; }
}

# Checks that the server has received the mail, and stops the server.
received() {
  local mail=$work/server/mail/1.eml line
  [ -f "$mail" ] || fail "no mail has arrived"
  for line in 'To: Bob <bob@example.org>' 'From: alice@example.com' 'They have arrived.'; do
    grep -qF "$line" "$mail" || { cat "$mail"; fail "the mail has no line \"$line\""; }
  done
  kill "$server"
  wait "$server" || true
  server=
}

size() { echo "   $(basename "$1"): $(stat -c %s "$1") octets"; }

chosen=("$@")
if [ $# = 0 ]; then
  for file in "$root"/bindings/check/*.sh; do chosen+=("$(basename "$file" .sh)"); done
fi
for language in "${chosen[@]}"; do
  file=$root/bindings/check/$language.sh
  [ -f "$file" ] || fail "unknown language $language"
  # shellcheck source=/dev/null
  . "$file"
  say "the package for $language"
  "check_$language"
  printf '   %s: passed\n' "$language"
done
