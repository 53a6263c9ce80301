#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [LANGUAGE...] runs the examples against a mail server on loopback. Each example
# must deliver the mail in expected.eml, in which only Date, Message-ID and the boundary may
# differ, and must print the text in expected-error.txt. Then check.sh runs the tests of
# bindings/ and prints a table.
# It writes no files into the source tree.
#
# If the user is root, check.sh installs missing tools from Debian's packages. It prints the names
# of tools that are still missing, and skips their examples; with CI=true, it fails instead.
# CSMTP_LIBRARY_DIR is the folder that contains libcsmtp.so.1; if it is not set, the library is built.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
work=$(mktemp -d)
build=
[ -n "${CSMTP_LIBRARY_DIR:-}" ] || build=$work/lib
export CSMTP_ROOT=$root WORK=$work PYTHONDONTWRITEBYTECODE=1 CSMTP_LIBRARY_DIR=${CSMTP_LIBRARY_DIR:-$build}
export LD_LIBRARY_PATH=$CSMTP_LIBRARY_DIR${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
# shellcheck source=examples/languages.sh
. "$here/languages.sh"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
failures=()

fail() { printf 'check.sh: %s\n' "$*" >&2; exit 1; }

# Installs the Debian packages of missing tools if the user is root; otherwise, prints the names
# of the packages. Names with a leading - are not Debian packages.
install_tools() {
  local language check package missing=()
  for language in "${chosen[@]}"; do
    while read -r package check; do
      [[ $package = -* ]] || eval "$check" >/dev/null 2>&1 || missing+=("$package")
    done < <("needs_$language")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    printf 'installing %s\n' "${missing[*]}"
    apt-get -qq -o DPkg::Lock::Timeout=300 update || true
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends \
      "${missing[@]}" >"$work/apt.log" 2>&1 || tail -n 5 "$work/apt.log"
  else
    printf 'missing: apt-get install %s\n' "${missing[*]}"
  fi
}

# Prints the tools of a language that are missing.
lacks() {
  local package check
  while read -r package check; do
    eval "$check" >/dev/null 2>&1 || printf '%s ' "${package#-}"
  done < <("needs_$1")
}

ready() { sed -n "s/^$1=//p" "$work/$language/ready"; }

# Starts a server for one example. The server refuses the third recipient, which is the
# recipient of the second mail.
start_server() {
  "$work/csmtp-testserver" --dir "$work/$language" --for 120s --fault "RCPT#3: $refusal" >"$work/$language/session.txt" 2>&1 &
  server=$!
  for _ in $(seq 200); do
    [ -s "$work/$language/ready" ] && return
    sleep 0.05
  done
  fail "the server did not start: $(cat "$work/$language/session.txt")"
}
refusal='550 5.1.1 <refused@test.example>: no such user here'

stop_server() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}

# Replaces the parts of a mail that differ from mail to mail.
normalised() {
  sed -E 's/^Date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [-+][0-9]{4}/Date: DATE/
    s/^Message-ID: <[0-9a-f]{32}@/Message-ID: <ID@/
    s/=_[0-9a-f]{32}_/=_BOUNDARY_/g'
}

# Prints the error that the example must print. The Go example uses package smtp, whose errors
# do not begin with an error number and the sentence for that number.
expected_error() {
  case $language in
  go) sed 's/^[0-9]*: The server refused a recipient. //' "$here/expected-error.txt" ;;
  *) cat "$here/expected-error.txt" ;;
  esac
}

same() { # same WHAT EXPECTED GOT
  cmp -s "$2" "$3" && return
  printf '%s differs:\n' "$1"
  diff "$2" "$3" || true
  return 1
}

example() {
  cd "$work/$language"
  if ! "build_$language" >build.txt 2>&1; then
    cat build.txt
    return 1
  fi
  start_server
  local status=0
  # shellcheck disable=SC2016 # the inner bash expands it
  timeout 60 bash -c '. "$0"; "run_$1" "${@:2}"' "$here/languages.sh" "$language" \
    localhost "$(ready port)" alice@test.example 's3cret pass' "$(ready ca)" >printed.txt 2>said.txt || status=$?
  stop_server
  local wrong=0
  [ $status = 0 ] || { printf 'status %s\n' $status; wrong=1; }
  [ ! -s said.txt ] || { cat said.txt; wrong=1; }
  expected_error >expected.txt
  same "the output" expected.txt printed.txt || wrong=1
  if [ ! -f mail/1.eml ] || [ -f mail/2.eml ]; then
    echo "the server did not receive exactly one mail"
    cat session.txt
    return 1
  fi
  normalised <mail/1.eml >mail.eml
  same "the mail" "$here/expected.eml" mail.eml || wrong=1
  return $wrong
}

row() { printf '| %-9s | %-25s | %-30s | %-6s |\n' "$@"; }

check_language() {
  local missing result version=
  mkdir -p "$work/$language"
  missing=$(lacks "$language")
  if [ -n "$missing" ]; then
    result="missing: $missing"
    if [ "${CI:-}" = true ]; then result="FAILED, $result"; failures+=("the example in $language"); fi
  else
    version=$("version_$language" 2>&1 | tr -d '\r' | sed -n 1p | cut -c1-30) || version=unknown
    if (set -e; example) >"$work/$language.log" 2>&1; then
      result=passed
    else
      result=FAILED
      failures+=("the example in $language")
      stop_server
    fi
  fi
  row "$language" "$("tool_$language")" "$version" "$result" | tee -a "$work/table"
  [ "$result" != FAILED ] || cat "$work/$language.log"
}

modules() {
  local module begin
  echo
  for module in "${chosen[@]}"; do
    [[ -d $root/bindings/$module && -z $(lacks "$module") ]] || continue
    cd "$root/bindings/$module"
    begin=$SECONDS
    if "test_$module" >"$work/tests.log" 2>&1; then
      printf 'tests of the module for %s: passed in %d s\n' "$module" $((SECONDS - begin))
    else
      cat "$work/tests.log"
      failures+=("the tests of the module for $module")
    fi
  done
}

# Tests that Java and C# programs that use the library still get exceptions for faults in
# their own code. The virtual machines were installed above.
machines() {
  local names=
  [[ " ${chosen[*]} " != *" java "* || -n "$(lacks java)" ]] || names=java
  [[ " ${chosen[*]} " != *" csharp "* || -n "$(lacks csharp)" ]] || names=${names:+$names|}mono
  [ -n "$names" ] || return 0
  printf '\n== exceptions of virtual machines that use the library\n'
  (cd "$root" && CSMTP_BUILD_DIR=$CSMTP_LIBRARY_DIR go test -count=1 -tags machines -run "TestMachines/($names)" -v ./tests/embed) ||
    failures+=("the tests of exceptions of virtual machines")
}

# Checks that the table in the README and the list in languages.sh have an entry for each
# language folder, and no other entry.
documented() {
  local here_are rows
  here_are=$(find "$here" -mindepth 1 -maxdepth 1 -type d ! -name outbox -printf '%f\n' | sort | paste -sd' ')
  rows=$(sed -n 's/^| \([a-z][a-z-]*\) *|.*/\1/p' "$here/README.md" | grep -v '^language$' | sort | paste -sd' ')
  [ "$here_are" = "$rows" ] || fail "README.md has rows for: $rows; the folders are: $here_are"
  # shellcheck disable=SC2154 # of languages.sh
  [ "$here_are" = "$(printf '%s\n' "${languages[@]}" | sort | paste -sd' ')" ] || fail "the languages of languages.sh differ from the folders: $here_are"
}

documented
chosen=("$@")
[ $# -gt 0 ] || chosen=("${languages[@]}")
install_tools
[ -z "$build" ] || CSMTP_BUILD_DIR=$build "$root/build.sh" lib
(cd "$root" && go build -o "$work/csmtp-testserver" ./tools/csmtp-testserver)
row language tool version result
row --- --- --- ---
for language in "${chosen[@]}"; do check_language; done
modules
machines
[ ${#failures[@]} = 0 ] || fail "failed: $(printf '%s; ' "${failures[@]}")see above"
